"""Folders as ``popliteal batch`` leaves them, written from a few words a note, for tests of what reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from popliteal.running.store import Manifest, part_name
from popliteal.running.tables import SCHEMAS

Row = dict[str, Any]


@dataclass
class N:
    """A note: patient, day, what was found (:func:`f`), and hypotheses as ``(id, side, grade)``."""

    patient: str | None
    day: str | None
    found: Sequence[Row] = ()
    hypotheses: Sequence[tuple[str, str, str]] = ()
    id: str = ""
    type: str | None = "Clinic"
    chars: int | None = None
    urgency: str = "ROUTINE"
    rules: Sequence[str] = ()
    flags: dict[str, str] = field(default_factory=dict)
    review: bool = False
    born: str | None = None
    sex: str | None = None


def f(concept: str, side: str = "unspecified", **more: Any) -> Row:
    """A finding: present and current unless ``more`` says otherwise."""
    given: Row = {
        "concept": concept, "laterality": side, "category": "motor", "assertion": "present", "temporality": "current",
        "text": concept.replace("_", " "), "start": 0, "end": 5, "onset": "unknown", "course": "unknown",
    }  # fmt: skip
    return given | more


def write_batch(folder: Path, notes: Iterable[N], *, failed: int = 0, part_size: int = 3) -> Path:
    """Write a finished batch of these notes, in parts, and of so many rows that failed."""
    listed = list(notes)
    parts = [listed[start : start + part_size] for start in range(0, len(listed), part_size)] or [[]]
    counts = dict.fromkeys(SCHEMAS, 0)
    for name in SCHEMAS:
        (folder / name).mkdir(parents=True)
    position = 0
    for number, part in enumerate(parts):
        tables: dict[str, list[Row]] = {name: [] for name in SCHEMAS}
        for note in part:
            position += 1
            _add(tables, note, note.id or f"n{position}", 1_000 + position)
        if number == 0:
            error = {"stage": "source", "error_type": "MissingText", "message": "the text is null"}
            tables["errors"] = [{"note_id": f"bad{i}"} | error for i in range(failed)]
        for name, rows in tables.items():
            pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMAS[name]), folder / name / part_name(number))
            counts[name] += len(rows)
    identity = {"pipeline_version": "0", "patterns_version": "0"}
    items = len(listed) + failed
    manifest = Manifest(identity, "notes.csv", len(parts), items, "d" * 64, counts, complete=True)
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest)), encoding="utf-8")
    return folder


def _add(tables: dict[str, list[Row]], note: N, note_id: str, chars: int) -> None:
    keys = {"note_id": note_id, "patient_id": note.patient, "note_date": note.day}
    first = note.hypotheses[0] if note.hypotheses else (None, None, None)
    tables["notes"].append(
        {
            **keys, "note_type": note.type, "chars": note.chars or chars, "hypothesis": first[0], "side": first[1],
            "grade": first[2], "urgency": note.urgency, "urgency_rules": list(note.rules),
            "red_flags": json.dumps(note.flags), "not_documented": "[]", "pipeline_version": "0",
            "patterns_version": "0", "needs_review": note.review, "sex": note.sex, "birth_date": note.born,
        }
    )  # fmt: skip
    tables["findings"] += [{**keys, "finding_id": number, **row} for number, row in enumerate(note.found)]
    tables["hypotheses"] += [
        {
            **keys,
            "side": side,
            "rank": rank,
            "hypothesis": name,
            "grade": grade,
            "score": 4.0,
            "supporting": [],
            "opposing": [],
        }
        for rank, (name, side, grade) in enumerate(note.hypotheses, start=1)
    ]
