"""``TA/EHL/GS 2/1/5``: as many grades behind slashes as movements before them, each its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from popliteal.reading.measurements.claims import Reading
from popliteal.reading.measurements.lexer import Token

#: Three grades or more with slashes between; a date has two digits somewhere, and no movements before it.
ROW = r"(?P<row>(?<![\w./+-])[0-5][+-]?(?:\s?/\s?[0-5][+-]?){2,7}(?![\w/.%+-]))"
WRITTEN = re.compile(ROW)
_GRADE = re.compile(r"[0-5][+-]?")
#: What may stand in a list of movements and between it and its grades.
_SMALL = frozenset({"sep", "link", "side", "prep"})


def take(tokens: Sequence[Token], read: Callable[[str], float | None]) -> tuple[list[Reading], list[Token]]:
    """Readings of rows of grades, and the tokens without them and their movements; a row without any is a number.

    A second row is of the movements of the first (``TA/EHL/GS 5/5/5 R, 3/2/5 L``).
    """
    readings: list[Reading] = []
    rest: dict[int, Token] = {}  # by their numbers among the tokens
    listed: list[int] = []
    last: list[int] = []
    claimed: set[int] = set()
    for at, token in enumerate(tokens):
        if token.kind != "row":
            if (token.kind == "subject" and token.role == "part") or _is_cell(tokens, at):
                listed.append(at)
            elif token.kind not in _SMALL:
                listed = []
            rest[at] = token
            continue
        grades = [*_GRADE.finditer(token.wording)]
        named = listed if len(listed) == len(grades) else last
        known = sum(tokens[number].kind == "subject" for number in named)
        if len(named) != len(grades) or (listed and named is last) or known < 2:
            rest[at] = replace(token, kind="num")
            continue
        side = _side(tokens, at, named[0])
        for number, grade in zip(named, grades, strict=True):
            if tokens[number].kind == "subject":  # the others are muscles that are none of the inventory ("IP/Q/H/TA")
                readings.append(_reading(tokens[number], token, grade, side, read, own=named is listed))
        claimed.update(named)
        last, listed = named, []
    return readings, [token for at, token in rest.items() if at not in claimed]


def _reading(
    subject: Token,
    row: Token,
    grade: re.Match[str],
    side: str | None,
    read: Callable[[str], float | None],
    *,
    own: bool,
) -> Reading:
    """One grade of a row with its movement, whose words are the finding's where the row is its ``own``."""
    start, end = row.start + grade.start(), row.start + grade.end()
    value = replace(row, kind="value", id="grade", start=start, end=end, value=read(grade[0]), wording=grade[0])
    named = subject if own else value
    return Reading(subject, value, subject.side or side, named.start, named.end)


def _is_cell(tokens: Sequence[Token], at: int) -> bool:
    """Whether an unknown word is one of a list with slashes."""
    beside = [*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2]]
    return tokens[at].kind in {"word", "foreign", "subject"} and any(one.wording == "/" for one in beside)


def _side(tokens: Sequence[Token], at: int, first: int) -> str | None:
    """The side right behind the row ``at``, right before it, or before the ``first`` of its movements."""
    behind = next((one for one in tokens[at + 1 : at + 4] if one.kind not in {"link", "prep"}), None)
    if behind is not None and behind.kind == "side":
        return behind.side
    near = [*tokens[max(0, at - 1) : at], *reversed(tokens[max(0, first - 2) : first])]
    return next((one.side for one in near if one.kind == "side"), None)
