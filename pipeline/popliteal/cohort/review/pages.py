"""What the lists and numbers show, as plain values for their templates; nothing here knows HTTP."""

from __future__ import annotations

from collections import Counter
from typing import Any

from popliteal.cohort.review.chart_page import mark_values
from popliteal.cohort.review.desk import STRATUM, Desk
from popliteal.cohort.review.estimates import MEASURES, STRATA, charts_needed, measure
from popliteal.cohort.review.review import Review
from popliteal.cohort.review.store import THIRD, Chart, Mark

Values = dict[str, Any]

#: Widths of an interval that can be asked for, and the usual one.
WIDTHS, WIDTH = (0.20, 0.15, 0.10, 0.05), 0.10


def queue_page(desk: Desk) -> Values:
    """The list of charts, and how far each stratum is."""
    answers, comments = desk.store.answers(desk.reviewer), desk.store.comments(desk.reviewer)
    marks, queue = desk.store.marks(desk.reviewer), desk.queue()
    rows = [
        {
            "chart": chart,
            "stratum": STRATUM[chart.stratum],
            "answer": answers.get(chart.number),
            "comment": comments.get(chart.number, ""),
            "marks": len(marks.get(chart.number, ())),
        }
        for chart in queue
    ]
    drawn = Counter(chart.stratum for chart in queue)
    done = Counter(chart.stratum for chart in queue if chart.number in answers)
    progress = [(STRATUM[name], done[name], drawn[name]) for name in STRATA if drawn[name]]
    return {**desk.frame(), "rows": rows, "progress": progress, "current": desk.current()}


def estimates_page(desk: Desk, width: float) -> Values:
    """Measures with intervals, strata, charts still needed; kappa for a third, who may see others' answers."""
    found = Review.of(desk.store)
    parts = found.strata(None if desk.role == THIRD else desk.reviewer)
    drawn = Counter(chart.stratum for chart in found.charts)
    return {
        **desk.frame(),
        "measures": [(measure(name, parts), charts_needed(name, parts, width)) for name in MEASURES],
        "strata": [(STRATUM[part.name], part, drawn[part.name]) for part in parts],
        "names": STRATUM,
        "width": width,
        "widths": WIDTHS,
        "agreement": found.agreement() if desk.role == THIRD else None,
        "unsettled": sum(item.settled is None for item in found.disagreements()) if desk.role == THIRD else 0,
    }


def wrong_page(desk: Desk) -> Values:
    """Rejected charts with their wrong findings, and how often each mechanism is to blame."""
    answers, marks = desk.store.answers(desk.reviewer), desk.store.marks(desk.reviewer)
    rejected = {number for number, given in answers.items() if given.answer == "reject"}
    charts = [chart for chart in desk.queue() if chart.number in rejected or chart.number in marks]
    counted = Counter((mark.mechanism, mark.concept) for chart in charts for mark in marks.get(chart.number, ()))
    return {
        **desk.frame(),
        "counted": [(key, desk.names.concept(concept), count) for (key, concept), count in counted.most_common()],
        "charts": [
            {
                "chart": chart,
                "stratum": STRATUM[chart.stratum],
                "rejected": chart.number in rejected,
                "marks": _marks(desk, chart, marks.get(chart.number, [])),
            }
            for chart in charts
        ],
    }


def _marks(desk: Desk, chart: Chart, marks: list[Mark]) -> list[Values]:
    content = desk.charts.chart(chart.patient_id)
    return [mark_values(desk, mark, content) for mark in marks]


def disagreements_page(desk: Desk) -> Values:
    """The charts on which reviewers differ, with every answer."""
    found = Review.of(desk.store)
    comments = {name: desk.store.comments(name) for name in found.reviewers}
    rows = [
        {
            "chart": item.chart,
            "stratum": STRATUM[item.chart.stratum],
            "answers": item.answers,
            "settled": item.settled,
            "comments": {name: comments[name].get(item.chart.number, "") for name in item.answers},
        }
        for item in found.disagreements()
    ]
    return {**desk.frame(), "rows": rows, "reviewers": found.reviewers}
