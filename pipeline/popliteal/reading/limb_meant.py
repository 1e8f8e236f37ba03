"""Which limb a word for weakness without a place means: where only the arm is spoken of, the arm ("Right arm pain and
numbness. He also reports weakness."), and whose reflexes a list of the arm calls normal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Concept
from popliteal.reading.mention import FRESH, THERE, Mention
from popliteal.reading.piece import Piece
from popliteal.reading.sentence import Place
from popliteal.reading.tokens import any_of

#: A word stands in the company of so many sentences before its own.
_REACH = 2


class _Limb(NamedTuple):
    leg: bool
    arm: Place | None


@dataclass(slots=True)
class _Above:
    """What the first ``read`` sentences of a note tell of: a leg, an arm, and ``told`` concepts with their places."""

    read: int = 0
    leg: bool = False
    arm: Place | None = None
    told: set[str] = field(default_factory=set)


class LimbMeant:
    """Compiled from the heads of the patterns that mean something of the leg where no place is named.

    ``places`` gives the parts of the body that a sentence names, ``report`` a place as the inventory names it.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        places: Callable[[str, Piece], Sequence[Place]],
        report: Callable[[str | None], str | None],
    ) -> None:
        self._concepts, self._sites, self._places, self._report = knowledge.concepts, knowledge.sites, places, report
        self._heads = {
            f"heads:{head.id}": head
            for head in knowledge.heads.values()
            if head.default is not None and any(not knowledge.sites[site].leg for site in head.by_site)
        }
        self._well = re.compile(any_of(knowledge.words.classes["intact"]), re.IGNORECASE)
        self._arms = {site for head in self._heads.values() for site in head.by_site if not knowledge.sites[site].leg}

    def rename(self, text: str, pieces: list[Piece]) -> None:
        """Call weakness of the arm by the name that it has there, and place there what is felt without a place."""
        above, arms = _Above(), self._only_arms(pieces)
        for number, piece in enumerate(pieces):
            for mention in piece.mentions:
                if mention.placed or mention.general:
                    continue
                head, concept = self._heads.get(mention.pattern), self._concepts.get(mention.concept)
                if head is not None and mention.concept == head.default:
                    arm = self._weak_arm(text, pieces, number, mention, above) or _last(arms, mention)
                    if arm is not None and arm.site in head.by_site:
                        mention.concept = head.by_site[arm.site]
                        self._put(mention, arm)
                elif mention.site is None and concept is not None:
                    reach = self._reach(text, mention, concept)
                    if reach is not None:
                        arm = self._limb(text, pieces[max(0, number - reach) : number + 1], mention).arm
                        self._put(mention, arm or (_last(arms, mention) if reach else None))

    def _only_arms(self, pieces: Sequence[Piece]) -> list[Mention]:
        """The deficits of arms that a note tells of, if nothing of a leg, the back or the bladder is wrong in it: what
        is called normal there, or was done to it once, leaves the arm its numbness."""
        arms = []
        for piece in pieces:
            for mention in piece.mentions:
                concept = self._concepts.get(mention.concept)
                if concept is None or mention.general or mention.assertion not in THERE:
                    continue
                if mention.of_old and mention.onset not in FRESH:
                    continue
                if mention.where in self._arms and mention.placed:
                    arms += [mention] if concept.of_limb and not concept.normal else []
                elif self._is_of_leg(mention, concept):
                    return []
        return arms

    def _is_of_leg(self, mention: Mention, concept: Concept) -> bool:
        """Whether something is wrong that is none of an arm by its nature, or that is placed in a leg; what was
        done or happened, if of late."""
        if concept.event or concept.done or mention.done:
            return mention.temporality != "historical" or mention.onset in FRESH
        if concept.normal or concept.background or concept.lasting or concept.treatment is not None:
            return False
        site = mention.where if mention.placed else None if concept.of_limb else concept.site
        return not concept.of_limb if site is None else self._of_leg(site)

    def _reach(self, text: str, mention: Mention, concept: Concept) -> int | None:
        """How many sentences back the arm may have been named that a finding without a place is of; None for others."""
        if mention.assertion in THERE and _felt(concept):
            return _REACH
        return 0 if self._listed_as_well(text, mention, concept) else None

    def _listed_as_well(self, text: str, mention: Mention, concept: Concept) -> bool:
        """Whether it is what a list calls normal, by a word that is not its own: "the arms had normal power, reflexes
        and sensation" says nothing of the legs, "arm strength 5/5, sensation intact" may."""
        if not (concept.normal and concept.of_limb and concept.sided):
            return False
        return self._well.search(text, mention.start, mention.end) is None

    def _weak_arm(self, text: str, pieces: list[Piece], number: int, bare: Mention, above: _Above) -> Place | None:
        """The arm that is weak; none where the same was told of the leg before ("her weakness did not improve")."""
        self._read_on(text, pieces, number, above)
        if bare.concept in above.told or any(_told(one, bare.concept) for one in _before(bare, pieces[number])):
            return None
        near = self._limb(text, pieces[max(0, number - _REACH) : number + 1], bare)
        return None if near.leg else near.arm or (None if above.leg else above.arm)

    def _read_on(self, text: str, pieces: list[Piece], number: int, above: _Above) -> None:
        """Take note of the sentences before ``number`` that were not looked at yet."""
        for piece in pieces[above.read : number]:
            here = self._limb(text, [piece], None)
            above.leg, above.arm = above.leg or here.leg, here.arm or above.arm
            above.told |= {one.concept for one in piece.mentions if _told(one, one.concept)}
        above.read = max(above.read, number)

    def _put(self, mention: Mention, arm: Place | None) -> None:
        if arm is not None:
            mention.site, mention.place, mention.placed = self._report(arm.site), arm.site, True
            mention.laterality = mention.laterality or arm.side

    def _limb(self, text: str, pieces: Sequence[Piece], bare: Mention | None) -> _Limb:
        """The place in an arm that sentences name last, and whether they name a leg or tell, before ``bare``, of
        something in one, in the back or of the bladder that is there."""
        last: Place | None = None
        for piece in pieces:
            for place in self._places(text, piece) if piece.holds("site") else ():
                if self._of_leg(place.site):
                    return _Limb(True, None)
                last = place if place.site in self._arms else last
            beside = bare is not None and piece is pieces[-1]
            if any(self._elsewhere(one, beside=beside) for one in _before(bare, piece)):
                return _Limb(True, None)
        return _Limb(False, last)

    def _elsewhere(self, mention: Mention, *, beside: bool) -> bool:
        """Whether a finding is one of the leg by its nature; what may be in any limb is where a place is named. One
        that is denied keeps only what stands ``beside`` it ("denies incontinence or weakness")."""
        concept = self._concepts.get(mention.concept)  # None for a span of another maker
        if concept is None or mention.of_old or not (beside or mention.assertion in THERE):
            return False
        site = mention.where or concept.site
        return not concept.of_limb if site is None else self._of_leg(site)

    def _of_leg(self, site: str) -> bool:
        return self._sites[site].leg or self._sites[site].part == "back"


def _before(bare: Mention | None, piece: Piece) -> Iterator[Mention]:
    return (one for one in piece.mentions if bare is None or one.start < bare.start)


def _last(arms: Sequence[Mention], bare: Mention) -> Place | None:
    """The place of the deficit of an arm that was told last."""
    told = [one for one in arms if one.start < bare.start and bare.assertion in THERE]
    return Place(0, 0, told[-1].where or "", told[-1].laterality) if told else None


def _told(mention: Mention, concept: str) -> bool:
    return mention.concept == concept and mention.placed and mention.assertion in THERE


def _felt(concept: Concept) -> bool:
    """Whether something may be felt or found in any limb, and is where the sentences before were."""
    return concept.of_limb and (concept.looks_back is not None or concept.destination)
