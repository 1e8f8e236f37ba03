"""The output folder of a batch read back, note by note and never more than one part of it at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.errors import OutputError
from popliteal.running.store import Manifest, part_name, read_manifest

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunNote:
    """What a run has about one row of its input: a row of ``notes`` with what belongs to it, or a row of ``errors``."""

    note_id: str
    note: Row | None
    findings: tuple[Row, ...] = ()
    hypotheses: tuple[Row, ...] = ()


class Run:
    """A folder that ``popliteal batch`` wrote, or is writing: the parts that its manifest counts.

    Raises:
        OutputError: the folder holds no such tables.
    """

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        if manifest is None:
            raise OutputError(f"{folder}: holds no tables of popliteal batch; name a folder given to --out")
        self.folder = folder
        self.manifest: Manifest = manifest

    def note_ids(self) -> Iterator[str]:
        """The ids of all rows, of notes and of errors, in the order of :meth:`notes`."""
        for part in range(self.manifest.parts):
            for table in ("notes", "errors"):
                yield from (row["note_id"] for row in self._rows(table, part, ["note_id"]))

    def notes(self) -> Iterator[RunNote]:
        """Every row of the input, in its order but for the failed ones, which come at the end of their part."""
        for part in range(self.manifest.parts):
            findings = _Groups(self._rows("findings", part), "finding_id", 0)
            hypotheses = _Groups(self._rows("hypotheses", part), "rank", 1)
            for row in self._rows("notes", part):
                note_id = row["note_id"]
                yield RunNote(note_id, row, findings.of(note_id), hypotheses.of(note_id))
            for row in self._rows("errors", part):
                yield RunNote(row["note_id"], None)

    def _rows(self, table: str, part: int, columns: list[str] | None = None) -> list[Row]:
        file = self.folder / table / part_name(part)
        try:
            rows: list[Row] = pq.read_table(file, columns=columns).to_pylist()
        except FileNotFoundError as error:
            raise OutputError(f"{file}: is missing; run the batch again with --fresh") from error
        except (OSError, ValueError) as error:
            raise OutputError(f"{file}: cannot be read ({type(error).__name__}); run the batch with --fresh") from error
        return rows


class _Groups:
    """Consecutive rows of one note, handed out in the order of the notes.

    Within a note the rows are numbered from ``first``, so that two notes of one id that follow each other stay apart.
    """

    def __init__(self, rows: list[Row], number: str, first: int) -> None:
        self._rows = rows
        self._number = number
        self._first = first
        self._at = 0

    def of(self, note_id: str) -> tuple[Row, ...]:
        """The rows of the note whose turn it is; none if the next rows are another's."""
        start = self._at
        while self._at < len(self._rows):
            row = self._rows[self._at]
            if row["note_id"] != note_id or (self._at > start and row[self._number] == self._first):
                break
            self._at += 1
        return tuple(self._rows[start : self._at])
