"""One tree of all phrases: a single walk over the words of a sentence finds every concept, site, side and cue in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from popliteal.knowledge.phrases import GAP
from popliteal.reading.tokens import NUMBER

_GAP_LENGTH = 4
_ENTRIES = 0  # key of a node's entries; words are strings, so it cannot clash


class Trie:
    """Phrases as a tree of words; ``skippable`` holds the words that a gap may pass over."""

    def __init__(self, skippable: frozenset[str]) -> None:
        self._root: dict[Any, Any] = {}
        self._skippable = skippable

    def add(self, words: Sequence[str], entry: int) -> None:
        """Store ``entry`` (any number of entries may share one phrase) under ``words``."""
        node = self._root
        for word in words:
            node = node.setdefault(word, {})
        entries: list[int] = node.setdefault(_ENTRIES, [])
        if entry not in entries:
            entries.append(entry)

    def find(self, words: Sequence[str]) -> list[tuple[int, int, list[int]]]:
        """``(first, last + 1, entries)`` of every phrase in ``words``, overlapping ones included.

        A number in digits is read as itself ("type 2") and as any number ("№ beats of clonus").
        """
        hits: list[tuple[int, int, list[int]]] = []
        count = len(words)
        digits = {at for at, word in enumerate(words) if word.isdigit()}
        for first in range(count):
            stack: list[tuple[Any, int]] = []
            self._follow(self._root, words, first, digits, stack)
            while stack:
                node, at = stack.pop()
                entries = node.get(_ENTRIES)
                if entries is not None:
                    hits.append((first, at, entries))
                if at < count:
                    self._follow(node, words, at, digits, stack)
                gap = node.get(GAP)
                if gap is not None:
                    self._pass_gap(gap, words, at, digits, stack)
        return hits

    @staticmethod
    def _follow(
        node: dict[Any, Any], words: Sequence[str], at: int, digits: set[int], stack: list[tuple[Any, int]]
    ) -> None:
        following = node.get(words[at])
        if following is not None:
            stack.append((following, at + 1))
        if at in digits:
            following = node.get(NUMBER)
            if following is not None:
                stack.append((following, at + 1))

    def _pass_gap(
        self, node: dict[Any, Any], words: Sequence[str], at: int, digits: set[int], stack: list[tuple[Any, int]]
    ) -> None:
        for here in range(at, min(at + _GAP_LENGTH + 1, len(words))):
            self._follow(node, words, here, digits, stack)
            if words[here] not in self._skippable:
                return
