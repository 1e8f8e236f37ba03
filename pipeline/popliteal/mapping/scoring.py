"""From features to hypotheses: weights summed within and over groups, for each leg and for the whole note."""

from __future__ import annotations

from dataclasses import dataclass, field

from popliteal.knowledge.decisions import Decisions, Feature, Hypothesis
from popliteal.mapping.facts import BOTH, LEFT, RIGHT, View
from popliteal.mapping.predicates import SUSPECTED, Hit, Test


@dataclass(slots=True)
class Part:
    """What one feature gave to a score."""

    feature: str
    weight: float
    finding_ids: tuple[int, ...]


@dataclass(slots=True)
class Scored:
    """A hypothesis for one side with its score in points and what made it."""

    id: str
    hypothesis: Hypothesis
    side: str
    score: float
    eligible: bool
    parts: list[Part] = field(default_factory=list)
    risk: float = 0.0
    link: str | None = None
    children: tuple[str, ...] = ()
    named_by: tuple[str, ...] = ()


class Scorer:
    """Evaluates the features that a note can fire, and scores every hypothesis that they speak of."""

    def __init__(self, decisions: Decisions, tests: dict[str, Test], triggers: dict[str, frozenset[str]]) -> None:
        self.decisions, self.tests = decisions, tests
        self.by_concept: dict[str, list[str]] = {}
        self.always = [f for f in decisions.features if not triggers[f]]
        for feature, concepts in triggers.items():
            for concept in concepts:
                self.by_concept.setdefault(concept, []).append(feature)
        self.conditional = {k for k, f in decisions.features.items() if f.unless or f.needs}
        self.gates = {
            key: tuple(frozenset(gate) for gate in (h.gate, h.gate_also) if gate)
            for key, h in decisions.hypotheses.items()
        }
        self.weights: dict[str, list[tuple[str, float]]] = {
            key: [(h, w) for h, w in feature.weights.items()] for key, feature in decisions.features.items()
        }

    def fired(self, view: View) -> tuple[dict[str, Hit], list[tuple[str, str]]]:
        """The features that hold in a view, and the pairs that contradict each other (the specific one stays)."""
        candidates: dict[str, None] = dict.fromkeys(self.always)
        for concept in view.mentioned():
            for feature in self.by_concept.get(concept, ()):
                candidates[feature] = None
        out = {}
        for key in candidates:
            side = self.decisions.features[key].side
            hit = self.tests[key](view.whole if side == "both" else view)
            if hit is None:
                continue
            if side != "any" and (side == "both" or view is view.whole) and two_sided(hit) is not (side == "both"):
                continue
            out[key] = hit
        conflicts = []
        for key in [k for k in out if k in self.conditional]:
            feature = self.decisions.features[key]
            against = next((other for other in sorted(feature.unless) if other in out), None)
            if against:
                conflicts.append((against, key))
            if against or (feature.needs and feature.needs.isdisjoint(out)):
                del out[key]
        return out, conflicts

    def score(self, view: View, fired: dict[str, Hit], scope: str) -> list[Scored]:
        """Every hypothesis of ``scope`` to which a fired feature gives points."""
        setting = self.decisions.scoring
        groups: dict[str, dict[str, tuple[float, Feature, Hit]]] = {}
        for key, hit in fired.items():
            feature = self.decisions.features[key]
            factor = setting.uncertain_factor if hit.weakness & SUSPECTED else 1.0
            if scope == "leg" and feature.side == "one" and _only_as_both(hit):
                factor *= setting.bilateral_factor
            for hypothesis, weight in self.weights[key]:
                if self.decisions.hypotheses[hypothesis].scope != scope:
                    continue
                points = weight * factor
                group = groups.setdefault(hypothesis, {})
                best = group.get(feature.group)
                if best is None or (abs(points), points) > (abs(best[0]), best[0]):
                    group[feature.group] = (points, feature, hit)
        return [self._total(h, view, group, fired) for h, group in groups.items()]

    def _total(
        self, key: str, view: View, group: dict[str, tuple[float, Feature, Hit]], fired: dict[str, Hit]
    ) -> Scored:
        hypothesis = self.decisions.hypotheses[key]
        evidence = risk = 0.0
        parts = []
        for points, feature, hit in group.values():
            if feature.risk:
                risk += points
            else:
                evidence += points
            if points:
                ids = tuple(dict.fromkeys(f.finding_id for f in hit.facts))
                parts.append(Part(feature.id, points, ids))
        total = hypothesis.prior + evidence + min(risk, self.decisions.scoring.risk_cap)
        parts.sort(key=lambda part: (-abs(part.weight), part.feature))
        side = view.side
        if side in {"whole", "unspecified"}:
            side = side_of([hit for points, feature, hit in group.values() if points > 0 and not feature.risk])
        eligible = all(not gate.isdisjoint(fired) for gate in self.gates[key])
        eligible = eligible and not any(feature in fired for feature in hypothesis.excluded_by)
        return Scored(key, hypothesis, side, float(int(total)), eligible, parts, max(risk, 0.0))


def two_sided(hit: Hit) -> bool:
    """Whether the findings are bilateral, or of both legs."""
    sides = {fact.leg for fact in hit.facts}
    return BOTH in sides or (LEFT in sides and RIGHT in sides)


def _only_as_both(hit: Hit) -> bool:
    """Whether no finding names this leg alone while one names both (a mention without a side is then the same thing)."""
    return any(f.leg == BOTH for f in hit.facts) and all(f.leg in {BOTH, None} for f in hit.facts)


def side_of(hits: list[Hit]) -> str:
    """The side that the supporting findings name together."""
    sides = {fact.leg for hit in hits for fact in hit.facts} - {None}
    if BOTH in sides or len(sides) > 1:
        return BOTH
    return next((side for side in sides if side), "unspecified")
