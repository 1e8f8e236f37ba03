"""What a mention that does not say where, or on which side, takes from the rest of the note."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set

from popliteal.knowledge.concepts import Concept
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece


def look_back(pieces: list[Piece], concepts: Mapping[str, Concept], report: Callable[[str], str | None]) -> None:
    """Give a mention without a place that of the same finding before it, or else the site named last.

    ``report`` turns a site of the patterns into one of the inventory.
    """
    before: dict[str, Mention] = {}
    named: list[str] = []  # the last site of each of the sentences just before
    for piece in pieces:
        for mention in piece.mentions:
            looks_back = concepts[mention.concept].looks_back
            if looks_back is None:
                continue
            if mention.site is None and mention.concept in before:
                earlier = before[mention.concept]
                mention.site = earlier.site
                mention.laterality = mention.laterality or earlier.laterality
            elif mention.site is None and named and looks_back == "site":
                mention.site = report(named[-1])
            if mention.site is not None:
                before[mention.concept] = mention
        if piece.sentence is not None and piece.sentence.sites:
            named.append(piece.sentence.sites[-1].entry.id)


def _of_today(mention: Mention, concept: Concept) -> bool:
    """Whether a mention is a symptom or a sign of today: an old operation on one knee says nothing of the other leg."""
    background = concept.event or concept.done or concept.lasting or concept.normal or concept.treatment is not None
    return not background and mention.temporality != "historical" and mention.assertion in {None, "present", "possible"}


def carry_sides(mentions: list[Mention], told: set[str], concepts: Mapping[str, Concept], elsewhere: Set[str]) -> None:
    """Sides that a mention does not name itself.

    A later mention of what had one side before has it still ("the drop foot" after "left foot drop"); if all of its
    kind, or all of the note, have one side, it means that; and some findings mean both when they say nothing ("reflexes
    normal"). ``told`` holds every side that the note names, ``elsewhere`` the sites that are none of a leg.
    """
    same: dict[str, set[str]] = {}
    kind: dict[str, set[str]] = {}
    today: set[str] = set()
    ever: set[str] = set()
    for mention in mentions:
        side, concept = mention.laterality, concepts[mention.concept]
        if side is None or side == "unspecified":
            continue
        same.setdefault(mention.concept, set()).add(side)
        if mention.site not in elsewhere:
            ever.add(side)
            if _of_today(mention, concept):
                today.add(side)
                kind.setdefault(concept.category, set()).add(side)
    for mention in mentions:
        concept = concepts[mention.concept]
        if mention.laterality is not None or not concept.sided or mention.site in elsewhere:
            continue
        mention.laterality = concept.unsaid_side
        if concept.normal or mention.assertion == "family":
            continue
        before = same.get(mention.concept, set())
        if len(before) == 1 and mention.assertion in {None, "present", "possible"}:
            mention.laterality = next(iter(before))
        elif concept.side_carries and mention.assertion != "absent":
            only = (
                _only(kind.get(concept.category, set()))
                or _only(today or ever)
                or (mention.site and not ever and _only(told))
            )
            mention.laterality = only or concept.unsaid_side


def _only(sides: set[str]) -> str | None:
    """Left or right, if nothing else is named."""
    return next(iter(sides)) if len(sides) == 1 and sides <= {"left", "right"} else None
