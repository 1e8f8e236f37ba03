"""One process or many: the same tables in the same order, whatever becomes of the workers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import Broken, Plain

from popliteal.errors import PoplitealError
from popliteal.running.items import Chunk, Feed, Item, Rejected
from popliteal.running.pool import Factory, work
from popliteal.running.tables import Tables, concat
from popliteal.schema import Note


def notes(count: int, **special: str) -> list[Item]:
    return [Note(str(n), special.get(f"n{n}", "numb" if n % 2 else "well")) for n in range(count)]


def tables(rows: list[Item], processes: int, factory: Factory = Plain) -> Tables:
    return concat([tables for _, tables in work(Feed(rows, 1000, 4).chunks(), factory, processes=processes)])


def test_many_processes_give_what_one_gives() -> None:
    rows = [*notes(50, n7="RAISE"), Rejected("r", "BadRow", "m")]
    assert tables(rows, 3) == tables(rows, 1)


def test_nothing_to_do_starts_nothing() -> None:
    assert tables([], 2, Broken)["notes"].num_rows == 0


def test_a_note_that_kills_its_process_is_the_only_one_lost() -> None:
    result = tables(notes(20, n5="DIE ZAPHOD", n6="DIE ZAPHOD", n19="DIE ZAPHOD"), 2)
    assert result["notes"].column("note_id").to_pylist() == [str(n) for n in range(20) if n not in {5, 6, 19}]
    assert [tuple(row.values()) for row in result["errors"].to_pylist()] == [
        (str(n), "worker", "WorkerDied", "the process that read this note died (signal SIGKILL); the note was left out")
        for n in (5, 6, 19)
    ]


def test_an_engine_that_cannot_be_made_is_told() -> None:
    with pytest.raises(PoplitealError, match=r"concepts/x.yaml:3: x: unknown site 'y'"):
        tables(notes(20), 2, Broken)


def test_little_is_read_ahead_of_what_is_given_back() -> None:
    read = 0

    def counted() -> Iterator[Chunk]:
        nonlocal read
        for chunk in Feed(notes(400), 1000, 1).chunks():
            read += 1
            yield chunk

    for done, _ in enumerate(work(counted(), Plain, processes=2)):
        assert read - done <= 16


def test_stopping_early_leaves_no_process() -> None:
    stream = work(Feed(notes(100), 1000, 1).chunks(), Plain, processes=2)
    next(stream)
    stream.close()  # type: ignore[attr-defined]  # a generator, which the signature does not promise


def test_a_script_needs_no_main_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from engines import Plain\n"
        "from popliteal.running.memory import extract\n"
        "rows = [{'note_id': n, 'text': 'numb'} for n in range(9)]\n"
        "print(extract(rows, processes=2, factory=Plain))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parent)},
        check=False,
    )
    assert done.stdout == "Results(notes=9, findings=9, hypotheses=9, errors=0)\n"
    assert done.stderr == ""
