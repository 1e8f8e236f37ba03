"""Urgency: which rules fire, and the highest tier among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from popliteal.knowledge.conditions import triggers
from popliteal.knowledge.decision_models import Decisions, Rule
from popliteal.mapping.facts import Triggered, View
from popliteal.mapping.predicates import SUSPECTED, UNDATED, Test, compiled
from popliteal.schema import URGENCIES

#: EMERGENCY is 4, NONE is 0.
ORDER = {tier: len(URGENCIES) - 1 - place for place, tier in enumerate(URGENCIES)}
EMERGENCY, URGENT = PRESSING = URGENCIES[:2]


@dataclass(slots=True)
class Fired:
    """A rule that fired: on what, how firmly (``contested``: the note denies it elsewhere), and what it names.

    ``doubted``: an EMERGENCY that rests on what the note contradicts, so that its tier is URGENT.
    """

    rule: Rule
    finding_ids: list[int]
    possible: bool
    undated: bool
    contested: bool
    names: tuple[str, ...]
    sides: tuple[str, ...]
    doubted: bool = False

    @property
    def tier(self) -> str:
        """How soon it asks for review."""
        return URGENT if self.doubted else self.rule.tier

    @property
    def alarming(self) -> bool:
        """Whether it asks for this day on more than suspicion."""
        return self.tier == EMERGENCY and not self.possible

    @property
    def pressing(self) -> bool:
        """Whether it asks for these days on more than suspicion, so that what it names is not nothing."""
        return self.tier in PRESSING and not self.possible


class Urgency:
    """The urgency rules of a set of decisions, compiled and indexed by the concepts that can fire them."""

    def __init__(self, decisions: Decisions) -> None:
        self.subject = decisions.sets["subject"]
        self.excluded = decisions.sets["subject_excluded"]
        self.within_subject = compiled(decisions.terms["subject_by_place"])
        self.tests: list[Test] = []
        self.names: list[list[tuple[str, Test | None]]] = []
        self.table: list[Rule] = list(decisions.rules.values())
        self.triggered = Triggered([triggers(rule.when) for rule in self.table])
        for rule in self.table:
            self.tests.append(compiled(rule.when))
            self.names.append([(n.hypothesis, None if n.when is None else compiled(n.when)) for n in rule.names])

    def rules(self, whole: View, legs: list[View]) -> list[Fired]:
        """Every rule that fires on some leg, each once, highest tier first.

        A rule never puts findings of two legs together (N14 of the evidence base): each view holds one leg's findings
        and those without a side; only ``side: both`` looks at both.
        """
        fired = []
        for number in self.triggered.candidates(whole):
            test = self.tests[number]
            hits = [(leg, hit) for leg in legs if (hit := test(leg)) is not None]
            if not hits:
                continue
            ids = sorted({fact.finding_id for _, hit in hits for fact in hit.facts})
            names = [h for h, when in self.names[number] if when is None or any(when(leg) for leg, _ in hits)]
            sides = tuple(leg.side for leg, _ in hits)
            possible = all(hit.weakness & SUSPECTED for _, hit in hits)
            undated = all(hit.weakness & UNDATED for _, hit in hits)
            contested = any(fact.concept in whole.denied for _, hit in hits for fact in hit.facts)
            fired.append(Fired(self.table[number], ids, possible, undated, contested, tuple(names), sides))
        return _highest_first(fired)

    def doubt(self, fired: list[Fired], whole: View, legs: list[View]) -> list[Fired]:
        """The same rules, those of EMERGENCY doubted that do not fire on a note without its doubted findings."""
        firm = {one.rule.id for one in self.rules(whole, legs)}
        for one in fired:
            one.doubted = one.rule.tier == EMERGENCY and one.rule.id not in firm
        return _highest_first(fired)

    def verdict(self, fired: list[Fired], whole: View) -> dict[str, Any]:
        """The tier and its reasons.

        ``needs_review``: an EMERGENCY only by suspicion, by unknown timing, or by what another line of the note denies,
        or one that is URGENT since it is doubted.
        """
        tier = fired[0].tier if fired else self._quiet(whole)
        top = [f for f in fired if f.tier == tier]
        return {
            "tier": tier,
            "rules": [
                {
                    "id": f.rule.id,
                    "tier": f.tier,
                    "why": f.rule.why,
                    "findings": f.finding_ids,
                    "possible": f.possible,
                    "doubted": f.doubted,
                }
                for f in fired
            ],
            "needs_review": any(f.doubted for f in top)
            or (tier == EMERGENCY and all(f.possible or f.undated or f.contested for f in top)),
        }

    def _quiet(self, whole: View) -> str:
        """ROUTINE when the note asserts anything of our subject, now or in the past, or excludes it; otherwise NONE."""
        if not self.excluded.isdisjoint(whole.denied) or self.within_subject(whole) is not None:
            return "ROUTINE"
        for concept in self.subject.intersection(whole.everything):
            if any(fact.asserted for fact in whole.everything[concept]):
                return "ROUTINE"
        return "NONE"


def _highest_first(fired: list[Fired]) -> list[Fired]:
    return sorted(fired, key=lambda one: (-ORDER[one.tier], one.rule.id))
