"""What a note says in two ways is kept and marked; what only looks so is not."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.reader import Reader
from popliteal.schema import CONTRADICTS, Finding

BOTH = {
    "denied later": ("Left foot numb since Tuesday. Review of systems: denies numbness.", "numb", "numbness"),
    "denied of the same side": ("Right calf tender. O/E no tenderness of the right calf.", "calf tender", "tenderness"),
    "two sides of one operation": (
        "Left knee arthroscopy in 2019. PSH: right knee arthroscopy in 2019.",
        "knee arthroscopy",
        "knee arthroscopy",
    ),
}
NOTHING = {
    "elsewhere": "Left foot numb. No numbness of the right foot.",
    "another place": "Left foot numb. No numbness of the thigh.",
    "in one sentence": "No numbness of the foot except a numb heel.",
    "only what is new": "Left foot numb for years. No new numbness.",
    "over": "Left foot numb last year, resolved. No numbness.",
    "another word": "Short of breath on stairs. No chest pain.",
    "entries of a list": "PSH:\n1. Right TKA 2019.\n2. Left TKA 2019.",
    "entries in a row": "Right TKA 2019. Left TKA 2019.",
    "entries with months": "Left total knee replacement March 2019\nRight total knee replacement March 2019",
    "two operations": "Left knee arthroscopy in 2012. Right knee arthroscopy in 2019.",
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load(None))


def marked(findings: list[Finding]) -> list[tuple[str, ...]]:
    """The words of each pair that is marked on both sides."""
    named = {
        (one.finding_id, int(cue.removeprefix(CONTRADICTS)))
        for one in findings
        for cue in one.cues.split("; ")
        if cue.startswith(CONTRADICTS)
    }
    assert named == {(other, one) for one, other in named}
    return [(findings[one].text, findings[other].text) for one, other in sorted(named) if one < other]


@pytest.mark.parametrize("name", BOTH)
def test_said_in_two_ways(reader: Reader, name: str) -> None:
    text, one, other = BOTH[name]
    assert (one, other) in marked(reader.read(text, "2025-03-01"))


@pytest.mark.parametrize("name", NOTHING)
def test_no_contradiction(reader: Reader, name: str) -> None:
    assert marked(reader.read(NOTHING[name], "2025-03-01")) == []


@pytest.mark.parametrize("name", BOTH)
def test_a_note_that_repeats_itself_is_marked_once(reader: Reader, name: str) -> None:
    text = BOTH[name][0]
    once = marked(reader.read(text, "2025-03-01"))
    assert marked(reader.read(f"{text}\n\n" * 30, "2025-03-01")) == once
