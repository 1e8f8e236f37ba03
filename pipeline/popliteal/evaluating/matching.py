"""Which predicted finding stands for which gold finding.

A pair may be made of a gold and a predicted finding of the same concept whose spans share a character. Pairs are taken
greedily, best first: most of assertion, temporality, laterality and site agreeing, then most shared characters, then
the order in the text; each finding is used once. So the result depends on nothing but the two lists.

Gold ends of words are often generous or mean ("knee pain", "pain in the knee"); hence overlap, not equality of spans.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from popliteal.evaluating import values
from popliteal.evaluating.gold import GoldFinding


@dataclass(frozen=True, slots=True)
class Predicted:
    """One finding of the pipeline, as far as it is compared or explained."""

    start: int
    end: int
    text: str
    concept: str
    site: str | None
    laterality: str
    assertion: str
    temporality: str
    onset: str
    course: str
    value: float | None
    value_text: str | None
    cues: str
    pattern: str

    @classmethod
    def of(cls, finding: Mapping[str, Any]) -> Predicted:
        """From a finding of an assessment (columns of the ``findings`` table)."""
        return cls(**{name: finding[name] for name in cls.__dataclass_fields__})


#: attribute -> whether gold and predicted agree on it
AGREE: dict[str, Callable[[GoldFinding, Predicted], bool]] = {
    "assertion": lambda gold, predicted: gold.assertion == predicted.assertion,
    "temporality": lambda gold, predicted: gold.temporality == predicted.temporality,
    "laterality": lambda gold, predicted: gold.laterality == predicted.laterality,
    "site": lambda gold, predicted: gold.site == predicted.site,
    "onset": lambda gold, predicted: gold.onset == predicted.onset,
    "course": lambda gold, predicted: gold.course == predicted.course,
    "value": lambda gold, predicted: values.agree(gold.value, predicted.value, predicted.value_text),
}

#: the attributes that choose between pairs, and that the stricter scores ask for
MAIN = ("assertion", "temporality", "laterality", "site")


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs of gold and predicted findings in reading order, and those left alone."""

    pairs: tuple[tuple[GoldFinding, Predicted], ...]
    missed: tuple[GoldFinding, ...]
    spurious: tuple[Predicted, ...]

    @property
    def right(self) -> bool:
        """Nothing missed or spurious, and no pair that differs; value, onset and course count where gold has one."""
        return not (self.missed or self.spurious) and all(
            AGREE[name](gold, got)
            for gold, got in self.pairs
            for name in AGREE
            if name in MAIN or getattr(gold, name) not in {None, "unknown"}
        )


def overlap(one: GoldFinding | Predicted, other: GoldFinding | Predicted) -> int:
    """Shared characters of two spans (0 where they do not meet)."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def match(gold: Sequence[GoldFinding], predicted: Sequence[Predicted]) -> Matching:
    """One-to-one pairs of findings of the same concept that overlap; see the module for the order of choice."""
    candidates = [
        (-sum(AGREE[name](one, other) for name in MAIN), -overlap(one, other), left, right)
        for left, one in enumerate(gold)
        for right, other in enumerate(predicted)
        if one.concept == other.concept and overlap(one, other)
    ]
    taken_gold: dict[int, int] = {}
    taken_predicted: set[int] = set()
    for _, _, left, right in sorted(candidates):
        if left not in taken_gold and right not in taken_predicted:
            taken_gold[left] = right
            taken_predicted.add(right)
    return Matching(
        pairs=tuple((gold[left], predicted[right]) for left, right in sorted(taken_gold.items())),
        missed=tuple(one for left, one in enumerate(gold) if left not in taken_gold),
        spurious=tuple(one for right, one in enumerate(predicted) if right not in taken_predicted),
    )
