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


def carry_sides(mentions: list[Mention], told: set[str], concepts: Mapping[str, Concept], elsewhere: Set[str]) -> None:
    """Sides that a mention does not name itself.

    A later mention of what had one side before has it still ("the drop foot" after "left foot drop"); a note that
    names one side only means that side; and some findings mean both when they say nothing ("reflexes normal"). ``told``
    holds every side that the note names, ``elsewhere`` the sites that are none of a leg.
    """
    sides: dict[str, set[str]] = {}
    for mention in mentions:
        if mention.laterality not in {None, "unspecified"}:
            sides.setdefault(mention.concept, set()).add(mention.laterality)
    named = {m.laterality for m in mentions if m.site not in elsewhere} - {None, "unspecified"}
    only = next(iter(named)) if len(named) == 1 and "bilateral" not in named else None
    alone = next(iter(told)) if not named and len(told) == 1 and "bilateral" not in told else None
    for mention in mentions:
        concept = concepts[mention.concept]
        if mention.laterality is not None or not concept.sided or mention.site in elsewhere:
            continue
        before = sides.get(mention.concept, set())
        if len(before) == 1 and mention.assertion in {None, "present", "possible"} and not concept.normal:
            mention.laterality = next(iter(before))
        elif (
            (only or (alone and mention.site))
            and concept.side_carries
            and not concept.normal
            and mention.assertion != "absent"
        ):
            mention.laterality = only or alone
        else:
            mention.laterality = concept.unsaid_side
