"""What is said by denying its opposite, of two things together: "neither the pulses nor the sensation were altered".

It is read as "the pulses and the sensation were normal"; "neither pulse was felt" stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from popliteal.reading.tokens import any_of

#: Words of this length and more are read as the longer word for what is normal.
_LONG = 6


class Litotes:
    """Compiled from the classes of ``words.yaml``."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        disturbed = any_of(classes["disturbed"])
        self._tested = re.compile(any_of(classes["examined_things"]), re.IGNORECASE)
        self._long, self._short = classes["undisturbed"]
        self._said = re.compile(
            r"\b(?P<neither>neither)(?P<one>(?:[ \n]+[\w'/-]+){1,5}?)"
            r"(?:[ \n]+(?P<nor>nor)(?P<two>(?:[ \n]+[\w'/-]+){1,5}?))?"
            rf"[ \n]+(?:(?:is|are|was|were|appeared|seemed|looked|has been|have been|had been)[ \n]+(?:\w+ly[ \n]+)?)?"
            rf"(?P<disturbed>{disturbed})(?=[ \n]*(?:[.,;)]|\Z|(?:in|on|at|over|by|below|today|and|but)\b))",
            re.IGNORECASE,
        )

    def __call__(self, text: str) -> str:
        """``text``, as long as it was, with what is normal in such words called so."""
        if "either" not in text:
            return text
        return self._said.sub(self._plain, text)

    def _plain(self, said: re.Match[str]) -> str:
        words, start = said[0], said.start()
        if self._tested.search(words) is None:  # "neither leg was weak"
            return words
        normal = self._long if len(said["disturbed"]) >= _LONG else self._short
        for part, plain in (("neither", "the"), ("nor", "and"), ("disturbed", normal)):
            if said[part]:  # a word that ends where the one it is read for does
                at = said.start(part) - start
                words = words[:at] + plain.rjust(len(said[part])) + words[at + len(said[part]) :]
        return words
