"""``popliteal batch``: a note export to Parquet tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from popliteal.cli import options
from popliteal.cli.main import FAILED_NOTES, INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from popliteal.running.batch import Settings
    from popliteal.running.sources import Source
    from popliteal.running.store import Manifest


class EngineName(StrEnum):
    """Where notes are read: in processes of this machine, or on Spark."""

    local = "local"
    spark = "spark"


Input = Annotated[
    str,
    typer.Argument(
        metavar="INPUT",
        help="A .csv, .tsv, .jsonl or .parquet file (each also .gz), a folder of .txt, - for JSON Lines on "
        "standard input, or a database URL with --query.",
    ),
]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the tables; made if not there.")]
OnEngine = Annotated[EngineName, typer.Option("--engine", help="Where notes are read.")]
Master = Annotated[
    str | None, typer.Option("--master", metavar="URL", help="Spark's master. Without it N cores of this machine.")
]
NoText = Annotated[bool, typer.Option("--no-text", help="Leave the words of notes (text, cues) out of findings.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Throw away what an earlier run left in DIR.")]
PartSize = Annotated[int, typer.Option("--part-size", min=1, metavar="N", help="Notes in each part of the tables.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("batch")(batch)


def batch(
    source: Input,
    out: Out,
    processes: options.Processes = 1,
    engine: OnEngine = EngineName.local,
    master: Master = None,
    no_text: NoText = False,
    fresh: Fresh = False,
    part_size: PartSize = 2_000,
    patterns: options.Patterns = None,
    quiet: options.Quiet = False,
    text_column: options.TextColumn = None,
    id_column: options.IdColumn = None,
    patient_column: options.PatientColumn = None,
    date_column: options.DateColumn = None,
    type_column: options.TypeColumn = None,
    sex_column: options.SexColumn = None,
    birth_date_column: options.BirthDateColumn = None,
    encoding: options.Encoding = None,
    date_format: options.DateFormat = None,
    delimiter: options.Delimiter = None,
    query: options.Query = None,
) -> None:
    """Read a note export into the tables notes, findings, hypotheses and errors under DIR.

    The same command again goes on where an earlier one stopped. Exit code 0: done; 1: done, and some notes failed (see
    errors/); 2: the input or the folder cannot be used; 130: stopped by Ctrl-C, to be continued.
    """
    from popliteal.running.batch import Settings
    from popliteal.running.sources import Options, open_source

    columns = {
        "text": text_column, "note_id": id_column, "patient_id": patient_column, "note_date": date_column,
        "note_type": type_column, "sex": sex_column, "birth_date": birth_date_column,
    }  # fmt: skip
    how = Options({role: name for role, name in columns.items() if name}, encoding, date_format, delimiter)
    settings = Settings(
        processes, patterns, text=not no_text, fresh=fresh, part_size=part_size, engine=engine.value, master=master
    )
    _run(open_source(source, how, query), out, settings, quiet=quiet)


def _run(notes: Source, out: Path, settings: Settings, *, quiet: bool) -> None:
    """Read the notes and tell what came of it; raises typer.Exit where it is not all well."""
    from rich.console import Console

    from popliteal.running.batch import run

    console = Console(stderr=True)
    try:
        with _progress(console, shown=not quiet and console.is_terminal) as progress:
            manifest = run(notes, out, settings, progress)
    except KeyboardInterrupt:
        _say_interrupted(out)
        raise typer.Exit(INTERRUPTED) from None
    _report(console, out, manifest, quiet=quiet)
    if manifest.rows["errors"]:
        raise typer.Exit(FAILED_NOTES)


@contextmanager
def _progress(console: Console, *, shown: bool) -> Iterator[Callable[[int, Source], None]]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = ("notes", BarColumn(), TextColumn("{task.fields[rows]:,}"), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not shown) as bar:
        task = bar.add_task("notes", total=None, rows=0)

        def advance(rows: int, source: Source) -> None:
            done = source.fraction()
            bar.update(task, rows=rows, total=None if done is None else 1.0, completed=done or 0.0)

        yield advance


def _say_interrupted(out: Path) -> None:
    from popliteal.running.store import read_manifest

    manifest = read_manifest(out)
    rows = manifest.items if manifest else 0
    typer.echo(
        f"popliteal: interrupted; {rows:,} notes are safe in {out}, the same command goes on from there", err=True
    )


def _report(console: Console, out: Path, manifest: Manifest, *, quiet: bool) -> None:
    """Problems always; the summary unless quiet."""
    from popliteal.cli.batch_summary import show
    from popliteal.running.items import Notices
    from popliteal.running.summary import summarise

    summary = summarise(out, manifest)
    for sentence in Notices({**manifest.notices, "duplicate_id": summary.duplicates}).sentences():
        typer.echo(f"popliteal: {sentence}", err=True)
    if manifest.rows["errors"]:
        typer.echo(
            f"popliteal: rows that failed: {manifest.rows['errors']:,}; each is in {out / 'errors'} with why", err=True
        )
    if not quiet:
        show(console, out, summary)
