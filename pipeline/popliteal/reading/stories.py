"""Stories told in the past to their end: "presented with retention ... underwent decompression ... recovered".

A case report or a summary tells of an illness that its patient no longer has. What a patient came with, was treated for
and got better of is resolved, and past where the note tells how well the patient was at the end. A note with a plan
tells no such story: its patient is being treated now. What it tells again of the time after the treatment goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from popliteal.knowledge import reports
from popliteal.knowledge.alternation import any_whole, lower
from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.sections import KindRule
from popliteal.reading.episodes import Episodes
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece

#: Sentences behind a treatment in which it is told how it went.
_NEXT = 12
#: No longer text is the story of one illness.
_LONGEST = 12_000  # characters


class Stories:
    """Built once from the rules; ``episodes`` tells what can be over, ``kinds`` are those of sections."""

    def __init__(
        self,
        rules: reports.Stories,
        episodes: Episodes,
        concept: Callable[[str], Concept],
        kinds: Mapping[str, KindRule],
    ) -> None:
        self._episodes, self._concepts, self._kinds = episodes, concept, kinds
        self._came, self._before, self._spoilt, self._well, self._active, self._of_pain = map(
            any_whole, (rules.came, rules.before, rules.spoilt, rules.well, rules.active, rules.of_pain)
        )
        ways = ((rules.treated, rules.ended), (rules.medical, rules.cured))
        self._ways = [(any_whole(treated), any_whole(ended)) for treated, ended in ways]

    def end(self, text: str, pieces: Sequence[Piece]) -> None:
        """Let what a note's patient was treated for and got better of be over."""
        if len(text) > _LONGEST or not any(piece.mentions for piece in pieces):
            return
        low = lower(text)
        first = self._story(low, pieces)
        if first is None or self._active.search(low):
            return
        treated, well = self._last_treatment(low, pieces, first)
        if treated is None or self._episodes.lasts(low, treated):
            return
        mentions = [one for piece in pieces for one in piece.mentions]
        later = [one for one in mentions if one.start >= treated]
        for mention in mentions:
            if not first <= mention.start < treated or mention.assertion == "absent" or self._given(mention):
                continue
            if not self._episodes.over(low, mention, later, began=True) or self._episodes.goes_wrong(mention, later):
                continue
            mention.cues.append("treated")
            mention.temporality = "historical" if well else None
            if mention.course != "resolved":  # how it went before it was treated no longer holds
                mention.course = "improving" if well else "resolved"

    def _given(self, mention: Mention) -> bool:
        """Whether a mention is a drug or device: what is used in an operation is not treated by it."""
        return self._concepts(mention.concept).treatment is not None

    def _story(self, low: str, pieces: Sequence[Piece]) -> int | None:
        """Where a story begins: with the first sentence that says who came, with what."""
        for piece in pieces:
            if self._came.search(low, piece.start, piece.end):
                return piece.start
        return None

    def _last_treatment(self, low: str, pieces: Sequence[Piece], first: int) -> tuple[int | None, bool]:
        """Where the last treatment stands that went well, and whether the patient is well at the end."""
        found: int | None = None
        for number, piece in enumerate(pieces):
            if piece.start < first or self._kinds[piece.section.kind].tells_past:
                continue
            for treated, ended in self._ways:
                done = treated.search(low, piece.start, piece.end)
                if done is None or self._before.search(low, piece.start, piece.end):
                    continue
                behind = pieces[number : number + 1 + _NEXT]
                if any(self._says(ended, low, max(done.end(), one.start), one.end) for one in behind):
                    found = max(found or 0, done.end())
        if found is None:
            return None, False
        rest = (piece for piece in pieces if piece.end > found)
        return found, any(self._says(self._well, low, max(found, piece.start), piece.end) for piece in rest)

    def _says(self, what: re.Pattern[str], low: str, start: int, end: int) -> bool:
        """Whether a sentence says something, of more than pain, and nothing that spoils it."""
        if what.search(low, start, end) is None or self._spoilt.search(low, start, end):
            return False
        return what.search(self._of_pain.sub(" ", low[start:end])) is not None
