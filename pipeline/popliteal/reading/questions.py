"""Questions of an examination ("Which of the following is the most likely diagnosis?") with choices and a key.

A choice says nothing of the patient: a disease among them is possible, a treatment may be given. What stands behind the
key teaches, apart from the sentences that come back to the patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from popliteal.knowledge.concepts import Concept
from popliteal.reading.piece import Piece

#: One of these stands in each text with a question; looked for before anything else.
_MARKS = (
    "hich of the following",
    "orrect answer",
    "CORRECT ANSWER",
    "most likely",
    "most probable",
    "most appropriate",
)
_ASKED = re.compile(
    r"(?:which of the following|\b(?:most|least) (?:likely|probable|appropriate|suitable)|\b(?:in)?correct\b|\bfalse\b"
    r"|\btrue\b|\bexcept\b|\bwhat\b)[^\n]*[?:]\s*$",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"[ \t]*\(?([1-9A-Ia-i])\s?(?:[.):-]\)?|–)\s*(?=\S)")
_KEY = re.compile(
    r"^[ \t]*(?:the )?(?:correct )?answer(?: key)?\s?(?:is|[:=-])\s?\(?[1-9A-I]\b.*$", re.IGNORECASE | re.MULTILINE
)
_LINE = re.compile(r"[^\n]+")
_FEWEST = 3
_THERE = frozenset({None, "present"})
#: What opens a sentence behind the key that is about the patient after all.
_PATIENT = re.compile(
    r"\W*(?:this is|it is an?|th(?:e|is|at) (?:patient|case|man|woman|boy|girl|child|picture)|(?:our|his|her) "
    r"|s?he\b|we (?:are|have)|in (?:this|our|the present) (?:patient|case)|given (?:the|his|her)|with these)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices in ``text[start:end]``, or with ``teaches`` what explains the key of the question."""

    start: int
    end: int
    teaches: bool = False


def questions(text: str) -> list[Choices]:
    """The choices and explanations of a note's questions, in order; none in a note that asks nothing."""
    if not any(mark in text for mark in _MARKS):
        return []
    found = [Choices(start, end) for start, end in _choices(text)]
    keys = [(key.start(), key.end()) for key in _KEY.finditer(text)]
    for (_, start), (end, _) in pairwise([*keys, (len(text), 0)]):
        found.append(Choices(start, end, teaches=True))
    return found


def teach(text: str, pieces: Iterable[Piece], concepts: Mapping[str, Concept]) -> None:
    """Let what a question offers and what explains its key be no finding of the patient's.

    An explanation that names again what the patient was said to have is about the patient.
    """
    asked = questions(text)
    told: set[str] = set()
    for piece in pieces if asked else ():
        one = next((one for one in asked if one.start <= piece.start < one.end), None)
        if one is None:
            told.update(mention.concept for mention in piece.mentions if mention.assertion in _THERE)
        if one is None or (one.teaches and _PATIENT.match(text, piece.start)):
            continue
        for mention in piece.mentions:
            if mention.assertion in _THERE and not (one.teaches and mention.concept in told):
                disease = concepts[mention.concept].is_disease and not one.teaches
                mention.assertion = "possible" if disease else "hypothetical"
                mention.cues.append("question")


def _choices(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of lines that are numbered from the first on, right below a question."""
    lines = list(_LINE.finditer(text))
    for at, (above, first) in enumerate(pairwise(lines), 1):
        if _marker(first[0]) not in {"1", "A"} or not _ASKED.search(above[0]):
            continue
        number = 0
        for line in lines[at:]:
            if _marker(line[0]) not in {str(number + 1), chr(ord("A") + number)}:
                break
            number += 1
        if number >= _FEWEST:
            yield first.start(), lines[at + number - 1].end()


def _marker(line: str) -> str | None:
    """The number or capital letter that a line begins with."""
    choice = _CHOICE.match(line)
    return choice[1].upper() if choice else None
