"""Stories told in the past to their end: "presented with retention ... underwent decompression ... recovered".

A case report or a summary tells of an illness that its patient no longer has. What a patient came with, was treated for
and got better of is resolved, and past where the note tells how well the patient was at the end. A note with a plan
tells no such story: its patient is being treated now. What it tells again of the time after the treatment goes on.

The end may be told soon behind a treatment ("... and recovered"), or in a last scene at whatever distance, which opens
with its time ("when last seen, at one year"): that is an end if it says how well the patient is, and months later, for
the kinds of findings that it denies. What was told long before the last scene began long ago.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from popliteal.knowledge import reports
from popliteal.knowledge.alternation import any_whole, lower
from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.expressions import Expression
from popliteal.knowledge.sections import KindRule
from popliteal.reading.episodes import Episodes
from popliteal.reading.mention import FRESH, THERE, Mention
from popliteal.reading.piece import Piece

#: The number of the sentence that tells of a treatment, its words, and how such a one ends.
_Treatment: TypeAlias = tuple[int, re.Match[str], Expression]
#: Sentences behind a treatment in which it is told how it went.
_NEXT = 12
#: No longer text is the story of one illness.
_LONGEST = 12_000  # characters


@dataclass(frozen=True, slots=True)
class _End:
    """How a story ended: all that it tells before ``at`` is over, or what is of the ``kinds``, concepts and categories;
    ``well``: it is past."""

    at: int
    well: bool
    kinds: frozenset[str] | None = None


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
        self._later, self._long_after, self._afresh = map(any_whole, (rules.later, rules.long_after, rules.afresh))
        self._ways = [
            (any_whole(treated), any_whole(ended))
            for treated, ended in ((rules.treated, rules.ended), (rules.medical, rules.cured))
        ]
        self._fine = any_whole([*rules.cured, *rules.well])

    def end(self, text: str, pieces: Sequence[Piece]) -> int | None:
        """Let what a note's patient was treated for and got better of be over.

        Returns:
            Where a last scene begins that is of long after.
        """
        if len(text) > _LONGEST or not any(piece.mentions for piece in pieces):
            return None
        low = lower(text)
        if self._active.search(low):
            return None
        came = self._story(low, pieces)
        if came is None and self._long_after.search(low) is None:
            return None  # who does not say who came tells a story only by what was long after
        first = came or 0
        mentions = [one for piece in pieces for one in piece.mentions]
        told = [one for one in mentions if one.start >= first and one.assertion != "absent" and self._is_ill(one)]
        treatments = self._treatments(low, pieces, first)
        scene = self._last_scene(low, pieces, treatments)
        if came is None and (scene is None or not self._is_long_after(low, pieces, scene)):
            return None
        end = self._last_treatment(low, pieces, treatments)
        if scene is not None and (end is None or not end.well):
            end = self._told_at(low, pieces, scene, end)
        if end is not None and not self._episodes.lasts(low, end.at):
            self._put_an_end(low, told, [one for one in mentions if one.start >= end.at], end)
        return scene if scene is not None and self._is_long_after(low, pieces, scene) else None

    def _put_an_end(self, low: str, told: Sequence[Mention], later: Sequence[Mention], end: _End) -> None:
        """Let what was ``told`` before the end be over, if it can be and nothing of it is told ``later``."""
        for mention in told:
            if mention.start >= end.at or not self._is_kind(mention, end.kinds):
                continue
            if not self._episodes.over(low, mention, later, began=True) or self._episodes.goes_wrong(mention, later):
                continue
            mention.end_by("treatment")
            mention.temporality = "historical" if end.well else None

    def _is_kind(self, mention: Mention, kinds: frozenset[str] | None) -> bool:
        return kinds is None or mention.concept in kinds or self._concepts(mention.concept).category in kinds

    def age(self, pieces: Sequence[Piece], scene: int) -> None:
        """Let what is there, and was told before a last ``scene`` of long after, have begun long ago, and what is left
        of it in that scene too."""
        mentions = [one for piece in pieces for one in piece.mentions]
        there = [one for one in mentions if one.assertion in THERE and one.temporality != "historical"]
        told = {self._concepts(one.concept).category for one in there if one.start < scene}
        for mention in there:
            concept = self._concepts(mention.concept)
            left = mention.start >= scene
            fresh = mention.onset in ({None, "unknown"} if left else {None, "unknown", *FRESH})
            if mention.is_over or not fresh or (left and (concept.disease or concept.category not in told)):
                continue
            if self._is_ill(mention) and (concept.disease or not (concept.event or concept.background)):
                mention.onset, mention.onset_days = "chronic", None
                mention.cues.append("told long after")

    def _is_ill(self, mention: Mention) -> bool:
        """Whether a mention is nothing normal, and no drug or device: what is used in an operation is not treated by
        it."""
        concept = self._concepts(mention.concept)
        return concept.treatment is None and not concept.normal

    def _story(self, low: str, pieces: Sequence[Piece]) -> int | None:
        """Where a story begins: with the first sentence that says who came, with what."""
        for piece in pieces:
            if self._came.search(low, piece.start, piece.end):
                return piece.start
        return None

    def _treatments(self, low: str, pieces: Sequence[Piece], first: int) -> list[_Treatment]:
        """The treatments of a story, none of an older illness."""
        return [
            (number, done, ended)
            for number, piece in enumerate(pieces)
            if piece.start >= first and not self._kinds[piece.section.kind].tells_past
            for treated, ended in self._ways
            if (done := treated.search(low, piece.start, piece.end))
            and not self._before.search(low, piece.start, piece.end)
        ]

    def _last_treatment(self, low: str, pieces: Sequence[Piece], treatments: Sequence[_Treatment]) -> _End | None:
        """The last treatment that went well, and whether the patient is well at the end."""
        found: int | None = None
        for number, done, ended in treatments:
            behind = pieces[number : number + 1 + _NEXT]
            if any(self._says(ended, low, max(done.end(), one.start), one.end) for one in behind):
                found = max(found or 0, done.end())
        if found is None:
            return None
        rest = (piece for piece in pieces if piece.end > found)
        return _End(found, any(self._says(self._well, low, max(found, piece.start), piece.end) for piece in rest))

    def _last_scene(self, low: str, pieces: Sequence[Piece], treatments: Sequence[_Treatment]) -> int | None:
        """Where the last sentence behind a treatment stands that opens with a later time, and in which nothing begins
        afresh."""
        if not treatments:
            return None
        for piece in reversed(pieces[treatments[0][0] :]):
            if self._afresh.search(low, piece.start, piece.end):
                return None
            later = self._later.search(low, max(piece.start, treatments[0][1].end()), piece.end)
            if later is not None:
                return later.start() if piece is pieces[treatments[0][0]] else piece.start
        return None

    def _told_at(self, low: str, pieces: Sequence[Piece], scene: int, before: _End | None) -> _End | None:
        """The end that a last scene tells: that the patient is well, or what there is nothing of any more, if not all
        was over ``before``."""
        last = [piece for piece in pieces if piece.end > scene]
        if any(self._says(self._fine, low, max(scene, piece.start), piece.end) for piece in last):
            return _End(scene if before is None else before.at, well=True)
        if not self._is_long_after(low, pieces, scene):
            return before
        shown = [one for piece in last for one in piece.mentions if one.start >= scene]
        denied = {one.concept for one in shown if one.assertion == "absent"}
        kinds = {concept for concept in denied if not self._concepts(concept).background}
        for concept in map(self._concepts, (one.concept for one in shown if one.assertion == "present")):
            if concept.normal:
                kinds.add(concept.category)
        if before is not None:
            ill = any(one.assertion in THERE and self._is_ill(one) for one in shown)
            return _End(before.at, well=bool(kinds) and not ill)
        return _End(scene, well=True, kinds=frozenset(kinds)) if kinds else None

    def _is_long_after(self, low: str, pieces: Sequence[Piece], scene: int) -> bool:
        """Whether a last scene is of months after all that was before."""
        end = next(piece.end for piece in pieces if piece.end > scene)
        return self._long_after.search(low, scene, end) is not None

    def _says(self, what: Expression, low: str, start: int, end: int) -> bool:
        """Whether a sentence says something, of more than pain, and nothing that spoils it."""
        if what.search(low, start, end) is None or self._spoilt.search(low, start, end):
            return False
        return what.search(self._of_pain.sub(" ", low[start:end])) is not None
