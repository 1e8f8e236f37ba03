"""Each urgency rule fires, and its near misses do not."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.mapping import assess
from popliteal.schema import CHOICE
from support.shorthand import cases, decisions, findings

DECISIONS = decisions()
CASES = cases("rules.yaml")
FIRES = [(rule, lines) for rule, case in CASES.items() for lines in case["fires"]]
NEAR = [(rule, name, lines) for rule, case in CASES.items() for name, lines in case["near"].items()]
UNREAL = {
    "negated": {"assertion": "absent"},
    "hypothetical": {"assertion": "hypothetical"},
    "family": {"assertion": "family"},
    "resolved": {"temporality": "historical", "course": "resolved"},
}


def fired(lines: list[str], **changes: str) -> set[str]:
    changed = [{**finding, **changes} for finding in findings(lines)]
    return {rule["id"] for rule in assess(changed, decisions=DECISIONS)["urgency"]["rules"]}


def test_every_rule_has_a_case_and_a_near_miss() -> None:
    assert set(CASES) == set(DECISIONS.rules)
    assert all(case["fires"] and case["near"] for case in CASES.values())


@pytest.mark.parametrize(("rule", "lines"), FIRES)
def test_fires(rule: str, lines: list[str]) -> None:
    assert rule in fired(lines)


@pytest.mark.parametrize(("rule", "name", "lines"), NEAR)
def test_near_miss(rule: str, name: str, lines: list[str]) -> None:
    assert rule not in fired(lines), name


@pytest.mark.parametrize(("rule", "lines"), FIRES)
@pytest.mark.parametrize("unreal", UNREAL)
def test_unreal_findings_fire_nothing(rule: str, lines: list[str], unreal: str) -> None:
    assert not fired(lines, **UNREAL[unreal])


def test_evidence_and_reason() -> None:
    result = assess(findings(["diabetes", "back_pain", "maybe bladder_retention"]), decisions=DECISIONS)
    rule = next(r for r in result["urgency"]["rules"] if r["id"] == "E01_ces_sphincter")
    assert rule["findings"] == [1, 2]
    assert rule["possible"]
    assert result["urgency"]["needs_review"]
    assert "bladder" in rule["why"].lower()


def test_a_choice_of_a_question_is_no_suspicion() -> None:
    [suspected] = findings(["maybe dx_cauda_equina"])
    assert assess([suspected], decisions=DECISIONS)["urgency"]["tier"] == "EMERGENCY"
    offered = suspected | {"cues": CHOICE}
    assert assess([offered], decisions=DECISIONS)["urgency"]["tier"] == "NONE"


def test_a_side_is_never_combined_with_the_other() -> None:
    assert "S01_numbness_with_knee_pain" not in fired(["knee_pain@knee/R", "numbness@foot/L"])
    assert "S01_numbness_with_knee_pain" in fired(["knee_pain@knee/R", "numbness@foot"])


def test_old_timing_is_carried_to_undated_mentions_only() -> None:
    assert "U01_foot_drop_subacute" not in fired(["foot_drop/L onset=chronic", "foot_drop/L"])
    assert "U01_foot_drop_subacute" in fired(["foot_drop/L onset=chronic", "foot_drop/R"])
    assert "E05_acute_severe_motor" in fired(["foot_drop/L onset=chronic", "foot_drop/L course=new"])


@pytest.mark.parametrize(
    ("lines", "tier"),
    [
        (["numbness@leg/R onset=acute", "back_pain", "saddle_anesthesia"], "EMERGENCY"),
        (["no saddle_anesthesia", "no bladder_dysfunction_nos", "radicular_pain/R onset=subacute"], "SOON"),
        (["foot_drop/L onset=sudden"], "EMERGENCY"),
        (["foot_drop/L days=35"], "URGENT"),
        (["foot_drop/L onset=chronic course=stable", "afo_use/L", "dx_peroneal_neuropathy/L"], "ROUTINE"),
        (["knee_pain@knee/R", "knee_warmth@knee/R", "knee_erythema@knee/R", "knee_swelling_effusion@knee/R", "fever"],
         "EMERGENCY"),
        (["if bladder_retention"], "NONE"),
        (["back_pain"], "ROUTINE"),
        (["diabetes", "past trauma", "no leg_pain"], "NONE"),
        (["crystal_arthritis", "no dx_septic_arthritis"], "ROUTINE"),
    ],
)  # fmt: skip
def test_minimal_decisions(lines: list[str], tier: str) -> None:
    assert assess(findings(lines), decisions=DECISIONS)["urgency"]["tier"] == tier


def test_a_note_that_contradicts_itself_keeps_the_tier_and_asks_for_review() -> None:
    both = ["saddle_anesthesia onset=acute", "no saddle_anesthesia"]
    urgency = assess(findings(both), decisions=DECISIONS)["urgency"]
    assert (urgency["tier"], urgency["needs_review"]) == ("EMERGENCY", True)
    assert not assess(findings(both[:1]), decisions=DECISIONS)["urgency"]["needs_review"]


FULL_LEFT = ["strength_normal/L text=ankle_dorsiflexion", "strength_normal/L text=great_toe_extension"]


@pytest.mark.parametrize(
    ("lines", "tier"),
    [
        # the name only, everything of it asked about and denied
        (["dx_cauda_equina", "no saddle_anesthesia", "no bladder_retention", "back_pain"], "URGENT"),
        (["dx_cauda_equina", "no saddle_anesthesia", "no bladder_incontinence", "bladder_retention"], "EMERGENCY"),
        (["dx_cauda_equina", "no bladder_retention", "back_pain"], "EMERGENCY"),
        (["maybe dx_cauda_equina", "no saddle_anesthesia", "no bladder_retention", "back_pain"], "EMERGENCY"),
        # in words, against what was measured
        (["paralysis_foot_toes/L", *FULL_LEFT], "URGENT"),
        (["paralysis_foot_toes/L onset=acute", *FULL_LEFT], "EMERGENCY"),
        (["paralysis_foot_toes/R", *FULL_LEFT], "EMERGENCY"),
        (["paralysis_foot_toes/L", "no foot_weakness/L"], "EMERGENCY"),
    ],
)  # fmt: skip
def test_an_emergency_that_rests_on_contradicted_words_is_urgent_and_for_review(lines: list[str], tier: str) -> None:
    urgency = assess(findings(lines), decisions=DECISIONS)["urgency"]
    assert urgency["tier"] == tier
    assert any(rule["doubted"] for rule in urgency["rules"]) == (tier == "URGENT")
    assert urgency["needs_review"] or tier == "EMERGENCY"


def test_a_concept_without_a_side_names_no_leg() -> None:
    unsided = {concept.id for concept in load().concepts.values() if concept.sided is False}
    assert unsided
    assert unsided <= DECISIONS.sets["sideless"]
