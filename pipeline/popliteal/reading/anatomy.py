"""Where and on which side: gives every phrase found its sites, and turns heads ("pain") into concepts by them.

A finding takes its site, in this order, from its own words ("knee pain"), from the words before it in the same noun
phrase ("left leg and foot weakness"), from a phrase after it ("numbness and tingling in the left foot and right calf"),
from the finding it is joined to, from the subject of its clause ("the left foot is numb"), from the nearest site of the
clause, from the label of its line ("Knee: no effusion"), and at last from the concept itself.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from popliteal.knowledge import Knowledge
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.linking import Grammar
from popliteal.reading.midline import Midline
from popliteal.reading.naming import Naming
from popliteal.reading.places import (
    NO_HEADING,
    Before,
    Heading,
    Places,
    labelled,
    no_heading,
    nothing,
)
from popliteal.reading.sentence import Place, Sentence
from popliteal.reading.sides import Located, Sides, Work
from popliteal.reading.ties import Ties
from popliteal.reading.topics import Subject, Topics


class Anatomy:
    """Compiled from ``sites.yaml``, ``heads.yaml``, ``laterality.yaml`` and the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self._knowledge = knowledge
        self._sites = knowledge.sites
        grammar = Grammar(knowledge, lexicon)
        midline = Midline(knowledge)
        self._places = Places(knowledge, grammar, midline)
        self._sides = Sides(grammar, self._places, midline)
        self._ties = Ties(knowledge, lexicon, grammar, self._sides)
        self._naming, self._topics = Naming(knowledge), Topics(knowledge)
        self.places = self._places.of
        self.ill = self._places.ill
        self.report = self._naming.report
        self.again = self._naming.again
        self.antecedent = self._places.antecedent

    def locate(
        self,
        sentence: Sentence,
        label: Heading = NO_HEADING,
        company: frozenset[str] = frozenset(),
        before: Before = nothing,
        named: str | None = None,
        about: Subject = no_heading,
    ) -> list[Located]:
        """Every concept of the sentence with site and side.

        ``label`` is what stands above the line or section; ``company`` holds the concepts found just before, in which a
        head without a site may mean what its ``default`` says ("no new weakness" after "sciatica"); ``before`` is what
        the sentences before were about; ``named`` is what a head that names something ``again`` means by it; ``about``
        gives what the note is about.
        """
        works = [Work(hit) for hit in sentence.content if hit.entry.kind != "blocker"]
        if not works:
            return []
        if label.site is not None:
            before = partial(labelled, before, label.site, label.side)
        places = self._places_under(label, self.places(sentence, before))
        if not places and label.site is None and all(self._needs_place(work, named) for work in works):
            return []
        said = [work for work in works if not work.hit.entry.bare]  # "face" may be a site as well
        content = {t: w for w in said for t in range(w.hit.first, w.hit.last)}
        if places:
            self._ties.tie(sentence, works, places, content)
        self._take_topics(sentence, works, places, before, about)
        self._sides.give(sentence, works, places, content, headed=label.side is not None)
        company |= {work.hit.entry.id for work in works if work.hit.entry.kind == "concept"}
        if any(not self._sites[place.site].leg and self.part(place.site) != "back" for place in places):
            named = None  # "right forearm fracture, tendon repair"
        found: list[Located] = []
        for work in works:
            found += self._naming.located(sentence, work, label, company, named)
            if found and found[-1].concept in self.again:
                named = found[-1].concept
        return _without_echoes(found)

    def _places_under(self, label: Heading, places: list[Place]) -> list[Place]:
        """The places of a sentence without those of doubtful words where its label names a part of the leg."""
        site = None if label.site is None else self._sites[label.site]
        if site is None or not site.leg or site.part is None:
            return places
        return [place for place in places if not self._sites[place.site].weak]

    def _take_topics(
        self, sentence: Sentence, works: list[Work], places: list[Place], before: Before, about: Subject
    ) -> None:
        """Give what has no place that of what was spoken of, and what is joined to it the same."""
        for work in works:
            if not work.places and (place := self._topics.of(work, places, before, about)) is not None:
                work.places, work.how = [place], "topic"
        for work, after in pairwise(works):  # "any pain, swelling or redness", said of the knee named before
            bare = work.hit.entry.kind == "head" and not work.places
            if bare and after.how == "topic" and self._sides.joined(sentence, work, after):
                work.places, work.how = after.places, "topic"

    def _needs_place(self, work: Work, named: str | None) -> bool:
        """Whether a phrase says nothing without a place in its own sentence or in the label of its line."""
        head = self._knowledge.heads[work.hit.entry.id] if work.hit.entry.kind == "head" else None
        return (
            head is not None and head.default is None and not (head.reach or head.about) and not (head.again and named)
        )

    def of_leg(self, site: str) -> bool:
        """Whether a site belongs to a leg."""
        return self._sites[site].leg

    def part(self, site: str) -> str | None:
        """The joint or segment that a site belongs to."""
        return self._sites[site].part


def _without_echoes(found: list[Located]) -> list[Located]:
    """Without what another head says of the same words, and what has no place of its own where another head gives the
    same words one ("calves: no oedema")."""
    placed = {(one.hit.first, one.hit.last, one.concept) for one in found if one.placed}
    once = {(one.hit.first, one.hit.last, one.concept, one.site, one.side, one.place): one for one in reversed(found)}
    kept = {id(one) for one in once.values()}
    return [
        one
        for one in found
        if id(one) in kept and (one.placed or (one.hit.first, one.hit.last, one.concept) not in placed)
    ]
