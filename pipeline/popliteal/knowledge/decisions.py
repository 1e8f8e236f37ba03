"""What findings mean: features, hypotheses, weights, urgency rules, red flags, as typed frozen objects.

The files are terms, features, hypotheses, weights, urgency, competing, red_flags, scoring, actions and references
(``.yaml``); ``docs/mapping.md`` explains them to a clinician. Everything is checked when it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from popliteal.errors import PatternError
from popliteal.knowledge.conditions import AnyOf, Condition, Find, Path_, Reader, Vocabulary, finds, triggers
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.source import Source, validate

M = TypeVar("M", bound="_Entry")
Tier = Literal["EMERGENCY", "URGENT", "SOON", "ROUTINE"]
Side = Literal["one", "both", "any"]
Kind = Literal[
    "peripheral_nerve",
    "root",
    "plexus",
    "polyneuropathy",
    "other_neuro",
    "dont_miss",
    "non_neural",
    "composite",
    "none",
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reference(_Entry):
    """A source that tags of the other files name; ``check`` V was seen, M is cited from memory."""

    citation: str
    check: str


class Action(_Entry):
    """A movement: what makes it and what supplies it; ``roots`` begins with the main one."""

    muscles: tuple[str, ...]
    nerve: str
    roots: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    caution: str | None = None
    source: tuple[str, ...]


class _Term(_Entry):
    number: float | None = None
    concepts: tuple[str, ...] | None = None
    sites: tuple[str, ...] | None = None
    when: Any = None
    why: str | None = None
    source: tuple[str, ...]


class _Feature(_Entry):
    group: str
    side: Side
    when: Any
    risk: bool = False
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    ask: Literal["exam", "history", "test"] | None = None
    asked_by: tuple[str, ...] = ()
    action: str | None = None
    text: str | None = None
    note: str | None = None
    source: tuple[str, ...] = ("DES",)


class _Weight(_Entry):
    weights: dict[str, float]
    why: str | None = None
    lr: str | None = None
    source: tuple[str, ...]


class Composite(_Entry):
    """When a joint disease and an independent nerve disorder are reported as two things at once."""

    base: str
    evidence: tuple[str, ...]
    evidence_otherwise: tuple[str, ...]
    first: tuple[str, ...]
    otherwise: tuple[str, ...]
    at_least: float
    ahead_of: str
    by: float
    without: tuple[str, ...]


class Link(_Entry):
    """How knee pain of the same side belongs to a nerve hypothesis: with one of ``with`` and none of ``without``."""

    name: Literal["direct", "referred"]
    with_: tuple[str, ...] = Field(alias="with")
    without: tuple[str, ...] = ()


class Leads(_Entry):
    """A feature that puts its hypothesis first once the score reaches ``at_least``."""

    feature: str
    at_least: float


class Hypothesis(_Entry):
    """One possible explanation: what it predicts, what argues against it, and the gate that it must pass."""

    name: str
    kind: Kind
    scope: Literal["leg", "note"]
    prior: float
    gate: tuple[str, ...]
    gate_also: tuple[str, ...] = ()
    excluded_by: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    note: str | None = None
    sensory: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    motor: tuple[str, ...] = ()
    reflexes: tuple[str, ...] = ()
    provocative: tuple[str, ...] = ()
    pain: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    default_urgency: str
    codes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    codes_note: str | None = None
    composite: Composite | None = None
    link: Link | None = None
    leads: Leads | None = None


class _Name(_Entry):
    hypothesis: str
    when: Any = None


class _Rule(_Entry):
    tier: Tier
    name: str
    when: Any
    names: tuple[str | _Name, ...] = ()
    note: str | None = None
    source: tuple[str, ...]


class _Competing(_Entry):
    name: str
    when: Any
    set_aside: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    only: Literal["both"] | None = None
    note: str | None = None
    source: tuple[str, ...]


class _RedFlag(_Entry):
    label: str
    when: Any
    denied: Any = None
    source: tuple[str, ...]


class _Setting(_Entry):
    number: float | None = None
    id: str | None = None
    why: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scoring:
    """Thresholds of the score (points; one point is a likelihood ratio of about 2.2) and the names of the fallbacks."""

    likely: float
    possible: float
    uncertain_factor: float
    bilateral_factor: float
    risk_cap: float
    tie: float
    nothing: str
    unclear: str
    level_unknown: str


@dataclass(frozen=True, slots=True)
class Feature:
    """A condition that weights speak of; ``risk`` features are causes and open no gate.

    It counts only with one of the features ``needs`` (where there are any) and with none of ``unless`` on the same leg.
    """

    id: str
    group: str
    side: Side
    when: Condition
    risk: bool
    needs: frozenset[str]
    unless: frozenset[str]
    ask: str | None
    asked_by: frozenset[str]
    action: str | None
    text: str
    weights: Mapping[str, float]
    why: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """A hypothesis that a rule puts on the table, and the condition under which it does (None: always)."""

    hypothesis: str
    when: Condition | None


@dataclass(frozen=True, slots=True)
class Rule:
    """An urgency rule: a tier and the sentence of why it asks for it."""

    id: str
    tier: Tier
    why: str
    when: Condition
    names: tuple[Named, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A question every note should answer: present, possible, denied or not documented."""

    id: str
    label: str
    when: Condition
    denied: Condition


@dataclass(frozen=True, slots=True)
class Competing:
    """An everyday explanation. While it holds, ``set_aside`` concepts are no evidence and ``known`` ones are old.

    ``at`` limits it to findings at these sites, ``only_both`` to concepts found on both legs.
    """

    id: str
    name: str
    when: Condition
    set_aside: frozenset[str]
    known: frozenset[str]
    at: frozenset[str]
    only_both: bool


@dataclass(frozen=True, eq=False)
class Decisions:
    """Everything the mapping knows; compared and hashed by identity, so that an engine is built once for it."""

    features: Mapping[str, Feature]
    hypotheses: Mapping[str, Hypothesis]
    rules: Mapping[str, Rule]
    red_flags: Mapping[str, RedFlag]
    competing: Mapping[str, Competing]
    scoring: Scoring
    actions: Mapping[str, Action]
    references: Mapping[str, Reference]
    sets: Mapping[str, frozenset[str]]
    terms: Mapping[str, Condition] = field(default_factory=dict)


class _Loader:
    """Reads the files in order and gathers every problem before it complains."""

    def __init__(self, layers: Layers, concepts: frozenset[str], sites: frozenset[str]) -> None:
        self.layers, self.problems = layers, list[str]()
        self.words = Vocabulary(concepts, sites, frozenset(), {}, {}, {})

    def table(self, name: str, model: type[M]) -> dict[str, tuple[Source, Path_, M]]:
        """The entries of one file as models; malformed ones are noted and left out."""
        out: dict[str, tuple[Source, Path_, M]] = {}
        for key, (source, path, data) in self.layers.entries(name).items():
            try:
                out[key] = (source, path, validate(source, path, model, data))
            except PatternError as error:
                self.problems += error.problems
        return out

    def reader(self, source: Source) -> Reader:
        return Reader(source, self.words, self.problems)

    def note(self, source: Source, path: Path_, message: str) -> None:
        self.reader(source).problem(path, message)

    def terms(self) -> tuple[dict[str, frozenset[str]], dict[str, Condition]]:
        """Numbers and sets first, then the named conditions in the order in which they stand."""
        sets, numbers, terms = dict[str, frozenset[str]](), dict[str, float](), dict[str, Condition]()
        table = self.table("terms.yaml", _Term)
        for key, (source, path, entry) in table.items():
            given = [k for k in ("number", "concepts", "sites", "when") if getattr(entry, k) is not None]
            if len(given) != 1:
                self.note(source, path, "needs exactly one of number, concepts, sites, when")
            if entry.number is not None:
                numbers[key] = entry.number
            for kind, known in (("concepts", self.words.concepts), ("sites", self.words.sites)):
                members = getattr(entry, kind)
                if members is not None:
                    sets[key] = frozenset(members)
                    for name in sorted(set(members) - known):
                        self.note(source, (*path, kind), f"no {kind[:-1]} {name!r}")
        self.words = Vocabulary(self.words.concepts, self.words.sites, self.words.hypotheses, sets, numbers, terms)
        for key, (source, path, entry) in table.items():
            if entry.when is not None:
                terms[key] = self.reader(source).condition(entry.when, (*path, "when"))
        return sets, terms

    def features(self, table: dict[str, tuple[Source, Path_, _Feature]]) -> dict[str, Feature]:
        """Features with their weights."""
        weights = self.table("weights.yaml", _Weight)
        for key, (source, path, weight) in weights.items():
            if key not in table:
                self.note(source, path, "no such feature in features.yaml")
            for unknown in sorted(set(weight.weights) - self.words.hypotheses):
                self.note(source, (*path, "weights"), f"no hypothesis {unknown!r} in hypotheses.yaml")
        out = {}
        for key, (source, path, entry) in table.items():
            when = self.reader(source).condition(entry.when, (*path, "when"))
            found = weights.get(key)
            out[key] = Feature(
                key, entry.group, entry.side, when, entry.risk, frozenset(entry.needs), frozenset(entry.unless),
                entry.ask, frozenset(entry.asked_by), entry.action,
                entry.text or key.replace("_", " "), found[2].weights if found else {}, found[2].why if found else None,
            )  # fmt: skip
        return out

    def rules(self) -> dict[str, Rule]:
        """Urgency rules; a rule that no finding can ever make true is a problem."""
        out = {}
        for key, (source, path, entry) in self.table("urgency.yaml", _Rule).items():
            reader = self.reader(source)
            names = []
            for index, name in enumerate(entry.names):
                named = _Name(hypothesis=name) if isinstance(name, str) else name
                here = (*path, "names", index)
                if named.hypothesis not in self.words.hypotheses:
                    self.note(source, here, f"no hypothesis {named.hypothesis!r} in hypotheses.yaml")
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
        for key, (source, path, entry) in self.table("competing.yaml", _Competing).items():
            when = self.reader(source).condition(entry.when, (*path, "when"))
            for name in sorted({*entry.set_aside, *entry.known} - self.words.concepts):
                self.note(source, path, f"no concept {name!r}")
            if not triggers(when) or not (entry.set_aside or entry.known):
                self.note(source, path, "has no effect: it needs a condition on findings, and set_aside or known")
            for site in sorted(set(entry.at) - self.words.sites):
                self.note(source, path, f"no site {site!r}")
            out[key] = Competing(
                key, entry.name, when, frozenset(entry.set_aside), frozenset(entry.known), frozenset(entry.at),
                entry.only == "both",
            )  # fmt: skip
        return out

    def red_flags(self) -> dict[str, RedFlag]:
        """Red flags; a denial of what makes one present is added to its ``denied``."""
        out = {}
        for key, (source, path, entry) in self.table("red_flags.yaml", _RedFlag).items():
            reader = self.reader(source)
            when = reader.condition(entry.when, (*path, "when"))
            denials: list[Condition] = [
                Find(found.concepts, state="denied", sites=found.sites) for found in finds(when)
            ]
            if entry.denied is not None:
                denials.append(reader.condition(entry.denied, (*path, "denied")))
            out[key] = RedFlag(key, entry.label, when, AnyOf(tuple(denials)))
        return out

    def scoring(self) -> Scoring:
        """The settings of scoring.yaml; all of them are needed."""
        found = {key: setting for key, (_, _, setting) in self.table("scoring.yaml", _Setting).items()}
        wanted = {f.name: f.type for f in fields(Scoring)}
        values: dict[str, Any] = {}
        for key, kind in wanted.items():
            value = (found[key].number if kind == "float" else found[key].id) if key in found else None
            if value is None:
                self.problems.append(
                    f"scoring.yaml: {key}: missing; expected a {'number' if kind == 'float' else 'id'}"
                )
            values[key] = value
        self.problems += [f"scoring.yaml: {key}: unknown setting" for key in sorted(set(found) - set(wanted))]
        return Scoring(**values)


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
    entries = loader.table("features.yaml", _Feature)
    features = loader.features(entries)
    decisions = Decisions(
        features=features,
        hypotheses={key: entry for key, (_, _, entry) in hypotheses.items()},
        rules=loader.rules(),
        red_flags=loader.red_flags(),
        competing=loader.competing(),
        scoring=loader.scoring(),
        actions={key: entry for key, (_, _, entry) in loader.table("actions.yaml", Action).items()},
        references={key: entry for key, (_, _, entry) in loader.table("references.yaml", Reference).items()},
        sets=sets,
        terms=terms,
    )
    if loader.problems:
        raise PatternError(sorted(set(loader.problems), key=loader.problems.index))
    return decisions
