"""What a screening reads: a finished batch, and a table of patients beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.errors import SourceError
from popliteal.running.sources.columns import CONVENTIONS, iso_date, scalar
from popliteal.running.store import MANIFEST, Manifest, part_name, read_manifest
from popliteal.running.tables import SCHEMAS

_ROLES = ("patient_id", "birth_date", "sex")


@dataclass(frozen=True)
class Batch:
    """The folder of a finished ``popliteal batch``."""

    folder: Path
    manifest: Manifest
    digest: str

    @property
    def files(self) -> dict[str, list[Path]]:
        """The Parquet files of each table."""
        parts = [part_name(number) for number in range(self.manifest.parts)]
        return {table: [self.folder / table / part for part in parts] for table in SCHEMAS}


def open_batch(folder: Path) -> Batch:
    """Open the tables of a batch.

    Raises:
        SourceError: it is none, was not finished, or a part is missing.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise SourceError(f"{folder}: holds no tables of popliteal batch (it has no {MANIFEST})")
    if not manifest.complete:
        raise SourceError(f"{folder}: the batch was not finished; run the same popliteal batch again, it goes on")
    batch = Batch(folder.resolve(), manifest, hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest())
    missing = [path for paths in batch.files.values() for path in paths if not path.is_file()]
    if missing:
        raise SourceError(f"{missing[0]}: is missing; run popliteal batch again with --fresh")
    return batch


@dataclass(frozen=True)
class People:
    """Birth dates and sex: ``table`` has one row for each patient, all strings; ``conflicts`` counts patients whose
    rows contradict each other (what they contradict each other in is null), ``bad_dates`` dates not understood."""

    table: pa.Table
    conflicts: int = 0
    bad_dates: int = 0


def read_people(file: Path | None) -> People:
    """Read a table of patients: ``.csv``, ``.tsv`` (also ``.gz``) or ``.parquet``; columns are recognised by name.

    Raises:
        SourceError: it cannot be read, has no column of patient ids, or neither of birth dates nor of sex.
    """
    if file is None:
        return People(_table(pd.DataFrame(columns=list(_ROLES), dtype=str)))
    frame = _read(file)
    names = {str(column).strip().lower().replace(" ", "_").replace("-", "_"): column for column in frame.columns}
    roles = {role: next((names[name] for name in CONVENTIONS[role] if name in names), None) for role in _ROLES}
    if roles["patient_id"] is None:
        seen, wanted = _listed(frame.columns), _listed(CONVENTIONS["patient_id"])
        raise SourceError(f"{file}: has no column of patient ids (it has {seen}); call it one of {wanted}")
    if roles["birth_date"] is None and roles["sex"] is None:
        seen, wanted = _listed(frame.columns), _listed([*CONVENTIONS["birth_date"], *CONVENTIONS["sex"]])
        raise SourceError(f"{file}: has neither birth dates nor sex (it has {seen}); call a column one of {wanted}")
    data = {role: [_text(v) for v in frame[column]] if column is not None else None for role, column in roles.items()}
    plain = pd.DataFrame({role: data[role] or [None] * len(frame) for role in _ROLES}, dtype=object)
    plain = plain[plain["patient_id"].notna()]
    dates = plain["birth_date"].map(lambda value: iso_date(value) if value else None)
    bad = int((plain["birth_date"].notna() & dates.isna()).sum())
    plain["birth_date"] = dates
    grouped = plain.groupby("patient_id", sort=False)
    conflicts = (grouped[["birth_date", "sex"]].nunique() > 1).any(axis=1)
    one = grouped[["birth_date", "sex"]].agg(_agreed).reset_index()
    return People(_table(one), int(conflicts.sum()), bad)


def _listed(names: Iterable[object]) -> str:
    """Names of columns for a message, the first forty."""
    return ", ".join(map(str, [*names][:40])) or "none"


def _agreed(values: pd.Series[str]) -> str | None:
    """The one value that there is, if there is one."""
    known = values.dropna().unique()
    return str(known[0]) if len(known) == 1 else None


def _text(value: object) -> str | None:
    told = scalar(value)
    return told if told is not None and told.strip() else None


def _read(file: Path) -> pd.DataFrame:
    suffixes = [suffix.lower() for suffix in file.suffixes if suffix.lower() != ".gz"]
    kind = suffixes[-1] if suffixes else ""
    try:
        if kind == ".parquet":
            return pd.read_parquet(file)
        if kind in {".csv", ".tsv"}:
            separator = "\t" if kind == ".tsv" else ","
            return pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=separator)
    except FileNotFoundError as error:
        raise SourceError(f"{file}: no such file; --patients takes a table of patients") from error
    except pd.errors.EmptyDataError as error:
        raise SourceError(f"{file}: is empty; expected a header line with the names of the columns") from error
    except (OSError, ValueError) as error:  # pandas' and Arrow's errors are these
        raise SourceError(f"{file}: cannot be read as {kind[1:]} ({type(error).__name__})") from error
    raise SourceError(f"{file}: a table of patients is .csv, .tsv or .parquet")


def _table(frame: pd.DataFrame) -> pa.Table:
    return pa.table(
        {role: pa.array(frame[role].where(frame[role].notna(), None).tolist(), pa.string()) for role in _ROLES}
    )
