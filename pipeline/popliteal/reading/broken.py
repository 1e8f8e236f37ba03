"""Words that are written in parts: broken by a hyphen at the end of a line ("numb-" and "ness" below it), or acronyms
with a stop behind each letter ("D.V.T.")."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from popliteal.schema import Finding

#: Without this no acronym has stops; it begins with one sign, so that a note is passed over quickly.
_BETWEEN = re.compile(r"\.[A-Za-z]\.")
_STOPS = re.compile(r"(?<![\w.])(?:[A-Za-z]\.){2,5}(?:[A-Za-z](?![\w.]))?")
#: Where a sentence begins behind the stop of an acronym.
_NEXT = re.compile(r"\s+[A-Z][a-z]|\s*$|[ \t]*\n")
_BREAK = re.compile(r"(?<![^\W_])(?P<head>[A-Za-z]{2,})(?P<gap>[-‐][ \t]?\n[ \t]*)(?P<tail>[a-z]{2,})(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Broken:
    """A word in two parts: where it begins, and how long its head and tail are, and the gap between them."""

    start: int
    head: int
    gap: int
    tail: int

    def back(self, at: int) -> int:
        """Where an offset of the joined text stands in the written one."""
        if self.start <= at <= self.start + self.head:
            return max(self.start, at - 1)
        if at <= self.start + 1 + self.head + self.tail:
            return at - 1 + self.gap if at > self.start else at
        return at

    def forth(self, at: int, *, ends: bool) -> int:
        """Where an offset of the written text stands in the joined one; ``ends`` is what ends there, not begins."""
        end = self.start + self.head + self.gap + self.tail
        first, last = (self.start + 1, end) if ends else (self.start, end - 1)
        if not first <= at <= last:
            return at
        return at + 1 if at <= self.start + self.head else max(self.start + self.head, at - self.gap) + 1


@dataclass(frozen=True, slots=True)
class Dotted:
    """An acronym with stops: where it begins, its letters, and whether the last stop ends a sentence, too."""

    start: int
    letters: int
    length: int
    ends: bool

    def back(self, at: int) -> int:
        """Where an offset of the joined text stands in the written one."""
        number = at - self.start
        if not 0 < number <= self.letters:
            return at if number <= 0 else max(at, self.start + self.length)
        return self.start + 2 * number - 1

    def forth(self, at: int, *, ends: bool) -> int:
        """Where an offset of the written text stands in the joined one; ``ends`` is what ends there, not begins."""
        number = at - self.start
        if not 0 < number < (2 * self.letters if ends else self.length):
            return at
        return self.start + (number + 1 if ends else number) // 2


#: A word in parts and how it is put together.
Parted = Broken | Dotted


def dotted(text: str, acronyms: Container[str]) -> list[Dotted]:
    """The acronyms of ``text`` that have a stop behind each letter; two letters may be somebody's initials."""
    found = []
    for one in _STOPS.finditer(text) if _BETWEEN.search(text) else ():
        letters = one[0].replace(".", "")
        if len(letters) > 2 and letters.upper() in acronyms:
            ends = one[0].endswith(".") and _NEXT.match(text, one.end()) is not None
            found.append(Dotted(one.start(), len(letters), len(one[0]), ends))
    return found


def undotted(text: str, words: Sequence[Dotted]) -> str:
    """``text``, as long as it was, with its acronyms whole, and blanks behind them.

    >>> undotted("No D.V.T. today.", [Dotted(3, 3, 6, False)])
    'No DVT    today.'
    """
    parts: list[str] = []
    done = 0
    for word in words:
        end = word.start + word.length
        whole = text[word.start : end].replace(".", "").upper() + "." * word.ends
        parts += (text[done : word.start], whole.ljust(word.length))
        done = end
    return "".join(parts) + text[done:]


def broken(text: str, knows: Callable[[str], bool]) -> list[Broken]:
    """The broken words of ``text``: those that ``knows`` holds of when they are joined."""
    if "-\n" not in text and "- \n" not in text:
        return []
    return [
        Broken(one.start(), len(one["head"]), len(one["gap"]), len(one["tail"]))
        for one in _BREAK.finditer(text)
        if knows(one["head"] + one["tail"])
    ]


def joined(text: str, words: Sequence[Broken]) -> str:
    """``text``, as long as it was, with its broken words whole; the gap stands around them as blanks.

    >>> joined("Foot numb-\\nness.", [Broken(5, 4, 2, 4)])
    'Foot  numbness .'
    """
    parts: list[str] = []
    done = 0
    for word in words:
        middle, end = word.start + word.head + word.gap, word.start + word.head + word.gap + word.tail
        whole = text[word.start : word.start + word.head] + text[middle:end]
        parts += (text[done : word.start], " ", whole, " " * (word.gap - 1))
        done = end
    return "".join(parts) + text[done:]


def as_written(finding: Finding, text: str, words: Sequence[Parted]) -> Finding:
    """A finding of the joined text as one of the written ``text``."""
    start, end = in_written(finding.start, finding.end, words)
    return replace(finding, start=start, end=end, text=text[start:end]) if words else finding


def in_written(start: int, end: int, words: Sequence[Parted]) -> tuple[int, int]:
    """The place in the written text of what stands at ``start..end`` of the joined one."""
    first, last = _at(start, words), _at(end, words)
    return first.back(start) if first else start, last.back(end) if last else end


def in_joined(start: int, end: int, words: Sequence[Parted]) -> tuple[int, int]:
    """The place in the joined text of what stands at ``start..end`` of the written one."""
    first, last = _at(start, words), _at(end, words)
    return first.forth(start, ends=False) if first else start, last.forth(end, ends=True) if last else end


def _at(offset: int, words: Sequence[Parted]) -> Parted | None:
    """The last of the words in parts that begins at an offset or before it; no other can move that."""
    number = bisect_right(words, offset, key=attrgetter("start"))
    return words[number - 1] if number else None
