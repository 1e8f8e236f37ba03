"""What findings mean: features, hypotheses, weights, urgency rules and red flags, loaded and checked.

The files are terms, features, hypotheses, weights, urgency, competing, red_flags, key_findings, scoring, actions and
references (``.yaml``); ``docs/mapping.md`` explains them to a clinician.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from popliteal.errors import PatternError
from popliteal.knowledge.conditions import AnyOf, Condition, Find, Reader, Vocabulary, finds, needs_age, triggers
from popliteal.knowledge.decision_models import (
    Action,
    Competing,
    CompetingEntry,
    Decisions,
    Feature,
    FeatureEntry,
    Hypothesis,
    KeyFinding,
    KeyFindingEntry,
    Named,
    NameEntry,
    RedFlag,
    RedFlagEntry,
    Reference,
    Rule,
    RuleEntry,
    Scoring,
    SettingEntry,
    TermEntry,
    WeightEntry,
)
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.model import Model
from popliteal.knowledge.sections import KINDS
from popliteal.knowledge.source import Path_, Source, validate

__all__ = ["Decisions", "load_decisions"]

M = TypeVar("M", bound=Model)
Table = dict[str, tuple[Source, Path_, M]]

#: What the engine itself asks of terms.yaml.
_ENGINE_SETS = (
    "subject", "upper_body", "upper_body_concepts", "sideless", "quiet", "nerve_sign", "nerve_named", "arm_sign",
    "face_sign", "hemi_sign", "cord_named", "umn_sign", "sided_pain", "subject_excluded",
    "normal_examination", "past_lists",
)  # fmt: skip
_ENGINE_TERMS = ("undecided", "subject_by_place")


class _Loader:
    """Reads the files in order and gathers every problem before it complains."""

    def __init__(self, layers: Layers, concepts: frozenset[str], sites: frozenset[str]) -> None:
        self.layers, self.problems = layers, list[str]()
        self.words = Vocabulary(concepts, sites, frozenset(), {}, {}, {})
        self.sources: set[str] = set(layers.entries("references.yaml"))

    def table(self, name: str, model: type[M]) -> Table[M]:
        """The entries of one file as models; malformed ones are noted and left out, and so are unknown sources."""
        out: Table[M] = {}
        for key, (source, path, data) in self.layers.entries(name).items():
            try:
                entry = validate(source, path, model, data)
            except PatternError as error:
                self.problems += error.problems
                continue
            out[key] = (source, path, entry)
            for tag in getattr(entry, "source", ()):
                if tag != "seed" and tag.removeprefix("S:") not in self.sources:
                    self.note(source, (*path, "source"), f"no source {tag!r} in references.yaml")
        return out

    def reader(self, source: Source) -> Reader:
        return Reader(source, self.words, self.problems)

    def ids(self, source: Source, path: Path_, names: Iterable[str], known: Iterable[str], kind: str) -> None:
        """Note every name that is not a known id."""
        for name in sorted(set(names) - set(known)):
            self.note(source, path, f"no {kind} {name!r}")

    def note(self, source: Source, path: Path_, message: str) -> None:
        self.reader(source).problem(path, message)

    def terms(self) -> tuple[dict[str, frozenset[str]], dict[str, Condition]]:
        """Numbers and sets first, then the named conditions in the order in which they stand."""
        sets, numbers, terms = dict[str, frozenset[str]](), dict[str, float](), dict[str, Condition]()
        table = self.table("terms.yaml", TermEntry)
        for key, (source, path, entry) in table.items():
            given = [k for k in ("number", "concepts", "sites", "sections", "when") if getattr(entry, k) is not None]
            if len(given) != 1:
                self.note(source, path, "needs exactly one of number, concepts, sites, sections, when")
            if entry.number is not None:
                numbers[key] = entry.number
            kinds = {"concepts": self.words.concepts, "sites": self.words.sites, "sections": KINDS}
            for kind, known in kinds.items():
                members = getattr(entry, kind)
                if members is not None:
                    sets[key] = frozenset(members)
                    self.ids(source, (*path, kind), members, known, kind[:-1])
        self.words = replace(self.words, sets=sets, numbers=numbers, terms=terms)
        for key, (source, path, entry) in table.items():
            if entry.when is not None:
                terms[key] = self.reader(source).condition(entry.when, (*path, "when"))
        return sets, terms

    def features(self, table: Table[FeatureEntry], actions: Iterable[str]) -> dict[str, Feature]:
        """Features with their weights."""
        known, movements = set(table), set(actions)
        weights = self.table("weights.yaml", WeightEntry)
        for key, (source, path, weight) in weights.items():
            self.ids(source, path, [key], known, "feature")
            self.ids(source, (*path, "weights"), weight.weights, self.words.hypotheses, "hypothesis")
        out = {}
        for key, (source, path, entry) in table.items():
            when = self.reader(source).condition(entry.when, (*path, "when"))
            self.ids(source, (*path, "needs"), entry.needs, known, "feature")
            self.ids(source, (*path, "unless"), entry.unless, known, "feature")
            self.ids(source, (*path, "asked_by"), entry.asked_by, self.words.concepts, "concept")
            self.ids(source, (*path, "action"), filter(None, [entry.action]), movements, "action")
            if not triggers(when) and not needs_age(when):
                self.note(source, path, "dead feature: no finding can make it true, or it holds without any finding")
            found = weights.get(key)
            out[key] = Feature(
                key, entry.group, entry.side, when, entry.risk, entry.states,
                frozenset(entry.needs), frozenset(entry.unless), entry.ask, frozenset(entry.asked_by), entry.action,
                entry.text or key.replace("_", " "), found[2].weights if found else {}, found[2].why if found else None,
            )  # fmt: skip
        return out

    def rules(self) -> dict[str, Rule]:
        """Urgency rules; a rule that no finding can ever make true is a problem."""
        out = {}
        for key, (source, path, entry) in self.table("urgency.yaml", RuleEntry).items():
            reader = self.reader(source)
            names = []
            for index, name in enumerate(entry.names):
                named = NameEntry(hypothesis=name) if isinstance(name, str) else name
                here = (*path, "names", index)
                self.ids(source, here, [named.hypothesis], self.words.hypotheses, "hypothesis")
                when = None if named.when is None else reader.condition(named.when, (*here, "when"))
                names.append(Named(named.hypothesis, when))
            when = reader.condition(entry.when, (*path, "when"))
            if not triggers(when):
                self.note(source, path, "dead rule: no finding can fire it, or it holds without any finding")
            out[key] = Rule(key, entry.tier, entry.name, when, tuple(names), entry.source)
        return out

    def competing(self) -> dict[str, Competing]:
        """Everyday explanations; one that takes nothing off the table is a problem."""
        out = {}
        for key, (source, path, entry) in self.table("competing.yaml", CompetingEntry).items():
            when = self.reader(source).condition(entry.when, (*path, "when"))
            self.ids(source, path, {*entry.set_aside, *entry.known, *entry.doubted}, self.words.concepts, "concept")
            self.ids(source, (*path, "at"), {site for site in entry.at if site is not None}, self.words.sites, "site")
            if not triggers(when) or not (entry.set_aside or entry.known or entry.doubted):
                self.note(
                    source, path, "has no effect: it needs a condition on findings, and set_aside, known or doubted"
                )
            out[key] = Competing(
                key, entry.name, when, frozenset(entry.set_aside), frozenset(entry.known), frozenset(entry.doubted),
                frozenset(entry.at), entry.only == "both", entry.scope,
            )  # fmt: skip
        return out

    def red_flags(self) -> dict[str, RedFlag]:
        """Red flags; a denial of what makes one present is added to its ``denied``."""
        out = {}
        for key, (source, path, entry) in self.table("red_flags.yaml", RedFlagEntry).items():
            reader = self.reader(source)
            when = reader.condition(entry.when, (*path, "when"))
            denials: list[Condition] = [
                Find(found.concepts, state="denied", sites=found.sites) for found in finds(when)
            ]
            if entry.denied is not None:
                denials.append(reader.condition(entry.denied, (*path, "denied")))
            out[key] = RedFlag(key, entry.label, when, AnyOf(tuple(denials)))
        return out

    def key_findings(self, actions: Iterable[str]) -> dict[str, KeyFinding]:
        """What is followed over time; what it asks for is plain: concepts, sites and a value in words."""
        out, movements = {}, set(actions)
        for key, (source, path, entry) in self.table("key_findings.yaml", KeyFindingEntry).items():
            self.ids(source, (*path, "movement"), filter(None, [entry.movement]), movements, "action")
            parts = {name: self.plain(source, (*path, name), getattr(entry, name)) for name in ("find", "normal")}
            if not parts["find"]:
                self.note(source, (*path, "find"), "finds nothing; it needs a {find: [concept, ...]}")
            out[key] = KeyFinding(
                key, entry.label, entry.side == "one", parts["find"], parts["normal"], entry.movement
            )  # fmt: skip
        return out

    def plain(self, source: Source, path: Path_, given: Iterable[Any]) -> tuple[Find, ...]:
        """Conditions that look for findings and ask of them no more than the site and the value in words."""
        found = []
        for index, one in enumerate(given):
            condition = self.reader(source).condition(one, (*path, index))
            if isinstance(condition, Find) and condition == Find(
                condition.concepts, sites=condition.sites, texts=condition.texts
            ):
                found.append(condition)
            else:
                self.note(source, (*path, index), "expected {find: [...]} with no qualifiers but site and text")
        return tuple(found)

    def scoring(self) -> Scoring:
        """The settings of scoring.yaml; all of them are needed."""
        found = {key: setting for key, (_, _, setting) in self.table("scoring.yaml", SettingEntry).items()}
        wanted = {f.name: f.type for f in fields(Scoring)}
        values: dict[str, Any] = {}
        for key, kind in wanted.items():
            value = (found[key].number if kind == "float" else found[key].id) if key in found else None
            if value is None:
                self.problems.append(
                    f"scoring.yaml: {key}: missing; expected a {'number' if kind == 'float' else 'id'}"
                )
            values[key] = value
            if kind != "float" and value is not None and value not in self.words.hypotheses:
                self.problems.append(f"scoring.yaml: {key}: no hypothesis {value!r}")
        self.problems += [f"scoring.yaml: {key}: unknown setting" for key in sorted(set(found) - set(wanted))]
        return Scoring(**values)

    def reachable(self, hypotheses: Table[Hypothesis], features: dict[str, Feature], at: Table[FeatureEntry]) -> None:
        """Note what names an unknown feature, and features and hypotheses that nothing can bring up."""
        used = {name for f in features.values() for name in (*f.needs, *f.unless)}
        for source, path, entry in hypotheses.values():
            names = {*entry.gate, *entry.gate_also, *entry.excluded_by}
            if entry.link:
                names |= {*entry.link.with_, *entry.link.without}
            if entry.leads:
                names.add(entry.leads.feature)
            if entry.composite:
                rule = entry.composite
                names |= {*rule.evidence, *rule.evidence_otherwise, *rule.without}
                parts = {rule.base, rule.ahead_of, *rule.first, *rule.otherwise}
                self.ids(source, (*path, "composite"), parts, self.words.hypotheses, "hypothesis")
            self.ids(source, path, names, features, "feature")
            used |= names
        for key, feature in features.items():
            if not feature.weights and key not in used:
                source, path, _ = at[key]
                self.note(source, path, "unreachable feature: no weight, no gate and no other feature uses it")
        supported = {h for f in features.values() for h, points in f.weights.items() if points > 0}
        for key, (source, path, entry) in hypotheses.items():
            if entry.kind not in {"none", "composite"} and (key not in supported or not entry.gate):
                self.note(source, path, "unreachable hypothesis: it needs a gate and at least one weight above 0")

    def unused_terms(self) -> None:
        """Note sets, numbers and terms of terms.yaml that nothing asks for, and those that the engine misses."""
        for name in _ENGINE_SETS:
            if name not in self.words.sets:
                self.problems.append(f"terms.yaml: {name}: missing; the engine needs this set")
        for name in _ENGINE_TERMS:
            if name not in self.words.terms:
                self.problems.append(f"terms.yaml: {name}: missing; the engine needs this condition")
        for key, (source, path, _) in self.layers.entries("terms.yaml").items():
            if key not in self.words.asked and key not in {*_ENGINE_SETS, *_ENGINE_TERMS}:
                self.note(source, path, "nothing uses it; use it or remove it")


def load_decisions(layers: Layers, concept_ids: set[str], site_ids: set[str]) -> Decisions:
    """Read and check everything the mapping knows.

    Raises:
        PatternError: every problem found, each with file and line: unknown concepts, sites, features, hypotheses or
            sources; rules that cannot fire; features that nothing uses; hypotheses that nothing can reach.
    """
    loader = _Loader(layers, frozenset(concept_ids), frozenset(site_ids))
    hypotheses = loader.table("hypotheses.yaml", Hypothesis)
    loader.words = replace(loader.words, hypotheses=frozenset(hypotheses))
    sets, terms = loader.terms()
    actions = loader.table("actions.yaml", Action)
    entries = loader.table("features.yaml", FeatureEntry)
    features = loader.features(entries, actions)
    loader.reachable(hypotheses, features, entries)
    decisions = Decisions(
        features=features,
        hypotheses={key: entry for key, (_, _, entry) in hypotheses.items()},
        rules=loader.rules(),
        red_flags=loader.red_flags(),
        competing=loader.competing(),
        scoring=loader.scoring(),
        actions={key: entry for key, (_, _, entry) in actions.items()},
        references={key: entry for key, (_, _, entry) in loader.table("references.yaml", Reference).items()},
        key_findings=loader.key_findings(actions),
        sets=sets,
        terms=terms,
    )
    loader.unused_terms()
    if loader.problems:
        raise PatternError(list(dict.fromkeys(loader.problems)))
    return decisions
