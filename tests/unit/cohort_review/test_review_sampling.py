"""Which charts are drawn: by stratum, reproducible, growing, and by chance."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.cohort.review.sampling import DRAWS, RANDOM, Draw, allocate, draw, parse_sample, stratum
from popliteal.errors import SourceError

COHORT = {
    f"{name}-{number:03d}": name
    for name, size in (("included", 40), ("near_miss", 12), ("excluded", 300))
    for number in range(size)
}
SIZES = dict(Counter(COHORT.values()))


def test_a_near_miss_is_a_stratum_of_its_own() -> None:
    assert [
        stratum("included", False),
        stratum("uncertain", False),
        stratum("excluded", True),
        stratum("excluded", False),
    ] == [
        "included",
        "uncertain",
        "near_miss",
        "excluded",
    ]


def test_the_sample_is_that_of_the_seed() -> None:
    quotas = {"included": 10, "near_miss": 5, "excluded": 5, RANDOM: 8}
    first = draw(COHORT, quotas, 7)
    again = draw(dict(reversed(COHORT.items())), quotas, 7)
    assert first == again
    assert Counter(item.drawn for item in first) == quotas
    assert all(item.stratum == COHORT[item.patient_id] for item in first)
    assert {item.patient_id for item in first} != {item.patient_id for item in draw(COHORT, quotas, 8)}
    assert len({item.drawn for item in first[:8]}) > 1, "strata are mixed"


def test_a_sample_grows_without_losing_a_chart() -> None:
    small = draw(COHORT, {"included": 4, RANDOM: 6}, 1)
    more = draw(COHORT, {"included": 9, RANDOM: 10, "near_miss": 2}, 1, small)
    assert Counter(item.drawn for item in [*small, *more]) == {"included": 9, RANDOM: 10, "near_miss": 2}
    assert len({item.patient_id for item in [*small, *more]}) == 21


def test_random_charts_reflect_the_cohort() -> None:
    counted: Counter[str] = Counter()
    for seed in range(200):
        counted.update(item.stratum for item in draw(COHORT, {RANDOM: 20}, seed))
    for name, size in SIZES.items():
        assert counted[name] / 4_000 == pytest.approx(size / len(COHORT), abs=0.02)


def test_every_patient_of_a_stratum_has_the_same_chance() -> None:
    counted: Counter[str] = Counter()
    for seed in range(400):
        counted.update(
            item.patient_id for item in draw(COHORT, {"included": 5, RANDOM: 30}, seed) if item.stratum == "included"
        )
    expected = sum(counted.values()) / 40
    chi_square = sum(
        (counted[name] - expected) ** 2 / expected for name, where in COHORT.items() if where == "included"
    )
    assert chi_square < 66.8  # 99.6% point with 39 degrees of freedom; the draws are fixed, so this cannot flicker


@given(st.integers(0, 500), st.dictionaries(st.sampled_from(DRAWS[:-1]), st.integers(0, 200)))
def test_charts_are_shared_out_and_never_more_than_there_are(total: int, sizes: dict[str, int]) -> None:
    quotas = allocate(total, sizes)
    assert sum(quotas.values()) == min(total, sum(sizes.values()))
    assert all(0 <= quotas[name] <= sizes.get(name, 0) for name in DRAWS[:-1])
    more = allocate(total + 1, sizes)
    assert all(more[name] >= quotas[name] for name in DRAWS), "a larger sample holds the smaller one"
    drawn = draw({f"{name}{n}": name for name, size in sizes.items() for n in range(size)}, quotas, 0)
    assert len(drawn) == sum(quotas.values())


def test_what_a_sample_may_be() -> None:
    assert parse_sample(" 80 ") == 80
    assert parse_sample("included=40, random=5") == {"included": 40, "random": 5}
    for wrong in ("", "-3", "include=4", "included=x", "included=1,included=2", "1.5"):
        with pytest.raises(SourceError, match="--sample"):
            parse_sample(wrong)


def test_a_patient_id_of_any_kind_can_be_drawn() -> None:
    odd = {"0012": "included", "Zoë — 12": "included", "\ud800": "included", "": "included"}
    assert {item.patient_id for item in draw(odd, {"included": 4}, 0)} == set(odd)
    assert Draw("0012", "included", "included") in draw(odd, {"included": 4}, 0)
