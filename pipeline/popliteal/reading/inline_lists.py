"""Lists that run on in one line: "1)Left foot drop 2)No back pain", "(a) numb foot (b) no fever", "• DVT • No fever".

Each item is a statement of its own, as if it stood in a line of its own; not so where the list goes on with a sentence
("He denies (1) fever, (2) chills").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

#: Second items of counted lists, soon looked for, and those that a word must follow; without any there is no such list.
_SECONDS = ("2)", "b)", "B)", "ii)", "#2")
_GLUED_SECOND = re.compile(r"2(?:\.(?=[A-Za-z])|[-–](?=[A-Z]))")
_BULLET = re.compile("(?<=\\s)[•●▪◦‣➢►▶◆◇★☆➤➡👉\U0001f300-\U0001f64f\U0001f680-\U0001faff](?=\ufe0f?\\s*\\S)")
_STAR = re.compile(r"(?<!\S)[*](?=\s\S)")
_DASH = re.compile(r"(?<!\S)-(?=\s[A-Z])")
_NEXT = r"(?=\s{0,3}[A-Za-z?+<>≥↓↑\"“'])"
#: Marks of numbered items; a number is glued to a full stop or a dash only where a word follows at once.
_NUMBERED = re.compile(
    rf"(?<![\w.,/-])(?:(?P<round>\(?)(?:(?P<number>\d{{1,2}})|(?P<roman>i{{1,3}}|iv|vi{{0,3}})|(?P<letter>[a-hA-H]))\){_NEXT}"
    rf"|\#(?P<hash>\d{{1,2}})[.:)]?{_NEXT}|(?P<stop>\d{{1,2}})\.(?=[A-Za-z])|(?P<dash>\d{{1,2}})[-–](?=[A-Z]))"
)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
_FEWEST_DASHES = 3
_MARKED = re.compile(r"[-•*–—▪●◦·+‣➢►○■□→✓]|[o>](?=[ \t])|\(?(?:\d{1,2}|[a-hA-H]|i{1,3}|iv|vi{0,3})[.)]|#\d")


def is_item(text: str, at: int) -> bool:
    """Whether an item of a list begins at ``at``."""
    return _MARKED.match(text, at) is not None


def items(text: str, spans: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The sentences ``spans`` of ``text``, those that hold a list in one line cut before each item of it."""
    counted = any(second in text for second in _SECONDS) or _GLUED_SECOND.search(text) is not None
    begins = sorted({*_bulleted(text), *_dashed(text, spans), *(_counted(text, spans) if counted else ())})
    if not begins:
        return spans
    found: list[tuple[int, int]] = []
    at = 0
    for start, end in spans:
        while at < len(begins) and begins[at] < end:
            if begins[at] > start:
                found.append((start, start + len(text[start : begins[at]].rstrip())))
                start = begins[at]
            at += 1
        found.append((start, end))
    return found


def _bulleted(text: str) -> Iterator[int]:
    """Where bullets stand inside of lines."""
    return iter(()) if text.isascii() else (mark.start() for mark in _BULLET.finditer(text))


def _dashed(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Where items begin in sentences that begin with a star or a dash and have others like it."""
    for sign, marks, fewest in (("*", _STAR, 2), ("-", _DASH, _FEWEST_DASHES)):
        for start, end in spans if f" {sign} " in text else ():
            if text[start] == sign:
                begins = [mark.start() for mark in marks.finditer(text, start, end)]
                yield from begins[1:] if len(begins) >= fewest else ()


def _counted(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[int]:
    for start, end in spans:
        yield from _numbered(text, start, end)


def _numbered(text: str, start: int, end: int) -> Iterator[int]:
    """The same of items that are counted: one behind the other, the first of all or the first word of the sentence."""
    runs: dict[str, list[tuple[int, int]]] = {}
    for mark in _NUMBERED.finditer(text, start, end):
        for style, number in _counts(mark):
            run = runs.setdefault(style, [])
            if run and number == run[-1][0] + 1:
                run.append((number, mark.start()))
            elif len(run) < 2 and (number == 1 or mark.start() == start):
                run[:] = [(number, mark.start())]
    for run in runs.values():
        if len(run) > 1 and text[start : run[0][1]].rstrip()[-1:] in {"", ":"}:
            yield from (at for _, at in run if at > start)


def _counts(mark: re.Match[str]) -> Iterator[tuple[str, int]]:
    """The number of an item, with the style it is written in; ``(i)`` may be a letter too, but then none of a list."""
    opened = mark["round"] or ""
    for style in ("number", "hash", "stop", "dash"):
        if mark[style]:
            yield opened + style, int(mark[style])
    if mark["roman"]:
        yield f"{opened}roman", _ROMAN.index(mark["roman"]) + 1
    if mark["letter"]:
        yield f"{opened}letter", ord(mark["letter"].lower()) - ord("a") + 1
