"""Asides between the subject of a sentence and its verb, read as if they were not there: "cauda equina syndrome (as
before) has been excluded", "the foot, he says, is numb"; and the marks around a few words ('some "staggering" when
walking').
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from popliteal.reading.tokens import any_of

#: A blank that parts no fields of a line.
_BLANK = "\u00a0"
#: A few words in quotes, and no more: not what somebody says at length, nor a sign for inches.
_QUOTED = re.compile(r"(?<![\w\"'])[\"“](?P<words>[A-Za-z](?:[\w'/-]* ){0,3}[\w'/-]*[a-z][,.]?)[\"”](?![\w\"'])")


class Asides:
    """Compiled from the classes of ``words.yaml``."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        teller, tells, said, verb = (
            any_of(classes[name]) for name in ("aside_teller", "aside_tells", "aside", "aside_before")
        )
        inside = rf"(?:{said}|{teller} {tells}(?: (?:me|us))?|according to {teller})"
        # the comma or bracket first: that is what is looked for, and is told fast
        self._aside = re.compile(rf"[,(](?:(?<=\w,) {inside},|(?<=\w \(){inside}\))(?= {verb})", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """``text``, as long as it was, with blanks for such asides and marks."""
        if '"' in text or "“" in text:
            text = _QUOTED.sub(rf"{_BLANK}\g<words>{_BLANK}", text)
        parts: list[str] = []
        done = 0
        for aside in self._aside.finditer(text):
            start = aside.start() - (aside[0][0] == "(")  # with the blank before a bracket
            parts += (text[done:start], _BLANK * (aside.end() - start))
            done = aside.end()
        return "".join((*parts, text[done:])) if parts else text
