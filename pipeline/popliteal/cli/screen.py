"""``popliteal screen``: patients in and out of a study, with the flow of exclusions and the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from popliteal.cli import options
from popliteal.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from popliteal.cohort.screening import Screening


class EngineName(StrEnum):
    """What runs the SQL."""

    duckdb = "duckdb"
    spark = "spark"


Batch = Annotated[Path, typer.Argument(metavar="DIR", help="The folder that popliteal batch wrote.")]
Criteria = Annotated[
    str, typer.Option("--criteria", "-c", metavar="FILE_OR_ID", help="A YAML file, or the id of shipped criteria.")
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="COHORT", help="Folder of the cohort; made if not there.")
]
Patients = Annotated[
    Path | None,
    typer.Option(
        "--patients", metavar="FILE", help="Birth dates and sex by patient id: .csv, .tsv (also .gz) or .parquet."
    ),
]
ShowSql = Annotated[bool, typer.Option("--show-sql", help="Print the SQL and do nothing else.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Notes dated after it are dated in the future. Without it today, or never where most notes are.",
    ),
]
SqlEngine = Annotated[EngineName, typer.Option("--engine", help="What runs the SQL.")]
Memory = Annotated[int, typer.Option("--memory", min=100, metavar="MB", help="Memory for tables in hand (duckdb).")]
NoText = Annotated[bool, typer.Option("--no-text", help="Leave the words of notes out of the evidence.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Write over a finished cohort.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("screen")(screen)


def screen(
    tables: Batch,
    criteria: Criteria,
    out: Out = None,
    patients: Patients = None,
    show_sql: ShowSql = False,
    as_of: AsOf = None,
    engine: SqlEngine = EngineName.duckdb,
    memory: Memory = 1_000,
    no_text: NoText = False,
    fresh: Fresh = False,
    patterns: options.Patterns = None,
    quiet: options.Quiet = False,
) -> None:
    """Apply criteria to the tables of a batch: a verdict for every patient, with the evidence and the flow.

    Exit code 0: done; 2: the criteria, the tables or the folder cannot be used.
    """
    from rich.console import Console

    from popliteal.cohort.definitions import find_definition
    from popliteal.cohort.screening import Settings
    from popliteal.cohort.screening import screen as run
    from popliteal.cohort.screening import show_sql as written
    from popliteal.cohort.sql import compile_cohort
    from popliteal.cohort.tables import open_batch, read_people

    definition = find_definition(criteria, patterns)
    day = _day(as_of)
    if show_sql:
        shown_day = day or datetime.now().astimezone().date()
        typer.echo(written(compile_cohort(definition.cohort, shown_day)), nl=False)
        return
    if out is None:
        raise SourceError("where to? Name the folder of the cohort with --out, or look at the SQL with --show-sql")
    settings = Settings(day, engine.value, memory, text=not no_text, fresh=fresh)
    console = Console(stderr=True)
    with _progress(console, shown=not quiet and console.is_terminal) as progress:
        done = run(open_batch(tables), definition, read_people(patients), out, settings, progress)
    _report(done, out, quiet=quiet)


def _day(given: str | None) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise SourceError(f"--as-of {given!r} is no date; write it as 2024-05-31") from error


@contextmanager
def _progress(console: Console, *, shown: bool) -> Iterator[Callable[[int, int, str], None]]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn(), "{task.description}")
    with Progress(*columns, console=console, disable=not shown, transient=True) as bar:
        task = bar.add_task("", total=None)

        def advance(done: int, total: int, title: str) -> None:
            bar.update(task, completed=done, total=total, description=title)

        yield advance


def _report(done: Screening, out: Path, *, quiet: bool) -> None:
    """Problems always; the flow unless quiet."""
    counts, versions = done.manifest.counts, done.manifest.versions
    told = {
        "notes_without_patient": "notes without a patient id, left out",
        "notes_copies": "copies of a note, counted once",
        "notes_undated": "notes without a date",
        "notes_in_the_future": f"notes dated after {done.manifest.as_of}, counted as undated",
        "patients_without_notes": "patients of the patient table without a note",
        "patients_contradicted": "patients whose rows of the patient table contradict each other there",
        "birth_dates_not_understood": "birth dates of the patient table that are not understood",
    }
    for name, words in told.items():
        if counts[name]:
            typer.echo(f"popliteal: {words}: {counts[name]:,}", err=True)
    if not done.manifest.as_of:
        typer.echo(
            "popliteal: most notes are dated in the future: dates are taken as shifted, none as too late", err=True
        )
    if versions["patterns"] != versions["batch_patterns"]:
        typer.echo(
            f"popliteal: the notes were read with patterns {versions['batch_patterns']}, "
            f"now they are {versions['patterns']}",
            err=True,
        )
    if quiet:
        return
    typer.echo(f"{counts['patients']:>9,}  patients screened", err=True)
    for step in done.flow.steps:
        doubt = f" ({step.uncertain:,} uncertain)" if step.uncertain else ""
        typer.echo(f"{-step.excluded:>9,}  {step.id}: {step.label}{doubt}", err=True)
    for verdict, number in done.flow.verdicts.items():
        typer.echo(f"{number:>9,}  {verdict}", err=True)
    typer.echo(f"Report: {out / 'report.html'}", err=True)
