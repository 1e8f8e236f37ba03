"""Two readings of one note: what is the same, what reads otherwise, what is concluded otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.evaluating.differences import NoteChange, compare
from popliteal.evaluating.runs import RunNote
from support.runs import Row, finding, note


def read(*findings: Row, hypotheses: tuple[Row, ...] = (), **more: object) -> RunNote:
    rows = note("1", *findings, hypotheses=hypotheses, **more)
    return RunNote("1", rows["notes"][0], tuple(rows["findings"]), tuple(rows["hypotheses"]))


def told(change: NoteChange) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.kind, one.row["concept"], one.attributes) for one in change.findings]


HERE, THERE = finding(start=10, end=18), finding(start=50, end=58)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([HERE, THERE], [HERE, THERE], []),
        ([], [HERE], [("added", "numbness", ())]),
        ([HERE], [], [("lost", "numbness", ())]),
        ([HERE], [THERE], [("lost", "numbness", ()), ("added", "numbness", ())]),
        ([HERE], [HERE | {"assertion": "absent"}], [("changed", "numbness", ("assertion",))]),
        ([HERE], [HERE | {"start": 5}], [("changed", "numbness", ("span",))]),
        (
            [HERE],
            [HERE | {"site": None, "onset_days": 2.0, "cues": "c"}],
            [("changed", "numbness", ("site", "onset_days", "cues"))],
        ),
        ([HERE], [HERE | {"pattern": "p", "cues": "c"}], [("evidence", "numbness", ("pattern", "cues"))]),
        ([HERE], [HERE | {"concept": "paresthesia"}], [("changed", "paresthesia", ("concept",))]),
        # one concept goes before closeness: the numbness stays numbness though the pain covers more of it
        (
            [HERE],
            [HERE | {"end": 11}, HERE | {"concept": "foot_pain"}],
            [("changed", "numbness", ("span",)), ("added", "foot_pain", ())],
        ),
        # two findings on one span (both sides): the one that is as it was stays so
        (
            [HERE, HERE | {"laterality": "right"}],
            [HERE | {"laterality": "right"}, HERE | {"laterality": "bilateral"}],
            [("changed", "numbness", ("laterality",))],
        ),
        ([HERE, HERE], [HERE], [("lost", "numbness", ())]),
        ([HERE], [finding(start=18, end=20)], [("lost", "numbness", ()), ("added", "numbness", ())]),
    ],
)
def test_findings(before: list[Row], after: list[Row], expected: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert told(compare(read(*before), read(*after))) == expected


def hypothesis(name: str, side: str, grade: str) -> Row:
    return {"hypothesis": name, "side": side, "grade": grade, "score": 1.0}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, []),
        ({}, {"urgency": "URGENT"}, [("tier", "", "ROUTINE", "URGENT")]),
        (
            {"hypothesis": "tibial", "side": "left", "grade": "likely"},
            {"hypothesis": "tibial", "side": "unspecified", "grade": "likely"},
            [("primary", "", "tibial left likely", "tibial unspecified likely")],
        ),
        ({"hypothesis": "none", "side": "none"}, {"hypothesis": "x"}, [("primary", "", "none", "x")]),
        (
            {"urgency_rules": ["U1", "U2"]},
            {"urgency_rules": ["U2", "E1"]},
            [("rule", "U1", "fires", "none"), ("rule", "E1", "none", "fires")],
        ),
        (
            {"red_flags": '{"fever": "denied", "trauma": "present"}'},
            {"red_flags": '{"fever": "present", "trauma": "present"}'},
            [("red flag", "fever", "denied", "present")],
        ),
        (
            {"hypotheses": (hypothesis("tibial", "left", "likely"), hypothesis("sural", "left", "possible"))},
            {"hypotheses": (hypothesis("tibial", "left", "possible"), hypothesis("tibial", "right", "possible"))},
            [
                ("hypothesis", "tibial left", "likely", "possible"),
                ("hypothesis", "sural left", "possible", "none"),
                ("hypothesis", "tibial right", "none", "possible"),
            ],
        ),
    ],
)
def test_decisions(before: Row, after: Row, expected: list[tuple[str, str, str, str]]) -> None:
    change = compare(read(**before), read(**after))
    assert [(one.kind, one.what, one.before, one.after) for one in change.decisions] == expected


FINDINGS = st.lists(
    st.builds(
        lambda concept, start, length, assertion: finding(concept, start, start + length, assertion=assertion),
        st.sampled_from(["numbness", "foot_drop"]), st.integers(0, 12), st.integers(1, 6),
        st.sampled_from(["present", "absent"]),
    ),
    max_size=7,
)  # fmt: skip


@given(FINDINGS, FINDINGS)
def test_every_finding_is_told_once_and_both_ways_alike(before: list[Row], after: list[Row]) -> None:
    there, back = compare(read(*before), read(*after)), compare(read(*after), read(*before))
    assert len(there.same) + sum(change.before is not None for change in there.findings) == len(before)
    assert len(there.same) + sum(change.after is not None for change in there.findings) == len(after)
    assert len(there.same) == len(back.same)
    kinds = {"added": "lost", "lost": "added"}
    assert sorted(one.kind for one in there.findings) == sorted(kinds.get(one.kind, one.kind) for one in back.findings)
    assert compare(read(*before), read(*before)).findings == ()
