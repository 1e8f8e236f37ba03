"""The mapping as one pure function: findings in, the assessment of one note out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from popliteal.knowledge.conditions import triggers
from popliteal.knowledge.decisions import Decisions
from popliteal.mapping.facts import Fact, Upper, View, views
from popliteal.mapping.predicates import Hit, compiled
from popliteal.mapping.redflags import RedFlags
from popliteal.mapping.scoring import Scored, Scorer
from popliteal.mapping.urgency import Fired, Urgency
from popliteal.schema import Finding


class Engine:
    """Everything that is worked out once for a set of decisions."""

    def __init__(self, decisions: Decisions) -> None:
        self.decisions = decisions
        self.upper = Upper(decisions)
        never: frozenset[str] = frozenset()
        tests = {key: compiled(f.when, lambda view: never) for key, f in decisions.features.items()}
        self.scorer = Scorer(decisions, tests, {key: triggers(f.when) for key, f in decisions.features.items()})
        self.urgency = Urgency(decisions)
        self.red_flags = RedFlags(decisions)

    def assess(self, findings: Iterable[Finding | Mapping[str, Any]], age: float | None) -> dict[str, Any]:
        """The contract's JSON of one note, without what only a note has (id, findings, provenance)."""
        facts = [Fact(finding, number, self.upper) for number, finding in enumerate(findings)]
        whole, legs = views(facts, age, self.upper)
        fired = self.scorer.fired(whole)
        scored = self.scorer.score(whole, fired, "note")
        per_leg: list[tuple[View, dict[str, Hit]]] = []
        for leg in legs:
            on_leg = self.scorer.fired(leg)
            per_leg.append((leg, on_leg))
            scored += self.scorer.score(leg, on_leg, "leg")
        setting = self.decisions.scoring
        reported = [s for s in scored if s.eligible and s.score >= setting.possible]
        graded = frozenset(s.id for s in reported)
        rules = self.urgency.rules(legs, graded)
        ranked = sorted(reported, key=lambda s: self._order(s, rules))
        return {
            "primary": self._primary(ranked, facts),
            "hypotheses": [self._item(rank, s) for rank, s in enumerate(ranked, 1)],
            "urgency": self.urgency.verdict(rules, facts),
            "red_flags": self.red_flags.status(whole),
            "not_documented": [],
        }

    def _order(self, scored: Scored, rules: list[Fired]) -> tuple[Any, ...]:
        named = any(scored.id in rule.names and rule.rule.tier == "EMERGENCY" and not rule.possible for rule in rules)
        dont_miss = scored.hypothesis.kind == "dont_miss"
        return (not named, -scored.score, not dont_miss, -scored.hypothesis.prior, scored.id, scored.side)

    def _primary(self, ranked: list[Scored], facts: list[Fact]) -> dict[str, str | None]:
        setting = self.decisions.scoring
        if not ranked:
            active = any(fact.usable for fact in facts)
            name = setting.unclear if active else setting.nothing
            return {"hypothesis": name, "side": "unspecified" if active else "none", "grade": None}
        best = ranked[0]
        return {"hypothesis": best.id, "side": best.side, "grade": self._grade(best)}

    def _grade(self, scored: Scored) -> str:
        return "likely" if scored.score >= self.decisions.scoring.likely else "possible"

    def _item(self, rank: int, scored: Scored) -> dict[str, Any]:
        def shown(sign: int) -> list[dict[str, Any]]:
            return [
                {"finding_id": finding, "feature": part.feature, "weight": part.weight}
                for part in scored.parts
                if part.weight * sign > 0
                for finding in part.finding_ids
            ]

        return {
            "side": scored.side,
            "rank": rank,
            "hypothesis": scored.id,
            "name": scored.hypothesis.name,
            "grade": self._grade(scored),
            "score": scored.score,
            "supporting": shown(1),
            "opposing": shown(-1),
        }


@lru_cache(maxsize=4)
def engine(decisions: Decisions) -> Engine:
    """The engine of a set of decisions, built once (decisions are compared by identity)."""
    return Engine(decisions)


def assess(
    findings: Iterable[Finding | Mapping[str, Any]],
    note_date: str | None = None,
    *,
    decisions: Decisions,
    age: int | None = None,
) -> dict[str, Any]:
    """What the findings of one note mean: the likely nerve of each side, the urgency, the red flags, what is missing.

    Args:
        findings: ``Finding`` objects, or mappings with the columns of the findings table. Only ``concept`` is needed;
            a missing attribute counts as unknown, a missing ``finding_id`` is the position.
        note_date: accepted for symmetry with reading; ages of findings are already days before the note.
        decisions: what ``popliteal.knowledge`` loaded from the pattern files.
        age: the patient's age in years, where known.
    """
    return engine(decisions).assess(findings, age)
