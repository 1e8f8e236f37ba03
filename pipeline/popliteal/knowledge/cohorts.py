"""Criteria of cohorts: who is in a study, by what stands in which note and when. ``docs/screen.md`` explains the YAML.

A definition has an index event and criteria to include and exclude. What they look for is a list of *clauses*, one of
which is enough; a clause is one *term*, or several that must hold in the same note. Ids are checked here against the
other patterns, so that a criterion never waits in silence for a concept that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from popliteal.errors import PatternError
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.model import Model
from popliteal.knowledge.parsing import read
from popliteal.knowledge.source import Path_, Source, near, validate
from popliteal.schema import Assertion, Course, Grade, Laterality, Onset, RedFlagStatus, Temporality, Urgency

if TYPE_CHECKING:
    from popliteal.knowledge import Knowledge

__all__ = ["Clause", "Cohort", "Criterion", "Index", "Term", "Vocabulary", "Window", "load_cohorts", "read_cohort"]

ID = re.compile(r"[a-z][a-z0-9_]*")
#: Names that the screening itself gives: the index event and its washout.
RESERVED = ("index", "washout")

_WHEN = re.compile(
    r"more than (?P<past>\d+) days? before index"
    r"|within (?P<days>\d+) days? (?P<side>of|before|after) index"
    r"|(?P<plain>on or before|on or after|before|after|on) index"
    r"|(?P<note>in the index note)"
)
_PLAIN = {"before": (None, -1), "on or before": (None, 0), "on": (0, 0), "on or after": (0, None), "after": (1, None)}


@dataclass(frozen=True, slots=True)
class Window:
    """Days from the index date to the evidence, both ends included; None is open. ``same_note``: of the index event."""

    low: int | None = None
    high: int | None = None
    same_note: bool = False


def parse_window(words: object) -> Window:
    """The window that ``within 90 days before index`` and the like stand for.

    Raises:
        ValueError: the words are none of the forms known.
    """
    match = _WHEN.fullmatch(words) if isinstance(words, str) else None
    if match is None:
        raise ValueError(
            "expected 'within N days of index' (or 'before', 'after'), 'more than N days before index', 'before index',"
            " 'on or before index', 'on index', 'on or after index', 'after index', or 'in the index note'"
        )
    if match["note"]:
        return Window(same_note=True)
    if match["plain"]:
        return Window(*_PLAIN[match["plain"]])
    if match["past"]:
        return Window(None, -int(match["past"]) - 1)
    days = int(match["days"])
    return Window(-days if match["side"] != "after" else 0, days if match["side"] != "before" else 0)


def _iso(value: object) -> object:
    """YAML makes dates of what looks like one; the tables hold strings."""
    return value.isoformat() if isinstance(value, date) else value


def _calendar(value: str) -> str:
    return date.fromisoformat(value).isoformat()


Day = Annotated[str, BeforeValidator(_iso), AfterValidator(_calendar)]


class Range(Model):
    """Numbers from ``min`` to ``max``, both included; None is open."""

    min: float | None = None
    max: float | None = None


class Between(Model):
    """Calendar days from ``first`` to ``last``, both included; None is open."""

    first: Day | None = None
    last: Day | None = None


class Term(Model):
    """What one row of the tables must be. Exactly one of ``find``, ``category``, ``hypothesis``, ``rule``, ``tier``,
    ``red_flag`` and ``note_type`` alone says which table; ``note_type`` may also narrow the others.

    A finding that is ``possible`` where ``present`` is asked for, and a hypothesis that is ``possible`` where
    ``likely`` is, count as uncertain evidence (``doubt: false``: they do not count). ``text`` is the value in words,
    ``words`` something that the finding's own words must hold (uncertain where the tables were written without text).
    ``dated: event`` puts a finding at the day on which it began or was done, as the note says, instead of the day of
    the note; an old one without a day lies somewhere before the note.
    """

    find: list[str] = []
    category: list[str] = []
    site: list[str | None] = []
    side: list[Laterality] = []
    assertion: list[Assertion] = ["present"]
    temporality: list[Temporality] = ["current"]
    onset: list[Onset] = []
    course: list[Course] = []
    onset_days: Range | None = None
    value: Range | None = None
    unmeasured: bool = False
    text: list[str] = []
    words: list[str] = []
    dated: Literal["note", "event"] = "note"
    hypothesis: list[str] = []
    grade: Grade = "likely"
    rank: int | None = Field(default=None, ge=1)
    rule: list[str] = []
    tier: Urgency | None = None
    red_flag: list[str] = []
    status: list[RedFlagStatus] = ["present"]
    note_type: list[str] = []
    doubt: bool = True

    @property
    def kind(self) -> str:
        """``finding``, ``hypothesis``, ``rule``, ``tier``, ``red_flag`` or ``note_type``."""
        if self.find or self.category:
            return "finding"
        kinds = ("hypothesis", "rule", "tier", "red_flag")
        return next((kind for kind in kinds if getattr(self, kind)), "note_type")

    @model_validator(mode="after")
    def _one_kind(self) -> Term:
        kinds = [k for k in ("hypothesis", "rule", "tier", "red_flag") if getattr(self, k)]
        kinds += ["find"] if self.find or self.category else []
        if len(kinds) > 1 or not (kinds or self.note_type):
            raise ValueError("expected one of find, category, hypothesis, rule, tier, red_flag, note_type")
        given = self.model_fields_set
        misplaced = [name for kind, names in _BELONGS.items() if kind != self.kind for name in names if name in given]
        if misplaced:
            raise ValueError(f"{misplaced[0]} says nothing about a {self.kind}; remove it")
        return self


_FINDING = (
    "site", "side", "assertion", "temporality", "onset", "course", "onset_days", "value", "unmeasured", "text",
    "words", "dated",
)  # fmt: skip
_BELONGS = {"finding": _FINDING, "hypothesis": ("grade", "rank"), "red_flag": ("status",)}


class Clause(Model):
    """Terms that all hold in one note, and on one side of the body, while none of ``unless`` does."""

    all: list[Term] = Field(min_length=1)
    unless: list[Term] = []

    @model_validator(mode="before")
    @classmethod
    def _single(cls, data: object) -> object:
        """A bare term is the clause of that term."""
        if isinstance(data, dict) and "all" not in data:
            inner = {key: value for key, value in data.items() if key != "unless"}
            return {"all": [inner], "unless": data.get("unless", [])}
        return data


class AtLeast(Model):
    """So many notes (copies count once), or notes on so many days."""

    notes: int | None = Field(default=None, ge=1)
    days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one(self) -> AtLeast:
        if (self.notes is None) == (self.days is None):
            raise ValueError("expected notes: N or days: N")
        return self


def _window(value: object) -> Window:
    return value if isinstance(value, Window) else parse_window(value)


class Index(Model):
    """The event that a patient enters with. ``washout`` days without such an event must lie before it (``ever``: it is
    the first). Of several events the first that meets all criteria counts, with ``which: first`` the first of all."""

    label: str
    any: list[Clause] = Field(min_length=1)
    washout: Annotated[int, Field(ge=1)] | Literal["ever"] | None = None
    which: Literal["any", "first"] = "any"
    dates: Between | None = None


class Criterion(Model):
    """One line of the flow: evidence (``any``, with where it must lie), or something about the patient.

    ``same_side``: as the index event. ``age`` is in whole years on the index date. ``doubt: false``:
    uncertain evidence does not count.
    """

    label: str
    any: list[Clause] = []
    when: Annotated[Window, BeforeValidator(_window)] = Window()
    same_side: bool = False
    at_least: AtLeast | None = None
    doubt: bool = True
    age: Range | None = None
    sex: list[str] = []
    why: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Criterion:
        if sum([bool(self.any), self.age is not None, bool(self.sex)]) != 1:
            raise ValueError("expected exactly one of any, age, sex")
        return self


class Cohort(Model):
    """A definition, ready to be compiled: who is in, who is out, and from when."""

    id: str
    name: str
    description: str
    source: list[str] = Field(min_length=1)
    index: Index
    include: dict[str, Criterion] = {}
    exclude: dict[str, Criterion] = {}

    @property
    def criteria(self) -> Iterator[tuple[str, str, Criterion]]:
        """``(role, id, criterion)`` in the order of the flow."""
        for role in ("include", "exclude"):
            for name, criterion in getattr(self, role).items():
                yield role, name, criterion


@dataclass(frozen=True)
class Vocabulary:
    """What a definition may name."""

    finding: frozenset[str]
    category: frozenset[str]
    site: frozenset[str]
    hypothesis: frozenset[str]
    rule: frozenset[str]
    red_flag: frozenset[str]
    source: frozenset[str]
    sets: Mapping[str, frozenset[str]]


def vocabulary(knowledge: Knowledge) -> Vocabulary:
    """The ids that the rest of the patterns define."""
    decisions = knowledge.decisions
    concepts = knowledge.concepts
    return Vocabulary(
        finding=frozenset(concepts),
        category=frozenset(concept.category for concept in concepts.values()),
        site=frozenset(knowledge.sites),
        hypothesis=frozenset(decisions.hypotheses),
        rule=frozenset(decisions.rules),
        red_flag=frozenset(decisions.red_flags),
        source=frozenset(decisions.references),
        sets=decisions.sets,
    )


def load_cohorts(layers: Layers, words: Vocabulary) -> dict[str, Cohort]:
    """The definitions in ``cohorts/`` of all layers, by id; a set of patterns may have none.

    Raises:
        PatternError: every problem, one a line, with file, line, entry and what was expected.
    """
    sources = list(layers.files("cohorts"))
    if not sources:
        return {}
    several = [f"{one.file}:1: expected one definition" for one in sources if len(one.data or ()) != 1]
    if several:
        raise PatternError(several)
    return _gather({key: (source, path) for key, (source, path, _) in layers.entries("cohorts").items()}, words)


def read_cohort(file: Path, words: Vocabulary) -> Cohort:
    """The one definition in a file.

    Raises:
        PatternError: it cannot be read, does not hold exactly one definition, or that is wrong.
    """
    source = read(file)
    if not isinstance(source.data, dict) or len(source.data) != 1:
        raise PatternError([f"{file}:1: expected one definition, as 'id:' with its entries indented below it"])
    return next(iter(_gather({key: (source, (key,)) for key in source.data}, words).values()))


def _gather(entries: Mapping[str, tuple[Source, Path_]], words: Vocabulary) -> dict[str, Cohort]:
    found: dict[str, Cohort] = {}
    problems: list[str] = []
    for key, (source, path) in entries.items():
        data = source.data[key]
        if not isinstance(data, dict):
            problems.append(f"{source.where(path)}: {key}: expected a mapping")
            continue
        reader = _Reader(source, words, problems)
        before = len(problems)
        data = reader.expanded(data, path)
        if len(problems) > before:  # a set that is empty for being unknown would only be told again
            continue
        try:
            found[key] = cohort = validate(source, path, Cohort, {"id": key, **data})
        except PatternError as error:
            problems += error.problems
            continue
        reader.check(cohort, path)
    if problems:
        raise PatternError(problems)
    return found


@dataclass(frozen=True)
class _Reader:
    """Sets of terms.yaml in place of their names, and every id that is unknown as a problem."""

    source: Source
    words: Vocabulary
    problems: list[str]

    def note(self, path: Path_, message: str) -> None:
        entry = ".".join(str(part) for part in path)
        self.problems.append(f"{self.source.where(path)}: {entry}: {message}")

    def expanded(self, data: Any, path: Path_) -> Any:
        """``data`` with each ``$set`` in a list replaced by its members, in order of the alphabet."""
        if isinstance(data, dict):
            return {key: self.expanded(value, (*path, key)) for key, value in data.items()}
        if isinstance(data, list):
            return [item for index, value in enumerate(data) for item in self._members(value, (*path, index))]
        return data

    def _members(self, value: Any, path: Path_) -> list[Any]:
        if not (isinstance(value, str) and value.startswith("$")):
            return [self.expanded(value, path)]
        members = self.words.sets.get(value[1:])
        if members is None:
            self.note(path, f"no set {value!r} in terms.yaml")
        return sorted(members or ())

    def check(self, cohort: Cohort, path: Path_) -> None:
        """Note every id that the patterns do not define, and every name that is taken."""
        self.ids(path, [cohort.id], None, "id")
        self.ids((*path, "source"), (tag.removeprefix("S:") for tag in cohort.source if tag != "seed"), "source")
        self.clauses((*path, "index", "any"), cohort.index.any)
        names: set[str] = set(RESERVED)
        for role, name, criterion in cohort.criteria:
            at = (*path, role, name)
            self.ids(at, [name], None, "id")
            if name in names:
                self.note(at, f"the name {name!r} is taken; choose another")
            names.add(name)
            self.clauses((*at, "any"), criterion.any)

    def clauses(self, path: Path_, clauses: Iterable[Clause]) -> None:
        for index, clause in enumerate(clauses):
            for term in (*clause.all, *clause.unless):
                at = (*path, index)
                self.ids(at, term.find, "finding", "concept")
                self.ids(at, filter(None, term.site), "site")
                for kind in ("category", "hypothesis", "rule", "red_flag"):
                    self.ids(at, getattr(term, kind), kind)

    def ids(self, path: Path_, names: Iterable[str], kind: str | None, called: str | None = None) -> None:
        """Note the names that are no known id of a kind; without a kind those that are not spelled as ids are."""
        for name in names:
            known = ID.fullmatch(name) if kind is None else name in getattr(self.words, kind)
            if not known:
                expected = "expected small letters, digits and _" if kind is None else "the patterns have none"
                close = "" if kind is None else near(name, getattr(self.words, kind))
                self.note(path, f"no {called or kind} {name!r}{close or f'; {expected}'}")
