"""Output folders of a batch, written from a few words a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.running.store import Store
from popliteal.running.tables import SCHEMAS

Row = dict[str, Any]


def finding(concept: str = "numbness", start: int = 0, end: int = 8, **more: object) -> Row:
    """A row of ``findings`` without its note."""
    usual: Row = {
        "start": start, "end": end, "text": "x" * (end - start), "section": "unknown", "category": "sensory",
        "concept": concept, "site": "foot", "laterality": "left", "assertion": "present", "temporality": "current",
        "value": None, "value_text": None, "unit": None, "onset": "unknown", "onset_days": None, "course": "unknown",
        "cues": "", "pattern": f"concepts:{concept}",
    }  # fmt: skip
    return {**usual, **more}


def note(note_id: str, *findings: Row, hypotheses: Sequence[Row] = (), **more: object) -> dict[str, list[Row]]:
    """The rows of one note by table; ``failed=True`` makes it a row of ``errors``."""
    if more.pop("failed", False):
        return {"errors": [{"note_id": note_id, "stage": "read", "error_type": "E", "message": "m"}]}
    usual: Row = {
        "note_id": note_id, "chars": 100, "urgency": "ROUTINE", "urgency_rules": [], "hypothesis": None, "side": None,
        "grade": None, "red_flags": "{}", "not_documented": "[]", "needs_review": False,
    }  # fmt: skip
    return {
        "notes": [{**usual, **more}],
        "findings": [{"note_id": note_id, "finding_id": n, **row} for n, row in enumerate(findings)],
        "hypotheses": [{"note_id": note_id, "rank": n, **row} for n, row in enumerate(hypotheses, start=1)],
    }


def write_run(
    folder: Path, notes: Sequence[Mapping[str, list[Row]]], *, part_size: int = 2, finish: bool = True
) -> Path:
    """Put notes into an output folder as a batch would; gives the folder back."""
    with Store(folder, {"patterns_version": folder.name}, source="notes.csv") as store:
        for start in range(0, len(notes), part_size):
            part = notes[start : start + part_size]
            store.add(
                {
                    name: pa.Table.from_pylist([row for rows in part for row in rows.get(name, [])], schema=schema)
                    for name, schema in SCHEMAS.items()
                }
            )
            store.end_part(start + len(part), "")
        if finish:
            store.finish(len(notes), "", {})
    return folder
