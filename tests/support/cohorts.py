"""A cohort folder as ``popliteal screen`` leaves one, made by a simple rule from a real batch of the demo notes.

Reviewing is tested on it without the screening: who has a foot drop is included, who is weak in lifting the foot is
uncertain, who was asked about a foot drop and has none is a near miss, everybody else is excluded.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from popliteal.cohort.folder import (
    CRITERIA,
    EVIDENCE,
    EVIDENCE_SCHEMA,
    PATIENT_SCHEMA,
    PATIENTS,
    CohortManifest,
    begin,
    finish,
)
from popliteal.running.batch import Settings, run
from popliteal.running.sources import open_source

Row = dict[str, Any]

DEMO = Path(__file__).resolve().parents[2] / "corpora" / "demo" / "notes.csv"
HOSTILE_ID = "hostile-01"
HOSTILE = (
    "<script>document.title = 'taken'</script> <img src=x onerror=\"document.title = 'taken'\"> "
    "<b onmouseover='document.title = 1'>Left foot drop</b> since Tuesday. &lt;i&gt; \u202edrow\u202c \"quoted\".\r\n"
    "Denies numbness of the left foot.\r\n{{ 7 * 7 }}"
)
CRITERIA_YAML = """test_foot_drop:
  name: "Foot drop, for tests"
  description: "A current foot drop."
  source: [seed]
  index:
    label: "Foot drop in a note"
    any: [{find: [foot_drop]}]
  include:
    adult:
      label: "Adults"
      age: {min: 18}
  exclude:
    asked_and_denied:
      label: "Foot drop denied"
      any: [{find: [foot_drop], assertion: [absent]}]
"""


def make_notes(folder: Path) -> Path:
    """The demo notes and a patient whose note is full of markup."""
    with DEMO.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.append({**rows[0], "note_id": HOSTILE_ID, "patient_id": "hostile", "note_date": "2024-02-01", "text": HOSTILE})
    path = folder / "notes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def make_batch(notes: Path, out: Path) -> Path:
    """A real batch."""
    run(open_source(str(notes)), out, Settings())
    return out


def make_cohort(batch: Path, notes: Path, folder: Path) -> Path:
    """The cohort folder of a batch."""
    rows = pq.read_table(batch / "notes").to_pylist()
    drops: dict[str, list[Row]] = {}
    for row in pq.read_table(batch / "findings").to_pylist():
        if row["concept"] in _LOOKED_FOR:
            drops.setdefault(row["patient_id"], []).append(row)
    ids = sorted({row["patient_id"] for row in rows})
    patients = [_patient(patient, drops.get(patient, []), rows) for patient in ids]
    evidence = [_evidence(row) for found in drops.values() for row in found if _counts(row)]
    manifest = CohortManifest(
        batch=str(batch.resolve()),
        source=str(notes),
        criteria={"id": "test_foot_drop", "name": "Foot drop, for tests", "sha256": "-"},
        versions={},
        batch_digest=hashlib.sha256((batch / "manifest.json").read_bytes()).hexdigest(),
    )
    begin(folder, manifest)
    tables = {
        PATIENTS: pa.Table.from_pylist(patients, PATIENT_SCHEMA),
        EVIDENCE: pa.Table.from_pylist(evidence, EVIDENCE_SCHEMA),
    }
    finish(folder, manifest, {CRITERIA: CRITERIA_YAML.encode()}, tables)
    return folder


_LOOKED_FOR = ("foot_drop", "ankle_dorsiflexion_weakness")


def _counts(row: Row) -> bool:
    return row["assertion"] == "present" or (row["concept"], row["assertion"]) == ("foot_drop", "absent")


def _patient(patient: str, found: list[Row], rows: list[Row]) -> Row:
    said = {(row["concept"], row["assertion"]) for row in found}
    has, asked = ("foot_drop", "present") in said, ("foot_drop", "absent") in said
    weak = ("ankle_dorsiflexion_weakness", "present") in said
    verdict = "included" if has else "uncertain" if weak else "excluded"
    first = min((row for row in found if row["assertion"] == "present"), key=_day, default=None)
    return {
        "patient_id": patient,
        "verdict": verdict,
        "reason": None if has else "index" if weak or not asked else "asked_and_denied",
        "near_miss": verdict == "excluded" and asked,
        "index_date": first["note_date"] if first else None,
        "index_note_id": first["note_id"] if first else None,
        "side": first["laterality"] if first else None,
        "age": 60 if first else None,
        "notes": sum(row["patient_id"] == patient for row in rows),
    }


def _day(row: Row) -> str:
    return str(row["note_date"])


_SHARED = (
    "patient_id", "note_id", "note_date", "finding_id", "start", "end", "site", "laterality", "assertion", "text",
)  # fmt: skip


def _evidence(row: Row) -> Row:
    absent = row["assertion"] == "absent"
    return {
        **{name: row[name] for name in _SHARED},
        "criterion": "asked_and_denied" if absent else "index",
        "role": "exclude" if absent else "index",
        "strength": "certain" if row["concept"] == "foot_drop" else "uncertain",
        "what": row["concept"],
    }
