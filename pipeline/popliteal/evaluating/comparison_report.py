"""A comparison of two runs as rich tables for the screen, as plain data, and as one line for each change.

Notes are named by their ids. Text of notes is shown only where it was asked for and the tables hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from popliteal.evaluating.comparison import FINDINGS, NOTES, Comparison, Example, Group
from popliteal.evaluating.differences import KINDS, NoteChange
from popliteal.evaluating.runs import Row, Run
from popliteal.schema import URGENCIES

_WORDS = ("text", "cues")
_KEYS = ("note_id", "finding_id", "patient_id", "note_date")
_Groups = Mapping[tuple[str, str, str, str], Group]


def tables(comparison: Comparison, first: Run, second: Run, *, top: int = 0) -> Iterator[Table]:
    """The tables in the order of reading; of long ones the ``top`` most frequent rows, 0 for all."""
    yield _runs(first, second)
    yield _notes(comparison)
    yield _findings(comparison, top)
    if comparison.attributes:
        rows = [
            (concept, name, _arrow(was, now), group)
            for (concept, name, was, now), group in _most(comparison.attributes)
        ]
        yield _grouped("What findings say otherwise", ("concept", "attribute", "first → second"), rows, top)
    if comparison.gained:
        rows = [
            (kind, concept, f"{assertion}, {pattern}", group)
            for (kind, concept, assertion, pattern), group in _most(comparison.gained)
        ]
        yield _grouped("Findings that only one run has", ("", "concept", "assertion, pattern"), rows, top)
    if comparison.decisions:
        most = sorted(_most(comparison.decisions), key=lambda item: KINDS.index(item[0][0]))
        rows = [(kind, what, _arrow(was, now), group) for (kind, what, was, now), group in most]
        yield _grouped("What is concluded otherwise", ("", "of", "first → second"), rows, top)
    if comparison.tiers:
        yield _tiers(comparison.tiers)


def to_json(comparison: Comparison, first: Run, second: Run) -> dict[str, Any]:
    """Everything that was counted, as plain data."""
    return {
        "runs": {name: _about(run) for name, run in (("first", first), ("second", second))},
        "notes": {name: comparison.notes[name] for name in NOTES}
        | {"with other findings": comparison.changed_reading, "concluded otherwise": comparison.changed_decision},
        "findings": _counts(comparison.total),
        "concepts": {concept: _counts(counts) for concept, counts in sorted(comparison.findings.items())},
        "attributes": _list(comparison.attributes, ("concept", "attribute", "first", "second")),
        "only_one": _list(comparison.gained, ("kind", "concept", "assertion", "pattern")),
        "decisions": _list(comparison.decisions, ("kind", "of", "first", "second")),
        "tiers": [{"first": was, "second": now, "notes": n} for (was, now), n in sorted(comparison.tiers.items())],
        "unpaired": {fate: _group(group) for fate, group in comparison.unpaired.items()},
    }


def lines(change: NoteChange, *, text: bool) -> Iterator[dict[str, Any]]:
    """Each change of one note, with the whole finding before and after; words of the note only with ``text``."""
    for finding in change.findings:
        yield {
            "note_id": change.note_id,
            "change": finding.kind,
            "attributes": list(finding.attributes),
            "first": _plain(finding.before, text),
            "second": _plain(finding.after, text),
        }
    for decision in change.decisions:
        yield {
            "note_id": change.note_id,
            "change": decision.kind,
            "of": decision.what,
            "first": decision.before,
            "second": decision.after,
        }


def _runs(first: Run, second: Run) -> Table:
    table = _table("Runs", "", "first", "second")
    one, other = _about(first), _about(second)
    for name, was in one.items():
        same = was == other[name]
        table.add_row(name, Text(str(was)), Text("same", "dim") if same else Text(str(other[name])))
    return table


def _about(run: Run) -> dict[str, Any]:
    manifest = run.manifest
    versions = {name: manifest.identity.get(name) for name in ("pipeline_version", "code_digest", "patterns_version")}
    return {"folder": str(run.folder), "input": manifest.source, **versions, "complete": manifest.complete}


def _notes(comparison: Comparison) -> Table:
    table = _table("Notes", "", "notes", "for example")
    for name in NOTES:
        if comparison.notes[name] or name == NOTES[0]:
            examples = comparison.unpaired[name].examples if name in comparison.unpaired else []
            table.add_row(name, f"{comparison.notes[name]:,}", _where(examples))
    table.add_row("with other findings", f"{comparison.changed_reading:,}")
    table.add_row("concluded otherwise", f"{comparison.changed_decision:,}")
    return table


def _findings(comparison: Comparison, top: int) -> Table:
    titles = ("concept", "first", "second", "same", "other evidence", "changed", "lost", "added")
    table = _table("Findings", *titles)
    moved = {concept: _moved(counts) for concept, counts in comparison.findings.items()}
    differing = sorted((concept for concept in moved if moved[concept]), key=lambda concept: (-moved[concept], concept))
    shown = differing[:top] if top else differing
    for concept in shown:
        table.add_row(Text(concept), *(f"{comparison.findings[concept][name]:,}" for name in FINDINGS))
    more = len(differing) - len(shown)
    last = f"all {len(comparison.findings)} concepts" + (f" ({more} rows not shown: --top 0)" if more else "")
    table.add_row(last, *(f"{comparison.total[name]:,}" for name in FINDINGS))
    return table


def _moved(counts: Counter[str]) -> int:
    return counts["changed"] + counts["lost"] + counts["added"]


def _grouped(title: str, columns: tuple[str, str, str], rows: Sequence[tuple[str, str, str, Group]], top: int) -> Table:
    more = len(rows) - top if top else 0
    table = _table(
        title + (f" ({more:,} rows not shown: --top 0)" if more > 0 else ""), *columns, "count", "for example"
    )
    for one, two, three, group in rows[:top] if top else rows:
        table.add_row(Text(one), Text(two), Text(three), f"{group.count:,}", _where(group.examples))
    return table


def _tiers(tiers: Mapping[tuple[str, str], int]) -> Table:
    table = _table("Notes by tier: rows first run, columns second", "", *URGENCIES)
    for was in URGENCIES:
        table.add_row(was, *(f"{tiers.get((was, now), 0):,}" if tiers.get((was, now)) else "" for now in URGENCIES))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", min_width=len(title))
    numbers = {*FINDINGS, "other evidence", "count", "notes", *URGENCIES} - (
        {"first", "second"} if "" in columns else set()
    )
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    return table


def _most(groups: _Groups) -> list[tuple[tuple[str, str, str, str], Group]]:
    return sorted(groups.items(), key=lambda item: (-item[1].count, item[0]))


def _arrow(was: str, now: str) -> str:
    return f"{was} → {now}" if was else now


def _where(examples: Iterable[Example]) -> Text:
    """``note 10-19``, with the words where they were asked for; an id is input, so it may not bring escape codes."""
    told = [
        example.note_id
        + ("" if example.start is None else f" {example.start}-{example.end}")
        + ("" if example.text is None else f" “{' '.join(example.text.split())}”")
        for example in examples
    ]
    return Text("".join(char if char.isprintable() else "\ufffd" for char in "; ".join(told)), "dim")


def _counts(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in FINDINGS}


def _list(groups: _Groups, names: tuple[str, str, str, str]) -> list[dict[str, Any]]:
    return [dict(zip(names, key, strict=True)) | _group(group) for key, group in _most(groups)]


def _group(group: Group) -> dict[str, Any]:
    return {"count": group.count, "examples": [_example(example) for example in group.examples]}


def _example(example: Example) -> dict[str, Any]:
    told = {"note_id": example.note_id, "start": example.start, "end": example.end, "text": example.text}
    return {name: value for name, value in told.items() if value is not None}


def _plain(row: Row | None, text: bool) -> Row | None:
    if row is None:
        return None
    return {name: value for name, value in row.items() if name not in _KEYS and (text or name not in _WORDS)}
