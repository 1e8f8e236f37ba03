"""Findings as the mapping sees them: normalised once, indexed by concept, one view for each leg."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

from popliteal.errors import SourceError
from popliteal.knowledge.conditions import IndexName, Trigger
from popliteal.knowledge.decision_models import Decisions
from popliteal.schema import CHOICE, CONTRADICTS, ENDED, WORSE_FOR, Finding

_CONTRADICTS = re.compile(rf"{CONTRADICTS}(\d+)")
_WORSE_FOR = re.compile(rf"{WORSE_FOR}([\d.]+)")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_GRADE = re.compile(r"(?<![\d.])([0-5])\s*([+-]?)(?:\s*/\s*5)?(?![\d.])")
#: Days before the note that a word of onset may mean: at least, at most.
_ONSET_DAYS = {"sudden": (0.0, 1.0), "acute": (2.0, 14.0), "subacute": (15.0, 84.0), "chronic": (85.0, float("inf"))}
LEFT, RIGHT, BOTH = "left", "right", "bilateral"

Index = dict[str, list["Fact"]]
_COLUMNS = (
    "concept", "assertion", "finding_id", "onset_days", "cues", "site", "laterality", "onset", "course", "value",
    "value_text", "temporality", "section", "text",
)  # fmt: skip
_columns: Callable[[Finding], Iterable[Any]] = attrgetter(*_COLUMNS)


class Fact:
    """One finding with what every condition asks of it worked out."""

    __slots__ = (
        "asserted", "background", "certain", "chronic", "concept", "conditional", "contradicts", "course", "dated",
        "days", "denied", "doubted", "finding_id", "historical", "improving", "leg", "listed", "mentioned", "onset",
        "over", "side", "site", "stated", "text", "usable", "value", "wording", "worse_for",
    )  # fmt: skip

    def __init__(self, finding: Finding | Mapping[str, Any], number: int, upper: Upper) -> None:
        columns = map(finding.get, _COLUMNS) if isinstance(finding, Mapping) else _columns(finding)
        (
            concept, assertion, identity, days, cues, site, side, onset, course, value, wording, temporality, section,
            words,
        ) = columns  # fmt: skip
        if not isinstance(concept, str):
            raise SourceError(f"finding {number}: has no concept; every finding needs the id of one")
        assertion = _word(assertion, "present")
        self.finding_id: int = number if identity is None or identity != identity else int(identity)
        self.concept = concept
        said = _word(cues, "")
        self.contradicts = tuple(map(int, _CONTRADICTS.findall(said))) if said else ()
        self.site = _word(site, None)
        self.side = _word(side, "unspecified")
        self.onset = _word(onset, "unknown")
        self.course = _word(course, "unknown")
        paced = _WORSE_FOR.search(said) if said and self.course == "worsening" else None
        self.worse_for: float | None = None if paced is None else float(paced[1])
        self.days: float | None = None if days is None or days != days else float(days)
        self.value, self.text = _value(value, wording)
        self.wording = _word(words, "")
        self.certain = assertion == "present"
        self.denied = assertion == "absent"
        offered = CHOICE in said
        self.conditional = assertion == "hypothetical" or offered
        self.stated = self.certain or (assertion == "possible" and not offered)
        self.asserted = self.stated
        self.mentioned = self.stated or self.denied
        self.historical = temporality == "historical"
        ended = ENDED in said
        self.usable = self.stated and not self.historical and self.course != "resolved" and not ended
        self.over = self.stated and (ended or self.course == ("improving" if self.historical else "resolved"))
        self.dated = ended or self.days is not None or self.onset != "unknown" or self.course != "unknown"
        known = section in upper.past_lists
        self.listed = known and not self.dated
        self.background = known and not self.fresh
        self.chronic = self._lasts()
        self.improving = self.course == "improving"
        self.doubted = False
        self.leg = upper.lateral(self)

    def _lasts(self) -> bool:
        """Whether the note calls it chronic, stable, or so old, and not worse."""
        if self.course == "worsening":
            return False
        stable = self.course == "stable" and self.onset in {"unknown", "subacute"}
        return self.onset == "chronic" or stable or (self.days is not None and self.days > _ONSET_DAYS["subacute"][1])

    @property
    def words(self) -> frozenset[str]:
        """The words of the mention itself, in small letters; none where the tables were written without them."""
        return frozenset(_WORD.findall(self.wording.lower()))

    def on(self, leg: str) -> Fact:
        """The same finding, of one leg."""
        fact = copy(self)
        fact.leg = leg
        return fact

    def set_aside(self) -> None:
        """An everyday explanation accounts for it: it stays mentioned, and is evidence no more."""
        self.usable = self.stated = self.certain = self.over = False

    def doubt(self) -> None:
        """Another line of the note speaks against it; what is measured or has a time of its own stays certain."""
        self.doubted = self.doubted or (not self.dated and self.value is None)

    @property
    def fresh(self) -> bool:
        """Whether the note calls it new, worsening, sudden or acute."""
        if self.course in {"new", "worsening"} or self.onset in {"sudden", "acute"}:
            return True
        return self.days is not None and self.days <= _ONSET_DAYS["acute"][1]

    def began_within(self, days: float) -> bool | None:
        """Whether it began at most ``days`` ago or was called new; None where the note does not say exactly enough."""
        if self.days is not None:
            return self.days <= days
        if self.course == "new" or self.onset == "sudden":
            return True
        least, most = _ONSET_DAYS.get(self.onset, (0.0, float("inf")))
        return True if most <= days else None if least <= days else False

    def began_before(self, days: float) -> bool:
        """Whether it began more than ``days`` ago, by its days or by most of what its word of onset may mean."""
        if self.days is not None:
            return self.days > days
        least, most = _ONSET_DAYS.get(self.onset, (0.0, 0.0))
        return self.course != "new" and (least + most) / 2 > days


W = TypeVar("W", str, None)


def _word(value: object, missing: W) -> str | W:
    """A word of a finding; what tables use for nothing (None, NaN, an empty cell) is ``missing``."""
    return value if isinstance(value, str) and value else missing


def _value(value: object, wording: object) -> tuple[float | None, str | None]:
    """Number and wording of a measurement, whichever way round the finding carries them."""
    if value is None and wording is None:
        return None, None
    number: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value:
        number = float(value)
    text = value if isinstance(value, str) else wording if isinstance(wording, str) else None
    if number is None and text:
        grade = _GRADE.search(text)
        if grade:
            number = float(grade[1]) + {"+": 1 / 3, "-": -1 / 3}.get(grade[2], 0.0)
        elif plain := _NUMBER.search(text):
            number = float(plain[0])
    return number, text.lower() if text else None


def carry_timing(facts: list[Fact]) -> None:
    """Let a mention without any time cue take the timing of another mention of the same thing.

    Notes name a thing many times and date it once. Only calm timing is carried (long-standing, stable, improving), and
    only while no mention of it is called new, worse, sudden or acute; a mention that nobody dates stays undated.
    """
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.usable:
            groups.setdefault(fact.concept, []).append(fact)
    for mentions in groups.values():
        if len(mentions) < 2 or not any(m.chronic or m.improving for m in mentions):
            continue
        places: dict[_Place, _Told] = {}  # few, however long a note is
        for mention in mentions:
            if mention.dated:
                places.setdefault((mention.leg, mention.site), _Told()).add(mention)
        for fact in mentions:
            if fact.course != "unknown" or fact.fresh:
                continue
            same = [(place[0], told) for place, told in places.items() if _same_place(place, fact)]
            if not any(told.fresh for _, told in same):
                lasting = {leg for leg, told in same if told.chronic}
                fact.chronic = fact.chronic or (not fact.dated and _said_of(fact, lasting))
                fact.improving = _said_of(fact, {leg for leg, told in same if told.improving})
                if fact.dated:
                    places[fact.leg, fact.site].add(fact)


_Place: TypeAlias = tuple[str | None, str | None]  # leg and site


class _Told:
    """What the dated mentions of one place say of its timing."""

    __slots__ = ("chronic", "fresh", "improving")

    def __init__(self) -> None:
        self.chronic = self.fresh = self.improving = False

    def add(self, fact: Fact) -> None:
        self.chronic |= fact.chronic
        self.fresh |= fact.fresh
        self.improving |= fact.improving


def _said_of(fact: Fact, legs: set[str | None]) -> bool:
    """Whether what is said of ``legs`` is of all of it: what is said of the left leg is not said of both."""
    return bool(legs) and (fact.leg != BOTH or not legs.isdisjoint({BOTH, None}) or legs >= {LEFT, RIGHT})


def _same_place(place: _Place, fact: Fact) -> bool:
    leg, site = place
    legs = {leg, fact.leg} - {None, BOTH}
    return len(legs) < 2 and (site == fact.site or None in {site, fact.site})


class View:
    """What counts for one leg, or for the whole note: findings by concept and state.

    ``active`` is asserted or suspected now, ``denied`` negated, ``everything`` both and the rest; ``elsewhere`` holds
    leg concepts at sites of the upper body, which count only where a condition names their site.
    """

    __slots__ = ("active", "age", "denied", "elsewhere", "everything", "side", "whole")

    def __init__(self, side: str, age: float | None, whole: View | None) -> None:
        self.side, self.age, self.whole = side, age, whole or self
        self.active: Index = {}
        self.denied: Index = {}
        self.everything: Index = {}
        self.elsewhere: Index = {}

    def add(self, fact: Fact, misplaced: bool) -> None:
        """Put one finding into the indexes that suit it."""
        if misplaced:
            self.elsewhere.setdefault(fact.concept, []).append(fact)
            return
        self.everything.setdefault(fact.concept, []).append(fact)
        if fact.usable:
            self.active.setdefault(fact.concept, []).append(fact)
        elif fact.denied:
            self.denied.setdefault(fact.concept, []).append(fact)

    def alias(self, side: str) -> View:
        """The same findings under the name of a side."""
        view = View(side, self.age, self)
        view.active, view.denied = self.active, self.denied
        view.everything, view.elsewhere = self.everything, self.elsewhere
        return view


class Upper:
    """Which findings lie outside the leg: they count only where a condition names their site."""

    def __init__(self, decisions: Decisions) -> None:
        self.sites = decisions.sets["upper_body"]
        self.own = decisions.sets["upper_body_concepts"]
        self.sideless = decisions.sets["sideless"]
        self.quiet = decisions.sets["quiet"]
        self.nerve = decisions.sets["nerve_sign"] | decisions.sets["nerve_named"]
        self.signs = decisions.sets["nerve_sign"]
        self.past_lists = decisions.sets["past_lists"]

    def misplaced(self, fact: Fact) -> bool:
        """A leg concept at a site of the upper body (normal strength of the hand)."""
        return fact.site in self.sites and fact.concept not in self.own

    def lateral(self, fact: Fact) -> str | None:
        """The leg that a finding names, if it names one: the side of a stroke or of an arm is not a leg."""
        if fact.side in {LEFT, RIGHT, BOTH} and fact.concept not in self.sideless and fact.site not in self.sites:
            return fact.side
        return None


def views(facts: list[Fact], age: float | None, upper: Upper) -> tuple[View, list[View]]:
    """The whole note, and one view for each leg that the note names (or one without a side)."""
    whole = View("whole", age, None)
    for fact in facts:
        whole.add(fact, upper.misplaced(fact))
    sides = {(fact.leg, fact.concept in upper.quiet or fact.historical) for fact in facts if fact.usable}
    # a normal side, an old operation or an implant names a leg only where nothing of today does
    quiet = not sides & {(LEFT, False), (RIGHT, False)}
    named = [side for side in (LEFT, RIGHT) if (side, quiet) in sides]
    # one leg beside both: what is said of the one holds for it alone
    both = not sides.isdisjoint({(BOTH, False), (BOTH, quiet)})
    if both and (named or any(fact.denied and fact.leg in {LEFT, RIGHT} for fact in facts)):
        named = [LEFT, RIGHT]
    if not named:
        return whole, [whole.alias("unspecified")]
    # a sore right knee beside a left foot drop: "dorsiflexion 2/5" belongs to the foot drop
    deficient = {fact.leg for fact in facts if fact.usable and fact.concept in upper.signs and fact.leg}
    legs = []
    for side in named:
        other = RIGHT if side == LEFT else LEFT
        if len(named) == 1 and not any(fact.leg == other for fact in facts):
            return whole, [whole.alias(side)]
        view = View(side, age, whole)
        spared = bool(deficient) and deficient.isdisjoint({side, BOTH})
        for fact in facts:
            if fact.leg != other and not (spared and fact.leg is None and fact.concept in upper.nerve):
                view.add(fact, upper.misplaced(fact))
        legs.append(view)
    return whole, legs


class Triggered:
    """Picks the conditions that a note can make true at all, by the concepts that occur in it."""

    def __init__(self, triggers: list[frozenset[Trigger]]) -> None:
        self.tables: dict[IndexName, dict[str, list[int]]] = {"active": {}, "denied": {}, "everything": {}}
        self.always = [number for number, wanted in enumerate(triggers) if not wanted]
        for number, wanted in enumerate(triggers):
            for index, concept in wanted:
                self.tables[index].setdefault(concept, []).append(number)

    def candidates(self, view: View) -> list[int]:
        """Their numbers, in order."""
        out = set(self.always)
        for index, table in self.tables.items():
            present = view.active if index == "active" else view.denied if index == "denied" else view.everything
            for concept in table.keys() & present.keys():
                out.update(table[concept])
            for concept in table.keys() & view.elsewhere.keys() if view.elsewhere else ():
                out.update(table[concept])
        return sorted(out)
