"""JSON Lines: one JSON object a line, from a file or standard input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice

from popliteal.errors import SourceError
from popliteal.running.items import Item, Rejected
from popliteal.running.sources.base import Options, Source
from popliteal.running.sources.bytestream import ByteFile, lines, unbroken
from popliteal.running.sources.columns import RowReader, resolve

#: Exporters leave null keys out, so the columns are taken from so many lines together.
_PEEK = 100


class JsonLines(Source):
    """A ``.jsonl`` file, plain or compressed, or ``-``. Blank lines are no rows; nested values are not looked into."""

    def __init__(self, file: ByteFile, options: Options) -> None:
        super().__init__(options)
        self.name = file.name
        self._file = file

    def fingerprint(self) -> str | None:
        return self._file.digest()

    def fraction(self) -> float | None:
        return self._file.fraction()

    def items(self) -> Iterator[Item]:
        with self._file.open() as stream:
            parsed = self._parsed(unbroken(lines(stream, self.options.encoding, self.notices), self.name))
            head = list(islice(parsed, _PEEK))
            objects = [row for _, row in head if isinstance(row, dict)]
            if not objects:
                if head:
                    raise SourceError(f"{self.name}: expected one JSON object a line; the first lines hold none")
                return
            roles = resolve(dict.fromkeys(key for row in objects for key in row), self.options, self.name)
            rows = RowReader(roles, self.options, self.notices)
            for number, (line, row) in enumerate(chain(head, parsed), start=1):
                if isinstance(row, dict):
                    yield rows.item(number, row)
                else:
                    yield Rejected(f"row-{number}", "BadRow", f"row {number}, line {line}: {row}")

    def _parsed(self, stream: Iterator[str | Exception]) -> Iterator[tuple[int, dict[str, object] | str]]:
        """(line number, object or what is wrong); a JSONDecodeError's own text is not used: it carries the line."""
        for line, raw in enumerate(stream, start=1):
            if not isinstance(raw, str):
                yield line, f"the file breaks off here ({type(raw).__name__}); what follows is missing"
            elif raw.strip():
                try:
                    row = json.loads(raw.rstrip("\r\n"))
                except json.JSONDecodeError as error:
                    yield line, f"not valid JSON at column {error.pos + 1}"
                except (ValueError, RecursionError):
                    yield line, "JSON with a number too long or nested too deep"
                else:
                    yield line, row if isinstance(row, dict) else f"a JSON {type(row).__name__}, expected an object"
