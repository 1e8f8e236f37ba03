"""``popliteal.extract`` and ``popliteal.assess``: what Python users call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import popliteal
from popliteal.errors import SourceError

ROWS: list[dict[str, object]] = [
    {"note_id": 7, "patient_id": "01", "note_date": "2024-01-05", "text": "Left foot drop since Tuesday."},
    {"note_id": 8, "patient_id": "01", "note_date": None, "text": None},
]


def frame(_: Path) -> pd.DataFrame:
    return pd.DataFrame(ROWS)


def rows(_: Path) -> Iterable[Mapping[str, object]]:
    return iter(ROWS)


def path(folder: Path) -> Path:
    pd.DataFrame(ROWS).to_json(folder / "n.jsonl", orient="records", lines=True)
    return folder / "n.jsonl"


def text_path(folder: Path) -> str:
    return str(path(folder))


@pytest.mark.parametrize("make", [frame, rows, path, text_path])
def test_every_kind_of_source(make: object, tmp_path: Path) -> None:
    assert callable(make)
    results = popliteal.extract(make(tmp_path))
    assert results.notes["note_id"].tolist() == ["7"]
    assert results.errors[["note_id", "error_type"]].to_numpy().tolist() == [["8", "MissingText"]]
    drop = results.findings[results.findings["concept"] == "foot_drop"].to_dict("records")
    assert [(row["note_id"], row["laterality"], row["text"]) for row in drop] == [("7", "left", "foot drop")]
    assert set(results.hypotheses["note_id"]) <= {"7"}
    assert "foot drop" not in repr(results)


def test_columns_can_be_named() -> None:
    data = pd.DataFrame({"body": ["Left foot drop."], "key": [1]})
    results = popliteal.extract(data, columns={"text": "body", "note_id": "key"})
    assert results.notes["note_id"].tolist() == ["1"]
    with pytest.raises(SourceError, match="--text-column: body, key"):
        popliteal.extract(data)


@pytest.mark.parametrize("text", ["Left foot drop ZAPHOD", "ZAPHOD\nleft foot drop", "ZAPHOD " * 1000])
def test_a_note_where_a_path_should_be_is_not_quoted(text: str) -> None:
    with pytest.raises(SourceError) as error:
        popliteal.extract(text)
    assert "ZAPHOD" not in str(error.value)


@pytest.mark.parametrize("source", [5, None])
def test_what_holds_no_notes_is_told(source: Any) -> None:
    with pytest.raises(SourceError, match=rf"this is a {type(source).__name__}"):
        popliteal.extract(source)


def test_nothing_gives_empty_tables() -> None:
    results = popliteal.extract([])
    assert [len(t) for t in (results.notes, results.findings, results.hypotheses, results.errors)] == [0, 0, 0, 0]
    assert "urgency" in results.notes.columns


def test_processes_change_nothing() -> None:
    many: list[dict[str, object]] = [{"note_id": n, "text": ROWS[0]["text"]} for n in range(100)]
    one, two = popliteal.extract(many), popliteal.extract(many, processes=2)
    pd.testing.assert_frame_equal(one.findings, two.findings)
    pd.testing.assert_frame_equal(one.notes, two.notes)


def test_assess_takes_findings_from_anywhere() -> None:
    results = popliteal.extract(ROWS)
    again = popliteal.assess([{str(key): row[key] for key in row} for row in results.findings.to_dict("records")])
    assert again["urgency"]["tier"] == results.notes["urgency"][0]
    assert popliteal.assess([])["urgency"]["tier"] == "NONE"


@pytest.mark.parametrize(
    ("finding", "message"),
    [
        ({"concept": "foot_dropp"}, "finding 1: no concept 'foot_dropp'; did you mean foot_drop"),
        ({"concept": "foot_drop", "laterality": "L"}, "finding 1: no laterality 'L'; expected left, right"),
        (
            {"concept": "foot_drop", "assertion": "negated"},
            "finding 1: no assertion 'negated'; expected present, absent",
        ),
        ({"concept": "numbness", "site": "foot_dorsm"}, "finding 1: no site 'foot_dorsm'; did you mean foot_dorsum"),
        ("foot_drop", "finding 1: is of type str"),
    ],
)
def test_what_no_pattern_knows_is_not_passed_over(finding: Any, message: str) -> None:
    """A misspelt red flag would look like a note without one."""
    with pytest.raises(SourceError, match=re.escape(message)):
        popliteal.assess([{"concept": "back_pain"}, finding])
