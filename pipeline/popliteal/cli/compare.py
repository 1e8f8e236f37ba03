"""``popliteal compare``: what other patterns, or another version, changed on the same notes."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from popliteal.cli import options
from popliteal.cli.main import FAILED_NOTES
from popliteal.cli.output import give
from popliteal.running.files import private

if TYPE_CHECKING:
    from rich.console import Console

    from popliteal.evaluating.comparison import Comparison
    from popliteal.evaluating.runs import Run


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("compare")(compare)


def compare(
    first: Annotated[Path, typer.Argument(metavar="RUN_A", help="Folder that popliteal batch wrote.")],
    second: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another one over the same notes.")],
    examples: Annotated[int, typer.Option(min=0, metavar="N", help="Name up to N notes for each kind of change.")] = 3,
    text: Annotated[
        bool, typer.Option("--text", help="Quote the words of findings, where the tables hold them.")
    ] = False,
    top: Annotated[int, typer.Option(min=0, metavar="N", help="Rows of each table; 0 for all.")] = 25,
    changes: Annotated[
        Path | None,
        typer.Option(help="Write every single change to this file, one JSON object a line.", metavar="FILE.jsonl"),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the numbers to this file; - prints them instead of tables.")
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """What changed between two batches over the same notes, finding by finding.

    Exit 0 done, 1 done and some notes failed in one run only, 2 a folder that cannot be used.
    """
    from rich.console import Console

    from popliteal.evaluating.comparison_report import tables, to_json
    from popliteal.evaluating.runs import Run

    one, other = Run(first), Run(second)
    for run in (one, other):
        if not run.manifest.complete:
            typer.echo(f"popliteal: {run.folder} is not finished; compared as far as it is", err=True)
    comparison = _run(one, other, examples, text, changes, Console(stderr=True, quiet=quiet))
    give(tables(comparison, one, other, top=top), to_json(comparison, one, other), json_file)
    if any(comparison.notes[fate] for fate in ("failed in the first only", "failed in the second only")):
        raise typer.Exit(FAILED_NOTES)


def _run(first: Run, second: Run, examples: int, text: bool, changes: Path | None, console: Console) -> Comparison:
    from rich.progress import Progress

    from popliteal.evaluating.comparison import Comparison, side_by_side
    from popliteal.evaluating.comparison_report import lines

    comparison = Comparison(examples, text)
    with ExitStack() as stack:
        file = stack.enter_context(private(changes)) if changes is not None else None
        bar = stack.enter_context(Progress(console=console, transient=True, disable=not console.is_terminal))
        task = bar.add_task("notes", total=max(first.manifest.items, second.manifest.items))
        for before, after in side_by_side(first, second):
            bar.advance(task)
            change = comparison.add(before, after)
            if file is not None and change is not None:
                file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines(change, text=text))
    return comparison
