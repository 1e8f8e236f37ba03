"""Measurements: every case of ``measurements/*.yaml`` is read exactly as it says.

A case is a ``text`` (one sentence; ``before`` is what stands in front of it in the note) and what it says, one line a
mention: ``concept <words> site= side= assertion= historical value= unit= says=``; what is not set is left out, and so
is ``assertion=present``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from popliteal.knowledge.layers import Layers
from popliteal.knowledge.measurement_rules import load_measurements
from popliteal.reading.measurements import Context, Measurer
from popliteal.reading.mention import Mention
from popliteal.reading.tokens import written

CASES = Path(__file__).parent / "measurements"
MEASURER = Measurer(load_measurements(Layers()))


@dataclass(frozen=True)
class Case:
    """One sentence and what it says."""

    file: str
    text: str
    before: str
    find: list[str]


def cases() -> list[Case]:
    return [
        Case(path.stem, item["text"], item.get("before", ""), item["find"])
        for path in sorted(CASES.glob("*.yaml"))
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def _read(case: Case, text: str) -> list[Mention]:
    if case.file == "tables":
        return MEASURER.find_tables(text)
    return MEASURER.find(text, len(case.before), len(text))


def said(mention: Mention, text: str) -> str:
    """A mention as a line of a case."""
    parts = [mention.concept, f"<{text[mention.start : mention.end]}>"]
    for name, value in (("site", mention.site), ("side", mention.laterality), ("assertion", mention.assertion)):
        if value is not None and value != "present":
            parts.append(f"{name}={value}")
    if mention.temporality == "historical":
        parts.append("historical")
    if mention.value is not None:
        parts.append(f"value={mention.value:g}")
    if mention.unit is not None:
        parts.append(f"unit={mention.unit}")
    if mention.value_text is not None:
        parts.append(f"says={mention.value_text}")
    return " ".join(parts)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.file}: {case.text[:60]}")
def test_case(case: Case) -> None:
    text = case.before + case.text
    found = _read(case, text)
    assert [said(mention, text) for mention in found] == case.find


def test_a_case_is_the_same_anywhere_in_a_note() -> None:
    """Offsets are into the note, and what stands in other paragraphs changes nothing."""
    front, back = "Reviewed today.\n\n", "\n\nPlan as before."
    for case in cases():
        if case.file == "tables" or case.before:
            continue
        text = front + case.text + back
        found = MEASURER.find(text, len(front), len(front) + len(case.text))
        assert [said(mention, text) for mention in found] == case.find


def test_context_ends_the_look_back() -> None:
    text = "RLE: HF 5/5. DF 3/5."
    inside = MEASURER.find(text, 13, len(text))
    outside = MEASURER.find(text, 13, len(text), Context(since=13))
    assert [mention.laterality for mention in inside] == ["right"]
    assert [mention.laterality for mention in outside] == [None]


def test_every_mention_needs_an_anchor() -> None:
    """The words that choose sentences are complete: no case is found without one of them."""
    for case in cases():
        if case.find and case.file != "tables":
            assert MEASURER.concerns(written(case.text, 0, len(case.text))), case.text
