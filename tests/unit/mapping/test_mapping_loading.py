"""The decision files are checked: every mistake is named with file, line and entry."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from popliteal.errors import PatternError, SourceError
from popliteal.knowledge.decisions import load_decisions
from popliteal.knowledge.layers import Layers
from popliteal.mapping import assess
from popliteal.schema import FINDING_COLUMNS, Finding
from support.shorthand import cases, decisions, finding

MISTAKES = cases("mistakes.yaml")
CONCEPTS, SITES = set(Layers().entries("concepts")), set(Layers().entries("sites.yaml"))


def load(folder: Path) -> None:
    load_decisions(Layers(folder), CONCEPTS, SITES)


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name: str, tmp_path: Path) -> None:
    file = MISTAKES[name]["file"]
    (tmp_path / file).write_text(f"# a comment\n{MISTAKES[name]['text']}\n", encoding="utf-8")
    with pytest.raises(PatternError) as caught:
        load(tmp_path)
    message = str(caught.value)
    assert MISTAKES[name]["complaint"] in message
    assert f"{tmp_path / file}:2" in message or file == "scoring.yaml"


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    for name in ("unknown_concept", "dead_rule", "flag_of_an_unknown_concept"):
        (tmp_path / MISTAKES[name]["file"]).write_text(MISTAKES[name]["text"], encoding="utf-8")
    with pytest.raises(PatternError) as caught:
        load(tmp_path)
    assert len(caught.value.problems) >= 3


def test_a_layer_adds_a_rule(tmp_path: Path) -> None:
    """A clinic's own rule, in a folder of its own."""
    rule = "X01: {tier: URGENT, name: mine, when: {find: [bakers_cyst], new: 14}, source: [DES]}"
    (tmp_path / "urgency.yaml").write_text(rule, encoding="utf-8")
    mine = load_decisions(Layers(tmp_path), CONCEPTS, SITES)
    row = [finding("bakers_cyst/L onset=acute")]
    assert [r["id"] for r in assess(row, decisions=mine)["urgency"]["rules"]] == ["X01"]
    assert not assess(row, decisions=decisions())["urgency"]["rules"]


def test_decisions_travel_to_workers() -> None:
    copy = pickle.loads(pickle.dumps(decisions()))  # noqa: S301 - our own object
    row = [finding("foot_drop/L onset=sudden")]
    assert assess(row, decisions=copy) == assess(row, decisions=decisions())


def test_the_evidence_base_is_complete() -> None:
    """Rules E01 to E23, U01 to U20, S01 to S10 stand; additions of this project follow them."""
    known = {rule[:3] for rule in decisions().rules}
    for letter, last in (("E", 23), ("U", 20), ("S", 10)):
        assert {f"{letter}{number:02}" for number in range(1, last + 1)} <= known


NERVES = {"deep_peroneal": "deep_peroneal", "superficial_peroneal": "superficial_peroneal", "femoral": "femoral",
          "tibial": "tibial_popliteal", "sciatic": "sciatic"}  # fmt: skip


def test_weights_agree_with_the_table_of_movements() -> None:
    """A weak movement speaks for the nerve and the main root that supply it; a normal one does not."""
    known = decisions()
    for feature in known.features.values():
        action = known.actions.get(feature.action or "")
        if action is None:
            continue
        supply = [NERVES.get(action.nerve), f"{action.roots[0].lower()}_radiculopathy"]
        for hypothesis in supply:
            points = feature.weights.get(hypothesis or "", 0.0)
            if feature.id.endswith("_weak"):
                assert points >= 0, (feature.id, hypothesis)
            else:
                assert points <= 0 or action.nerve == hypothesis, (feature.id, hypothesis)


def test_every_finding_attribute_but_the_concept_may_be_missing() -> None:
    assert assess([{"concept": "foot_drop"}], decisions=decisions())["urgency"]["tier"] == "URGENT"
    nan = float("nan")
    rows = [dict.fromkeys(FINDING_COLUMNS, nan) | {"concept": "foot_drop"}]
    assert assess(rows, decisions=decisions())["urgency"]["tier"] == "URGENT"
    with pytest.raises(SourceError, match="finding 1: has no concept"):
        assess([{"concept": "foot_drop"}, {"site": "foot"}], decisions=decisions())


def test_findings_as_objects_or_as_rows() -> None:
    one = Finding(7, 0, 9, "foot drop", "foot_drop", "motor", laterality="left", course="new")
    result = assess([one], decisions=decisions())
    assert result == assess([one.to_dict()], decisions=decisions())
    assert result["urgency"]["rules"][0]["findings"] == [7]


@pytest.mark.parametrize(
    ("value", "severe"),
    [("3/5", True), ("3+", True), ("4-/5", False), (2, True), (3.67, False), ("1", True), ("4+", False), ("0/5", True)],
)
def test_grades_in_numbers_and_words(value: object, severe: bool) -> None:
    row = {"concept": "ankle_dorsiflexion_weakness", "laterality": "left", "value": value, "course": "new"}
    rules = {r["id"] for r in assess([row], decisions=decisions())["urgency"]["rules"]}
    assert ("E05_acute_severe_motor" in rules) is severe
