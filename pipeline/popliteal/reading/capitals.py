"""How many letters a text has, and how many of them are capitals: whether its writer types in capitals, or without."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase

_NO_SMALL = bytes(sorted(set(range(256)) - set(ascii_lowercase.encode())))
_NO_CAPITALS = bytes(sorted(set(range(256)) - set(ascii_uppercase.encode())))


def count(text: str) -> tuple[int, int]:
    """The number of small letters and of capitals, those of ASCII alone.

    >>> count("Left FOOT naïve")
    (7, 5)
    """
    plain = text.encode("ascii", "ignore")
    return len(plain.translate(None, _NO_SMALL)), len(plain.translate(None, _NO_CAPITALS))
