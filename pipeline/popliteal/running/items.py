"""What a source yields: a note, or a row that could not become one; and the chunks in which they travel."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from popliteal.schema import Note


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of the input that could not become a note; one row of the ``errors`` table. Never holds note text."""

    note_id: str
    error_type: str
    message: str
    stage: str = "source"


Item = Note | Rejected


class Notices(Counter[str]):
    """What a source had to put up with, counted by kind; :data:`NOTICES` says each in a sentence."""

    def sentences(self) -> list[str]:
        """One sentence per kind that occurred, in a fixed order."""
        return [sentence.format(n=self[kind]) for kind, sentence in NOTICES.items() if self[kind]]


NOTICES: dict[str, str] = {
    "missing_id": "rows without a note_id: {n}; they are called row-N, N being the row in the input from 1",
    "other_encoding": "lines or texts that are not UTF-8: {n}; read as Windows-1252, --encoding names another",
    "undecodable": "texts with bytes that their encoding does not know: {n}; these bytes became U+FFFD",
    "surrogate": "values with lone surrogates, which are not text: {n}; these became U+FFFD",
    "loose_quotes": "rows with quotes that should have been doubled: {n}; their text was taken as well as could be",
    "bad_date": "dates that were not understood: {n}; left empty, dates are YYYY-MM-DD or as --date-format says",
    "duplicate_id": "rows that repeat the note_id of another row: {n}; all are kept",
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive items that are worked on together.

    ``ends_part`` is true for the last chunk of a full part of the output; ``digest`` then stands for everything that
    was read up to here.
    """

    items: tuple[Item, ...]
    ends_part: bool
    digest: str


class Feed:
    """Cuts a stream of items into chunks that never straddle two parts, and keeps a digest of what went by.

    A chunk is small in notes and in characters, so that what is in flight stays small whatever the notes are.
    """

    def __init__(
        self, items: Iterable[Item], part_size: int, chunk_size: int = 32, chunk_chars: int = 1_000_000
    ) -> None:
        self._items = iter(items)
        self._part_size = part_size
        self._chunk_size = chunk_size
        self._chunk_chars = chunk_chars
        self._hash = hashlib.sha256()
        self.position = 0

    @property
    def digest(self) -> str:
        """SHA-256 of the items so far: two inputs agree in it only if they gave the same notes in the same order."""
        return self._hash.hexdigest()

    def skip(self, count: int) -> int:
        """Read past ``count`` items that an earlier run has dealt with; how many there were."""
        while self.position < count and self._next() is not None:
            pass
        return self.position

    def chunks(self) -> Iterator[Chunk]:
        """The rest of the stream, chunk by chunk."""
        items: list[Item] = []
        chars = 0
        while (item := self._next()) is not None:
            items.append(item)
            chars += len(item.text) if isinstance(item, Note) else 0
            ends_part = self.position % self._part_size == 0
            if ends_part or len(items) >= self._chunk_size or chars >= self._chunk_chars:
                yield Chunk(tuple(items), ends_part, self.digest if ends_part else "")
                items, chars = [], 0
        if items:
            yield Chunk(tuple(items), False, "")

    def _next(self) -> Item | None:
        item = next(self._items, None)
        if item is not None:
            self.position += 1
            self._hash.update(_identity(item).encode("utf-8", "replace"))
        return item


def _identity(item: Item) -> str:
    parts: tuple[str | None, ...]
    if isinstance(item, Note):
        parts = (item.note_id, item.patient_id, item.note_date, item.note_type, item.sex, item.birth_date, item.text)
    else:
        parts = (item.note_id, item.stage, item.error_type, item.message)
    return repr([len(part) if part is not None else -1 for part in parts]) + "\0".join(part or "" for part in parts)
