"""A whole batch to a folder of tables: what ``popliteal batch`` does, without a command line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Literal

import popliteal
from popliteal.errors import OutputError
from popliteal.knowledge import Knowledge, load
from popliteal.running.engine import Engine
from popliteal.running.items import Chunk, Feed, Item
from popliteal.running.pool import Factory, work
from popliteal.running.sources import Source
from popliteal.running.store import Manifest, Store
from popliteal.running.tables import Tables
from popliteal.version import __version__


@dataclass(frozen=True)
class Settings:
    """How to run.

    Args:
        processes: how many processes read notes; the tables are the same for any number.
        patterns: a folder of patterns over, or instead of, the shipped ones.
        text: False leaves the words of notes (``text`` and ``cues`` of findings) null.
        fresh: throw away what an earlier run left in the folder.
        part_size: notes (and failed rows) that one part of the tables stands for.
        engine: ``local`` reads in processes of this machine, ``spark`` on Spark; the tables are the same.
        master: Spark's master URL; without it ``processes`` cores of this machine.
        factory: makes another engine than the usual one.
    """

    processes: int = 1
    patterns: Path | None = None
    text: bool = True
    fresh: bool = False
    part_size: int = 2_000
    engine: Literal["local", "spark"] = "local"
    master: str | None = None
    factory: Factory | None = None


def run(
    source: Source, out: Path, settings: Settings, progress: Callable[[int, Source], None] = lambda items, source: None
) -> Manifest:
    """Read every note of ``source`` and leave the tables in ``out``; go on where an earlier run stopped.

    Args:
        source: where the notes come from.
        out: the output folder.
        settings: how to run.
        progress: called with the number of rows done so far.

    Returns:
        The manifest of the finished run.

    Raises:
        SourceError: the input as a whole cannot be read, now or any more; whole parts stay.
        OutputError: the folder cannot be used, or what was read before is not what the input holds now.
        PatternError: the patterns are wrong.
    """
    knowledge = load(settings.patterns)
    items = _begun(source.items()) if settings.fresh else source.items()
    with Store(out, _identity(source, settings, knowledge.version), source=source.name, fresh=settings.fresh) as store:
        manifest = store.manifest
        if manifest.complete and manifest.identity["input_digest"] is not None:
            progress(manifest.items, source)
            return manifest
        feed = Feed(items, settings.part_size)
        _catch_up(feed, manifest, out)
        progress(feed.position, source)
        if manifest.complete:
            return manifest
        done = manifest.items
        for chunk, tables in _work(feed.chunks(), knowledge, settings):
            store.add(tables)
            done += len(chunk.items)
            if chunk.ends_part:
                store.end_part(done, chunk.digest)
            progress(done, source)
        store.finish(done, feed.digest, source.notices)
        return manifest


def _begun(items: Iterator[Item]) -> Iterator[Item]:
    """The items, the first of them read: an input that cannot be read takes no tables of an earlier run along."""
    return chain(list(islice(items, 1)), items)


def _work(chunks: Iterable[Chunk], knowledge: Knowledge, settings: Settings) -> Iterator[tuple[Chunk, Tables]]:
    factory = settings.factory or partial(Engine, knowledge=knowledge)
    if settings.engine == "spark":
        from popliteal.running.spark import engine

        return engine.work(chunks, factory, processes=settings.processes, text=settings.text, master=settings.master)
    return work(chunks, factory, processes=settings.processes, text=settings.text)


def _catch_up(feed: Feed, manifest: Manifest, out: Path) -> None:
    """Read past what is done, and make sure that it is what was done; that a complete input ends where it did."""
    more = feed.skip(manifest.items) == manifest.items and manifest.complete and any(True for _ in feed.chunks())
    if more or (manifest.items and feed.digest != manifest.digest):
        raise OutputError(
            f"{out}: its first {manifest.items} rows are not those that the input holds now; --fresh starts over "
            "(a query needs ORDER BY to give its rows in the same order again)"
        )


def code_digest() -> str:
    """A short digest over popliteal's own code: tables half made by other code are not gone on with."""
    root = Path(popliteal.__file__).parent
    total = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        total.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()[:12]


def _identity(source: Source, settings: Settings, patterns_version: str) -> dict[str, object]:
    options = source.options
    digest = source.fingerprint()
    return {
        "pipeline_version": __version__,
        "code_digest": code_digest(),
        "patterns_version": patterns_version,
        "input": source.name if digest is None else None,
        "query": source.query,
        "input_digest": digest,
        "columns": dict(sorted(options.columns.items())),
        "encoding": options.encoding,
        "date_format": options.date_format,
        "delimiter": options.delimiter,
        "text": settings.text,
        "part_size": settings.part_size,
    }
