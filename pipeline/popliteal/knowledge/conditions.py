"""The condition language of the pattern files: what a feature, an urgency rule or a red flag asks of the findings.

A condition is plain YAML, checked when it is loaded, never evaluated as code::

    all / any / none: [condition, ...]          and, or, none of these
    {find: [concept, $set], qualifier: ...}     some finding of these concepts to which every qualifier applies
    some_term  or  {use: some_term, ...}        a named condition of terms.yaml; qualifiers reach every find in it
    {count: {at_least: 2, of: [condition, ...]}}
    {age: {over: 70}}                           the patient's age in years; unknown age is false

Qualifiers of ``find``, all of one and the same finding:

==========  =========================================================================================================
state       active (default: asserted or suspected, now), certain, suspected, denied, excluded (denied, and not of
            the past only: "no previous DVT" excludes nothing), past, stated (active or past), conditional (a
            precaution, a plan, a risk), any
site        [site, $set, null]; null is a finding without a site
side        any (default), both (one bilateral finding, or one on each leg)
lateral     true: the finding itself says left or right
new         days: began at most so long ago, or was called new; unknown timing is not new
within      days: as new, but unknown timing counts
older       days: began longer ago, by its days or by most of what its word of onset may mean; unknown timing is not
worse       true: called worsening
worse_over  days: called worsening over at most so many days, or rapidly; unknown timing is not
chronic     true: long-standing or stable and not worsening; false: anything else, unknown timing included
sudden      true: began suddenly
improving   true / false
dated       true: some time cue stands in the note
listed      true: named in the past history without a time cue: on record, not of today
value       {min: x, max: y}: a number; a finding without one does not count (``unmeasured: true``: it does)
text        [wording, ...]: the value in words, such as L5 or all
==========  =========================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, get_args

from popliteal.knowledge.source import Path_, Source

State = Literal["active", "certain", "suspected", "denied", "excluded", "past", "stated", "conditional", "any"]
STATES: frozenset[str] = frozenset(get_args(State))
IndexName = Literal["active", "denied", "everything"]
Trigger = tuple[IndexName, str]


@dataclass(frozen=True, slots=True)
class Find:
    """Some finding of ``concepts`` to which all that is not None applies."""

    concepts: frozenset[str]
    state: State = "active"
    sites: frozenset[str | None] | None = None
    both: bool = False
    new: float | None = None
    within: float | None = None
    older: float | None = None
    worse: bool | None = None
    worse_over: float | None = None
    chronic: bool | None = None
    sudden: bool | None = None
    improving: bool | None = None
    dated: bool | None = None
    lateral: bool | None = None
    listed: bool | None = None
    low: float | None = None
    high: float | None = None
    unmeasured: bool = False
    texts: frozenset[str] | None = None
    said: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """At least so many of the parts hold."""

    at_least: int
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Age:
    """The patient is known to be older than ``over`` and younger than ``under`` (years)."""

    over: float | None = None
    under: float | None = None


Condition: TypeAlias = Find | All | AnyOf | NoneOf | Count | Age


@dataclass(frozen=True)
class Vocabulary:
    """What a condition may name: concepts, sites, hypotheses, sets and numbers of terms.yaml, and finished terms."""

    concepts: frozenset[str]
    sites: frozenset[str]
    hypotheses: frozenset[str]
    sets: Mapping[str, frozenset[str]]
    numbers: Mapping[str, float]
    terms: Mapping[str, Condition]
    #: names of terms.yaml that some condition has asked for
    asked: set[str] = field(default_factory=set)


#: Qualifiers that are true or false.
_TRUTHS = frozenset({"worse", "chronic", "sudden", "improving", "dated", "lateral", "listed", "unmeasured"})
_BOOLEAN: dict[str, type[All | AnyOf | NoneOf]] = {"all": All, "any": AnyOf, "none": NoneOf}


class Reader:
    """Parses the conditions of one entry; every problem is noted with its file and line."""

    def __init__(self, source: Source, words: Vocabulary, problems: list[str]) -> None:
        self.source, self.words, self.problems = source, words, problems

    def problem(self, path: Path_, message: str) -> None:
        """Note one problem at ``path``."""
        entry = ".".join(str(part) for part in path)
        self.problems.append(f"{self.source.where(path)}: {entry}: {message}")

    def condition(self, data: object, path: Path_) -> Condition:
        """The condition written at ``path``; a malformed one is noted and reads as one that never holds."""
        if isinstance(data, str):
            return self._term(data, path)
        if isinstance(data, list):
            return All(self._parts(data, path))
        if not isinstance(data, dict) or not data:
            self.problem(path, "expected the name of a term, a mapping such as {find: [...]}, or a list of conditions")
            return AnyOf(())
        if "find" in data:
            return self._find(data, path)
        if "use" in data:
            term = self._term(data["use"], (*path, "use"))
            given = self._qualifiers({k: v for k, v in data.items() if k != "use"}, path)
            return refine(term, given)
        parts = [self._keyword(key, value, (*path, key)) for key, value in data.items()]
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _keyword(self, key: str, value: object, path: Path_) -> Condition:
        if key in _BOOLEAN:
            kind: type[All | AnyOf | NoneOf] = _BOOLEAN[key]
            if not isinstance(value, list):
                self.problem(path, f"{key} takes a list of conditions")
                return AnyOf(())
            return kind(self._parts(value, path))
        if key == "count" and isinstance(value, dict) and set(value) == {"at_least", "of"}:
            return Count(int(self._number(value["at_least"], path)), self._parts(value["of"], (*path, "of")))
        if key == "age" and isinstance(value, dict) and set(value) <= {"over", "under"} and value:
            return Age(**{bound: self._number(years, (*path, bound)) for bound, years in value.items()})
        self.problem(path, "unknown keyword; expected all, any, none, find, use, count or age")
        return AnyOf(())

    def _parts(self, data: object, path: Path_) -> tuple[Condition, ...]:
        items = data if isinstance(data, list) else []
        if not items:
            self.problem(path, "expected at least one condition")
        return tuple(self.condition(item, (*path, index)) for index, item in enumerate(items))

    def _term(self, name: object, path: Path_) -> Condition:
        found = self.words.terms.get(str(name))
        self.words.asked.add(str(name))
        if found is None:
            self.problem(path, f"no term {name!r} in terms.yaml (a term is defined before it is used)")
            return AnyOf(())
        return found

    def _find(self, data: dict[str, Any], path: Path_) -> Condition:
        names = data["find"] if isinstance(data["find"], list) else [data["find"]]
        concepts = self._expand(names, self.words.concepts, "concept", (*path, "find"))
        given = self._qualifiers({k: v for k, v in data.items() if k != "find"}, path)
        return replace(Find(frozenset(c for c in concepts if c is not None)), **given)

    def _expand(self, names: list[Any], known: frozenset[str], kind: str, path: Path_) -> list[str | None]:
        out: list[str | None] = []
        for name in names:
            if name is None:
                out.append(None)
            elif isinstance(name, str) and name.startswith("$"):
                members = self.words.sets.get(name[1:])
                self.words.asked.add(name[1:])
                if members is None:
                    self.problem(path, f"no set {name} in terms.yaml")
                out += sorted(members or ())
            elif name in known:
                out.append(str(name))
            else:
                self.problem(path, f"no {kind} {name!r}")
        return out

    def _qualifiers(self, data: dict[str, Any], path: Path_) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in data.items():
            here = (*path, key)
            if key == "state":
                if value not in STATES:
                    self.problem(here, f"state is one of {', '.join(sorted(STATES))}; got {value!r}")
                out["state"] = value
            elif key == "site":
                names = value if isinstance(value, list) else [value]
                out["sites"] = frozenset(self._expand(names, self.words.sites, "site", here))
            elif key == "side" and value in {"any", "both"}:
                out["both"] = value == "both"
            elif key in {"new", "within", "older", "worse_over"}:
                out[key] = self._number(value, here)
            elif key in _TRUTHS and isinstance(value, bool):
                out[key] = value
            elif key == "value" and isinstance(value, dict) and set(value) <= {"min", "max"}:
                out["low"] = self._number(value["min"], here) if "min" in value else None
                out["high"] = self._number(value["max"], here) if "max" in value else None
            elif key == "said" and isinstance(value, list):
                out["said"] = frozenset(str(word).lower() for word in value)
            elif key == "text":
                out["texts"] = frozenset(str(v).lower() for v in (value if isinstance(value, list) else [value]))
            else:
                self.problem(here, f"unknown qualifier, or a value it cannot take: {key}: {value!r:.40}")
        return out

    def _number(self, value: object, path: Path_) -> float:
        if isinstance(value, str) and value.startswith("$") and value[1:] in self.words.numbers:
            self.words.asked.add(value[1:])
            return self.words.numbers[value[1:]]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        self.problem(path, f"expected a number or a $NUMBER of terms.yaml, got {value!r}")
        return 0.0


def refine(condition: Condition, given: dict[str, Any]) -> Condition:
    """``condition`` with further qualifiers on every ``find`` in it that is not under ``none``."""
    if isinstance(condition, Find):
        return replace(condition, **given)
    if isinstance(condition, All | AnyOf | Count):
        return replace(condition, parts=tuple(refine(part, given) for part in condition.parts))
    return condition


def finds(condition: Condition, *, negative: bool = False) -> Iterator[Find]:
    """Every ``find`` that can make ``condition`` true (with ``negative``: every one that can make it false)."""
    if isinstance(condition, Find):
        if not negative:
            yield condition
    elif isinstance(condition, NoneOf):
        for part in condition.parts:
            yield from finds(part, negative=not negative)
    elif isinstance(condition, All | AnyOf | Count):
        for part in condition.parts:
            yield from finds(part, negative=negative)


def triggers(condition: Condition) -> frozenset[Trigger]:
    """What of which at least one must occur for ``condition`` to hold; empty where nothing need occur."""
    if isinstance(condition, Find):
        index = index_of(condition.state)
        return frozenset((index, concept) for concept in condition.concepts)
    if isinstance(condition, All):
        options = [found for part in condition.parts if (found := triggers(part))]
        return min(options, key=len, default=frozenset())
    if isinstance(condition, AnyOf | Count) and condition.parts:
        each = [triggers(part) for part in condition.parts]
        return frozenset().union(*each) if all(each) else frozenset()
    return frozenset()


def index_of(state: State) -> IndexName:
    """Which index of a note holds the findings of a state."""
    return (
        "denied"
        if state in {"denied", "excluded"}
        else "active"
        if state in {"active", "certain", "suspected"}
        else "everything"
    )


def needs_age(condition: Condition) -> bool:
    """Whether ``condition`` asks for the age, which is no finding."""
    if isinstance(condition, Age):
        return True
    return not isinstance(condition, Find) and any(needs_age(part) for part in condition.parts)
