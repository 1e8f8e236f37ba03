"""Confidence intervals of proportions and of what is made of several independent ones; closed forms, no simulation.

Sources:

* one proportion: the score interval, Wilson EB (1927) J Am Stat Assoc 22:209-212; method 3 of Newcombe RG (1998) Stat
  Med 17:857-872
* weighted sums of proportions: the intervals of the parts recovered into one of the whole (MOVER), Zou GY, Donner A
  (2008) Stat Med 27:1693-1702; with the weights +1 and -1 it is method 10 of Newcombe RG (1998) Stat Med 17:873-890,
  with shares as weights the stratified Wilson interval of Yan X, Su XG (2010) Stat Biopharm Res 2:329-335
* ratios: those values for which the interval of numerator minus value times denominator holds zero, the argument of
  Fieller EC (1954) J R Stat Soc B 16:175-185; with MOVER inside it is the interval of Newcombe RG (2016) Stat Methods
  Med Res 25:1774-1778

They are used because they stay honest where a chart review lives: few charts, and proportions of 0 or 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

#: coverage of all intervals that are shown
LEVEL = 0.95
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Interval:
    """A point estimate with its confidence limits."""

    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        """High minus low."""
        return self.high - self.low


def wilson(hits: float, total: float, level: float = LEVEL) -> Interval:
    """The score interval of ``hits`` in ``total`` (> 0); both may be fractions, as planned numbers are."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = hits / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low = 0.0 if hits <= 0 else max(0.0, centre - half)
    high = 1.0 if hits >= total else min(1.0, centre + half)
    return Interval(share, low, high)


def weighted_sum(weights: Sequence[float], parts: Sequence[Interval]) -> Interval:
    """The interval of the sum of weight times part, for independent parts (MOVER); weights may be negative."""
    value = sum(weight * part.value for weight, part in zip(weights, parts, strict=True))
    below = above = 0.0
    for weight, part in zip(weights, parts, strict=True):
        down, up = weight * (part.value - part.low), weight * (part.high - part.value)
        if weight < 0:
            down, up = -up, -down
        below += down * down
        above += up * up
    return Interval(value, value - math.sqrt(below), value + math.sqrt(above))


def share_of_first(weights: Sequence[float], parts: Sequence[Interval]) -> Interval | None:
    """The interval of the first term's share in a sum of weight times part; None where the whole sum is 0.

    All weights are positive. Sensitivity is such a share: what was included and belongs, of all that belongs.
    """
    terms = [weight * part.value for weight, part in zip(weights, parts, strict=True)]
    if sum(terms) <= 0:
        return None

    def difference(share: float) -> Interval:
        """(1 - share) times the first minus share times the others: it falls with the share, and is 0 at the truth."""
        signed = [(1 - share) * weights[0], *(-share * weight for weight in weights[1:])]
        return weighted_sum(signed, parts)

    low = _root(lambda share: difference(share).low)
    high = _root(lambda share: difference(share).high)
    value = terms[0] / sum(terms)
    return Interval(value, min(low, value), max(high, value))


def _root(falling: Callable[[float], float]) -> float:
    """Where a falling function on [0, 1] meets zero, by bisection."""
    left, right = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (left + right) / 2
        if falling(middle) > 0:
            left = middle
        else:
            right = middle
    return (left + right) / 2
