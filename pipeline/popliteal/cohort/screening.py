"""A screening from the tables of a batch to a cohort folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.cohort import folder
from popliteal.cohort.engines import RENAMED, DuckEngine, Engine, SparkEngine
from popliteal.cohort.flow import Flow, flow_csv, flow_svg, make_flow
from popliteal.cohort.folder import EVIDENCE_SCHEMA, PATIENT_SCHEMA, VERDICTS, CohortManifest
from popliteal.cohort.report import Lists, render_report
from popliteal.cohort.sql import EPOCH, NOTE_DAY, Step, compile_cohort
from popliteal.cohort.summary import make_summary, summary_csv, summary_json
from popliteal.cohort.tables import Batch, People
from popliteal.knowledge.cohorts import Cohort
from popliteal.running.files import make_folder
from popliteal.running.lock import Lock
from popliteal.running.spark.session import session
from popliteal.version import __version__

EngineName = Literal["duckdb", "spark"]
#: Megabytes that DuckDB may take for tables in hand.
MEMORY = 1_000
_SCRATCH = ".scratch-"


@dataclass(frozen=True)
class Definition:
    """A cohort's definition, with the bytes of the file that it stands in and their SHA-256."""

    cohort: Cohort
    text: bytes
    sha256: str
    patterns: str


@dataclass(frozen=True)
class Settings:
    """How to screen.

    Args:
        as_of: notes dated later are dated in the future. None: that is today, unless most notes are dated later: then
            the dates have been shifted, as de-identification does, and none counts as in the future.
        engine: what runs the SQL.
        memory: megabytes for tables in hand (DuckDB).
        text: False leaves the words of notes out of the evidence.
        fresh: write over a finished cohort.
    """

    as_of: date | None = None
    engine: EngineName = "duckdb"
    memory: int = MEMORY
    text: bool = True
    fresh: bool = False


@dataclass
class Screening:
    """What came out: the manifest as written, the flow, and how many rows each step made."""

    manifest: CohortManifest
    flow: Flow
    rows: dict[str, int] = field(default_factory=dict)


def screen(
    batch: Batch,
    definition: Definition,
    people: People,
    out: Path,
    settings: Settings,
    progress: Callable[[int, int, str], None] = lambda done, total, title: None,
) -> Screening:
    """Screen every patient of a batch and leave the cohort in ``out``.

    Args:
        batch: the tables.
        definition: what is asked.
        people: birth dates and sex, where there is a table of them.
        out: the cohort folder.
        settings: how to screen.
        progress: called before each step with the steps done, the steps in all, and the step's title.

    Raises:
        OutputError: the folder cannot be used, or memory does not suffice.
        SourceError: a table cannot be read, or the engine is not installed.
    """
    make_folder(out)
    lock = Lock(out / ".lock")
    try:
        return _screen(batch, definition, people, out, settings, progress)
    finally:
        lock.release()


def _screen(
    batch: Batch,
    definition: Definition,
    people: People,
    out: Path,
    settings: Settings,
    progress: Callable[[int, int, str], None],
) -> Screening:
    cohort = definition.cohort
    manifest = _manifest(batch, definition, settings)
    folder.begin(out, manifest, fresh=settings.fresh)
    rows: dict[str, int] = {}
    with _engine(batch, people, out, settings) as engine:
        as_of = settings.as_of or last_day(engine)
        manifest.as_of = as_of.isoformat() if as_of else ""
        steps = compile_cohort(cohort, as_of)
        for number, step in enumerate(steps):
            progress(number, len(steps), step.title)
            rows[step.name] = engine.run(step)
        progress(len(steps), len(steps), "Writing")
        raw = {name: engine.table(name) for name in ("patients", "evidence", "supporting")}
        counts = _counts(engine, batch, people, as_of)
        by_note, by_cause = engine.ask("SELECT * FROM by_note"), engine.ask("SELECT * FROM by_cause")
    patients = patient_table(raw.pop("patients"))  # here, where the engine has given its memory back
    evidence = evidence_table(raw.pop("evidence"), text=settings.text)
    flow, summary = make_flow(cohort, patients, counts), make_summary(patients, by_note, by_cause)
    manifest.counts = counts | {verdict: flow.verdicts[verdict] for verdict in VERDICTS}
    rests_on = raw.pop("supporting") if settings.text else raw.pop("supporting").slice(0, 0)
    report = render_report(manifest, cohort, flow, summary, Lists(patients, evidence, rests_on), steps)
    files = {
        folder.CRITERIA: definition.text,
        folder.FLOW_CSV: flow_csv(flow),
        folder.FLOW_SVG: flow_svg(flow).encode(),
        folder.SUMMARY_JSON: summary_json(summary),
        folder.SUMMARY_CSV: summary_csv(summary),
        folder.REPORT: report.encode(),
    }
    folder.finish(out, manifest, files, {folder.PATIENTS: patients, folder.EVIDENCE: evidence})
    return Screening(manifest, flow, rows)


def _manifest(batch: Batch, definition: Definition, settings: Settings) -> CohortManifest:
    """What is known before anything was counted."""
    cohort = definition.cohort
    return CohortManifest(
        batch=str(batch.folder),
        source=batch.manifest.source,
        criteria={"id": cohort.id, "name": cohort.name, "sha256": definition.sha256},
        versions={
            "pipeline": __version__,
            "patterns": definition.patterns,
            "batch_pipeline": str(batch.manifest.identity.get("pipeline_version")),
            "batch_patterns": str(batch.manifest.identity.get("patterns_version")),
        },
        batch_digest=batch.digest,
        engine=settings.engine,
        text=settings.text,
    )


@contextmanager
def _engine(batch: Batch, people: People, out: Path, settings: Settings) -> Iterator[Engine]:
    if settings.engine == "spark":
        with session(os.cpu_count() or 1, None) as spark:
            yield SparkEngine(batch.files, people.table, spark)
        return
    for left in out.glob(f"{_SCRATCH}*"):  # of a run that was killed
        shutil.rmtree(left)
    with (
        tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=out) as scratch,
        DuckEngine(batch.files, people.table, memory=settings.memory, scratch=Path(scratch)) as engine,
    ):
        yield engine


def patient_table(table: pa.Table) -> pa.Table:
    """The step ``patients`` as the contract's table, in order of patient_id."""
    days = table["index_day"].cast(pa.int32()).cast(pa.date32()).cast(pa.string())
    columns = {name: days if name == "index_date" else table[name] for name in PATIENT_SCHEMA.names}
    made = pa.table({name: columns[name].cast(PATIENT_SCHEMA.field(name).type) for name in PATIENT_SCHEMA.names})
    return made.sort_by("patient_id").cast(PATIENT_SCHEMA)


def evidence_table(table: pa.Table, *, text: bool) -> pa.Table:
    """The step ``evidence`` as the contract's table, in order of patient, criterion and date."""
    strength = pc.if_else(pc.equal(table["strength"].cast(pa.int64()), 2), "certain", "uncertain")
    columns: dict[str, Any] = {
        name: table[RENAMED.get(name, name)] for name in EVIDENCE_SCHEMA.names if name != "strength"
    }
    columns["strength"] = strength
    if not text:
        columns["text"] = pa.nulls(table.num_rows, pa.string())
    made = pa.table({name: columns[name].cast(EVIDENCE_SCHEMA.field(name).type) for name in EVIDENCE_SCHEMA.names})
    order = ["patient_id", "role", "criterion", "note_date", "note_id", "start", "what", "finding_id", "laterality"]
    return made.sort_by([(name, "ascending") for name in order]).cast(EVIDENCE_SCHEMA)


def last_day(engine: Engine) -> date | None:
    """Today, or None where most notes are dated later."""
    today = datetime.now().astimezone().date()
    later = f"sum(CASE WHEN {NOTE_DAY} > {(today - EPOCH).days} THEN 1 ELSE 0 END)"
    ((dated, future),) = engine.ask(f"SELECT count({NOTE_DAY}), {later} FROM notes")
    return None if 2 * (future or 0) > dated else today


def _counts(engine: Engine, batch: Batch, people: People, as_of: date | None) -> dict[str, int]:
    """Everything that was handed in, as numbers, with the proof that nothing was lost on the way."""
    later = f"{NOTE_DAY} > {(as_of - EPOCH).days}" if as_of else "FALSE"
    ((notes, unnamed, undated, future),) = engine.ask(
        "SELECT count(*), count(*) - count(patient_id),\n"
        f"  sum(CASE WHEN patient_id IS NOT NULL AND {NOTE_DAY} IS NULL THEN 1 ELSE 0 END),\n"
        f"  sum(CASE WHEN patient_id IS NOT NULL AND {later} THEN 1 ELSE 0 END) FROM notes"
    )
    ((charted,),) = engine.ask("SELECT count(*) FROM chart")
    ((patients,),) = engine.ask("SELECT count(DISTINCT patient_id) FROM notes")
    ((without,),) = engine.ask(
        "SELECT count(*) FROM patient_table t LEFT JOIN people p ON p.patient_id = t.patient_id\n"
        "WHERE p.patient_id IS NULL"
    )
    failed = batch.manifest.rows["errors"]
    counts = {
        "rows": batch.manifest.items,
        "notes_failed": failed,
        "notes_without_patient": unnamed,
        "notes_copies": notes - unnamed - charted,
        "notes": charted,
        "notes_undated": undated or 0,
        "notes_in_the_future": future or 0,
        "patients": patients,
        "patients_without_notes": without,
        "patients_contradicted": people.conflicts,
        "birth_dates_not_understood": people.bad_dates,
    }
    if notes + failed != batch.manifest.items:
        raise AssertionError(f"rows in and rows read differ: {counts['rows']}, {notes} + {failed}")
    return {name: int(value) for name, value in counts.items()}


def show_sql(steps: list[Step]) -> str:
    """The steps as one script that can be read, and run over views of the tables."""
    return "\n\n".join(f"-- {step.title}\nCREATE TEMP TABLE {step.name} AS\n{step.select};" for step in steps) + "\n"
