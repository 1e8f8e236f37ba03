"""A report as rich tables for the screen and as plain data for machines.

Only ``error_tables`` shows text of notes; everything else names notes by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from popliteal.evaluating.matching import AGREE
from popliteal.evaluating.mechanisms import ErrorGroup, against_gold
from popliteal.evaluating.metrics import LEVELS, Metric
from popliteal.evaluating.scoring import NoteScore, Report
from popliteal.schema import ASSERTIONS, URGENCIES

_DECISIONS = {
    "hypothesis.acceptable": "hypothesis is an acceptable one",
    "hypothesis.exact": "hypothesis is the best one",
    "side.given_hypothesis": "side, where the hypothesis is acceptable",
    "side.overall": "side, all notes",
    "urgency.acceptable": "urgency is an acceptable tier",
    "urgency.exact": "urgency is the best tier",
    "emergency.recall": "EMERGENCY recall",
    "emergency.precision": "EMERGENCY precision",
}
_HEADLINES = (
    "note.right", "concept.f1", "concept+assertion.f1", "concept+assertion+time+side+site.f1",
    "hypothesis.acceptable", "side.overall", "urgency.acceptable",
)  # fmt: skip
_ATTRIBUTES = {f"attribute.{name}": name for name in AGREE} | {
    "onset.stated": "onset, where gold has one",
    "course.stated": "course, where gold has one",
}


def tables(report: Report, *, per_concept: bool = False) -> Iterator[Table]:
    """The tables of one report, in the order of reading."""
    yield _findings(report)
    yield _ratios("Attributes of matched findings", _ATTRIBUTES, report.metrics)
    if report.assertions:
        yield _confusion("Assertion: rows gold, columns pipeline", report.assertions, ASSERTIONS)
    if per_concept:
        yield _concepts(report)
    if any(name in report.metrics for name in _DECISIONS):
        yield _ratios("Decisions", _DECISIONS, report.metrics)
        yield _confusion("Urgency: rows gold, columns pipeline", report.tiers, URGENCIES)
    for title, notes in (
        ("EMERGENCY given another tier", report.missed_emergencies),
        ("EMERGENCY that nobody would accept", report.false_alarms),
    ):
        if notes:
            yield _notes(title, notes)
    if report.failed:
        yield _failures(report.failed)


def style_table(reports: Mapping[str, Report]) -> Table:
    """One row a style (or any other part) with the headline numbers; no column for what no note has in gold."""
    columns = [name for name in _HEADLINES if any(name in report.metrics for report in reports.values())]
    table = empty_table("Parts", "part", "notes", *columns)
    for name, report in reports.items():
        cells = [_number(report.metrics.get(column)) for column in columns]
        table.add_row(Text(name or "-"), str(len(report.notes)), *cells)
    return table


def error_tables(groups: Sequence[ErrorGroup], examples: int) -> Iterator[Table]:
    """Errors by mechanism, then ``examples`` errors of each group in their context: this is text of notes."""
    table = empty_table("Errors by mechanism", "mechanism", "detail", "errors")
    for group in groups:
        table.add_row(group.mechanism, Text(group.detail), str(len(group.errors)))
    yield table
    if examples <= 0:
        return
    table = empty_table(f"Up to {examples} of each", "mechanism", "detail", "note", "span", "context")
    for group in groups:
        for error in group.errors[:examples]:
            span = f"{error.start}-{error.end}"
            table.add_row(error.mechanism, Text(error.detail), Text(error.note_id), span, Text(error.context))
    yield table


def decision_errors(report: Report) -> Table:
    """Notes with a hypothesis, side or tier that is not acceptable: gold beside the pipeline's."""
    table = empty_table("Decisions that differ (gold → pipeline)", "note", "hypothesis", "side", "urgency")
    for note in report.notes:
        want, got = note.gold.decision, note.decision
        cells = [
            _differs(want.hypothesis, got.hypothesis, got.hypothesis in want.acceptable),
            _differs(want.side, got.side, got.side == want.side),
            _differs(want.urgency, got.urgency, got.urgency in want.urgency_ok),
        ]
        if any(cells):
            table.add_row(Text(note.note_id), *cells)
    return table


def tier_causes(report: Report) -> Table:
    """For each note with a tier that is not acceptable: the rules that gave it, and their findings against gold."""
    table = empty_table("What gave the tiers that differ", "note", "tier", "rule", "finding", "stands to gold")
    for note in report.notes:
        if note.gold.decision.urgency is None or note.decision.urgency in note.gold.decision.urgency_ok:
            continue
        tier = f"{note.gold.decision.urgency} → {note.decision.urgency}"
        for rule, findings in note.fired or (("no rule", ()),):
            if not findings:
                table.add_row(Text(note.note_id), tier, rule, "", "")
            for got in findings:
                where = f"{got.concept} {got.start}-{got.end}"
                table.add_row(Text(note.note_id), tier, rule, where, Text(against_gold(note, got)))
    return table


def to_json(report: Report, groups: Iterable[ErrorGroup] = ()) -> dict[str, Any]:
    """The report as plain data: metrics, concepts, confusions, notes, and error counts. Holds no text of notes."""
    return {
        "notes": len(report.notes),
        "metrics": {name: {"value": metric.value, **asdict(metric)} for name, metric in report.metrics.items()},
        "concepts": {
            concept: {
                "support": counts.tp + counts.fn,
                "tp": counts.tp,
                "fp": counts.fp,
                "fn": counts.fn,
                "precision": counts.precision,
                "recall": counts.recall,
                "f1": counts.f1,
            }
            for concept, counts in sorted(report.concepts.items())
        },
        "assertions": _nested(report.assertions),
        "tiers": _nested(report.tiers),
        "missed_emergencies": [note.note_id for note in report.missed_emergencies],
        "false_alarms": [note.note_id for note in report.false_alarms],
        "failed": {note.note_id: note.failed for note in report.failed},
        "decisions": [_decision(note) for note in report.notes],
        "errors": [
            {"mechanism": group.mechanism, "detail": group.detail, "count": len(group.errors)} for group in groups
        ],
    }


def empty_table(title: str, *columns: str) -> Table:
    """An empty table, as wide as its title at least."""
    return Table(*columns, title=title, title_justify="left", min_width=len(title))


def _findings(report: Report) -> Table:
    matched = report.metrics["concept.recall"]
    title = f"Findings: {len(report.notes)} notes, {matched.total} gold, {matched.hits} matched"
    table = empty_table(title, "a finding counts if these agree", "precision", "recall", "F1")
    for level in LEVELS:
        cells = [_number(report.metrics[f"{level}.{kind}"]) for kind in ("precision", "recall", "f1")]
        table.add_row(level.replace("+", " + "), *cells)
    return table


def _ratios(title: str, names: Mapping[str, str], metrics: Mapping[str, Metric]) -> Table:
    table = empty_table(title, "", "rate", "of")
    for name, label in names.items():
        if name in metrics:
            table.add_row(label, _number(metrics[name]), f"{metrics[name].hits}/{metrics[name].total}")
    return table


def _confusion(title: str, counts: Mapping[tuple[str, str], int], order: Sequence[str]) -> Table:
    """Vocabulary first, whatever else was said (a note that failed) after it."""
    extra = sorted({name for pair in counts for name in pair} - set(order))
    names = [name for name in (*order, *extra) if any(name in pair for pair in counts)]
    table = empty_table(title, "", *names)
    for gold in names:
        table.add_row(gold, *(str(counts.get((gold, got), 0) or "") for got in names))
    return table


def _concepts(report: Report) -> Table:
    table = empty_table("Concepts", "concept", "support", "precision", "recall", "F1", "missed", "spurious")
    ordered = sorted(report.concepts.items(), key=lambda item: (-(item[1].tp + item[1].fn), item[0]))
    for concept, counts in ordered:
        ratios = [f"{ratio:.3f}" for ratio in (counts.precision, counts.recall, counts.f1)]
        table.add_row(concept, str(counts.tp + counts.fn), *ratios, str(counts.fn), str(counts.fp))
    return table


def _notes(title: str, notes: Sequence[NoteScore]) -> Table:
    table = empty_table(title, "note", "gold", "accepted", "pipeline", "hypothesis")
    for note in notes:
        accepted = ", ".join(sorted(note.gold.decision.urgency_ok))
        cells = (note.gold.decision.urgency or "", accepted, note.decision.urgency, note.decision.hypothesis)
        table.add_row(Text(note.note_id), *cells)
    return table


def _failures(notes: Sequence[NoteScore]) -> Table:
    table = empty_table("Notes that failed", "note", "error")
    for note in notes:
        table.add_row(Text(note.note_id), Text(note.failed or ""))
    return table


def _number(metric: Metric | None) -> Text:
    if metric is None or metric.value is None:
        return Text("-")
    interval = "" if metric.low is None or metric.high is None else f" [{metric.low:.3f}, {metric.high:.3f}]"
    return Text(f"{metric.value:.3f}{interval}")


def _differs(want: str | None, got: str, fine: bool) -> str:
    return "" if want is None or fine else f"{want} → {got}"


def _nested(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """``{gold: {predicted: count}}``."""
    nested: dict[str, dict[str, int]] = {}
    for (gold, got), count in sorted(counts.items()):
        nested.setdefault(gold, {})[got] = count
    return nested


def _decision(note: NoteScore) -> dict[str, Any]:
    want, got = note.gold.decision, note.decision
    return {
        "note_id": note.note_id,
        "gold": {"hypothesis": want.hypothesis, "side": want.side, "urgency": want.urgency},
        "pipeline": {"hypothesis": got.hypothesis, "side": got.side, "urgency": got.urgency},
        "acceptable": {
            "hypothesis": got.hypothesis in want.acceptable,
            "side": got.side == want.side,
            "urgency": got.urgency in want.urgency_ok,
        },
    }
