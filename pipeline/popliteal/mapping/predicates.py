"""Conditions compiled to functions of a view: what holds, on which findings, and how firmly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from popliteal.knowledge.conditions import Age, All, AnyOf, Condition, Count, Find, NoneOf, index_of
from popliteal.mapping.facts import BOTH, LEFT, RIGHT, Fact, View

#: What weakens a hit: every finding behind it is only suspected; none of them has a known time.
SUSPECTED, UNDATED = 1, 2

ONE_LEG = frozenset((LEFT, RIGHT))


class Hit(NamedTuple):
    """A condition that holds: the findings that made it hold, and how weakly (a sum of SUSPECTED and UNDATED)."""

    facts: tuple[Fact, ...]
    weakness: int = 0


NOTHING = Hit(())
Test: TypeAlias = Callable[[View], Hit | None]
Check: TypeAlias = Callable[[Fact], bool]


def compiled(condition: Condition) -> Test:
    """``condition`` as a function of a view; nothing of it is left to interpret for each note."""
    if isinstance(condition, Find):
        return _find(condition)
    if isinstance(condition, Age):
        over, under = condition.over, condition.under
        return lambda view: (
            NOTHING
            if view.age is not None and (over is None or view.age > over) and (under is None or view.age < under)
            else None
        )
    parts = tuple(compiled(part) for part in condition.parts)
    if isinstance(condition, All):
        return lambda view: _all(parts, view)
    if isinstance(condition, AnyOf):
        return lambda view: _some(parts, view, 1)
    if isinstance(condition, NoneOf):
        return lambda view: NOTHING if all(part(view) is None for part in parts) else None
    assert isinstance(condition, Count)  # noqa: S101 - the union is closed; this tells the type checker
    needed = condition.at_least
    return lambda view: _some(parts, view, needed)


def _all(parts: tuple[Test, ...], view: View) -> Hit | None:
    facts: tuple[Fact, ...] = ()
    weakness = 0
    for part in parts:
        hit = part(view)
        if hit is None:
            return None
        facts += hit.facts
        weakness |= hit.weakness
    return Hit(facts, weakness)


def _some(parts: tuple[Test, ...], view: View, needed: int) -> Hit | None:
    hits = [hit for part in parts if (hit := part(view)) is not None]
    if len(hits) < needed:
        return None
    if len(hits) == 1:
        return hits[0]
    # the firmest hits decide: with one needed, one certain alternative is enough
    firm = sorted((hit.weakness for hit in hits), key=lambda w: (w & SUSPECTED, w))[:needed]
    weakness = 0
    for value in firm:
        weakness |= value
    return Hit(tuple(fact for hit in hits for fact in hit.facts), weakness)


def _find(wanted: Find) -> Test:
    """A search by concept in the index that suits the state, then the checks that are left.

    A note holds few concepts and a set of the patterns many: what both hold is looked for from the note's side.
    """
    concepts, both, index = wanted.concepts, wanted.both, index_of(wanted.state)
    checks = _checks(wanted)
    elsewhere = (_STATES[wanted.state], *checks) if wanted.sites else ()
    only = next(iter(concepts)) if len(concepts) == 1 else None
    fresh = wanted.within is not None or wanted.chronic is False

    def search(view: View) -> Hit | None:
        scope = view.whole if both else view
        table = scope.active if index == "active" else scope.denied if index == "denied" else scope.everything
        present = (only,) if only in table else () if only else concepts.intersection(table)
        if not present and not elsewhere:
            return None
        found: list[Fact] = []
        for concept in present:
            for fact in table[concept]:
                for check in checks:
                    if not check(fact):
                        break
                else:
                    found.append(fact)
        if elsewhere and scope.elsewhere:
            for concept in concepts.intersection(scope.elsewhere):
                found += [f for f in scope.elsewhere[concept] if all(check(f) for check in elsewhere)]
        if not found or (both and not both_legs(found)):
            return None
        weakness = 0 if any(f.certain or f.denied for f in found) else SUSPECTED
        if fresh and not any(f.dated for f in found):
            weakness |= UNDATED
        return Hit(tuple(found), weakness)

    return search


def both_legs(facts: Iterable[Fact]) -> bool:
    """Whether the findings are bilateral, or of the left and of the right: of the legs, or of the arms."""
    sides = {(fact.leg is None, fact.leg or fact.side) for fact in facts}
    return any((upper, BOTH) in sides or {(upper, LEFT), (upper, RIGHT)} <= sides for upper in (False, True))


_STATES: dict[str, Check] = {
    "active": lambda f: f.usable,
    "certain": lambda f: f.usable and f.certain,
    "suspected": lambda f: f.usable and not f.certain,
    "denied": lambda f: f.denied,
    "excluded": lambda f: f.denied and not f.historical,
    "past": lambda f: f.stated and not f.usable,
    "stated": lambda f: f.stated,
    "conditional": lambda f: f.conditional,
    "any": lambda f: True,
}


def _checks(wanted: Find) -> tuple[Check, ...]:
    """The qualifiers as functions of one finding, cheapest first; the index has already seen to active and denied."""
    checks: list[Check] = []
    if wanted.state not in {"active", "denied", "any"}:
        checks.append(_STATES[wanted.state])
    if (sites := wanted.sites) is not None:
        checks.append(lambda f: f.site in sites)
    if (texts := wanted.texts) is not None:
        checks.append(lambda f: f.text in texts)
    if (said := wanted.said) is not None:
        checks.append(lambda f: not said.isdisjoint(f.words))
    if (worse := wanted.worse) is not None:
        checks.append(lambda f: (f.course == "worsening") is worse)
    if (worse_over := wanted.worse_over) is not None:
        checks.append(lambda f: f.worse_for is not None and f.worse_for <= worse_over)
    if (chronic := wanted.chronic) is not None:
        checks.append(lambda f: f.chronic is chronic)
    if (sudden := wanted.sudden) is not None:
        checks.append(lambda f: (f.onset == "sudden") is sudden)
    if (improving := wanted.improving) is not None:
        checks.append(lambda f: f.improving is improving)
    if (dated := wanted.dated) is not None:
        checks.append(lambda f: f.dated is dated)
    if (lateral := wanted.lateral) is not None:
        checks.append(lambda f: (f.leg in ONE_LEG and f.side != BOTH) is lateral)
    if (listed := wanted.listed) is not None:
        checks.append(lambda f: f.listed is listed)
    if (new := wanted.new) is not None:
        checks.append(lambda f: f.began_within(new) is True)
    if (within := wanted.within) is not None:
        checks.append(lambda f: f.began_within(within) is not False)
    if (older := wanted.older) is not None:
        checks.append(lambda f: f.began_before(older))
    if wanted.low is not None or wanted.high is not None:
        low = float("-inf") if wanted.low is None else wanted.low
        high = float("inf") if wanted.high is None else wanted.high
        unmeasured = wanted.unmeasured
        checks.append(lambda f: unmeasured if f.value is None else low <= f.value <= high)
    return tuple(checks)
