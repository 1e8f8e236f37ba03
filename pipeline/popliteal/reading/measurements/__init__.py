"""Measurements: grades, reflexes, temperatures, volumes, laboratory values, studies; linear in the text."""

from __future__ import annotations

import re
from typing import Protocol

from popliteal.knowledge.measurements import MeasurementRules, Quantity, Reflexes, Sign, Strength, Temperature
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.quantities import QuantityGrammar
from popliteal.reading.measurements.reflexes import ReflexGrammar
from popliteal.reading.measurements.signs import SignGrammar
from popliteal.reading.measurements.strength import StrengthGrammar
from popliteal.reading.measurements.temperature import TemperatureGrammar
from popliteal.reading.mention import Mention

__all__ = ["Context", "Measurer"]


class Grammar(Protocol):
    """One way of measuring; ``trigger`` matches wherever ``find`` could find something."""

    trigger: re.Pattern[str]

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]: ...


class Measurer:
    """All grammars of ``measurements.yaml``, ready to read sentences."""

    def __init__(self, rules: MeasurementRules) -> None:
        self.grammars: list[Grammar] = [
            *(StrengthGrammar(name, rules, entry) for name, entry in rules.of(Strength).items()),
            *(ReflexGrammar(name, rules, entry) for name, entry in rules.of(Reflexes).items()),
            *(SignGrammar(name, rules, entry) for name, entry in rules.of(Sign).items()),
            *(TemperatureGrammar(name, rules, entry) for name, entry in rules.of(Temperature).items()),
            *(QuantityGrammar(name, rules, entry) for name, entry in rules.of(Quantity).items()),
        ]

    def find(self, text: str, start: int, end: int, context: Context | None = None) -> list[Mention]:
        """Mentions in the sentence or line ``text[start:end]``; offsets are into ``text``."""
        where = context or Context()
        found = [mention for grammar in self.grammars for mention in grammar.find(text, start, end, where)]
        return sorted(found, key=lambda mention: (mention.start, mention.end, mention.concept))
