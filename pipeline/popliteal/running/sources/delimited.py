"""CSV and TSV, streamed record by record, with every way they go wrong kept to the rows where it happens."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from popliteal.errors import SourceError
from popliteal.running.items import Item, Rejected
from popliteal.running.sources.base import Options, Source
from popliteal.running.sources.bytestream import ByteFile, lines, unbroken
from popliteal.running.sources.columns import RowReader, resolve

#: Characters in one field above which a quote was surely never closed; the longest real charts are a tenth of it.
FIELD_LIMIT = 1 << 26

_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class _Record:
    """Fields of one record (None: it could not be read, and why), and its first line from 1."""

    fields: list[str] | None
    first: int
    error: str = ""
    loose: bool = False


class Delimited(Source):
    """A ``.csv`` or ``.tsv`` file with a header line, plain or compressed.

    Fields may hold line breaks, quotes (doubled), NUL and control characters. A row is rejected, not guessed at, when
    it has more fields than the header, when it ends before the text, or when its quotes do not match over several
    lines. Where a quote is never closed, reading goes on at the line after it. Inside one line, quotes that should
    have been doubled are let pass and counted. What follows a rejected row is looked at twice: the rest of a torn text
    is no row, and its first words are no id.
    """

    def __init__(self, file: ByteFile, default: str, options: Options) -> None:
        super().__init__(options)
        self.name = file.name
        self._file = file
        self._default = default

    def fingerprint(self) -> str | None:
        return self._file.digest()

    def fraction(self) -> float | None:
        return self._file.fraction()

    def items(self) -> Iterator[Item]:
        csv.field_size_limit(FIELD_LIMIT)
        with self._file.open() as stream:
            broken = unbroken(lines(stream, self.options.encoding, self.notices), self.name)
            first = next(broken, None)
            if not isinstance(first, str):
                raise SourceError(f"{self.name}: is empty; expected a header line with the names of the columns")
            delimiter = self.options.delimiter or self._sniff(first)
            records = _records(_LineFeed(first, broken), delimiter)
            header = next(records).fields or []
            rows = RowReader(resolve(header, self.options, self.name), self.options, self.notices)
            number, usual, torn = 0, len(header), False
            for record in records:
                if record.fields == []:
                    continue  # an empty line
                number += 1
                if torn and record.fields is not None and _rest(record.fields, header.index(rows.text_column), usual):
                    record = replace(record, fields=None, error="seems to be the rest of the row before it")
                item = self._item(rows, header, number, record)
                torn = isinstance(item, Rejected)
                if record.fields is not None and not torn:
                    usual = len(record.fields)
                yield item

    def _sniff(self, header: str) -> str:
        if self._default in header:
            return self._default
        return max(_DELIMITERS, key=header.count)

    def _item(self, rows: RowReader, header: list[str], number: int, record: _Record) -> Item:
        problem = record.error
        if record.fields is not None:
            row = dict(zip(header, record.fields, strict=False))
            if len(record.fields) <= len(header) and rows.text_column in row:
                if record.loose:
                    self.notices["loose_quotes"] += 1
                return rows.item(number, row)
            problem = f"{len(record.fields)} fields where the header has {len(header)}; are texts with commas quoted?"
        # what stands in the first field of a broken row may be text of a note, so the row is called by its number
        return Rejected(f"row-{number}", "BadRow", f"row {number}, line {record.first}: {problem}")


def _rest(fields: list[str], text: int, usual: int) -> bool:
    """Whether fields after a broken row are more of its text: fewer than rows have here, or a quote beside the text."""
    return len(fields) < usual or any('"' in field for place, field in enumerate(fields) if place != text)


class _LineFeed:
    """Lines for ``csv.reader`` that remember those of the record in hand and can be pushed back."""

    def __init__(self, first: str, rest: Iterator[str | Exception]) -> None:
        self._rest = rest
        self._again: deque[str] = deque([first])
        self.record: list[str] = []
        self.read = 0
        self.failure: Exception | None = None

    def __iter__(self) -> _LineFeed:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._rest)
        if not isinstance(line, str):
            self.failure = line
            raise StopIteration
        self.record.append(line)
        self.read += 1
        return line

    def back_to_second_line(self) -> None:
        """Give back all but the first line of the record in hand."""
        self._again.extendleft(reversed(self.record[1:]))
        self.read -= len(self.record) - 1


def _records(feed: _LineFeed, delimiter: str) -> Iterator[_Record]:
    """Every record, parsed strictly: loose parsing would run two rows together at a stray quote and not say so."""
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.record.clear()
        first = feed.read + 1
        try:
            fields = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if feed.failure is not None:
                break
            yield _mend(feed, delimiter, first, error)
            continue
        yield _Record(fields, first)
    if feed.failure is not None:
        kind = type(feed.failure).__name__
        yield _Record(None, feed.read + 1, f"the file breaks off here ({kind}); what follows is missing")


def _mend(feed: _LineFeed, delimiter: str, first: int, error: csv.Error) -> _Record:
    """What to make of a record that is not CSV; the messages of ``csv.Error`` are fixed sentences."""
    if "unexpected end of data" in str(error) or ("field limit" in str(error) and len(feed.record) > 1):
        feed.back_to_second_line()
        return _Record(None, first, "a quote is opened and never closed; reading goes on at the next line")
    if len(feed.record) == 1 and "expected after" in str(error):
        with suppress(csv.Error):
            return _Record(next(csv.reader(feed.record, delimiter=delimiter)), first, loose=True)
    lines_ = f"lines {first} to {feed.read}" if feed.read > first else f"line {first}"
    return _Record(None, first, f"{lines_} cannot be read as one row: {error}")
