"""Options that several commands share, spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_INPUT = "How the input is read"

Patterns = Annotated[
    Path | None,
    typer.Option("--patterns", metavar="DIR", help="Folder of patterns over, or instead of, the shipped ones."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary; problems are still told.")]
Processes = Annotated[int, typer.Option("--processes", min=1, metavar="N", help="Processes that read notes.")]


def _column(flag: str, what: str) -> object:
    return typer.Option(flag, metavar="NAME", help=f"Column of {what}.", rich_help_panel=_INPUT)


TextColumn = Annotated[str | None, _column("--text-column", "the note's text")]
IdColumn = Annotated[str | None, _column("--id-column", "the note's id")]
PatientColumn = Annotated[str | None, _column("--patient-column", "the patient's id")]
DateColumn = Annotated[str | None, _column("--date-column", "the note's date")]
TypeColumn = Annotated[str | None, _column("--type-column", "the kind of note")]
SexColumn = Annotated[str | None, _column("--sex-column", "the patient's sex")]
BirthDateColumn = Annotated[str | None, _column("--birth-date-column", "the patient's date of birth")]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="Of text files. Without it UTF-8, and Windows-1252 for lines that are not.",
        rich_help_panel=_INPUT,
    ),
]
DateFormat = Annotated[
    str | None,
    typer.Option(
        "--date-format",
        metavar="FORMAT",
        help="Of dates that are not YYYY-MM-DD, e.g. %d.%m.%Y",
        rich_help_panel=_INPUT,
    ),
]
Delimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter",
        metavar="CHAR",
        help="Of CSV files. Without it what the header line uses.",
        rich_help_panel=_INPUT,
    ),
]
Query = Annotated[
    str | None,
    typer.Option("--query", metavar="SQL", help="What to read from a database URL.", rich_help_panel=_INPUT),
]
