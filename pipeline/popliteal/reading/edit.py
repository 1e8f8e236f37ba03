"""A stretch of a text, and the words that are read in its place."""

from __future__ import annotations

from typing import NamedTuple


class Edit(NamedTuple):
    """``text[start:end]`` is read as ``words``."""

    start: int
    end: int
    words: str
