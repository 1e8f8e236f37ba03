"""Any hypothesis can be asked why: reported or not, for each side, with the arithmetic that gives its score."""

from __future__ import annotations

from typing import Any

import pytest

from popliteal.mapping import assess, trace
from support.shorthand import cases, decisions, findings

DECISIONS = decisions()
CASES = cases("hypotheses.yaml")
DROP = ["foot_drop/L onset=acute", "numbness@foot_dorsum/L", "no back_pain", "knee_osteoarthritis@knee/R"]


def points(item: dict[str, Any]) -> float:
    """The sum of the weights that an item shows, each feature once."""
    return sum({part["feature"]: part["weight"] for part in item["supporting"] + item["opposing"]}.values())


@pytest.mark.parametrize("name", CASES)
def test_a_reported_score_is_the_traced_one(name: str) -> None:
    lines = findings(CASES[name]["findings"])
    for item in assess(lines, decisions=DECISIONS)["hypotheses"]:
        if item["children"] or item["link"] == "co_symptom" or not item["supporting"]:
            continue  # made of others, or only named by a rule
        traced = trace(lines, item["hypothesis"], decisions=DECISIONS)
        assert (item["side"], item["score"]) in [(one["side"], one["score"]) for one in traced]


@pytest.mark.parametrize("key", DECISIONS.hypotheses)
def test_every_hypothesis_answers(key: str) -> None:
    entry = DECISIONS.hypotheses[key]
    traced = trace(findings(DROP), key, decisions=DECISIONS)
    for item in traced:
        risks = {part["feature"] for part in item["supporting"] if DECISIONS.features[part["feature"]].risk}
        if not risks:  # causes are capped together; the sum of the rest is exact but for rounding toward zero
            assert item["score"] == int(entry.prior + points(item))
    if entry.kind == "none" or entry.composite:
        assert traced == []


def test_what_opens_and_what_excludes() -> None:
    sole = trace(findings(DROP), "tarsal_tunnel", decisions=DECISIONS)
    assert [(item["side"], item["eligible"]) for item in sole] == [("right", False), ("left", False)]
    knee = {item["side"]: item["excluded_by"] for item in trace(findings(DROP), "knee_joint_only", decisions=DECISIONS)}
    assert knee == {"right": [], "left": ["any_nerve_symptom"]}
    assert trace(findings(["knee_pain@knee/L"]), "anterior_horn_cell", decisions=DECISIONS) == []
