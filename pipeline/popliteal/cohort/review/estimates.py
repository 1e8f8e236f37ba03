"""What the reviewed charts say of the whole cohort: PPV, NPV and sensitivity, weighted by the strata they came from.

Charts are drawn at random within strata of the screen's result, so each stratum's share of patients who belong in the
cohort is estimated from its own charts and weighted by the stratum's number of patients (stratified estimator: Cochran
WG, Sampling Techniques, 3rd ed. 1977, chapter 5). Sensitivity from charts that were drawn by the result of the
screen is the verification-bias-corrected estimator of Begg CB, Greenes RA (1983) Biometrics 39:207-215. Intervals are
those of :mod:`popliteal.cohort.review.intervals`, without finite population correction: they speak of patients like
these, and do not close when every chart has been read.

``uncertain`` patients count as not included; ``unsure`` answers are left out, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from popliteal.cohort.review.intervals import LEVEL, Interval, share_of_first, weighted_sum, wilson

#: Parts of a cohort that are sampled apart; each patient is in one. ``near_miss`` are excluded, but for one criterion.
STRATA = ("included", "uncertain", "near_miss", "excluded")
#: What a reviewer can find of a patient.
BELONGS, NOT, UNSURE = "in", "out", "unsure"


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum: its patients, and how many reviewed charts were found to belong, not to belong, or unclear."""

    name: str
    patients: int
    belong: float = 0
    not_belong: float = 0
    unsure: int = 0

    @property
    def decided(self) -> float:
        """Charts that count in the estimates."""
        return self.belong + self.not_belong

    def interval(self, level: float) -> Interval:
        """The share of this stratum's patients who belong in the cohort."""
        return wilson(self.belong, self.decided, level)

    def grown(self, charts: float) -> Stratum:
        """The same shares, found in so many more charts: what planning assumes."""
        factor = 1 + charts / self.decided
        return replace(self, belong=self.belong * factor, not_belong=self.not_belong * factor)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its interval, or the strata of which no chart was decided yet (``missing``)."""

    name: str
    interval: Interval | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Needed:
    """Charts still needed, by stratum. ``reachable`` is False where all charts there are would not be enough."""

    charts: Mapping[str, int] = field(default_factory=dict)
    reachable: bool = True

    @property
    def total(self) -> int:
        """Over all strata."""
        return sum(self.charts.values())


def strata(sizes: Mapping[str, int], answers: Iterable[tuple[str, str]]) -> tuple[Stratum, ...]:
    """The strata that have patients, filled with ``(stratum, finding)`` of the reviewed charts."""
    counted = {name: dict.fromkeys((BELONGS, NOT, UNSURE), 0) for name in STRATA}
    for name, finding in answers:
        counted[name][finding] += 1
    return tuple(
        Stratum(name, sizes[name], counted[name][BELONGS], counted[name][NOT], counted[name][UNSURE])
        for name in STRATA
        if sizes.get(name)
    )


def _ppv(parts: Sequence[Stratum], level: float) -> Interval | None:
    return parts[0].interval(level)


def _npv(parts: Sequence[Stratum], level: float) -> Interval | None:
    total = sum(part.patients for part in parts)
    out = [wilson(part.not_belong, part.decided, level) for part in parts]
    whole = weighted_sum([part.patients / total for part in parts], out)
    return Interval(whole.value, max(0.0, whole.low), min(1.0, whole.high))


def _sensitivity(parts: Sequence[Stratum], level: float) -> Interval | None:
    if parts[0].name != "included":
        return None  # nobody was included: there is nothing to be sensitive with
    return share_of_first([part.patients for part in parts], [part.interval(level) for part in parts])


@dataclass(frozen=True, slots=True)
class _Kind:
    strata: tuple[str, ...]
    estimate: Callable[[Sequence[Stratum], float], Interval | None]


#: name -> the strata it rests on, and how it is estimated
_KINDS: dict[str, _Kind] = {
    "PPV": _Kind(("included",), _ppv),
    "NPV": _Kind(("near_miss", "excluded"), _npv),
    "sensitivity": _Kind(STRATA, _sensitivity),
}
MEASURES = tuple(_KINDS)


def measure(name: str, parts: Iterable[Stratum], level: float = LEVEL) -> Measure:
    """One of :data:`MEASURES`, from the strata that have patients."""
    kind = _KINDS[name]
    used = [part for part in parts if part.name in kind.strata and part.patients]
    missing = tuple(part.name for part in used if not part.decided)
    if missing or not used:
        return Measure(name, None, missing)
    return Measure(name, kind.estimate(used, level))


def charts_needed(name: str, parts: Iterable[Stratum], width: float, level: float = LEVEL) -> Needed | None:
    """How many more charts would make the interval of a measure at most ``width`` wide, if shares stay as they are.

    Charts are added, a twentieth of what there is at a time, to the stratum where they narrow the interval most, and
    never more than the stratum has patients. None where the measure cannot be estimated yet.
    """
    kind = _KINDS[name]
    used = [part for part in parts if part.name in kind.strata and part.patients]
    if any(not part.decided for part in used) or not used or kind.estimate(used, level) is None:
        return None
    extra = [0] * len(used)
    while _width(kind, used, extra, level) > width:
        best = _best_step(kind, used, extra, level)
        if best is None:
            return Needed(_by_name(used, extra), reachable=False)
        index, step = best
        extra[index] += step
    return Needed(_by_name(used, extra))


def _width(kind: _Kind, used: Sequence[Stratum], extra: Sequence[int], level: float) -> float:
    grown = [part.grown(charts) for part, charts in zip(used, extra, strict=True)]
    interval = kind.estimate(grown, level)
    return interval.width if interval else 1.0


def _best_step(kind: _Kind, used: Sequence[Stratum], extra: list[int], level: float) -> tuple[int, int] | None:
    best: tuple[float, int, int] | None = None
    for index, part in enumerate(used):
        read = part.decided + part.unsure + extra[index]
        step = min(max(1, int(read / 20)), int(part.patients - read))
        if step < 1:
            continue
        tried = [charts + step * (at == index) for at, charts in enumerate(extra)]
        per_chart = _width(kind, used, tried, level)
        if best is None or per_chart < best[0]:
            best = per_chart, index, step
    return best[1:] if best else None


def _by_name(used: Sequence[Stratum], extra: Sequence[int]) -> dict[str, int]:
    return {part.name: charts for part, charts in zip(used, extra, strict=True) if charts}
