"""Body temperature: fever or its absence, always in degrees Celsius."""

from __future__ import annotations

import re

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Glue, Temperature
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.needs import Needs, literal, need
from popliteal.reading.measurements.vocabulary import shared
from popliteal.reading.mention import Mention

#: The whole degrees that a temperature can have, in Celsius or Fahrenheit.
_WHOLE = tuple(map(str, [*range(34, 44), *range(90, 110)]))
_NUMBER = r"(?<![\d./])(?:3[4-9]|4[0-3]|9\d|10\d)(?:[.,]\d{1,2})?(?![\d/])"
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")
#: Temperatures that need no name: in tenths, as a thermometer shows them.
_DEGREES = tuple(map(str, range(36, 42)))
_TENTHS = frozenset(f"{degrees}.{tenth}" for degrees in _DEGREES for tenth in range(10))
#: So many characters before a sentence what its number is of may still be told.
_ABOVE = 40
_WORDS = 5
#: What a line with nothing but a number is made of: a cell of a table.
_CELL = frozenset({"heat", "hard", "sep", "sign"})
#: Signs behind a number that close what it stands in.
_CLOSING = frozenset({".", "(", ")", "-", "–", "—"})


class TemperatureGrammar:
    """Finds temperatures."""

    def __init__(self, name: str, rules: MeasurementRules, entry: Temperature) -> None:
        self.name = name
        self.entry = entry
        names = need(*entry.names, *entry.fever_names, *entry.afebrile_names, *entry.vital_signs)
        tenths = literal(*(f"{tenth}{unit}" for tenth in range(10) for unit in ("", "C")))
        self.needs: tuple[Needs, ...] = ((names, literal(*_WHOLE)), (literal(*_DEGREES), tenths))
        self._more = rules.one(Glue).more
        vocabulary = shared(rules)
        for kind, forms in (
            ("afebrile", entry.afebrile_names),
            ("fever", entry.fever_names),
            ("name", entry.names),
            ("vital", entry.vital_signs),
            ("later", entry.later),
            ("condition", entry.conditions),
            ("lead", entry.leads),
            ("then", entry.then),
            ("other", entry.others),
        ):
            vocabulary.add(forms, Entry(kind))
        number = rf"(?P<heat>{_NUMBER}(?:\s?(?:{entry.unit}))?(?![\d/%]))"
        self.lexer = Lexer(vocabulary, number, lambda _, wording: (self.celsius(wording), ""))

    def celsius(self, wording: str) -> float | None:
        """Degrees Celsius, or None if the number is no body temperature.

        The unit is told from the number where nothing is said; 34 to 43 and 93 to 109 do not overlap.
        """
        found = _DIGITS.search(wording)
        if found is None:
            return None
        degrees = float(found[0].replace(",", "."))
        unit = wording[found.end() :].strip(" °º")[:1].upper()
        low, high = self.entry.celsius
        if low <= degrees <= high:
            return degrees if unit != "F" else None  # "41 F" is a woman of 41
        low, high = self.entry.fahrenheit
        return round((degrees - 32) / 1.8, 1) if low <= degrees <= high else None

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Temperatures in ``text[start:end]``."""
        tokens = self.lexer.tokens(text, start, end)
        vitals = sum(token.kind == "vital" for token in tokens)
        found: list[Mention] = []
        for at, token in enumerate(tokens):
            if token.kind != "heat" or token.value is None:
                continue
            name = self._name(tokens, at)
            known = name is not None or (vitals and _has_unit(token.wording)) or self._bare(tokens, at, vitals, found)
            if not known and not (self._alone(tokens, at, vitals) and self._may_stand(text, start, end, tokens)):
                continue
            if name is None and found and _in_brackets(tokens, at):
                continue  # "98.6 F (37 C)" is one temperature
            found.append(self._mention(tokens, name, at))
        return found

    @staticmethod
    def _bare(tokens: list[Token], at: int, vitals: int, found: list[Mention]) -> bool:
        """A number without name or unit: one more after a temperature (``now 37.2``), or alone among vital signs."""
        before = tokens[at - 1] if at else None
        if before is None:
            return False
        if found and before.kind == "later":
            then = max(n for n, token in enumerate(tokens[:at]) if token.kind == "heat")
            return all(token.kind != "vital" for token in tokens[then:at])  # not "37.1, pulse now 98"
        if found and "." in tokens[at].wording and at + 1 < len(tokens) and tokens[at + 1].kind == "later":
            return True  # "38.9 now"
        closed = at + 1 == len(tokens) or tokens[at + 1].kind in {"sep", "hard"}
        return vitals > 1 and "." in tokens[at].wording and before.kind == "sep" and closed

    @staticmethod
    def _alone(tokens: list[Token], at: int, vitals: int) -> bool:
        """Whether tenths of a degree stand alone between stops or commas, among no other numbers: ``rigors, 38.4``."""
        if not _in_tenths(tokens[at].wording):
            return False
        before, behind = tokens[max(0, at - 2) : at], tokens[at + 1 : at + 3]
        led = {"sep", "hard", "lead", "then"}
        opened = not before or before[-1].kind in led or (vitals > 0 and before[-1].wording == ":")
        closed = not behind or behind[0].kind in {"sep", "hard", "later", "then"} or behind[0].wording in _CLOSING
        listed = [one[1] for one in (before[::-1], behind) if len(one) > 1 and one[0].kind == "sep"]
        return opened and closed and (vitals > 0 or not any(token.kind in {"num", "heat"} for token in listed))

    def _may_stand(self, text: str, start: int, end: int, tokens: list[Token]) -> bool:
        """Whether nothing in a sentence or right before it is measured in such numbers; no cell of a table either."""
        line = text.rfind("\n", 0, start) + 1
        if all(token.kind in _CELL for token in tokens) and not text[line:start].strip():
            rest = text.find("\n", end)
            if not text[end : rest if rest >= 0 else None].strip():
                return False
        above = self.lexer.tokens(text, max(line, start - _ABOVE), start)
        return not any(token.kind == "other" for token in (*above, *tokens))

    def _name(self, tokens: list[Token], at: int) -> int | None:
        """The name that the number at ``at`` belongs to: no other number and few words between."""
        words = 0
        for back in range(at - 1, max(-1, at - 12), -1):
            token = tokens[back]
            if token.kind in {"name", "fever", "afebrile"}:
                single = token.kind == "name" and len(token.wording) == 1
                return None if single and words else back
            if token.kind in {"heat", "num", "hard", "vital", "level"}:
                return None
            if token.kind in {"word", "sep", "all", "rest", "side"}:
                words += 1
                if words > _WORDS:
                    return None
        return None

    def _mention(self, tokens: list[Token], name: int | None, at: int) -> Mention:
        token = tokens[at]
        value = token.value or 0.0
        first = tokens[name] if name is not None else token
        near = tokens[max(0, at - 12) : at + 3]
        conditional = any(t.kind == "condition" or t.wording.casefold() in self._more for t in near)
        assertion: str | None = None
        if first.kind == "afebrile" or (first.kind != "fever" and value < self.entry.fever_celsius and not conditional):
            assertion = "absent"
        elif first.kind != "fever" and not conditional:
            assertion = "present"
        return Mention(
            first.start,
            token.end,
            self.entry.concept,
            self.name,
            assertion=assertion,
            value=value,
            value_text=token.wording.strip(),
            unit="degC",
        )


def _in_tenths(wording: str) -> bool:
    """Whether a wording is a temperature in tenths of a degree Celsius."""
    return _DIGITS.sub(lambda found: found[0].replace(",", "."), wording.rstrip(" °ºC"), count=1) in _TENTHS


def _has_unit(wording: str) -> bool:
    return re.search(r"[CFcf]", wording) is not None


def _in_brackets(tokens: list[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].wording in {"(", "/", "["}
