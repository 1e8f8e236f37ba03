"""Intervals, estimates, kappa and planned charts, against published examples, by simulation and as properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.cohort.review.agreement import cohen
from popliteal.cohort.review.estimates import (
    MEASURES,
    STRATA,
    Stratum,
    charts_needed,
    measure,
    strata,
)
from popliteal.cohort.review.intervals import share_of_first, weighted_sum, wilson


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_one_proportion_as_newcombe_printed_it(hits: int, total: int, low: float, high: float) -> None:
    """Newcombe 1998, Stat Med 17:857, Table I, method 3."""
    found = wilson(hits, total)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)],
)
def test_a_difference_as_newcombe_printed_it(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, Stat Med 17:873, Table II, method 10: the weighted sum with +1 and -1."""
    found = weighted_sum([1, -1], [wilson(*one), wilson(*other)])
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_sensitivity_corrected_for_verification_as_published() -> None:
    """The liver scans of Drum and Christacopoulos, corrected by Begg and Greenes 1983: 0.836 and 0.738."""
    parts = [Stratum("included", 429, 231, 32), Stratum("excluded", 221, 27, 54)]
    found = measure("sensitivity", parts).interval
    assert found is not None
    assert found.value == pytest.approx(0.836, abs=5e-4)
    assert found.low < 0.836 < found.high
    mirrored = share_of_first([221, 429], [wilson(54, 81), wilson(32, 263)])
    assert mirrored is not None
    assert mirrored.value == pytest.approx(0.738, abs=5e-4)


def test_kappa_as_published() -> None:
    """Fleiss, Levin, Paik 2003, Table 18.1: 100 subjects, two raters, kappa 0.68 with a standard error of 0.087."""
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    found = cohen((row, column) for row in range(3) for column in range(3) for _ in range(table[row][column]))
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx(0.68, abs=5e-3)
    assert found.kappa.width / 2 / 1.96 == pytest.approx(0.087, abs=1e-3)
    assert (found.charts, found.agreed) == (100, 89)


def test_kappa_where_it_says_nothing() -> None:
    assert cohen([]).kappa is None
    assert cohen([("in", "in")] * 9).kappa is None
    whole = cohen([("in", "in"), ("out", "out")] * 9).kappa
    assert whole is not None
    assert (whole.value, whole.high) == pytest.approx((1, 1))


# ---------- by simulation
SIZES = {"included": 400, "uncertain": 80, "near_miss": 300, "excluded": 4_000}
SHARES = {"included": 0.85, "uncertain": 0.5, "near_miss": 0.1, "excluded": 0.02}
READ = {"included": 60, "uncertain": 30, "near_miss": 60, "excluded": 150}


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(20240301)
    truth = {
        "PPV": SHARES["included"],
        "NPV": (300 * 0.9 + 4_000 * 0.98) / 4_300,
        "sensitivity": 400 * 0.85 / sum(SIZES[name] * SHARES[name] for name in STRATA),
    }
    runs = 1_200
    covered = dict.fromkeys(MEASURES, 0)
    for _ in range(runs):
        parts = []
        for name in STRATA:
            belong = int(rng.binomial(READ[name], SHARES[name]))
            parts.append(Stratum(name, SIZES[name], belong, READ[name] - belong))
        for name in MEASURES:
            found = measure(name, parts).interval
            assert found is not None
            covered[name] += found.low <= truth[name] <= found.high
    for name, count in covered.items():
        assert 0.93 <= count / runs <= 0.99, name


# ---------- as properties
@st.composite
def parts_of_a_cohort(draw: st.DrawFn) -> list[Stratum]:
    parts = []
    for name in STRATA:
        read = draw(st.integers(1, 60))
        belong = draw(st.integers(0, read))
        parts.append(Stratum(name, read + draw(st.integers(0, 5_000)), belong, read - belong, draw(st.integers(0, 3))))
    return parts


@given(parts_of_a_cohort())
def test_an_interval_holds_its_estimate_and_stays_between_0_and_1(parts: list[Stratum]) -> None:
    for name in MEASURES:
        found = measure(name, parts).interval
        if found is not None:
            assert 0 <= found.low <= found.value <= found.high <= 1
        else:
            assert name == "sensitivity"
            assert not any(part.belong for part in parts)


@given(parts_of_a_cohort(), st.sampled_from(MEASURES))
def test_more_charts_with_the_same_shares_narrow_an_interval(parts: list[Stratum], name: str) -> None:
    before = measure(name, parts).interval
    after = measure(name, [part.grown(part.decided * 3) for part in parts]).interval
    if before is not None and after is not None:
        assert after.value == pytest.approx(before.value)
        assert after.width <= before.width + 1e-9


@given(parts_of_a_cohort(), st.sampled_from(MEASURES), st.sampled_from([0.3, 0.1, 0.05]))
def test_planned_charts_are_enough_and_not_more_than_there_are(parts: list[Stratum], name: str, width: float) -> None:
    needed = charts_needed(name, parts, width)
    if needed is None:
        return
    grown = [part.grown(needed.charts.get(part.name, 0)) for part in parts]
    found = measure(name, grown).interval
    assert found is not None
    assert (found.width <= width) == needed.reachable
    assert all(needed.charts.get(part.name, 0) <= part.patients - part.decided for part in parts)


@given(st.integers(0, 40), st.integers(1, 40))
def test_a_sum_of_one_part_is_that_part(hits: int, more: int) -> None:
    part = wilson(hits, hits + more)
    found = weighted_sum([1], [part])
    assert (found.value, found.low, found.high) == pytest.approx((part.value, part.low, part.high))


def test_what_was_not_read_is_told() -> None:
    parts = strata({"included": 5, "excluded": 90, "near_miss": 0}, [("included", "in"), ("excluded", "unsure")])
    assert [part.name for part in parts] == ["included", "excluded"]
    assert measure("PPV", parts).interval == wilson(1, 1)
    assert measure("NPV", parts).missing == ("excluded",)
    assert measure("sensitivity", parts).missing == ("excluded",)
    assert charts_needed("NPV", parts, 0.1) is None


def test_nobody_included_and_nobody_belongs() -> None:
    assert measure("PPV", strata({"excluded": 9}, [("excluded", "out")])).interval is None
    assert measure("sensitivity", strata({"excluded": 9}, [("excluded", "in")])).interval is None
    nobody = strata({"included": 2, "excluded": 9}, [("included", "out"), ("excluded", "out")])
    assert measure("sensitivity", nobody).interval is None


def test_few_charts_of_a_large_stratum_leave_sensitivity_open() -> None:
    """None found among 50 of 100,000 excluded is no proof that there is none."""
    found = measure("sensitivity", [Stratum("included", 500, 45, 5), Stratum("excluded", 100_000, 0, 50)]).interval
    assert found is not None
    assert found.value == 1
    assert found.low < 0.1
