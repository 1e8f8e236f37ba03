"""The output folder: four folders of Parquet parts and a manifest, whole at every moment.

A part is written under a temporary name, flushed to disk and renamed; the manifest, which says how many parts count,
follows in the same way. Whatever is killed in between leaves a folder from which the same command goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType

from popliteal.errors import OutputError
from popliteal.running.files import load_manifest, make_folder, write_file, write_table
from popliteal.running.lock import Lock
from popliteal.running.tables import SCHEMAS, Tables, concat

KIND = "popliteal batch"
MANIFEST = "manifest.json"
_FORMAT = 1


@dataclass
class Manifest:
    """What ``manifest.json`` holds.

    ``identity`` is what must be the same for a run to be resumed; ``source`` what the input was called (a file may
    move); ``digest`` stands for the items in ``parts``.
    ``rows`` counts the rows of each table; ``notices`` what the source had to put up with (complete runs only).
    """

    identity: dict[str, object]
    source: str = ""
    parts: int = 0
    items: int = 0
    digest: str = ""
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SCHEMAS, 0))
    notices: dict[str, int] = field(default_factory=dict)
    complete: bool = False
    kind: str = KIND
    format: int = _FORMAT


class Store:
    """An output folder in use by this run.

    Args:
        folder: made if it is not there; only its owner may look into it.
        identity: input, options and versions; plain JSON values.
        source: what the input is called, for the record.
        fresh: throw away what an earlier run left in the folder.

    Raises:
        OutputError: the folder holds other things, belongs to another input, pattern set or version, or is in use.
    """

    def __init__(self, folder: Path, identity: Mapping[str, object], *, source: str = "", fresh: bool = False) -> None:
        self.folder = folder
        self._pending: list[Tables] = []
        make_folder(folder)
        self._lock = Lock(folder / ".lock")
        try:
            self.manifest = self._claim(dict(identity), source, fresh)
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def add(self, tables: Tables) -> None:
        """Take the tables of a chunk; nothing is on disk until :meth:`end_part`."""
        self._pending.append(tables)

    def end_part(self, items: int, digest: str) -> None:
        """Write what was added as the next part; ``items`` and ``digest`` are of the input up to here."""
        tables = concat(self._pending)
        for name, table in tables.items():
            write_table(table, self.folder / name / part_name(self.manifest.parts))
            self.manifest.rows[name] += table.num_rows
        self._pending.clear()
        self.manifest.parts += 1
        self.manifest.items = items
        self.manifest.digest = digest
        self._save()

    def finish(self, items: int, digest: str, notices: Mapping[str, int]) -> None:
        """Write the last part and mark the run complete. There is always a part, so that each table can be read."""
        if self._pending or not self.manifest.parts:
            self.end_part(items, digest)
        self.manifest.notices = {kind: count for kind, count in sorted(notices.items()) if count}
        self.manifest.complete = True
        self._save()

    def _claim(self, identity: dict[str, object], source: str, fresh: bool) -> Manifest:
        try:
            found = read_manifest(self.folder)
        except OutputError as error:
            raise OutputError(f"{error}; name a new folder with --out") from error
        if found is None:
            others = sorted(path.name for path in self.folder.iterdir() if path.name not in _OURS)
            if others:
                raise OutputError(
                    f"{self.folder}: is not empty and was not written by popliteal batch (it holds {others[0]}); "
                    "name a new folder with --out"
                )
        if found is not None and not fresh and (found.parts or found.complete):
            _same(self.folder, found.identity, identity)
            self._clear(found.parts)
            return found
        self.manifest = Manifest(identity, source)
        self._save()  # before anything is removed: at no moment may a manifest count parts that are gone
        self._clear(0)
        return self.manifest

    def _clear(self, parts: int) -> None:
        """Make the table folders, and remove from them what a run left that was killed after its last whole part."""
        for name in SCHEMAS:
            table = self.folder / name
            table.mkdir(mode=0o700, exist_ok=True)
            kept = {part_name(number) for number in range(parts)}
            for file in (*table.glob("part-*.parquet"), *table.glob(".part-*.tmp")):
                if file.name in kept:
                    kept.remove(file.name)
                else:
                    file.unlink()
            if kept:
                raise OutputError(f"{table / min(kept)}: is missing; --fresh starts over")

    def _save(self) -> None:
        write_file(self.folder / MANIFEST, json.dumps(asdict(self.manifest), indent=1).encode() + b"\n")


_OURS = {".lock", f".{MANIFEST}.tmp"}


def part_name(number: int) -> str:
    """The file name of a part in each of the four table folders."""
    return f"part-{number:05d}.parquet"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of an output folder, or None where there is none.

    Raises:
        OutputError: there is one, but popliteal did not write it or it cannot be read.
    """
    return load_manifest(
        folder / MANIFEST, Manifest, (KIND, _FORMAT), "a folder of tables of popliteal batch", OutputError
    )


def _same(folder: Path, before: Mapping[str, object], now: Mapping[str, object]) -> None:
    for key in (*now, *(key for key in before if key not in now)):
        if before.get(key) != now.get(key):
            what = _CHANGED.get(key, f"{key} was {before.get(key)}, now {now.get(key)}")
            raise OutputError(f"{folder}: holds another run ({what}); --fresh throws it away and starts over")


_CHANGED = {"input_digest": "the input has changed", "code_digest": "popliteal itself has changed"}
