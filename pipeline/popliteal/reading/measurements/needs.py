"""What a sentence must hold so that a grammar can find something in it, derived from the forms of the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from typing import TypeAlias

from popliteal.knowledge.forms import expand

#: Stands for any digit.
DIGIT = "#"
_LETTERS = re.compile(r"[^\W\d_]+")
_COMMON = frozenset({"and", "of", "to", "the", "in", "on", "at", "or", "by", "with", "for"})  # they tell nothing
_ANY_DIGIT = re.compile(r"\d")
_MOST_TOKENS = 40_000

#: One form of several: its longest word, and for each form with that word the other words of it.
Need: TypeAlias = dict[str, frozenset[frozenset[str]]]
#: All of these: one conjunction that makes a sentence worth reading.
Needs: TypeAlias = tuple[Need, ...]


def need(*forms: str) -> Need:
    """What a sentence that holds one of ``forms`` holds for certain, without case.

    Raises:
        ValueError: a form has no word, and so cannot be looked for by words.
    """
    found: dict[str, set[frozenset[str]]] = {}
    for form in forms:
        for spelling in expand(form):
            words = _LETTERS.findall(spelling)
            if not words:
                raise ValueError(f"{form!r} needs at least one word of letters")
            anchor = max(reversed(words), key=lambda word: (word not in _COMMON, len(word))).casefold()
            rest = frozenset(word.casefold() for word in words) - {anchor}
            found.setdefault(anchor, set()).add(rest)
    return {anchor: frozenset(rests) for anchor, rests in found.items()}


def literal(*words: str) -> Need:
    """One of ``words`` or signs as it stands, without case."""
    return {word: frozenset({frozenset()}) for word in words}


def met(one: Need, words: Set[str]) -> bool:
    """Whether a sentence with ``words`` holds what is needed."""
    return any(rest <= words for anchor in one.keys() & words for rest in one[anchor])


def words_of(text: str, start: int, end: int) -> set[str]:
    """The words of a sentence without case, and ``DIGIT`` if it has a digit."""
    words = {match.casefold() for match in _LETTERS.findall(text, start, end)}
    if _ANY_DIGIT.search(text, start, end):
        words.add(DIGIT)
    return words


class Wanted:
    """Which of several grammars the tokens of a sentence call for.

    ``needs`` holds the alternatives of each grammar: it is called where all of one of them is met.
    """

    def __init__(self, needs: Iterable[Iterable[Needs]]) -> None:
        self._by_anchor: dict[str, list[tuple[int, frozenset[frozenset[str]], Needs]]] = {}
        known: set[str] = set()
        for at, alternatives in enumerate(needs):
            for first, *others in alternatives:
                for one in (first, *others):
                    known.update(one, *(word for rests in one.values() for word in rests))
                for anchor, rests in first.items():
                    self._by_anchor.setdefault(anchor, []).append((at, rests, tuple(others)))
        self._words = _Words(frozenset(known))

    @property
    def anchors(self) -> frozenset[str]:
        """Words of which a sentence holds at least one if it calls for any grammar."""
        return frozenset(self._by_anchor)

    def any(self, tokens: Iterable[str]) -> bool:
        """Whether ``tokens`` may call for a grammar."""
        anchors = self._by_anchor.keys()
        return not all(anchors.isdisjoint(known) for known in map(self._words.__getitem__, tokens) if known)

    def by(self, tokens: Iterable[str]) -> list[int]:
        """The numbers of the grammars that ``tokens`` call for, in order."""
        held = [known for known in map(self._words.__getitem__, tokens) if known]
        if not held:
            return []
        words = frozenset().union(*held)
        called = {
            at
            for word in words
            for at, rests, others in self._by_anchor.get(word, ())
            if any(rest <= words for rest in rests) and all(met(other, words) for other in others)
        }
        return sorted(called)


class _Words(dict[str, frozenset[str]]):
    """The needed words in a token as it is written; worked out when a token is first seen, emptied before it grows."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, token: str) -> frozenset[str]:
        if len(self) > _MOST_TOKENS:
            self.clear()
        found = self[token] = self._known & (words_of(token, 0, len(token)) | {token})
        return found
