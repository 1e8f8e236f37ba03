"""How times are written: numbers, units, dates, months and days, as parts of the patterns of ``timing.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

Mode = Literal["span", "date", "weekday", "month", "year", "age"]

MONTHS: tuple[str, ...] = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:mon|tues?|wed(?:nes|s)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_DATE = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}})"
)
_DAY_MONTH = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?!\w)|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?![\w/]))"
#: A day and a month by numbers, or a day of this month or the last ("since 15/11", "on the 20th"); "3/7" and "4/12" are
#: as many days and months.
_SHORT_DATE = (
    r"(?:(?:(?:0?[1-9]|[12]\d|3[01])/(?:0[1-9]|[1-6]|[89]|1[01])|(?:0?[1-9]|1[0-2])/(?:1[3-9]|2\d|3[01]))"
    r"(?![\d/.]\d|[\d/])|\bthe (?:[12]?\d|3[01])(?:st|nd|rd|th)(?= *(?:[.,;)\n]|$)))"
)


def placeholders(
    numbers: Mapping[str, float],
    units: Mapping[float, Sequence[str]],
    uk_units: Mapping[int, float],
    seasons: Iterable[str],
    sets: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """What stands in a pattern for ``{n}``, ``{m}``, ``{u}`` and others; a set may hold those before it."""
    words = "|".join(re.escape(word) for word in sorted(numbers, key=len, reverse=True))
    one = rf"(?:\d{{1,3}}(?:\.\d)?|(?:{words})(?![a-z]))"
    names = sorted((unit for several in units.values() for unit in several), key=len, reverse=True)
    parts = {
        "{n}": rf"(?:{one}(?: ?(?:-|–|to|or) ?{one})?\+?)",
        "{m}": r"(?:\d{1,2}(?: ?(?:-|–|to) ?\d{1,2})?\+?)",
        "{d}": r"(?:\d{1,3}(?: ?(?:-|–|to) ?\d{1,3})?\+?)",
        "{u}": rf"(?:{'|'.join(names)})\b",
        "{uk}": f"(?:{'|'.join(str(below) for below in uk_units)})",
        "{date}": _DATE,
        "{daymonth}": _DAY_MONTH,
        "{shortdate}": _SHORT_DATE,
        "{month}": _MONTH,
        "{season}": rf"(?:{'|'.join(map(re.escape, seasons))})\b",
        "{day}": _DAY,
        "{year}": r"(?:19[3-9]\d|20[0-4]\d)",
    }
    for name, alternatives in sets.items():
        parts[f"{{{name}}}"] = filled(f"(?:{'|'.join(alternatives)})", parts)
    return parts


def filled(pattern: str, parts: Mapping[str, str]) -> str:
    """``pattern`` with what stands for its placeholders."""
    for name, part in parts.items():
        pattern = pattern.replace(name, part)
    return pattern
