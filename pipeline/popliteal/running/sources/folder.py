"""A folder of .txt files, one note each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from popliteal.errors import SourceError
from popliteal.running.items import Item, Rejected
from popliteal.running.sources.base import Options, Source
from popliteal.running.sources.columns import RowReader, decode


class Folder(Source):
    """Every ``.txt`` under a folder, in the order of its path; the note_id is that path without the suffix.

    Hidden files are left out. Line ends stay as they are. A file that may not be read is a rejected row.
    """

    def __init__(self, folder: Path, options: Options) -> None:
        super().__init__(options)
        self.name = str(folder)
        self._folder = folder
        self._read = self._total = 0

    def fingerprint(self) -> str | None:
        """From names, sizes and times of change: a folder may hold millions of files."""
        total = hashlib.sha256()
        for relative in self._files():
            status = (self._folder / relative).stat()
            total.update(f"{relative}\0{status.st_size}\0{status.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
        return total.hexdigest()

    def fraction(self) -> float | None:
        return self._read / self._total if self._total else None

    def items(self) -> Iterator[Item]:
        files = self._files()
        if not files:
            raise SourceError(
                f"{self.name}: no .txt files in this folder; point at a file, or at a folder of .txt files"
            )
        self._total, self._read = len(files), 0
        rows = RowReader({"text": "text", "note_id": "note_id"}, self.options, self.notices)
        for relative in files:
            self._read += 1
            note_id = relative[: -len(".txt")]
            try:
                data = (self._folder / relative).read_bytes()
            except OSError as error:
                yield Rejected(rows.note_id(self._read, {"note_id": note_id}), "Unreadable", f"{error.strerror}")
                continue
            text = decode(data, self.options.encoding, self.notices).removeprefix("\ufeff")
            yield rows.item(self._read, {"note_id": note_id, "text": text})

    def _files(self) -> list[str]:
        found: list[str] = []
        for folder, folders, names in os.walk(self._folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            here = Path(folder).relative_to(self._folder)
            texts = [name for name in names if name.lower().endswith(".txt") and not name.startswith(".")]
            found.extend((here / name).as_posix() for name in texts)
        return sorted(found)
