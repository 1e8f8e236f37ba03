"""Everyday explanations: findings that they account for are set aside, or count as long known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from popliteal.knowledge.conditions import triggers
from popliteal.knowledge.decision_models import Competing, Decisions
from popliteal.mapping.facts import Fact, Triggered, View
from popliteal.mapping.predicates import Test, both_legs, compiled


@dataclass(slots=True)
class Explained:
    """An explanation that holds, and the findings that it accounts for."""

    explanation: Competing
    facts: list[Fact]

    def to_dict(self) -> dict[str, Any]:
        """For the result: what was set aside or taken as known, and why."""
        ids = sorted({fact.finding_id for fact in self.facts})
        return {"id": self.explanation.id, "why": self.explanation.name, "findings": ids}


class Explanations:
    """The everyday explanations of a set of decisions, compiled and indexed."""

    def __init__(self, decisions: Decisions) -> None:
        self.table: list[tuple[Competing, Test]] = [(e, compiled(e.when)) for e in decisions.competing.values()]
        self.triggered = Triggered([triggers(entry.when) for entry in decisions.competing.values()])

    def apply(self, whole: View, legs: list[View]) -> list[Explained]:
        """Find all that hold, then mark the findings that they account for; all are judged on the unmarked note."""
        found = []
        for number in self.triggered.candidates(whole):
            entry, test = self.table[number]
            facts = [fact for leg in legs if test(leg) is not None for fact in _covered(entry, leg)]
            if facts:
                found.append(Explained(entry, facts))
        for explained in found:
            for fact in explained.facts:
                if fact.concept in explained.explanation.set_aside:
                    fact.set_aside()
                elif not fact.fresh:
                    fact.chronic = True
        return found


def _covered(entry: Competing, leg: View) -> list[Fact]:
    """The findings of a view that an explanation accounts for."""
    out = []
    for concept in leg.active.keys() & (entry.set_aside | entry.known):
        facts = leg.active[concept]
        if entry.only_both and not both_legs([f for f in leg.whole.active[concept] if f.leg] or facts):
            continue
        out += [fact for fact in facts if not entry.at or fact.site in entry.at]
    return out
