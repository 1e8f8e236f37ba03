"""What ``popliteal batch`` tells at its end: counts and note ids, never text of a note."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from popliteal.running.summary import Summary

_TOP = 10
_WORDS = {"tier", "", "hypothesis", "concept", "note_id", "rules", "stage", "error"}
_STYLES = {"EMERGENCY": "bold red", "URGENT": "yellow", "SOON": "cyan", "ROUTINE": "green", "NONE": "dim"}
_MEANINGS = {
    "EMERGENCY": "same-day review suggested",
    "URGENT": "review within days suggested",
    "SOON": "review within weeks suggested",
    "ROUTINE": "no urgency marker found; not a clearance",
    "NONE": "nothing about legs, back or saddle",
}


def show(console: Console, out: Path, summary: Summary) -> None:
    """Print the summary of an output folder."""
    errors = sum(summary.errors.values())
    console.print(f"{summary.notes:,} notes read, {summary.relevant:,} relevant, {errors:,} failed; tables in {out}")
    console.print(_tiers(summary))
    if summary.hypotheses:
        console.print(_hypotheses(summary))
    if summary.findings:
        console.print(_findings(summary))
    if summary.emergencies:
        console.print(_emergencies(summary))
    if summary.errors:
        console.print(_errors(summary))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, justify="left" if column in _WORDS else "right", overflow="fold")
    return table


def _tiers(summary: Summary) -> Table:
    table = _table("\nUrgency", "tier", "notes", "")
    for tier, count in summary.tiers.items():
        table.add_row(Text(tier, _STYLES[tier]), f"{count:,}", Text(_MEANINGS[tier], "dim"))
    return table


def _hypotheses(summary: Summary) -> Table:
    sides = [side for side in ("left", "right", "bilateral") if any(key[1] == side for key in summary.hypotheses)]
    table = _table("\nMost frequent hypotheses", "hypothesis", "total", *sides, "no side")
    total: dict[str, int] = {}
    for (name, _), count in summary.hypotheses.items():
        total[name] = total.get(name, 0) + count
    for name, count in sorted(total.items(), key=lambda item: (-item[1], item[0]))[:_TOP]:
        by_side = [summary.hypotheses[name, side] for side in sides]
        table.add_row(name, f"{count:,}", *(f"{n:,}" for n in by_side), f"{count - sum(by_side):,}")
    return table


def _findings(summary: Summary) -> Table:
    assertions = ("present", "possible", "absent")
    table = _table("\nMost frequent findings", "concept", "total", *assertions, "other")
    total: dict[str, int] = {}
    for (name, _), count in summary.findings.items():
        total[name] = total.get(name, 0) + count
    for name, count in sorted(total.items(), key=lambda item: (-item[1], item[0]))[:_TOP]:
        shown = [summary.findings[name, assertion] for assertion in assertions]
        table.add_row(name, f"{count:,}", *(f"{n:,}" for n in shown), f"{count - sum(shown):,}")
    return table


def _emergencies(summary: Summary) -> Table:
    more = summary.tiers["EMERGENCY"] - len(summary.emergencies)
    table = _table("\nNotes in EMERGENCY" + (f" (and {more:,} more in notes/)" if more else ""), "note_id", "rules", "")
    for note_id, rules, needs_review in summary.emergencies:
        shown = "".join(char if char.isprintable() else "\ufffd" for char in note_id)  # an id is input: no escape codes
        table.add_row(Text(shown), ", ".join(rules), Text("suspected or undated", "dim") if needs_review else "")
    return table


def _errors(summary: Summary) -> Table:
    table = _table("\nFailed rows", "stage", "error", "rows")
    for (stage, kind), count in summary.errors.most_common():
        table.add_row(stage, kind, f"{count:,}")
    return table
