"""The shell around the commands: finds them, and turns what they raise into messages and exit codes.

A command stands in ``popliteal/cli/NAME.py`` and has ``register(app: typer.Typer) -> None``, which adds it under that
name. It is imported only when it is run, so ``popliteal --help`` does not wait for spaCy.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from popliteal.errors import PoplitealError
from popliteal.version import __version__

if TYPE_CHECKING:
    from typer._click.core import Command, Context  # newer typer bundles click; at run time either will do

#: Name of each command and the line that ``--help`` shows of it.
COMMANDS: dict[str, str] = {
    "note": "Read one note and explain what was found.",
    "batch": "Read a note export into Parquet tables; goes on where it stopped.",
    "screen": "Patients in and out of a study, with the flow of exclusions and the evidence.",
    "review": "Adjudicate the charts of a cohort in a local web page.",
    "summarise": "The notes of each patient put together, as CSV files.",
    "evaluate": "Precision, recall and F1 against gold.",
    "compare": "What other patterns or another version changed on the same notes.",
    "patterns": "Look after the patterns: list, show, check, test.",
}

#: Exit codes: all done; done, but some notes failed; usage or unreadable input; stopped by Ctrl-C.
DONE, FAILED_NOTES, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


#: Where output went to has no room left.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class _Commands(TyperGroup):
    """The commands of :data:`COMMANDS`, each imported when it is run."""

    def list_commands(self, ctx: Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """What the list of commands shows: the name and the line, without the command behind it."""
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        if args and args[0] in COMMANDS:
            return args[0], _load(args[0]), args[1:]
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Context) -> object:
        """Run the command. No traceback is ever shown: it could quote a note."""
        try:
            return super().invoke(ctx)
        except PoplitealError as error:
            typer.echo(f"popliteal: {error}", err=True)
        except (BrokenPipeError, KeyboardInterrupt):
            raise
        except Exception as error:
            if type(error).__module__.startswith(("click", "typer")):
                raise  # usage errors and exits, which typer shows itself
            if isinstance(error, OSError) and error.errno in _FULL:
                typer.echo(f"popliteal: the output cannot be written ({os.strerror(error.errno)})", err=True)
                raise typer.Exit(UNUSABLE) from None
            from popliteal.running.faults import location

            typer.echo(
                f"popliteal: internal error: {type(error).__name__} at {location(error)}; please report it", err=True
            )
        raise typer.Exit(UNUSABLE)


app = typer.Typer(
    name="popliteal",
    cls=_Commands,
    help="Reads clinical notes about legs: findings, the nerve likely involved, and how urgent the picture is.",
    epilog="Research and triage support, not a medical device: a clinician decides.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"popliteal {__version__}")
        raise typer.Exit


@app.callback()
def shell(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """The options that stand before the command."""


def _load(name: str) -> Command:
    commands = typer.Typer()
    gc.disable()  # modules are there to stay; looking through them for garbage is a tenth of the time they take
    try:
        module = import_module(f"popliteal.cli.{name}")
    finally:
        gc.enable()
    module.register(commands)
    return get_group(commands).commands[name]


def main() -> None:
    """The ``popliteal`` program."""
    sys.exit(app())
