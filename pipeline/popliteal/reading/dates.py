"""The days from a day, a month or a year that a note names to the note itself."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, date

from popliteal.knowledge.times import DAYS, MONTHS, Mode

_WORD = re.compile(r"[^\W_]+")
#: Years of two digits from here on are of the last century.
_LAST_CENTURY = 70
_NUMERIC = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{2,4})")
_MONTH_NUMBER = re.compile(r"\b(\d{1,2})/\d{4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMED = re.compile(rf"\b({'|'.join(MONTHS)})[a-z]*\.?,? (?:of )?$")  # the month before a year
#: Months by their first letters.
_MONTH_OF = {name: number for number, name in enumerate(MONTHS, start=1)}
_NO_SEASONS: Mapping[str, int] = {}
_SHORT = re.compile(r"(\d{1,2})/(\d{1,2})")
_ORDINAL = re.compile(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b")
_DAY_NUMBER = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?!\d)")


def days_before(words: str, mode: Mode, note_date: date, seasons: Mapping[str, int] = _NO_SEASONS) -> float | None:
    """The days from the time that ``words``, in small letters, name to the date of the note; None where they do not.

    ``seasons`` are other words for a month, by its number.
    """
    day = _dated(words, mode, note_date, seasons)
    days = (note_date - day).days if day else -1
    return float(days) if days >= 0 else None


def days_named(words: str) -> tuple[date, ...]:
    """The days that a full date in small letters can mean: two where day and month can change places."""
    numeric = _NUMERIC.search(words)
    if numeric is None:
        year, day = _YEAR.search(words), _DAY_NUMBER.search(words)
        month = next((_MONTH_OF[word[:3]] for word in _WORD.findall(words) if word[:3] in _MONTH_OF), None)
        orders = [(int(year[0]), month, int(day[1]))] if year and month and day else []
    else:
        first, second, third = map(int, numeric.groups())
        last = third if third > 99 else third + (2000 if third < _LAST_CENTURY else 1900)
        orders = [(first, second, third)] if first > 31 else [(last, first, second), (last, second, first)]
    return tuple(dict.fromkeys(date(*one) for one in orders if _exists(*one)))


def _exists(year: int, month: int, day: int) -> bool:
    return MINYEAR <= year <= MAXYEAR and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _dated(words: str, mode: str, note_date: date, seasons: Mapping[str, int]) -> date | None:
    """The latest day not after ``note_date`` that ``words`` can mean; a bare month or year counts from its middle."""
    if mode == "weekday":
        name = next((word[:3] for word in _WORD.findall(words) if word[:3] in DAYS and word != "month"), None)
        if name is None:
            return None
        back = (note_date.weekday() - DAYS.index(name)) % 7 or 7
        return date.fromordinal(note_date.toordinal() - back)
    year = _YEAR.search(words)
    named = (seasons.get(word) or _MONTH_OF.get(word[:3]) for word in _WORD.findall(words))
    month = next(filter(None, named), None)
    if mode == "year" and year:
        before = _NAMED.search(words, 0, year.start())
        number = int(year[0])
        return _day(number, _MONTH_OF[before[1]], 15, note_date) if before else _in_year(number, note_date)
    if mode == "month" and month is None and year:
        numeric = _MONTH_NUMBER.search(words)
        return _day(int(year[0]), int(numeric[1]), 15, note_date) if numeric else None
    if mode == "month" and month is not None:
        chosen = int(year[0]) if year else note_date.year - (month > note_date.month)
        return _day(chosen, month, 15, note_date)
    return _full_date(words, month, year, note_date)


def _in_year(year: int, note_date: date) -> date | None:
    """The middle of ``year``, or of what has passed of it."""
    if year == note_date.year:
        return date.fromordinal((date(year, 1, 1).toordinal() + note_date.toordinal()) // 2)
    return _day(year, 7, 1, note_date)


def _full_date(words: str, month: int | None, year: re.Match[str] | None, note_date: date) -> date | None:
    numeric = _NUMERIC.search(words)
    if numeric:
        first, second, third = (int(part) for part in numeric.groups())
        if first > 31:
            return _day(first, second, third, note_date)
        third += 0 if third > 99 else 2000 if third <= note_date.year % 100 else 1900
        if second > 12:
            return _day(third, first, second, note_date)
        if first > 12:
            return _day(third, second, first, note_date)
        readings = [d for d in (_day(third, first, second, note_date), _day(third, second, first, note_date)) if d]
        return max((d for d in readings if d <= note_date), default=None)
    short = _SHORT.search(words)
    if short:
        first, second = int(short[1]), int(short[2])
        return max((d for m, n in ((first, second), (second, first)) if (d := _latest(m, n, note_date))), default=None)
    ordinal = None if month else _ORDINAL.search(words)
    if ordinal:
        return max((d for m in range(1, 13) if (d := _latest(m, int(ordinal[1]), note_date))), default=None)
    day = _DAY_NUMBER.search(words)
    if not (month and day):
        return None
    chosen = int(year[0]) if year else note_date.year - ((month, int(day[1])) > (note_date.month, note_date.day))
    return _day(chosen, month, int(day[1]), note_date)


def _latest(month: int, day: int, note_date: date) -> date | None:
    """The last such day of a year, up to that of the note."""
    years = (note_date.year, note_date.year - 1)
    return next((d for y in years if _exists(y, month, day) and (d := date(y, month, day)) <= note_date), None)


def _day(year: int, month: int, day: int, note_date: date) -> date | None:
    try:
        return min(date(year, month, day), note_date) if (year, month) <= (note_date.year, note_date.month) else None
    except ValueError:
        return None
