"""``popliteal review``: a local web page to adjudicate a cohort's charts, and files of what was decided."""

from __future__ import annotations

import getpass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from popliteal.cli import options
from popliteal.errors import OutputError

if TYPE_CHECKING:
    import socket

    from popliteal.cohort.folder import Cohort
    from popliteal.cohort.review.charts import Charts
    from popliteal.cohort.review.desk import Desk
    from popliteal.cohort.review.store import Adjudications


class Form(StrEnum):
    """What the answers are written as."""

    csv = "csv"
    redcap = "redcap"
    labelstudio = "labelstudio"


CohortFolder = Annotated[Path, typer.Argument(metavar="COHORT", help="The folder that popliteal screen wrote.")]
Notes = Annotated[
    str | None,
    typer.Option(
        "--notes",
        metavar="INPUT",
        help="The notes that the batch read, if they are not where they were: path or database URL.",
    ),
]
Reviewer = Annotated[
    str | None, typer.Option("--reviewer", metavar="NAME", help="Who reviews; your login name if not said.")
]
Third = Annotated[
    bool, typer.Option("--third", help="Settle the charts on which the reviewers differ, seeing their answers.")
]
Sample = Annotated[
    str | None,
    typer.Option(
        "--sample",
        metavar="N",
        help="Charts to draw: a number, or included=40,near_miss=20,...; 100 if not said.",
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Of the draw: the same one draws the same charts.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="On 127.0.0.1; a free one if not said.")]
Open = Annotated[bool, typer.Option("--open", help="Open the address in your browser, too.")]
Export = Annotated[
    list[Form] | None,
    typer.Option("--export", help="Write what was decided, and serve nothing. labelstudio holds text of the notes."),
]
To = Annotated[
    Path | None, typer.Option("--to", metavar="DIR", help="Where --export writes; COHORT/exports if not said.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("review")(review)


def review(
    cohort: CohortFolder,
    notes: Notes = None,
    reviewer: Reviewer = None,
    third: Third = False,
    sample: Sample = None,
    seed: Seed = None,
    port: Port = 0,
    browser: Open = False,
    export: Export = None,
    to: To = None,
    patterns: options.Patterns = None,
    quiet: options.Quiet = False,
) -> None:
    """Review charts of a cohort in a browser on this machine; every answer is kept at once in COHORT.

    The same command again goes on where you stopped. A second --reviewer does not see the answers of the first.
    """
    from popliteal.cohort.folder import open_cohort
    from popliteal.cohort.review.desk import open_desk
    from popliteal.cohort.review.review import prepare
    from popliteal.cohort.review.sampling import parse_sample
    from popliteal.cohort.review.store import REVIEWER, THIRD, Adjudications

    opened = open_cohort(cohort)
    if export:
        _export(opened, export, to or cohort / "exports", notes, quiet=quiet)
        return
    wanted = None if sample is None else parse_sample(sample)
    listening = _listening(port)  # first: a port that is taken is told before the notes are read
    store = Adjudications(cohort)
    try:
        prepare(opened, store, wanted, seed)
        charts = _charts(opened, store, notes, quiet=quiet)
        role = THIRD if third else REVIEWER
        name = getpass.getuser() if reviewer is None else reviewer
        _serve(open_desk(opened, store, charts, name, role, patterns), listening, browser=browser)
    finally:
        store.close()
        listening.close()


def _charts(cohort: Cohort, store: Adjudications, notes: str | None, *, quiet: bool) -> Charts:
    from rich.console import Console

    from popliteal.cohort.review.desk import open_charts

    said = "Reading the notes of the sampled patients"
    with Console(stderr=True, quiet=quiet).status(said) as status:
        return open_charts(cohort, store, notes, lambda rows: status.update(f"{said}: {rows:,} rows"))


def _listening(port: int) -> socket.socket:
    try:
        from popliteal.cohort.review.server import listen
    except ImportError as error:
        raise OutputError('serving pages needs a few packages: pip install "popliteal[review]"') from error
    return listen(port)


def _serve(desk: Desk, listening: socket.socket, *, browser: bool) -> None:
    import webbrowser

    from popliteal.cohort.review.server import serve

    def ready(address: str) -> None:
        typer.echo(f"popliteal: reviewing as {desk.reviewer}; Ctrl-C stops, every answer is kept", err=True)
        typer.echo(f"popliteal: open this address, which works once:\n{address}", err=True)
        if browser:
            webbrowser.open(address)

    serve(desk, listening, ready)


def _export(cohort: Cohort, forms: list[Form], folder: Path, notes: str | None, *, quiet: bool) -> None:
    from popliteal.cohort.review.exports import as_csv
    from popliteal.cohort.review.label_studio import as_label_studio
    from popliteal.cohort.review.redcap import as_redcap
    from popliteal.cohort.review.review import Review
    from popliteal.cohort.review.store import Adjudications
    from popliteal.running.files import make_folder, write_file

    store = Adjudications(cohort.folder, create=False)
    try:
        found = Review.of(store)
        files: dict[str, str] = {}
        if Form.csv in forms:
            files |= as_csv(store, found)
        if Form.redcap in forms:
            files |= as_redcap(store, found)
        if Form.labelstudio in forms:
            files |= as_label_studio(store, found, _charts(cohort, store, notes, quiet=quiet))
    finally:
        store.close()
    if not folder.is_dir():
        make_folder(folder)
    for name, text in files.items():
        write_file(folder / name, text.encode("utf-8"))
        if not quiet:
            typer.echo(f"popliteal: {folder / name}", err=True)
    if Form.labelstudio in forms:
        typer.echo("popliteal: label_studio.json holds text of the notes: keep it as you keep the notes", err=True)
