"""Questions of an examination ("Which of the following is the most likely diagnosis?") with choices and a key.

A choice says nothing of the patient: a disease among them is possible, a treatment may be given. What stands behind the
key teaches, apart from the sentences that come back to the patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from popliteal.knowledge import Knowledge
from popliteal.knowledge.alternation import lower
from popliteal.reading.general import General, make_general
from popliteal.reading.piece import Piece
from popliteal.reading.tokens import any_of

_CHOICE = re.compile(r"[ \t]*\(?([1-9A-Ia-i])\s?(?:[.):-]\)?|–)\s*(?=\S)")
_KEY = re.compile(
    r"^[ \t]*(?:the )?(?:correct )?answer(?: key)?\s?(?:is|[:=-])\s?\(?[1-9A-I]\b.*$", re.IGNORECASE | re.MULTILINE
)
_LINE = re.compile(r"[^\n]+")
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices in ``text[start:end]``, or with ``teaches`` what explains the key of the question."""

    start: int
    end: int
    teaches: bool = False


class Questions:
    """Compiled from the word lists of ``words.yaml``; ``general`` tells what is said of everybody."""

    def __init__(self, knowledge: Knowledge, general: General) -> None:
        self._concepts, self._general = knowledge.concepts, general
        words = knowledge.words
        self._marks = tuple(words.classes["examined_with"])  # looked for before anything else
        self._asked = re.compile(rf"{any_of(words.classes['asking'])}[^\n]*[?:]\s*$", re.IGNORECASE)
        self._titles = re.compile(rf"^[ \t]*{any_of(words.classes['explaining'])}\s?:", re.IGNORECASE | re.MULTILINE)
        self._of_patient = re.compile(rf"\W*{any_of(words.classes['back_to_the_patient'])}", re.IGNORECASE)

    def teach(self, text: str, pieces: Iterable[Piece]) -> None:
        """Let what a question offers and what explains its key be no finding of the patient's."""
        asked = self._found(text)
        low = lower(text) if asked else ""
        for piece in pieces if asked else ():
            one = next((one for one in asked if one.start <= piece.start < one.end), None)
            if one is None or not piece.mentions or (one.teaches and self._of_patients(text, low, piece)):
                continue
            for mention in piece.mentions:
                disease = self._concepts[mention.concept].disease and not one.teaches
                make_general(mention, "possible" if disease else "hypothetical")

    def _of_patients(self, text: str, low: str, piece: Piece) -> bool:
        """Whether a sentence of an explanation comes back to the patient."""
        return self._of_patient.match(text, piece.start) is not None or self._general.of_somebody(low, piece)

    def _found(self, text: str) -> list[Choices]:
        """The choices and explanations of a note's questions, in order; none in a note that asks nothing."""
        if not any(mark in text for mark in self._marks):
            return []
        found = [Choices(start, end) for start, end in self._choices(text)]
        keys = [(key.start(), key.end()) for key in _KEY.finditer(text)]
        keys = sorted(keys + [(title.start(), title.start()) for title in self._titles.finditer(text)])
        for (_, start), (end, _) in pairwise([*keys, (len(text), 0)]):
            found.append(Choices(start, end, teaches=True))
        return found

    def _choices(self, text: str) -> Iterator[tuple[int, int]]:
        """Stretches of lines that are numbered from the first on, right below a question."""
        lines = list(_LINE.finditer(text))
        for at, (above, first) in enumerate(pairwise(lines), 1):
            if _marker(first[0]) not in {"1", "A"} or not self._asked.search(above[0]):
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
