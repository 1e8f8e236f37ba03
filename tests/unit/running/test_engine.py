"""One note, the whole way."""

from __future__ import annotations

import json

import pytest

from popliteal.running.engine import Engine, age
from popliteal.schema import FINDING_COLUMNS, Note
from popliteal.version import __version__


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def test_the_json_of_one_note(engine: Engine) -> None:
    note = Note("007", "Left foot drop since Tuesday. Denies bladder or bowel symptoms.", note_date="2024-01-05")
    assessment = engine.assess_note(note)
    assert list(assessment)[:2] == ["note_id", "findings"]
    assert set(assessment) >= {"primary", "hypotheses", "urgency", "red_flags", "not_documented", "provenance"}
    assert assessment["note_id"] == "007"
    assert assessment["provenance"] == {
        "pipeline_version": __version__,
        "patterns_version": engine.knowledge.version,
    }
    drop = next(finding for finding in assessment["findings"] if finding["concept"] == "foot_drop")
    assert set(drop) == set(FINDING_COLUMNS)
    assert (drop["laterality"], drop["assertion"]) == ("left", "present")
    assert json.loads(json.dumps(assessment)) == assessment


@pytest.mark.parametrize("text", ["", " \n\t", "\0", "\x1b[31m", "🦵" * 10, "a" * 100_000])
def test_any_text_is_a_note(engine: Engine, text: str) -> None:
    assessment = engine.assess_note(Note("1", text))
    assert (assessment["findings"], assessment["urgency"]["tier"]) == ([], "NONE")


@pytest.mark.parametrize(
    ("born", "seen", "years"),
    [
        ("1950-03-04", "2020-03-03", 69),
        ("1950-03-04", "2020-03-04", 70),
        ("2018-01-01", "2079-01-01", 61),
        (None, "2020-01-01", None),
        ("1950-01-01", None, None),
        ("2020-01-02", "2020-01-01", None),
    ],
)
def test_age(born: str | None, seen: str | None, years: int | None) -> None:
    assert age(Note("1", "", note_date=seen, birth_date=born)) == years
