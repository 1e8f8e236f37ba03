"""Short names that stand inside a longer one: "common peroneal nerve (CPN) palsy" is read as if they were not there.

Short names that the patterns have for a finding stay: "deep vein thrombosis (DVT) of the leg" names it twice, until it
is known that both are the same finding.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from itertools import pairwise

from popliteal.reading.mention import Mention

_SHORT = re.compile(r" \(([A-Z]{2,6})\)(?= [a-z])")
_WORD = re.compile(r"[A-Za-z]+")
#: Characters before a bracket in which the words stand that it is short for.
_REACH = 80


def without_short_names(text: str, known: Container[str]) -> str:
    """``text``, as long as it was, with blanks for the short names that are not ``known`` by themselves.

    >>> without_short_names("left sural nerve (SN) palsy", {"DVT"})
    'left sural nerve      palsy'
    """
    for short in _SHORT.finditer(text):
        if short[1] not in known and _is_short_for(short[1], text[max(0, short.start() - _REACH) : short.start()]):
            text = text[: short.start()] + " " * len(short[0]) + text[short.end() :]
    return text


def _is_short_for(short: str, before: str) -> bool:
    """Whether the last words before a bracket begin with its letters."""
    words = _WORD.findall(before)[-len(short) :]
    return "".join(word[0] for word in words).upper() == short


def without_repeats(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions without the abbreviations that only say again what stands before them: "thrombosis (DVT)"."""
    return [
        mention
        for before, mention in pairwise([None, *mentions])
        if mention is not None
        and (
            before is None
            or before.concept != mention.concept
            or text[before.end : mention.start].lstrip() != "("
            or text[mention.end : mention.end + 1] != ")"
            or not text[mention.start : mention.end].isupper()
        )
    ]
