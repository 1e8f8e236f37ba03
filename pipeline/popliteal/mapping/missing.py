"""What the note does not say: the questions whose answers would separate the leading hypotheses."""

from __future__ import annotations

from popliteal.knowledge.conditions import Find, finds
from popliteal.knowledge.decision_models import Decisions, Feature
from popliteal.mapping.facts import Fact, View
from popliteal.mapping.scoring import Scored

#: A question is worth asking when its answer moves the two leaders apart by this many points.
_SEPARATES = 2.0
_MOST = 6
_ORDER = {"exam": 0, "history": 1, "test": 2}


class Missing:
    """The questions of a set of decisions, by group of features."""

    def __init__(self, decisions: Decisions) -> None:
        self.decisions = decisions
        self.questions = [f for f in decisions.features.values() if f.ask and f.weights]
        self.pairs: dict[tuple[str, str | None], list[Feature]] = {}
        self.answers: dict[str, list[Find]] = {}
        self.general: dict[str, set[str]] = {}
        for feature in self.questions:
            self.answers.setdefault(feature.group, []).extend(finds(feature.when))
            self.general.setdefault(feature.group, set()).update(feature.asked_by)

    def between(self, first: Scored, second: Scored | None, view: View) -> list[dict[str, str]]:
        """Undocumented features that tell ``first`` from ``second``, the most telling first, one of each group."""
        other = second.id if second else None
        out: list[dict[str, str]] = []
        for feature in self._telling(first.id, other):
            if len(out) == _MOST:
                break
            if not self._documented(feature.group, view):
                out.append({"feature": feature.id, "why": self._why(feature, first.id, other)})
        return out

    def _telling(self, first: str, second: str | None) -> list[Feature]:
        """The best question of each group for this pair: the bedside first, most telling first; worked out once."""
        known = self.pairs.get((first, second))
        if known is None:
            gaps = ((self._gap(feature, first, second), feature) for feature in self.questions)
            ranked = sorted(gaps, key=lambda pair: (_ORDER[pair[1].ask or "test"], -pair[0], pair[1].id))
            best: dict[str, Feature] = {}
            for gap, feature in ranked:
                if gap >= _SEPARATES:
                    best.setdefault(feature.group, feature)
            known = self.pairs[first, second] = list(best.values())
        return known

    def _gap(self, feature: Feature, first: str, second: str | None) -> float:
        mine = feature.weights.get(first, 0.0)
        return abs(mine - feature.weights.get(second, 0.0)) if second else mine

    def _documented(self, group: str, view: View) -> bool:
        if any(f.mentioned for concept in self.general[group] for f in view.everything.get(concept, ())):
            return True
        return any(
            _answers(fact, find)
            for find in self.answers[group]
            for index in (view.everything, view.elsewhere)
            for concept in find.concepts.intersection(index)
            for fact in index[concept]
        )

    def _why(self, feature: Feature, first: str, second: str | None) -> str:
        action = self.decisions.actions.get(feature.action or "")
        supply = f" ({', '.join(action.muscles)}: {action.nerve} nerve, {' '.join(action.roots)})" if action else ""
        goal = f"separates {first} from {second}" if second else f"would support {first}"
        return f"{goal}: {feature.text}{supply}"


def _answers(fact: Fact, find: Find) -> bool:
    """Whether a mention, asserted or denied, answers what ``find`` asks."""
    return (
        fact.mentioned
        and (find.sites is None or fact.site in find.sites)
        and (find.texts is None or fact.text in find.texts)
    )
