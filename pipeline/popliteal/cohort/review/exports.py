"""What was decided, as CSV: answers, what counts in the end, wrong findings, estimates. None holds text of notes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from popliteal.cohort.review.estimates import MEASURES, measure
from popliteal.cohort.review.intervals import Interval
from popliteal.cohort.review.review import Review
from popliteal.cohort.review.store import Adjudications, Answer, Chart, Mark

Files = dict[str, str]
Row = dict[str, object]

_ADJUDICATION = (
    "chart", "patient_id", "verdict", "stratum", "drawn", "weight", "reviewer", "role", "answer", "belongs",
    "answered_at", "wrong_findings", "comment",
)  # fmt: skip
_WRONG = (
    "chart", "patient_id", "reviewer", "answer", "note_id", "copy", "finding_id", "start", "end", "concept",
    "mechanism", "said", "should_be",
)  # fmt: skip


# ---------- CSV
def as_csv(store: Adjudications, found: Review) -> Files:
    """``adjudications.csv`` (a row for each answer), ``final.csv``, ``wrong_findings.csv`` and ``estimates.csv``."""
    rows = [adjudication(*given) for given in given_answers(store, found)]
    final = [_final(chart, found) for chart in found.charts]
    return {
        "adjudications.csv": table(_ADJUDICATION, rows),
        "final.csv": table(("chart", "patient_id", "verdict", "stratum", "weight", "answer", "belongs", "by"), final),
        "wrong_findings.csv": table(_WRONG, _wrong(store, found)),
        "estimates.csv": table(("of", "measure", "value", "low", "high", "charts"), _estimates(found)),
    }


def given_answers(
    store: Adjudications, found: Review
) -> Iterator[tuple[Chart, Review, str, Answer, str, Sequence[Mark]]]:
    """Every answer that counts: chart, findings, reviewer, answer, comment, marks."""
    for name in found.roles:
        comments, marks = store.comments(name), store.marks(name)
        for chart in found.charts:
            given = found.answers[name].get(chart.number)
            if given is not None:
                yield chart, found, name, given, comments.get(chart.number, ""), marks.get(chart.number, [])


def adjudication(chart: Chart, found: Review, reviewer: str, given: Answer, comment: str, marks: Sequence[Mark]) -> Row:
    return {
        **_head(chart, found),
        "drawn": chart.drawn,
        "reviewer": reviewer,
        "role": found.roles[reviewer],
        "answer": given.answer,
        "belongs": chart.belongs(given.answer),
        "answered_at": given.at,
        "wrong_findings": len(marks),
        "comment": comment,
    }


def _head(chart: Chart, found: Review) -> Row:
    """``weight``: how many patients of the cohort a chart of this stratum stands for, were all charts reviewed."""
    drawn = sum(other.stratum == chart.stratum for other in found.charts)
    return {
        "chart": chart.number,
        "patient_id": chart.patient_id,
        "verdict": "excluded" if chart.stratum == "near_miss" else chart.stratum,
        "stratum": chart.stratum,
        "weight": f"{found.sizes[chart.stratum] / drawn:.6g}",
    }


def _final(chart: Chart, found: Review) -> Row:
    answer = found.final(chart.number)
    given = found.given(chart.number)
    by = "third" if found.settled(chart.number) else "reviewers" if len(given) > 1 else "reviewer"
    return {
        **_head(chart, found),
        "answer": answer or ("disagreement" if given else ""),
        "belongs": chart.belongs(answer) if answer else "",
        "by": by if answer else "",
    }


def _wrong(store: Adjudications, found: Review) -> Iterator[Row]:
    patients = {chart.number: chart.patient_id for chart in found.charts}
    for name in found.roles:
        for number, marks in sorted(store.marks(name).items()):
            given = found.answers[name].get(number)
            chart = {"chart": number, "patient_id": patients[number], "reviewer": name}
            for mark in marks:
                yield {**asdict(mark), **chart, "answer": given.answer if given else ""}


def _estimates(found: Review) -> Iterator[Row]:
    for who in (None, *found.reviewers):
        parts = found.strata(who)
        charts = sum(int(part.decided) for part in parts)
        for name in MEASURES:
            yield {"of": who or "final", "measure": name, "charts": charts, **_limits(measure(name, parts).interval)}
    for one, other, agreement in found.agreement():
        yield {"of": f"{one}, {other}", "measure": "kappa", "charts": agreement.charts, **_limits(agreement.kappa)}


def _limits(interval: Interval | None) -> Row:
    if interval is None:
        return {}
    return {name: f"{getattr(interval, name):.6f}" for name in ("value", "low", "high")}


def table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """RFC 4180. A comment that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_cell(name, row.get(name)) for name in columns)
    return out.getvalue()


def _cell(name: str, value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if name == "comment" and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
