"""Notes in a Spark DataFrame, in a notebook, a job or on Databricks: ``pip install "popliteal[spark]"``.

``popliteal batch --engine spark`` is for exports in files; this is for notes that live in Spark already.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from popliteal.running.spark.dataframe import SparkResults

__all__ = ["extract"]


def extract(
    df: DataFrame,
    *,
    patterns: str | PathLike[str] | None = None,
    columns: Mapping[str, str] | None = None,
    date_format: str | None = None,
    text: bool = True,
    persist: bool = True,
) -> SparkResults:
    """Read every note of a Spark DataFrame and give the four tables as Spark DataFrames.

    Nothing is computed until a table is asked for; rows lie in order and in partitions as those of ``df`` do.
    A note that fails is a row of ``errors``; one that takes its Python process along fails the job, as Spark does.

    Args:
        df: a row a note; columns are recognised by name as ``popliteal batch`` does.
        patterns: a folder of patterns over, or instead of, the shipped ones; read here, sent to the workers.
        columns: role to column name where the names are unusual, e.g. ``{"text": "body", "note_id": "key"}``.
        date_format: ``strptime`` format of dates that are not ``YYYY-MM-DD``.
        text: False leaves the words of notes (``text`` and ``cues`` of findings) null.
        persist: keep what was read, so that four tables do not read the notes four times; ``unpersist()`` on the
            result lets go of it. False where Spark does not allow it (serverless): write ``rows`` once instead.

    Raises:
        SourceError: no column of text is recognised.
        PatternError: the patterns are wrong.
    """
    from functools import partial

    from popliteal.knowledge import load
    from popliteal.running.engine import Engine
    from popliteal.running.sources.base import Options
    from popliteal.running.spark.dataframe import extract as run

    knowledge = load(Path(patterns) if patterns is not None else None)
    options = Options(columns=columns or {}, date_format=date_format)
    return run(df, partial(Engine, knowledge=knowledge), options, text=text, persist=persist)
