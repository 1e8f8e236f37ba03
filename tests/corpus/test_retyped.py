"""The same note typed, wrapped or exported otherwise says the same: findings and decisions of our corpora, counted.

What a change of form may change is bounded, not forbidden: a line that begins in the middle of a short note is a new
one as often as not.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from popliteal.evaluating.corpus import load
from popliteal.running.engine import Engine
from popliteal.schema import Note

CORPORA = Path(__file__).parents[2] / "corpora"


def wrapped(width: int) -> Callable[[str], str]:
    def retyped(text: str) -> str:
        cut = (textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) for line in text.split("\n"))
        return "\n".join("\n".join(line) for line in cut)

    return retyped


def written(**words: str) -> Callable[[str], str]:
    """Each word as that writer writes it."""
    word = re.compile(rf"(?<![\w/])(?:{'|'.join(words)})(?![\w/-])")
    return lambda text: word.sub(lambda one: words[one[0]], text)


def side_of_a_part(**words: str) -> Callable[[str], str]:
    """Each side as that writer writes it before a part of the leg."""
    side = re.compile(r"(?<![\w/])(left|right) (?=(?:leg|foot|knee|calf|ankle|thigh|hip|toe|shin)\b)")
    return lambda text: side.sub(lambda one: words[one[1]], text)


def aside(words: str) -> Callable[[str], str]:
    """An aside behind what a sentence is about."""
    return lambda text: re.sub(r"(?<=[a-z]{3})(?= (?:is|was|are|were) )", words, text, count=1)


def contracted(text: str) -> str:
    return re.sub(r"\b(do|does|did|is|are|was|were|has|have|had|could) not\b", r"\1n't", text).replace(
        "cannot", "can't"
    )


def stopped(mark: str) -> Callable[[str], str]:
    """Another mark, or none, where a full stop stands between two sentences of a line."""
    return lambda text: re.sub(r"(?<=[a-z]{2})\. (?=[A-Z])", f"{mark} ", text)


#: How a note is typed otherwise; of a thousand findings, and of a thousand notes' tiers, so many may change.
RETYPED: dict[str, tuple[Callable[[str], str], float, float]] = {
    "small letters": (str.lower, 10, 6),
    "capitals": (str.upper, 10, 6),
    "wrapped at 60": (wrapped(60), 4, 2),
    "wrapped at 80": (wrapped(80), 4, 6),
    "in a narrow column": (wrapped(38), 36, 34),
    "Windows": (lambda text: text.replace("\n", "\r\n"), 0, 0),
    "a blank line below each": (lambda text: text.replace("\n", "\n\n"), 2, 0),
    "HTML": (lambda text: text.replace("\n", "<br>\n"), 2, 0),
    "line breaks escaped": (lambda text: text.replace("\n", "\\n"), 4, 4),
    "HL7": (lambda text: text.replace("\n", "\\.br\\"), 4, 4),
    "no-break spaces": (lambda text: text.replace(" ", "\xa0"), 0, 0),
    "two spaces behind stops": (lambda text: re.sub(r"(?<=[.,]) ", "  ", text), 2, 2),
    "indented": (lambda text: "".join(f"    {line}" for line in text.splitlines(keepends=True)), 0, 0),
    "blanks at the ends of lines": (lambda text: "\n".join(f"{line}   " for line in text.split("\n")), 0, 0),
    "no spaces behind commas": (lambda text: text.replace(", ", ","), 2, 2),
    "sides as letters": (written(left="L", right="R"), 4, 2),
    "sides shortened": (written(left="Lt", right="Rt"), 4, 2),
    "sides in brackets": (written(left="(L)", right="(R)"), 10, 6),
    "sides with a stop": (side_of_a_part(left="Lt. ", right="Rt. "), 2, 2),
    "sides with a slash": (side_of_a_part(left="L/", right="R/"), 2, 2),
    "an aside before the verb": (aside(", he says,"), 8, 6),
    "with and without shortened": (written(**{"with": "w/", "without": "w/o"}), 6, 6),
    "ampersands": (written(**{"and": "&"}), 4, 4),
    "contracted": (contracted, 4, 6),
    "without full stops": (stopped(""), 76, 30),
    "semicolons for full stops": (stopped(";"), 15, 6),
    "dashes for full stops": (stopped(" -"), 30, 8),
    "hers": (written(he="she", his="her", He="She", His="Her"), 0, 0),
}


#: What changes the most, and what is held to the least, is counted over every note: in a third of them chance decides.
COUNTED_IN_ALL = {"without full stops", "two spaces behind stops"}


@lru_cache(maxsize=2)
def notes(step: int) -> list[str]:
    """Every third note of the corpora, or all: the others would mostly show the same, and cost minutes."""
    return [gold.note.text for folder in ("notes", "vignettes") for gold in load(CORPORA / folder)][::step]


def said(text: str) -> tuple[Counter[tuple[Any, ...]], str]:
    result = Engine().assess_note(Note(note_id="n", text=text))
    columns = ("concept", "laterality", "assertion", "temporality", "onset", "course")
    return Counter(tuple(one[column] for column in columns) for one in result["findings"]), result["urgency"]["tier"]


@lru_cache(maxsize=2)
def as_written(step: int) -> list[tuple[Counter[tuple[Any, ...]], str]]:
    return [said(text) for text in notes(step)]


@pytest.mark.parametrize("form", RETYPED)
def test_a_note_typed_otherwise_says_the_same(form: str) -> None:
    retyped, findings, tiers = RETYPED[form]
    lost = changed = total = 0
    step = 1 if form in COUNTED_IN_ALL else 3
    for text, (before, tier) in zip(notes(step), as_written(step), strict=True):
        after, now = said(retyped(text))
        lost += (before - after).total()
        total += before.total()
        changed += now != tier
    assert lost <= total * findings / 1000
    assert changed <= len(notes(step)) * tiers / 1000
