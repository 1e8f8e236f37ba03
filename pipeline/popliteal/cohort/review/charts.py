"""A patient's chart: notes with their findings, the verdict of the screen and the evidence it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.cohort.folder import Cohort
from popliteal.errors import SourceError
from popliteal.running.store import Manifest, part_name
from popliteal.running.tables import SCHEMAS
from popliteal.schema import FINDING_COLUMNS, Finding, Note

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChartNote:
    """One note of a chart. ``copy`` counts the patient's notes of this id; ``decided`` is its row of ``notes``."""

    index: int
    copy: int
    note: Note
    findings: tuple[Finding, ...]
    decided: Mapping[str, Any]

    def finding(self, finding_id: int) -> Finding | None:
        """The finding with this id."""
        return next((item for item in self.findings if item.finding_id == finding_id), None)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of the cohort's evidence, and the note of the chart that it stands in (None: not found there).

    ``findings``: of that note, those that it rests on: the finding itself, or what supports the hypothesis.
    """

    criterion: str
    role: str
    strength: str
    note: int | None
    note_date: str | None
    findings: tuple[int, ...]
    what: str | None
    words: str


@dataclass(frozen=True, slots=True)
class PatientChart:
    """Everything that a reviewer sees of a patient; ``patient`` is the row of the cohort's table of patients."""

    patient: Mapping[str, Any]
    notes: tuple[ChartNote, ...]
    evidence: tuple[Evidence, ...]

    def note_of(self, note_id: str, copy: int) -> ChartNote | None:
        """The note with this id, counted among those that share it."""
        return next((item for item in self.notes if item.note.note_id == note_id and item.copy == copy), None)


class Charts:
    """The charts of some patients, in memory.

    Args:
        cohort: the cohort folder.
        batch: the manifest of its batch.
        texts: the patients' notes, as :func:`popliteal.cohort.review.texts.read_texts` gives them.
    """

    def __init__(self, cohort: Cohort, batch: Manifest, texts: Mapping[str, list[Note]]) -> None:
        folder, wanted = Path(cohort.manifest.batch), list(texts)
        self._texts = texts
        self._patients = {row["patient_id"]: row for row in _only(cohort.patients(), wanted).to_pylist()}
        self._evidence = _by_patient(_only(cohort.evidence(), wanted).to_pylist())
        self._notes = _by_patient(_table(folder, batch, "notes", wanted))
        self._findings = _by_patient(_table(folder, batch, "findings", wanted))
        self._hypotheses = _by_patient(_table(folder, batch, "hypotheses", wanted))

    def chart(self, patient_id: str) -> PatientChart:
        """The chart of one of the patients, its notes by date (those without a date last)."""
        notes = self._chart_notes(patient_id)
        supporting = {
            (row["note_id"], row["hypothesis"], row["side"]): tuple(row["supporting"] or ())
            for row in self._hypotheses.get(patient_id, ())
        }
        evidence = tuple(_evidence(row, notes, supporting) for row in self._evidence.get(patient_id, ()))
        return PatientChart(self._patients[patient_id], notes, evidence)

    def _chart_notes(self, patient_id: str) -> tuple[ChartNote, ...]:
        texts = self._texts[patient_id]
        rows = dict(_numbered(self._notes.get(patient_id, ())))
        findings = _findings(self._findings.get(patient_id, ()), texts)
        seen: Counter[str] = Counter()
        keyed = []
        for note in texts:
            keyed.append(((note.note_id, seen[note.note_id]), note))
            seen[note.note_id] += 1
        keyed.sort(key=lambda item: item[1].note_date or "9999-99-99")
        return tuple(
            ChartNote(index, key[1], note, tuple(findings.get(key, ())), rows.get(key, {}))
            for index, (key, note) in enumerate(keyed)
        )


_Key = tuple[str, int]


def _findings(rows: Iterable[Row], texts: Iterable[Note]) -> dict[_Key, list[Finding]]:
    """Findings by (note_id, copy): of notes that share an id, the first whose words fit and that has it not yet."""
    copies: dict[str, list[Note]] = {}
    for note in texts:
        copies.setdefault(note.note_id, []).append(note)
    found: dict[_Key, list[Finding]] = {}
    for row in rows:
        for copy, note in enumerate(copies.get(row["note_id"], ())):
            words = note.text[row["start"] : row["end"]]
            given = found.setdefault((note.note_id, copy), [])
            taken = any(item.finding_id == row["finding_id"] for item in given)
            if not taken and words and row["text"] in (None, words):
                values = {name: row[name] for name in FINDING_COLUMNS}
                given.append(Finding(**{**values, "text": words, "cues": row["cues"] or ""}))
                break
    return found


def _numbered(rows: Iterable[Row]) -> Iterable[tuple[_Key, Row]]:
    seen: Counter[str] = Counter()
    for row in rows:
        yield (row["note_id"], seen[row["note_id"]]), row
        seen[row["note_id"]] += 1


def _evidence(
    row: Row, notes: Iterable[ChartNote], supporting: Mapping[tuple[str, str, str], tuple[int, ...]]
) -> Evidence:
    place = next((item for item in notes if _stands_in(row, item)), None)
    words = ""
    findings = supporting.get((row["note_id"], row["what"], row["laterality"]), ())
    if row["finding_id"] is not None:
        findings = (row["finding_id"],)
    if place is not None and row["start"] is not None and row["end"] is not None:
        words = place.note.text[row["start"] : row["end"]]
    return Evidence(
        criterion=row["criterion"],
        role=row["role"],
        strength=row["strength"],
        note=place.index if place else None,
        note_date=row["note_date"],
        findings=findings,
        what=row["what"],
        words=words,
    )


def _stands_in(row: Row, note: ChartNote) -> bool:
    if row["note_id"] != note.note.note_id:
        return False
    return row["text"] is None or row["start"] is None or note.note.text[row["start"] : row["end"]] == row["text"]


def _only(table: pa.Table, patients: Collection[str]) -> pa.Table:
    return table.filter(pc.is_in(table["patient_id"], value_set=pa.array(list(patients), pa.string())))


def _table(folder: Path, batch: Manifest, name: str, patients: Collection[str]) -> list[Row]:
    rows: list[Row] = []
    columns = [field.name for field in SCHEMAS[name]]
    for number in range(batch.parts):
        path = folder / name / part_name(number)
        try:
            rows += _only(pq.read_table(path, columns=columns), patients).to_pylist()
        except (OSError, ValueError) as error:  # Arrow's errors are these
            raise SourceError(f"{path}: cannot be read ({type(error).__name__}); run popliteal batch again") from error
    return rows


def _by_patient(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["patient_id"], []).append(row)
    return found
