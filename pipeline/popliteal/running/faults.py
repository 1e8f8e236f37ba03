"""What may be said of an error that nobody foresaw: its type and the place in the code, never its message.

The message of an exception can quote its input, and the input here is a patient's note.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from popliteal.errors import PoplitealError

_ROOT = Path(__file__).resolve().parent.parent


def location(error: BaseException) -> str:
    """``popliteal/reading/x.py:12 in read``: the innermost frame of popliteal that the error went through."""
    place = "outside popliteal"
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(_ROOT):
            place = f"popliteal/{file.relative_to(_ROOT).as_posix()}:{line} in {frame.f_code.co_name}"
    return place


def describe(error: BaseException) -> tuple[str, str]:
    """(error_type, message) of any exception, safe to write down.

    popliteal's own errors promise to hold no note text; of all others only the type and the place are told.
    """
    kind = type(error).__name__
    if isinstance(error, PoplitealError):
        return kind, str(error)
    return kind, f"unexpected error at {location(error)}; the note was left out, the others are not affected"
