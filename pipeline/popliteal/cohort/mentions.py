"""Rows of the findings table as statements about key findings: what is there, over, or said not to be there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import nan
from typing import Any, NamedTuple

from popliteal.knowledge.conditions import Find
from popliteal.knowledge.decision_models import Decisions, KeyFinding
from popliteal.schema import CHOICE, ENDED

__all__ = ["COLUMNS", "OFF", "ON", "RESOLVED", "STATES", "UNSPECIFIED", "Followed", "Statement"]

#: What of the findings table is looked at.
COLUMNS = (
    "note_id", "patient_id", "note_date", "finding_id", "concept", "site", "laterality", "assertion", "temporality",
    "value", "value_text", "onset_days", "course", "cues",
)  # fmt: skip

#: What a statement says, the one that outweighs the others first: a day that tells both ways has it.
PRESENT, POSSIBLE, RESOLVED, NORMAL, DENIED, PAST = "present", "possible", "resolved", "normal", "denied", "past"
STATES = (PRESENT, POSSIBLE, RESOLVED, NORMAL, DENIED, PAST)
ON, OFF = frozenset((PRESENT, POSSIBLE)), frozenset((RESOLVED, NORMAL, DENIED))

UNSPECIFIED = "unspecified"
_SIDES = {"left": ("left",), "right": ("right",), "bilateral": ("left", "right")}
_NO_SIDE = (UNSPECIFIED,)
_FULL = 5.0


class Statement(NamedTuple):
    """What one finding says of a key finding; ``note_date`` is "" and ``mrc`` and ``onset_days`` NaN if unknown."""

    patient_id: str
    key: str
    side: str
    note_date: str
    state: str
    note_id: str
    finding_id: int
    mrc: float
    value_text: str | None
    onset_days: float
    course: str


class Followed:
    """The key findings of a set of decisions, by the concepts that speak of them."""

    def __init__(self, decisions: Decisions) -> None:
        self.keys = decisions.key_findings
        self._asked: Mapping[str, list[tuple[KeyFinding, Find, bool]]] = defaultdict(list)
        for one in self.keys.values():
            for parts, normal in ((one.find, False), (one.normal, True)):
                for part in parts:
                    for concept in part.concepts:
                        self._asked[concept].append((one, part, normal))
        self._upper, self._own = decisions.sets["upper_body"], decisions.sets["upper_body_concepts"]

    @property
    def concepts(self) -> list[str]:
        """Every concept that a key finding asks for."""
        return sorted(self._asked)

    def statements(self, findings: Iterable[tuple[Any, ...]]) -> Iterator[Statement]:
        """What findings of known patients, rows of :data:`COLUMNS`, say; those of both legs twice.

        Precautions, plans, risks and what is said of relatives say nothing, nor do signs of arms and hands of a leg.
        """
        for row in findings:
            note, patient, day, number, concept, site, side, assertion, time, value, words, days, course, cues = row
            asked = self._asked.get(concept)
            if asked is None or (site in self._upper and concept not in self._own):
                continue
            state = _state(assertion, time, course, cues)
            if state is None:
                continue
            told = set[str]()
            for one, part, normal in asked:
                if one.id in told or (normal and state != PRESENT) or not _fits(part, site, words, state):
                    continue
                told.add(one.id)
                says = NORMAL if normal else state
                mrc = _grade(one, says, value)
                for leg in _SIDES.get(side, _NO_SIDE) if one.sided else _NO_SIDE:
                    yield Statement(patient, one.id, leg, day, says, note, number, mrc, words, days, course)


def _state(assertion: str, temporality: str, course: str, cues: str | None) -> str | None:
    """As the mapping sees a finding: what is over by another line of the note is over, a question asserts nothing."""
    if assertion == "absent":
        return DENIED
    if assertion not in ON or (cues and CHOICE in cues):
        return None
    historical = temporality == "historical"
    if course == RESOLVED or (cues and ENDED in cues) or (historical and course == "improving"):
        return RESOLVED
    return PAST if historical else assertion


def _fits(part: Find, site: str | None, words: str | None, state: str) -> bool:
    """Site and value in words; what is denied without a site is denied at every site."""
    if part.texts is not None and words not in part.texts:
        return False
    return part.sites is None or site in part.sites or (site is None and state == DENIED)


def _grade(one: KeyFinding, state: str, value: float) -> float:
    """The MRC grade; an examination without weakness is grade 5."""
    if one.movement is None or state not in {*ON, NORMAL}:
        return nan
    if value == value:
        return value if 0 <= value <= _FULL else nan
    return _FULL if state == NORMAL else nan
