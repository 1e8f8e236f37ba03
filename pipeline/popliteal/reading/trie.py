"""One tree of all phrases: a single walk over the words of a sentence finds every concept, site, side and cue in it.

A phrase is kept as it is written, as a row of elements with alternatives. Spelled out, the phrases would be a hundred
times as many, and nearly all of them stand in no note at all: a branch of the tree grows when the first text takes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from popliteal.knowledge.phrases import GAP
from popliteal.reading.tokens import NUMBER

_GAP_LENGTH = 4

#: What is left of a phrase: the alternatives of its next element and what follows those; at its end, its entry.
_Rest: TypeAlias = "tuple[tuple[tuple[str, ...], ...], _Rest] | int"


class _Node:
    """A place in the tree: ``pending`` is what is left of the phrases that lead here, until ``grow`` has spread it."""

    __slots__ = ("branches", "entries", "gap", "pending")

    def __init__(self, pending: list[_Rest]) -> None:
        self.pending: list[_Rest] | None = pending
        self.entries: list[int] = []
        self.branches: dict[str, _Node] = {}
        self.gap: _Node | None = None

    def grow(self) -> None:
        """Work out the entries and branches; ``pending`` goes last, so that two threads may do so at once."""
        pending = self.pending
        if pending is None:
            return
        entries: dict[int, None] = {}
        branches: dict[str, list[_Rest]] = {}
        for rest in pending:
            _spread(rest, entries, branches)
        nodes = {word: _Node(left) for word, left in branches.items()}
        self.gap = nodes.pop(GAP, None)
        self.entries = list(entries)
        self.branches = nodes
        self.pending = None


class Trie:
    """Phrases as a tree of words; ``skippable`` holds the words that a gap may pass over."""

    def __init__(self, skippable: frozenset[str]) -> None:
        self._phrases: list[_Rest] = []
        self._root = _Node(self._phrases)
        self._skippable = skippable

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

    def find(self, words: Sequence[str]) -> list[tuple[int, int, list[int]]]:
        """``(first, last + 1, entries)`` of every phrase in ``words``, overlapping ones included.

        A number in digits is read as itself ("type 2") and as any number ("№ beats of clonus").
        """
        hits: list[tuple[int, int, list[int]]] = []
        root = self._root
        if root.pending is not None:
            root.grow()
        begins = root.branches
        if begins.keys().isdisjoint(words) and not (NUMBER in begins and any(map(str.isdigit, words))):
            return hits
        last = len(words) - 1
        for first, word in enumerate(words):
            node = begins.get(word)
            if node is None:
                go = NUMBER in begins and word.isdigit()
            else:
                if node.pending is not None:
                    node.grow()
                go = bool(node.entries) or node.gap is not None or word.isdigit()
                go = go or (first < last and _goes_on(node.branches, words[first + 1]))
            if go:
                self._walk(words, first, hits)
        return hits

    def _walk(self, words: Sequence[str], first: int, hits: list[tuple[int, int, list[int]]]) -> None:
        """Add the phrases that begin with word ``first``."""
        stack: list[tuple[_Node, int]] = []
        _follow(self._root.branches, words, first, stack)
        count = len(words)
        while stack:
            node, at = stack.pop()
            if node.pending is not None:
                node.grow()
            if node.entries:
                hits.append((first, at, node.entries))
            if at < count:
                branches = node.branches
                word = words[at]
                if word in branches:
                    stack.append((branches[word], at + 1))
                if NUMBER in branches and word.isdigit():
                    stack.append((branches[NUMBER], at + 1))
                if node.gap is not None:
                    self._pass_gap(node.gap, words, at, stack)

    def _pass_gap(self, node: _Node, words: Sequence[str], at: int, stack: list[tuple[_Node, int]]) -> None:
        if node.pending is not None:
            node.grow()
        for here in range(at, min(at + _GAP_LENGTH + 1, len(words))):
            _follow(node.branches, words, here, stack)
            if words[here] not in self._skippable:
                return


def _goes_on(branches: dict[str, _Node], word: str) -> bool:
    return word in branches or (NUMBER in branches and word.isdigit())


def _follow(branches: dict[str, _Node], words: Sequence[str], at: int, stack: list[tuple[_Node, int]]) -> None:
    """Put where word ``at`` leads on the ``stack``."""
    following = branches.get(words[at])
    if following is not None:
        stack.append((following, at + 1))
    if NUMBER in branches and words[at].isdigit():
        stack.append((branches[NUMBER], at + 1))


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
