"""What was made of patterns, kept on disk, so that a command that reads one note need not make it again.

A file holds checked patterns (:func:`popliteal.knowledge.load`) or what is compiled of them
(:func:`popliteal.reading.kept.lexicon`), and nothing of any note. Its name is the digest of the patterns, of the code
that made it and of the versions beneath it, so it never goes stale; it is taken only from a folder that nobody else can
write to, and whatever cannot be read, for whatever reason, is made anew.

``POPLITEAL_CACHE`` names another folder; ``POPLITEAL_CACHE=off`` keeps nothing.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from popliteal.version import __version__

VARIABLE = "POPLITEAL_CACHE"
_OFF = frozenset({"0", "off", "no", "false"})
_KEPT = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: what its name ends in, and the packages of popliteal whose classes and code it depends on."""

    ending: str
    packages: tuple[str, ...]

    def owns(self, module: str) -> bool:
        """Whether a module is one of those packages or in one of them."""
        return f"{module}.".startswith(tuple([f"popliteal.{package}." for package in self.packages]))


KNOWLEDGE = Kind(".knowledge", ("knowledge",))


def folder() -> Path | None:
    """Where checked patterns are kept; None where nothing shall be."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return None if named.strip().lower() in {*_OFF, ""} else Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("popliteal", appauthor=False)


def get(digest: str, kind: Kind) -> object | None:
    """What was kept of a kind for the patterns with ``digest``, or None."""
    with suppress(Exception):  # a damaged file may fail in any way, and the patterns themselves are there
        path = _path(digest, kind)
        if path is not None and _is_ours(path.parent) and _is_ours(path):
            kept: object = _Unpickler(io.BytesIO(path.read_bytes()), kind).load()
            return kept
    return None


def put(digest: str, kind: Kind, made: object) -> None:
    """Keep what was ``made`` of the patterns with ``digest``; where that cannot be done, nothing is kept."""
    with suppress(OSError, pickle.PicklingError):
        path = _path(digest, kind)
        if path is None:
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(path.parent):
            return
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                pickle.dump(made, file, protocol=pickle.HIGHEST_PROTOCOL)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _prune(path.parent, kind)


def _path(digest: str, kind: Kind) -> Path | None:
    where = folder()
    return None if where is None else where / f"{_key(digest, kind)}{kind.ending}"


def _key(digest: str, kind: Kind) -> str:
    return hashlib.sha256(f"{digest} {_code(kind.packages)}".encode()).hexdigest()[:32]


@cache
def _code(packages: tuple[str, ...]) -> str:
    """All but the patterns that what is kept of ``packages`` depends on."""
    import pydantic

    total = hashlib.sha256(f"{__version__} {sys.version} {pydantic.VERSION}".encode())
    for package in packages:
        for file in sorted((Path(__file__).parents[1] / package).rglob("*.py")):
            total.update(file.read_bytes())
    return total.hexdigest()


def _is_ours(path: Path) -> bool:
    """Whether nobody but the user (or the administrator) can have written a file or folder."""
    if os.name != "posix":  # a user's cache folder is that user's there
        return path.exists()
    found = path.lstat()
    return found.st_uid == os.getuid() and not stat.S_ISLNK(found.st_mode) and not found.st_mode & 0o022


def _prune(where: Path, kind: Kind) -> None:
    """Leave the newest few."""
    files = sorted(where.glob(f"*{kind.ending}"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[_KEPT:]:
        file.unlink(missing_ok=True)


class _Unpickler(pickle.Unpickler):
    """Makes objects of the classes of its packages and no others: a file can hold knowledge, but no commands."""

    def __init__(self, file: io.BytesIO, kind: Kind) -> None:
        super().__init__(file)
        self._kind = kind

    def find_class(self, module: str, name: str) -> Any:
        """A class of the packages that a kind is made of, or the function that makes a regular expression.

        Raises:
            pickle.UnpicklingError: anything else.
        """
        if (module, name) == ("re", "_compile"):
            return super().find_class(module, name)
        found = super().find_class(module, name) if self._kind.owns(module) else None
        if isinstance(found, type) and self._kind.owns(found.__module__):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of the patterns")
