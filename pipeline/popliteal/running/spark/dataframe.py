"""A Spark DataFrame of notes to Spark DataFrames of the four tables, on whatever cluster it lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.errors import SourceError
from popliteal.running.items import Feed, Item, Notices
from popliteal.running.pool import Factory
from popliteal.running.sources.base import Options
from popliteal.running.sources.columns import RowReader, resolve
from popliteal.running.spark.frames import ROWS, ddl, read, rows_of
from popliteal.running.spark.recipe import Recipe
from popliteal.running.tables import SCHEMAS

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

_MAX_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
_MAX_BYTES = "spark.sql.execution.arrow.maxBytesPerBatch"
#: Rows of a batch where Spark does not count bytes itself: so many notes of 20 MB stay below Arrow's limit of 2 GB.
_FEW_ROWS = 64


@dataclass(frozen=True)
class SparkResults:
    """The four tables as Spark DataFrames, computed when they are asked for.

    ``rows`` holds the rows of all four under each other, as one pass over the notes gives them; ``table`` says whose a
    row is. Columns are those of :mod:`popliteal.running.tables`.
    """

    rows: DataFrame

    @property
    def notes(self) -> DataFrame:
        """One row for every note that was read."""
        return self._table("notes")

    @property
    def findings(self) -> DataFrame:
        """One row for every mention."""
        return self._table("findings")

    @property
    def hypotheses(self) -> DataFrame:
        """One row for every hypothesis and side of a note."""
        return self._table("hypotheses")

    @property
    def errors(self) -> DataFrame:
        """One row for every row that could not be read."""
        return self._table("errors")

    def unpersist(self) -> None:
        """Let Spark forget the rows that it keeps; they are computed again if they are asked for again."""
        self.rows.unpersist()

    def _table(self, name: str) -> DataFrame:
        columns = [self.rows[column] for column in SCHEMAS[name].names]
        return self.rows.where(self.rows["table"] == name).select(*columns)


def extract(df: DataFrame, factory: Factory, options: Options, *, text: bool, persist: bool) -> SparkResults:
    """See :func:`popliteal.spark.extract`; ``factory`` makes the engine."""
    roles = resolve(df.columns, options, "DataFrame")
    kind = df.schema[roles["text"]].dataType.typeName()
    if kind not in {"string", "varchar", "char", "binary"}:
        raise SourceError(f"DataFrame: the column {roles['text']!r} is of type {kind}, expected string")
    _bound_batches(df.sparkSession)
    plain = df.select(*(_plain(df, name) for name in dict.fromkeys(roles.values())))
    read_batches = partial(_read, roles=roles, options=options, recipe=Recipe.of(factory), text=text)
    rows = plain.mapInArrow(read_batches, ddl(ROWS))
    return SparkResults(rows.persist() if persist else rows)


def _bound_batches(spark: SparkSession) -> None:
    """Keep giant notes from filling one Arrow batch: by bytes where Spark can, else by a small number of rows."""
    if not (spark.conf.get(_MAX_BYTES, None) or "").startswith(tuple("123456789")):
        rows = int(spark.conf.get(_MAX_ROWS) or 0)
        spark.conf.set(_MAX_ROWS, str(min(rows, _FEW_ROWS) if rows > 0 else _FEW_ROWS))


def _plain(df: DataFrame, name: str) -> Column:
    """A column as bytes, so that strings that are not UTF-8 reach us; numbers with a fraction as they are."""
    column = df[f"`{name}`"]
    if df.schema[name].dataType.typeName() in {"double", "float", "decimal", "binary"}:
        return column
    return column.cast("string").cast("binary").alias(name)


def _read(
    batches: Iterable[pa.RecordBatch], roles: Mapping[str, str], options: Options, recipe: Recipe, *, text: bool
) -> Iterator[pa.RecordBatch]:
    """What a worker does with a partition; its rows are numbered as ``monotonically_increasing_id`` does, from 1."""
    from pyspark import TaskContext

    context = TaskContext.get()
    first = (context.partitionId() if context is not None else 0) << 33
    for chunk in Feed(_items(batches, roles, options, first), part_size=1 << 62).chunks():
        yield from read(chunk.items, recipe, text=text)


def _items(batches: Iterable[pa.RecordBatch], roles: Mapping[str, str], options: Options, first: int) -> Iterator[Item]:
    rows = RowReader(roles, options, Notices())
    number = first
    for batch in batches:
        for row in rows_of(batch):
            number += 1
            yield rows.item(number, row)
