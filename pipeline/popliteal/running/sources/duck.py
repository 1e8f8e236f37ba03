"""The rows of a query on a DuckDB file, or on the files that the query names, by DuckDB itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.errors import SourceError
from popliteal.running.items import Item
from popliteal.running.sources.base import Options, Source
from popliteal.running.sources.columns import RowReader, resolve

SCHEME = "duckdb://"

#: Rows asked for at a time: few, since a row may hold a chart.
_ROWS = 50
#: Nothing is fetched from anywhere, whatever a query asks for.
_OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
#: Errors that speak of the query or of a file, never of a value.
_TELLING = (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException)


class DuckQuery(Source):
    """What a query gives, some rows at a time; ``duckdb:///file`` is opened to read only, ``duckdb://`` is no file.

    A run that is to be resumed needs the same rows in the same order: end the query with ORDER BY.
    """

    def __init__(self, url: str, query: str, options: Options) -> None:
        super().__init__(options)
        path = url.removeprefix(SCHEME).removeprefix("/")
        self.name = f"{SCHEME}/{path}" if path else SCHEME
        self.query: str = query
        self._path = path or ":memory:"
        if path and not Path(path).is_file():
            raise SourceError(
                f"{path}: no such file; a path from the root takes four slashes: duckdb:////data/notes.db"
            )

    def items(self) -> Iterator[Item]:
        with closing(self._connection()) as connection:
            number = 0
            try:
                relation = self._relation(connection)
                read = getattr(relation, "to_arrow_reader", None) or relation.fetch_record_batch  # DuckDB 2, DuckDB 1
                reader: pa.RecordBatchReader = read(_ROWS)
                rows = RowReader(resolve(relation.columns, self.options, self.name), self.options, self.notices)
                for batch in reader:
                    for row in batch.to_pylist():
                        number += 1
                        yield rows.item(number, row)
            except (duckdb.Error, pa.ArrowException, OSError) as error:  # what is told of a value could quote a note
                kind = type(error).__name__
                raise SourceError(f"{self.name}: the query broke off after row {number} ({kind})") from None

    def _connection(self) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(self._path, read_only=self._path != ":memory:", config=dict(_OFFLINE))
        except duckdb.Error as error:
            raise SourceError(
                f"{self.name}: cannot be opened; is it a DuckDB file, and is no other program writing to it?"
                f" ({type(error).__name__})"
            ) from None

    def _relation(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        try:
            statements = connection.extract_statements(self.query)
            selects = len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT
            relation = connection.sql(self.query) if selects else None
        except _TELLING as error:
            raise SourceError(f"{self.name}: {error}") from None
        if relation is None:
            raise SourceError(f"{self.name}: the query gives no rows; --query takes a SELECT")
        return relation
