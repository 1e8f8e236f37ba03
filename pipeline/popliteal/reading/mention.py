"""A mention on its way to becoming a finding: what each stage of reading knows so far."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Mention:
    """One candidate finding; offsets are into the note.

    A stage sets what it is sure of and leaves the rest None for the next: a measurement that says "SLR neg" sets
    ``assertion``; one that says "TA 3/5 R" sets ``laterality``; anatomy and assertion fill what is still None.
    ``bare`` marks a word that says nothing by itself ("bladder"): without a cue it is dropped. ``vague`` marks a grade
    of a part of the body ("foot 2/5"): a phrase around that part says what was graded. ``placed`` tells that its words
    name a place, also where ``site`` is None since the inventory has no such site ("thigh").
    """

    start: int
    end: int
    concept: str
    pattern: str
    site: str | None = None
    laterality: str | None = None
    assertion: str | None = None
    temporality: str | None = None
    value: float | None = None
    value_text: str | None = None
    unit: str | None = None
    onset: str | None = None
    onset_days: float | None = None
    course: str | None = None
    section: str | None = None
    bare: bool = False
    vague: bool = False
    placed: bool = False
    cues: list[str] = field(default_factory=list)
