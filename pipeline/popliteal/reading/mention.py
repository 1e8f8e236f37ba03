"""A mention on its way to becoming a finding: what each stage of reading knows so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from popliteal.knowledge.concepts import Concept
from popliteal.schema import ENDED, UNKNOWN_SECTION, Finding

#: Assertions of what is there as far as is known, and of what an answer may decide; None before it is judged.
THERE = frozenset({None, "present", "possible"})
ASKED = THERE | {"absent"}
#: Onsets of these days.
FRESH = frozenset({"sudden", "acute"})


@dataclass(slots=True)
class Mention:
    """One candidate finding; offsets are into the note.

    A stage sets what it is sure of and leaves the rest None for the next: a measurement that says "SLR neg" sets
    ``assertion``; one that says "TA 3/5 R" sets ``laterality``; anatomy and assertion fill what is still None.
    ``bare`` marks a word that says nothing by itself ("bladder"): it stays only where it is absent. ``done`` marks an
    operation whose concept is none ("hysterectomy"). ``vague`` marks a
    grade of a part of the body ("foot 2/5"): a phrase around that part says what was graded. ``placed`` tells that its
    words name a place, also where ``site`` is None since the inventory has no such site ("thigh"); ``place`` is then
    that place as reading knows it ("ankle"). ``general`` marks what is told of everybody: no side but that of its own
    words is its. ``unsectioned`` is what its sentence says of it where its section says otherwise. ``ended`` marks what
    the note itself tells the end of: it is past, and yet of the leg the note is about.
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
    done: bool = False
    vague: bool = False
    general: bool = False
    ended: bool = False
    placed: bool = False
    place: str | None = None
    unsectioned: str | None = None
    cues: list[str] = field(default_factory=list)

    @property
    def of_old(self) -> bool:
        """Whether it was past before the story that the note tells."""
        return self.temporality == "historical" and not self.ended

    def put_behind(self, cue: str) -> None:
        """Make it past, because of ``cue``."""
        self.temporality = "historical"
        self.cues.append(cue)

    def end_by(self, cue: str) -> None:
        """Make it over by what is told far from it: that is no course of its own."""
        self.ended = True
        self.cues.append(f"{ENDED}{cue}")

    @property
    def is_over(self) -> bool:
        """Whether it is over, by its own course or by what is told far from it."""
        return self.ended or self.course == "resolved"

    def stands_behind(self, text: str, negations: Iterable[str], others: Iterable[Mention]) -> bool:
        """Whether a worded value stands right behind its negation ("no brisk reflexes"); a grade is what it is, and the
        value of one of the ``others`` negates nothing ("SLR: R neg L pos")."""
        if self.assertion != "present" or any(map(str.isdigit, self.value_text or "")):
            return False
        before = text[: self.start].rstrip()
        told = {
            one.value_text.lower() for one in others if one is not self and one.value_text and one.end <= self.start
        }
        return any(before.endswith(cue) for cue in negations if cue.lower() not in told)

    @property
    def where(self) -> str | None:
        """Its site, or else the place that its words name though the inventory has none such."""
        return self.site or self.place

    def placed_at(self, site: str | None, side: str | None, *, placed: bool, place: str | None) -> Mention:
        """The same mention at a site and on a side; ``dataclasses.replace`` takes four times as long."""
        other = Mention(*_values(self))
        other.site, other.laterality, other.placed, other.place = site, side, placed, place
        other.cues = list(self.cues)
        return other


_values: Callable[[Mention], Iterable[Any]] = attrgetter(*(field.name for field in fields(Mention)))


def first_word(text: str, start: int, end: int) -> int:
    """Where the first word of ``text[start:end]`` begins: the blanks of a table may have been read as a side."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip(" \t|"))


def finding(number: int, text: str, mention: Mention, concept: Concept) -> Finding:
    """The finding that a mention of ``concept`` becomes, the ``number``-th of its note."""
    start = first_word(text, mention.start, mention.end)
    return Finding(
        finding_id=number,
        start=start,
        end=mention.end,
        text=text[start : mention.end],
        concept=mention.concept,
        category=concept.category,
        site=mention.site,
        laterality=mention.laterality or "unspecified",  # type: ignore[arg-type]  # checked when patterns load
        assertion=mention.assertion or "present",  # type: ignore[arg-type]  # as above
        temporality=mention.temporality or "current",  # type: ignore[arg-type]  # as above
        section=mention.section or UNKNOWN_SECTION,
        value=mention.value,
        value_text=mention.value_text,
        unit=mention.unit,
        onset=mention.onset or "unknown",  # type: ignore[arg-type]  # as above
        onset_days=mention.onset_days,
        course=mention.course or "unknown",  # type: ignore[arg-type]  # as above
        cues="; ".join(dict.fromkeys(mention.cues)),
        pattern=mention.pattern,
    )
