"""What a mention that does not say where, or on which side, takes from the rest of the note."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from popliteal.knowledge.concepts import Concept, Site
from popliteal.knowledge.sections import KindRule
from popliteal.reading.mention import THERE, Mention
from popliteal.reading.nearby import operated_lately
from popliteal.reading.piece import Piece
from popliteal.reading.sentence import Place


def look_back(
    pieces: list[Piece],
    concepts: Mapping[str, Concept],
    report: Callable[[str | None], str | None],
    last_site: Callable[[Piece], str],
    last_of: Callable[[Piece, str], str],
    kinds: Mapping[str, KindRule],
) -> None:
    """Give a mention without a place that of the same finding before it, or else the site named last.

    What a title of the note names comes before what was named last, but for the past history. One that then is of
    another part of the body is left out.

    ``report`` turns a site of the patterns into one of the inventory; ``last_site`` is the one named last before a
    sentence, ``last_of`` the last of one part of the body; both "" if there is none.
    """
    told = _Earlier()
    for piece in pieces:
        kind = kinds.get(piece.section.kind)
        piece.mentions = [
            one for one in piece.mentions if not _of_another(one, piece, concepts[one.concept], last_site)
        ]
        for mention in piece.mentions:
            looks_back = concepts[mention.concept].looks_back
            if looks_back is None or mention.general:
                continue
            if mention.site is None and not mention.placed and mention.assertion != "absent":
                earlier = told.of(mention.concept, kind)
                if looks_back == "back":
                    mention.site = report(last_of(piece, looks_back) or None)
                elif earlier is not None:
                    mention.site = earlier.site
                    mention.laterality = mention.laterality or earlier.laterality
                elif looks_back == "site":
                    mention.site = report(last_site(piece) or None)
            told.keep(mention, kind)


class _Earlier:
    """The mentions with a place that a note has told so far, by their concepts: the last, and those of its titles."""

    def __init__(self) -> None:
        self._last: dict[str, Mention] = {}
        self._titled: dict[str, Mention | None] = {}  # None where the titles name it on several sides

    def of(self, concept: str, kind: KindRule | None) -> Mention | None:
        """The mention from which another of ``concept`` takes its place in a section of a ``kind``."""
        last = self._last.get(concept)
        if kind is None or kind.tells_past:
            return last
        return self._titled.get(concept) or last

    def keep(self, mention: Mention, kind: KindRule | None) -> None:
        """Remember a mention of a section of a ``kind``, if its place is known."""
        if mention.site is None:
            return
        self._last[mention.concept] = mention
        if kind is not None and kind.subject and mention.laterality is not None:
            first = self._titled.setdefault(mention.concept, mention)
            if first is not None and first.laterality != mention.laterality:
                self._titled[mention.concept] = None


def _of_another(mention: Mention, piece: Piece, concept: Concept, last_site: Callable[[Piece], str]) -> bool:
    """Whether a mention that names no place is of a part of the body that is none of its own ("a splint")."""
    if not concept.not_after or mention.site is not None or mention.placed:
        return False
    return last_site(piece) in concept.not_after


def _of_today(mention: Mention, concept: Concept) -> bool:
    """Whether a mention is a symptom or a sign of today: an old operation on one knee says nothing of the other leg."""
    background = concept.event or concept.done or concept.lasting or concept.normal or concept.treatment is not None
    return not (background or concept.background) and not mention.of_old and mention.assertion in THERE


def _of_operation(mention: Mention, concept: Concept, kinds: Mapping[str, KindRule]) -> bool:
    """Whether a mention is of the leg that an operation is told of: what is seen in it or after it, or its risks."""
    kind = kinds.get(mention.section or "")
    return kind is not None and kind.operates and not concept.disease and bool(concept.side_carries or mention.site)


class Told:
    """The sides that a note names of each site and part of the legs: in passing, or on both legs by a finding.

    The ``places`` named in passing are looked for when a mention first asks.
    """

    def __init__(
        self,
        places: Iterable[Place],
        mentions: Iterable[Mention],
        sites: Mapping[str, Site],
        concepts: Mapping[str, Concept],
    ) -> None:
        self._sites = sites
        self._places = iter(places)
        self._at: dict[str, set[str]] = {}  # by site and by part
        self._all: set[str] = set()
        self._trunk: set[str] = set()  # sides of what lies in the midline: "left L4/5 disc" is of the left leg
        for mention in mentions:
            normal = concepts[mention.concept].normal or mention.assertion not in THERE
            limb = concepts[mention.concept].sided != "brain"  # whose right side moves the left limbs
            if mention.laterality in {"left", "right", "bilateral"} and not normal and limb:
                self._tell(mention.where, mention.laterality)

    def _tell(self, site: str | None, side: str) -> None:
        if site is not None and self._sites[site].midline and self._sites[site].part == "back":
            self._trunk.add(side)
        if self.elsewhere(site):
            return
        self._all.add(side)
        if site is not None:
            for name in {site, self._sites[site].part or site}:
                self._at.setdefault(name, set()).add(side)

    @cached_property
    def only(self) -> str | None:
        """The only side of a part of the leg that the note names, be it in passing."""
        self.sides(None)
        named = self._all.union(*self._at.values()) if self._at else set[str]()
        return _only(named)

    def elsewhere(self, site: str | None) -> bool:
        """Whether a site is none of a leg."""
        return site is not None and not self._sites[site].leg

    def part(self, site: str | None) -> str | None:
        """The joint or segment of a leg that a site belongs to; None for a whole leg and for what lies elsewhere."""
        return None if site is None or self.elsewhere(site) else self._sites[site].part

    def side(self, site: str | None, *, nearby: bool = True) -> str | None:
        """The only side on which ``site``, or else its part, is named; with ``nearby``, the note's only side."""
        sides = self.sides(site)
        return _only(sides or self._all or self._trunk) if sides or nearby else None

    def sides(self, site: str | None) -> set[str]:
        """The sides on which ``site``, or else its part, is named; none if it is not."""
        for place in self._places:
            if place.side in {"left", "right"}:  # "on her feet all day" says nothing of both feet
                self._tell(place.site or None, place.side)
        part = self._sites[site].part if site else None
        return next((self._at[name] for name in (site, part) if name in self._at), set())


@dataclass(slots=True)
class _Named:
    """The sides that findings of legs name: by concept, by category today, of all today, and of all ever. ``lost`` is
    where the first deficit with a side is told, ``first`` where the first of all is."""

    same: dict[str, set[str]] = field(default_factory=dict)
    kind: dict[str, set[str]] = field(default_factory=dict)
    today: set[str] = field(default_factory=set)
    lost: int | None = None
    first: int | None = None
    ever: set[str] = field(default_factory=set)

    def side(self, mention: Mention, concept: Concept) -> str | None:
        """The only side of findings of its category, or else of all, for a mention that takes it."""
        past = concept.disease and mention.of_old  # "history of DVT": of any leg
        if not concept.side_carries or (concept.event and (mention.site or past)):
            return None
        return _only(self.kind.get(concept.category, set())) or _only(self.today or self.ever)


def _named(mentions: Iterable[Mention], told: Told, concepts: Mapping[str, Concept]) -> _Named:
    """What the mentions say themselves; "no thrombus in the left leg": the one found later is of the right."""
    named = _Named()
    for mention in mentions:
        side, concept = mention.laterality, concepts[mention.concept]
        if side is None or side == "unspecified" or concept.sided == "brain" or mention.assertion == "absent":
            continue
        named.same.setdefault(mention.concept, set()).add(side)
        if not told.elsewhere(mention.site or concept.site):
            named.ever.add(side)
            named.first = mention.start if named.first is None else named.first
            if _of_today(mention, concept):
                named.today.add(side)
                if _is_deficit(concept) and named.lost is None:
                    named.lost = mention.start
                named.kind.setdefault(concept.category, set()).add(side)
    return named


def carry_sides(
    mentions: list[Mention], told: Told, concepts: Mapping[str, Concept], kinds: Mapping[str, KindRule], days: int
) -> None:
    """Sides that a mention does not name itself.

    A later mention of what had one side before has it still ("the drop foot" after "left foot drop"). A complaint of a
    part that the note names on one side alone is on that side. If all of its kind, or all of the note, have one side,
    it has that. Some findings mean both when they say nothing ("ankle jerks absent"). Of a joint with both sides in the
    note an operation has the side of one told before, not of one told later: a washout of the right knee may stand
    before "previous left knee replacement". At last it has the only side of what the note is about: that named
    first in its titles and diagnoses. A complaint that is denied of a joint or segment is of the only side on which the
    note names it. ``kinds`` are those of sections; an operation of the last
    ``days`` tells whose the complaints are that have no side.
    """
    named = _named(mentions, told, concepts)
    before: dict[str, set[str]] = {}
    operated = _operated(mentions, told, concepts, days)
    about = _about((one for one in mentions if concepts[one.concept].sided != "brain"), told, kinds)
    for mention in mentions:
        concept = concepts[mention.concept]
        if concept.event and mention.laterality:
            before.setdefault(mention.concept, set()).add(mention.laterality)
        unsaid = mention.laterality is None and not mention.general
        if not unsaid or concept.sided is not True or told.elsewhere(mention.site):
            continue
        mention.laterality = concept.unsaid_side or (concept.denied_side if mention.assertion == "absent" else None)
        behind = mention.assertion != "absent" or (named.first is not None and named.first < mention.start)
        alone = behind and (named.today or named.ever) == {told.only} and _of_part_meant(mention, concept, told)
        if told.only and (alone or _of_operation(mention, concept, kinds)):
            mention.laterality = told.only
            continue
        if _of_part_told(mention, concept) and told.part(mention.where):
            mention.laterality = _only(told.sides(mention.where)) or mention.laterality
        planned = mention.assertion == "hypothetical" and bool(concept.done or concept.treatment)
        if concept.normal or (mention.assertion in {"family", "absent", "hypothetical"} and not planned):
            continue
        either = concept.event and mention.site and len(told.sides(mention.site)) > 1
        known = (before if either else named.same).get(mention.concept, set())
        if concept.done and planned:
            known = set()  # what is planned need not be on the side of the last one
        side = _told_before(mention, concept, told, known) or named.side(mention, concept)
        if side is None and _takes_subject(mention, concept, kinds):
            side = about
        side = side or _of_operated(mention, concept, told, operated) or _of_both(mention, concept, told, named)
        mention.laterality = side or concept.unsaid_side


def _is_deficit(concept: Concept) -> bool:
    """Whether a concept is lost feeling, strength or a sign of a nerve."""
    return concept.of_limb and (concept.symmetric or concept.graded or concept.elicited)


def _of_both(mention: Mention, concept: Concept, told: Told, named: _Named) -> str | None:
    """Both sides for what names no place where all that is found in the legs today is of both: for a deficit behind
    another, or for a pain."""
    pain = concept.named_side and concept.site is not None and not told.elsewhere(concept.site)
    wrong = pain or (_is_deficit(concept) and named.lost is not None and named.lost < mention.start)
    both = wrong and named.today == {"bilateral"} and not mention.placed and _of_today(mention, concept)
    return "bilateral" if both else None


def _of_operated(mention: Mention, concept: Concept, told: Told, operated: dict[str, set[str]]) -> str | None:
    """The side on which the part of a complaint was operated on of late."""
    if not concept.side_carries or concept.event:
        return None
    return _only(operated.get(told.part(mention.where) or "", set()))


def _operated(
    mentions: Iterable[Mention], told: Told, concepts: Mapping[str, Concept], days: int
) -> dict[str, set[str]]:
    """The sides of the parts of the legs that were operated on in the last ``days``: what is wrong there now is so of
    that side, be the other replaced years ago."""
    sides: dict[str, set[str]] = {}
    for mention in mentions:
        part = told.part(mention.where or concepts[mention.concept].site)
        if part and mention.laterality and operated_lately(mention, concepts[mention.concept], days):
            sides.setdefault(part, set()).add(mention.laterality)
    return sides


def _takes_subject(mention: Mention, concept: Concept, kinds: Mapping[str, KindRule]) -> bool:
    """Whether an operation or a device is on the side of what the note is about: not where the past is told."""
    if not concept.side_carries or not (concept.done or concept.treatment == "device"):
        return False
    rule = kinds.get(mention.section or "")
    return rule is None or not rule.tells_past


def _of_part_told(mention: Mention, concept: Concept) -> bool:
    """Whether a mention is denied of a part that its words name, or that it can only be of ("no effusion"), or is
    warned of there ("if the knee becomes hot")."""
    if not concept.local or mention.assertion not in {"absent", "hypothetical"}:
        return False
    return concept.sites == "fixed" or (mention.placed and mention.assertion == "absent")


def _of_part_meant(mention: Mention, concept: Concept, told: Told) -> bool:
    """Whether a mention is warned of, denied or found to be normal in a part of the leg: where a note tells of one leg,
    it is that one ("right peroneal palsy. Foot warm, EHL 5/5. Return if the toes turn blue").

    What is of a whole leg, and strength or feeling as such, is of the whole patient.
    """
    part = told.part(mention.where or concept.site) is not None
    if not concept.of_limb or concept.event or concept.treatment is not None:
        return False
    if mention.assertion == "hypothetical":
        return part
    if mention.assertion == "absent":
        named = mention.placed and concept.side_carries and not concept.named_side
        return part and (named or concept.sites == "fixed")
    if not concept.normal or mention.assertion != "present":
        return False
    muscle = concept.graded and mention.value_text not in {None, "all"}
    return muscle or (part and mention.placed)


def _about(mentions: Iterable[Mention], told: Told, kinds: Mapping[str, KindRule]) -> str | None:
    """The side of what the note is about, if its titles and diagnoses name one first, and the same."""
    first: dict[str, str] = {}
    for mention in mentions:
        kind = mention.section or ""
        if mention.laterality in {None, "unspecified"} or kind not in kinds or told.elsewhere(mention.site):
            continue
        if kinds[kind].subject:
            first.setdefault(kind, mention.laterality or "")
    sides = set(first.values())
    return sides.pop() if len(sides) == 1 else None


def _told_before(mention: Mention, concept: Concept, told: Told, known: set[str]) -> str | None:
    """The only side ``known`` of the same finding, or else the only one on which the note names its part of the leg."""
    if not concept.recalls_side:
        return None
    nearby = not concept.event and (concept.side_carries or concept.named_side)  # legs swell together
    return _only(known) or told.side(mention.where, nearby=nearby)


def _only(sides: set[str]) -> str | None:
    """Left or right, if nothing else is named."""
    return next(iter(sides)) if len(sides) == 1 and sides <= {"left", "right"} else None


class Unsided:
    """Takes the side from what can have none, by its concept or by its words."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        self._concepts = concepts
        self._sided_by = {
            one.id: re.compile(rf"\b(?:{'|'.join(one.sided_by)})\b", re.IGNORECASE)
            for one in concepts.values()
            if one.sided_by
        }

    def clear(self, text: str, mentions: Iterable[Mention]) -> None:
        """Take the side of each mention that has none ("B12 164 (L)" is low, "otitis" is of no limb)."""
        for mention in mentions:
            words = self._sided_by.get(mention.concept)
            of_none = words is not None and words.search(text[mention.start : mention.end]) is None
            if of_none or not self._concepts[mention.concept].sided:
                mention.laterality = None
