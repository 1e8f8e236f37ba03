"""Where commands put what they have: tables on standard output, data in a file or in their place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from popliteal.running.files import write

if TYPE_CHECKING:
    from rich.console import RenderableType

#: wide enough for the tables where the output is no terminal
_WIDTH = 160


def show(things: Iterable[RenderableType], *, width: int = _WIDTH) -> None:
    """Print tables to standard output, ``width`` letters wide where it is no terminal."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=width)
    for thing in things:
        console.print(thing)


def give(tables: Iterable[RenderableType], data: Mapping[str, object], json_file: Path | None) -> None:
    """Tables to the screen, or with ``-`` data in their place, or both with the data in a file.

    Raises:
        OutputError: the file cannot be written.
    """
    text = json.dumps(data, ensure_ascii=False, indent=1)
    if json_file is not None and str(json_file) == "-":
        typer.echo(text)
        return
    show(tables)
    if json_file is not None:
        write(json_file, text)
