"""Pairs of gold and predicted findings, told in markup: gold on the left, the pipeline's on the right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.evaluating.from_gold import as_finding
from popliteal.evaluating.gold import GoldFinding
from popliteal.evaluating.markup import parse
from popliteal.evaluating.matching import Matching, Predicted, match, overlap


def predicted(finding: GoldFinding) -> Predicted:
    """A gold finding as if the pipeline had found it."""
    return Predicted.of(as_finding(0, finding).to_dict())


def matched(gold: str, pipeline: str) -> Matching:
    left, right = parse(gold), parse(pipeline)
    assert left.text == right.text
    return match(left.findings, [predicted(finding) for finding in right.findings])


def told(matching: Matching) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    return (
        [(gold.text, got.text) for gold, got in matching.pairs],
        [gold.text for gold in matching.missed],
        [got.text for got in matching.spurious],
    )


CASES = {
    "overlap is enough": (
        "<f concept=a>pain in the knee</f>",
        "pain in the <f concept=a>knee</f>",
        ([("pain in the knee", "knee")], [], []),
    ),
    "touching is not": ("<f concept=a>ab</f>cd", "ab<f concept=a>cd</f>", ([], ["ab"], ["cd"])),
    "another concept is not": ("<f concept=a>ab</f>", "<f concept=b>ab</f>", ([], ["ab"], ["ab"])),
    "each finding once": (
        "<f concept=a>ab cd</f>",
        "<f concept=a>ab</f> <f concept=a>cd</f>",
        ([("ab cd", "ab")], [], ["cd"]),
    ),
    "agreement before overlap": (
        "<f concept=a side=left>abc d</f>",
        "<f concept=a side=right>abc</f> <f concept=a side=left>d</f>",
        ([("abc d", "d")], [], ["abc"]),
    ),
    "then overlap": (
        "<f concept=a>a bcd</f>",
        "<f concept=a>a</f> <f concept=a>bcd</f>",
        ([("a bcd", "bcd")], [], ["a"]),
    ),
    "two on one span by site": (
        "<f concept=a site=leg,foot>ab</f>",
        "<f concept=a site=foot,leg>ab</f>",
        ([("ab", "ab"), ("ab", "ab")], [], []),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_match(case: str) -> None:
    gold, pipeline, expected = CASES[case]
    assert told(matched(gold, pipeline)) == expected


def test_two_on_one_span_pair_with_their_like() -> None:
    pairs = matched("<f concept=a site=leg,foot>ab</f>", "<f concept=a site=foot,leg>ab</f>").pairs
    assert all(gold.site == got.site for gold, got in pairs)


findings = st.builds(
    lambda start, length, concept, side: GoldFinding(start, start + length, "x" * length, concept, laterality=side),
    st.integers(0, 12),
    st.integers(1, 5),
    st.sampled_from("ab"),
    st.sampled_from(["left", "right"]),
)


@given(st.lists(findings, max_size=6), st.lists(findings, max_size=6))
def test_a_bijection_that_leaves_no_pair_unmade(gold: list[GoldFinding], other: list[GoldFinding]) -> None:
    got = [predicted(finding) for finding in other]
    matching = match(gold, got)
    assert len(matching.pairs) + len(matching.missed) == len(gold)
    assert len(matching.pairs) + len(matching.spurious) == len(got)
    assert all(left.concept == right.concept and overlap(left, right) for left, right in matching.pairs)
    assert not any(
        left.concept == right.concept and overlap(left, right)
        for left in matching.missed
        for right in matching.spurious
    )
    assert match(gold, got) == matching


@given(st.lists(findings, max_size=6, unique=True))
def test_gold_matches_itself(gold: list[GoldFinding]) -> None:
    matching = match(gold, [predicted(finding) for finding in gold])
    assert not matching.missed
    assert not matching.spurious
    assert all(left.laterality == right.laterality for left, right in matching.pairs)
