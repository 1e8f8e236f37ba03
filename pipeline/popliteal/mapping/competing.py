"""Everyday explanations: findings that they account for are set aside, count as long known, or are doubted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from popliteal.knowledge.conditions import triggers
from popliteal.knowledge.decision_models import Competing, Decisions
from popliteal.mapping.facts import BOTH, Fact, Triggered, View
from popliteal.mapping.predicates import Test, both_legs, compiled


@dataclass(slots=True)
class Explained:
    """An explanation that holds, and the findings that it accounts for."""

    explanation: Competing
    facts: list[Fact]

    def to_dict(self) -> dict[str, Any]:
        """For the result: what was set aside, taken as known or doubted, and why."""
        ids = sorted({fact.finding_id for fact in self.facts})
        return {"id": self.explanation.id, "why": self.explanation.name, "findings": ids}


class Explanations:
    """The everyday explanations of a set of decisions, compiled and indexed."""

    def __init__(self, decisions: Decisions) -> None:
        self.table: list[tuple[Competing, Test]] = [(e, compiled(e.when)) for e in decisions.competing.values()]
        self.triggered = Triggered([triggers(entry.when) for entry in decisions.competing.values()])

    def apply(self, facts: list[Fact], whole: View, legs: list[View]) -> tuple[list[Fact], list[Explained]]:
        """Find all that hold, then mark the findings that they account for; all are judged on the unmarked note.

        Returns the findings as they count now, and what holds. A finding of both legs that is accounted for on one of
        them alone becomes one of each leg: a thrombosis excluded on the left is still in question on the right. One
        without a leg must be accounted for on every leg that the note names by itself: a fever with an infected left
        foot may be that of a hot right knee.
        """
        holding = []
        for number in self.triggered.candidates(whole):
            entry, test = self.table[number]
            covered = [_covered(entry, leg) if test(_asked(entry, leg)) is not None else set() for leg in legs]
            if any(covered):
                holding.append((entry, covered))
        halves = _halves([covered for _, covered in holding], legs)
        named = {fact.leg for fact in facts}
        found = []
        for entry, covered in holding:
            accounted: list[Fact] = []
            for leg, part in zip(legs, covered, strict=True):
                accounted += [halves[fact][leg.side] if fact in halves else fact for fact in part]
            own = [part for leg, part in zip(legs, covered, strict=True) if leg.side in named]
            accounted = [fact for fact in accounted if fact.leg or all(fact in part for part in own)]
            for fact in accounted:
                if fact.concept in entry.doubted:
                    fact.doubt()
                elif fact.concept in entry.set_aside:
                    fact.set_aside()
                elif not fact.fresh:
                    fact.chronic = True
            if accounted:
                found.append(Explained(entry, accounted))
        return [half for fact in facts for half in (halves[fact].values() if fact in halves else (fact,))], found


def _halves(coverings: list[list[set[Fact]]], legs: list[View]) -> dict[Fact, dict[str, Fact]]:
    """The findings of both legs that something accounts for on one leg only, each with its half on either leg."""
    uneven = {fact for covered in coverings for part in covered for fact in part ^ covered[0] if fact.leg == BOTH}
    return {fact: {leg.side: fact.on(leg.side) for leg in legs} for fact in uneven}


def _asked(entry: Competing, leg: View) -> View:
    """Where its condition is looked for."""
    return leg.whole if entry.scope == "note" else leg


def _covered(entry: Competing, leg: View) -> set[Fact]:
    """The findings of a view that an explanation accounts for."""
    out: set[Fact] = set()
    for concept in (entry.set_aside | entry.known | entry.doubted).intersection(leg.active):
        facts = leg.active[concept]
        if entry.only_both and not both_legs([f for f in leg.whole.active[concept] if f.leg] or facts):
            continue
        out.update(fact for fact in facts if not entry.at or fact.site in entry.at)
    return out
