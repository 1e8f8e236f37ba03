"""Everyday explanations: findings that they account for are set aside, or count as long known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from popliteal.knowledge.conditions import triggers
from popliteal.knowledge.decisions import Competing, Decisions
from popliteal.mapping.facts import Fact, Triggered, View
from popliteal.mapping.predicates import Test, compiled


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
            facts: list[Fact] = []
            for leg in legs:
                if test(leg) is not None:
                    facts += [f for c in entry.set_aside | entry.known for f in leg.active.get(c, ())]
            if facts:
                found.append(Explained(entry, facts))
        for explained in found:
            for fact in explained.facts:
                if fact.concept in explained.explanation.set_aside:
                    fact.set_aside()
                elif not fact.fresh:
                    fact.chronic = True
        return found
