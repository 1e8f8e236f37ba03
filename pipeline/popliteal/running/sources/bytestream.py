"""Files as streams of bytes and lines: decompression, byte-order marks, encodings, and how far along we are."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from popliteal.errors import SourceError
from popliteal.running.items import Notices
from popliteal.running.sources.columns import decode

#: Byte-order marks that say what a file is written in.
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class ByteFile:
    """One input file, or standard input (path None), decompressed as its suffix says."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.name = str(path) if path is not None else "standard input"
        self._raw: IO[bytes] | None = None
        self._size = 0

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes from the start, decompressed.

        Raises:
            SourceError: the file is not there, may not be read, or needs a package that is not installed.
        """
        if self.path is None:
            yield sys.stdin.buffer
            return
        try:
            self._size = self.path.stat().st_size
            raw = self.path.open("rb")
        except OSError as error:
            raise SourceError(f"{self.name}: cannot be read ({error.strerror})") from error
        with raw:
            self._raw = raw
            match self.path.suffix.lower():
                case ".gz":
                    with gzip.GzipFile(fileobj=raw) as stream:
                        yield cast(IO[bytes], stream)
                case ".zst":
                    yield io.BufferedReader(_Zstd(raw, self.name), 1 << 17)
                case _:
                    yield raw

    def fraction(self) -> float | None:
        """How much of the file has been read, by its (compressed) bytes."""
        if self._raw is None or not self._size:
            return None
        return 1.0 if self._raw.closed else min(1.0, self._raw.tell() / self._size)

    def digest(self) -> str | None:
        """SHA-256 of the file as it lies there; None for standard input and pipes, which can be read only once."""
        if self.path is None or not self.path.is_file():
            return None
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SourceError(f"{self.name}: cannot be read ({error.strerror})") from error


def lines(stream: IO[bytes], encoding: str | None, notices: Notices) -> Iterator[str]:
    """The lines of a text file with their line ends as they are; a byte-order mark is dropped.

    Without an encoding each line is UTF-8 or, failing that, Windows-1252: exports that were glued together from
    several systems hold both. Lines end at ``\\n`` (with an explicit encoding also at a lone ``\\r``).
    """
    buffered = stream if isinstance(stream, io.BufferedReader | gzip.GzipFile) else io.BufferedReader(_Raw(stream))
    head = buffered.peek(4)[:4]
    encoding = next((name for mark, name in _MARKS if head.startswith(mark) and name != "utf-8-sig"), encoding)
    if encoding is not None:
        decoded = io.TextIOWrapper(cast(BinaryIO, buffered), encoding=encoding, errors="replace", newline="")
        try:
            for line in decoded:
                if "\ufffd" in line:
                    notices["undecodable"] += 1
                yield line.removeprefix("\ufeff")
        finally:
            decoded.detach()  # who opened the file closes it
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
    except (EOFError, OSError, zlib.error) as error:
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


class _Zstd(io.RawIOBase):
    """A zstandard file, decompressed; unlike the package's own reader it says when the file breaks off."""

    def __init__(self, raw: IO[bytes], name: str) -> None:
        try:
            import zstandard
        except ImportError as error:
            raise SourceError(f'{name}: reading .zst needs zstandard: pip install "popliteal[zstd]"') from error
        self._make = zstandard.ZstdDecompressor().decompressobj
        self._raw = raw
        self._frame = self._make()
        self._ready = memoryview(b"")
        self._inside = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed: any buffer
        while not self._ready:
            data = (self._frame.unused_data if self._frame.eof else b"") or self._raw.read(1 << 16)
            if not data and self._inside and not self._frame.eof:
                raise EOFError
            if not data:
                return 0
            if self._frame.eof:  # frames may follow each other
                self._frame = self._make()
            self._inside = True
            try:
                self._ready = memoryview(self._frame.decompress(data))  # a view: its rest is not copied each time
            except Exception as error:  # the package's own type, which cannot be named without importing it
                raise OSError("not zstandard data") from error
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count
