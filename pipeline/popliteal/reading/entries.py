"""Notes that are kept going by dated entries, one under the other ("10/02: DF 1/5 ... 11/20: DF 4/5").

What an earlier entry found and a later one takes back, or measures again, was so then.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from popliteal.knowledge.times import MONTHS
from popliteal.reading.contrast import Contrast
from popliteal.reading.mention import Mention

_HEAD = re.compile(
    r"^[ \t•*\[(–-]*(?:[Tt]oday,? )?(?:(?P<first>\d{1,4})[/.-](?P<second>\d{1,2})(?:[/.-](?P<third>\d{2,4})|(?=:))|"
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[A-Za-z]{3})[a-z]*\.?,? (?P<year>\d{4}))"
    r"[\])]?(?: ?[:–-]|[ \t]*$|,? \w)",
    re.MULTILINE,
)


#: Instead of the year of a head that has none ("10/28:"); one with a 29th of February.
_NO_YEAR = 2000


def superseded(text: str, mentions: Sequence[Mention], contrast: Contrast) -> Iterator[Mention]:
    """Those of a note's ``mentions``, in the order of the text, that a later dated entry takes back."""
    heads = list(_HEAD.finditer(text)) if mentions else []
    days = _days(heads) if len(heads) > 1 else []
    rising = all(one < other for one, other in pairwise(days))
    if not days or not (rising or all(one > other for one, other in pairwise(days))):
        return
    starts = [head.start() for head in heads]
    entries: list[list[Mention]] = [[] for _ in starts]
    for mention in mentions:
        number = bisect_right(starts, mention.start) - 1
        if number >= 0:
            entries[number].append(mention)
    for number, entry in enumerate(entries):
        told = [later for after in (entries[number + 1 :] if rising else entries[:number]) for later in after]
        yield from (mention for mention in entry if contrast.over(text, mention, told))


def _days(heads: Sequence[re.Match[str]]) -> list[date]:
    """The days of the heads, all written in one order; none if they are no days."""
    numbers = [(int(head["first"]), int(head["second"])) for head in heads if head["first"]]
    day_first = any(first > 12 for first, _ in numbers)
    try:
        return [_day(head, day_first=day_first) for head in heads]
    except ValueError:
        return []


def _day(head: re.Match[str], *, day_first: bool) -> date:
    """The day that a head names.

    Raises:
        ValueError: it is none of the calendar.
    """
    if head["day"]:
        return date(int(head["year"]), MONTHS.index(head["month"].lower()) + 1, int(head["day"]))
    first, second, third = int(head["first"]), int(head["second"]), int(head["third"] or _NO_YEAR)
    if first > 31:
        return date(first, second, third)
    year = third if third > 99 else 2000 + third
    return date(year, second, first) if day_first else date(year, first, second)
