"""Agreement between two reviewers beyond chance.

Kappa: Cohen J (1960) Educ Psychol Meas 20:37-46. Its standard error for interval estimation: Fleiss JL, Cohen J,
Everitt BS (1969) Psychol Bull 72:323-327, formula 13.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from statistics import NormalDist

from popliteal.cohort.review.intervals import LEVEL, Interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two reviewers on the same charts. ``kappa`` is None where both gave one and the same answer throughout."""

    charts: int
    agreed: int
    kappa: Interval | None


def cohen(pairs: Iterable[tuple[Hashable, Hashable]], level: float = LEVEL) -> Agreement:
    """Cohen's unweighted kappa of pairs of answers, with its interval (large-sample, cut at -1 and 1)."""
    table = Counter(pairs)
    total = table.total()
    agreed = sum(count for (one, other), count in table.items() if one == other)
    if not total:
        return Agreement(0, 0, None)
    categories = {answer for pair in table for answer in pair}
    rows = {key: sum(table[key, other] for other in categories) / total for key in categories}
    columns = {key: sum(table[other, key] for other in categories) / total for key in categories}
    chance = sum(rows[key] * columns[key] for key in categories)
    if math.isclose(chance, 1.0):
        return Agreement(total, agreed, None)
    kappa = (agreed / total - chance) / (1 - chance)
    half = NormalDist().inv_cdf((1 + level) / 2) * _error(table, total, rows, columns, kappa, chance)
    return Agreement(total, agreed, Interval(kappa, max(-1.0, kappa - half), min(1.0, kappa + half)))


def _error(
    table: Counter[tuple[Hashable, Hashable]],
    total: int,
    rows: dict[Hashable, float],
    columns: dict[Hashable, float],
    kappa: float,
    chance: float,
) -> float:
    on = sum(table[key, key] / total * (1 - (rows[key] + columns[key]) * (1 - kappa)) ** 2 for key in rows)
    off = sum(
        count / total * (columns[one] + rows[other]) ** 2 for (one, other), count in table.items() if one != other
    )
    variance = on + (1 - kappa) ** 2 * off - (kappa - chance * (1 - kappa)) ** 2
    return math.sqrt(max(variance, 0.0) / total) / (1 - chance)
