"""``popliteal summarise``: the notes of each patient of a batch put together, as CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from popliteal.cli import options

Batch = Annotated[Path, typer.Argument(metavar="DIR", help="The folder that popliteal batch wrote.")]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the CSV files; made if not there.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("summarise")(summarise)


def summarise(tables: Batch, out: Out, patterns: options.Patterns = None, quiet: options.Quiet = False) -> None:
    """Put the notes of each patient together: findings, strength, urgency and hypotheses over time, as CSV files.

    Exit code 0: done; 2: the tables or the folder cannot be used.
    """
    import popliteal
    from popliteal.cohort.over_time import as_csv
    from popliteal.running.files import make_folder, write_file

    summary = popliteal.summarise(tables, patterns=patterns)
    make_folder(out)
    for name, text in as_csv(summary).items():
        write_file(out / name, text.encode("utf-8"))
    if summary.left_out:
        typer.echo(f"popliteal: notes without a patient id, left out: {summary.left_out:,}", err=True)
    if not quiet:
        typer.echo(f"popliteal: {len(summary.urgency):,} patients in {out}", err=True)
