"""The typed, frozen objects that say what findings mean, and the shape of the YAML entries that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from popliteal.knowledge.conditions import Condition, Find
from popliteal.knowledge.model import Model

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


class Reference(Model):
    """A source that tags of the other files name; ``check`` V was seen, M is cited from memory."""

    citation: str
    check: str


class Action(Model):
    """A movement: what makes it and what supplies it; ``roots`` begins with the main one. ``caution`` is for who reads
    the entry."""

    muscles: tuple[str, ...]
    nerve: str
    roots: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    caution: str | None = None
    source: tuple[str, ...]


class TermEntry(Model):
    """A number, a set of concepts, sites or kinds of sections, or a named condition of terms.yaml."""

    number: float | None = None
    concepts: tuple[str, ...] | None = None
    sites: tuple[str, ...] | None = None
    sections: tuple[str, ...] | None = None
    when: Any = None
    why: str | None = None
    source: tuple[str, ...]


class FeatureEntry(Model):
    """An entry of features.yaml."""

    group: str
    side: Side
    when: Any
    risk: bool = False
    states: bool = False
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    ask: Literal["exam", "history", "test"] | None = None
    asked_by: tuple[str, ...] = ()
    action: str | None = None
    text: str | None = None
    note: str | None = None
    source: tuple[str, ...] = ("DES",)


class WeightEntry(Model):
    """An entry of weights.yaml: points of one feature for each hypothesis."""

    weights: dict[str, float]
    why: str | None = None
    lr: str | None = None
    source: tuple[str, ...]


class Composite(Model):
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


class Link(Model):
    """How knee pain of the same side belongs to a nerve hypothesis: with one of ``with`` and none of ``without``."""

    name: Literal["direct", "referred"]
    with_: tuple[str, ...] = Field(alias="with")
    without: tuple[str, ...] = ()


class Leads(Model):
    """A feature that puts its hypothesis first once the score reaches ``at_least``."""

    feature: str
    at_least: float


class Hypothesis(Model):
    """One possible explanation: what it predicts, what argues against it, and the gate that it must pass.

    ``symmetric``: on both sides by its nature, so a side that nothing names is both. ``several``: of several nerves, so
    that its side is that of every sign of a nerve in the note, arms too.

    What is ``sensory``, ``spared``, ``motor``, ``provocative``, the ``reflexes``, ``pain``, ``default_urgency`` and
    ``codes_note`` are for who reads the entry, each with its source; nothing is concluded from them. Weights and the
    rules of urgency say what counts.
    """

    name: str
    kind: Kind
    scope: Literal["leg", "note"]
    prior: float
    symmetric: bool = False
    several: bool = False
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


class NameEntry(Model):
    """A hypothesis that a rule names, under a condition."""

    hypothesis: str
    when: Any = None


class RuleEntry(Model):
    """An entry of urgency.yaml."""

    tier: Tier
    name: str
    when: Any
    names: tuple[str | NameEntry, ...] = ()
    note: str | None = None
    source: tuple[str, ...]


class CompetingEntry(Model):
    """An entry of competing.yaml."""

    name: str
    when: Any
    set_aside: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    at: tuple[str | None, ...] = ()
    only: Literal["both"] | None = None
    scope: Literal["leg", "note"] = "leg"
    note: str | None = None
    source: tuple[str, ...]


class RedFlagEntry(Model):
    """An entry of red_flags.yaml."""

    label: str
    when: Any
    denied: Any = None
    source: tuple[str, ...]


class KeyFindingEntry(Model):
    """An entry of key_findings.yaml."""

    label: str
    side: Literal["one", "any"]
    find: list[Any]
    normal: list[Any] = []
    movement: str | None = None
    source: tuple[str, ...]


class SettingEntry(Model):
    """An entry of scoring.yaml."""

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

    ``states`` marks a diagnosis that the writer states. A feature counts only with one of the features ``needs``
    (where there are any) and with none of ``unless`` on the same leg.
    """

    id: str
    group: str
    side: Side
    when: Condition
    risk: bool
    states: bool
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

    On ``doubted`` ones alone no EMERGENCY rests: it becomes URGENT.

    ``at`` limits it to findings at these sites (None: those without one), ``only_both`` to concepts found on both legs.
    ``scope``: whether each leg is asked, or the whole note once for both.
    """

    id: str
    name: str
    when: Condition
    set_aside: frozenset[str]
    known: frozenset[str]
    doubted: frozenset[str]
    at: frozenset[str | None]
    only_both: bool
    scope: Literal["leg", "note"]


@dataclass(frozen=True, slots=True)
class KeyFinding:
    """What is followed over the notes of a patient: ``find`` tells that it is there, ``normal`` that it is not.

    ``sided``: each leg by itself. ``movement``: its findings carry MRC grades of this action.
    """

    id: str
    label: str
    sided: bool
    find: tuple[Find, ...]
    normal: tuple[Find, ...]
    movement: str | None


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
    key_findings: Mapping[str, KeyFinding]
    sets: Mapping[str, frozenset[str]]
    terms: Mapping[str, Condition]
