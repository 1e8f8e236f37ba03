"""What a phrase with its places and its side is called: the finding, or the several that a head ("pain") makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Concept
from popliteal.reading.places import Heading, region
from popliteal.reading.sentence import Hit, Place, Sentence
from popliteal.reading.sides import Located, Work

_OWN = frozenset({"own", "before", "after"})
#: So many tokens behind a lesion of the brain its side may stand, and what ends what is said of it.
_BEHIND = 6
_PARTING = frozenset(",.;:()")
#: What may stand between a lesion of the brain and its side.
_ASIDE = (["("], [":"], [","], ["-"])


class Naming:
    """Compiled from ``sites.yaml``, ``heads.yaml`` and the concepts."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._sites = knowledge.sites
        self._places_it = frozenset(knowledge.words.prepositions)
        classes = knowledge.words.classes
        self._dated_from, self._between = frozenset(classes["dated_from"]), frozenset(classes["before_the_operation"])
        self._called = frozenset(classes["called_by_part"])
        self._brain = frozenset(classes["of_brain"])
        joined = {word: side for side in ("left", "right") for word in classes[f"{side}_of_brain"]}
        self._brain_joined, self._brain_sides = frozenset(joined), knowledge.sections.sides | joined
        # what the heads of a concept are called at each site ("back and knee surgery"); the first head goes before
        self._kin: dict[str, dict[str, str]] = {}
        for head in reversed(knowledge.heads.values()):
            for name in set(head.by_site.values()):
                self._kin[name] = self._kin.get(name, {}) | head.by_site
        self.again = frozenset(
            name for head in knowledge.heads.values() if head.again for name in head.by_site.values()
        )

    def located(
        self, sentence: Sentence, work: Work, label: Heading, company: frozenset[str], named: str | None
    ) -> Iterator[Located]:
        """The findings that a phrase is with its places and side; ``label``, ``company`` and ``named`` as for
        Anatomy.locate."""
        if work.hit.entry.kind == "concept":
            found = self._concept(sentence, work, label)
        else:
            found = self._head(sentence, work, label, company, named)
        done: list[Located] = []
        for located in found:
            done.append(located)
            yield located
        if done:
            yield from self._at_shared(sentence, work, done)

    def _at_shared(self, sentence: Sentence, work: Work, done: list[Located]) -> Iterator[Located]:
        """The same complaint at the places listed before its own; each place says which concept that is."""
        entry = work.hit.entry
        own = self._knowledge.concepts[entry.id if entry.kind == "concept" else done[0].concept]
        kin, told = self._kin.get(own.id), self._told_as(sentence, own, work.hit)
        for place in work.shared:
            concept = kin.get(place.site) if kin else own.at_site(place.site)
            concept = told if told is not None and concept not in {None, own.id} else concept
            if concept is None or self._sites[place.site].outside or (kin is None and own.sites != "near"):
                continue
            named = self._knowledge.concepts[concept]
            site = self.report(place.site) if named.sites != "none" else None
            first = done[0].place or done[0].site
            beside = first is not None and self._of_leg(first) and not self._of_leg(place.site)
            beside = beside or self._sites[place.site].midline
            given = None if beside or work.alone(place) else done[0].side  # "low back and left leg pain"
            side = (place.side or given) if named.sided else None
            if not any((one.concept, one.site, one.side) == (concept, site, side) for one in done):
                hit = work.hit
                yield Located(hit, hit.first, hit.last, concept, site, side, placed=True, place=place.site)

    def _told_as(self, sentence: Sentence, own: Concept, hit: Hit) -> str | None:
        """What a mention is at another place than its own, by its words ("numbness of the perineum and legs")."""
        words = {sentence.raw(token).lower() for token in range(hit.first, hit.last)} if own.elsewhere else set()
        return next((name for name, said in own.elsewhere.items() if not words.isdisjoint(said)), None)

    def _of_leg(self, site: str) -> bool:
        return self._sites[site].leg

    def _concept(self, sentence: Sentence, work: Work, label: Heading) -> Iterator[Located]:
        concept = self._knowledge.concepts[work.hit.entry.id]
        done: set[tuple[str | None, str | None]] = set()
        places: list[Place | None] = [*self._places_of(sentence, concept, work)]
        elsewhere = work.how in _OWN and all(self._sites[place.site].outside for place in work.places)  # "neck fusion"
        if elsewhere and concept.sites == "near" and not (concept.site or concept.event):
            return  # "tingling of the scalp"
        for place in (places[:1] if concept.one_place else places) or [None]:
            site = place.site if place else None if elsewhere else concept.site
            if site is None and concept.sites == "near":
                site = label.site
            apart = concept.sites == "own" and not concept.side_carries and work.how not in _OWN
            nearby = None if apart or self._is_midline(site, place, work) else work.first_side()
            side = work.side_at(place) or nearby or self._side_above(label, site)
            both = place is not None and place.side == "bilateral"  # "L foot: ulcer. Feet cool"
            if work.plural and concept.listed_sides and not both and self._holds(label.site, site):
                side = label.side or side  # "RLE: DP and PT pulses 2+", but not "POD 3 right TKA: calves soft"
            name = concept.at_site(site)
            sided = self._knowledge.concepts[name].sided
            if sided == "own":
                side = work.said or (self._own_side(work, place, site) if work.how in _OWN else None)
            elif sided == "brain":
                side = self._of_brain(sentence, work.hit)
            reported = self.report(site) or self._unlisted(concept, place)
            key = (reported, side if sided else None)
            if key not in done:
                done.add(key)
                hit, where = work.hit, place.site if place else None
                yield Located(hit, hit.first, hit.last, name, *key, placed=place is not None, place=where)

    def _unlisted(self, concept: Concept, place: Place | None) -> str | None:
        """The site of what is at a part of the leg that the inventory has not ("nec fasc of the thigh")."""
        return concept.unlisted if place and self._of_leg(place.site) and self._sites[place.site].part else None

    def _own_side(self, work: Work, place: Place | None, site: str | None) -> str | None:
        """The side of its place, or of the leg that it stands beside ("arterial insufficiency, left leg"): not of what
        has none ("numb buttocks and groin" is of the saddle)."""
        if place is not None:
            return place.side
        if site is not None and self._sites[site].midline:
            return None
        return next((one.side for one in work.places if self._of_leg(one.site)), None)

    def _is_midline(self, site: str | None, place: Place | None, work: Work) -> bool:
        """Whether a site of the trunk is only the concept's: what stands around is of a leg ("foot drop, LBP")."""
        return place is None and work.how not in _OWN and site is not None and self._sites[site].midline

    def _side_above(self, label: Heading, site: str | None) -> str | None:
        """The side of a label; that of a limb is none of the trunk's."""
        limb = label.site is not None and not self._sites[label.site].midline
        return None if limb and site is not None and self._sites[site].midline else label.side

    def _calls(self, sentence: Sentence, place: Place) -> bool:
        """Whether a place is only what something is called by ("knee jerks 2+")."""
        return not self._called.isdisjoint(sentence.tokens[place.last : place.last + 1])

    def _of_brain(self, sentence: Sentence, hit: Hit) -> str | None:
        """The side of the brain that a lesion is on: in its words, right before them, behind "in" and the like, or
        right behind them with its part of the brain ("CVA (L MCA)")."""
        words = sentence.low
        first, last = hit.first, hit.last
        while first > max(0, hit.first - 2) and words[first - 1] not in _PARTING:
            first -= 1
        if self._places_it.intersection(words[last : last + 1]):
            while last < min(hit.last + _BEHIND, len(words)) and not (words[last] in _PARTING or words[last].isdigit()):
                last += 1  # not as far as "in 2015 left her weak"
        else:
            aside = last + (words[last : last + 1] in _ASIDE)
            if self._brain.intersection(words[aside + 1 : aside + 2]) or self._brain_joined.intersection(
                words[aside : aside + 1]
            ):
                last = aside + 1
        sides = self._brain_sides
        said = {sides[word] for word in words[first:last] if word in sides}
        return "bilateral" if len(said) > 1 else next(iter(said), None)

    def _holds(self, above: str | None, site: str | None) -> bool:
        """Whether what a title names is the leg or the part of it that a site belongs to."""
        part = self._sites[above].part if above is not None else None
        return part is None or site is None or part == self._sites[site].part

    def _places_of(self, sentence: Sentence, concept: Concept, work: Work) -> list[Place]:
        """The places that may be a concept's: those its ``sites`` allows, and that do not contradict its own site."""
        if concept.sites in {"none", "fixed"} or (concept.sites == "own" and work.how not in _OWN):
            return []
        places = [p for p in work.places if not self._sites[p.site].outside and not self._calls(sentence, p)]
        if concept.site and work.how not in {"own", "before"}:
            places = [p for p in places if region(p.site) == region(concept.site)]
        if any(self.report(p.site) for p in places):  # "knee out of joint"
            places = [p for p in places if self.report(p.site)]
        if concept.site:  # "arm and leg weak"
            limb = self._sites[concept.site].leg
            places = [p for p in places if self._sites[p.site].leg == limb] or places
        return sorted(places, key=lambda p: not self._sites[p.site].leg)  # what is measured at both is of the leg

    def _head(
        self, sentence: Sentence, work: Work, label: Heading, company: frozenset[str], named: str | None
    ) -> Iterator[Located]:
        head = self._knowledge.heads[work.hit.entry.id]
        known = named in head.by_site.values()
        again = named if head.again and known else None
        dated = known and self._dates(sentence, work)
        default = again or head.default
        here = (hit.entry.id for hit in sentence.content) if head.company_here else ()
        beside = not company.isdisjoint(head.company) or any(name in head.company_here for name in here)
        expected = not head.company or beside or label.title.casefold() in head.under
        welcome = again is not None or expected
        if head.known and not welcome:
            return
        places = work.places
        if not places and label.site is not None and (head.inherit or label.site in head.by_site):
            places = [Place(work.hit.first, work.hit.first, label.site, label.side)]
        done: set[tuple[str, str | None, str | None]] = set()
        for place in [*places, *(replace(one, site=head.also[one.site]) for one in places if one.site in head.also)]:
            concept = head.by_site.get(place.site)
            if concept is None or (dated and concept != named):
                continue
            side = work.side_at(place) or (None if work.alone(place) else work.first_side()) or label.side
            entry = self._knowledge.concepts[concept]
            site = self.report(place.site) if entry.sites != "none" else None
            first, last = self._with_adjacent(sentence, work, place)
            key = (concept, site, side if entry.sided else None)
            if key not in done:
                done.add(key)
                yield Located(work.hit, first, last, *key, placed=True, place=place.site)
        placeless = dated or not work.places or work.how in {"joined", "near", "subject"}
        elsewhere = (
            label.site is not None and not self._sites[label.site].leg and self._sites[label.site].part != "back"
        )
        if placeless and not done and default is not None and welcome and not elsewhere:
            entry = self._knowledge.concepts[default]
            if entry.event and work.places and not any(self._sites[place.site].leg for place in work.places):
                return  # "knee pain; the lumbar spine shows no fracture"
            yield Located(work.hit, work.hit.first, work.hit.last, default, entry.site, work.side or label.side)

    def _dates(self, sentence: Sentence, work: Work) -> bool:
        """Whether an operation says when something was: "since the surgery her foot is numb" is no surgery of the foot,
        but "since surgery on the foot" is."""
        words, last, first = sentence.low, work.hit.last, work.hit.first
        if self._places_it.intersection(words[last : last + 1]) or work.how == "own":
            return False
        while first > 0 and words[first - 1] in self._between:
            first -= 1
        return not self._dated_from.isdisjoint(words[max(0, first - 1) : first])

    @staticmethod
    def _with_adjacent(sentence: Sentence, work: Work, place: Place) -> tuple[int, int]:
        """A site word right before the head belongs to the span ("knee pain"); a side does not."""
        named = any(one.first <= place.first < one.last for one in sentence.sites)
        side = not named and any(one.first <= place.first < one.last for one in sentence.sides)
        if place.last == work.hit.first and place.first < place.last and not side:
            return place.first, work.hit.last
        return work.hit.first, work.hit.last

    def report(self, site: str | None) -> str | None:
        """The site as the inventory names it; None for one outside the scope."""
        if site is None:
            return None
        entry = self._sites[site]
        return None if entry.outside else entry.report if entry.helper else site
