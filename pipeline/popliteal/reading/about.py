"""What a note is about: the one part of the body that its complaint, diagnoses and operation name."""

from __future__ import annotations

from collections.abc import Callable

from popliteal.knowledge import Knowledge
from popliteal.reading.anatomy import Anatomy
from popliteal.reading.piece import Piece
from popliteal.reading.places import NO_HEADING, Heading, Titled
from popliteal.reading.sentence import Sentence
from popliteal.reading.trail import Trail, handed_on

_NONE_YET = Titled()


class About:
    """What stands above a sentence under titles that say what the note is about.

    ``phrases`` gives a sentence with its phrases.
    """

    def __init__(
        self, trail: Trail, phrases: Callable[[str, Piece], Sentence], anatomy: Anatomy, knowledge: Knowledge
    ) -> None:
        self._trail, self._phrases, self._anatomy = trail, phrases, anatomy
        self._sites, self._kinds = knowledge.sites, knowledge.sections.kinds

    def of(self, text: str, piece: Piece) -> Heading:
        """The part that the note is about where a sentence still speaks of it.

        Nothing where titles name several parts, or none, where another part was named last, and under titles that tell
        of the patient as a whole. It has a side where titles name but one, and the text before has not left it.
        """
        last = "" if self._kinds[piece.section.kind].aside else self._trail.site(text, piece)
        if not last:
            return NO_HEADING
        named = handed_on(piece, lambda one: one.about, lambda one, before: self._step(text, one, before), _NONE_YET)
        if not named.places or not named.one or self._part(last) != self._part(named.places[0].site):
            return NO_HEADING
        sides = {place.side for place in named.places if place.side}
        side = sides.pop() if len(sides) == 1 else None
        return Heading(named.places[-1].site, side if side == self._trail.side(text, piece) else None)

    def _step(self, text: str, one: Piece, before: Titled) -> Titled:
        named = before
        if before.one and one.holds("site") and self._kinds[one.section.kind].subject:
            here = self._anatomy.places(self._phrases(text, one))
            places = (*before.places, *(place for place in here if not self._sites[place.site].refers))
            named = Titled(places, len({self._part(place.site) for place in places}) < 2)
        one.about = named
        return named

    def _part(self, site: str) -> str:
        return self._sites[site].part or site
