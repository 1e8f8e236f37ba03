"""The words of a note, read in one go, and the phrases that stand in them.

Notes have many short sentences: a call for each of them costs more than what is in it. So the words of all sentences
stand in one row, with a mark between two sentences that is in no phrase, and one walk down a tree finds the phrases of
all. Cues are the exception: they are everywhere, and asked for only where there is a finding.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, compress, count
from typing import TypeAlias

from popliteal.knowledge.alternation import lower
from popliteal.knowledge.expressions import Expression
from popliteal.reading.sentence import LAYERS
from popliteal.reading.tokens import written_apart
from popliteal.reading.trie import Found as Hits
from popliteal.reading.trie import Trie

#: First token, last token + 1, and entry of a phrase in a sentence.
Found: TypeAlias = tuple[int, int, int]
CUES = "cue"


class Words:
    """The sentences ``text[start:end]`` of a note; what is asked of them is worked out once, when it is first asked.

    Args:
        text: the note.
        spans: start and end of each sentence, in order.
        forms: gives the lexicon's forms of tokens.
        phrases: all but the cues.
        cues: the phrases of the layer ``CUES``.
        layers: the layer of each entry.
        adverbs: words that any phrase but a cue may hold between two of its own ("has also lost all feeling").
    """

    __slots__ = (
        "_adverbs", "_cues", "_forms", "_found", "_layers", "_low", "_opened", "_phrases", "_small", "_starts",
        "_tokens", "_words", "spans", "text",
    )  # fmt: skip

    def __init__(
        self,
        text: str,
        spans: Sequence[tuple[int, int]],
        forms: Callable[[Iterable[str]], list[str]],
        phrases: Trie,
        cues: Trie,
        layers: Sequence[str],
        adverbs: frozenset[str],
    ) -> None:
        self.text = text
        self.spans = spans
        self._forms = forms
        self._phrases = phrases
        self._cues = cues
        self._layers = layers
        self._adverbs = adverbs
        self._tokens: list[str] | None = None
        self._starts: list[int] = []
        self._words: list[str] = []
        self._found: dict[str, dict[int, list[Found]]] | None = None
        self._opened: dict[Expression, frozenset[int]] = {}
        self._low: str | None = None
        self._small: frozenset[str] | None = None

    @property
    def low(self) -> str:
        """The note in small letters; see :func:`popliteal.knowledge.alternation.lower`."""
        if self._low is None:
            self._low = lower(self.text)
        return self._low

    @property
    def small(self) -> frozenset[str]:
        """All words of the note in small letters; an apostrophe parts two."""
        if self._small is None:
            tokens, _ = self.as_written()
            words = lower("\n".join({*tokens}))
            self._small = frozenset(words.replace("'", "\n").replace("’", "\n").split("\n"))
        return self._small

    def tokens(self, number: int) -> list[str]:
        """The tokens of a sentence as they are written."""
        tokens = self._read() if self._tokens is None else self._tokens
        return tokens[self._starts[number] : self._starts[number + 1] - 1]

    def words(self, number: int) -> list[str]:
        """The lexicon's forms of the tokens of a sentence."""
        if self._tokens is None:
            self._read()
        return self._words[self._starts[number] : self._starts[number + 1] - 1]

    def phrases(self, number: int, layer: str) -> list[Found]:
        """The phrases of a layer in a sentence, overlapping ones included; tokens are counted from its first."""
        if layer == CUES:
            return [(first, last, cue) for first, last, cues in self._cues.find(self.words(number)) for cue in cues]
        return self.having(layer).get(number, [])

    def having(self, layer: str) -> dict[int, list[Found]]:
        """The sentences, by number, whose words hold a phrase of a layer (none of ``CUES``), with these phrases."""
        return (self._find() if self._found is None else self._found)[layer]

    def opened_by(self, pattern: Expression) -> frozenset[int]:
        """The sentences, by number, that ``pattern`` matches where they begin, in small letters; looked for once."""
        known = self._opened.get(pattern)
        if known is None:
            match, text = pattern.match, self.low
            known = frozenset([number for number, (start, end) in enumerate(self.spans) if match(text, start, end)])
            self._opened[pattern] = known
        return known

    def as_written(self) -> tuple[list[str], list[int]]:
        """The tokens of all sentences, a mark behind each, and where those of each start, and one more would."""
        tokens = self._read() if self._tokens is None else self._tokens
        return tokens, self._starts

    def _read(self) -> list[str]:
        self._tokens, self._starts = written_apart(self.text, self.spans)
        self._words = self._forms(self._tokens)
        return self._tokens

    def _find(self) -> dict[str, dict[int, list[Found]]]:
        if self._tokens is None:
            self._read()
        starts, layers = self._starts, self._layers
        found: dict[str, dict[int, list[Found]]] = {layer: {} for layer in LAYERS}
        words, adverbs = self._words, self._adverbs
        holding = {bisect_right(starts, at) - 1 for at in compress(count(), map(adverbs.__contains__, words))}
        held = chain.from_iterable(range(starts[number], starts[number + 1]) for number in sorted(holding))
        for first, last, entries in [*self._phrases.find(words), *over(self._phrases, words, adverbs, held)]:
            number = bisect_right(starts, first) - 1
            start = starts[number]
            for entry in entries:
                found[layers[entry]].setdefault(number, []).append((first - start, last - start, entry))
        self._found = found
        return found


def over(tree: Trie, words: Sequence[str], adverbs: frozenset[str], at: Iterable[int]) -> list[Hits]:
    """The phrases among the words ``at`` that have some of ``adverbs`` between words of their own."""
    kept = [one for one in at if words[one] not in adverbs]
    found = tree.find([words[one] for one in kept])
    return [
        (kept[first], kept[last - 1] + 1, entries)
        for first, last, entries in found
        if kept[last - 1] - kept[first] >= last - first
    ]
