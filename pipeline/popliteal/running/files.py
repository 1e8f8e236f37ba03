"""Private folders and whole files: what is written is its owner's alone, and is there entirely or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

from popliteal.errors import OutputError, PoplitealError

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

Manifest = TypeVar("Manifest")


def make_folder(folder: Path) -> None:
    """Make ``folder``, or take the one that is there; only its owner may look into it.

    Raises:
        OutputError: it is a file, or cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(PermissionError):  # somebody else's folder that we may write to; what we put in it is ours alone
            folder.chmod(0o700)
    except FileExistsError as error:
        raise OutputError(f"{folder}: is a file; --out takes a folder") from error
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror})") from error


def write_table(table: pa.Table, path: Path) -> None:
    """Write a Parquet file as :func:`write_file` does."""
    import pyarrow as pa  # a command that writes no table does not wait for it
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_file(path, sink.getvalue())


def write_file(path: Path, data: bytes | pa.Buffer) -> None:
    """Put a whole file in place, or none: temporary name, flush, rename, flush of the folder.

    Raises:
        OutputError: it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        if os.name == "posix":  # elsewhere a folder cannot be opened
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror}); the same command goes on from here"
        ) from error


@contextmanager
def private(file: Path) -> Iterator[TextIO]:
    """A file for its owner alone, open for writing: what notes are about is nobody else's business.

    It takes the place of another only when all is written; what is no file, as ``/dev/null``, is written to as it is.

    Raises:
        OutputError: it cannot be written.
    """
    place = file.resolve()
    scratch: Path | None = None
    try:
        if place.exists() and not place.is_file():
            stream = place.open("w", encoding="utf-8", newline="")
        else:
            handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")  # created with mode 0600
            stream, scratch = os.fdopen(handle, "w", encoding="utf-8", newline=""), Path(name)
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror}); name a file in a folder of yours") from error
    try:
        with stream:
            yield stream
        if scratch is not None:
            scratch.replace(place)
    except BaseException:
        if scratch is not None:
            scratch.unlink(missing_ok=True)
        raise


def write(file: Path, text: str) -> None:
    """Write a file as :func:`private` does.

    Raises:
        OutputError: it cannot be written.
    """
    with private(file) as stream:
        stream.write(text)


def load_manifest(
    path: Path, made: type[Manifest], mark: tuple[str, int], holds: str, error: type[PoplitealError]
) -> Manifest | None:
    """What a manifest says, or None where there is none.

    Args:
        path: the manifest.
        made: a dataclass with the fields of the file.
        mark: its ``kind``, which is the command that writes it, and ``format``.
        holds: what its folder is called where a file stands in its place.
        error: what to raise where another program or version wrote it, or it cannot be read.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except NotADirectoryError as cause:
        raise error(f"{path.parent}: is a file; expected {holds}") from cause
    except (OSError, ValueError) as cause:
        raise error(f"{path}: cannot be read ({type(cause).__name__})") from cause
    if not isinstance(data, dict) or (data.get("kind"), data.get("format")) != mark:
        raise error(f"{path}: was not written by this version of {mark[0]}")
    try:
        return made(**data)
    except TypeError as cause:
        raise error(f"{path}: has been changed by hand") from cause
