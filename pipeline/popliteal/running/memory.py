"""The Python API's batch: any source to four DataFrames, nothing written anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from os import PathLike, fspath
from pathlib import Path

import pandas as pd

from popliteal.errors import SourceError
from popliteal.knowledge import load
from popliteal.running.engine import Engine
from popliteal.running.items import Feed, Notices
from popliteal.running.pool import Factory, work
from popliteal.running.sources import Options, Source, open_source
from popliteal.running.sources.frame import Dicts, Frame
from popliteal.running.tables import Tables, concat


@dataclass(frozen=True)
class Results:
    """The four tables of a batch as DataFrames, and what the source had to put up with."""

    notes: pd.DataFrame
    findings: pd.DataFrame
    hypotheses: pd.DataFrame
    errors: pd.DataFrame
    notices: Notices

    def __repr__(self) -> str:
        """Sizes only: a repr ends up in logs."""
        return (
            f"Results(notes={len(self.notes)}, findings={len(self.findings)}, "
            f"hypotheses={len(self.hypotheses)}, errors={len(self.errors)})"
        )


def extract(
    source: pd.DataFrame | Iterable[Mapping[str, object]] | str | PathLike[str],
    *,
    processes: int = 1,
    patterns: Path | None = None,
    options: Options | None = None,
    factory: Factory | None = None,
) -> Results:
    """See :func:`popliteal.extract`; ``factory`` makes another engine than the usual one."""
    factory = factory or partial(Engine, knowledge=load(patterns))
    stream = _source(source, options or Options())
    feed = Feed(stream.items(), part_size=1 << 62)
    done: list[Tables] = [tables for _, tables in work(feed.chunks(), factory, processes=processes)]
    tables = {name: table.to_pandas() for name, table in concat(done).items()}
    return Results(**tables, notices=stream.notices)


def _source(source: pd.DataFrame | Iterable[Mapping[str, object]] | str | PathLike[str], options: Options) -> Source:
    if isinstance(source, pd.DataFrame):
        return Frame(source, options)
    if isinstance(source, str | PathLike):
        return open_source(fspath(source), options)
    if not isinstance(source, Iterable):
        kind = type(source).__name__
        raise SourceError(f"extract takes a DataFrame, a path, or an iterable of dictionaries; this is a {kind}")
    return Dicts(source, options)
