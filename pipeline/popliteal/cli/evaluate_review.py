"""``popliteal evaluate COHORT``: the answers of a chart review as gold, for verdicts and for single findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from popliteal.cohort.folder import PATIENTS, open_cohort
from popliteal.cohort.review.desk import open_charts
from popliteal.cohort.review.estimates import BELONGS, NOT, Measure
from popliteal.cohort.review.review import Review
from popliteal.cohort.review.store import FILE, Adjudications
from popliteal.evaluating.adjudicated import Judged, Scored, by_kind, judge, measures, score, statements
from popliteal.evaluating.report import empty_table
from popliteal.running.engine import Engine


def is_cohort(folder: Path) -> bool:
    """Whether a folder is a cohort, reviewed or not, and no corpus of notes."""
    return (folder / FILE).is_file() or (folder / PATIENTS).is_file()


def evaluate_review(
    folder: Path, reviewed: Path, notes: str | None, patterns: Path | None, progress: Console
) -> tuple[list[RenderableType], dict[str, Any]]:
    """Tables and plain data: the verdicts of ``folder``, and today's findings, against the answers of ``reviewed``.

    Raises:
        SourceError: a cohort, its batch or its notes cannot be read.
        OutputError: there are no answers.
    """
    verdicts = {row["patient_id"]: row["verdict"] for row in open_cohort(folder).patients().to_pylist()}
    cohort = open_cohort(reviewed)
    store = Adjudications(reviewed, create=False)
    try:
        found = Review.of(store)
        with progress.status("Reading the notes that were reviewed"):
            charts = open_charts(cohort, store, notes)
        judged = judge(found, verdicts)
        scored = score(statements(store, found, charts), charts, Engine(patterns))
    finally:
        store.close()
    estimates = measures(found)
    return list(_tables(judged, estimates, scored)), _data(judged, estimates, scored)


def _tables(judged: Judged, estimates: Sequence[Measure], scored: Sequence[Scored]) -> Iterator[Table]:
    yield _verdicts(judged)
    yield _measures(estimates)
    if judged.mended or judged.broken:
        yield _listed("Patients whose verdict changed", judged)
    yield _statements(by_kind(scored))
    failing = [item for item in scored if not item.holds]
    if failing:
        yield _failing(failing)


def _verdicts(judged: Judged) -> Table:
    title = f"Verdicts against the reviewers (unsure {judged.unsure}, open or in disagreement {judged.open})"
    table = empty_table(title, "verdict", "belongs", "does not")
    for verdict in sorted({verdict for verdict, _ in judged.table}):
        table.add_row(verdict, str(judged.table.get((verdict, BELONGS), 0)), str(judged.table.get((verdict, NOT), 0)))
    return table


def _measures(estimates: Iterable[Measure]) -> Table:
    table = empty_table("The screen that was reviewed, weighted by stratum", "", "estimate", "95% interval")
    for item in estimates:
        if item.interval is None:
            table.add_row(item.name, "-", f"no chart decided: {', '.join(item.missing)}" if item.missing else "-")
        else:
            low, high = item.interval.low, item.interval.high
            table.add_row(item.name, f"{item.interval.value:.3f}", f"{low:.3f} to {high:.3f}")
    return table


def _listed(title: str, judged: Judged) -> Table:
    table = empty_table(title, "patient", "since the review")
    for patients, change in ((judged.mended, "wrong → right"), (judged.broken, "right → wrong")):
        for patient in patients:
            table.add_row(Text(patient), change)
    return table


def _statements(counts: Mapping[str, tuple[int, int]]) -> Table:
    table = empty_table("What reviewers said of findings", "mechanism", "holds now", "said")
    for kind, (holds, said) in counts.items():
        table.add_row(kind, str(holds), str(said))
    return table


def _failing(failing: Iterable[Scored]) -> Table:
    table = empty_table("What does not hold", "mechanism", "concept", "note", "span", "should be")
    for item in failing:
        said = item.statement
        should_be = said.should_be or " ".join(said.said if said.mechanism == "confirmed" else ())
        table.add_row(said.mechanism, said.concept, Text(said.note_id), f"{said.start}-{said.end}", should_be)
    return table


def _data(judged: Judged, estimates: Iterable[Measure], scored: Sequence[Scored]) -> dict[str, Any]:
    return {
        "verdicts": [{"verdict": key[0], "belongs": key[1], "count": count} for key, count in judged.table.items()],
        "unsure": judged.unsure,
        "open": judged.open,
        "mended": judged.mended,
        "broken": judged.broken,
        "measures": {item.name: asdict(item.interval) if item.interval else None for item in estimates},
        "statements": {kind: {"holds": holds, "said": said} for kind, (holds, said) in by_kind(scored).items()},
        "failing": [asdict(item.statement) for item in scored if not item.holds],
    }
