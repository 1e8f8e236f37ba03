"""What to look for and what it means: ``patterns/`` as typed, frozen objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from popliteal.errors import PatternError
from popliteal.knowledge import cache
from popliteal.knowledge.concepts import Blocker, Concept, Cue, Head, Outcome, Sides, Site, Words
from popliteal.knowledge.decisions import Decisions, load_decisions
from popliteal.knowledge.entries import PHRASED, check_phrases, load_concepts, load_entries, load_single
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.measurement_rules import MeasurementRules, load_measurements
from popliteal.knowledge.reports import Reports
from popliteal.knowledge.sections import SectionRules, load_sections
from popliteal.knowledge.sentences import SentenceWords, load_sentence_words
from popliteal.knowledge.timing import TimingRules, load_timing

__all__ = ["Knowledge", "load"]


@dataclass(frozen=True)
class Knowledge:
    """Everything that ``patterns/`` says; ``version`` is the first twelve digits of the digest of its files.

    ``intact`` tells that it is what those files say: of a copy with changes nothing is kept under that version.
    """

    version: str
    words: Words
    concepts: dict[str, Concept]
    heads: dict[str, Head]
    sites: dict[str, Site]
    blockers: dict[str, Blocker]
    sides: Sides
    cues: dict[str, Cue]
    outcomes: dict[str, Outcome]
    reports: Reports
    sentence_words: SentenceWords
    sections: SectionRules
    timing: TimingRules
    measurements: MeasurementRules
    decisions: Decisions
    intact: bool = field(default=False, init=False, compare=False)


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Knowledge:
    """Read and check the shipped patterns, with ``folder`` over them or instead of them (see ``Layers``).

    What was read is kept: after a change of files in a running process, call ``load.cache_clear()``. Patterns that were
    found right once are also kept on disk (see ``cache``).

    Raises:
        PatternError: every problem found, one a line, each with file, line, entry and what was expected.
    """
    layers = Layers(folder)
    digest = layers.digest()
    kept = cache.get(digest, cache.KNOWLEDGE)
    if isinstance(kept, Knowledge):
        return kept
    made = _made(layers, digest)
    if Layers(folder).digest() == digest:  # else a file was changed while it was read
        object.__setattr__(made, "intact", True)
        if cache.folder() is not None:
            for one in (made.timing.cues, made.timing.contrast.then, made.timing.episodes.came):
                one.settle()
        cache.put(digest, cache.KNOWLEDGE, made)
    return made


def _made(layers: Layers, digest: str) -> Knowledge:
    words: Words = load_single(layers, "words.yaml", Words)
    concepts = load_concepts(layers)
    heads: dict[str, Head] = load_entries(layers, "heads.yaml", Head)
    sites: dict[str, Site] = load_entries(layers, "sites.yaml", Site)
    problems = [problem for name in PHRASED for problem in check_phrases(layers, name, words)]
    problems += _unknown_ids(layers, concepts, heads, sites)
    if problems:
        raise PatternError(problems)
    inventory = {site.id for site in sites.values() if site.reported}
    return Knowledge(
        version=digest[:12],
        words=words,
        concepts=concepts,
        heads=heads,
        sites=sites,
        blockers=load_entries(layers, "blockers.yaml", Blocker),
        sides=load_single(layers, "laterality.yaml", Sides),
        cues=load_entries(layers, "assertion.yaml", Cue),
        outcomes=load_entries(layers, "outcomes.yaml", Outcome),
        reports=load_single(layers, "reports.yaml", Reports),
        sentence_words=load_sentence_words(layers),
        sections=load_sections(layers),
        timing=load_timing(layers),
        measurements=load_measurements(layers, set(concepts)),
        decisions=load_decisions(layers, set(concepts), inventory),
    )


def _unknown_ids(
    layers: Layers, concepts: dict[str, Concept], heads: dict[str, Head], sites: dict[str, Site]
) -> list[str]:
    problems = []
    heads_at = layers.entries("heads.yaml")
    for head in heads.values():
        source, path, _ = heads_at[head.id]
        for site, name in head.by_site.items():
            if site not in sites:
                problems.append(f"{source.where((*path, 'by_site', site))}: {head.id}: unknown site {site!r}")
            if name not in concepts:
                problems.append(f"{source.where((*path, 'by_site', site))}: {head.id}: unknown concept {name!r}")
        problems += [
            f"{source.where((*path, 'also'))}: {head.id}: {site!r} is no site of by_site"
            for site in (*head.also, *head.also.values())
            if site not in head.by_site
        ]
        listed = (("company", head.company), ("company_here", head.company_here), ("denies", head.denies or ()))
        for key, company in listed:
            problems += [
                f"{source.where((*path, key, index))}: {head.id}: unknown concept {name!r}"
                for index, name in enumerate(company)
                if name not in concepts
            ]
        if head.default is not None and head.default not in concepts:
            problems.append(f"{source.where((*path, 'default'))}: {head.id}: unknown concept {head.default!r}")
    return problems + _unknown_names(layers, concepts, sites)


def _unknown_names(layers: Layers, concepts: dict[str, Concept], sites: dict[str, Site]) -> list[str]:
    """Problems with sites and concepts that concepts name and that are none."""
    written = layers.entries("concepts")
    problems: list[str] = []
    for concept in concepts.values():
        named: list[tuple[tuple[str, ...], str, bool]] = [
            ((key,), f"site {site!r}", site in sites) for key, site in _sites_named(concept)
        ]
        if concept.seen_as is not None:
            named.append((("seen_as",), f"concept {concept.seen_as!r}", concept.seen_as in concepts))
        named += [(("yields_to",), f"concept {name!r}", name in concepts) for name in concept.yields_to]
        named += [(("beside",), f"concept {name!r}", name in concepts) for name in concept.beside]
        unless = concept.namesake.unless if concept.namesake else []
        named += [(("namesake", "unless"), f"concept {name!r}", name in concepts) for name in unless]
        for site, name in concept.at.items():
            known = site in sites and name in concepts
            named.append((("at", site), f"site {site!r} or concept {name!r}", known))
        source, path, _ = written[concept.id]
        problems += [
            f"{source.where((*path, *key))}: {concept.id}: unknown {what}" for key, what, known in named if not known
        ]
    return problems


def _sites_named(concept: Concept) -> list[tuple[str, str]]:
    """The sites that a concept names, with the keys that they stand under."""
    own = [("site", concept.site)] if concept.site is not None else []
    return own + [("not_after", site) for site in concept.not_after]
