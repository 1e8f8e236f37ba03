"""How far up a limb something reaches is not where it is: "ankles swollen to mid shin", "oedema up to the knees"."""

from __future__ import annotations

from collections.abc import Sequence

from popliteal.knowledge import Knowledge
from popliteal.reading.linking import Grammar
from popliteal.reading.sentence import Hit, Place, Sentence, covered
from popliteal.reading.sides import WHOLE, Work

#: So many words that no pattern knows may stand between a finding, where it is and how far it reaches.
_UNKNOWN = 1


class Extents:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, grammar: Grammar) -> None:
        self._sites, self._concepts = knowledge.sites, knowledge.concepts
        classes = knowledge.words.classes
        self._leads, self._far, self._within, self._rising, self._reaching_on = (
            frozenset(classes[name])
            for name in ("as_high_as", "surely_high", "beside_height", "rises_from_foot", "reaches_on")
        )
        self._from, self._onwards = frozenset(classes["leaving"]), frozenset(classes["onwards_from"])
        self._leads_on = frozenset(classes["reaching_as_far"]) | frozenset(classes["surely_high"])
        self._small, self._joiners = (grammar.gap | grammar.linking) - grammar.joiners, grammar.joiners

    def apart(self, sentence: Sentence, works: Sequence[Work], places: list[Place]) -> list[Place]:
        """The places without those that only tell how far a finding reaches from the one before it; where none stands
        before, what reaches so far is in the leg."""
        places = self._without_starts(sentence, works, places)
        if self._leads.isdisjoint(sentence.low):
            return places
        kept: list[Place] = []
        for place in places:
            lead = self._lead(sentence, place)
            work = None if lead is None else self._reaching(sentence, works, lead, place)
            if lead is None or work is None:
                if not self._ahead_of(sentence, works, lead, place, kept):
                    kept.append(place)
                continue
            words = sentence.low[work.hit.first : work.hit.last]
            rises = not self._rising.isdisjoint(words)
            far = not self._far.isdisjoint(sentence.low[lead : place.first])
            goes = self._goes(work)
            # "tender to the calf": it is there
            reaches = far or rises or goes or not self._reaching_on.isdisjoint(words)
            if reaches and self._has_own(sentence, work, lead, kept):
                continue
            if rises and place.side is None:
                continue  # "pitting to mid shin" says no more of where it is than "pitting oedema"
            leg = far or goes or (rises and self._sites[place.site].part != "foot")
            kept.append(Place(place.first, place.last, WHOLE, place.side) if leg else place)
        return kept

    def _without_starts(self, sentence: Sentence, works: Sequence[Work], places: list[Place]) -> list[Place]:
        """The places without those from which on a leg named before is so ("leg from the groin down cold")."""
        if self._from.isdisjoint(sentence.low):
            return places
        changed = [work.hit for work in works if self._changes(sentence, work.hit)]
        kept: list[Place] = []
        for place in places:
            whole = kept[-1] if kept else None
            if whole is None or not changed or not self._starts_at(sentence, place, whole, changed):
                kept.append(place)
        return kept

    def _changes(self, sentence: Sentence, hit: Hit) -> bool:
        """Whether a finding is a change of a limb, such as its swelling or colour, that may reach far."""
        concept = self._concepts.get(hit.entry.id) if hit.entry.kind == "concept" else None
        normal = concept is not None and concept.normal  # "feet warm to cool from the knee to the toes"
        return not (normal or self._reaching_on.isdisjoint(sentence.low[hit.first : hit.last]))

    def _starts_at(self, sentence: Sentence, place: Place, whole: Place, changed: Sequence[Hit]) -> bool:
        """Whether what changed on a limb does so from a place on, down or up to another."""
        limb, part = self._sites[whole.site], self._sites[place.site]
        if not (limb.leg and part.leg) or limb.outside or part.outside or not self._leaves(sentence, place):
            return False
        if self._onwards.isdisjoint(sentence.low[place.last : place.last + 2]):
            return False
        taken = covered(changed)
        return all(t in taken or sentence.words[t] in self._small for t in range(whole.last, place.first))

    def _lead(self, sentence: Sentence, place: Place) -> int | None:
        """The token where the words begin that tell that something reaches as far as a place."""
        if not self._sites[place.site].leg or self._sites[place.site].outside:
            return None
        token = place.first - 1
        if sentence.raw(place.first).lower() in self._leads:  # a place that begins with "below"
            token = place.first
        lead: int | None = None
        while token >= 0 and (raw := sentence.raw(token).lower()) in self._leads | self._within:
            lead = token if raw in self._leads else lead
            token -= 1
        return lead

    def _ahead_of(
        self, sentence: Sentence, works: Sequence[Work], lead: int | None, place: Place, kept: Sequence[Place]
    ) -> bool:
        """Whether a place tells how far something reaches that follows it ("whole leg up to the groin swollen")."""
        if lead is None or not kept or not self._sites[kept[-1].site].leg or self._sites[kept[-1].site].outside:
            return False
        after = next((one.hit for one in works if one.hit.first >= place.last), None)
        if (
            after is None
            or not self._changes(sentence, after)
            or self._leads_on.isdisjoint(sentence.low[lead : place.first])
        ):
            return False
        return self._is_small(sentence, kept[-1].last, lead, 0) and self._is_small(sentence, place.last, after.first, 0)

    def _goes(self, work: Work) -> bool:
        """Whether it is a pain that goes from one place to another."""
        concept = self._concepts.get(work.hit.entry.id) if work.hit.entry.kind == "concept" else None
        return concept is not None and concept.destination

    def _reaching(self, sentence: Sentence, works: Sequence[Work], lead: int, place: Place) -> Work | None:
        """What is felt or seen that reaches so far: no pain that goes where a nerve ends, nor what happened there."""
        work = next((one for one in reversed(works) if one.hit.first < lead), None)
        if work is None:
            return None
        concept = self._concepts.get(work.hit.entry.id) if work.hit.entry.kind == "concept" else None
        there = self._goes(work) and not self._sites[place.site].limit
        if concept is not None and (there or concept.event or concept.normal):
            return None
        return work if self._is_small(sentence, work.hit.last, lead, unknown=0) else None

    def _has_own(self, sentence: Sentence, work: Work, lead: int, places: Sequence[Place]) -> bool:
        """Whether a finding has a place of the leg before the words of how far it reaches."""
        own = next((place for place in reversed(places) if place.last <= lead), None)
        if own is None or not self._sites[own.site].leg or self._sites[own.site].outside:
            return False
        if self._leaves(sentence, own):
            return False
        ahead = own.first < work.hit.first
        low, high = (own.last, work.hit.first) if ahead else (work.hit.last, own.first)
        return self._is_small(sentence, low, high) and self._is_small(sentence, max(own.last, work.hit.last), lead)

    def _leaves(self, sentence: Sentence, place: Place) -> bool:
        """Whether something goes on from a place ("numb from the hip to the foot"): it is in both, and between."""
        token = place.first - 1
        while token >= 0 and sentence.words[token] in self._small and sentence.raw(token).lower() not in self._from:
            token -= 1
        return token >= 0 and sentence.raw(token).lower() in self._from

    def _is_small(self, sentence: Sentence, first: int, last: int, unknown: int = _UNKNOWN) -> bool:
        """Whether only small words stand between two tokens, so many ``unknown`` ones, and no other finding."""
        taken = covered(sentence.content)
        for token in range(first, last):
            if token in taken or sentence.words[token] in self._joiners:
                return False
            if sentence.words[token] not in self._small:
                unknown -= 1
                if unknown < 0 or not sentence.raw(token).isalpha():
                    return False
        return True
