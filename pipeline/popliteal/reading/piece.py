"""Sentences on their way through the stages of reading, and what is done to their mentions in passing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter

from popliteal.reading.mention import Mention
from popliteal.reading.places import Antecedent
from popliteal.reading.sections import Section
from popliteal.reading.sentence import Sentence
from popliteal.reading.sides import Located
from popliteal.reading.words import Words

_PLACE = attrgetter("start", "end")


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
    for: what "it" means, the side and the site named last ("" for none), the part whose examination is being told.
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

    def holds(self, layer: str) -> bool:
        """Whether the text may hold a phrase of a layer."""
        return self.number in self.words.having(layer)


def in_order(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions in the order of the text."""
    found = list(mentions)
    if len(found) > 1:
        found.sort(key=_PLACE)
    return found


def once(mentions: list[Mention]) -> list[Mention]:
    """The mentions without those that say the same of the same words; the first of them stays."""
    by_key = {(m.start, m.end, m.concept, m.site, m.laterality): m for m in reversed(mentions)}
    return [m for m in mentions if by_key[(m.start, m.end, m.concept, m.site, m.laterality)] is m]


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
