"""Measurements: grades, reflexes, temperatures, volumes, laboratory values, studies; linear in the text."""

from __future__ import annotations

import re
from typing import Protocol

from popliteal.knowledge.measurements import MeasurementRules, Reflexes, Sensation, Sign, Strength, Temperature
from popliteal.reading.measurements import quantities, statements
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.reflexes import ReflexGrammar
from popliteal.reading.measurements.sensation import SensationGrammar
from popliteal.reading.measurements.signs import SignGrammar
from popliteal.reading.measurements.strength import StrengthGrammar
from popliteal.reading.measurements.tables import Tables
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
        strength = [StrengthGrammar(name, rules, entry) for name, entry in rules.of(Strength).items()]
        reflexes = [ReflexGrammar(name, rules, entry) for name, entry in rules.of(Reflexes).items()]
        self._tables = [Tables(one, other) for one in strength for other in reflexes]
        self.grammars: list[Grammar] = [
            *strength,
            *reflexes,
            *(SignGrammar(name, rules, entry) for name, entry in rules.of(Sign).items()),
            *(TemperatureGrammar(name, rules, entry) for name, entry in rules.of(Temperature).items()),
            *quantities.grammars(rules),
            *statements.grammars(rules),
            *(SensationGrammar(name, rules, entry) for name, entry in rules.of(Sensation).items()),
        ]

    def find(self, text: str, start: int, end: int, context: Context | None = None) -> list[Mention]:
        """Mentions in the sentence or line ``text[start:end]``; offsets are into ``text``."""
        where = context or Context()
        found = [mention for grammar in self.grammars for mention in grammar.find(text, start, end, where)]
        return _ordered(found)

    def find_tables(self, text: str) -> list[Mention]:
        """Mentions in tables anywhere in ``text``; where one overlaps what ``find`` gives, the table is right."""
        return _ordered([mention for tables in self._tables for mention in tables.find(text)])


def _ordered(found: list[Mention]) -> list[Mention]:
    return sorted(found, key=lambda mention: (mention.start, mention.end, mention.concept))
