"""Mentions that stand already, measurements above all, among the phrases of their sentence."""

from __future__ import annotations

from collections.abc import Mapping

from popliteal.knowledge.concepts import Concept
from popliteal.reading.mention import Mention
from popliteal.reading.piece import tokens
from popliteal.reading.sentence import Entry, Hit, Sentence


class Given:
    """Built once from the concepts."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        self._concepts = concepts

    def among(self, sentence: Sentence, given: list[Mention]) -> tuple[Sentence, dict[int, Mention]]:
        """Put mentions among the phrases, in place of those they overlap, and ``{id(hit): mention}``."""
        by_hit: dict[int, Mention] = {}
        if not given:
            return sentence, by_hit
        extra: list[Hit] = []
        for mention in given:
            first, last = tokens(sentence, mention.start, mention.end)
            if first < last:
                hit = Hit(first, last, Entry("concept", mention.concept, mention.pattern))
                by_hit[id(hit)] = mention
                extra.append(hit)
        extra = [self._specified(one, by_hit, sentence) for one in extra]
        kept = [hit for hit in sentence.content if not any(self._taken(hit, one) for one in extra)]
        content = sorted([*kept, *extra], key=lambda hit: (hit.first, hit.last))
        unsided = [hit for hit in extra if by_hit[id(hit)].laterality is None]
        return sentence.with_content(content, unsided), by_hit

    def _specified(self, given: Hit, by_hit: dict[int, Mention], sentence: Sentence) -> Hit:
        """A vague grade with the concept of the phrase that begins before it ("unable to lift the right foot, 0/5")."""
        mention = by_hit[id(given)]
        if not mention.vague:
            return given
        category = self._concepts[mention.concept].category
        for hit in sentence.content:
            known = hit.entry.kind == "concept" and self._concepts[hit.entry.id].category == category
            if known and hit.first < given.first < hit.last <= given.last:
                mention.concept, mention.site = hit.entry.id, None
                mention.start = sentence.spans[hit.first][0]
                wider = Hit(hit.first, given.last, Entry("concept", mention.concept, mention.pattern))
                by_hit[id(wider)] = by_hit.pop(id(given))
                return wider
        return given

    def _taken(self, hit: Hit, given: Hit) -> bool:
        """Whether a phrase gives way to a measurement; not where it goes on to more (``strength and tone``)."""
        if hit.first >= given.last or given.first >= hit.last:
            return False
        if hit.last <= given.last or hit.entry.kind != "concept":
            return True
        category = self._concepts[given.entry.id].category
        return category in {"", self._concepts[hit.entry.id].category}
