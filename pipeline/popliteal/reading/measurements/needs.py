"""What a sentence must hold so that a grammar can find something in it, derived from the forms of the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

from popliteal.knowledge.forms import expand
from popliteal.reading.measurements.lexer import WORD, kept_case

#: Stands for any digit.
DIGIT = "#"
_LETTERS = re.compile(r"[^\W\d_]+")
_ASCII_LETTERS = re.compile("[A-Za-z]+")
_WORDS = re.compile(WORD)
#: Words that tell nothing, or little, if there is another.
_COMMON = frozenset({
    "a", "an", "and", "any", "as", "at", "both", "by", "down", "for", "from", "good", "he", "her", "his", "i",
    "in", "is", "it", "left", "lower", "no", "normal", "not", "of", "on", "or", "out", "over", "s", "she",
    "small", "that", "the", "there", "time", "to", "up", "upper", "was", "we", "well", "were", "white", "with",
    "right",
})  # fmt: skip
_NUMBERS = re.compile(r"\d+")
_MOST_TOKENS = 40_000

#: The other words of forms that have one word in common, fewest first.
Rests: TypeAlias = tuple[frozenset[str], ...]
#: One form of several: its longest word, and for each form with that word the other words of it.
Need: TypeAlias = dict[str, Rests]
#: All of these: one conjunction that makes a sentence worth reading.
Needs: TypeAlias = tuple[Need, ...]
#: The number of a grammar, what must stand beside an anchor of its first need, and its other needs.
_Call: TypeAlias = tuple[int, Rests, Needs]
#: All needed words; by anchor what must stand beside it, if it may not stand alone, and the grammars it may call for.
_State: TypeAlias = tuple[frozenset[str], dict[str, tuple[frozenset[str] | None, list[_Call]]]]


def need(*forms: str) -> Need:
    """What a sentence that holds one of ``forms`` holds for certain, without case where a vocabulary knows none.

    Raises:
        ValueError: a form has no word, and so cannot be looked for by words.
    """
    found: dict[str, set[frozenset[str]]] = {}
    for form in forms:
        for spelling in expand(form):
            words = _needed(spelling)
            if not words:
                raise ValueError(f"{form!r} needs at least one word of letters")
            anchor = max(reversed(words), key=lambda word: (word not in _COMMON, len(word)))
            rest = frozenset(words) - {anchor}
            found.setdefault(anchor, set()).add(rest)
    return {anchor: tuple(sorted(rests, key=len)) for anchor, rests in found.items()}


def _needed(spelling: str) -> list[str]:
    """The words of a spelling without case, those whose case counts as they are."""
    cased = not spelling.islower()
    found: list[str] = []
    for word in _WORDS.findall(spelling):
        found += [word] if cased and kept_case(word) else map(str.casefold, _LETTERS.findall(word))
    return found


def literal(*words: str) -> Need:
    """One of ``words``, numbers or signs as it stands; small letters stand for capitals, too."""
    return {word: (frozenset(),) for word in words}


def met(one: Need, words: frozenset[str]) -> bool:
    """Whether a sentence with ``words`` holds what is needed."""
    if one.keys().isdisjoint(words):
        return False
    return any(any(map(words.issuperset, one[anchor])) for anchor in one.keys() & words)


def words_of(text: str, start: int, end: int) -> frozenset[str]:
    """The words of a sentence with their case and without, its numbers, and ``DIGIT`` if it has one."""
    part = text[start:end]
    if part.isascii():
        words = {*_ASCII_LETTERS.findall(part), *_ASCII_LETTERS.findall(part.lower())}
    else:
        words = set(_LETTERS.findall(part))
        words.update([word.casefold() for word in words])
    numbers = _NUMBERS.findall(part)
    if numbers:
        words.update(numbers)
        words.add(DIGIT)
    return frozenset(words)


class Wanted:
    """Which of several grammars the tokens of a sentence call for.

    ``needs`` holds the alternatives of each grammar: it is called where all of one of them is met. A sentence that
    calls for any holds at least one of the ``anchors``; ``anchors_in`` gives those of a token. ``known`` are all words
    that are needed.
    """

    def __init__(self, needs: Iterable[Iterable[Needs]]) -> None:
        by_anchor: dict[str, list[_Call]] = {}
        known: set[str] = set()
        for at, alternatives in enumerate(needs):
            for first, *others in alternatives:
                for one in (first, *others):
                    known.update(one, *(word for rests in one.values() for word in rests))
                for anchor, rests in first.items():
                    by_anchor.setdefault(anchor, []).append((at, rests, tuple(others)))
        calls = {anchor: (_beside(calls), calls) for anchor, calls in by_anchor.items()}
        self.__setstate__((frozenset(known), calls))

    def __getstate__(self) -> _State:
        return self.known, self._calls

    def __setstate__(self, state: _State) -> None:
        self.known, self._calls = state
        self._words = _Words(self.known)
        self.anchors = frozenset(self._calls)
        self.anchors_in = _Words(self.anchors).__getitem__

    def any(self, tokens: Iterable[str]) -> bool:
        """Whether ``tokens`` may call for a grammar."""
        return any(map(self.anchors_in, tokens))

    def by(self, tokens: Sequence[str]) -> list[int]:
        """The numbers of the grammars that ``tokens`` call for, in order."""
        return self._called(frozenset().union(*map(self._words.__getitem__, tokens)))

    def in_sentences(self, tokens: Sequence[str], starts: Sequence[int]) -> dict[int, list[int]]:
        """The same of each sentence of a note that calls for any, by its number: ``tokens`` of all, where each starts,
        and one more would."""
        needed = [*map(self._words.__getitem__, tokens)]
        anchors = self.anchors
        unions = (frozenset().union(*needed[start:end]) for start, end in pairwise(starts))
        return {
            number: called
            for number, words in enumerate(unions)
            if not words.isdisjoint(anchors) and (called := self._called(words))
        }

    def _called(self, words: frozenset[str]) -> list[int]:
        """The numbers of the grammars that a sentence with these of the needed words calls for, in order."""
        called: set[int] = set()
        for word in words & self.anchors:
            beside, calls = self._calls[word]
            if beside is not None and words.isdisjoint(beside):
                continue
            for at, rests, others in calls:
                if at not in called and any(map(words.issuperset, rests)) and all(met(one, words) for one in others):
                    called.add(at)
        return sorted(called)


def _beside(calls: Iterable[_Call]) -> frozenset[str] | None:
    """Words of which one must stand beside an anchor if it is to call for anything; None where it may stand alone."""
    found: set[str] = set()
    for _, rests, others in calls:
        wanted = [word for rest in rests for word in rest] if all(rests) else [*others[0]] if others else None
        if wanted is None:
            return None
        found.update(wanted)
    return frozenset(found)


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
