"""Files as streams of bytes and lines: decompression, byte-order marks, encodings, and how far along we are."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from popliteal.errors import SourceError
from popliteal.running.items import Notices
from popliteal.running.sources.columns import decode

#: Byte-order marks that say what a file is written in.
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class ByteFile:
    """One input file, or standard input as ``-``, decompressed as its suffix says.

    Raises:
        SourceError: the file is not there, may not be read, or needs a package that is not installed.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.name = str(path) if path is not None else "standard input"
        self._raw: IO[bytes] | None = None
        self._size = 0

    def open(self) -> IO[bytes]:
        """The bytes from the start, decompressed."""
        if self.path is None:
            return sys.stdin.buffer
        try:
            self._raw = self.path.open("rb")
            self._size = self.path.stat().st_size
        except OSError as error:
            raise SourceError(f"{self.name}: cannot be read ({error.strerror})") from error
        suffix = self.path.suffix.lower()
        if suffix == ".gz":
            return io.BufferedReader(gzip.GzipFile(fileobj=self._raw), 1 << 20)
        if suffix == ".zst":
            return _zstd(self._raw, self.name)
        return self._raw

    def fraction(self) -> float | None:
        """How much of the file has been read, by its (compressed) bytes."""
        if self._raw is None or not self._size:
            return None
        return 1.0 if self._raw.closed else min(1.0, self._raw.tell() / self._size)

    def digest(self) -> str | None:
        """SHA-256 of the file as it lies there; None for standard input."""
        if self.path is None:
            return None
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SourceError(f"{self.name}: cannot be read ({error.strerror})") from error


def _zstd(raw: IO[bytes], name: str) -> IO[bytes]:
    try:
        import zstandard
    except ImportError as error:
        raise SourceError(f"{name}: reading .zst needs the zstandard package: pip install zstandard") from error
    return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True), 1 << 20)


def lines(stream: IO[bytes], encoding: str | None, notices: Notices) -> Iterator[str]:
    """The lines of a text file with their line ends as they are; a byte-order mark is dropped.

    Without an encoding each line is UTF-8 or, failing that, Windows-1252: exports that were glued together from
    several systems hold both. Lines end at ``\\n`` (with an explicit encoding also at a lone ``\\r``).
    """
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(_Raw(stream), 1 << 20)
    head = buffered.peek(4)[:4]
    encoding = next((name for mark, name in _MARKS if head.startswith(mark) and name != "utf-8-sig"), encoding)
    if encoding is not None:
        for line in io.TextIOWrapper(buffered, encoding=encoding, errors="replace", newline=""):
            notices["undecodable"] += "\ufffd" in line
            yield line.removeprefix("\ufeff")
        return
    for number, data in enumerate(buffered):
        yield decode(data.removeprefix(codecs.BOM_UTF8) if number == 0 else data, None, notices)


def unbroken(stream: Iterator[str], name: str) -> Iterator[str | Exception]:
    """The same lines; if the file breaks off (a download that stopped, bad blocks), the exception comes as the last.

    Raises:
        SourceError: not even the first line can be had.
    """
    first = True
    try:
        for line in stream:
            yield line
            first = False
    except (EOFError, OSError, zlib.error, RuntimeError) as error:
        if first:
            raise SourceError(f"{name}: cannot be read ({type(error).__name__}); is it what its name says?") from error
        yield error


class _Raw(io.RawIOBase):
    """Any binary stream as a raw one, so that it can be peeked into."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed: any buffer
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
