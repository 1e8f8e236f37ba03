"""Phrases of the patterns that say nothing new: the other phrases of their entry are read in the same words.

Case, number, spelling, hyphens, shorthand and contractions are what reading folds (see ``lexicon``), so "drop-foot" is
said by "drop foot", "weakness w/o pain" by "weakness without pain", "doesn't move" by "does not move".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, product
from operator import itemgetter

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Concept, Head, Site
from popliteal.knowledge.entries import PHRASED, phrase_lists
from popliteal.knowledge.layers import Layers
from popliteal.reading.lexicon import LEAST_ALONE, Lexicon, rows_of
from popliteal.reading.sentence import Entry

#: The words of a plain phrase, and the letters that it counts in alone (None: in any).
_Form = tuple[tuple[str, ...], str | None]
_KINDS = {"concepts": "concept", "heads.yaml": "head", "sites.yaml": "site", "assertion.yaml": "cue"}


@dataclass(frozen=True, slots=True)
class Repeated:
    """A phrase that may go: where it stands (file:line), its entry and the phrase as written."""

    where: str
    entry: str
    phrase: str


def repeated(knowledge: Knowledge, layers: Layers) -> Iterator[Repeated]:
    """The phrases of each entry, from the last of a list to the first, that those left of it say as well.

    Those of one list do not count for the lists above it: which of two lists says something makes a difference.

    Raises:
        PatternError: a file is missing or no mapping of entries.
    """
    forms = _Forms(knowledge)
    for name in PHRASED:
        for key, (source, path, data) in layers.entries(name).items():
            said: Counter[_Form] = Counter()
            for kind, listed in groupby(phrase_lists(data), key=itemgetter(0)):
                phrases = [phrase for _, _, phrase in listed]
                for index in forms.said_twice(Entry(_KINDS.get(name, ""), key, ""), phrases, said):
                    yield Repeated(source.where((*path, kind, index)), key, phrases[index])


def _company(knowledge: Knowledge) -> Iterator[str]:
    """The phrases that forms with two meanings ask for or that forbid them."""
    entries: list[Concept | Head | Site] = [*knowledge.concepts.values(), *knowledge.heads.values()]
    entries += knowledge.sites.values()
    for form in (form for entry in entries for form in entry.ambiguous):
        yield from form.company


class _Forms:
    """The forms that plain phrases are read in."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._classes = knowledge.words.classes
        lexicon = Lexicon(knowledge)
        self._plain = lexicon.plain
        self._long: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        kept = {word for phrase in _company(knowledge) for word in self._plain(phrase)}
        for plural, single in lexicon.plurals.items():
            if plural not in kept:  # else it is looked for as a plural
                self._long[plural,] = [(single,)]
        for word, every in knowledge.words.shorthand.items():
            for short in every:
                self._long.setdefault(self._plain(short), []).append(self._plain(word))
        for word, short in knowledge.words.contracted.items():
            self._long.setdefault(self._plain(short), []).append(self._plain(f"{word} not"))
        self._longest = max(map(len, self._long), default=0)

    def said_twice(self, entry: Entry, phrases: Sequence[str], said: Counter[_Form]) -> Iterator[int]:
        """The numbers of those of an entry's ``phrases`` that may go; the forms of the others are added to ``said``."""
        every = [set(self._of(entry, phrase)) for phrase in phrases]
        for forms in every:
            said.update(forms)
        for index in range(len(every) - 1, -1, -1):
            forms = every[index]
            if forms and all(self._says(said, forms, one) for one in forms):
                said.subtract(forms)
                yield index

    def _of(self, entry: Entry, phrase: str) -> Iterator[_Form]:
        for row, letters in rows_of(entry, phrase, self._classes):
            for choice in product(*([self._plain(one) for one in element] for element in row)):
                yield tuple(chain.from_iterable(choice)), letters

    def _says(self, said: Counter[_Form], own: set[_Form], form: _Form) -> bool:
        """Whether a form, or what it stands for, is among those ``said`` beside the ``own`` ones of its phrase."""
        words, letters = form
        if said[form] > 1 or letters is not None:  # letters that count as written are an acronym to other readers, too
            return said[form] > 1
        return any(
            said[longer, None] > ((longer, None) in own) and (len(longer) > 1 or len(words[0]) >= LEAST_ALONE)
            for longer in self._longer(words, 0)
            if longer != words
        )

    def _longer(self, words: tuple[str, ...], start: int) -> Iterator[tuple[str, ...]]:
        """``words`` from ``start`` on, as they are and with shorthand and plurals as what they stand for."""
        for at in range(start, len(words)):
            for end in range(at + 1, min(at + self._longest, len(words)) + 1):
                for long in self._long.get(words[at:end], ()):
                    yield from (words[start:at] + long + rest for rest in self._longer(words, end))
        yield words[start:]
