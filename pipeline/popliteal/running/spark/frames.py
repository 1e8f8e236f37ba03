"""What goes to Spark and what comes back: Arrow batches of items, and Arrow batches of the rows of all four tables.

Both schemas are fixed. One pass over the notes fills four tables, and a pass of Spark gives one: so the rows of all
tables travel under each other, ``table`` says whose a row is, and columns of the others are null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.running.items import Chunk, Item, Rejected
from popliteal.running.spark.recipe import Recipe
from popliteal.running.tables import SCHEMAS, Tables, step
from popliteal.schema import Note

_NOTE = ("note_id", "text", "patient_id", "note_date", "note_type", "sex", "birth_date")
_REJECTED = ("error_type", "message", "stage")

#: Items on their way to a worker; ``chunk`` counts the chunks of a round, ``text`` is null for rejected rows.
ITEMS = pa.schema([("chunk", pa.int64()), *((name, pa.string()) for name in (*_NOTE, *_REJECTED))])

#: Rows on their way back. A column that several tables have is of one type in all of them.
ROWS = pa.unify_schemas(
    [
        pa.schema([("table", pa.string()), ("chunk", pa.int64())]),
        *(pa.schema([pa.field(field.name, field.type) for field in schema]) for schema in SCHEMAS.values()),
    ]
)

#: Rows of a batch that are made Python objects together.
_SLICE = 32

_DDL = {pa.string(): "string", pa.int64(): "bigint", pa.float64(): "double", pa.bool_(): "boolean"}


def ddl(schema: pa.Schema) -> str:
    """An Arrow schema in the words of Spark."""

    def name(kind: pa.DataType) -> str:
        return f"array<{name(kind.value_type)}>" if pa.types.is_list(kind) else _DDL[kind]

    return ", ".join(f"`{field.name}` {name(field.type)}" for field in schema)


def items_table(chunks: Sequence[Chunk]) -> pa.Table:
    """The items of a round of chunks as one table; each chunk is called by its place in the round."""
    rows = [{"chunk": number, **_row(item)} for number, chunk in enumerate(chunks) for item in chunk.items]
    return pa.Table.from_pylist(rows, schema=ITEMS)


def read_items(batches: Iterable[pa.RecordBatch], recipe: Recipe, *, text: bool) -> Iterator[pa.RecordBatch]:
    """What a worker does: batches of :data:`ITEMS` in, batches of :data:`ROWS` out."""
    for batch in batches:
        for chunk, items in groupby(rows_of(batch), key=itemgetter("chunk")):
            yield from read([_item(row) for row in items], recipe, text=text, chunk=chunk)


def read(items: Sequence[Item], recipe: Recipe, *, text: bool, chunk: int | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of all tables of a few items, by the step that the local pool takes."""
    for tables in step(recipe.engine(), [items], text=text):
        for name, table in tables.items():
            for batch in table.to_batches():
                columns = [_column(batch, field, name, chunk) for field in ROWS]
                yield pa.RecordBatch.from_arrays(columns, schema=ROWS)


def tables_of(rows: pa.Table, count: int) -> list[Tables]:
    """The tables of each of ``count`` chunks, out of what came back of a round."""
    each: list[Tables] = [{} for _ in range(count)]
    for name, schema in SCHEMAS.items():
        mine = rows.filter(pc.equal(rows.column("table"), name))
        numbers = mine.column("chunk").to_numpy()
        mine = mine.select(schema.names).cast(schema)
        bounds = np.searchsorted(numbers, np.arange(count + 1))
        for number, tables in enumerate(each):
            tables[name] = mine.slice(bounds[number], bounds[number + 1] - bounds[number])
    return each


def rows_of(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """The rows of a batch as dictionaries, a few at a time: a batch may hold many megabytes of text."""
    for start in range(0, batch.num_rows, _SLICE):
        yield from batch.slice(start, _SLICE).to_pylist()


def _row(item: Item) -> dict[str, str | None]:
    return {name: getattr(item, name) for name in (_NOTE if isinstance(item, Note) else ("note_id", *_REJECTED))}


def _item(row: dict[str, Any]) -> Item:
    if row["text"] is None:
        return Rejected(row["note_id"], **{name: row[name] for name in _REJECTED})
    return Note(**{name: row[name] for name in _NOTE})


def _column(batch: pa.RecordBatch, field: pa.Field, name: str, chunk: int | None) -> pa.Array:
    match field.name:
        case "table":
            return pa.repeat(name, batch.num_rows)
        case "chunk":
            return pa.nulls(batch.num_rows, field.type) if chunk is None else pa.repeat(chunk, batch.num_rows)
        case column if column in batch.schema.names:
            return batch.column(column)
    return pa.nulls(batch.num_rows, field.type)
