"""One patient's statements about one key finding, put into the order of time: its course on each side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise
from math import isnan
from operator import attrgetter
from typing import Any

from popliteal.cohort.mentions import OFF, ON, RESOLVED, STATES, UNSPECIFIED, Statement

Row = dict[str, Any]

_EVER = ON | {RESOLVED}
_WEIGHT = {state: number for number, state in enumerate(STATES)}


def by_side(said: Sequence[Statement]) -> Iterator[tuple[list[Statement], bool]]:
    """The statements of each side in the order of time, and whether one of them got its side from the others.

    What is denied or normal without a side is so on every side that the patient ever had it. What is there without a
    side is on the one side that is known; with both known, or none, it stays by itself.
    """
    known = sorted({one.side for one in said if one.side != UNSPECIFIED and one.state in _EVER})
    sides: dict[str, list[Statement]] = {}
    inferred: set[str] = set()
    for one in said:
        lacking = one.side == UNSPECIFIED and known and (one.state in OFF or len(known) == 1)
        for side in known if lacking else [one.side]:
            sides.setdefault(side, []).append(one)
            if lacking:
                inferred.add(side)
    for side in sorted(sides):
        told = sorted(sides[side], key=lambda one: (one.note_date, _WEIGHT[one.state], one.note_id, one.finding_id))
        yield [one._replace(side=side) for one in told], side in inferred


def course(told: Sequence[Statement]) -> Row | None:
    """The course of one key finding on one side; None where it was never there."""
    if not any(one.state in _EVER for one in told):
        return None
    days = _days(told)
    seen = [day for day in days if day.state in ON]
    over = _over(days, seen)
    latest = seen[-1] if seen else min(told, key=lambda one: _WEIGHT[one.state])
    graded = [one.mrc for one in told if not isnan(one.mrc)]
    words = [one.course for one in told if one.state in ON and one.course != "unknown"]
    return {
        "state": RESOLVED if over else latest.state,
        "onset_date": min((day for one in told if (day := _began(one))), default=None),
        "first_seen": seen[0].note_date if seen else None,
        "first_note_id": seen[0].note_id if seen else None,
        "last_seen": seen[-1].note_date if seen else None,
        "last_note_id": seen[-1].note_id if seen else None,
        "resolved_on": over.note_date if over else None,
        "resolved_note_id": over.note_id if over else None,
        "resolved_by": over.state if over else None,
        "returned": _returned(days),
        "course": words[-1] if words else "unknown",
        "mrc_first": graded[0] if graded else None,
        "mrc_worst": min(graded, default=None),
        "mrc_last": graded[-1] if graded else None,
        "notes": len({one.note_id for one in told if one.state in ON}),
    }


def graded_by_itself(one: Statement, movement: str) -> bool:
    """Whether it is a grade of this movement, not of strength "throughout" alone."""
    return not isnan(one.mrc) and (one.state in ON or one.value_text == movement)


def grades(told: Sequence[Statement]) -> Iterator[Row]:
    """The weakest grade of each note, in the order of time, with the change since the grade before."""
    before: float | None = None
    for (day, note_id), group in groupby(told, key=lambda one: (one.note_date, one.note_id)):
        graded = [one for one in group if not isnan(one.mrc)]
        if not graded:
            continue
        weakest = min(graded, key=attrgetter("mrc"))
        yield {
            "note_date": day or None,
            "note_id": note_id,
            "finding_id": weakest.finding_id,
            "mrc": weakest.mrc,
            "value_text": weakest.value_text,
            "change": None if before is None else weakest.mrc - before,
        }
        before = weakest.mrc if day else before


def _days(told: Iterable[Statement]) -> list[Statement]:
    """What outweighs the others of each day; undated notes have no place in the order."""
    return [next(group) for day, group in groupby(told, key=attrgetter("note_date")) if day]


def _over(days: Sequence[Statement], seen: Sequence[Statement]) -> Statement | None:
    """The first day after it was last seen on which it was not there; never seen, the first that tells it was over."""
    if seen:
        return next((day for day in days if day.state in OFF and day.note_date > seen[-1].note_date), None)
    return next((day for day in days if day.state == RESOLVED), None)


def _returned(days: Sequence[Statement]) -> int:
    told = [day.state in ON for day in days if day.state in ON | OFF]
    since = told[told.index(True) :] if any(told) else []
    return sum(now and not before for before, now in pairwise(since))


def _began(one: Statement) -> str | None:
    if one.state not in ON or not one.note_date or isnan(one.onset_days):
        return None
    try:
        return (date.fromisoformat(one.note_date) - timedelta(days=int(one.onset_days))).isoformat()
    except (ValueError, OverflowError):  # no date of the calendar, or before its first
        return None
