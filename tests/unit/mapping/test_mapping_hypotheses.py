"""Vignettes: which nerve, which side, with which reasons."""

from __future__ import annotations

from typing import Any

import pytest

from popliteal.mapping import assess
from popliteal.schema import GRADES, URGENCIES
from support.shorthand import cases, decisions, findings

DECISIONS = decisions()
CASES = cases("hypotheses.yaml")


@pytest.mark.parametrize("name", CASES)
def test_vignette(name: str) -> None:
    case = CASES[name]
    result = assess(findings(case["findings"]), decisions=DECISIONS)
    wanted = case["hypothesis"] if isinstance(case["hypothesis"], list) else [case["hypothesis"]]
    listed = [(h["hypothesis"], h["side"], h["score"]) for h in result["hypotheses"]]
    assert result["primary"]["hypothesis"] in wanted, listed
    assert result["primary"]["side"] == case.get("side", result["primary"]["side"])
    assert result["primary"]["grade"] == case.get("grade", result["primary"]["grade"])
    assert result["urgency"]["tier"] == case.get("tier", result["urgency"]["tier"]), result["urgency"]["rules"]
    assert {h for h, _, _ in listed} >= set(case.get("also", []))
    lead: dict[str, Any] = result["hypotheses"][0] if result["hypotheses"] else {}
    assert lead.get("link") == case.get("link", lead.get("link"))
    assert {c["feature"] for c in lead.get("causes", [])} >= set(case.get("causes", []))
    assert {c["kept"] for c in result["contradictions"]} >= set(case.get("conflicts", []))
    for hypothesis, feature in case.get("opposing_feature", {}).items():
        item = next((h for h in result["hypotheses"] if h["hypothesis"] == hypothesis), None)
        assert item is None or feature in {o["feature"] for o in item["opposing"]}


def test_every_hypothesis_has_a_vignette() -> None:
    leading = {case["hypothesis"] for case in CASES.values() if isinstance(case["hypothesis"], str)}
    assert leading == set(DECISIONS.hypotheses)


@pytest.mark.parametrize("name", CASES)
def test_mirrored(name: str) -> None:
    """Left and right swapped in the findings are swapped in the answer, and nothing else changes."""
    lines = findings(CASES[name]["findings"])
    swap = {"left": "right", "right": "left"}
    mirrored = [{**f, "laterality": swap.get(f.get("laterality", ""), f.get("laterality"))} for f in lines]
    one, other = assess(lines, decisions=DECISIONS), assess(mirrored, decisions=DECISIONS)
    assert swap.get(one["primary"]["side"], one["primary"]["side"]) == other["primary"]["side"]
    assert one["primary"]["hypothesis"] == other["primary"]["hypothesis"]
    assert one["urgency"] == other["urgency"]
    assert one["red_flags"] == other["red_flags"]


def test_shape_of_the_result() -> None:
    result = assess(findings(CASES["common_peroneal_compression"]["findings"]), decisions=DECISIONS)
    assert set(result) == {
        "primary", "hypotheses", "urgency", "red_flags", "not_documented", "competing", "contradictions",
    }  # fmt: skip
    assert result["urgency"]["tier"] in URGENCIES
    assert [h["rank"] for h in result["hypotheses"]] == list(range(1, len(result["hypotheses"]) + 1))
    assert {h["grade"] for h in result["hypotheses"]} <= set(GRADES)
    lead = result["hypotheses"][0]
    assert {"finding_id": 0, "feature": "df_weak", "weight": 2.0} in lead["supporting"]
    assert all(set(item) == {"feature", "why"} for item in result["not_documented"])
    assert lead["tests"]
    assert not any(text.endswith("]") for text in lead["tests"])


def test_questions_separate_the_leaders() -> None:
    """A bare foot drop: inversion and hip abduction tell the peroneal nerve from the L5 root."""
    result = assess(findings(["foot_drop/L", "numbness@foot_dorsum/L"]), decisions=DECISIONS)
    leaders = {h["hypothesis"] for h in result["hypotheses"][:2]}
    assert leaders == {"common_peroneal", "l5_radiculopathy"}
    asked = [item["feature"] for item in result["not_documented"]]
    assert "hip_abd_weak" in asked[:2]
    assert {"inversion_weak", "inversion_normal"} & set(asked)
    known = ["foot_drop/L", "numbness@foot_dorsum/L", "strength_normal/L text=hip_abduction"]
    later = assess(findings(known), decisions=DECISIONS)
    assert not {"hip_abd_weak", "hip_abd_normal"} & {item["feature"] for item in later["not_documented"]}


@pytest.mark.parametrize(
    ("lines", "flag", "status"),
    [
        (["saddle_anesthesia"], "saddle_anesthesia", "present"),
        (["maybe saddle_anesthesia"], "saddle_anesthesia", "possible"),
        (["no saddle_anesthesia"], "saddle_anesthesia", "denied"),
        (["if saddle_anesthesia", "family saddle_anesthesia"], "saddle_anesthesia", "not_documented"),
        (["no bladder_retention", "bladder_incontinence"], "bladder_dysfunction", "present"),
        (["bladder_bowel_normal"], "bowel_dysfunction", "denied"),
        (["past foot_drop/L"], "foot_drop", "not_documented"),
        (["fever", "knee_warmth@knee/L"], "fever_with_hot_knee", "present"),
        (["no fever"], "fever", "denied"),
        (["past cancer_history"], "cancer", "present"),
        (["leg_swelling/B"], "unilateral_leg_swelling", "not_documented"),
    ],
)
def test_red_flags(lines: list[str], flag: str, status: str) -> None:
    assert assess(findings(lines), decisions=DECISIONS)["red_flags"][flag] == status


def test_the_example_of_the_documentation() -> None:
    """The table in docs/mapping.md, worked out."""
    lines = ["foot_drop/L onset=sudden", "numbness@foot_dorsum/L", "tinel_fibular_neck/L", "no back_pain",
             "strength_normal/L text=hip_abduction"]  # fmt: skip
    result = assess(findings(lines), decisions=DECISIONS)
    lead = result["hypotheses"][0]
    assert (lead["hypothesis"], lead["score"], lead["grade"]) == ("common_peroneal", 11.0, "likely")
    assert "l5_radiculopathy" not in {h["hypothesis"] for h in result["hypotheses"]}
    assert result["urgency"]["rules"][0]["id"] == "E05_acute_severe_motor"
