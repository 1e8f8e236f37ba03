"""Urgency: which rules fire, and the highest tier among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from popliteal.knowledge.conditions import triggers
from popliteal.knowledge.decisions import Decisions, Rule
from popliteal.mapping.facts import Fact, View
from popliteal.mapping.predicates import SUSPECTED, UNDATED, compiled

ORDER = {"NONE": 0, "ROUTINE": 1, "SOON": 2, "URGENT": 3, "EMERGENCY": 4}


@dataclass(slots=True)
class Fired:
    """A rule that fired: on which findings, whether only on suspicion, and the hypotheses that it names."""

    rule: Rule
    finding_ids: list[int]
    possible: bool
    undated: bool
    names: tuple[str, ...]


class Urgency:
    """The urgency rules of a set of decisions, compiled and indexed by the concepts that can fire them."""

    def __init__(self, decisions: Decisions) -> None:
        self.graded: frozenset[str] = frozenset()
        self.rules_ = []
        for rule in decisions.rules.values():
            names = [
                (named.hypothesis, None if named.when is None else compiled(named.when, lambda view: frozenset()))
                for named in rule.names
            ]
            self.rules_.append((rule, triggers(rule.when), compiled(rule.when, lambda view: view.graded), names))

    def rules(self, legs: list[View], graded: frozenset[str]) -> list[Fired]:
        """Every rule that fires on some leg, each once."""
        mentioned = legs[0].whole.everything.keys() | legs[0].whole.elsewhere.keys()
        out = []
        for leg in legs:
            leg.graded = graded
        for rule, concepts, test, names in self.rules_:
            if concepts.isdisjoint(mentioned):
                continue
            hits = [(leg, hit) for leg in legs if (hit := test(leg)) is not None]
            if not hits:
                continue
            ids = sorted({fact.finding_id for _, hit in hits for fact in hit.facts})
            named = [h for h, when in names if when is None or any(when(leg) is not None for leg, _ in hits)]
            possible = all(hit.weakness & SUSPECTED for _, hit in hits)
            undated = all(hit.weakness & UNDATED for _, hit in hits)
            out.append(Fired(rule, ids, bool(possible), bool(undated), tuple(named)))
        return out

    def verdict(self, fired: list[Fired], facts: list[Fact]) -> dict[str, Any]:
        """The tier and the reasons, highest first."""
        ranked = sorted(fired, key=lambda f: (-ORDER[f.rule.tier], f.rule.id))
        lowest = "ROUTINE" if any(fact.usable for fact in facts) else "NONE"
        tier = ranked[0].rule.tier if ranked else lowest
        top = [f for f in ranked if f.rule.tier == tier]
        return {
            "tier": tier,
            "rules": [
                {
                    "id": f.rule.id,
                    "tier": f.rule.tier,
                    "why": f.rule.why,
                    "findings": f.finding_ids,
                    "possible": f.possible,
                }
                for f in ranked
            ],
            "needs_review": tier == "EMERGENCY" and all(f.possible or f.undated for f in top),
        }
