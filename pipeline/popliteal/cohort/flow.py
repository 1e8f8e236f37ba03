"""The flow of a screening: how many patients each criterion took out, as numbers and as a CONSORT-like figure."""

from __future__ import annotations

import csv
import io
import textwrap
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.cohort.folder import VERDICTS
from popliteal.cohort.sql import lines
from popliteal.explaining.markup import Html, tag
from popliteal.knowledge.cohorts import Cohort


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One criterion: who came to it, who was excluded by it, who stays uncertain because of it, and who went on."""

    id: str
    role: str
    label: str
    before: int
    excluded: int
    uncertain: int
    after: int


@dataclass(frozen=True)
class Flow:
    """``counts`` are those of the manifest; ``steps`` follow each other, each with those the one before let through."""

    counts: Mapping[str, int]
    steps: tuple[FlowStep, ...]
    verdicts: Mapping[str, int]


def make_flow(cohort: Cohort, patients: pa.Table, counts: Mapping[str, int]) -> Flow:
    """Count the verdicts by the criterion that decided.

    Raises:
        AssertionError: the patients in are not the patients out.
    """
    reasons, verdicts = Counter[tuple[str, str]](), Counter[str]()
    for row in patients.group_by(["verdict", "reason"]).aggregate([([], "count_all")]).to_pylist():
        reasons[row["verdict"], row["reason"]] += row["count_all"]
        verdicts[row["verdict"]] += row["count_all"]
    left, steps = counts["patients"], []
    asked = [("index", "index", cohort.index.label), *((line.id, line.role, line.label) for line in lines(cohort))]
    for name, role, label in asked:
        excluded, uncertain = reasons["excluded", name], reasons["uncertain", name]
        steps.append(FlowStep(name, role, label, left, excluded, uncertain, left - excluded - uncertain))
        left -= excluded + uncertain
    if left != verdicts["included"] or sum(verdicts.values()) != counts["patients"]:
        raise AssertionError(f"patients in {counts['patients']}, out {dict(verdicts)}, left over {left}")
    return Flow(counts, tuple(steps), {verdict: verdicts[verdict] for verdict in VERDICTS})


def flow_csv(flow: Flow) -> bytes:
    """The flow as a table: ``step, role, label, before, excluded, uncertain, after``; notes first, then patients."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(("step", "role", "label", "before", "excluded", "uncertain", "after"))
    before = flow.counts["rows"]
    for name, label in NOTE_LOSSES.items():
        lost = flow.counts[name]
        write((name, "notes", label, before, lost, 0, before - lost))
        before -= lost
    for step in flow.steps:
        write((step.id, step.role, step.label, step.before, step.excluded, step.uncertain, step.after))
    write(("included", "verdict", "Included", flow.verdicts["included"], 0, 0, flow.verdicts["included"]))
    return out.getvalue().encode()


#: What takes notes out before patients are looked at, by the name of its count.
NOTE_LOSSES = {
    "notes_failed": "Rows that failed in the batch",
    "notes_without_patient": "Notes without a patient id",
    "notes_copies": "Copies of a note (same patient, date, type, length and reading)",
}

# ---------------------------------------------------------------- the figure

_WIDTH, _MAIN, _SIDE, _GAP, _PAD, _LINE = 860, 360, 400, 26, 12, 19
_LEFT, _RIGHT = 20, 440


def flow_svg(flow: Flow) -> str:
    """The figure as SVG: main line on the left, what it loses on the right; every number is text."""
    y = 16.0
    parts: list[Html] = []
    counts = flow.counts
    parts, y = _main(parts, y, [f"Rows of the export (n = {counts['rows']:,})"])
    losses = [f"{label} (n = {counts[name]:,})" for name, label in NOTE_LOSSES.items() if counts[name]]
    parts, y = _off(parts, y, losses)
    parts, y = _main(parts, y, [f"Patients screened (n = {counts['patients']:,})", f"with {counts['notes']:,} notes"])
    for step in flow.steps:
        verb = {"index": "Without", "include": "Without", "exclude": "With"}[step.role]
        said = [f"{verb}: {step.label}", f"Excluded (n = {step.excluded:,})"]
        parts, y = _off(parts, y, [*said, f"Uncertain (n = {step.uncertain:,})"] if step.uncertain else said)
        if step.after != step.before and step is not flow.steps[-1]:
            parts, y = _main(parts, y, [f"Remaining (n = {step.after:,})"])
    parts, y = _main(parts, y, [f"Included (n = {flow.verdicts['included']:,})"], kind="included")
    height = y - _GAP + 16
    title = f"Flow of {counts['patients']:,} patients: {', '.join(f'{n:,} {v}' for v, n in flow.verdicts.items())}"
    arrow = tag(
        "marker",
        {
            "id": "tip",
            "viewBox": "0 0 8 8",
            "refX": "7",
            "refY": "4",
            "markerWidth": "8",
            "markerHeight": "8",
            "orient": "auto",
        },
        tag("path", {"d": "M0 0 8 4 0 8z", "fill": "#55606d"}),
    )
    attributes: dict[str, str | bool | None] = {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {_WIDTH} {height:g}", "width": str(_WIDTH),
        "height": f"{height:g}", "role": "img", "aria-labelledby": "flow-title",
        "font-family": "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif", "font-size": "14",
    }  # fmt: skip
    return tag("svg", attributes, tag("title", {"id": "flow-title"}, title), tag("defs", None, arrow), parts)


def _main(parts: list[Html], y: float, said: list[str], kind: str = "") -> tuple[list[Html], float]:
    """A box of the main line; an arrow leads into it from above, unless it is the first."""
    box, height = _box(_LEFT, y, _MAIN, said, kind)
    lead = [_arrow(_LEFT + _MAIN / 2, y - _GAP, _LEFT + _MAIN / 2, y)] if parts else []
    return [*parts, *lead, box], y + height + _GAP


def _off(parts: list[Html], y: float, said: list[str]) -> tuple[list[Html], float]:
    """A box on the right, reached from the main line, which goes on past it."""
    if not said:
        return parts, y
    box, height = _box(_RIGHT, y, _SIDE, said, "lost")
    middle, x = y + height / 2, _LEFT + _MAIN / 2
    down = _line(x, y - _GAP, x, y + height)
    return [*parts, down, _arrow(x, middle, _RIGHT, middle), box], y + height + _GAP


def _box(x: float, y: float, width: float, said: list[str], kind: str) -> tuple[Html, float]:
    rows = [row for one in said for row in textwrap.wrap(one, width=int((width - 2 * _PAD) / 7.1)) or [""]]
    height = len(rows) * _LINE + 2 * _PAD - 4
    fill, edge = {"included": ("#e3f2ea", "#23674f"), "lost": ("#f6f7f9", "#9aa5b1")}.get(kind, ("#ffffff", "#55606d"))
    texts = [
        tag("tspan", {"x": f"{x + _PAD:g}", "y": f"{y + _PAD + 11 + index * _LINE:g}"}, row)
        for index, row in enumerate(rows)
    ]
    weight = "600" if kind == "included" else None
    frame = tag(
        "rect",
        {
            "x": f"{x:g}", "y": f"{y:g}", "width": f"{width:g}", "height": f"{height:g}", "rx": "6", "fill": fill,
            "stroke": edge,
        },
    )  # fmt: skip
    return Html(frame + tag("text", {"fill": "#18212b", "font-weight": weight}, texts)), height


def _line(x1: float, y1: float, x2: float, y2: float, tip: str | None = None) -> Html:
    ends: dict[str, str | bool | None] = {"x1": f"{x1:g}", "y1": f"{y1:g}", "x2": f"{x2:g}", "y2": f"{y2:g}"}
    return tag("line", {**ends, "stroke": "#55606d", "marker-end": tip})


def _arrow(x1: float, y1: float, x2: float, y2: float) -> Html:
    return _line(x1, y1, x2, y2, "url(#tip)")
