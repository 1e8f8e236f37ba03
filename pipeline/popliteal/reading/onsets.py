"""Onsets taken from another finding: the operation it began with, the pain it followed, the weakness it grades."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from popliteal.knowledge.concepts import Concept
from popliteal.reading.mention import FRESH, Mention
from popliteal.reading.piece import Piece
from popliteal.reading.timing import Timer, Timing
from popliteal.schema import Onset

_TOLD_WITHIN = 4  # sentences


@dataclass(frozen=True, slots=True)
class Point:
    """A time that a note tells, at a place of it: how many days ago it was, and the class of that."""

    start: int
    days: float | None
    onset: Onset


def last_point(text: str, piece: Piece, within: tuple[int, int], day: date | None, timer: Timer) -> Point | None:
    """The last point in time that is told ``within`` two places in a sentence, or in one of a few before it."""
    one: Piece | None = piece
    since, until = within
    for _ in range(_TOLD_WITHIN):
        if one is None or one.section is not piece.section or one.start < since:
            return None
        points = timer.points(text[one.start : one.end], day)
        told = [Point(one.start + at, days, onset) for at, days, onset in points if one.start + at < until]
        if told:
            return told[-1]
        one = one.previous
    return None


def begin_with(
    waiting: Iterable[tuple[Mention, Timing, Point | None]],
    mentions: Sequence[Mention],
    concepts: Mapping[str, Concept],
    onset: Callable[[float | None], Onset],
) -> None:
    """Date each waiting mention by the event named last before it ("numb since the operation"), or else after it, or by
    the time told last ("since then", "two days later").

    Args:
        waiting: mentions that began with something else, what is said of it, and the point in time told last.
        mentions: all mentions of the note in the order of the text.
        concepts: the concept of each mention.
        onset: the class of an onset so many days ago.
    """
    stated = [one for one in mentions if one.assertion in {None, "present"} and not concepts[one.concept].lasting]
    events = [one for one in stated if concepts[one.concept].event and _has_onset(one)]
    steps: list[Point] = []
    for mention, timing, point in waiting:
        if mention.onset_days is not None:
            continue
        event = _last(events, mention)
        if timing.with_last or timing.later is not None:
            named = Point(event.start, event.onset_days, onset(event.onset_days)) if event is not None else None
            recent = steps[-_TOLD_WITHIN:]  # a note of thousands of steps costs its length
            told = [one for one in (named, point, *recent) if one is not None and one.start < mention.start]
            last = max(told, key=lambda one: one.start, default=None)
            if last is not None and _step(mention, timing, last, onset):
                steps.append(Point(mention.start, mention.onset_days, onset(mention.onset_days)))
            if timing.later is not None or point is not None:
                continue
        source = event
        if source is None and timing.with_last:
            source = _last([one for one in stated if _has_onset(one) and _is_point(one, concepts)], mention)
        source = source or next(iter(events), None)
        if source is not None:
            mention.onset_days = source.onset_days
            mention.onset = onset(source.onset_days) if source.onset_days is not None else source.onset


def _step(mention: Mention, timing: Timing, last: Point, onset: Callable[[float | None], Onset]) -> bool:
    """Date a mention by the time told ``last``; whether its days are known now."""
    if timing.later is not None and not _can_begin(mention):
        return False
    if last.days is None:
        mention.onset = last.onset if timing.later is None else mention.onset
        return False
    mention.onset_days = max(0.0, round(last.days - (timing.later or 0), 2))
    mention.onset = onset(mention.onset_days)
    return True


def _is_point(mention: Mention, concepts: Mapping[str, Concept]) -> bool:
    """Whether something can have come after a mention; what has been felt for years is no time ("back pain for years,
    lifted a box, numb since")."""
    concept = concepts[mention.concept]
    return mention.onset != "chronic" or concept.disease or concept.background


def _can_begin(mention: Mention) -> bool:
    """Whether a mention is what somebody noticed then, and no grade, nothing denied and nothing that only went on."""
    told = mention.assertion != "absent" and mention.temporality != "historical" and mention.value is None
    return told and mention.course not in {"stable", "improving", "resolved"}


def date_grades(text: str, mentions: Sequence[Mention], concepts: Mapping[str, Concept]) -> None:
    """Give grades behind a colon the onset of the weakness before it ("leg weak since Monday: quads 3/5, TA 4/5").

    Args:
        text: the note.
        mentions: those of one sentence, in the order of the text.
        concepts: the concept of each mention.
    """
    graded = [one for one in mentions if concepts[one.concept].graded and one.assertion == "present"]
    for number, grade in enumerate(graded):
        if grade.value is None or _has_onset(grade):
            continue
        complaint = next((one for one in reversed(graded[:number]) if _has_onset(one) and one.value is None), None)
        between = text[complaint.end : grade.start] if complaint is not None else ""
        if complaint is not None and between.count(":") == 1 and ";" not in between:
            grade.onset, grade.onset_days = complaint.onset, complaint.onset_days


def date_falls(text: str, piece: Piece, day: date | None, timer: Timer) -> None:
    """Let a grade that has fallen have done so since the only point in time that its sentence tells, if it is of these
    days ("TA 4/5 yesterday, 2/5 today"): what is worse than then has begun since."""
    for grade in piece.mentions:
        if grade.course != "worsening" or grade.value is None or _has_onset(grade):
            continue
        if any(one.concept == grade.concept and one.temporality == "historical" for one in piece.mentions):
            points = [days for _, days, _ in timer.points(text[piece.start : piece.end], day) if days is not None]
            if len(points) == 1 and timer.onset(points[0]) in FRESH:
                grade.onset, grade.onset_days = timer.onset(points[0]), points[0]


def _last(sources: Sequence[Mention], mention: Mention) -> Mention | None:
    return next((one for one in reversed(sources) if one.start < mention.start), None)


def _has_onset(mention: Mention) -> bool:
    return mention.onset_days is not None or mention.onset not in {None, "unknown"}
