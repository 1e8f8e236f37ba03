"""One run at a time in an output folder: a lock that the system takes back however the process ends."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from popliteal.errors import OutputError

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """Held from construction to :meth:`release`.

    Raises:
        OutputError: another process holds it, or the folder may not be written to.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._handle: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise OutputError(f"{path.parent}: cannot be written to ({error.strerror})") from error
        try:
            _lock(self._handle)
        except OSError as error:
            os.close(self._handle)
            raise OutputError(
                f"{path.parent}: another run is writing to this folder; wait for it, or name another folder with --out"
            ) from error

    def release(self) -> None:
        """Give the lock back; safe to call twice."""
        if self._handle is not None:
            with suppress(OSError):
                os.close(self._handle)
            self._handle = None
