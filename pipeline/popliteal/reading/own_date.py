"""The date of a note that comes without one: where its text begins, or behind a label (``Date of visit: ...``)."""

from __future__ import annotations

import re
from datetime import date

from popliteal.knowledge.alternation import lower
from popliteal.knowledge.timing import OwnDateRules
from popliteal.reading.dates import days_named

_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d\d)(?![\d/-]|\.\d)")
_LAST_MONTH = 12
#: A day has a year, or three numbers: told much faster than what stands before one.
_DAY = re.compile(r"\d(?:\d{3}|\d?[/.-]\d{1,2}[/.-]\d)")


def own_date(text: str, rules: OwnDateRules) -> date | None:
    """The day a note says it is of, the last of several (a discharge has that of the admission, too).

    ``04/05/2025`` alone is no day: it counts only where another date of the note tells whether days or months go first.
    """
    head = text[: rules.within]
    if _DAY.search(head) is None:
        return None
    opening = rules.opening.match(head)
    labelled = rules.labelled.finditer(head) if rules.labels.stand_in(lower(head)) else ()
    named = [*([opening] if opening else ()), *labelled]
    days = [days_named(one["date"].lower()) for one in named]
    if any(len(one) > 1 for one in days):
        month_first = _month_first(text)
        days = [one if len(one) < 2 else () if month_first is None else one[not month_first :] for one in days]
    return max((one[0] for one in days if one), default=None)


def _month_first(text: str) -> bool | None:
    """Whether months go before days in the dates of a note; None where they do not tell, or tell both."""
    told = {int(one[2]) > _LAST_MONTH for one in _NUMERIC.finditer(text) if max(map(int, one.groups())) > _LAST_MONTH}
    return told.pop() if len(told) == 1 else None
