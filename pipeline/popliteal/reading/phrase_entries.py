"""What the phrases of ``patterns/`` stand for: an entry for each list of phrases, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Ambiguous, Concept, Head, Sides, Site
from popliteal.reading.sentence import Entry

#: An entry with the phrases that stand for it, as the patterns write them.
Spoken: TypeAlias = tuple[Entry, Sequence[str]]


def entries(knowledge: Knowledge) -> Iterator[Spoken]:
    """Every entry with its phrases; where the same words stand for two, the first of them comes first."""
    yield from chain.from_iterable(map(_of_concept, knowledge.concepts.values()))
    yield from chain.from_iterable(map(_of_head, knowledge.heads.values()))
    for blocker in knowledge.blockers.values():
        entry = Entry("blocker", blocker.id, f"blockers:{blocker.id}")
        yield entry, blocker.phrases
        yield from _ambiguous(entry, blocker.ambiguous)
    yield from chain.from_iterable(map(_of_site, knowledge.sites.values()))
    yield from _of_sides(knowledge.sides)
    for cue in knowledge.cues.values():
        pattern = f"assertion:{cue.id}"
        yield Entry("cue", cue.id, pattern, opening=cue.opening, closing=cue.closing, sign=cue.sign), cue.phrases
    for outcome in knowledge.outcomes.values():
        yield Entry("outcome", outcome.id, f"outcomes:{outcome.id}"), outcome.phrases


def _of_concept(concept: Concept) -> Iterator[Spoken]:
    entry = Entry("concept", concept.id, f"concepts/{concept.category}:{concept.id}")
    yield entry, concept.phrases
    yield replace(entry, assertion="absent"), concept.absent_phrases
    yield replace(entry, bare=True), concept.bare_phrases
    yield replace(entry, done=True), concept.done_phrases
    yield from _ambiguous(entry, concept.ambiguous)


def _of_head(head: Head) -> Iterator[Spoken]:
    entry = Entry("head", head.id, f"heads:{head.id}")
    yield entry, head.phrases
    yield replace(entry, assertion="absent"), head.absent_phrases
    yield from _ambiguous(entry, head.ambiguous)


def _of_site(site: Site) -> Iterator[Spoken]:
    entry = Entry("site", site.id, f"sites:{site.id}")
    yield entry, site.phrases
    yield from _ambiguous(entry, site.ambiguous)


def _ambiguous(entry: Entry, forms: Sequence[Ambiguous]) -> Iterator[Spoken]:
    """Forms with two meanings, each with what it asks for."""
    for only in forms:
        yield replace(entry, only=only, assertion=only.assertion, done=only.done, bare=only.bare), [only.form]


def _of_sides(sides: Sides) -> Iterator[Spoken]:
    for side in ("left", "right", "bilateral", "same", "other", "neither"):
        yield Entry("side", side, f"laterality:{side}"), getattr(sides, side)
    for letter, side in sides.letters.items():
        yield Entry("side", side, f"laterality:{letter}", exact=letter), [letter]
    for joined, side in sides.joined.items():
        yield Entry("side", side, f"laterality:{joined}"), [joined]
