"""Tables with a column for each side: a row under them is read as if each of its cells had its side before it.

"DP    absent    present" under "R    L" is read as "DP:  R absent,  L present", in the blanks that it has, so that all
that can be said of a side in a sentence is read in a table, too. Rows of grades are read by ``measurements/tables.py``.
"""

from __future__ import annotations

import re

from popliteal.reading.measurements.tables import headers, is_grade

_CELL = r"\S+(?: [^\s|]+){0,4}"
_ROW = re.compile(
    rf"[ \t|]*[A-Za-z]\S*(?: [^\s|]+){{0,5}}?(?P<one>[ \t]*\|[ \t]+|[ \t]{{3,}})(?P<first>{_CELL})"
    rf"(?P<other>[ \t]*\|[ \t]+|[ \t]{{3,}})(?P<second>{_CELL})[ \t|]*$"
)
_ROWS = 24
_WIDTH = 160
#: A gap so wide has room for a mark that parts the cells.
_ROOMY = 4


def with_sides(text: str) -> str:
    """``text``, as long as it was, with the sides of two columns in the blanks before their cells.

    >>> with_sides("Pulses    R         L\\nDP        absent    present\\nSays so.").split("\\n")[1]
    'DP:     R absent, L present'
    """
    parts: list[str] = []
    done = 0
    for header in headers(text):
        sides = (header[1][0].upper(), header[2][0].upper())
        at = header.end() + 1
        if sides[0] == sides[1] or at <= done:
            continue
        for _ in range(_ROWS):
            stop = text.find("\n", at)
            stop = len(text) if stop < 0 else stop
            line = text[at:stop]
            if at >= len(text) or not (line.strip(" \t|+:=-") or "-" in line) or len(line) > _WIDTH:
                break
            row = _ROW.match(line)
            if row is not None and not (is_grade(row["first"]) and is_grade(row["second"])):
                parts += (text[done:at], _sided(row, sides))
                done = stop
            at = stop + 1
    return "".join((*parts, text[done:])) if parts else text


def _sided(row: re.Match[str], sides: tuple[str, str]) -> str:
    """A row with a letter for the side in each of its two gaps."""
    line = row.string
    for gap, side, mark in (("one", sides[0], ":"), ("other", sides[1], ",")):
        start, end = row.span(gap)
        blank = " " * (end - start - 2)
        if end - start >= _ROOMY:
            blank = mark + blank[1:]
        line = f"{line[:start]}{blank}{side} {line[end:]}"
    return line
