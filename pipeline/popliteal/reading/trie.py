"""One tree of all phrases: a single walk over the words of a sentence finds every concept, site, side and cue in it.

A phrase is kept as it is written, as a row of elements with alternatives. Spelled out, the phrases would be a hundred
times as many, and nearly all of them stand in no note at all: a branch of the tree grows when the first text takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, count
from operator import contains
from typing import TypeAlias

from popliteal.knowledge.phrases import GAP
from popliteal.reading.tokens import NUMBER, UNKNOWN

_GAP_LENGTH = 4

#: What is left of a phrase: the alternatives of its next element and what follows those; at its end, its entry.
_Rest: TypeAlias = "tuple[tuple[tuple[str, ...], ...], _Rest] | int"
#: ``first, last + 1, entries`` of a phrase in a row of words.
Found: TypeAlias = tuple[int, int, list[int]]


class _Node:
    """A place in the tree: ``pending`` is what is left of the phrases that lead here, until ``grow`` has spread it."""

    __slots__ = ("branches", "entries", "gap", "pending")

    def __init__(self, pending: list[_Rest]) -> None:
        self.pending: list[_Rest] | None = pending
        self.entries: list[int] = []
        self.branches: dict[str, _Node] = {}
        self.gap: _Node | None = None

    def grow(self, numbers: frozenset[str]) -> None:
        """Work out the entries and branches; ``pending`` goes last, so that two threads may do so at once."""
        pending = self.pending
        if pending is None:
            return
        entries: dict[int, None] = {}
        branches: dict[str, list[_Rest]] = {}
        for rest in pending:
            _spread(rest, entries, branches)
        if GAP in branches:
            branches[GAP] += _behind_another(branches[GAP])
        nodes = {word: _Node(left) for word, left in branches.items()}
        if NUMBER in nodes:
            for number in numbers:
                own = branches.get(number)
                nodes[number] = nodes[NUMBER] if own is None else _Node([*own, *branches[NUMBER]])
        self.gap = nodes.pop(GAP, None)
        self.entries = sorted(entries)
        self.branches = nodes
        self.pending = None


class Trie:
    """Phrases as a tree of words.

    Args:
        skippable: the words that a gap may pass over.
        numbers: the words that are numbers. Each is read as itself ("type 2") and as any number ("№ beats of clonus").
        phrases: those of another tree.
    """

    def __init__(self, skippable: frozenset[str], numbers: frozenset[str], phrases: Sequence[_Rest] = ()) -> None:
        self._phrases: list[_Rest] = [*phrases]
        self._root = _Node(self._phrases)
        self._skippable = skippable
        self._numbers = numbers
        self._seconds = _Seconds(self._second)

    def __reduce__(self) -> tuple[type[Trie], tuple[frozenset[str], frozenset[str], list[_Rest]]]:
        """The phrases alone: what texts made grow stays behind."""
        return Trie, (self._skippable, self._numbers, self._phrases)

    def add(self, elements: Sequence[Iterable[tuple[str, ...]]], entry: int) -> None:
        """Store ``entry`` under each phrase that takes one alternative of every element; not after the first ``find``.

        Any number of entries may share a phrase.
        """
        rest: _Rest = entry
        for element in reversed(elements):
            rest = (tuple(element), rest)
        self._phrases.append(rest)

    def rows(self) -> Iterator[tuple[list[tuple[tuple[str, ...], ...]], int]]:
        """Each phrase as it was added, with its entry."""
        for phrase in self._phrases:
            row: list[tuple[tuple[str, ...], ...]] = []
            rest = phrase
            while not isinstance(rest, int):
                element, rest = rest
                row.append(element)
            yield row, rest

    def find(self, words: Sequence[str]) -> list[Found]:
        """Every phrase in ``words``, overlapping ones included, in the order of their first words."""
        hits: list[Found] = []
        numbers, size = self._numbers, len(words)
        self._root.grow(numbers)
        branches = self._root.branches
        seconds = map(self._seconds.__getitem__, words)
        for first in compress(count(), map(contains, seconds, [*words[1:], UNKNOWN])):
            node: _Node | None = branches[words[first]]
            at = first + 1
            while node is not None:  # straight down, as long as there is one way only
                if node.pending is not None:
                    node.grow(numbers)
                if node.gap is not None and self._passes(node.gap, words[at : at + _GAP_LENGTH + 1]):
                    self._walk(words, first, node, at, hits)
                    break
                if node.entries:
                    hits.append((first, at, node.entries))
                if at == size:
                    break
                node = node.branches.get(words[at])
                at += 1
        return hits

    def _second(self, word: str) -> frozenset[str]:
        """The words that must follow ``word`` where a phrase begins with it."""
        self._root.grow(self._numbers)
        node = self._root.branches.get(word)
        if node is None:
            return frozenset()
        node.grow(self._numbers)
        if node.entries:
            return _ANY
        if node.gap is None:
            return frozenset(node.branches)
        node.gap.grow(self._numbers)
        return self._skippable.union(node.branches, node.gap.branches)

    def _passes(self, gap: _Node, ahead: Sequence[str]) -> bool:
        """Whether a phrase may go on behind a ``gap``, with one of the words ``ahead`` that it may pass over to."""
        if gap.pending is not None:
            gap.grow(self._numbers)
        branches, skippable = gap.branches, self._skippable
        for word in ahead:
            if word in branches:
                return True
            if word not in skippable:
                return False
        return False

    def _walk(self, words: Sequence[str], first: int, node: _Node, at: int, hits: list[Found]) -> None:
        """Add the phrases that begin with word ``first`` and have come to ``node`` before word ``at``."""
        count, skippable = len(words), self._skippable
        stack = [(node, at)]
        while stack:
            node, at = stack.pop()
            if node.pending is not None:
                node.grow(self._numbers)
            if node.entries:
                hits.append((first, at, node.entries))
            if at < count:
                following = node.branches.get(words[at])
                if following is not None:
                    stack.append((following, at + 1))
                gap = node.gap
                if gap is not None:
                    if gap.pending is not None:
                        gap.grow(self._numbers)
                    for here in range(at, min(at + _GAP_LENGTH + 1, count)):
                        word = words[here]
                        following = gap.branches.get(word)
                        if following is not None:
                            stack.append((following, here + 1))
                        if word not in skippable:
                            break


class _Any(frozenset[str]):
    """Every word."""

    def __contains__(self, word: object) -> bool:
        return True


_ANY = _Any()


class _Seconds(dict[str, frozenset[str]]):
    """By the first word of phrases, which words go on with one: asked for every word of a note, so worked out once."""

    def __init__(self, find: Callable[[str], frozenset[str]]) -> None:
        super().__init__()
        self._work_out = find

    def __missing__(self, word: str) -> frozenset[str]:
        found = self[word] = self._work_out(word)
        return found


def _spread(rest: _Rest, entries: dict[int, None], branches: dict[str, list[_Rest]]) -> None:
    """Note what ``rest`` ends in, or the words it goes on with and what is left after each."""
    if isinstance(rest, int):
        entries[rest] = None
        return
    options, after = rest
    for option in options:
        if not option:
            _spread(after, entries, branches)
        else:
            left = after if len(option) == 1 else ((option[1:],), after)
            branches.setdefault(option[0], []).append(left)


def _behind_another(pending: Iterable[_Rest]) -> list[_Rest]:
    """What follows a second gap that stands right behind the first (``~ (clearly|) ~ weak``): the two are one."""
    branches: dict[str, list[_Rest]] = {}
    for rest in pending:
        _spread(rest, {}, branches)
    second = branches.get(GAP, [])
    return [*second, *_behind_another(second)] if second else []
