"""A review as a whole: the cohort, its sample, what the reviewers said, and what follows from it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from popliteal.cohort.folder import Cohort
from popliteal.cohort.review.agreement import Agreement, cohen
from popliteal.cohort.review.estimates import Stratum, strata
from popliteal.cohort.review.sampling import Draw, allocate, draw, stratum
from popliteal.cohort.review.store import REVIEWER, THIRD, Adjudications, Answer, Chart
from popliteal.errors import OutputError

#: Charts that are drawn where nothing else is said.
SAMPLE = 100


def prepare(
    cohort: Cohort, store: Adjudications, sample: int | Mapping[str, int] | None = None, seed: int | None = None
) -> None:
    """Draw the sample, or make an earlier one of the same seed larger; without wishes an earlier one stays as it is.

    Args:
        cohort: whose patients are drawn.
        store: keeps the queue.
        sample: charts altogether or by draw; None is :data:`SAMPLE` for a new review.
        seed: of the draw; None is 0 for a new review.

    Raises:
        OutputError: the cohort has other verdicts than when charts were drawn, or the wish contradicts an earlier draw.
    """
    where, digest = _strata(cohort)
    known = store.meta("cohort")
    if known is not None and known != digest:
        raise OutputError(
            f"{cohort.folder}: was screened anew after its charts had been drawn, and its verdicts are not those that "
            "were reviewed; screen into a new folder to review it, or move adjudications.sqlite away"
        )
    if known is not None and seed is not None and store.meta("seed") != str(seed):
        raise OutputError(f"--seed: this cohort's charts were drawn with {store.meta('seed')}; leave it out to go on")
    if known is not None and sample is None:
        return
    sizes = dict(Counter(where.values()))
    before = [Draw(item.patient_id, item.stratum, item.drawn) for item in store.charts()]
    quotas = _quotas(SAMPLE if sample is None else sample, sizes, before)
    chosen = int(store.meta("seed") or 0) if seed is None else seed
    new = draw(where, quotas, chosen, before)
    store.add_charts(new, cohort=digest, seed=str(chosen), sizes=json.dumps(sizes))


def _quotas(sample: int | Mapping[str, int], sizes: Mapping[str, int], before: list[Draw]) -> Mapping[str, int]:
    quotas = allocate(sample, sizes) if isinstance(sample, int) else sample
    fewer = [name for name, have in Counter(item.drawn for item in before).items() if quotas.get(name, have) < have]
    if fewer:
        raise OutputError(
            f"--sample: fewer charts than are drawn already ({', '.join(sorted(fewer))}); a sample can only grow"
        )
    return quotas


def _strata(cohort: Cohort) -> tuple[dict[str, str], str]:
    """Stratum by patient, and a digest of it."""
    table = cohort.patients().select(["patient_id", "verdict", "near_miss"]).to_pylist()
    where = {row["patient_id"]: stratum(row["verdict"], row["near_miss"]) for row in table}
    listed = json.dumps(sorted(where.items())).encode()
    return where, hashlib.sha256(listed).hexdigest()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A chart on which reviewers differ: their answers by name, and the third's if there is one."""

    chart: Chart
    answers: Mapping[str, Answer]
    settled: Answer | None


@dataclass(frozen=True)
class Review:
    """What was answered, put together."""

    charts: tuple[Chart, ...]
    sizes: Mapping[str, int]
    answers: Mapping[str, Mapping[int, Answer]]
    roles: Mapping[str, str]

    @classmethod
    def of(cls, store: Adjudications) -> Review:
        """Everything that stands in the store now."""
        roles = store.reviewers()
        answers = {name: store.answers(name) for name in roles}
        return cls(tuple(store.charts()), store.sizes(), answers, roles)

    @property
    def reviewers(self) -> list[str]:
        """The names of those who review blindly, in the order in which they came."""
        return [name for name, role in self.roles.items() if role == REVIEWER]

    def given(self, number: int) -> dict[str, Answer]:
        """The reviewers' answers to a chart, without the third's."""
        found = {name: self.answers[name].get(number) for name in self.reviewers}
        return {name: answer for name, answer in found.items() if answer is not None}

    def settled(self, number: int) -> Answer | None:
        """The third's answer to a chart."""
        thirds = (self.answers[name].get(number) for name, role in self.roles.items() if role == THIRD)
        return next((answer for answer in thirds if answer is not None), None)

    def final(self, number: int) -> str | None:
        """The answer that counts in the end: the third's, or that of all reviewers who agree; else None."""
        third = self.settled(number)
        if third is not None:
            return third.answer
        said = {answer.answer for answer in self.given(number).values()}
        return said.pop() if len(said) == 1 else None

    def disagreements(self) -> list[Disagreement]:
        """The charts on which reviewers differ, settled or not."""
        found = []
        for chart in self.charts:
            given = self.given(chart.number)
            if len({answer.answer for answer in given.values()}) > 1:
                found.append(Disagreement(chart, given, self.settled(chart.number)))
        return found

    def strata(self, reviewer: str | None = None) -> tuple[Stratum, ...]:
        """The strata with the answers of one reviewer, or with the final ones."""
        said = {
            chart: self.final(chart.number) if reviewer is None else _said(self.answers[reviewer].get(chart.number))
            for chart in self.charts
        }
        return strata(self.sizes, [(chart.stratum, chart.belongs(answer)) for chart, answer in said.items() if answer])

    def agreement(self) -> list[tuple[str, str, Agreement]]:
        """Cohen's kappa of each two reviewers, on the charts that both have answered."""
        names = self.reviewers
        pairs = [(one, other) for index, one in enumerate(names) for other in names[index + 1 :]]
        return [(one, other, cohen(self._both(one, other))) for one, other in pairs]

    def _both(self, one: str, other: str) -> list[tuple[str, str]]:
        first, second = self.answers[one], self.answers[other]
        return [
            (chart.belongs(first[chart.number].answer), chart.belongs(second[chart.number].answer))
            for chart in self.charts
            if chart.number in first and chart.number in second
        ]


def _said(answer: Answer | None) -> str | None:
    return answer.answer if answer else None
