"""Measurements: grades, reflexes, temperatures, volumes, laboratory values, studies; linear in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Protocol, TypeAlias, TypeVar

from popliteal.knowledge.alternation import Seldom
from popliteal.knowledge.measurement_rules import E, MeasurementRules
from popliteal.knowledge.measurements import (
    Motion,
    NormalList,
    Quantity,
    Reflexes,
    Sensation,
    Sign,
    Strength,
    Temperature,
    Weakness,
)
from popliteal.knowledge.studies import ConductionTable, NeedleExamination, NeedleStudy, Statement
from popliteal.reading.measurements.conduction import ConductionTables
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.motion import MotionGrammar
from popliteal.reading.measurements.needle import NeedleGrammar
from popliteal.reading.measurements.needs import Needs, Wanted
from popliteal.reading.measurements.normality import NormalityGrammar
from popliteal.reading.measurements.quantities import QuantityGrammar
from popliteal.reading.measurements.quantities import names as quantity_names
from popliteal.reading.measurements.reflexes import ReflexGrammar
from popliteal.reading.measurements.sensation import SensationGrammar
from popliteal.reading.measurements.signs import SignGrammar
from popliteal.reading.measurements.statements import StatementGrammar
from popliteal.reading.measurements.strength import StrengthGrammar
from popliteal.reading.measurements.tables import Tables
from popliteal.reading.measurements.temperature import TemperatureGrammar
from popliteal.reading.measurements.weakness import WeaknessGrammar
from popliteal.reading.mention import Mention
from popliteal.reading.tokens import written

__all__ = ["Context", "Measurer"]

G = TypeVar("G")
S = TypeVar("S")
#: What makes a grammar, or gives the one that it has made.
_Maker: TypeAlias = Callable[[], G]

#: Mentions of the same words stand at most so many places apart in the order of the text.
NEIGHBOURS = 4


class Grammar(Protocol):
    """One way of measuring; ``find`` can find something only in a sentence that meets all of one of ``needs``."""

    needs: tuple[Needs, ...]

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]: ...


class Measurer:
    """All grammars of ``measurements.yaml``, ready to read sentences."""

    def __init__(self, rules: MeasurementRules, wanted: Wanted | None = None) -> None:
        """With ``wanted``, that of another measurer of the same rules, grammars are made when a text calls for them.

        Raises:
            ValueError: a form has no word, and so cannot be looked for by words.
        """
        strength = _each(rules, Strength, StrengthGrammar)
        reflexes = _each(rules, Reflexes, ReflexGrammar)
        self._needle = Seldom(rules.one(NeedleStudy).words)
        self._tables = [Tables(one, other) for one in strength for other in reflexes]
        self._conduction = [ConductionTables(name, entry) for name, entry in rules.of(ConductionTable).items()]
        self._studies = _each(rules, NeedleExamination, NeedleGrammar)
        self.grammars: list[_Maker[Grammar]] = [
            *strength,
            *(one for every in strength for one in _each(rules, Weakness, partial(_upon, WeaknessGrammar, every))),
            *reflexes,
            *(one for every in strength for one in _each(rules, NormalList, partial(_upon, NormalityGrammar, every))),
            *_each(rules, Sign, SignGrammar),
            *_each(rules, Temperature, TemperatureGrammar),
            *self._studies,
            *_each(rules, Motion, MotionGrammar),
            *_each(rules, Quantity, partial(_upon, QuantityGrammar, cache(partial(quantity_names, rules)))),
            *_each(rules, Statement, StatementGrammar),
            *_each(rules, Sensation, SensationGrammar),
        ]
        of_strength = 1 + len(rules.of(Weakness)) + len(rules.of(NormalList))
        self._graded = of_strength * len(strength) + len(reflexes)  # they come first
        self._normal = frozenset(rules.of(NormalList))
        self._lists = self._normal | frozenset(rules.of(Weakness))

        #: Which grammars a text calls for.
        self.wanted = wanted or Wanted(grammar().needs for grammar in self.grammars)
        #: By number, the sentences of a note that may hold a measurement outside of tables, and what they call for.
        self.called: Callable[[Sequence[str], Sequence[int]], dict[int, list[int]]] = self.wanted.in_sentences

    def acronyms(self) -> Iterator[str]:
        """Words in capitals that measurements need as they are written (``AJ``, ``CRP``)."""
        return (word for word in self.wanted.known if len(word) > 1 and word.isupper())

    def concerns(self, tokens: Iterable[str]) -> bool:
        """Whether a text with ``tokens``, as written, can hold a measurement, in a table or outside of one."""
        return self.wanted.any(tokens)

    def find(
        self,
        text: str,
        start: int,
        end: int,
        context: Context | None = None,
        wanted: Sequence[int] | None = None,
        *,
        every: bool = False,
    ) -> list[Mention]:
        """Mentions in the sentence or line ``text[start:end]``; offsets are into ``text``.

        ``wanted`` is what ``called`` says of the sentence, where somebody has asked already. With ``every`` all
        grammars read the sentence, whether or not it holds what they need.
        """
        if every:
            wanted = range(len(self.grammars))
        elif wanted is None:
            wanted = self.wanted.by(written(text, start, end))
        if wanted and wanted[0] < self._graded and self._needle.search(text, start, end):
            wanted = [at for at in wanted if at >= self._graded]
        if not wanted:
            return []
        where = context or Context()
        found = [mention for at in wanted for mention in self.grammars[at]().find(text, start, end, where)]
        return self._once(self._itemized(_ordered(found)))

    def _itemized(self, found: list[Mention]) -> list[Mention]:
        """What one grammar reads over a whole list of normal things, without those that the list has by a word of their
        own ("strength, tone and gait were normal" is no more than "strength" of strength)."""
        listed = [one for one in found if one.pattern in self._normal]
        for one in found:
            if one.pattern not in self._lists:
                opened = (at for at in range(len(listed) - 1) if self._opens(at, listed, one))
                one.end = next((listed[at].end for at in opened), one.end)
        return found

    @staticmethod
    def _opens(at: int, listed: Sequence[Mention], whole: Mention) -> bool:
        """Whether a list opens with what ``whole`` is of and goes on to something else within its words."""
        one, behind = listed[at], listed[at + 1]
        within = whole.start <= one.start < behind.start and behind.end <= whole.end
        return within and one.concept == whole.concept != behind.concept

    def _once(self, found: list[Mention]) -> list[Mention]:
        """Without what lists say where another grammar reads the same words as the same concept, or where they call
        normal what it does not ("weak dorsiflexors and evertors, inversion normal")."""
        return [
            one
            for at, one in enumerate(found)
            if one.pattern not in self._lists
            or not any(
                other.start < one.end and one.start < other.end and self._yields(one, other)
                for other in found[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]
            )
        ]

    def _yields(self, one: Mention, other: Mention) -> bool:
        """Whether a list gives way to what another grammar, or the list of what is weak, reads in its words."""
        if other.pattern not in self._lists:
            return other.concept == one.concept or one.pattern in self._normal
        return one.pattern in self._normal and other.pattern not in self._normal

    def find_tables(self, text: str) -> list[Mention]:
        """Mentions in tables anywhere in ``text``; where one overlaps what ``find`` gives, the table is right."""
        found = [mention for tables in self._tables for mention in tables.find(text)]
        found += [mention for tables in self._conduction for mention in tables.find(text)]
        if self._needle.search(text):
            found += [mention for needle in self._studies for mention in needle().find_rows(text)]
        return _ordered(found)


def _each(
    rules: MeasurementRules, kind: type[E], make: Callable[[str, MeasurementRules, E], G]
) -> list[Callable[[], G]]:
    """A grammar for each entry of a kind, made when it is first asked for: a note calls for few."""
    return [cache(partial(make, name, rules, entry)) for name, entry in rules.of(kind).items()]


def _upon(
    make: Callable[[str, MeasurementRules, E, S], G],
    other: Callable[[], S],
    name: str,
    rules: MeasurementRules,
    entry: E,
) -> G:
    """A grammar that needs something that others share."""
    return make(name, rules, entry, other())


def _ordered(found: list[Mention]) -> list[Mention]:
    return sorted(found, key=lambda mention: (mention.start, mention.end, mention.concept))
