"""Nothing in the tables is dead: every alternative of every rule, every feature, weight and explanation can come true.

The findings are worked out from the conditions, so that a new entry is tested the day it is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from witness import Row, asked, witnesses

from popliteal.knowledge.conditions import Find
from popliteal.mapping import assess
from popliteal.mapping.assess import engine
from popliteal.mapping.facts import View
from popliteal.mapping.predicates import Hit
from support.shorthand import decisions

DECISIONS = decisions()
ENGINE = engine(DECISIONS)
AGES = {"age_over_70": 75, "age_under_60": 40}
UNREAL = ({"assertion": "absent"}, {"assertion": "hypothetical"}, {"assertion": "family"})


def fired(rows: list[Row]) -> set[str]:
    return {rule["id"] for rule in assess(rows, decisions=DECISIONS)["urgency"]["rules"]}


def phrased(rows: list[Row]) -> Iterator[list[Row]]:
    """The same findings as they stand, without a side, suspected, and at another joint."""
    yield rows
    yield [{**row, "laterality": "unspecified"} for row in rows]
    yield [row if "assertion" in row else {**row, "assertion": "possible"} for row in rows]
    yield [row if "site" in row else {**row, "site": "hip"} for row in rows]


SETS = [(rule, rows) for rule, entry in DECISIONS.rules.items() for rows in witnesses(entry.when)]


@pytest.mark.parametrize("rule", DECISIONS.rules)
def test_every_alternative_of_a_rule_fires(rule: str) -> None:
    """Nearly every: one of many may contradict itself, such as two places of one finding."""
    sets = [rows for name, rows in SETS if name == rule]
    firing = [rows for rows in sets if rule in fired(rows)]
    assert len(firing) >= 0.95 * len(sets) > 0


@pytest.mark.parametrize("rule", DECISIONS.rules)
def test_of_a_minimal_set_no_finding_can_be_missing_or_unreal(rule: str) -> None:
    """Take one finding away, deny it, make it a precaution or somebody else's: the rule is silent.

    Unless what is left is another of its sets, or a stronger one of the same findings.
    """
    sets = [rows for name, rows in SETS if name == rule]
    for rows in (rows for rows in sets if rule in fired(rows)):
        for row in (row for row in rows if "assertion" not in row):
            rest = [other for other in rows if other is not row]
            if rule in fired(rest):
                continue
            for unreal in UNREAL:
                assert rule not in fired([*rest, {**row, **unreal}]), (row, unreal)


@pytest.mark.parametrize("rule", DECISIONS.rules)
def test_every_concept_of_a_rule_helps_to_fire_it(rule: str) -> None:
    condition = DECISIONS.rules[rule].when
    idle = []
    for wanted in dict.fromkeys(asked(condition)):
        for concept in sorted(wanted.concepts):

            def choose(find: Find, wanted: Find = wanted, concept: str = concept) -> str:
                return concept if find == wanted else min(find.concepts)

            sets = (rows for rows in witnesses(condition, choose) if any(row["concept"] == concept for row in rows))
            if not any(rule in fired(other) for rows in sets for other in phrased(rows)):
                idle.append(concept)
    assert idle == []


def on_side(rows: list[Row], feature: str) -> list[Row]:
    both = DECISIONS.features[feature].side == "both"
    return [{**row, "laterality": "bilateral"} if both else row for row in rows]


def comes_true(feature: str) -> bool:
    entry = DECISIONS.features[feature]
    needed = sorted(entry.needs - {feature} - set(entry.unless))[:1]
    extra = [row for need in needed for row in on_side(next(iter(witnesses(DECISIONS.features[need].when))), need)]
    for rows in islice(witnesses(entry.when), 300):
        seen = on_side(rows, feature) + extra
        if feature in ENGINE.features(seen, AGES.get(feature)):
            return True
    return False


@pytest.mark.parametrize("feature", DECISIONS.features)
def test_every_feature_can_come_true(feature: str) -> None:
    assert comes_true(feature)


@pytest.mark.parametrize("feature", DECISIONS.features)
def test_every_weight_counts(feature: str) -> None:
    """Alone, a feature moves each hypothesis that it speaks of by its weight, and nothing else."""
    entry = DECISIONS.features[feature]
    for scope in ("leg", "note"):
        wanted = {k: w for k, w in entry.weights.items() if DECISIONS.hypotheses[k].scope == scope}
        scores = ENGINE.scorer.score(View("left", None, None), {feature: Hit(())}, scope, also=frozenset(wanted))
        risk = DECISIONS.scoring.risk_cap if entry.risk else float("inf")
        assert {s.id: s.score for s in scores} == {
            k: float(int(DECISIONS.hypotheses[k].prior + min(w, risk))) for k, w in wanted.items()
        }


@pytest.mark.parametrize("name", DECISIONS.competing)
def test_every_explanation_holds_for_some_findings(name: str) -> None:
    entry = DECISIONS.competing[name]
    site = {"site": min(s for s in entry.at if s)} if any(entry.at) else {}
    covered = {"laterality": "bilateral" if entry.only_both else "left", **site}
    for rows in islice(witnesses(entry.when), 300):
        for concept in [None, *sorted(entry.set_aside | entry.known | entry.doubted)]:
            seen = rows if concept is None else [*rows, {"concept": concept, **covered}]
            for other in phrased(seen):
                if name in {item["id"] for item in assess(other, decisions=DECISIONS)["competing"]}:
                    return
    pytest.fail("no findings for which it holds and accounts for something")
