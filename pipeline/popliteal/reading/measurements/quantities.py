"""``name number unit`` against a threshold: volumes, indices, laboratory values, lost weight."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Glue, Quantity, Sides, Subject
from popliteal.reading.measurements.claims import Carry, Reading
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.lexer import Entry, Lexer, Token, Vocabulary
from popliteal.reading.measurements.needs import DIGIT, Needs, literal, need
from popliteal.reading.measurements.pairing import pair
from popliteal.reading.measurements.vocabulary import add_limbs, add_subjects, add_values, shared
from popliteal.reading.mention import Mention
from popliteal.reading.sentence import OPPOSITE

#: A number, maybe with a comparison before it and a range after it; never part of a date, a fraction, a ratio or a
#: patch ("3 x 4 cm", but "12.4 x 10^9").
NUMBER = (
    r"(?P<number>(?:[<>≤≥~]\s?)?(?<![\w./×])(?<![x×] )"
    r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ \u202f]000)+(?!\d)|\d+)(?:\.\d+)?"
    r"(?![\d+]|\.\d|\s?[x×]\s?(?!10(?:[\^*(⁰³⁶⁹e]|\s?\*\*|[369]\b|1[02]\b|\s[369]\b))\d)"
    r"(?:\s?(?:-|–|to)\s?\d+(?:\.\d+)?(?![\d/]))?(?!\s?/\s?\d))"
)
#: What parts the thousands of a number ("85,000", "78 000").
_GROUPED = re.compile(r",|[ \u202f](?=000(?!\d))")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
#: Characters from the name to the first of two girths.
_NAME_TO_VALUE = 40
#: Characters behind a value in which it may be said to be that of now, and what parts it from the value of then.
AROUND = 16
_PART = re.compile(r"[,(]")
#: A code of what was done, and its characters before the digits: ``sent for analysis (CPT 20610)``.
_BILLED, _BEFORE_CODE = re.compile(r"\((?:[A-Z]{2,6}:?\s)?\d{5}\)\Z"), 9


class QuantityGrammar:
    """Finds one quantity."""

    def __init__(self, name: str, rules: MeasurementRules, entry: Quantity, names: Vocabulary) -> None:
        """``names`` knows the names of all quantities as foreign; this one's own are laid over them."""
        self.name = name
        self.entry = entry
        glue = rules.one(Glue)
        self._later = re.compile(glue.later)
        self._again, self._more, self._less = glue.again, glue.more, glue.less
        worded = [form for word in entry.words.values() for form in (*word.forms, *word.weak)]
        said = need(*worded, *entry.numerals) | literal(DIGIT)
        self.needs: tuple[Needs, ...] = ((need(*entry.names, *entry.names_with_unit), said),)
        vocabulary = Vocabulary(names)
        add_subjects(vocabulary, {name: Subject(forms=entry.names, weak=entry.names_with_unit)})
        vocabulary.add(entry.veto, Entry("foreign", "veto"))
        vocabulary.add(entry.other, Entry("foreign", "block"))
        for key, unit in entry.units.items():
            vocabulary.add(unit.forms, Entry("unit", key))
        add_values(vocabulary, entry.words, glue)
        for numeral in entry.numerals:
            vocabulary.add((numeral,), Entry("numeral", numeral))
        vocabulary.add(entry.difference, Entry("difference"))
        self.lexer = Lexer(vocabulary, NUMBER, lambda _, wording: (_number(wording), ""))

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Readings in ``text[start:end]``."""
        tokens = self.lexer.tokens(text, start, end)
        at = next((n for n, token in enumerate(tokens) if token.kind == "subject"), None)
        if at is None or any(token.id == "veto" for token in tokens[:at]):
            return []
        prepared = self._prepare(tokens)
        readings = [
            reading
            for reading in pair(prepared, Carry(), loose=self.entry.loose, strict=True)
            if reading.subject is not None
            and not (reading.inherited and reading.side is None)
            and not _BILLED.search(text, max(start, reading.value.start - _BEFORE_CODE), reading.value.end + 1)
        ]
        if self.entry.difference:
            return self._difference(readings, prepared)
        near = [reading for reading in readings if self._near(reading) and not self._of_next(prepared, reading)]
        near += self._of_now(text, near[-1], prepared) if near and not self.entry.change else []
        return [mention for reading in near if (mention := self._mention(reading, prepared)) is not None]

    def _of_now(self, text: str, then: Reading, tokens: list[Token]) -> list[Reading]:
        """The value of now behind one of then: ``PVR 50 ml last month, today 450 ml``."""
        for token in tokens:
            if token.kind != "value" or token.value is None or token.start < then.value.end:
                continue
            gap, behind = text[then.value.end : token.start], text[token.end : token.end + AROUND]
            said = self._later.search(_PART.split(gap)[-1]) or self._later.match(behind.lstrip())
            if said is None or len(gap) > _NAME_TO_VALUE or any(one in gap for one in ".;\n"):
                return []
            if self._of_another(tokens, then.value.end, token):
                return []
            return [Reading(then.subject, token, then.side, token.start, token.end)]
        return []

    def _of_another(self, tokens: list[Token], then: int, value: Token) -> bool:
        """Whether words name another test before ``value``: ``WBC 9.2 on admission, Hgb now 12.1``."""
        part: list[Token] = []
        for token in tokens:
            if then <= token.start < value.start:
                part = [] if token.kind in {"sep", "hard"} else [*part, token]
        return any(t.kind == "foreign" or (t.kind == "word" and t.wording.lower() not in self._again) for t in part)

    def _of_next(self, tokens: list[Token], reading: Reading) -> bool:
        """Whether the number is of the next of a list: ``TSH, B12, ferritin 14``."""
        if reading.subject is None or reading.value.value is None:
            return False
        between = [token for token in tokens if reading.subject.end <= token.start < reading.value.start]
        if not between or between[-1].kind != "word":
            return False
        last = between[-1].wording
        named = last.isalpha() and last[:1] not in "xX" and last.lower() not in self._again
        return named and any(token.wording == "," for token in between)

    def _near(self, reading: Reading) -> bool:
        """Whether value and name stand together; a number before its name only where the entry allows it."""
        first = reading.subject is not None and reading.value.start < reading.subject.start
        numbered = reading.value.value is not None and not reading.value.region
        if numbered and reading.subject is not None and reading.subject.weak and not reading.value.id:
            return False
        if first and numbered and not self.entry.number_first:
            return False
        return reading.inherited or reading.end >= reading.value.end

    def _prepare(self, tokens: list[Token]) -> list[Token]:
        """Numbers with a fitting unit become values that reach to the end of the unit; units become small words."""
        done: list[Token] = []
        shared_unit = bool(self.entry.difference) and (  # "38, L 42 cm", "calf 43 v 39.5"
            any(token.kind == "unit" for token in tokens) or _two_girths(tokens, self._is_whole)
        )
        for at, token in enumerate(tokens):
            if token.kind == "numeral":
                unit = _unit_behind(tokens, at)
                value = self.entry.numerals[token.id]
                done.append(
                    _as(token, "value", value, unit.id if unit else "", unit.end if unit is not None else token.end)
                )
            elif token.kind == "number":
                unit = _unit_behind(tokens, at)
                fits = self._fits(token, unit) and not (unit is None and self.entry.needs_unit and not shared_unit)
                fits = fits and not _blocked(tokens, at)
                percent = at + 1 < len(tokens) and tokens[at + 1].wording == "%" and unit is None
                end = unit.end if unit is not None else token.end
                done.append(
                    _as(token, "value" if fits and not percent else "num", token.value, unit.id if unit else "", end)
                )
            elif token.kind in {"unit", "difference"}:
                done.append(_as(token, "link", None, token.kind, token.end))
            elif token.kind == "value":
                near = [t for t in tokens[max(0, at - 3) : at + 3] if t.kind == "subject"]
                done.append(token if near or not token.weak else _as(token, "word", None, "", token.end))
            else:
                done.append(token)
        return [self._with_word(done, at) for at in range(len(done))]

    def _with_word(self, tokens: list[Token], at: int) -> Token:
        """``normal at 7.2``, ``elevated WBC of 18,000``: the number stays the value, the word says what it means."""
        token = tokens[at]
        if token.kind != "value":
            return token
        numbered = token.value is not None
        step = -1 if numbered else 1
        for other in tokens[at + step : max(-1, at + 6 * step) if step > 0 or at > 6 else None : step]:
            if other.kind == "value" and (other.value is not None) != numbered:
                return replace(token, region=other.id) if numbered else replace(token, kind="link")
            if other.kind not in {"link", "prep", "subject"}:
                break
        return token

    def _fits(self, token: Token, unit: Token | None) -> bool:
        if token.value is None:
            return False
        if unit is None and self.entry.bare_below is not None and token.value >= self.entry.bare_below:
            return False
        low, high = self.entry.plausible
        return low <= self._comparable(token.value, unit.id if unit is not None else "") <= high

    def _comparable(self, value: float, unit: str) -> float:
        """The number in the unit of the thresholds."""
        if unit in self.entry.units:
            return value * self.entry.units[unit].factor
        below = self.entry.thousands_below
        return value * 1000 if below is not None and value < below else value

    def _mention(self, reading: Reading, tokens: list[Token]) -> Mention | None:
        value = reading.value
        word = self.entry.words.get(value.region or value.id)
        assertion = word.assertion if word is not None else self._assertion(value, self._compared(value, tokens))
        if assertion == "nothing":
            return None
        number = value.value
        if number is not None and self.entry.converted:
            number = self._comparable(number, value.id)
        unit = value.id if value.id in self.entry.units and not self.entry.converted else self.entry.unit
        return Mention(
            reading.start,
            max(reading.end, value.end) if reading.end >= value.start else reading.end,
            self.entry.concept,
            self.name,
            site=self.entry.site,
            laterality=reading.side,
            assertion=assertion,
            value=number,
            value_text=value.wording,
            unit=unit if number is not None else None,
        )

    def _compared(self, value: Token, tokens: list[Token]) -> str:
        before = [t.wording.casefold() for t in tokens if value.start - 16 <= t.start < value.start][-3:]
        signs = {value.wording[:1], *before}
        return "more" if signs & self._more else "less" if signs & self._less else ""

    def _assertion(self, value: Token, compared: str) -> str | None:
        entry = self.entry
        number = self._comparable(value.value or 0.0, value.id)
        step = {"more": 1e-6, "less": -1e-6}.get(compared, 0.0)
        number += step
        limits = (entry.present_from, entry.present_above, entry.present_below, entry.possible_from)
        if all(limit is None for limit in limits):
            return None
        if (
            (entry.present_from is not None and number >= entry.present_from)
            or (entry.present_above is not None and number > entry.present_above)
            or (entry.present_below is not None and number < entry.present_below)
        ):
            return "present"
        if entry.possible_from is not None and number >= entry.possible_from:
            return "possible"
        return "nothing" if entry.only_present else "absent"

    def _difference(self, readings: list[Reading], tokens: list[Token]) -> list[Mention]:
        """``calf 4 cm larger on the left`` or two girths: the side that is bigger by the threshold."""
        by_side = {reading.side: reading for reading in readings if reading.side in {"left", "right"}}
        if len(by_side) == 2:
            small, big = sorted(by_side.values(), key=lambda reading: reading.value.value or 0.0)
            gap = round((big.value.value or 0.0) - (small.value.value or 0.0), 2)
            return [self._gap(_start(readings[0], tokens), readings[-1].end, big.side, gap)]
        said = next((t for t in tokens if t.id == "difference"), None) or _added(tokens)
        if said is None or not readings:
            return []
        one = readings[0]
        gap, side, end = one.value.value or 0.0, one.side, max(one.end, one.value.end)
        other = next((t for t in tokens if t.kind == "value" and t.start >= said.end), None)
        if self._is_whole(gap) and other is not None and other.value is not None:  # "R calf 43 v 39.5"
            gap, end = round(gap - other.value, 2), max(end, other.end)
            gap, side = (gap, side) if gap >= 0 else (-gap, OPPOSITE.get(side, side))
        return [self._gap(_start(one, tokens), end, side, gap)]

    def _is_whole(self, number: float) -> bool:
        """Whether a number is a whole measure, a girth, and no difference of two."""
        return self.entry.whole_from is not None and number >= self.entry.whole_from

    def _gap(self, start: int, end: int, side: str | None, gap: float) -> Mention:
        least = self.entry.present_from or 0.0
        return Mention(
            start,
            end,
            self.entry.concept,
            self.name,
            site=self.entry.site,
            laterality=side,
            assertion="present" if gap >= least else "absent",
            value=gap,
            value_text=f"{gap:g} {self.entry.unit}",
            unit=self.entry.unit,
        )


def names(rules: MeasurementRules) -> Vocabulary:
    """A vocabulary for all quantities, in which the name of each is foreign."""
    known = shared(rules)
    add_limbs(known, rules.one(Sides))
    ways = frozenset(rules.one(Glue).again)  # "down" names a loss of weight, but not behind a name ("CRP down to 45")
    for entry in rules.of(Quantity).values():
        known.add((name for name in entry.names if name not in ways), Entry("foreign"))
    return known


def _start(reading: Reading, tokens: list[Token]) -> int:
    """Where a reading begins; without its name if other things are told of it in between ("calf tender, 41 cm")."""
    start, value = reading.start, reading.value.start
    told = value - start > _NAME_TO_VALUE or any(one.wording == "," for one in tokens if start < one.start < value)
    return value if told else start


def _two_girths(tokens: list[Token], is_whole: Callable[[float], bool]) -> bool:
    """Whether two girths stand side by side behind their name, with nothing between but sides and "against"."""
    small = {"side", "link", "prep", "difference", "sep"}
    at = [n for n, token in enumerate(tokens) if token.kind == "number" and is_whole(token.value or 0.0)]
    return any(
        tokens[one - 1].kind in small | {"subject"} and all(token.kind in small for token in tokens[one + 1 : other])
        for one, other in pairwise(at)
    )


def _added(tokens: list[Token]) -> Token | None:
    """The plus between a name and what it is more by: ``R calf +2.5cm``."""
    for name, plus, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if plus.wording == "+" and value.kind == "value" and name.kind in {"subject", "side"}:
            return plus
    return None


def _unit_behind(tokens: list[Token], at: int) -> Token | None:
    """The unit right behind a number, with a small word between at most."""
    near = tokens[at + 1 : at + 3]
    unit = next((token for token in near if token.kind == "unit"), None)
    if unit is not None and any(token.kind not in {"unit", "link"} for token in near if token.end <= unit.start):
        return None
    return unit


def _blocked(tokens: list[Token], at: int) -> bool:
    """Whether the number is said of something else right after it (``80,000 in synovial fluid``), which has none of
    its own (``CRP 180 WCC 18``)."""
    behind = [token for token in tokens[at + 1 : at + 7] if token.kind not in {"link", "prep", "unit"}]
    named = bool(behind) and behind[0].kind == "foreign" and behind[0].id == "block"
    return named and not (len(behind) > 1 and behind[1].kind == "number")


def _number(wording: str) -> float | None:
    """The number of a wording; of a range the upper end."""
    numbers = [float(one) for one in _DIGITS.findall(_GROUPED.sub("", wording))]
    return max(numbers[:2]) if numbers else None


def _as(token: Token, kind: str, value: float | None, identity: str, end: int) -> Token:
    return Token(kind, token.start, end, identity, None, False, "", "", value, token.wording)
