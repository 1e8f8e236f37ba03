"""Body temperature: fever or its absence, always in degrees Celsius."""

from __future__ import annotations

import re

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Temperature
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.needs import Needs, literal, need
from popliteal.reading.measurements.vocabulary import shared
from popliteal.reading.mention import Mention

_UNIT = r"(?:\s?(?:°|º|deg(?:rees?)?\b\.?)?\s?(?:[CF]\b|[Cc]elsius|[Cc]entigrade|[Ff]ahrenheit)|\s?(?:°|º|degrees?\b))"
#: The whole degrees that a temperature can have, in Celsius or Fahrenheit.
WHOLE = tuple(map(str, [*range(34, 44), *range(90, 110)]))
NUMBER = rf"(?P<heat>(?<![\d./])(?:3[4-9]|4[0-3]|9\d|10\d)(?:[.,]\d{{1,2}})?(?![\d/])(?:{_UNIT})?(?![\d/%]))"
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")
_OVER = re.compile(r"(?i)^(?:>|≥|over|above|greater|exceeding|exceeds|higher|more)$")
WORDS = 5


class TemperatureGrammar:
    """Finds temperatures."""

    def __init__(self, name: str, rules: MeasurementRules, entry: Temperature) -> None:
        self.name = name
        self.entry = entry
        names = need(*entry.names, *entry.fever_names, *entry.afebrile_names, *entry.vital_signs)
        self.needs: tuple[Needs, ...] = ((names, literal(*WHOLE)),)
        vocabulary = shared(rules)
        for kind, forms in (
            ("afebrile", entry.afebrile_names),
            ("fever", entry.fever_names),
            ("name", entry.names),
            ("vital", entry.vital_signs),
            ("later", entry.later),
            ("condition", entry.conditions),
        ):
            vocabulary.add(forms, Entry(kind))
        self.lexer = Lexer(vocabulary, NUMBER, lambda _, wording: (self.celsius(wording), ""))

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
            if name is None and not (vitals and _has_unit(token.wording)) and not self._bare(tokens, at, vitals, found):
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
                if words > WORDS:
                    return None
        return None

    def _mention(self, tokens: list[Token], name: int | None, at: int) -> Mention:
        token = tokens[at]
        value = token.value or 0.0
        first = tokens[name] if name is not None else token
        conditional = any(t.kind == "condition" or _OVER.match(t.wording) for t in tokens[max(0, at - 12) : at + 3])
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


def _has_unit(wording: str) -> bool:
    return re.search(r"[CFcf]", wording) is not None


def _in_brackets(tokens: list[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].wording in {"(", "/", "["}
