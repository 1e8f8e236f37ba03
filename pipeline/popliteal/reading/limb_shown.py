"""The limb that is being examined: what is normal or not there in it is of its side, too.

"The right foot is dusky. Sensation intact"; "right tibial fracture, neurovascularly intact"; "left foot drop, inversion
5/5". What is normal in the whole patient is of no side: "left sciatica, power 5/5, no pedal oedema".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Concept
from popliteal.reading.mention import THERE, Mention
from popliteal.reading.piece import Piece, opens_paragraph
from popliteal.reading.sentence import ONE_SIDE, Place
from popliteal.reading.tokens import any_of

#: So many sentences may stand between what is told of a limb and what is normal in it.
_REACH = 3
#: So many letters around a mention hold what says that it is of more than the limb.
_NEAR = 24
#: An operation is no older than so many days where what is examined is the limb operated on.
_FRESH_DAYS = 60


class _Limb(NamedTuple):
    """The side of the leg told last, by the sentence of a number.

    ``seen`` tells that it was by a sign, and so that it is being examined; ``whole`` that it is examined for all there
    is, as after an injury: not for the nerve alone. ``parts`` are those that were told of, be it only as painful.
    """

    side: str
    number: int
    seen: bool = False
    whole: bool = False
    parts: frozenset[str] = frozenset()


class LimbShown:
    """Compiled from the word lists of ``words.yaml``; ``places`` gives the parts of the body that a sentence names."""

    def __init__(self, knowledge: Knowledge, places: Callable[[str, Piece], Sequence[Place]]) -> None:
        self._concepts, self._sites, self._places = knowledge.concepts, knowledge.sites, places
        classes = knowledge.words.classes
        self._wider = re.compile(any_of(classes["of_more_than_limb"]), re.IGNORECASE)
        self._one = re.compile(any_of(classes["one_of_pair"]), re.IGNORECASE)
        self._operated = re.compile(any_of(classes["after_operation"]), re.IGNORECASE)

    def give(self, text: str, pieces: Sequence[Piece]) -> None:
        """Set ``laterality`` of what is normal or absent by the limb that its paragraph is telling of."""
        limb: _Limb | None = None
        told: set[str] = set()
        for piece in pieces:
            if opens_paragraph(text, piece):
                limb, told = None, set()
            if piece.mentions or piece.holds("side"):
                sides = {hit.entry.id for hit in piece.sentence.sides} if piece.sentence is not None else set[str]()
                told |= sides
            if limb is not None and (len(told) > 1 or self._turns(text, piece)):
                limb = None
            for mention in piece.mentions:
                if mention.laterality is not None and not self._is_one_of_pair(text, mention, piece):
                    limb = self._told_by(text, mention, piece, limb)
                elif limb is not None and len(told) < 2 and self._takes(text, mention, piece, limb):
                    mention.laterality = limb.side
                    limb = limb._replace(number=piece.number)

    def _turns(self, text: str, piece: Piece) -> bool:
        """Whether a sentence is of another part of the body."""
        if not piece.holds("site"):
            return False
        places = self._places(text, piece)
        return bool(places) and not any(self._sites[place.site].leg for place in places)

    def _is_one_of_pair(self, text: str, mention: Mention, piece: Piece) -> bool:
        """Whether a mention is on both sides only because it names none ("ankle jerk normal")."""
        if mention.laterality != "bilateral" or not self._concepts[mention.concept].normal or piece.sentence is None:
            return False
        return not piece.sentence.sides and self._one.search(text, mention.start, mention.end) is not None

    def _told_by(self, text: str, mention: Mention, piece: Piece, limb: _Limb | None) -> _Limb | None:
        """The limb that a mention with a side tells of, or the one told before where it tells of none."""
        concept = self._concepts[mention.concept]
        site = mention.where or concept.site
        if concept.sided in {"brain", False} or (site is not None and not self._sites[site].leg):
            return limb
        if mention.laterality not in ONE_SIDE:
            return None if concept.of_limb else limb
        side = mention.laterality or ""
        if limb is not None and limb.side != side:
            return None
        sign = _is_sign(mention, concept)
        event = self._is_fresh(text, mention, piece)
        if not (sign or event or (mention.assertion in THERE and not mention.of_old)):
            return limb
        before = limb or _Limb(side, piece.number)
        part = self._sites[site].part if site is not None else None
        return _Limb(
            side,
            piece.number,
            seen=before.seen or sign or event,
            whole=before.whole or event or (sign and concept.sign == "always"),
            parts=before.parts | ({part} if part is not None else set()),
        )

    def _is_fresh(self, text: str, mention: Mention, piece: Piece) -> bool:
        """Whether a mention is an injury of now, an operation of the last weeks, or a cast that is worn."""
        concept = self._concepts[mention.concept]
        if mention.assertion not in THERE:
            return False
        if concept.done:
            days = mention.onset_days
            fresh = days is not None and days <= _FRESH_DAYS
            return fresh or self._operated.search(text, piece.start, piece.end) is not None
        injury = concept.event and not concept.disease and concept.side_carries  # "he hurt his left knee" says less
        return (injury or concept.treatment == "device") and not mention.of_old

    def _takes(self, text: str, mention: Mention, piece: Piece, limb: _Limb) -> bool:
        """Whether a mention without a side is of the limb, by what it is and by its words."""
        concept = self._concepts[mention.concept]
        site = mention.where or concept.site
        if concept.sided is not True or mention.general or piece.number - limb.number > _REACH:
            return False
        if not (concept.normal or mention.assertion == "absent") or not concept.of_limb:
            return False
        if site is not None and not self._sites[site].leg:
            return False
        if self._wider.search(text, max(piece.start, mention.start - _NEAR), min(piece.end, mention.end + _NEAR)):
            return False
        if concept.graded:
            muscle = mention.value_text not in {None, "all"}
            return concept.normal and (muscle or limb.whole)
        if concept.sign is None:  # of reflexes one alone is of one leg
            return limb.seen and concept.normal and self._one.search(text, mention.start, mention.end) is not None
        here = site is not None and self._sites[site].part in limb.parts  # "calf pain, no swelling of the calf"
        return (limb.seen or here) and (concept.normal or concept.sign == "always")


def _is_sign(mention: Mention, concept: Concept) -> bool:
    """Whether a mention is what an examination shows to be wrong, or of vessels, skin and joints at all: not a
    complaint, a disease or what happened."""
    if concept.event or concept.disease or concept.treatment is not None or mention.of_old:
        return False
    measured = mention.value_text is not None and concept.sign == "measured"
    return concept.sign == "always" or (not concept.normal and (concept.elicited or measured))
