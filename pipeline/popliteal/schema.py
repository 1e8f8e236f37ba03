"""The words everything else speaks: vocabularies, notes, findings and assessments.

Plain standard-library types only: a finding can be written as a ten-line literal, pickled to a worker and
read by somebody who has never seen spaCy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Literal, get_args

Assertion = Literal["present", "absent", "possible", "hypothetical", "family"]
Temporality = Literal["current", "historical"]
Laterality = Literal["left", "right", "bilateral", "unspecified"]
Onset = Literal["sudden", "acute", "subacute", "chronic", "unknown"]
Course = Literal["new", "worsening", "stable", "improving", "resolved", "unknown"]
Urgency = Literal["EMERGENCY", "URGENT", "SOON", "ROUTINE", "NONE"]
Grade = Literal["likely", "possible"]
RedFlagStatus = Literal["present", "possible", "denied", "not_documented"]

ASSERTIONS: tuple[str, ...] = get_args(Assertion)
TEMPORALITIES: tuple[str, ...] = get_args(Temporality)
LATERALITIES: tuple[str, ...] = get_args(Laterality)
ONSETS: tuple[str, ...] = get_args(Onset)
COURSES: tuple[str, ...] = get_args(Course)
URGENCIES: tuple[str, ...] = get_args(Urgency)
GRADES: tuple[str, ...] = get_args(Grade)

#: The columns of a finding that hold one of a few words, with these.
CLOSED_COLUMNS: dict[str, tuple[str, ...]] = {
    "assertion": ASSERTIONS,
    "temporality": TEMPORALITIES,
    "laterality": LATERALITIES,
    "onset": ONSETS,
    "course": COURSES,
}

#: Begins the cue of a finding that another finding of the note contradicts: ``contradicts #7``.
CONTRADICTS = "contradicts #"

#: Begins the cue of a finding that is over by what the note tells far from it: ``ended by: outcome``.
ENDED = "ended by: "

#: Begins the cue of a finding that has been getting worse for so many days: ``worse for days: 3``; 0: rapidly.
WORSE_FOR = "worse for days: "

#: The cue of a disease that is possible only as a choice of a question, which says nothing of the patient.
CHOICE = "choice of a question"

#: The kind of a section without a header that is known; the others are in ``patterns/sections.yaml``.
UNKNOWN_SECTION = "unknown"


@dataclass(slots=True)
class Note:
    """One clinical note as it was read from a source.

    ``note_date`` and ``birth_date`` are ISO dates (``YYYY-MM-DD``) or None; ``text`` is exactly what the source held.
    """

    note_id: str
    text: str
    patient_id: str | None = None
    note_date: str | None = None
    note_type: str | None = None
    sex: str | None = None
    birth_date: str | None = None
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Finding:
    """One mention of a concept with its attributes; ``text == note[start:end]`` always.

    ``value`` is a number where one can be had: an MRC grade (0 to 5; + and - are thirds), a reflex grade (0 to 4),
    degrees Celsius, millilitres, an ankle-brachial index. ``value_text`` is the wording or the qualifier
    (``"4-/5"``, ``"all"``, ``"L5"``). ``onset_days`` counts days before the note.
    """

    finding_id: int
    start: int
    end: int
    text: str
    concept: str
    category: str
    site: str | None = None
    laterality: Laterality = "unspecified"
    assertion: Assertion = "present"
    temporality: Temporality = "current"
    section: str = UNKNOWN_SECTION
    value: float | None = None
    value_text: str | None = None
    unit: str | None = None
    onset: Onset = "unknown"
    onset_days: float | None = None
    course: Course = "unknown"
    cues: str = ""
    pattern: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The finding as the columns of the ``findings`` table that come from the text (no note_id, no patient)."""
        return dict(zip(FINDING_COLUMNS, _columns(self), strict=True))


FINDING_COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Finding))
_columns: Callable[[Finding], Iterable[Any]] = attrgetter(*FINDING_COLUMNS)
