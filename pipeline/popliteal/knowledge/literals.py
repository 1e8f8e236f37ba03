"""Many strings of which a text holds hardly any, looked for at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

#: So many letters that several strings share are looked for in their place.
_SHARED = 5


class Literals:
    """Strings that are looked for by what several of them share; where that stands, by themselves.

    >>> Literals(["case report", "we report", "reported here"]).stand_in("it is reported that")
    False
    """

    def __init__(self, strings: Iterable[str]) -> None:
        self._groups: list[tuple[str, tuple[str, ...]]] = []
        left = sorted(set(strings))
        while left:
            counted = Counter(part for one in left for part in _parts(one))
            shared = max(counted, key=lambda part: (counted[part], part))
            self._groups.append((shared, tuple(one for one in left if shared in one)))
            left = [one for one in left if shared not in one]

    def stand_in(self, text: str) -> bool:
        """Whether one of the strings stands in ``text``."""
        return any(shared in text and any(map(text.__contains__, strings)) for shared, strings in self._groups)


def _parts(string: str) -> set[str]:
    """The rows of a few letters in a string; a shorter string is one itself."""
    return {string[at : at + _SHARED] for at in range(max(1, len(string) - _SHARED + 1))}
