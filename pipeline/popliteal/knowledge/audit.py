"""What in the patterns uses what, and what in them can have no effect.

Loading already refuses unknown ids and rules that no finding can fire; here is what only shows when all files are seen
together: concepts that nothing can give, what therefore is dead, and words that two concepts claim. Phrases that say
nothing new show only as they are read (``reading.repeated``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from popliteal.errors import PatternError
from popliteal.knowledge import Knowledge
from popliteal.knowledge.cohorts import load_cohorts, vocabulary
from popliteal.knowledge.conditions import AnyOf, Condition, finds, triggers
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.measurement_rules import load_measurements
from popliteal.knowledge.phrases import expand

Uses = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Report:
    """``problems`` have no effect or the wrong one; ``notes`` may be as they are meant."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]


def makers(knowledge: Knowledge) -> Uses:
    """For each concept the ways in which a note can give it: phrases, heads, measurements."""
    found: dict[str, list[str]] = defaultdict(list)
    for concept in knowledge.concepts.values():
        denied = [*concept.absent_phrases, *concept.bare_phrases]
        forms = [*concept.phrases, *denied, *concept.done_phrases, *concept.ambiguous]
        if forms:
            found[concept.id].append("phrases")
    for head in knowledge.heads.values():
        for name in dict.fromkeys([*head.by_site.values(), *([head.default] if head.default else [])]):
            found[name].append(f"head {head.id}")
    for name, entry in knowledge.measurements.entries.items():
        for concept_id in sorted(set(_strings(entry)) & set(knowledge.concepts)):
            found[concept_id].append(f"measurement {name}")
    for action in knowledge.measurements.actions:
        if f"{action}_weakness" in knowledge.concepts:
            found[f"{action}_weakness"].append(f"grades of {action}")
    return {name: tuple(ways) for name, ways in found.items()}


def uses(knowledge: Knowledge) -> Uses:
    """For each concept what asks for it: ``feature x``, ``rule x``, ``red flag x``, ``competing x``."""
    found: dict[str, list[str]] = defaultdict(list)
    for what, name, condition in _conditions(knowledge):
        asked = {concept for find in finds(condition) for concept in find.concepts}
        asked |= {concept for find in finds(condition, negative=True) for concept in find.concepts}
        for concept in sorted(asked):
            found[concept].append(f"{what} {name}")
    for name, one in knowledge.decisions.competing.items():
        for concept in sorted(one.set_aside | one.known | one.doubted):
            if f"competing {name}" not in found[concept]:
                found[concept].append(f"competing {name}")
    return {name: tuple(dict.fromkeys(users)) for name, users in found.items()}


def audit(knowledge: Knowledge, layers: Layers) -> Report:
    """Check loaded patterns as a whole."""
    given = makers(knowledge)
    dead = [name for name in knowledge.concepts if name not in given]
    problems = [f"{_where(layers, 'concepts', name)}: {name}: no phrase, head or measurement gives it" for name in dead]
    problems += _unreachable(knowledge, layers, frozenset(given))
    try:
        load_measurements(layers, knowledge.concepts)
    except PatternError as error:
        problems += error.problems
    try:
        load_cohorts(layers, vocabulary(knowledge))
    except PatternError as error:
        problems += error.problems
    used = uses(knowledge)
    notes = [
        f"{_where(layers, 'concepts', name)}: {name}: no feature, rule or red flag asks for it"
        for name in knowledge.concepts
        if name not in used
    ]
    notes += [
        f"{_where(layers, 'concepts', concept.id)}: {concept.id}: has no examples"
        for concept in knowledge.concepts.values()
        if not concept.examples
    ]
    notes += [
        f"{' and '.join(owners)} share {len(phrases)} phrase{'s' * (len(phrases) > 1)}, such as {phrases[0]!r}"
        for owners, phrases in shared_phrases(knowledge).items()
    ]
    return Report(tuple(problems), tuple(notes))


def shared_phrases(knowledge: Knowledge) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Phrases, spelled out, by the concepts that claim them together: a note that holds one gets a finding of each."""
    owners: dict[str, list[str]] = defaultdict(list)
    for concept in knowledge.concepts.values():
        phrases = [*concept.phrases, *concept.absent_phrases, *(one.form for one in concept.ambiguous)]
        for plain in {one.lower() for phrase in phrases for one in expand(phrase, knowledge.words.classes)}:
            owners[plain].append(concept.id)
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for phrase, names in sorted(owners.items(), key=lambda one: (len(one[0]), one[0])):
        if len(names) > 1:
            together[tuple(names)].append(phrase)
    return {names: tuple(phrases) for names, phrases in sorted(together.items())}


def _unreachable(knowledge: Knowledge, layers: Layers, given: frozenset[str]) -> Iterator[str]:
    """Features, rules and red flags that ask only for what nothing can give, and hypotheses that hang on those."""
    files = {"feature": "features.yaml", "rule": "urgency.yaml", "red flag": "red_flags.yaml"}
    silent: set[str] = set()
    for what, name, condition in _conditions(knowledge):
        needed = triggers(condition)
        if what in files and needed and all(concept not in given for _, concept in needed):
            concepts = ", ".join(sorted({concept for _, concept in needed}))
            yield f"{_where(layers, files[what], name)}: {name}: can never hold, since nothing gives {concepts}"
            if what == "feature":
                silent.add(name)
    for name, hypothesis in knowledge.decisions.hypotheses.items():
        if hypothesis.gate and set(hypothesis.gate) <= silent:
            yield f"{_where(layers, 'hypotheses.yaml', name)}: {name}: no feature of its gate can ever hold"


def _conditions(knowledge: Knowledge) -> Iterator[tuple[str, str, Condition]]:
    decisions = knowledge.decisions
    for name, feature in decisions.features.items():
        yield "feature", name, feature.when
    for name, rule in decisions.rules.items():
        yield "rule", name, rule.when
        named = tuple(one.when for one in rule.names if one.when is not None)
        if named:
            yield "naming of rule", name, AnyOf(named)
    for name, flag in decisions.red_flags.items():
        yield "red flag", name, flag.when
        yield "denial of red flag", name, flag.denied
    for name, one in decisions.competing.items():
        yield "competing", name, one.when


def _strings(value: Any) -> Iterator[str]:
    """Every string in an entry, at any depth, but for the words that it is found by."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for _, inner in value:
            yield from _strings(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)


def _where(layers: Layers, file: str, name: str) -> str:
    source, path, _ = layers.entries(file)[name]
    return source.where(path)
