"""Where notes come from: one class a kind of input, one function that chooses it."""

from __future__ import annotations

import codecs
from pathlib import Path

from popliteal.errors import SourceError
from popliteal.running.sources.base import Options, Source
from popliteal.running.sources.bytestream import ByteFile
from popliteal.running.sources.columns import check_date_format
from popliteal.running.sources.delimited import Delimited
from popliteal.running.sources.folder import Folder
from popliteal.running.sources.jsonl import JsonLines

__all__ = ["Options", "Source", "open_source"]

_LONGEST_NAME = 4096
_COMPRESSED = {".gz", ".zst"}
_ACCEPTED = ".csv, .tsv, .jsonl or .parquet (each also .gz), a folder of .txt, - for JSON Lines, or a database URL"


def open_source(where: str, options: Options | None = None, query: str | None = None) -> Source:
    """The source that an INPUT of the command line means.

    Args:
        where: a path, ``-`` for JSON Lines on standard input, or a database URL.
        options: what the input does not say itself.
        query: the SQL for a database URL.

    Raises:
        SourceError: there is no such input, or it is of a kind that is not read.
    """
    options = options or Options()
    _check(options)
    if "://" in where:
        if query is None:
            raise SourceError("a database URL needs --query with the SQL that selects the notes")
        if where.startswith("duckdb://"):
            from popliteal.running.sources.duck import DuckQuery

            return DuckQuery(where, query, options)
        from popliteal.running.sources.sql import Query

        return Query(where, query, options)
    if query is not None:
        raise SourceError("--query goes with a database URL only")
    if where == "-":
        return JsonLines(ByteFile(None), options)
    if len(where) > _LONGEST_NAME or "\n" in where:  # a note where a path should be; its text must not be in a message
        raise SourceError("the input is no path but a text; give a file, a folder, or rows with a column of texts")
    if not where:  # a variable of the shell that holds nothing; Path("") is the folder one is in
        raise SourceError("the input is empty; give a file, a folder, - for standard input, or a database URL")
    path = Path(where)
    if path.is_dir():
        return Folder(path, options)
    if not path.exists():
        name = path if " " not in where.strip() else "the input"
        raise SourceError(f"{name}: no such file or folder")
    return _file(path, options)


def _file(path: Path, options: Options) -> Source:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = suffixes[-2] if len(suffixes) > 1 and suffixes[-1] in _COMPRESSED else suffixes[-1] if suffixes else ""
    file = ByteFile(path)
    match kind:
        case ".csv":
            return Delimited(file, ",", options)
        case ".tsv" | ".tab":
            return Delimited(file, "\t", options)
        case ".jsonl" | ".ndjson":
            return JsonLines(file, options)
        case ".parquet" | ".pq":
            from popliteal.running.sources.parquet import Parquet

            return Parquet(file, options)
    raise SourceError(f"{path}: cannot tell what this is by its name; expected {_ACCEPTED}")


def _check(options: Options) -> None:
    if options.encoding is not None:
        try:
            codecs.lookup(options.encoding)
        except LookupError as error:
            raise SourceError(f"--encoding {options.encoding}: no such encoding; utf-8 and cp1252 are usual") from error
    if options.date_format is not None:
        check_date_format(options.date_format)
    if options.delimiter is not None and len(options.delimiter) != 1:
        raise SourceError(f"--delimiter {options.delimiter!r}: expected one character")
