"""One reviewer at work: what is reviewed, by whom, and where to go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from popliteal.cohort.folder import Cohort
from popliteal.cohort.review.charts import Charts
from popliteal.cohort.review.review import Review
from popliteal.cohort.review.store import REVIEWER, Adjudications, Chart
from popliteal.cohort.review.texts import batch_of, read_texts
from popliteal.cohort.review.why import Criterion, criteria_of
from popliteal.explaining.names import Names
from popliteal.knowledge import Knowledge, load

Progress = Callable[[int], None]

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
        return [item.chart for item in Review.of(self.store).disagreements()]

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


def open_charts(
    cohort: Cohort, store: Adjudications, notes: str | None = None, progress: Progress = lambda rows: None
) -> Charts:
    """The sampled charts of a cohort with their text, which is read again from the notes.

    Args:
        cohort: the cohort folder.
        store: has the sample.
        notes: the input, if it is not where the batch read it.
        progress: called with the number of rows read.

    Raises:
        SourceError: the batch or the notes cannot be read, or are not those that were screened.
    """
    batch = batch_of(cohort)
    return Charts(cohort, batch, read_texts(batch, [chart.patient_id for chart in store.charts()], notes, progress))


def open_desk(
    cohort: Cohort,
    store: Adjudications,
    charts: Charts,
    reviewer: str,
    role: str = REVIEWER,
    patterns: Path | None = None,
) -> Desk:
    """A place for a reviewer, who is made known to the store.

    Raises:
        SourceError: the cohort has no readable criteria.
        OutputError: the reviewer's name cannot be one, or has reviewed in the other role.
        PatternError: the patterns are wrong.
    """
    criteria = tuple(criteria_of(cohort))
    knowledge = load(patterns)
    names = Names.of(knowledge.concepts, knowledge.decisions)
    store.join(reviewer, role)
    title = cohort.manifest.criteria.get("name") or cohort.folder.name
    return Desk(title, store, charts, criteria, knowledge, names, reviewer, role)
