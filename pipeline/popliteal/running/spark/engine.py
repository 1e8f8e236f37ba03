"""``popliteal batch --engine spark``: chunks in, tables out, in the order of the chunks, like the local pool.

The driver reads the input and writes the tables, so every source is read, every part written and every run resumed as
with the local pool; Spark's workers read the notes. Rounds of chunks go out as jobs, two at a time, so that no worker
waits for the end of a round.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.errors import PoplitealError
from popliteal.running import pool
from popliteal.running.items import Chunk
from popliteal.running.pool import Factory
from popliteal.running.spark.frames import ROWS, ddl, items_table, read_items, tables_of
from popliteal.running.spark.recipe import Recipe
from popliteal.running.spark.session import session
from popliteal.running.tables import Tables
from popliteal.schema import Note

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Chunks and characters of a round, for each worker.
_CHUNKS, _CHARS = 32, 8_000_000
#: Rounds that are on their way together.
_AHEAD = 2
#: What Spark says when a Python process is gone, and when it never had our package.
_CRASHED = "Python worker exited unexpectedly"
_ABSENT = "No module named 'popliteal'"


def work(
    chunks: Iterable[Chunk], factory: Factory, *, processes: int = 1, text: bool = True, master: str | None = None
) -> Iterator[tuple[Chunk, Tables]]:
    """Every chunk with its tables, in order; see :func:`popliteal.running.pool.work`.

    Args:
        chunks: read lazily, two rounds ahead.
        factory: makes the engine; picklable.
        processes: workers, where Spark runs on this machine alone.
        text: False leaves the words of notes (``text`` and ``cues`` of findings) null.
        master: Spark's master URL.

    Raises:
        PoplitealError: the engine cannot be made, Spark does not start, or a job fails.
    """
    factory()  # an engine that cannot be made is told of here, and not by Spark
    recipe = Recipe.of(factory)
    again = partial(pool.work, factory=factory, processes=2, text=text)
    threads = ThreadPoolExecutor(_AHEAD)
    with session(processes, master) as spark:
        try:
            workers = max(1, spark.sparkContext.defaultParallelism)
            on_the_way: deque[tuple[list[Chunk], Future[pa.Table]]] = deque()
            for chunks_ in _rounds(chunks, workers):
                on_the_way.append((chunks_, threads.submit(_job, spark, chunks_, recipe, text)))
                if len(on_the_way) > _AHEAD:
                    yield from _results(*on_the_way.popleft(), again)
            while on_the_way:
                yield from _results(*on_the_way.popleft(), again)
        finally:  # also where the run is interrupted: the end of the session ends its jobs
            threads.shutdown(wait=False, cancel_futures=True)


def _rounds(chunks: Iterable[Chunk], workers: int) -> Iterator[list[Chunk]]:
    """Chunks by the round: enough to keep the workers busy, few enough that a round stays small whatever the notes."""
    round_: list[Chunk] = []
    chars = 0
    for chunk in chunks:
        round_.append(chunk)
        chars += sum(len(item.text) for item in chunk.items if isinstance(item, Note))
        if len(round_) >= _CHUNKS * workers or chars >= _CHARS * workers:
            yield round_
            round_, chars = [], 0
    if round_:
        yield round_


def _job(spark: SparkSession, chunks: Sequence[Chunk], recipe: Recipe, text: bool) -> pa.Table:
    """One round on Spark; runs in a thread of its own, since it waits for the workers."""
    items = spark.createDataFrame(items_table(chunks))
    rows: pa.Table = items.mapInArrow(partial(read_items, recipe=recipe, text=text), ddl(ROWS)).toArrow()
    return rows


def _results(
    chunks: Sequence[Chunk], job: Future[pa.Table], again: Callable[[Sequence[Chunk]], Iterator[tuple[Chunk, Tables]]]
) -> Iterator[tuple[Chunk, Tables]]:
    """What a round gave. Where a note has killed its worker, the local pool finds out which, and loses no other."""
    try:
        rows = job.result()
    except Exception as error:
        told = str(error)  # it may quote anything, and is only searched
        if _CRASHED in told:
            yield from again(chunks)
            return
        if _ABSENT in told:
            raise PoplitealError("Spark's workers have no popliteal; install it there, in this version") from error
        raise PoplitealError(f"Spark failed ({type(error).__name__}); its own log tells more") from error
    yield from zip(chunks, tables_of(rows, len(chunks)), strict=True)
