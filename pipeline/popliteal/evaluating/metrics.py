"""From matched notes to numbers.

Every number is a ratio of two sums over notes (F1 is 2tp over 2tp + fp + fn), so a note contributes one numerator and
one denominator to each, and the bootstrap over notes is a resampling of those.

============================ ==========================================================================================
``LEVEL.precision`` …        ``recall`` and ``f1`` of findings; a pair counts where the attributes of the level agree
``attribute.NAME``           agreement on matched pairs; ``value`` among those whose gold has one
``note.right``               notes with nothing to complain of: see ``Matching.right``
``onset.stated`` …           the same among pairs whose gold onset (course) is not ``unknown``
``hypothesis.acceptable``    notes whose primary hypothesis is among the acceptable ones; ``exact``: is the best one
``side.overall``             notes whose side is right; ``given_hypothesis``: among those with an acceptable hypothesis
``urgency.acceptable``       notes whose tier is among the acceptable ones; ``exact``: is the best one
``emergency.recall``         among notes whose tier is EMERGENCY; ``precision``: among those given EMERGENCY, the
                             tiers for which EMERGENCY is acceptable
============================ ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from popliteal.evaluating.gold import NO_HYPOTHESIS, GoldNote
from popliteal.evaluating.matching import AGREE, Matching

#: score -> attributes that must agree in a pair for it to count
LEVELS: dict[str, tuple[str, ...]] = {
    "concept": (),
    "concept+assertion": ("assertion",),
    "concept+assertion+time+side": ("assertion", "temporality", "laterality"),
    "concept+assertion+time+side+site": ("assertion", "temporality", "laterality", "site"),
}

EMERGENCY = "EMERGENCY"
SEED = 20240229

Ratio = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the pipeline decided about a note; ``none`` and ``unspecified`` where it has no primary hypothesis."""

    hypothesis: str = NO_HYPOTHESIS
    side: str = "unspecified"
    urgency: str = "NONE"


@dataclass(frozen=True, slots=True)
class Counts:
    """True and false positives and false negatives, with the usual ratios (0 where nothing is divided)."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp + self.fp + self.fn else 0.0


@dataclass(frozen=True, slots=True)
class Metric:
    """A ratio over the corpus with its bootstrap interval (None where none was asked for, or nothing was counted)."""

    hits: int
    total: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        return self.hits / self.total if self.total else None


def finding_ratios(matching: Matching) -> dict[str, Ratio]:
    """Numerator and denominator that one note gives to each metric of findings."""
    ratios: dict[str, Ratio] = {"note.right": (int(matching.right), 1)}
    pairs, missed, spurious = matching.pairs, len(matching.missed), len(matching.spurious)
    for level, names in LEVELS.items():
        hits = sum(all(AGREE[name](gold, got) for name in names) for gold, got in pairs)
        found, wanted = len(pairs) + spurious, len(pairs) + missed
        ratios |= {
            f"{level}.precision": (hits, found),
            f"{level}.recall": (hits, wanted),
            f"{level}.f1": (2 * hits, found + wanted),
        }
    for name, agree in AGREE.items():
        asked = [(gold, got) for gold, got in pairs if name != "value" or gold.value is not None]
        ratios[f"attribute.{name}"] = (sum(agree(gold, got) for gold, got in asked), len(asked))
    for name in ("onset", "course"):
        asked = [(gold, got) for gold, got in pairs if getattr(gold, name) != "unknown"]
        ratios[f"{name}.stated"] = (sum(AGREE[name](gold, got) for gold, got in asked), len(asked))
    return ratios


def decision_ratios(gold: GoldNote, got: Decision) -> dict[str, Ratio]:
    """Numerator and denominator that one note gives to each metric of decisions."""
    want = gold.decision
    ratios: dict[str, Ratio] = {}
    if want.hypothesis is not None:
        fine = got.hypothesis in want.acceptable
        ratios["hypothesis.acceptable"] = (int(fine), 1)
        ratios["hypothesis.exact"] = (int(got.hypothesis == want.hypothesis), 1)
        if want.side is not None:
            ratios["side.overall"] = (int(got.side == want.side), 1)
            ratios["side.given_hypothesis"] = (int(fine and got.side == want.side), int(fine))
    if want.urgency is not None:
        ratios["urgency.acceptable"] = (int(got.urgency in want.urgency_ok), 1)
        ratios["urgency.exact"] = (int(got.urgency == want.urgency), 1)
        alarm = got.urgency == EMERGENCY
        ratios["emergency.recall"] = (int(alarm and want.urgency == EMERGENCY), int(want.urgency == EMERGENCY))
        ratios["emergency.precision"] = (int(alarm and EMERGENCY in want.urgency_ok), int(alarm))
    return ratios


def concept_counts(matchings: Iterable[Matching]) -> dict[str, Counts]:
    """Counts of every concept that gold or pipeline names, by concept alone."""
    counts: dict[str, Counts] = {}
    for matching in matchings:
        seen = [(gold.concept, Counts(tp=1)) for gold, _ in matching.pairs]
        seen += [(gold.concept, Counts(fn=1)) for gold in matching.missed]
        seen += [(got.concept, Counts(fp=1)) for got in matching.spurious]
        for concept, one in seen:
            counts[concept] = counts.get(concept, Counts()) + one
    return counts


def summarise(notes: Sequence[Mapping[str, Ratio]], bootstrap: int = 0, seed: int = SEED) -> dict[str, Metric]:
    """Each metric over all notes, with a 95% percentile interval from ``bootstrap`` resamplings of notes (0: none)."""
    names = list(dict.fromkeys(name for note in notes for name in note))
    table = np.array([[note.get(name, (0, 0)) for name in names] for note in notes], dtype=np.int64)
    if not names:
        return {}
    totals = table.sum(axis=0)
    low: list[float | None] = [None] * len(names)
    high: list[float | None] = [None] * len(names)
    if bootstrap > 0:
        rng = np.random.default_rng(seed)
        draws = rng.multinomial(len(notes), [1 / len(notes)] * len(notes), size=bootstrap)
        sums = np.tensordot(draws, table, axes=1)  # resampling, metric, (hits, total)
        for index in range(len(names)):
            hits, total = sums[:, index, 0], sums[:, index, 1]
            drawn = total > 0  # a resampling without any such note says nothing about this metric
            if drawn.any():
                edges = np.percentile(hits[drawn] / total[drawn], [2.5, 97.5])
                low[index], high[index] = float(edges[0]), float(edges[1])
    return {
        name: Metric(int(totals[index, 0]), int(totals[index, 1]), low[index], high[index])
        for index, name in enumerate(names)
    }
