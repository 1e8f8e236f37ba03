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
    rest: list[Token] = []
    listed: list[Token] = []
    last: list[Token] = []
    for at, token in enumerate(tokens):
        if token.kind != "row":
            if (token.kind == "subject" and token.role == "part") or _is_cell(tokens, at):
                listed.append(token)
            elif token.kind not in _SMALL:
                listed = []
            rest.append(token)
            continue
        grades = [*_GRADE.finditer(token.wording)]
        subjects = listed if len(listed) == len(grades) else last
        known = sum(one.kind == "subject" for one in subjects)
        if len(subjects) != len(grades) or (listed and subjects is last) or known < 2:
            rest.append(replace(token, kind="num"))
            continue
        side = _side(tokens, at, subjects)
        for subject, grade in zip(subjects, grades, strict=True):
            if subject.kind != "subject":
                continue  # a muscle that is none of the inventory ("IP/Q/H/TA")
            start, end = token.start + grade.start(), token.start + grade.end()
            value = replace(
                token, kind="value", id="grade", start=start, end=end, value=read(grade[0]), wording=grade[0]
            )
            named = subject if subjects is listed else value
            readings.append(Reading(subject, value, subject.side or side, named.start, named.end))
        rest = [one for one in rest if not any(one is subject for subject in subjects)]
        last, listed = subjects, []
    return readings, rest


def _is_cell(tokens: Sequence[Token], at: int) -> bool:
    """Whether an unknown word is one of a list with slashes."""
    beside = [*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2]]
    return tokens[at].kind in {"word", "foreign", "subject"} and any(one.wording == "/" for one in beside)


def _side(tokens: Sequence[Token], at: int, subjects: Sequence[Token]) -> str | None:
    """The side right behind a row, right before it, or before its movements."""
    behind = next((one for one in tokens[at + 1 : at + 4] if one.kind not in {"link", "prep"}), None)
    if behind is not None and behind.kind == "side":
        return behind.side
    first = next((n for n, one in enumerate(tokens) if one is subjects[0]), at)
    near = [*tokens[max(0, at - 1) : at], *reversed(tokens[max(0, first - 2) : first] if first < at else [])]
    return next((one.side for one in near if one.kind == "side"), None)
