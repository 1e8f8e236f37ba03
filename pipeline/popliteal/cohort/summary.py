"""Who was found, counted: by year, side, age, hypothesis, urgency and cause."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # pyarrow ships no types

#: ``{group: {verdict: {value: patients}}}``; groups are year, side, age, hypothesis, urgency, cause.
Summary = dict[str, dict[str, dict[str, int]]]

GROUPS = ("year", "hypothesis", "urgency", "cause", "side", "age")
_TOLD = ("included", "uncertain")
_UNKNOWN = "unknown"


def make_summary(
    patients: pa.Table, by_note: Iterable[tuple[object, ...]], by_cause: Iterable[tuple[object, ...]]
) -> Summary:
    """Count the included and the uncertain.

    Args:
        patients: the table of the cohort folder.
        by_note: ``(verdict, hypothesis, urgency, patients)`` of index notes.
        by_cause: ``(verdict, concept, patients)``; a patient may have several causes.
    """
    counts: dict[str, dict[str, Counter[str]]] = {group: {verdict: Counter() for verdict in _TOLD} for group in GROUPS}
    plain = patients.select(["verdict", "side", "age"]).append_column(
        "year", pc.utf8_slice_codeunits(patients["index_date"], 0, 4)
    )
    for row in plain.group_by(["verdict", "year", "side", "age"]).aggregate([([], "count_all")]).to_pylist():
        if (verdict := row["verdict"]) in _TOLD:
            counts["year"][verdict][row["year"] or _UNKNOWN] += row["count_all"]
            counts["side"][verdict][row["side"] or _UNKNOWN] += row["count_all"]
            counts["age"][verdict][_decade(row["age"])] += row["count_all"]
    for verdict, hypothesis, urgency, number in by_note:
        counts["hypothesis"][str(verdict)][str(hypothesis or _UNKNOWN)] += int(str(number))
        counts["urgency"][str(verdict)][str(urgency or _UNKNOWN)] += int(str(number))
    for verdict, cause, number in by_cause:
        counts["cause"][str(verdict)][str(cause)] += int(str(number))
    return {
        group: {verdict: _ordered(group, counter) for verdict, counter in verdicts.items()}
        for group, verdicts in counts.items()
    }


def _decade(age: int | None) -> str:
    return _UNKNOWN if age is None else f"{age // 10 * 10:02d}-{age // 10 * 10 + 9:02d}"


def _ordered(group: str, counter: Mapping[str, int]) -> dict[str, int]:
    by_name = group in {"year", "age"}
    return dict(sorted(counter.items(), key=lambda one: (one[0],) if by_name else (-one[1], one[0])))


def summary_json(summary: Summary) -> bytes:
    """The summary as JSON."""
    return json.dumps(summary, indent=1, ensure_ascii=False).encode() + b"\n"


def summary_csv(summary: Summary) -> bytes:
    """The summary as ``verdict, group, value, patients``."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(("verdict", "group", "value", "patients"))
    for group, verdicts in summary.items():
        for verdict, values in verdicts.items():
            for value, number in values.items():
                write((verdict, group, value, number))
    return out.getvalue().encode()
