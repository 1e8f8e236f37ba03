"""What a word without a place is of: the joint that the sentences before were about, or the part the note is about."""

from __future__ import annotations

from collections.abc import Callable

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Head
from popliteal.reading.places import NOWHERE, Before, Heading
from popliteal.reading.sentence import Place
from popliteal.reading.sides import Work

#: What a note is about, worked out only where a word asks for it.
Subject = Callable[[], Heading]


class Topics:
    """Built once from the heads and sites of the patterns."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._heads, self._concepts, self._sites = knowledge.heads, knowledge.concepts, knowledge.sites

    def of(self, work: Work, places: list[Place], before: Before, about: Subject) -> Place | None:
        """The place of a head that has none in its sentence, whose ``places`` are: "Left knee ... Small effusion."

        ``before`` tells what the sentences before were about, ``about`` what the note is.
        """
        head = self._heads.get(work.hit.entry.id) if work.hit.entry.kind == "head" else None
        if head is None or not (head.reach or head.about):
            return None
        at = work.hit.first
        last = before() if head.reach else NOWHERE
        if last.topic is not None and last.topic == last.site and self._named_by_topic(head, last.topic):
            known = any(place.site in head.by_site for place in places)
            return None if known else Place(at, at, last.topic, last.topic_side)
        part = about() if head.about else Heading()
        if part.site is None or part.site not in head.by_site:
            return None
        alone = all(self._sites[place.site].part == self._sites[part.site].part for place in places)
        return Place(at, at, part.site, part.side) if alone else None

    def _named_by_topic(self, head: Head, topic: str) -> bool:
        """Whether a head takes the place of the sentences before: bare "pain" may be anywhere, "pain on motion" not."""
        concept = head.by_site.get(topic)
        return concept is not None and (head.goes_on or not self._concepts[concept].anywhere)
