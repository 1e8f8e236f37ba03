"""The limb that a paragraph is telling of: its side holds for the signs and complaints behind it that name none.

"Ankle dorsiflexion was 2/5 on the right. There was hypoaesthesia of the dorsum of the foot" is of the right foot, also
in a note that tells of an operation on the left hip elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from popliteal.knowledge.concepts import Concept, Site
from popliteal.knowledge.sections import KindRule
from popliteal.reading.mention import THERE, Mention
from popliteal.reading.piece import Piece, opens_paragraph
from popliteal.reading.sentence import ONE_SIDE

#: So many sentences without a sign of the limb may stand between one and the next.
_REACH = 3


class _Limb(NamedTuple):
    """The side told last, whether of a leg, and the number of the sentence that told it."""

    side: str
    leg: bool
    number: int


def give_nearby(
    text: str,
    pieces: Iterable[Piece],
    concepts: Mapping[str, Concept],
    sites: Mapping[str, Site],
    kinds: Mapping[str, KindRule],
    lately: int,
    swollen: re.Pattern[str],
    late: str | None = None,
) -> None:
    """Set ``laterality`` of signs and complaints that have none to that of those right before in the same paragraph.

    ``lately``: an operation or injury of so many days ago is what a paragraph that opens with it is about. ``late`` is
    the leg operated on in the last weeks: what is wrong without a side is of it where no sign of today
    stands before, and no old trouble of the other leg takes its place.

    ``swollen`` says that a limb is so now, which is one limb ("TKR ten days ago. Leg swollen").

    One side holds for all that is wrong, both for lost feeling alone; what is normal on both sides ends neither. An
    operation or injury that opens the paragraph is of the limb, too ("8 months s/p right TKA. Numb below the scar"),
    but in a past history.
    """
    limb: _Limb | None = None
    new = True  # whether the paragraph has told nothing yet
    for piece in pieces:
        if opens_paragraph(text, piece):
            limb, new = None, True
        for mention in piece.mentions:
            concept = concepts[mention.concept]
            if concept.event and limb is None and _opens(mention, piece, sites, kinds, lately, new=new):
                limb = _Limb(mention.laterality or "", leg=True, number=piece.number)
            if not concept.of_limb or concept.event or concept.treatment is not None:
                continue
            site = mention.site or concept.site
            leg = site is None or sites[site].leg
            if mention.laterality is not None:
                normal = concept.normal
                passing = late not in {None, mention.laterality} and (concept.disease or mention.onset == "chronic")
                if mention.assertion in THERE and not mention.of_old and not normal and not passing:
                    mixed = _names_another(piece, mention.laterality)
                    limb = None if mixed else _Limb(mention.laterality, leg, piece.number)
            elif (side := _of_sentence(mention, piece, concept, sites)) is not None:
                mention.laterality = side
            elif limb is not None and limb.leg is leg and piece.number - limb.number <= _REACH:
                both = limb.side == "bilateral" and mention.site is not None and concept.symmetric
                there = _is_there(mention, concept) or _is_swollen(text, mention, concept, swollen)
                taken = (both or limb.side in ONE_SIDE) and there
                if taken and not _names_another(piece, limb.side):
                    mention.laterality = limb.side
                    limb = limb._replace(number=piece.number)
            elif late is not None and limb is None and leg and _is_there(mention, concept):
                mention.laterality = None if _names_another(piece, late) else late
        new = new and not piece.mentions


def operated_lately(mention: Mention, concept: Concept, days: int) -> bool:
    """Whether an operation was done in the last ``days``."""
    dated = mention.onset_days is not None and mention.onset_days <= days
    return dated and concept.done and mention.assertion in THERE


def leg_operated_lately(mentions: Iterable[Mention], concepts: Mapping[str, Concept], days: int) -> str | None:
    """The only leg, or side of the back, that was operated on in the last ``days``."""
    sides = {one.laterality for one in mentions if operated_lately(one, concepts[one.concept], days)}
    side = next(iter(sides)) if len(sides) == 1 else None
    return side if side in ONE_SIDE else None


def _opens(
    mention: Mention, piece: Piece, sites: Mapping[str, Site], kinds: Mapping[str, KindRule], lately: int, *, new: bool
) -> bool:
    """Whether a paragraph opens with what was done or happened to one leg of late."""
    kind = kinds.get(piece.section.kind)
    if not new or mention.laterality not in ONE_SIDE or (kind is not None and kind.tells_past):
        return False
    leg = mention.site is not None and sites[mention.site].leg
    late = mention.onset_days is None or mention.onset_days <= lately
    return leg and late and mention.assertion in THERE and not _names_another(piece, mention.laterality)


def _is_there(mention: Mention, concept: Concept) -> bool:
    """Whether a mention is something wrong in a limb that it has and that a side can be carried to."""
    carried = concept.sided is True and concept.side_carries and not concept.normal
    return carried and mention.assertion in THERE and not mention.of_old


def _is_swollen(text: str, mention: Mention, concept: Concept, swollen: re.Pattern[str]) -> bool:
    """Whether a part of a leg that is named is said to be swollen."""
    both = concept.side_carries or concept.sided is not True or not concept.listed_sides or not mention.placed
    if both or mention.assertion not in THERE or mention.of_old:
        return False
    return swollen.search(text, mention.start, mention.end) is not None


def _of_sentence(mention: Mention, piece: Piece, concept: Concept, sites: Mapping[str, Site]) -> str | None:
    """The only side that a sentence names, for what is found above one foot and may be on both ("L TKR, calf swollen"):
    a side that stands elsewhere says nothing of it."""
    if concept.side_carries or concept.sided is not True or mention.assertion not in THERE or mention.of_old:
        return None
    site = sites[mention.where] if mention.placed and mention.where is not None else None
    if site is None or not site.leg or site.part == "foot" or piece.sentence is None:
        return None
    hits, tokens = piece.sentence.sides, piece.sentence.tokens
    if any(tokens[hit.last : hit.last + 1] == [":"] for hit in hits):
        return None  # a label gives its side by itself, or is the R of SBAR
    sides = {hit.entry.id for hit in hits}
    return next(iter(sides)) if len(sides) == 1 and sides <= ONE_SIDE else None


def _names_another(piece: Piece, side: str) -> bool:
    """Whether a sentence names another side than ``side``."""
    return piece.sentence is not None and any(hit.entry.id != side for hit in piece.sentence.sides)
