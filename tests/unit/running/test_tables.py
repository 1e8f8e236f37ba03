"""The step: every item is a row of notes or of errors, and nothing of a note's text is in an error."""

from __future__ import annotations

import json
import pickle

import pytest
from engines import Misfit, Plain
from hypothesis import given
from hypothesis import strategies as st

from popliteal.running.items import Feed, Item, Rejected
from popliteal.running.tables import SCHEMAS, concat, step
from popliteal.schema import Note

CONTRACT = {
    "notes": "note_id patient_id note_date note_type chars hypothesis side grade urgency urgency_rules red_flags "
    "not_documented pipeline_version patterns_version",
    "findings": "note_id finding_id patient_id note_date start end text section category concept site laterality "
    "assertion temporality value value_text unit onset onset_days course cues pattern",
    "hypotheses": "note_id patient_id note_date side rank hypothesis grade score supporting opposing",
    "errors": "note_id stage error_type message",
}


@pytest.mark.parametrize("table", CONTRACT)
def test_columns_are_those_of_the_contract(table: str) -> None:
    expected = CONTRACT[table].split()
    assert SCHEMAS[table].names[: len(expected)] == expected


def test_rows() -> None:
    note = Note("1", "a numb foot", "p", "2020-01-02", "ED", "F", "1950-03-04")
    (tables,) = step(Plain(), [[note]])
    (row,) = tables["notes"].to_pylist()
    assert row == {
        "note_id": "1", "patient_id": "p", "note_date": "2020-01-02", "note_type": "ED", "chars": 11,
        "hypothesis": "tibial", "side": "left", "grade": "possible", "urgency": "SOON", "urgency_rules": ["S1"],
        "red_flags": json.dumps({"saddle_anesthesia": "not_documented"}),
        "not_documented": json.dumps([{"feature": "inversion_weak", "why": "w"}]),
        "pipeline_version": "1", "patterns_version": "2", "needs_review": False, "sex": "F", "birth_date": "1950-03-04",
    }  # fmt: skip
    (finding,) = tables["findings"].to_pylist()
    assert (finding["note_id"], finding["patient_id"], finding["text"], finding["start"]) == ("1", "p", "numb", 2)
    (hypothesis,) = tables["hypotheses"].to_pylist()
    assert (hypothesis["supporting"], hypothesis["opposing"], hypothesis["rank"]) == ([0], [], 1)


def test_blank_notes_are_rows_too() -> None:
    (tables,) = step(Plain(), [[Note("1", ""), Note("2", " \n")]])
    assert tables["notes"].column("urgency").to_pylist() == ["NONE", "NONE"]
    assert tables["notes"].column("hypothesis").null_count == 2


def test_text_can_be_left_out() -> None:
    (tables,) = step(Plain(), [[Note("1", "numb")]], text=False)
    assert [tables["findings"].column(name).to_pylist() for name in ("text", "cues", "start")] == [[None], [None], [0]]


def test_what_fails_is_an_error_without_its_text() -> None:
    chunk: list[Item] = [
        Note("1", "RAISE ZAPHOD"),
        Note("2", "MISFIT ZAPHOD"),
        Rejected("3", "BadRow", "m"),
        Note("4", "numb"),
    ]
    (tables,) = step(Misfit(), [chunk])
    assert tables["notes"].column("note_id").to_pylist() == ["4"]
    assert [(row["note_id"], row["stage"], row["error_type"]) for row in tables["errors"].to_pylist()] == [
        ("1", "read", "ValueError"),
        ("2", "table", "ArrowTypeError"),
        ("3", "source", "BadRow"),
    ]
    assert "ZAPHOD" not in str(tables["errors"].to_pylist())
    assert "unexpected error at popliteal/running/tables.py:" in tables["errors"].column("message")[0].as_py()


items = st.lists(
    st.one_of(
        st.builds(
            Note, st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["numb", "", "RAISE", "MISFIT"])
        ),
        st.builds(Rejected, st.just("r"), st.just("BadRow"), st.just("m")),
    ),
    max_size=30,
)


@given(items, st.integers(1, 7), st.integers(1, 7))
def test_rows_in_are_notes_and_errors_out_however_they_are_cut(rows: list[Item], part: int, size: int) -> None:
    cut = Feed(rows, part, size)
    chunks = list(cut.chunks())
    assert [item for chunk in chunks for item in chunk.items] == rows
    assert sum(chunk.ends_part for chunk in chunks) == len(rows) // part
    tables = concat(list(step(Misfit(), (chunk.items for chunk in chunks))))
    assert tables["notes"].num_rows + tables["errors"].num_rows == len(rows)
    whole = Feed(rows, 1000)
    assert concat(list(step(Misfit(), (chunk.items for chunk in whole.chunks())))) == tables
    assert whole.digest == cut.digest


@pytest.mark.parametrize(
    "changed",
    [
        Note("1", "b"),
        Note("2", "a"),
        Note("1", "a", "p"),
        Note("1a", ""),
        Note("", "1a"),
        Note("1", "a", ""),
        Rejected("1", "a", ""),
    ],
)
def test_the_digest_tells_inputs_apart(changed: Item) -> None:
    feeds = [Feed([item], 10) for item in (Note("1", "a"), changed)]
    assert [feed.skip(5) for feed in feeds] == [1, 1]
    assert feeds[0].digest != feeds[1].digest


def test_giant_notes_travel_alone() -> None:
    chunks = Feed([Note(str(n), "x" * 600_000) for n in range(4)], 100).chunks()
    assert [len(chunk.items) for chunk in chunks] == [2, 2]


def test_tables_and_items_go_through_pickle() -> None:
    (tables,) = step(Plain(), [[Note("1", "numb")]])
    assert pickle.loads(pickle.dumps(tables)) == tables  # noqa: S301 - our own
