"""``popliteal note``: one note read and explained, as text, as JSON or as a page of its own."""

from __future__ import annotations

import codecs
import gc
import json
import os
import sys
from datetime import date
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console

from popliteal.cli.options import Patterns
from popliteal.errors import SourceError
from popliteal.explaining import Names, View, render_page, render_terminal
from popliteal.explaining.why import render_why
from popliteal.knowledge.source import near
from popliteal.running.engine import Engine
from popliteal.running.files import write
from popliteal.running.items import Notices
from popliteal.schema import Note

#: Width of the text form where the output is no terminal.
PLAIN_WIDTH = 80
#: Sources of a note that are not files.
STDIN = Path("-")


class Format(StrEnum):
    """How the answer is written."""

    table = "table"
    json = "json"
    html = "html"


#: What a file is by its name, where --format does not say.
_FORMS = {f".{form}": form for form in (Format.json, Format.html)} | {".htm": Format.html}


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command("note")(command)


def command(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE or -]", help="A text file with one note; - reads standard input.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="The note itself, in place of a file.")] = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="For people (table, html) or for programs (json); else as --out is called."),
    ] = None,
    patterns: Patterns = None,
    note_date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="When the note was written: dates in it count from then.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write there, readable by you only, and not to the screen.")
    ] = None,
    why: Annotated[
        str | None, typer.Option(metavar="HYPOTHESIS", help="Why this hypothesis got its score, or was not reported.")
    ] = None,
) -> None:
    """Reads one note and explains what it found: findings, the nerve likely involved, and how urgent it is.

    Decision support, never a diagnosis. Nothing leaves this machine.
    """
    note = _read(file, text, note_date)
    shown = _answer(
        note, form or _FORMS.get(out.suffix.lower() if out else "", Format.table), patterns, why, out is None
    )
    if out is None:
        sys.stdout.write(shown)
        sys.stdout.flush()
    else:
        write(out, shown)


# ---------- in
def _read(file: Path | None, text: str | None, note_date: str | None) -> Note:
    if (file is None) == (text is None):
        raise SourceError("give one note: a FILE, - for standard input, or --text 'the note'")
    when = _iso(note_date)
    if text is not None:
        note_id, where, content = "text", "--text", text
        if not content.isascii() and any("\ud800" <= letter <= "\udfff" for letter in content):
            raise SourceError("--text: not valid in this terminal's encoding; put the note in a UTF-8 file")
    elif file == STDIN:
        note_id, where = "stdin", "standard input"
        content = _decoded(sys.stdin.buffer.read(), where)
    else:
        assert file is not None  # noqa: S101  # one of the two was given
        note_id, where = file.stem, str(file)
        content = _decoded(_bytes(file), where)
    if not content.strip():
        raise SourceError(f"{where}: empty; expected the text of one note")
    return Note(note_id=note_id, text=content, note_date=when)


def _iso(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise SourceError("--note-date: expected a date as YYYY-MM-DD, such as 2024-03-31") from None


def _bytes(file: Path) -> bytes:
    if file.is_dir():
        raise SourceError(f"{file}: a folder; popliteal note reads one file, popliteal batch reads a folder of them")
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{file}: no such file; check the path, or give the note itself with --text") from None
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror}); check its permissions") from None


def _decoded(data: bytes, where: str) -> str:
    """Text as it stands, decoded as ``popliteal batch`` does; line ends stay, so that offsets hold in the file."""
    from popliteal.running.sources.columns import decode  # all sources come with it; --text needs none

    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in data and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError(f"{where}: not a text file (it holds NUL bytes); save the note as plain UTF-8 text first")
    notices = Notices()
    text = decode(data, None, notices).removeprefix("\ufeff")
    if notices:
        typer.echo(f"popliteal: {where}: not valid UTF-8, read as Windows-1252", err=True)
    return text


# ---------- out
def _answer(note: Note, form: Format, patterns: Path | None, why: str | None, on_screen: bool) -> str:
    engine = Engine(patterns)
    gc.freeze()  # what was loaded stays until the end; looking through it for garbage takes longer than a note does
    knowledge = engine.knowledge
    if why is not None and why not in knowledge.decisions.hypotheses:
        known = sorted(knowledge.decisions.hypotheses)
        raise SourceError(f"--why: no hypothesis {why!r}{near(why, known)}; there are {', '.join(known)}")
    found = engine.read(note)
    assessment = engine.assess(note, found)
    if why is not None:
        assessment["trace"] = engine.trace(note, found, why)
    if form is Format.json:
        return json.dumps(assessment, ensure_ascii=False, indent=2) + "\n"
    view = View.of(assessment, note.text, note.note_date)
    names = Names.of(knowledge.concepts, knowledge.decisions)
    if form is Format.html:
        return render_page(view, names)
    console = _console(sys.stdout if on_screen else None)
    with console.capture() as captured:
        if why is None:
            render_terminal(view, names, console)
        else:
            render_why(why, view, names, knowledge.decisions, console)
    return captured.get()


def _console(screen: TextIO | None) -> Console:
    """A console that draws for ``screen`` (colours and width of a terminal), or plainly where there is none."""
    if screen is not None and screen.isatty():
        return Console(file=screen, highlight=False)
    return Console(file=screen or StringIO(), width=None if os.environ.get("COLUMNS") else PLAIN_WIDTH, highlight=False)
