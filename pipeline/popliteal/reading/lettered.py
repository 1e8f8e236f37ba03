"""Letters that head the lines of a note: S, O, A and P of a progress note, S, B, A and R of a handover."""

from __future__ import annotations

import re
from collections.abc import Sequence

from popliteal.knowledge.sections import SectionRules

_NUMBERED = re.compile(r"\d{1,2}[.)]")
_DASHED = re.compile(r"\s?[:–—-]\s")


def heading_letters(text: str, starts: Sequence[int], ends: Sequence[int], rules: SectionRules) -> dict[str, str]:
    """The letters that head lines of ``text``, with the kinds of section they open; ``starts`` and ``ends`` are those
    of its lines.

    All letters of a handover make one ("R:" is then no side); of a progress note, two of its letters, or P alone below
    an impression.
    """
    heads = {
        text[start]
        for start, end in zip(starts, ends, strict=True)
        if text[start] in rules.handover and _DASHED.match(text, start + 1, end)
    }
    if heads.issuperset(rules.handover):
        return rules.handover
    letters = {
        text[start]
        for start, end in zip(starts, ends, strict=True)
        if text[start] in rules.soap and letter_end(text, start, end) is not None
    }
    concluded = letters == {"P"} and any(text.startswith(rules.concluding, start) for start in starts)
    return {letter: rules.soap[letter] for letter in letters} if len(letters) > 1 or concluded else {}


def letter_end(text: str, start: int, end: int, *, dashed: bool = False) -> int | None:
    """Where the words behind the letter that heads a line begin; None where it heads none. ``dashed`` takes a dash for
    the colon."""
    after = start + 1
    if after == end:
        return after
    if dashed and (match := _DASHED.match(text, after)):
        return match.end()
    if text[after] not in ":/)" or (text[after] != ":" and text[after + 1 : after + 2] != ":"):
        return None
    rest = text[after + 1 : after + 8].strip()
    return None if rest[:1].isdigit() and not _NUMBERED.match(rest) else after + 1
