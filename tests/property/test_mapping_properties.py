"""What must hold for any findings at all: order, sides, denials and support."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from popliteal.knowledge.conditions import Find, finds
from popliteal.knowledge.decision_models import Decisions
from popliteal.knowledge.decisions import load_decisions
from popliteal.knowledge.layers import Layers
from popliteal.mapping import assess, trace
from popliteal.mapping.assess import engine
from popliteal.mapping.facts import BOTH, LEFT, RIGHT, View
from popliteal.mapping.predicates import SUSPECTED, Hit
from popliteal.mapping.urgency import ORDER
from popliteal.schema import ASSERTIONS, COURSES, LATERALITIES, ONSETS, TEMPORALITIES

Row = dict[str, Any]


@lru_cache(maxsize=1)
def decisions() -> Decisions:
    layers = Layers()
    return load_decisions(layers, set(layers.entries("concepts")), set(layers.entries("sites.yaml")))


CONCEPTS = sorted(Layers().entries("concepts"))
SITES = [None, *sorted(decisions().sets["lower_limb"]), "low_back", "saddle", "hand", "arm", "face", "trunk"]
VALUES = [None, 0.0, 2.0, 3.0, 4.0, 5.0, 250.0]
TEXTS = [None, "all", "L5", "S1", "ankle_inversion", "hip_abduction"]


def rows(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    parts: dict[str, st.SearchStrategy[Any]] = {
        "concept": st.sampled_from(CONCEPTS),
        "site": st.sampled_from(SITES),
        "laterality": st.sampled_from(LATERALITIES),
        "assertion": st.sampled_from(["present"] * 4 + list(ASSERTIONS)),
        "temporality": st.sampled_from(["current"] * 4 + list(TEMPORALITIES)),
        "onset": st.sampled_from(["unknown"] * 3 + list(ONSETS)),
        "course": st.sampled_from(["unknown"] * 3 + list(COURSES)),
        "value": st.sampled_from(VALUES),
        "value_text": st.sampled_from(TEXTS),
    }
    return st.fixed_dictionaries(parts | fixed)


def _pools() -> list[list[str]]:
    """What each rule and each explanation asks about: notes about one or two of them bring the rules to fire."""
    known = decisions()
    conditions = [rule.when for rule in known.rules.values()] + [e.when for e in known.competing.values()]
    return [sorted({c for found in (*finds(w), *finds(w, negative=True)) for c in found.concepts}) for w in conditions]


@st.composite
def notes(draw: st.DrawFn) -> list[Row]:
    """Up to 14 findings; most notes are about one or two rules, some about anything."""
    pools = draw(st.lists(st.sampled_from([*_pools(), CONCEPTS]), min_size=1, max_size=3))
    concepts = sorted({concept for pool in pools for concept in pool})
    return draw(st.lists(rows(concept=st.sampled_from(concepts)), max_size=14))


NOTES = notes()


def _row(concept: str, side: str) -> Row:
    """A finding of today without a time."""
    return {
        "concept": concept, "site": None, "laterality": side, "assertion": "present", "temporality": "current",
        "onset": "unknown", "course": "unknown", "value": None, "value_text": None,
    }  # fmt: skip


def numbered(note: list[Row]) -> list[Row]:
    return [{**row, "finding_id": number} for number, row in enumerate(note)]


def without_ids(result: dict[str, Any]) -> dict[str, Any]:
    """What an assessment says apart from which finding it points to."""
    return {
        "primary": result["primary"],
        "hypotheses": [(h["hypothesis"], h["side"], h["score"], h["grade"]) for h in result["hypotheses"]],
        "tier": result["urgency"]["tier"],
        "rules": [(r["id"], r["possible"]) for r in result["urgency"]["rules"]],
        "red_flags": result["red_flags"],
        "not_documented": result["not_documented"],
        "competing": [c["id"] for c in result["competing"]],
    }


@given(NOTES, st.randoms(use_true_random=False))
def test_order_changes_nothing(note: list[Row], random: Any) -> None:
    note = numbered(note)
    shuffled = random.sample(note, len(note))
    assert assess(note, decisions=decisions()) == assess(shuffled, decisions=decisions())


@given(NOTES)
def test_saying_it_twice_changes_nothing(note: list[Row]) -> None:
    once, twice = assess(note, decisions=decisions()), assess([*note, *note], decisions=decisions())
    assert without_ids(once) == without_ids(twice)


@given(NOTES)
@example([_row("calf_tenderness", LEFT), _row("calf_tenderness", RIGHT), _row("dx_dvt", BOTH) | {"course": "resolved"}])
@example([_row("numbness", LEFT), _row("numbness", RIGHT), _row("numbness", "unspecified") | {"site": "ankle_lateral"}])
def test_left_and_right_are_treated_alike(note: list[Row]) -> None:
    swap = {"left": "right", "right": "left"}
    mirrored = [{**row, "laterality": swap.get(row["laterality"], row["laterality"])} for row in note]
    one, other = assess(note, decisions=decisions()), assess(mirrored, decisions=decisions())
    assert one["urgency"] == other["urgency"]
    assert one["red_flags"] == other["red_flags"]
    lead, twin = one["primary"], other["primary"]
    assert {**lead, "side": swap.get(lead["side"], lead["side"])} == twin
    scores = sorted((h["hypothesis"], swap.get(h["side"], h["side"]), h["score"]) for h in one["hypotheses"])
    assert scores == sorted((h["hypothesis"], h["side"], h["score"]) for h in other["hypotheses"])


def reasons_to_stay_calm() -> frozenset[str]:
    """Concepts that hold a rule back: under its ``none``, or in the condition of an everyday explanation."""
    known = decisions()
    held = {c for rule in known.rules.values() for found in finds(rule.when, negative=True) for c in found.concepts}
    return frozenset(held | {c for e in known.competing.values() for found in finds(e.when) for c in found.concepts})


@given(NOTES, rows(), st.sampled_from(["absent", "hypothetical", "family"]))
def test_what_is_not_so_fires_nothing(note: list[Row], extra: Row, assertion: str) -> None:
    """One more negated, hypothetical or familial finding fires no rule that was silent before."""
    before = {r["id"] for r in assess(note, decisions=decisions())["urgency"]["rules"]}
    unreal = {**extra, "assertion": assertion}
    after = {r["id"] for r in assess([*note, unreal], decisions=decisions())["urgency"]["rules"]}
    assert after <= before


@given(NOTES)
def test_resolved_findings_alone_fire_nothing(note: list[Row]) -> None:
    over = [{**row, "temporality": "historical", "course": "resolved"} for row in note]
    assert not assess(over, decisions=decisions())["urgency"]["rules"]


def searches() -> list[Find]:
    """Every search of every rule and explanation."""
    known = decisions()
    conditions = [rule.when for rule in known.rules.values()] + [e.when for e in known.competing.values()]
    return [found for when in conditions for found in (*finds(when), *finds(when, negative=True))]


#: concepts that some rule wants said of one leg: thrombosis, reflexes and stretch signs, numb patches
ONE_SIDED = frozenset(c for found in searches() if found.lateral is not None for c in found.concepts)
#: symptoms and signs; causes, tests and diagnoses of the past may well matter today
SIGNS = sorted(
    concept
    for category in ("sensory", "motor", "reflex", "sign", "pain", "sphincter", "vascular")
    for concept in Layers().entries(f"concepts/{category}.yaml")
)


@given(NOTES, rows(concept=st.sampled_from(SIGNS)))
def test_a_symptom_of_the_past_fires_nothing(note: list[Row], extra: Row) -> None:
    before = {r["id"] for r in assess(note, decisions=decisions())["urgency"]["rules"]}
    past = {**extra, "assertion": "present", "temporality": "historical", "course": "resolved"}
    assert {r["id"] for r in assess([*note, past], decisions=decisions())["urgency"]["rules"]} <= before


@given(NOTES, rows(), st.sampled_from(["hypothetical", "family"]))
def test_precautions_and_relatives_move_no_hypothesis(note: list[Row], extra: Row, assertion: str) -> None:
    one = without_ids(assess(note, decisions=decisions()))
    other = without_ids(assess([*note, {**extra, "assertion": assertion}], decisions=decisions()))
    assert (one["primary"], one["hypotheses"]) == (other["primary"], other["hypotheses"])


#: Rules that a diagnosis on record holds back on its own leg: a left peroneal palsy explains no drop foot of the right.
HELD_BY_A_CAUSE = {"S07_foot_drop_chronic_unexplained", "S08_mild_weakness_chronic"}


def _unexplained(result: dict[str, Any]) -> list[str]:
    """The rules that fired, in order, but those that a cause of one leg alone may hold back."""
    return [rule["id"] for rule in result["urgency"]["rules"] if rule["id"] not in HELD_BY_A_CAUSE]


@given(NOTES)
@example([_row("dx_cord_compression", BOTH), _row("gait_normal", LEFT), _row("strength_normal", LEFT)])
@example([_row("dx_cord_compression", "unspecified"), _row("gait_normal", BOTH), _row("strength_normal", LEFT)])
def test_both_legs_are_the_left_and_the_right(note: list[Row]) -> None:
    """A bilateral finding fires the rules that one on each leg fires, but where a rule wants one leg alone."""
    note = [row for row in note if row["concept"] not in ONE_SIDED]
    split = [
        {**row, "laterality": side}
        for row in note
        for side in (("left", "right") if row["laterality"] == "bilateral" else (row["laterality"],))
    ]
    one, other = assess(note, decisions=decisions()), assess(split, decisions=decisions())
    assert _unexplained(one) == _unexplained(other)


@given(NOTES)
def test_urgency_follows_time(note: list[Row]) -> None:
    """The same findings are at most as urgent when all long-standing and stable, at least as urgent when all sudden."""
    timings = {"old": ("chronic", "stable"), "undated": ("unknown", "unknown"), "sudden": ("sudden", "new")}
    tiers = {
        name: ORDER[assess([{**row, "onset": onset, "course": course} for row in note], decisions=decisions())
                    ["urgency"]["tier"]]
        for name, (onset, course) in timings.items()
    }  # fmt: skip
    assert tiers["old"] <= tiers["undated"] <= tiers["sudden"]


@given(NOTES)
def test_certainty_never_lowers_the_tier(note: list[Row]) -> None:
    """Of symptoms and signs; a suspected diagnosis may be more urgent than one on record."""
    sure = [
        {**row, "assertion": "present"} if row["assertion"] == "possible" and row["concept"] in SIGNS else row
        for row in note
    ]
    one, other = assess(note, decisions=decisions())["urgency"], assess(sure, decisions=decisions())["urgency"]
    assert ORDER[one["tier"]] <= ORDER[other["tier"]]


@given(NOTES)
def test_negating_what_the_rules_count_never_raises_the_tier(note: list[Row]) -> None:
    """Every mention of what the rules counted is denied: the tier cannot rise.

    Left out are concepts that are also a reason to stay calm: taking such a reason away may well raise the tier.
    """
    note = numbered(note)
    urgency = assess(note, decisions=decisions())["urgency"]
    counted = {note[i]["concept"] for rule in urgency["rules"] for i in rule["findings"]} - reasons_to_stay_calm()
    denied = [{**row, "assertion": "absent"} if row["concept"] in counted else row for row in note]
    assert ORDER[assess(denied, decisions=decisions())["urgency"]["tier"]] <= ORDER[urgency["tier"]]


FEATURES = sorted(decisions().features)


@given(
    st.dictionaries(st.sampled_from(FEATURES), st.sampled_from([0, SUSPECTED]), max_size=12),
    st.sampled_from(FEATURES),
    st.sampled_from(["leg", "note"]),
)
def test_certain_support_never_lowers_a_score(fired: dict[str, int], feature: str, scope: str) -> None:
    """One more certain feature that speaks for a hypothesis: its score stays or rises, and so does its gate."""
    scorer = engine(decisions()).scorer
    view = View("left", None, None)
    before = {s.id: s for s in scorer.score(view, {k: Hit((), weak) for k, weak in fired.items()}, scope)}
    after = {
        s.id: s for s in scorer.score(view, {k: Hit((), weak) for k, weak in fired.items() | {(feature, 0)}}, scope)
    }
    for hypothesis, points in decisions().features[feature].weights.items():
        if points > 0 and hypothesis in before:
            assert after[hypothesis].score >= before[hypothesis].score
            blocked = set(decisions().hypotheses[hypothesis].excluded_by)
            assert feature in blocked or after[hypothesis].eligible >= before[hypothesis].eligible


@given(
    st.dictionaries(st.sampled_from(FEATURES), st.sampled_from([0, SUSPECTED]), max_size=12),
    st.sampled_from(FEATURES),
    st.sampled_from(["leg", "note"]),
)
def test_what_opposes_never_raises_a_score(fired: dict[str, int], feature: str, scope: str) -> None:
    """One more certain feature that speaks against a hypothesis, such as a normal finding: its score stays or falls."""
    scorer = engine(decisions()).scorer
    view, everything = View("left", None, None), frozenset(decisions().hypotheses)
    hits = {key: Hit((), weakness) for key, weakness in fired.items() if key != feature}
    before = {s.id: s.score for s in scorer.score(view, hits, scope, also=everything)}
    after = {s.id: s.score for s in scorer.score(view, hits | {feature: Hit(())}, scope, also=everything)}
    for hypothesis, points in decisions().features[feature].weights.items():
        if points < 0 and hypothesis in before:
            assert after[hypothesis] <= before[hypothesis]


@given(NOTES, st.sampled_from(sorted(decisions().hypotheses)))
def test_any_hypothesis_can_be_asked_why(note: list[Row], key: str) -> None:
    """What is reported has the score that its trace gives, and what is not has one below the line or no finding of
    its own; of a picture that is over only the first is reported."""
    note = numbered(note)
    entry, setting = decisions().hypotheses[key], decisions().scoring
    traced = trace(note, key, decisions=decisions())
    shown = [h for h in assess(note, decisions=decisions())["hypotheses"] if h["hypothesis"] == key]
    for item in shown:
        if item["supporting"] and not item["children"] and not entry.composite:
            assert (item["side"], item["score"]) in [(one["side"], one["score"]) for one in traced]
    over = any(row["course"] == "resolved" for row in note)
    for item in traced:
        if not over and item["side"] not in [one["side"] for one in shown]:
            assert item["score"] < setting.possible or not item["eligible"]


@given(NOTES)
def test_reasons_point_to_findings(note: list[Row]) -> None:
    """Every finding that a reason names exists, and only asserted findings support anything but an explicit normal."""
    note = numbered(note)
    result = assess(note, decisions=decisions())
    named = [e["finding_id"] for h in result["hypotheses"] for e in (*h["supporting"], *h["opposing"], *h["causes"])]
    named += [i for rule in result["urgency"]["rules"] for i in rule["findings"]]
    assert set(named) <= set(range(len(note)))
    for rule in result["urgency"]["rules"]:
        assert all(note[i]["assertion"] in {"present", "possible"} for i in rule["findings"])
    assert result["urgency"]["tier"] == (result["urgency"]["rules"] or [result["urgency"]])[0]["tier"]
