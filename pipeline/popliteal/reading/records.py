"""Notes kept as a record of named fields (JSON): ``{"History": "Numb foot", "Signs": ["No fever", "Foot drop"]}``.

Every field and every item of a list is read as a line of its own, its name as a title; the signs between them are not
read, so that what one of them denies says nothing of the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from popliteal.reading.edit import Edit

#: At least so many fields have names in quotes.
_FEWEST = 3
_FIELDS = {
    quote: re.compile(rf"[{{,]\s*{quote}[A-Za-z][\w ./()-]{{1,60}}{quote}\s*:\s*[\[{{\"'\w-]") for quote in ('"', "'")
}
#: A string, with the colon behind it if it is a name; an apostrophe within a word ends none. Or what parts strings.
_PARTS = {
    quote: re.compile(
        rf"{quote}(?P<words>(?:[^{quote}\\]|\\.|(?<=\w){quote}(?=\w))*){quote}(?P<name>\s*:\s*)?"
        r"|[,\[\]{}][\s,\[\]{}]*",
        re.DOTALL,
    )
    for quote in ('"', "'")
}
_INSIDE = re.compile(r"\\(.)|_", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": " "}


def edits(text: str) -> list[Edit]:
    """What is read in place of the signs of a record; nothing in a text without one."""
    start, end = text.find("{"), text.rfind("}") + 1
    if start < 0 or end <= start:
        return []
    for quote, fields in _FIELDS.items():
        if len(list(islice(fields.finditer(text, start, end), _FEWEST))) == _FEWEST:
            return list(_edits(text, quote, start, end))
    return []


def _edits(text: str, quote: str, begin: int, stop: int) -> Iterator[Edit]:
    for part in _PARTS[quote].finditer(text, begin, stop):
        if part["words"] is None:
            yield Edit(part.start(), part.end(), "\n")
            continue
        start, end = part.span("words")
        yield Edit(part.start(), start, "")
        for sign in _INSIDE.finditer(text, start, end):
            if sign[1] is not None:
                yield Edit(sign.start(), sign.end(), _ESCAPED.get(sign[1], sign[1]))
            elif part["name"]:
                yield Edit(sign.start(), sign.end(), " ")
        yield Edit(end, part.end(), ": " if part["name"] else "")
