"""What travels to Spark and back gives the tables of the local pool, whatever the batches are. Needs no Spark."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pytest
from engines import Misfit, Plain
from hypothesis import given
from hypothesis import strategies as st

from popliteal.running.items import Chunk, Feed, Item, Rejected
from popliteal.running.pool import work
from popliteal.running.spark.frames import ITEMS, ROWS, ddl, items_table, read_items, tables_of
from popliteal.running.spark.recipe import Recipe
from popliteal.running.tables import SCHEMAS
from popliteal.schema import Note

NOTES: list[Item] = [
    Note("1", "numb", "p", "2024-01-01", "ED", "F", "1950-01-01"),
    Note("1", ""),
    Rejected("row-3", "BadRow", "m"),
    Note("4", "RAISE"),
    Note("\0", "numb \ufffd \0 🦵"),
    Note("5", "MISFIT"),
]


def chunks(items: list[Item], size: int) -> list[Chunk]:
    return list(Feed(items, 1000, size).chunks())


def there_and_back(
    some: list[Chunk], cut: Callable[[pa.Table], list[pa.RecordBatch]], *, text: bool = True
) -> list[dict[str, pa.Table]]:
    recipe = Recipe.of(Misfit)
    back = list(read_items(cut(items_table(some)), recipe, text=text))
    return tables_of(pa.Table.from_batches(back, ROWS), len(some))


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("rows", [1, 4, 1000])
@pytest.mark.parametrize("text", [True, False])
def test_the_same_tables_as_the_local_pool(size: int, rows: int, text: bool) -> None:
    some = chunks(NOTES * 3, size)
    expected = [tables for _, tables in work(some, Misfit, text=text)]
    assert there_and_back(some, lambda table: table.to_batches(max_chunksize=rows), text=text) == expected


def test_nothing_comes_back_of_nothing() -> None:
    assert there_and_back([], lambda table: table.to_batches()) == []


@given(st.lists(st.builds(Note, st.text(max_size=3), st.text(max_size=20)), max_size=20), st.integers(1, 5))
def test_any_text_travels(notes: list[Item], size: int) -> None:
    some = chunks(notes, size)
    back = there_and_back(some, lambda table: table.to_batches(max_chunksize=3))
    assert back == [tables for _, tables in work(some, Misfit)]


def test_an_engine_is_made_once_a_process() -> None:
    recipe = Recipe.of(Plain)
    assert recipe.engine() is Recipe.of(Plain).engine()
    assert isinstance(Recipe.of(Misfit).engine(), Misfit)


def test_schemas_in_the_words_of_spark() -> None:
    words = dict(part.strip("`").split("` ") for part in ddl(ROWS).split(", "))
    assert (words["table"], words["chunk"], words["value"]) == ("string", "bigint", "double")
    assert (words["needs_review"], words["urgency_rules"], words["supporting"]) == (
        "boolean", "array<string>", "array<bigint>",
    )  # fmt: skip
    assert set(words) == {"table", "chunk"} | {name for schema in SCHEMAS.values() for name in schema.names}
    assert "`text` string" in ddl(ITEMS)
