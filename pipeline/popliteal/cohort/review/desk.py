"""One reviewer at work: what is reviewed, by whom, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from popliteal.cohort.review.charts import Charts
from popliteal.cohort.review.review import Findings
from popliteal.cohort.review.store import REVIEWER, Adjudications, Chart
from popliteal.cohort.review.why import Criterion
from popliteal.explaining.names import Names
from popliteal.knowledge import Knowledge

#: The strata as pages call them.
STRATUM = {"included": "included", "uncertain": "uncertain", "near_miss": "near miss", "excluded": "excluded"}


@dataclass(frozen=True)
class Desk:
    """A reviewer's place: the cohort's ``title`` and ``criteria``, the ``store`` of answers, the ``charts``."""

    title: str
    store: Adjudications
    charts: Charts
    criteria: tuple[Criterion, ...]
    knowledge: Knowledge
    names: Names
    reviewer: str
    role: str

    def queue(self) -> list[Chart]:
        """The charts of this reviewer: all of them, or for a third those on which reviewers differ."""
        if self.role == REVIEWER:
            return self.store.charts()
        return [item.chart for item in Findings.of(self.store).disagreements()]

    def current(self) -> int | None:
        """Where to go on: the chart last looked at if it is open, else the next open one; None when all is done."""
        return self._next_open((self.store.place(self.reviewer) or 1) - 1)

    def after(self, number: int) -> int | None:
        """The next open chart after one, from the start again at the end."""
        return self._next_open(number)

    def _next_open(self, after: int) -> int | None:
        answered = self.store.answers(self.reviewer)
        still = [chart.number for chart in self.queue() if chart.number not in answered]
        return next((number for number in still if number > after), next(iter(still), None))

    def frame(self) -> Mapping[str, object]:
        """What every page shows: cohort, reviewer, progress."""
        numbers = [chart.number for chart in self.queue()]
        answered = self.store.answers(self.reviewer)
        return {
            "cohort": self.title,
            "reviewer": self.reviewer,
            "third": self.role != REVIEWER,
            "done": sum(number in answered for number in numbers),
            "total": len(numbers),
        }
