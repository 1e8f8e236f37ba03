"""What the Python API takes: a pandas DataFrame, or any iterable of dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

import pandas as pd

from popliteal.errors import SourceError
from popliteal.running.items import Item, Rejected
from popliteal.running.sources.base import Options, Source
from popliteal.running.sources.columns import RowReader, resolve

_PEEK = 100


class Frame(Source):
    """The rows of a DataFrame; its index is not looked at."""

    name = "DataFrame"

    def __init__(self, frame: pd.DataFrame, options: Options) -> None:
        super().__init__(options)
        self._frame = frame
        self._read = 0

    def fraction(self) -> float | None:
        return self._read / len(self._frame) if len(self._frame) else None

    def items(self) -> Iterator[Item]:
        self._read = 0
        roles = resolve(map(str, self._frame.columns), self.options, self.name)
        rows = RowReader(roles, self.options, self.notices)
        names = {str(column): column for column in self._frame.columns}
        used = list(dict.fromkeys(roles.values()))
        columns = [self._frame[names[name]] for name in used]
        for values in zip(*columns, strict=True):
            self._read += 1
            row = {name: None if _null(value) else value for name, value in zip(used, values, strict=True)}
            yield rows.item(self._read, row)


class Dicts(Source):
    """Dictionaries with the columns as keys; keys may be missing from some."""

    name = "rows"

    def __init__(self, rows: Iterable[Mapping[str, object]], options: Options) -> None:
        super().__init__(options)
        self._rows = rows

    def items(self) -> Iterator[Item]:
        stream = iter(self._rows)
        head = list(islice(stream, _PEEK))
        keys = dict.fromkeys(key for row in head if isinstance(row, Mapping) for key in row)
        if not head:
            return
        if not keys:
            raise SourceError(
                "extract takes a DataFrame, a path, or an iterable of dictionaries; these are no dictionaries"
            )
        rows = RowReader(resolve(keys, self.options, self.name), self.options, self.notices)
        for number, row in enumerate(chain(head, stream), start=1):
            if not isinstance(row, Mapping):
                kind = type(row).__name__
                yield Rejected(f"row-{number}", "BadRow", f"row {number}: of type {kind}, expected a dictionary")
                continue
            yield rows.item(number, {key: None if _null(value) else value for key, value in row.items()})


def _null(value: object) -> bool:
    """None, NaN, NaT and pandas' NA, each of which stands for null in some column or other."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)
