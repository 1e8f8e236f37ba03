"""Where commands put what they have: tables on standard output, files that only their owner can read."""

from __future__ import annotations

import json
import os
import tempfile
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
    """A file for its owner alone, open for writing: what notes are about is nobody else's business.

    It takes the place of another only when all is written; what is no file, as ``/dev/null``, is written to as it is.

    Raises:
        OutputError: it cannot be written.
    """
    place = file.resolve()
    scratch: Path | None = None
    try:
        if place.exists() and not place.is_file():
            stream = place.open("w", encoding="utf-8", newline="")
        else:
            handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")  # created with mode 0600
            stream, scratch = os.fdopen(handle, "w", encoding="utf-8", newline=""), Path(name)
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror}); name a file in a folder of yours") from error
    try:
        with stream:
            yield stream
        if scratch is not None:
            scratch.replace(place)
    except BaseException:
        if scratch is not None:
            scratch.unlink(missing_ok=True)
        raise


def write(file: Path, text: str) -> None:
    """Write a file as :func:`private` does.

    Raises:
        OutputError: it cannot be written.
    """
    with private(file) as stream:
        stream.write(text)
