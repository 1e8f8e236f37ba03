"""What was found in the sentences before one: the company of its words, and what a word names again."""

from __future__ import annotations

from popliteal.knowledge import Knowledge
from popliteal.reading.piece import Piece

#: In so many sentences behind it something is what was named last, wherever it was named.
_FRESH = 2
_NOTHING: frozenset[str] = frozenset()


class Heard:
    """Sentence after sentence of one note.

    ``company`` is what was found in the two sentences before, and what ``lingers`` anywhere above. ``named`` is which
    of the concepts that can be named ``again`` was named last. After two sentences it counts only if it is what the
    note is about: a knee replaced in the past history is not "the surgery" of the discharge.
    """

    def __init__(self, knowledge: Knowledge, lingers: frozenset[str], again: frozenset[str]) -> None:
        self._kinds = knowledge.sections.kinds
        self._lingers, self._again = lingers, again
        self.company: frozenset[str] = frozenset()
        self.named: str | None = None
        self._last: frozenset[str] = frozenset()
        self._lingering: frozenset[str] = frozenset()
        self._subject: str | None = None
        self._age = 0

    def hear(self, piece: Piece) -> None:
        """Take note of the mentions of the next sentence."""
        here = _NOTHING
        if piece.mentions or self._last:
            here = frozenset([mention.concept for mention in piece.mentions])
            self._lingering |= here & self._lingers
            self.company, self._last = here | self._last | self._lingering, here
        else:
            self.company = self._lingering
        if not here.isdisjoint(self._again):
            self._name(piece)
        elif self._age < _FRESH:
            self._age += 1
            self.named = self.named if self._age < _FRESH else self._subject

    def _name(self, piece: Piece) -> None:
        self.named = next(one.concept for one in reversed(piece.mentions) if one.concept in self._again)
        self._age = 0
        if not self._kinds[piece.section.kind].tells_past:
            self._subject = self.named
