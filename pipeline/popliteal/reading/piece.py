"""Sentences on their way through the stages of reading, and what is done to their mentions in passing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter

from popliteal.knowledge.concepts import Concept
from popliteal.reading.mention import Mention
from popliteal.reading.places import Antecedent, Titled
from popliteal.reading.sections import Section
from popliteal.reading.sentence import Sentence
from popliteal.reading.sides import Located
from popliteal.reading.words import Words

_PLACE = attrgetter("start", "end")
#: What may stand between two words of one statement: "ETOH: drinks", "drinks 3 beers".
_COUNTED = re.compile(r"[:=–—-]?\s*(?:\d[\d.–/-]*)?")


#: A line of so many letters may have been wrapped where it ends, so that the next one is of the same paragraph.
_LONG_LINE = 45


@dataclass(slots=True)
class Open:
    """A cue that stood open at the end of a line ("Denies:") and reaches over the bullets below it."""

    effect: str
    words: str


@dataclass(slots=True)
class Piece:
    """One sentence on its way through the stages; ``text[start:end]`` has no white space around it.

    It is the ``number``-th of the sentences whose ``words`` were read together.
    ``mentions`` is what the stages so far found in it; the rest is worked out once, by the first stage that needs it:
    ``scan`` depends on the text alone, ``sentence`` is the same with the ``given`` mentions in their places.
    ``antecedent``, ``named``, ``site`` and ``examined`` are what the sentences up to this one hand on, if it was asked
    for: what "it" means, the side and the site named last ("" for none), the part whose examination is being told, the
    places that titles named.
    """

    start: int
    end: int
    section: Section
    words: Words
    number: int
    previous: Piece | None = None
    mentions: list[Mention] = field(default_factory=list)
    scan: Sentence | None = None
    sentence: Sentence | None = None
    located: list[Located] | None = None
    given: dict[int, Mention] = field(default_factory=dict)
    antecedent: Antecedent | None = None
    named: str | None = None
    site: str | None = None
    examined: tuple[str | None, str | None] | None = None
    about: Titled | None = None

    def holds(self, layer: str) -> bool:
        """Whether the text may hold a phrase of a layer."""
        return self.number in self.words.having(layer)


def in_order(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions in the order of the text."""
    found = list(mentions)
    if len(found) > 1:
        found.sort(key=_PLACE)
    return found


def distinct(text: str, mentions: list[Mention], concepts: Mapping[str, Concept]) -> list[Mention]:
    """The mentions in order, without those that say of the same words or the same thing what one before has said.

    One in brackets right behind another explains it ("urinary tract infection (UTI)"). Two that share words are one,
    and two with a slash between them unless they are drugs; so are diseases and events that touch ("lung cancer
    metastasis", "traumatic injury"), and habits with but a number or a colon between them ("ETOH: drinks 3 beers").
    The first then reaches to the end of both.
    """
    kept: list[Mention] = []
    for mention in mentions:
        last = next((one for one in reversed(kept[-4:]) if one.concept == mention.concept), None)
        if last is None or not _one_and_the_same(text, last, mention, concepts[mention.concept]):
            kept.append(mention)
        elif text[last.end : mention.start].strip() != "(":
            last.end = max(last.end, mention.end)
    return kept


def _one_and_the_same(text: str, left: Mention, right: Mention, concept: Concept) -> bool:
    """Whether two mentions of a concept, one behind the other, are one finding."""
    if (left.start, left.end, left.site, left.laterality) == (right.start, right.end, right.site, right.laterality):
        return True
    if None not in {left.site, right.site} and left.site != right.site:
        return False
    between = text[left.end : right.start].strip()
    if between == "(" and text[right.end : right.end + 1] == ")":
        return True
    if (left.assertion, left.temporality, left.laterality) != (right.assertion, right.temporality, right.laterality):
        return False
    if left.value is not None and right.value is not None:
        return False
    if right.start < left.end:
        return True
    if between == "/":
        return concept.treatment != "drug"  # "trauma/fall" is one, "mycophenolate/prednisolone" are two
    if not between:
        return concept.background  # "chest pain SOB" are two complaints
    habit = concept.background and not (concept.disease or concept.event or concept.done)
    return habit and _COUNTED.fullmatch(between) is not None


def cut(spans: Iterable[tuple[int, int]], sections: list[Section]) -> Iterator[tuple[int, int]]:
    """The sentences, none of which runs on into another section."""
    starts = [section.start for section in sections]
    at = 0
    for start, end in spans:
        while at < len(starts) and starts[at] <= start:
            at += 1
        while at < len(starts) and starts[at] < end:
            if start < starts[at]:
                yield start, starts[at]
            start = starts[at]
            at += 1
        yield start, end


def overlap(left: Mention, right: Mention) -> bool:
    """Whether two mentions share a character."""
    return left.start < right.end and right.start < left.end


def tokens(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The tokens that ``start..end`` touches."""
    first = bisect_right(sentence.spans, start, key=itemgetter(1))
    return first, bisect_left(sentence.spans, end, lo=first, key=itemgetter(0))


def opens_paragraph(text: str, piece: Piece) -> bool:
    """Whether a sentence begins a paragraph: a section, or a line below another that was not wrapped where it ends."""
    last = piece.previous
    if last is None or last.section is not piece.section:
        return True
    breaks = text.count("\n", last.end, piece.start)
    return breaks > 1 or (breaks == 1 and last.end - text.rfind("\n", 0, last.end) <= _LONG_LINE)
