"""From features to hypotheses: weights summed within and over groups, for each leg and for the whole note."""

from __future__ import annotations

from dataclasses import dataclass, field

from popliteal.knowledge.conditions import triggers
from popliteal.knowledge.decision_models import Decisions, Feature, Hypothesis
from popliteal.mapping.contradictions import Dropped
from popliteal.mapping.facts import BOTH, LEFT, RIGHT, Fact, Triggered, View
from popliteal.mapping.predicates import SUSPECTED, Hit, both_legs, compiled

Hits = dict[str, Hit]


@dataclass(slots=True)
class Part:
    """What one feature gave to a score: points, and the findings behind it."""

    feature: Feature
    points: float
    hit: Hit

    @property
    def finding_ids(self) -> list[int]:
        """The findings behind it, each once, in order."""
        return sorted({fact.finding_id for fact in self.hit.facts})


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
    #: whether all that has a side is of both legs, though the note names one leg for something else
    of_both: bool = False
    #: whether a finding of today that names its leg, or both, speaks for it
    own: bool = False
    #: whether one that names its leg alone does
    single: bool = False
    #: whether what names its leg alone, and is new or worse, speaks for it
    fresh: bool = False
    #: of a picture that the note says is over: never more than possible
    possible_only: bool = False


class Scorer:
    """Evaluates the features that a note can fire, and scores every hypothesis that they speak of."""

    def __init__(self, decisions: Decisions) -> None:
        self.setting, self.hypotheses = decisions.scoring, decisions.hypotheses
        self.by_id = decisions.features
        self.quiet, self.signs = decisions.sets["quiet"], decisions.sets["nerve_sign"]
        self.deficits = (decisions.sets["hemi_sign"], self.signs)
        self.half = decisions.sets["arm_sign"] | decisions.sets["face_sign"]
        self.cord, self.long_tracts = decisions.sets["cord_named"], decisions.sets["umn_sign"]
        self.pains = decisions.sets["sided_pain"]
        self.limb_signs = self.signs | decisions.sets["arm_sign"]
        self.features = list(decisions.features.values())
        self.tests = [compiled(feature.when) for feature in self.features]
        self.triggered = Triggered([triggers(feature.when) for feature in self.features])
        self.conditional = {f.id: f for f in self.features if f.unless or f.needs}
        self.weights = {
            scope: {
                feature.id: [(h, w) for h, w in feature.weights.items() if self.hypotheses[h].scope == scope]
                for feature in self.features
            }
            for scope in ("leg", "note")
        }
        self.named = {named.hypothesis for rule in decisions.rules.values() for named in rule.names}
        self.scopes = {
            scope: [k for k, h in self.hypotheses.items() if h.scope == scope and h.kind not in {"none", "composite"}]
            for scope in ("leg", "note")
        }
        self.gates = {
            key: tuple(frozenset(gate) for gate in (h.gate, h.gate_also) if gate) for key, h in self.hypotheses.items()
        }
        self.excluding = {key: frozenset(h.excluded_by) for key, h in self.hypotheses.items()}
        self.ungated = frozenset(key for key, gates in self.gates.items() if not gates)
        self.opened: dict[str, set[str]] = {}  # by feature, the hypotheses whose first gate it is in
        for key, gates in self.gates.items():
            for feature in gates[0] if gates else ():
                self.opened.setdefault(feature, set()).add(key)

    def hits(self, view: View) -> list[tuple[Feature, Hit]]:
        """The features whose condition holds in a view; those of both legs are looked for in the whole note."""
        out = []
        for number in self.triggered.candidates(view):
            feature = self.features[number]
            hit = self.tests[number](view.whole if feature.side == "both" else view)
            if hit is not None:
                out.append((feature, hit))
        return out

    def fired(self, view: View, hits: list[tuple[Feature, Hit]]) -> tuple[Hits, list[Dropped]]:
        """The features that count in a view, in the order of the file, and the pairs that contradict each other.

        In the whole note a feature of one leg counts only while its findings are not of both, and the other way round.
        """
        entire = view is view.whole
        out = {
            feature.id: hit
            for feature, hit in hits
            if feature.side == "any"
            or (both_legs(hit.facts) if feature.side == "both" else not (entire and both_legs(hit.facts)))
        }
        conflicts: list[Dropped] = []
        hits_of = dict(out)
        for key in [key for key in out if key in self.conditional]:
            feature = self.conditional[key]
            against = next((other for other in sorted(feature.unless) if other in out), None)
            if against:
                numbers = {fact.finding_id for one in (against, key) for fact in hits_of[one].facts}
                conflicts.append(Dropped(against, key, tuple(sorted(numbers))))
            if against or (feature.needs and feature.needs.isdisjoint(out)):
                del out[key]
        return out, conflicts

    def score(self, view: View, fired: Hits, scope: str, also: frozenset[str] = frozenset()) -> list[Scored]:
        """Every hypothesis of ``scope`` to which a feature gives points: all that pass their gate, or that a rule may
        name, or that are asked for (``also``)."""
        near = self.ungated.union(*[self.opened[feature] for feature in fired if feature in self.opened])
        eligible = {key: key in near and self._eligible(key, fired) for key in self.scopes[scope]}
        groups: dict[str, dict[str, Part]] = {
            key: {} for key, passes in eligible.items() if passes or key in self.named or key in also
        }
        beside: dict[str, list[Part]] = {}
        weights = self.weights[scope]
        for key, hit in fired.items():
            feature = self.by_id[key]
            factor = self.setting.uncertain_factor if hit.weakness & SUSPECTED else 1.0
            if scope == "leg" and feature.side == "one" and _only_as_both(hit):
                factor *= self.setting.bilateral_factor
            for hypothesis, weight in weights[key]:
                group = groups.get(hypothesis)
                if group is None:
                    continue
                part, best = Part(feature, weight * factor, hit), group.get(feature.group)
                outdone: Part | None = part
                if best is None or (abs(part.points), part.points) > (abs(best.points), best.points):
                    group[feature.group], outdone = part, best
                if outdone is not None:
                    beside.setdefault(hypothesis, []).append(outdone)
        return [
            self._total(key, view, list(parts.values()), beside.get(key, []), eligible[key])
            for key, parts in groups.items()
            if parts
        ]

    def _eligible(self, key: str, fired: Hits) -> bool:
        """Whether some feature of each of its gates is there, and nothing that excludes it."""
        for gate in self.gates[key]:
            if gate.isdisjoint(fired):
                return False
        return self.excluding[key].isdisjoint(fired)

    def _total(self, key: str, view: View, parts: list[Part], beside: list[Part], eligible: bool) -> Scored:
        """The sum of the parts; ``beside`` add nothing to it, but tell of the side as much."""
        hypothesis = self.hypotheses[key]
        risk = evidence = 0.0
        for part in parts:
            if part.feature.risk:
                risk += part.points
            else:
                evidence += part.points
        total = float(int(hypothesis.prior + evidence + min(risk, self.setting.risk_cap)))
        side = view.side
        if side in {"whole", "unspecified"}:
            side = self._side(view, [*parts, *beside], whole=hypothesis.scope == "note" and not hypothesis.symmetric)
            side = BOTH if side == "unspecified" and hypothesis.symmetric else side
            side = self._of_limbs(view) if hypothesis.several else side
        support = self._support([*parts, *beside])
        both = hypothesis.scope == "leg" and {fact.leg for fact in support} - {None} == {BOTH}
        own = any(fact.usable and fact.leg in {side, BOTH} for fact in support)
        single = any(fact.usable and fact.leg == side for fact in support)
        fresh = any(fact.usable and fact.certain and fact.fresh and fact.leg == side for fact in support)
        return Scored(
            key,
            hypothesis,
            side,
            total,
            eligible,
            parts,
            max(risk, 0.0),
            of_both=both,
            own=own,
            single=single,
            fresh=fresh,
        )

    def _side(self, view: View, parts: list[Part], *, whole: bool) -> str:
        """The side of the deficits that support it, else of all that does, else of the note's deficits or pain.

        What is of one half of the body tells more than signs of a leg, what is certain more than what is suspected
        (equivocal plantars make no hemiparesis bilateral), and of one patient what is new more than what is old
        or stands in the past history.
        """
        support = self._support(parts)
        if whole and (side := self._of_cord(view, support) or self._of_half(view, support)) is not None:
            return side
        fresh = [fact for fact in self._of(view, self.signs) if fact.fresh and fact.certain] if whole else []
        for facts in (*([fact for fact in support if fact.concept in kind] for kind in self.deficits), fresh, support):
            certain = [fact for fact in facts if fact.certain]
            recent = [fact for fact in certain if fact.fresh] if whole and any(f.chronic for f in certain) else []
            today = [fact for fact in certain if not fact.background] if whole else []
            for weighed in (recent, today, certain, facts):
                if (side := side_of_facts(weighed)) != "unspecified":
                    return side
        for concepts in (self.signs, self.pains) if whole else ():
            if (side := side_of_facts(self._of(view, concepts))) != "unspecified":
                return side
        return "unspecified"

    def _of_cord(self, view: View, support: list[Fact]) -> str | None:
        """Both legs where the cord is named and its signs are of both, or of neither by itself: the worse leg is none
        alone, unless what is of that leg is new."""
        named = self.cord & view.everything.keys()
        if not any(fact.asserted for concept in named for fact in view.everything[concept]):
            return None
        signs = [f for f in support if f.certain and f.concept in self.signs.union(self.long_tracts, *self.deficits)]
        new = side_of_facts([f for f in [*self._of(view, self.signs), *signs] if f.certain and f.fresh])
        sides = {new, side_of_facts(signs)}
        if BOTH in sides and new in {BOTH, "unspecified"}:
            return BOTH
        tracts = not self.long_tracts.isdisjoint({f.concept for f in signs})
        return BOTH if tracts and sides == {"unspecified"} else None

    def _of_half(self, view: View, support: list[Fact]) -> str | None:
        """The side of face and arm, where a sign of the leg has it too, or no leg has one: a leg weak before on
        the other side makes no stroke of both."""
        if not any(fact.concept in self.half for fact in support):
            return None
        facts = [f for index in (view.active, view.elsewhere) for c in index.keys() & self.half for f in index[c]]
        sides = {fact.side for fact in facts if fact.certain} - {"unspecified"}
        legs = {fact.leg for fact in self._of(view, self.signs.union(*self.deficits)) if fact.certain} - {None}
        return sides.pop() if len(sides) == 1 and sides <= {LEFT, RIGHT} and (not legs or sides <= legs) else None

    def _of_limbs(self, view: View) -> str:
        """The side of the signs of nerves in any limb, arms too."""
        facts = [
            f for index in (view.active, view.elsewhere) for c in self.limb_signs.intersection(index) for f in index[c]
        ]
        named = {fact.leg or fact.side for fact in facts if fact.usable} - {"unspecified"}
        return "unspecified" if not named else named.pop() if len(named) == 1 else BOTH

    @staticmethod
    def _of(view: View, concepts: frozenset[str]) -> list[Fact]:
        """What counts of some concepts."""
        return [fact for concept in concepts.intersection(view.active) for fact in view.active[concept]]

    def _support(self, parts: list[Part]) -> list[Fact]:
        """The findings that speak for it, but for risks and normal ones: normal sensation of both legs makes no
        weakness of one leg bilateral."""
        return [
            fact
            for part in parts
            if part.points > 0 and not part.feature.risk
            for fact in part.hit.facts
            if fact.concept not in self.quiet
        ]


def _only_as_both(hit: Hit) -> bool:
    """Whether none names this leg alone while one names both: a mention without a side is then the same thing."""
    return any(f.leg == BOTH for f in hit.facts) and all(f.leg in {BOTH, None} for f in hit.facts)


def side_of(hits: list[Hit]) -> str:
    """The side that the supporting findings name together."""
    return side_of_facts([fact for hit in hits for fact in hit.facts])


def side_of_facts(facts: list[Fact]) -> str:
    """The side that findings name together."""
    sides = {fact.leg for fact in facts} - {None}
    if BOTH in sides or len(sides) > 1:
        return BOTH
    return next((side for side in sides if side), "unspecified")
