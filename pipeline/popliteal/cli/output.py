"""Where commands put what they have: tables on standard output, files that only their owner can read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from popliteal.errors import OutputError

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


@contextmanager
def private(file: Path) -> Iterator[TextIO]:
    """A new file for its owner alone, open for writing: what notes are about is nobody else's business.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise OutputError(
            f"{file}: cannot be written ({error.strerror}); name a file in a folder that exists"
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        file.chmod(0o600)  # it may have been there before, with another mode
        yield stream


def write(file: Path, text: str) -> None:
    """Write a file for its owner alone.

    Raises:
        OutputError: it cannot be made.
    """
    with private(file) as stream:
        stream.write(text)
