"""Gold values are wordings (``"4-/5"``, ``"absent"``, ``"98.6 F"``); the pipeline's are numbers with their wording."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"(?<![A-Za-z\d])-?\d+(?:[.,]\d+)?")  # not the level L5
_GRADE = re.compile(r"(?P<grade>\d(?:\.\d)?)\s*(?P<sign>[+-]?)\s*(?P<mrc>/\s*5)?\Z")
_FAHRENHEIT = re.compile(r"\d\s*(?:°|degrees?)?\s*f(?:ahrenheit)?\Z", re.IGNORECASE)
_UNITS = re.compile(r"(?:°|degrees?|deg)?\s*(?:c|f|celsius|fahrenheit|ml|cc)?\Z", re.IGNORECASE)

#: a third of an MRC grade for each sign, as ``schema.Finding`` defines it
_SIGNS = {"": 0.0, "+": 1 / 3, "-": -1 / 3}
#: temperatures on the Fahrenheit scale that a living patient can have
_FAHRENHEIT_RANGE = (86.0, 113.0)
_CLOSE = 0.06


def number(wording: str, *, pluses: bool = False) -> float | None:
    """The number that a gold wording stands for in the units of ``schema.Finding``, or None where it is only words.

    ``pluses``: grades count them as part of the scale (``2+`` is 2), not as thirds. Fahrenheit is converted only
    where it says so.
    """
    text = wording.strip()
    grade = _GRADE.match(text)
    if grade:
        return float(grade["grade"]) + (0.0 if pluses else _SIGNS[grade["sign"]])
    found = _NUMBER.search(text)
    if found is None:
        return 0.0 if pluses and text.lower() == "absent" else None
    value = float(found.group().replace(",", "."))
    return (value - 32) / 1.8 if _FAHRENHEIT.search(text) else value


def agree(gold: str | None, value: float | None, value_text: str | None) -> bool:
    """Whether a predicted value says what the gold wording says, by wording or by number.

    A gold value of None agrees with anything: the guide asks for values "for measurements" and leaves many out.
    """
    if gold is None:
        return True
    if value_text is not None and _plain(value_text) == _plain(gold):
        return True
    return value is not None and any(math.isclose(value, one, abs_tol=_CLOSE) for one in _readings(gold))


def _readings(wording: str) -> set[float]:
    """Every number the wording may mean: as a grade with thirds, as a reflex, in Celsius."""
    readings = {one for one in (number(wording), number(wording, pluses=True)) if one is not None}
    low, high = _FAHRENHEIT_RANGE
    return readings | {(one - 32) / 1.8 for one in readings if low <= one <= high}


def _plain(wording: str) -> str:
    text = _UNITS.sub("", wording.strip().lower()).replace("–", "-")
    return re.sub(r"\s+|/5\Z", "", text)
