"""From scores to an ordered answer: what is reported, what leads, and what belongs together (rules B.1 and B.5)."""

from __future__ import annotations

from dataclasses import replace

from popliteal.knowledge.decision_models import Decisions
from popliteal.mapping.facts import BOTH
from popliteal.mapping.scoring import Hits, Scored
from popliteal.mapping.urgency import PRESSING, Fired

Features = dict[str, Hits]


class Ranking:
    """Puts the scored hypotheses of one note in order."""

    def __init__(self, decisions: Decisions) -> None:
        self.hypotheses, self.setting = decisions.hypotheses, decisions.scoring
        self.levels = frozenset(
            key
            for key, h in decisions.hypotheses.items()
            if h.kind == "root" and h.scope == "leg" and key != self.setting.level_unknown
        )
        self.composites = [(key, h.composite) for key, h in decisions.hypotheses.items() if h.composite]

    def order(self, scored: list[Scored], fired: Features, rules: list[Fired]) -> list[Scored]:
        """The hypotheses to report, best first. ``fired`` holds the features of each side and of the whole note."""
        named: dict[str, list[Fired]] = {}
        for rule in rules:
            for hypothesis in rule.names:
                named.setdefault(hypothesis, []).append(rule)
        kept = [s for s in scored if s.eligible and s.score >= self.setting.possible]
        kept = self._roots(kept)
        kept += self._parallel(scored, kept, named)
        for item in kept:
            item.named_by = tuple(rule.rule.id for rule in named.get(item.id, ()))
            item.link = self._link(item, fired)
        kept.sort(key=lambda item: self._key(item, fired, named))
        kept = self._level_first(kept)
        return self._composite(kept, scored, fired)

    def _key(self, item: Scored, fired: Features, named: dict[str, list[Fired]]) -> tuple[object, ...]:
        emergency = (
            item.eligible
            and item.score >= self.setting.possible
            and any(rule.alarming for rule in named.get(item.id, ()))
        )
        leads = item.hypothesis.leads
        first = leads is not None and item.score >= leads.at_least and leads.feature in fired["whole"]
        dont_miss = item.hypothesis.kind == "dont_miss"
        parent = not item.children
        unstated = not any(part.feature.states and part.points > 0 for part in item.parts)
        return (
            not emergency, not first, -item.score, not dont_miss, parent, unstated, -item.risk, -item.hypothesis.prior,
            item.id, item.side,
        )  # fmt: skip

    def _parallel(self, scored: list[Scored], kept: list[Scored], named: dict[str, list[Fired]]) -> list[Scored]:
        """What a pressing rule names is reported whatever its score, for each leg on which the rule fired."""
        have = {item.id for item in kept}
        out = []
        for hypothesis, rules in named.items():
            if hypothesis in have or not any(rule.tier in PRESSING for rule in rules):
                continue
            entry = self.hypotheses[hypothesis]
            sides = {side for rule in rules for side in rule.sides}
            found = [s for s in scored if s.id == hypothesis and (entry.scope == "note" or s.side in sides)]
            found = found or [s for s in scored if s.id == hypothesis]
            blank = Scored(hypothesis, entry, "unspecified", float(entry.prior), eligible=False)
            out += found or [replace(blank, side=min(sides)) if len(sides) == 1 else blank]
        return out

    def _roots(self, kept: list[Scored]) -> list[Scored]:
        """Levels that tie are reported as one: level unknown, with the levels as its children."""
        out = list(kept)
        for side in {item.side for item in kept if item.id in self.levels}:
            levels = sorted((s for s in kept if s.id in self.levels and s.side == side), key=lambda s: -s.score)
            tied = [s for s in levels if levels[0].score - s.score <= self.setting.tie]
            if len(tied) < 2:
                continue
            parent = next((s for s in out if s.id == self.setting.level_unknown and s.side == side), None)
            children = tuple(sorted(s.id for s in tied))
            top = levels[0]
            if parent is None:
                entry = self.hypotheses[self.setting.level_unknown]
                out.append(replace(top, id=self.setting.level_unknown, hypothesis=entry, children=children))
            else:
                parent.children, parent.score = children, max(parent.score, top.score)
        return out

    def _level_first(self, ranked: list[Scored]) -> list[Scored]:
        """A root of one leg whose level is told, likely and no tie, goes before that root with its level not known."""
        lead = ranked[0] if ranked else None
        if lead is None or lead.children or lead.of_both:
            return ranked
        if [s for s in ranked if s.id == self.setting.level_unknown] != [lead]:
            return ranked
        told = [s for s in ranked if s.id in self.levels and s.side == lead.side and s.score >= self.setting.likely]
        return [*told[:1], *(s for s in ranked if s not in told[:1])]

    def _link(self, item: Scored, fired: Features) -> str | None:
        link = item.hypothesis.link
        if link is None:
            return None
        here = fired.get(item.side) or fired["whole"]
        linked = any(feature in here for feature in link.with_) and not any(f in here for f in link.without)
        return link.name if linked else None

    def _composite(self, ranked: list[Scored], scored: list[Scored], fired: Features) -> list[Scored]:
        """Joint disease beside an independent nerve disorder: reported in front of the nerve disorder that leads."""
        everywhere = {feature for features in fired.values() for feature in features}
        for key, rule in self.composites:
            if not ranked or any(feature in everywhere for feature in rule.without):
                continue
            lead = ranked[0]
            evidence = rule.evidence if lead.id in rule.first else rule.evidence_otherwise
            if lead.id not in {*rule.first, *rule.otherwise} or not any(f in everywhere for f in evidence):
                continue
            rival = max((s.score for s in scored if s.id == rule.ahead_of and s.eligible), default=float("-inf"))
            if lead.score >= rule.at_least and lead.score - rival >= rule.by:
                both = replace(lead, id=key, hypothesis=self.hypotheses[key], children=(rule.base, lead.id))
                both.link = "co_symptom"
                return [both, *ranked]
        return ranked

    def primary_side(self, ranked: list[Scored]) -> str:
        """Both legs when all that speaks for it is of both, or the other leg has it too: likely, within a tie, or new.

        A diagnosis that names no leg makes nothing bilateral: the other leg needs a finding of its own where the
        leading one has it.
        """
        first = ranked[0]
        level = [s for s in ranked if s.id == first.id and s.score == first.score]
        lead = next((s for s in level if s.own), first)  # of two legs that are level, the one with findings of its own
        if lead.of_both:
            return BOTH
        twins = [s for s in ranked if s.id == lead.id and s.side != lead.side and (s.own or not lead.own)]
        likely, tie = self.setting.likely, self.setting.tie
        shared = lead.score * self.setting.bilateral_factor  # so much of it what is of both legs weighs on each
        strong = (s.fresh or (s.score >= likely and (s.single or s.score >= shared)) for s in twins)
        return BOTH if any(strong) or any(lead.score - s.score <= tie for s in twins) else lead.side
