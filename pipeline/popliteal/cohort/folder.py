"""The cohort folder: what ``popliteal screen`` leaves behind and everything after it reads.

``patients.parquet`` has one row for each patient of the batch, ``evidence.parquet`` the dated words that decided;
``criteria.yaml`` is the definition as it was used, ``manifest.json`` says what it was run on. ``flow``, ``summary`` and
``report.html`` are made from those. Dates are strings (``YYYY-MM-DD``), as in the tables of ``popliteal batch``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.errors import OutputError, SourceError
from popliteal.running.files import load_manifest, make_folder, write_file, write_table

KIND = "popliteal screen"
FORMAT = 1
MANIFEST, CRITERIA, PATIENTS, EVIDENCE = "manifest.json", "criteria.yaml", "patients.parquet", "evidence.parquet"
FLOW_CSV, FLOW_SVG = "flow.csv", "flow.svg"
SUMMARY_JSON, SUMMARY_CSV, REPORT = "summary.json", "summary.csv", "report.html"

#: What may become of a patient, in the order in which they are told.
VERDICTS = ("included", "uncertain", "excluded")

_S, _I, _B = pa.string(), pa.int64(), pa.bool_()


def _schema(required: tuple[str, ...], **types: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=name not in required) for name, kind in types.items()])


#: One row for each patient. ``reason`` is the id of the criterion that decided (null: included); ``near_miss`` marks
#: who meets every criterion but one; ``index_*``, ``side`` and ``age`` (whole years on the index date) are null where
#: no index event was found or they are unknown; ``notes`` counts the patient's notes, copies once.
PATIENT_SCHEMA = _schema(
    ("patient_id", "verdict", "near_miss", "notes"),
    patient_id=_S, verdict=_S, reason=_S, near_miss=_B, index_date=_S, index_note_id=_S, side=_S, age=_I, notes=_I,
)  # fmt: skip

#: One row for each piece of evidence that counted for or against a patient. ``what`` is the concept, hypothesis, rule
#: or red flag; ``start``, ``end`` and ``text`` are of the finding, and null for what concerns the note as a whole.
EVIDENCE_SCHEMA = _schema(
    ("patient_id", "criterion", "role", "strength", "note_id"),
    patient_id=_S, criterion=_S, role=_S, strength=_S, note_id=_S, note_date=_S, finding_id=_I, start=_I, end=_I,
    what=_S, site=_S, laterality=_S, assertion=_S, text=_S,
)  # fmt: skip


@dataclass
class CohortManifest:
    """What ``manifest.json`` holds.

    ``batch`` is the absolute path of the folder of tables, ``source`` what its notes were read from, ``batch_digest``
    the SHA-256 of its manifest. ``criteria`` has ``id``, ``name`` and ``sha256`` (of ``criteria.yaml``), ``versions``
    ``pipeline`` and ``patterns``. ``counts`` has at least ``patients`` and each of :data:`VERDICTS`. ``as_of`` is the
    day after which a note counts as dated in the future (empty: none does, since dates are shifted), ``text`` whether
    evidence quotes the notes.
    """

    batch: str
    source: str
    criteria: dict[str, str]
    versions: dict[str, str]
    batch_digest: str
    counts: dict[str, int] = field(default_factory=dict)
    as_of: str = ""
    engine: str = "duckdb"
    text: bool = True
    complete: bool = False
    kind: str = KIND
    format: int = FORMAT


@dataclass(frozen=True)
class Cohort:
    """A finished cohort folder, opened for reading.

    Raises:
        SourceError: on reading a table that is not there or has other columns.
    """

    folder: Path
    manifest: CohortManifest

    def patients(self) -> pa.Table:
        """All patients, as :data:`PATIENT_SCHEMA`."""
        return _read(self.folder / PATIENTS, PATIENT_SCHEMA)

    def evidence(self) -> pa.Table:
        """All evidence, as :data:`EVIDENCE_SCHEMA`."""
        return _read(self.folder / EVIDENCE, EVIDENCE_SCHEMA)


def open_cohort(folder: Path) -> Cohort:
    """Open the folder that ``popliteal screen`` wrote.

    Raises:
        SourceError: there is none, or it was not finished.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise SourceError(f"{folder}: is no cohort (it has no {MANIFEST}); make one with popliteal screen")
    if not manifest.complete:
        raise SourceError(f"{folder}: was not finished; run popliteal screen again with --fresh")
    return Cohort(folder, manifest)


def read_manifest(folder: Path) -> CohortManifest | None:
    """The manifest of a cohort folder, or None where there is none.

    Raises:
        SourceError: there is one, but popliteal screen did not write it or it cannot be read.
    """
    return load_manifest(folder / MANIFEST, CohortManifest, (KIND, FORMAT), "a folder of popliteal screen", SourceError)


def begin(folder: Path, manifest: CohortManifest, *, fresh: bool = False) -> None:
    """Claim ``folder`` for a new cohort: from here until :func:`finish` its manifest says that it is not complete.

    What somebody else keeps beside the files of a cohort, such as the verdicts of a review, stays untouched.

    Raises:
        OutputError: it holds other things, or a finished cohort and not ``fresh``.
    """
    make_folder(folder)
    try:
        found = read_manifest(folder)
    except SourceError as error:
        raise OutputError(f"{error}; name a new folder with --out") from error
    others = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
    if found is None and others:
        raise OutputError(f"{folder}: is not empty and holds no cohort ({min(others)}); name a new folder with --out")
    if found is not None and found.complete and not fresh:
        raise OutputError(
            f"{folder}: holds a finished cohort ({found.criteria.get('id')}); --fresh writes it anew, or name a new "
            "folder with --out"
        )
    _save(folder, manifest)


def finish(folder: Path, manifest: CohortManifest, files: Mapping[str, bytes], tables: Mapping[str, pa.Table]) -> None:
    """Write everything, the manifest last; each file is there whole or not at all, and its owner's alone.

    Args:
        folder: claimed by :func:`begin`.
        manifest: becomes ``complete``.
        files: contents by file name.
        tables: Parquet tables by file name.
    """
    for name, table in tables.items():
        write_table(table, folder / name)
    for name, data in files.items():
        write_file(folder / name, data)
    manifest.complete = True
    _save(folder, manifest)


def _save(folder: Path, manifest: CohortManifest) -> None:
    write_file(folder / MANIFEST, json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode() + b"\n")


def _read(path: Path, schema: pa.Schema) -> pa.Table:
    try:
        table = pq.read_table(path)
        return table.select(schema.names).cast(schema)
    except (OSError, KeyError, ValueError) as error:  # Arrow's errors are these
        raise SourceError(
            f"{path}: cannot be read ({type(error).__name__}); run popliteal screen again with --fresh"
        ) from error
