"""The mapping as one pure function: findings in, the assessment of one note out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from popliteal.knowledge.decision_models import Decisions
from popliteal.mapping.competing import Explained, Explanations
from popliteal.mapping.contradictions import Dropped, contradictions, of_features
from popliteal.mapping.facts import Fact, Upper, View, carry_timing, views
from popliteal.mapping.missing import Missing
from popliteal.mapping.predicates import compiled
from popliteal.mapping.ranking import Ranking
from popliteal.mapping.redflags import RedFlags
from popliteal.mapping.scoring import Hits, Scored, Scorer, side_of
from popliteal.mapping.urgency import Fired, Urgency
from popliteal.schema import Finding

_TAGS = re.compile(r"(\s*\[(?:seed|GK|DES|S:[^\]]+)\])+$")


class Seen(NamedTuple):
    """A note as it counts: the findings, the whole and its legs, and the everyday explanations that hold."""

    facts: list[Fact]
    whole: View
    legs: list[View]
    explained: list[Explained]


class Engine:
    """Everything that is worked out once for a set of decisions; holds no state of any note."""

    def __init__(self, decisions: Decisions) -> None:
        self.decisions = decisions
        self.upper = Upper(decisions)
        self.scorer = Scorer(decisions)
        self.explanations = Explanations(decisions)
        self.urgency = Urgency(decisions)
        self.ranking = Ranking(decisions)
        self.red_flags = RedFlags(decisions)
        self.missing = Missing(decisions)
        self.undecided = compiled(decisions.terms["undecided"])
        self.tests = {key: [_TAGS.sub("", t) for t in h.tests] for key, h in decisions.hypotheses.items()}

    def assess(self, findings: Iterable[Finding | Mapping[str, Any]], age: float | None) -> dict[str, Any]:
        """The contract's JSON of one note, without what only a note has (id, findings, provenance)."""
        facts = self._facts(findings)
        said = contradictions(facts)
        plain = views(facts, age, self.upper)
        red_flags = self.red_flags.status(plain[0])
        facts, whole, legs, explained = self._explained(facts, *plain)
        rules = self._rules(facts, whole, legs)
        ranked, scored, conflicts = self._ranked(whole, legs, rules)
        primary = self._primary(ranked, whole, frozenset(rule.rule.id for rule in rules if rule.pressing))
        if primary["hypothesis"] == self.decisions.scoring.nothing and (over := self._over(facts, age)):
            ranked, primary = over, self._named(over)
        return {
            "primary": primary,
            "hypotheses": [self._item(rank, item) for rank, item in enumerate(ranked, 1)],
            "urgency": self.urgency.verdict(rules, whole),
            "red_flags": red_flags,
            "not_documented": self._missing(ranked, scored, whole),
            "competing": [e.to_dict() for e in explained],
            "contradictions": said + of_features(conflicts),
        }

    def trace(
        self, findings: Iterable[Finding | Mapping[str, Any]], age: float | None, key: str
    ) -> list[dict[str, Any]]:
        """What the findings say for and against one hypothesis, reported or not: an item for each side, best first.

        Items are those of ``hypotheses`` with rank 0, and ``eligible`` (whether a finding of its own opens it) and
        ``excluded_by`` (features that rule it out). Empty where nothing speaks for or against it.
        """
        facts, whole, legs, _ = self._seen(self._facts(findings), age)
        nothing = (
            self._primary(self._ranked(whole, legs, [])[0], whole, frozenset())["hypothesis"]
            == self.decisions.scoring.nothing
        )
        whole, legs = (nothing and self._seen_over(facts, age)) or (whole, legs)
        scored, fired, _ = self._scored(whole, legs, also=frozenset({key}))
        items = sorted((item for item in scored if item.id == key), key=lambda item: (-item.score, item.side))
        excluding = self.decisions.hypotheses[key].excluded_by
        return [
            {
                **self._item(0, item),
                "eligible": item.eligible,
                "excluded_by": [feature for feature in excluding if feature in fired.get(item.side, fired["whole"])],
            }
            for item in items
        ]

    def features(self, findings: Iterable[Finding | Mapping[str, Any]], age: float | None = None) -> frozenset[str]:
        """The features that hold, of either leg or of the whole note."""
        _, whole, legs, _ = self._seen(self._facts(findings), age)
        return frozenset(feature for hits in self._scored(whole, legs)[1].values() for feature in hits)

    def _facts(self, findings: Iterable[Finding | Mapping[str, Any]]) -> list[Fact]:
        facts = [Fact(finding, number, self.upper) for number, finding in enumerate(findings)]
        carry_timing(facts)
        return facts

    def _seen(self, facts: list[Fact], age: float | None) -> Seen:
        """The note and its legs with the everyday explanations applied."""
        return self._explained(facts, *views(facts, age, self.upper))

    def _explained(self, facts: list[Fact], whole: View, legs: list[View]) -> Seen:
        """What :meth:`_seen` gives, of views without the explanations."""
        facts, explained = self.explanations.apply(facts, whole, legs)
        whole, legs = views(facts, whole.age, self.upper) if explained else (whole, legs)
        return Seen(facts, whole, legs, explained)

    def _rules(self, facts: list[Fact], whole: View, legs: list[View]) -> list[Fired]:
        """The urgency rules that fire, those in doubt that rest on doubted findings."""
        fired = self.urgency.rules(whole, legs)
        firm = [fact for fact in facts if not fact.doubted]
        if len(firm) == len(facts):
            return fired
        return self.urgency.doubt(fired, *views(firm, whole.age, self.upper))

    def _ranked(
        self, whole: View, legs: list[View], rules: list[Fired]
    ) -> tuple[list[Scored], list[Scored], list[Dropped]]:
        """The hypotheses to report, best first; all that were scored; the features that contradict each other."""
        scored, fired, conflicts = self._scored(whole, legs)
        return self.ranking.order(scored, fired, rules), scored, conflicts

    def _scored(
        self, whole: View, legs: list[View], also: frozenset[str] = frozenset()
    ) -> tuple[list[Scored], dict[str, Hits], list[Dropped]]:
        """Every scored hypothesis (``also``: those that no gate opens, too), the features of each view, conflicts."""
        hits = self.scorer.hits(whole)
        fired: dict[str, Hits] = {}
        fired["whole"], conflicts = self.scorer.fired(whole, hits)
        scored = self.scorer.score(whole, fired["whole"], "note", also)
        for leg in legs:
            on_leg = hits if leg.active is whole.active else self.scorer.hits(leg)
            fired[leg.side], more = self.scorer.fired(leg, on_leg)
            known = {one[:2] for one in conflicts}
            conflicts += [one for one in more if one[:2] not in known]
            scored += self.scorer.score(leg, fired[leg.side], "leg", also)
        return scored, fired, conflicts

    def _over(self, facts: list[Fact], age: float | None) -> list[Scored]:
        """What a note was about that tells of a picture now over: only possible, and never a reason for urgency."""
        seen = self._seen_over(facts, age)
        if seen is None:
            return []
        ranked, _, _ = self._ranked(*seen, [])
        lead = next((item for item in ranked if item.hypothesis.kind != "non_neural"), None)
        grave = [item for item in ranked if lead is not None and item.id == lead.id]  # on each leg that had it
        for item in grave:
            item.possible_only = True
        return grave

    def _seen_over(self, facts: list[Fact], age: float | None) -> tuple[View, list[View]] | None:
        """The note and its legs with what is over counted as if it were there; None where nothing is over.

        What is normal now says nothing of then.
        """
        over = [fact for fact in facts if fact.over]
        for fact in over:
            fact.usable = True
        if not over:
            return None
        facts = [fact for fact in facts if fact.concept not in self.decisions.sets["normal_examination"]]
        _, whole, legs, _ = self._seen(facts, age)
        return whole, legs

    def _primary(self, ranked: list[Scored], whole: View, alarms: frozenset[str]) -> dict[str, str | None]:
        """The answer: what scores best, else what a pressing rule that is certain names (``alarms``: their ids)."""
        setting = self.decisions.scoring
        if ranked and ranked[0].score >= setting.possible and ranked[0].eligible:
            return self._named(ranked)
        if named := [item for item in ranked if item.score >= 0 and not alarms.isdisjoint(item.named_by)]:
            return self._named(named)
        symptom = self.undecided(whole)
        if symptom is None:
            return {"hypothesis": setting.nothing, "side": "none", "grade": None}
        return {"hypothesis": setting.unclear, "side": side_of([symptom]), "grade": None}

    def _named(self, ranked: list[Scored]) -> dict[str, str | None]:
        return {
            "hypothesis": ranked[0].id,
            "side": self.ranking.primary_side(ranked),
            "grade": self._grade(ranked[0]),
        }

    def _grade(self, item: Scored) -> str:
        if item.possible_only:
            return "possible"
        return "likely" if item.score >= self.decisions.scoring.likely and item.eligible else "possible"

    def _item(self, rank: int, item: Scored) -> dict[str, Any]:
        parts = sorted(item.parts, key=lambda part: (-abs(part.points), part.feature.id))

        def shown(sign: int) -> list[dict[str, Any]]:
            return [
                {"finding_id": finding, "feature": part.feature.id, "weight": part.points}
                for part in parts
                if part.points * sign > 0
                for finding in part.finding_ids
            ]

        causes = [
            {"finding_id": finding, "feature": part.feature.id}
            for part in parts
            if part.points > 0 and part.feature.risk
            for finding in part.finding_ids
        ]
        return {
            "side": item.side,
            "rank": rank,
            "hypothesis": item.id,
            "name": item.hypothesis.name,
            "grade": self._grade(item),
            "score": item.score,
            "supporting": shown(1),
            "opposing": shown(-1),
            "causes": causes,
            "link": item.link,
            "children": list(item.children),
            "named_by": list(item.named_by),
            "tests": list(self.tests[item.id]),
        }

    def _missing(self, ranked: list[Scored], scored: list[Scored], whole: View) -> list[dict[str, str]]:
        """Questions between the two leaders; the runner-up may be one that is not reported."""
        pool = [item for item in ranked if not item.children] or [s for s in scored if s.eligible and s.score > 0]
        if not pool:
            return []
        first = pool[0] if ranked else max(pool, key=lambda s: (s.score, s.id))
        rest = [s for s in ranked if s.id != first.id and not s.children]
        rest += sorted(
            (s for s in scored if s.id != first.id and s.eligible and s.score > 0), key=lambda s: (-s.score, s.id)
        )
        return self.missing.between(first, rest[0] if rest else None, whole)


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

    Raises:
        SourceError: a finding without a concept.
    """
    return engine(decisions).assess(findings, age)


def trace(
    findings: Iterable[Finding | Mapping[str, Any]], hypothesis: str, *, decisions: Decisions, age: int | None = None
) -> list[dict[str, Any]]:
    """Why ``hypothesis``, one of the decisions, has its score, reported or not: see ``Engine.trace``."""
    return engine(decisions).trace(findings, age, hypothesis)
