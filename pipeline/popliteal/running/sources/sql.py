"""The rows of a query on a database, through SQLAlchemy (``pip install "popliteal[sql]"``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from popliteal.errors import SourceError
from popliteal.running.items import Item
from popliteal.running.sources.base import Options, Source
from popliteal.running.sources.columns import RowReader, decode, resolve

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine

#: Rows asked for at a time: few, since a row may hold a chart.
_ROWS = 50


class Query(Source):
    """What a query gives, some rows at a time: by a server-side cursor, where the database has one.

    A run that is to be resumed needs the same rows in the same order: end the query with ORDER BY. Messages of a
    database can quote values, so after the query has started only their type is told.
    """

    def __init__(self, url: str, query: str, options: Options) -> None:
        super().__init__(options)
        try:
            from sqlalchemy import create_engine
            from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        except ImportError as error:
            raise SourceError('reading a database needs SQLAlchemy: pip install "popliteal[sql]"') from error
        try:
            self._engine: Engine = create_engine(url)
        except NoSuchModuleError as error:
            raise SourceError(
                "this database needs the package with its SQLAlchemy dialect, e.g. sqlalchemy-bigquery for bigquery://project"
            ) from error
        except ArgumentError as error:
            raise SourceError("the database URL is not one; expected e.g. postgresql://user@host/database") from error
        except ImportError as error:
            raise SourceError(f"this database needs its driver: pip install {error.name}") from error
        if self._engine.dialect.name == "sqlite":
            _must_exist(self._engine.url.database)
        self.query: str = query
        self.name = self._engine.url.render_as_string(hide_password=True)

    def items(self) -> Iterator[Item]:
        try:
            yield from self._rows()
        finally:
            self._engine.dispose()

    def _rows(self) -> Iterator[Item]:
        from sqlalchemy.exc import SQLAlchemyError

        with self._connect() as connection:
            result = self._run(connection)
            if not result.returns_rows:  # nothing was committed
                raise SourceError(f"{self.name}: the query gives no rows; --query takes a SELECT")
            rows = RowReader(resolve(result.keys(), self.options, self.name), self.options, self.notices)
            number = 0
            try:
                for row in result.mappings():
                    number += 1
                    yield rows.item(number, {str(key): value for key, value in row.items()})
            except SQLAlchemyError as error:
                kind = type(error).__name__
                raise SourceError(f"{self.name}: the query broke off after row {number} ({kind})") from None

    def _connect(self) -> Connection:
        with self._explained():
            return self._engine.connect().execution_options(stream_results=True, yield_per=_ROWS)

    def _run(self, connection: Connection) -> CursorResult[Any]:
        from sqlalchemy import text

        with self._explained():
            self._tolerate(connection)
            return connection.execute(text(self.query).execution_options(autocommit=False))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        from sqlalchemy.exc import DBAPIError, SQLAlchemyError

        try:
            yield
        except DBAPIError as error:
            raise SourceError(f"{self.name}: {error.orig}") from None
        except SQLAlchemyError as error:
            raise SourceError(f"{self.name}: the query cannot be run ({type(error).__name__})") from None

    def _tolerate(self, connection: Connection) -> None:
        """SQLite stores whatever bytes it is given as text; decode them as those of any other source."""
        if self._engine.dialect.name == "sqlite":
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.text_factory = lambda data: decode(data, self.options.encoding, self.notices)


def _must_exist(database: str | None) -> None:
    """SQLite makes a file that is not there, and then misses the tables in it."""
    if database and database != ":memory:" and not database.startswith("file:") and not Path(database).is_file():
        raise SourceError(
            f"{database}: no such file; a path from the root takes four slashes: sqlite:////data/notes.db"
        )
