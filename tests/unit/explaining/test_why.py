"""Why a hypothesis is, or is not, on the list: every one can be asked about, on every note."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from popliteal.explaining.names import Names
from popliteal.explaining.view import View
from popliteal.explaining.why import render_why
from popliteal.knowledge import load
from popliteal.running.engine import Engine
from popliteal.schema import Note

KNOWLEDGE = load()
HYPOTHESES = KNOWLEDGE.decisions.hypotheses
TEXT = "Left foot drop for two days, numb over the top of the left foot. No back pain. Right knee arthritis."


def told(key: str, text: str = TEXT) -> str:
    engine = Engine()
    note = Note(note_id="1", text=text)
    found = engine.read(note)
    answer = {**engine.assess(note, found), "trace": engine.trace(note, found, key)}
    console = Console(file=StringIO(), width=300, highlight=False)
    with console.capture() as captured:
        render_why(
            key,
            View.of(answer, text),
            Names.of(KNOWLEDGE.concepts, KNOWLEDGE.decisions),
            KNOWLEDGE.decisions,
            console,
        )
    return captured.get()


@pytest.mark.parametrize("key", HYPOTHESES)
def test_every_hypothesis_gives_a_reason(key: str) -> None:
    out = told(key)
    assert out.startswith(HYPOTHESES[key].name)
    assert any(
        words in out for words in ("In this note:", "Not reported for this note", "Not the answer for this note")
    )


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("common_peroneal", ["In this note: left, likely, rank 1, score 5", "prior", "+5  sum"]),
        ("tarsal_tunnel", ["Weighed, not reported: left, score -6; none of the findings marked * below is there",
                           '"numb" #1', "it takes 2 points", "Counts for it", "behind the medial malleolus*"]),
        ("knee_joint_only", ["ruled out by: Any numbness, weakness or reflex loss"]),
        ("mononeuritis_multiplex", ["Weighed, not reported"]),
        ("saphenous", ["Weighed, not reported"]),
        ("cosymptom_knee_plus_neuropathy", ["Not the answer", "Beside it there must be", "Never with"]),
        ("indeterminate", ["Not the answer for this note. Top score below threshold"]),
    ],
)  # fmt: skip
def test_the_reason(key: str, wanted: list[str]) -> None:
    out = told(key)
    for words in wanted:
        assert words in out


def test_nothing_for_or_against() -> None:
    assert "Nothing in it counts for or against this." in told("dvt", "Sore throat for two days.")
