"""What is found in a foot is not of the leg that was taken off ("Left BKA. Ulcer of the heel")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from popliteal.knowledge import Knowledge
from popliteal.knowledge.alternation import any_whole, lower
from popliteal.reading.mention import THERE, Mention
from popliteal.reading.piece import Piece
from popliteal.reading.sentence import ONE_SIDE

#: So many letters behind an amputation may say of what ("amputation of the left leg below the knee").
_OF_WHAT = 32


class Lost:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._concepts, self._sites = knowledge.concepts, knowledge.sites
        classes = knowledge.words.classes
        self._gone, self._stump = any_whole(classes["limb_lost"]), any_whole(classes["stump"])
        self._parts = frozenset(classes["parts_lost"])

    def clear(self, text: str, pieces: Sequence[Piece]) -> None:
        """Take from a mention the side of a leg without a foot that another sentence, not its own, has given it."""
        sides = {mention.laterality for mention in self._lost(text, pieces)} & ONE_SIDE
        for piece in pieces if len(sides) == 1 else ():
            said = {hit.entry.id for hit in piece.sentence.sides} if piece.sentence is not None else set[str]()
            if said & (sides | {"bilateral"}) or self._stump.search(lower(text[piece.start : piece.end])):
                continue
            for mention in piece.mentions:
                if mention.laterality in sides and self._is_of_foot(mention):
                    mention.laterality = None

    def _lost(self, text: str, pieces: Sequence[Piece]) -> Iterator[Mention]:
        """The amputations of a leg that were done."""
        for piece in pieces:
            for mention in piece.mentions:
                if (
                    mention.laterality in ONE_SIDE
                    and self._concepts[mention.concept].done
                    and mention.assertion in THERE
                ):
                    behind = text[mention.end : mention.end + _OF_WHAT]
                    if self._gone.search(lower(text[mention.start : mention.end] + behind.split(".")[0])):
                        yield mention

    def _is_of_foot(self, mention: Mention) -> bool:
        concept, site = self._concepts[mention.concept], mention.where or self._concepts[mention.concept].site
        there = mention.assertion in THERE and not mention.of_old and not (concept.done or concept.event)
        return there and site is not None and self._sites[site].part in self._parts
