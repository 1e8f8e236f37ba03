"""Criteria applied to a few notes, or to the demo: what the tests of cohorts share."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from popliteal.cohort.folder import Cohort, open_cohort
from popliteal.cohort.screening import Definition, EngineName, Settings, screen
from popliteal.cohort.tables import open_batch, read_people
from popliteal.knowledge import load
from popliteal.knowledge.cohorts import read_cohort, vocabulary

AS_OF = date(2025, 6, 30)
Row = dict[str, Any]


def definition(file: Path) -> Definition:
    """The one definition in a file, checked against the shipped patterns."""
    text = file.read_bytes()
    cohort = read_cohort(file, vocabulary(load()))
    return Definition(cohort, text, hashlib.sha256(text).hexdigest(), load().version)


def write_criteria(folder: Path, body: str) -> Path:
    """A definition called ``x`` whose index event, include and exclude are ``body``."""
    indented = "".join(f"  {line}\n" for line in body.strip("\n").splitlines())
    file = folder / "x.yaml"
    file.write_text(f"x:\n  name: X\n  description: for a test\n  source: [DES]\n{indented}", encoding="utf-8")
    return file


def screened(
    tables: Path,
    criteria: Path,
    out: Path,
    *,
    people: Path | None = None,
    engine: EngineName = "duckdb",
    as_of: date | None = AS_OF,
    **more: Any,
) -> Cohort:
    """Screen, and open what came out."""
    settings = Settings(as_of, engine, **more)
    screen(open_batch(tables), definition(criteria), read_people(people), out, settings)
    return open_cohort(out)


def by_patient(cohort: Cohort) -> dict[str, Row]:
    """The patients of a cohort by their id."""
    return {row["patient_id"]: row for row in cohort.patients().to_pylist()}


def verdicts(cohort: Cohort) -> dict[str, str]:
    """``included``, or ``excluded reason`` and ``uncertain reason``, of each patient."""
    return {
        name: row["verdict"] if row["reason"] is None else f"{row['verdict']} {row['reason']}"
        for name, row in by_patient(cohort).items()
    }
