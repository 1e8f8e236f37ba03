"""The rules of ``patterns/measurements.yaml``, loaded and checked, with the movements of ``actions.yaml``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from popliteal.errors import PatternError
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.measurements import (
    Glue,
    Motion,
    NormalList,
    Quantity,
    Reflexes,
    Sensation,
    Sides,
    Sign,
    Strength,
    Strict,
    Temperature,
    Weakness,
)
from popliteal.knowledge.model import Model
from popliteal.knowledge.source import validate
from popliteal.knowledge.studies import ConductionTable, NeedleExamination, NeedleStudy, Statement

FILE = "measurements.yaml"
ACTIONS = "actions.yaml"

KINDS: dict[str, type[Strict]] = {
    "sides": Sides,
    "glue": Glue,
    "needle": NeedleStudy,
    "needle_examination": NeedleExamination,
    "conduction_table": ConductionTable,
    "strength": Strength,
    "weakness": Weakness,
    "normal_list": NormalList,
    "reflexes": Reflexes,
    "sign": Sign,
    "temperature": Temperature,
    "quantity": Quantity,
    "sensation": Sensation,
    "motion": Motion,
    "statement": Statement,
}
E = TypeVar("E", bound=Strict)


class Action(Model):
    """What this room needs of an entry of ``actions.yaml``."""

    model_config = ConfigDict(extra="ignore")

    muscles: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class MeasurementRules:
    """All of ``measurements.yaml`` by id, and the movements of ``actions.yaml``."""

    entries: dict[str, Strict]
    actions: dict[str, Action]

    def of(self, kind: type[E]) -> dict[str, E]:
        """The entries of one kind, by id."""
        return {key: entry for key, entry in self.entries.items() if isinstance(entry, kind)}

    @property
    def lost_sensation(self) -> frozenset[str]:
        """The concepts of lost sensation, of which each site named is a finding of its own."""
        return frozenset(modality.loss for one in self.of(Sensation).values() for modality in one.modalities.values())

    def one(self, kind: type[E]) -> E:
        """The single entry of a kind (``sides``, ``glue``)."""
        return next(iter(self.of(kind).values()))


def load_measurements(layers: Layers, concepts: Collection[str] | None = None) -> MeasurementRules:
    """The rules of all layers, validated; with ``concepts`` given, every concept named must be among them.

    Raises:
        PatternError: every problem found, each with file, line and entry.
    """
    problems: list[str] = []
    entries: dict[str, Strict] = {}
    for key, (source, path, data) in layers.entries(FILE).items():
        kind = data.get("kind") if isinstance(data, dict) else None
        if not isinstance(kind, str) or kind not in KINDS:
            problems.append(f"{source.where(path)}: {key}: kind: expected one of {', '.join(KINDS)}, got {kind!r}")
            continue
        try:
            entries[key] = validate(source, path, KINDS[kind], data)
        except PatternError as error:
            problems += error.problems
            continue
        problems += [
            f"{source.where(path)}: {key}: {name!r} is not a concept; add it to concepts/ or correct the name"
            for name in sorted(_concepts(entries[key]) - set(concepts or ()))
            if concepts is not None
        ]
    actions: dict[str, Action] = {}
    for key, (source, path, data) in layers.entries(ACTIONS).items():
        try:
            actions[key] = validate(source, path, Action, data)
        except PatternError as error:
            problems += error.problems
    problems += [
        f"{FILE}: expected one entry of kind {kind}; found {found}"
        for kind, model in KINDS.items()
        if kind in {"sides", "glue"} and (found := sum(isinstance(entry, model) for entry in entries.values())) != 1
    ]
    if problems:
        raise PatternError(problems)
    return MeasurementRules(entries, actions)


def _concepts(entry: BaseModel) -> set[str]:
    """Every concept id an entry names, at any depth."""
    found: set[str] = set()
    for name, value in entry:
        if name == "concept" or name.endswith("_concept"):
            found |= {value} if isinstance(value, str) else set()
        elif name == "concepts" and isinstance(value, dict):
            found |= {one for one in value.values() if isinstance(one, str)}
        elif isinstance(value, dict):
            for inner in value.values():
                found |= _concepts(inner) if isinstance(inner, BaseModel) else set()
    return found
