"""The text of sampled patients' notes, read again from where the batch read it; it stays in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from pathlib import Path

from popliteal.cohort.folder import Cohort
from popliteal.errors import ColumnError, OutputError, SourceError
from popliteal.running.items import Feed
from popliteal.running.sources import Options, Source, open_source
from popliteal.running.store import MANIFEST, Manifest
from popliteal.running.store import read_manifest as read_batch_manifest
from popliteal.schema import Note


def batch_of(cohort: Cohort) -> Manifest:
    """The manifest of the batch that the cohort was screened from.

    Raises:
        SourceError: the batch is not there any more, or it is another one.
    """
    folder = Path(cohort.manifest.batch)
    try:
        manifest = read_batch_manifest(folder)
    except OutputError as error:
        raise SourceError(str(error)) from error
    if manifest is None:
        raise SourceError(f"{folder}: the batch of this cohort is not there; put it back, or screen another")
    digest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    if digest != cohort.manifest.batch_digest:
        raise SourceError(f"{folder}: holds another batch than the one that was screened; run popliteal screen again")
    return manifest


def read_texts(
    batch: Manifest,
    patients: Collection[str],
    where: str | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> dict[str, list[Note]]:
    """The notes of some patients, in the order of the input.

    Args:
        batch: says how the input was read, and what it held.
        patients: whose notes are kept.
        where: the input, if it is not where it was: a path or a database URL.
        progress: called now and then with the number of rows read.

    Raises:
        SourceError: the input cannot be read, or is not the one that the batch read.
    """
    source = _source(batch, where)
    notes: dict[str, list[Note]] = {patient: [] for patient in patients}
    feed = Feed(source.items(), part_size=1 << 62)
    try:
        for chunk in feed.chunks():
            for item in chunk.items:
                if isinstance(item, Note) and (found := notes.get(item.patient_id or "")) is not None:
                    found.append(item)
            progress(feed.position)
    except ColumnError as error:  # its remedy is an option of batch
        raise SourceError(
            f"{source.name}: has other columns than what the batch read; name the input as it was with --notes"
        ) from error
    if feed.digest != batch.digest:
        raise SourceError(
            f"{source.name}: holds other notes than those that the batch read (compared by digest), so offsets would "
            "point to other words; name the input as it was with --notes"
        )
    return notes


def _source(batch: Manifest, where: str | None) -> Source:
    how = batch.identity
    columns = how.get("columns") or {}
    options = Options(
        columns={str(role): str(name) for role, name in columns.items()} if isinstance(columns, dict) else {},
        encoding=_text(how.get("encoding")),
        date_format=_text(how.get("date_format")),
        delimiter=_text(how.get("delimiter")),
    )
    name = where or batch.source
    query = _text(how.get("query")) if "://" in name else None
    if where is None and (query is not None or not Path(name).exists()):
        raise SourceError(f"the notes were read from {name}, which cannot be opened from here; name it with --notes")
    return open_source(name, options, query)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
