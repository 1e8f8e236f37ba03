"""``--engine spark`` in local mode with two workers: the same rows as the local pool, whatever the notes do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from popliteal.errors import PoplitealError
from popliteal.running import batch, pool
from popliteal.running.items import Chunk, Feed, Item, Rejected
from popliteal.running.sources import open_source
from popliteal.running.spark import engine
from popliteal.running.tables import Tables, concat
from popliteal.schema import Note

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.slow, pytest.mark.java, pytest.mark.xdist_group("spark")]

TEXTS = [
    "Left foot drop since Tuesday. Numbness on the top of the left foot. Denies bladder or bowel symptoms.",
    "New saddle numbness and cannot pass urine since this morning. Severe low back pain with bilateral sciatica.",
    "Sore throat for three days. \0 \ufffd 🦵 \u202e",
    "Burning feet for years, worse at night. Diabetes. Ankle jerks absent.",
    "",
]


def plain(items: list[Item], work: object, **more: object) -> Tables:
    from engines import Plain

    assert callable(work)
    return concat([tables for _, tables in work(Feed(items, 1000, 4).chunks(), Plain, processes=2, **more)])


def notes(count: int, **special: str) -> list[Item]:
    return [Note(str(n), special.get(f"n{n}", "numb" if n % 2 else "well")) for n in range(count)]


def test_the_same_rows_as_the_local_pool(spark: SparkSession) -> None:
    rows = [*notes(700, n7="RAISE"), Rejected("r", "BadRow", "m")]
    assert plain(rows, engine.work) == plain(rows, pool.work)
    assert plain(rows, engine.work, text=False)["findings"]["text"].null_count == 349


def test_a_note_that_kills_its_worker_is_the_only_one_lost(spark: SparkSession) -> None:
    rows = notes(40, n5="DIE ZAPHOD", n31="DIE ZAPHOD")
    found = plain(rows, engine.work)
    assert found == plain(rows, pool.work)
    assert found["errors"]["note_id"].to_pylist() == ["5", "31"]
    assert found["errors"]["error_type"].to_pylist() == ["WorkerDied"] * 2


def test_giant_notes_pass(spark: SparkSession) -> None:
    giant = "x" * 20_000_000
    rows: list[Item] = [Note(str(n), f"{giant} numb") for n in range(6)]
    found = plain(rows, engine.work)
    assert found["findings"]["start"].to_pylist() == [20_000_001] * 6


def test_an_engine_that_cannot_be_made_is_told(spark: SparkSession) -> None:
    from engines import Broken

    with pytest.raises(PoplitealError, match="unknown site 'y'"):
        list(engine.work(Feed(notes(3), 10).chunks(), Broken, processes=2))


def test_little_is_read_ahead(spark: SparkSession) -> None:
    from engines import Plain

    read = 0

    def counted() -> Iterator[Chunk]:
        nonlocal read
        for chunk in Feed(notes(1000), 1000, 1).chunks():
            read += 1
            yield chunk

    for done, _ in enumerate(engine.work(counted(), Plain, processes=2)):
        assert read - done <= 3 * 64


def test_a_run_of_either_engine_is_gone_on_with_by_the_other(spark: SparkSession, tmp_path: Path) -> None:
    rows = [{"note_id": f"{n:03d}", "text": TEXTS[n % len(TEXTS)]} for n in range(60)]
    pd.DataFrame([*rows, {"note_id": "x", "text": None}]).to_json(tmp_path / "n.jsonl", orient="records", lines=True)
    where = str(tmp_path / "n.jsonl")
    batch.run(open_source(where), tmp_path / "local", batch.Settings(part_size=10))

    def stop(done: int, _: object) -> None:
        if done >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.run(open_source(where), tmp_path / "spark", batch.Settings(part_size=10), stop)
    batch.run(open_source(where), tmp_path / "spark", batch.Settings(part_size=10, engine="spark", processes=2))
    assert tree(tmp_path / "spark") == tree(tmp_path / "local")
    assert len(tree(tmp_path / "local")) == 4 * 7


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.parquet"))}


def test_the_command_starts_spark_and_ends_it(java: None, tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text(f"note_id|text\n7|{TEXTS[3]}\n8|ZAPHOD\n", encoding="utf-8")
    command = [sys.executable, "-m", "popliteal", "batch", "n.csv", "--out", "o", "--engine", "spark"]
    done = subprocess.run(
        [*command, "--processes", "2"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "2 notes read" in done.stderr
    assert "ZAPHOD" not in done.stderr
    assert pd.read_parquet(tmp_path / "o" / "notes")["note_id"].tolist() == ["7", "8"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["n.csv", "o"]


def test_a_master_that_is_none_is_told(java: None, tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("note_id,text\n7,x\n", encoding="utf-8")
    command = [sys.executable, "-m", "popliteal", "batch", "n.csv", "--out", "o", "--engine", "spark"]
    done = subprocess.run(
        [*command, "--master", "nonsense"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 2
    assert "is --master right?" in done.stderr
    assert "Traceback" not in done.stderr
