"""Where sentences end in clinical text: one pass over the text, linear in its length.

Notes are not prose: lines end without stops, lists are numbered, abbreviations carry stops, exports flatten line breaks
to ``:,`` and ``.,``. A wrong end hides a negation from its target; a missed end leaks it. Both are decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from popliteal.knowledge.sentences import SentenceWords
from popliteal.reading.inline_lists import items

#: No sentence is longer than this many characters: what reads sentences may be more than linear in their length.
LONGEST = 2000
#: So many of its last characters are looked through for a place to cut it.
_LAST = 400

#: Shorter lines are not taken for wrapped ones, but where nearly all are as full as they can be.
_WRAPPED = 40
#: Nor are these anywhere.
_NARROWEST = 20
#: The share of the breaks of a narrow text at which the next word found no room, of all where there are not several,
#: and that of those behind which a small letter stands.
_FULL, _SEVERAL, _SMALL = 0.6, 3, 0.5
#: Wider lines than this are paragraphs on one line, not text that somebody wrapped.
_WIDEST_WRAP = 132
#: A line that goes on in lower case was wrapped if it is at least this long, and the lines around are no longer.
_LONG_LINE = 60
#: So much shorter than the others a line may be that was wrapped by hand.
_RAGGED = 15
#: So many characters before and behind a line the lines around it are looked at.
_AROUND = 1500

# One of a few characters begins each, so that the text between is passed over at once: a line break, a stop, or what is
# left of a line break in an export. Every alternative matches without a condition behind it: nothing is scanned twice.
_CANDIDATE = re.compile(
    r"[.!?…\n\r\f\v\x85\u2028\u2029:,]"
    r"(?:(?<=[.!?…])[.!?…]*+[\"')\]”’*]*+"
    r"|(?<=[\n\r\f\v\x85\u2028\u2029])\s*"
    r"|(?<=:),|(?<=,)(?=\s{0,3}(?:\d{1,2}[.)]\s|[A-Z][A-Z/&() -]{1,40}:)))"
)
_STOPS = frozenset(".!?…")
_FLAT = frozenset(",:")
_BREAKS = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]")
_ITEM = re.compile(
    r"(?:[•◦▪●○■□‣·➢►→✓*–—-]+|[+>o](?=\s))\s{0,4}(?=\S)|#{1,6}\s?\S"
    r"|\(?(?:\d{1,2}|(?!N\.)[a-zA-Z]|i{1,3}|iv|vi{0,3})[.)](?=\s)|\d{1,2}\)"
)
#: What a mark of doubt stands right behind ("calf swelling (? DVT)", 'wrote "? DVT"'), which ends no question.
_OPENED = re.compile(r"(?:[(\[{“‘:;,=/–—>→*|+~-]|(?:^|[\s(])[\"'])$")
_WORD_BEFORE = re.compile(r"[^\s,;:(\[\"“]+$")
_NUMBER = re.compile(r"\d{1,2}\.\s")
_FIRST_WORD = re.compile(r"\S{1,40}")
#: A denial that opens a sentence at the end of a line, and is no answer ("Fever: no").
_NO = re.compile(r"[.;] [Nn]o$")
#: What begins no line that its writer broke: a grade, a degree of reflexes, a value with its unit or its stop, an "N.".
_VALUE = re.compile(r"[0-5][+-]?\s?/\s?5\b|[0-4]?\+{1,4}(?=[\s,.;]|$)|\d+(?:\.\d+)?(?:%|[.,;](?=\s|$))|N[.,;](?=\s|$)")


def sentences(text: str, known: SentenceWords) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of ``text``.

    The spans are in order, do not overlap, neither begin nor end with white space, and together hold every character
    that is not white space.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for end in (*_ends(text, known), len(text)):
        part = text[start:end]
        first = start + len(part) - len(part.lstrip())
        last = first + len(part.strip())
        if last - first > LONGEST:
            found.extend(pieces(text, first, last))
        elif first < last:
            found.append((first, last))
        start = end
    return [*items(text, found)]


def unwrapped(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with spaces for the line breaks inside of its sentences (``spans``): it was wrapped there.

    >>> unwrapped("Numb for 3\\nweeks.\\nNo pain.", [(0, 17), (18, 26)])
    'Numb for 3 weeks.\\nNo pain.'
    """
    if "\n" not in text:
        return text
    parts: list[str] = []
    last = 0
    for start, end in spans:
        if "\n" in text[start:end]:
            parts += (text[last:start], text[start:end].replace("\n", " "))
            last = end
    return "".join((*parts, text[last:]))


def _ends(text: str, known: SentenceWords) -> Iterator[int]:
    lines = text.splitlines()
    width = _width(lines)
    sentence = line = 0
    for match in _CANDIDATE.finditer(text):
        at, after = match.span()
        mark = text[at]
        if mark in _STOPS:
            after += text.startswith(",", after) and _flattened(text, after)
            ends = _stop_ends(text, sentence, match, after, known)
        elif mark in _FLAT:
            ends = True
        else:
            ends = _line_ends(text, line, match, width, known)
            line = after
        if ends:
            yield after
            sentence = after


def _width(lines: list[str]) -> int:
    """The width at which a text was wrapped, or 0."""
    width = max(map(len, lines), default=0)
    if width < _WRAPPED:
        return width if width >= _NARROWEST and _packed(lines, width) else 0
    return width if width <= _WIDEST_WRAP and _goes_on_below(lines) else 0


def _packed(lines: list[str], width: int) -> bool:
    """Whether most lines of a narrow text broke where the next word found no room, and mostly amid a sentence."""
    breaks = [(line, below.split(None, 1)[0]) for line, below in pairwise(lines) if line.strip() and below.strip()]
    full = [word for line, word in breaks if len(line) + 1 + len(word) > width]
    enough = _FULL if len(breaks) > _SEVERAL else 1
    small = sum(word[0].islower() for word in full)
    return len(full) > 1 and len(full) >= enough * len(breaks) and small >= _SMALL * len(full)


def _goes_on_below(lines: list[str]) -> bool:
    """Whether some long line goes on in lower case; else no line was wrapped, the longest is one among others.

    Of a text in capitals, which tell nothing, a line goes on where it ends without a stop and is followed by another.
    """
    if any(len(line) >= _WRAPPED and below[:1].islower() for line, below in pairwise(lines)):
        return True
    long = [line for line, below in pairwise(lines) if len(line) >= _WRAPPED and line.isupper() and below[:1].isalpha()]
    return sum(line.rstrip()[-1:].isalnum() for line in long) > 1


def _line_ends(text: str, line: int, gap: re.Match[str], width: int, known: SentenceWords) -> bool:
    """Whether a line break ends a sentence, of the line that began at ``line``.

    ``gap`` is the break with the white space behind it; ``width`` that of the text, 0 where it is not wrapped.
    """
    at, after = gap.span()
    if after >= len(text) or (gap[0] != "\n" and ("\f" in gap[0] or len(_BREAKS.findall(gap[0])) > 1)):
        return True
    before = text[max(line, at - 200) : at].rstrip()
    word = _FIRST_WORD.match(text, after)
    length = at - line
    wrapped = 0 < width < length + 1 + (len(word[0]) if word else 0)
    if not before or "\t" in before or "|" in before:
        return True
    if _ITEM.match(text, after):
        return not (length >= 20 and known.ends_counting.search(before[-16:]) and _NUMBER.match(text, after))
    if _NO.search(before[-5:]):
        return False
    if before[-1] in ".!?:…":
        return not (before[-1] == ":" and wrapped and text[after].islower())  # "Advised:" and what, on the next line
    if text[after].islower():
        if wrapped or (word and word[0] in known.resuming) or (length >= 20 and known.ends_unfinished.search(before)):
            return False
        return length < _LONG_LINE or _has_room(text, line, length + 1 + (len(word[0]) if word else 0))
    if wrapped or length < _WRAPPED:
        return not wrapped
    return not (known.ends_unfinished.search(before[-12:]) or _VALUE.match(text, after))


def _has_room(text: str, line: int, needed: int) -> bool:
    """Whether lines around the one at ``line`` are so much longer than ``needed`` that nobody wrapped it there."""
    first = text.rfind("\n\n", max(0, line - _AROUND), line) + 1 or max(0, line - _AROUND)
    last = text.find("\n\n", line, line + _AROUND)
    lengths = map(len, text[first : last if last >= 0 else line + _AROUND].splitlines())
    return sum(length >= needed + _RAGGED for length in lengths) > 1


def _flattened(text: str, comma: int) -> bool:
    """Whether a comma after a stop was a line break before the note was exported."""
    follows = text[comma + 1 : comma + 2]
    if follows.isspace():
        follows = text[comma + 1 : comma + 6].lstrip()[:1]
    return not follows or follows.isupper() or follows.isdigit() or follows in "-•*("


def _stop_ends(text: str, sentence: int, match: re.Match[str], after: int, known: SentenceWords) -> bool:
    """Whether the stop that ``match`` found ends the sentence that began at ``sentence``."""
    at = match.start()
    if after >= len(text):
        return True
    glued = not text[after].isspace() and after == match.end()
    if text[at] != ".":
        spaced = at == 0 or text[at - 1].isspace() or bool(_OPENED.search(text, max(0, at - 2), at))
        return not glued and not spaced and not _next(text, after).islower()
    if glued:  # "seen.The patient": a space went missing, but "q.Day" and "12.3.2020" are no ends
        return (
            text[after].isupper()
            and text[after + 1 : after + 2].islower()
            and text[max(0, at - 3) : at].islower()
            and at >= 3
        )
    word = _word_before(text, max(sentence, at - 20), at)
    if text.startswith("..", at) or not word:
        return not _next(text, after).islower()
    if (word.isdigit() or len(word) == 1) and _opens_item(text, sentence, at - len(word), word):
        return False
    if word.lower() in known.leading and _leads(text[max(sentence, at - 20) : at - len(word)], known):
        return False
    return _word_ends(word, text, after, known)


def _leads(before: str, known: SentenceWords) -> bool:
    """Whether what stands before an abbreviation leaves it to what follows: nothing, a number, an article."""
    words = before.lower().split()
    return not words or words[-1].strip("-•*(.)0123456789") in {"", *known.articles}


def _next(text: str, at: int) -> str:
    """The first character from ``at`` on that is no space; nothing where only spaces follow for long."""
    return text[at : at + 8].lstrip()[:1]


def _word_before(text: str, start: int, end: int) -> str:
    """The word, or what stands in its place, that ends at ``end`` and begins at ``start`` or later; maybe empty."""
    last = text[start:end].rsplit(None, 1)[-1:]
    if last and last[0].isalnum() and text[end - 1].isalnum():  # most are no more than letters
        return last[0]
    before = _WORD_BEFORE.search(text, start, end)
    return before[0] if before else ""


def _opens_item(text: str, sentence: int, at: int, word: str) -> bool:
    """Whether the number or letter at ``at`` ("1.", "a.") stands at the start of a sentence or list."""
    before = text[max(sentence, at - 8) : at].rstrip()
    return not before.strip("-•*(,") or (word == "1" and before[-1] in ":,")


def _word_ends(word: str, text: str, after: int, known: SentenceWords) -> bool:
    """Whether a stop behind ``word`` ends a sentence when ``text`` goes on at ``after``."""
    low = word.lower()
    if low in known.before_number and _next(text, after).isdigit():
        return False
    initials = len(word) > 1 and word.isupper()  # "MS." is a disease, "Ms." a lady
    if initials and low in known.in_capitals:
        return True
    if low in known.never and not initials:
        return False
    if low in known.never or low in known.maybe or (len(low) == 1 and low.isalpha()):
        following = _next(text, after)
        wide = low not in known.never and text.startswith("  ", after)  # "plantars ↑ R, ↓ L.  vib reduced"
        return wide or not (following.islower() or following.isdigit() or following in ",;")
    return True


def _cut(text: str, start: int, end: int) -> int:
    """Where a piece ends: behind the last comma or semicolon near its end, so that a denial keeps what it denies."""
    part = max(text.rfind(", ", max(start, end - _LAST), end), text.rfind("; ", max(start, end - _LAST), end))
    blank = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
    return part + 1 if part >= 0 else blank if blank >= 0 else end


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without white space around it, in pieces no longer than :data:`LONGEST`; nothing if it is blank."""
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    end = start + len(part.strip())
    while end - start > LONGEST:
        cut = _cut(text, start + 1, start + LONGEST)
        yield from pieces(text, start, cut)
        start = cut
        while text[start].isspace():
            start += 1
    if end > start:
        yield start, end
