"""Two output folders side by side: every note once, with its other half wherever it stands."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from popliteal.errors import OutputError
from popliteal.evaluating.comparison import Comparison, side_by_side
from popliteal.evaluating.runs import Run
from support.runs import finding, note, write_run


def pairs(first: Path, second: Path) -> list[tuple[str | None, str | None, int, int]]:
    """Id in the first run, in the second, and how many findings each has."""
    return [
        (
            one.note_id if one else None,
            other.note_id if other else None,
            len(one.findings) if one else 0,
            len(other.findings) if other else 0,
        )
        for one, other in side_by_side(Run(first), Run(second))
    ]


def test_notes_come_back_with_what_is_theirs(tmp_path: Path) -> None:
    hypothesis = {"hypothesis": "tibial", "side": "left", "grade": "likely"}
    rows = [
        note("a", finding(), finding(start=20, end=28)),
        note("b", failed=True),
        note("a", hypotheses=[hypothesis]),
        note("a", finding(), hypotheses=[hypothesis, hypothesis]),
        note("a", finding()),
        note("c"),
    ]
    run = Run(write_run(tmp_path / "r", rows, part_size=10))
    counted = [(one.note_id, one.note is None, len(one.findings), len(one.hypotheses)) for one in run.notes()]
    # the third note has no finding and the fourth one has: the rows of two notes of one id are told by their numbers
    assert [row for row in counted if row[0] != "a"] == [("c", False, 0, 0), ("b", True, 0, 0)]
    assert sum(findings for _, _, findings, _ in counted) == 4
    assert [note_id for note_id, *_ in counted] == list(run.note_ids())


@pytest.mark.parametrize("sizes", [(2, 2), (3, 7), (1, 100)])
@pytest.mark.parametrize("seed", range(5))
def test_order_and_parts_do_not_matter(tmp_path: Path, sizes: tuple[int, int], seed: int) -> None:
    notes = [note(str(n), *[finding()] * (n % 3)) for n in range(20)]
    shuffled = notes[:]
    random.Random(seed).shuffle(shuffled)  # noqa: S311  # a test's order is no secret
    first = write_run(tmp_path / "a", notes, part_size=sizes[0])
    second = write_run(tmp_path / "b", shuffled, part_size=sizes[1])
    assert sorted(pairs(first, second)) == sorted((str(n), str(n), n % 3, n % 3) for n in range(20))


def test_notes_in_one_run_only_and_ids_that_repeat(tmp_path: Path) -> None:
    first = write_run(tmp_path / "a", [note("x"), note("1", finding()), note("1"), note("1"), note("2")])
    second = write_run(tmp_path / "b", [note("2"), note("1", finding()), note("y"), note("1")])
    assert sorted(pairs(first, second), key=str) == [
        ("1", "1", 0, 0), ("1", "1", 1, 1), ("1", None, 0, 0), ("2", "2", 0, 0), ("x", None, 0, 0), (None, "y", 0, 0),
    ]  # fmt: skip


def compared(tmp_path: Path, *, text: bool = False) -> Comparison:
    here = finding(start=10, end=18, text="Zaphod!!")
    first = write_run(
        tmp_path / "a",
        [note("1", here), note("2", here), note("3", here), note("4", here), note("5", failed=True), note("6")],
    )
    second = write_run(
        tmp_path / "b",
        [
            note("1", here | {"assertion": "absent", "value": 2.0}, urgency="SOON"),
            note("2", here | {"assertion": "absent", "cues": "Zaphod"}),
            note("3", here, finding("foot_drop", 30, 39, assertion="possible")),
            note("4", here, chars=101),
            note("5"),
            note("7"),
        ],
    )
    comparison = Comparison(examples=1, text=text)
    for before, after in side_by_side(Run(first), Run(second)):
        comparison.add(before, after)
    return comparison


def test_changes_are_counted_by_concept_and_attribute(tmp_path: Path) -> None:
    found = compared(tmp_path)
    assert {name: n for name, n in found.notes.items() if n} == {
        "in both": 3, "of different length": 1, "failed in the first only": 1, "in the first only": 1,
        "in the second only": 1,
    }  # fmt: skip
    assert (found.changed_reading, found.changed_decision) == (3, 1)
    assert found.findings["numbness"] == {"first": 3, "second": 3, "same": 1, "changed": 2}
    assert found.findings["foot_drop"] == {"second": 1, "added": 1}
    assert {key: group.count for key, group in found.attributes.items()} == {
        ("numbness", "assertion", "present", "absent"): 2,
        ("numbness", "value", "none", "one"): 1,
        ("numbness", "cues", "none", "one"): 1,
    }
    assert {key: group.count for key, group in found.gained.items()} == {
        ("added", "foot_drop", "possible", "concepts:foot_drop"): 1
    }
    assert list(found.decisions) == [("tier", "", "ROUTINE", "SOON")]
    assert found.tiers == {("ROUTINE", "SOON"): 1, ("ROUTINE", "ROUTINE"): 2}
    (example,) = found.attributes["numbness", "assertion", "present", "absent"].examples
    assert (example.note_id, example.start, example.end, example.text) == ("1", 10, 18, None)


def test_words_only_when_asked_for(tmp_path: Path) -> None:
    assert "Zaphod" not in repr(compared(tmp_path / "a"))
    assert "Zaphod" in repr(compared(tmp_path / "b", text=True))


def test_a_part_that_is_gone_is_named(tmp_path: Path) -> None:
    run = write_run(tmp_path / "a", [note("1")])
    (run / "findings" / "part-00000.parquet").unlink()
    with pytest.raises(OutputError, match=r"findings/part-00000.parquet: is missing"):
        list(Run(run).notes())
    (run / "findings" / "part-00000.parquet").write_bytes(b"PAR1")
    with pytest.raises(OutputError, match=r"findings/part-00000.parquet: cannot be read"):
        list(Run(run).notes())
