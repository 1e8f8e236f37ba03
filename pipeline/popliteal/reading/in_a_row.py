"""Answers in a row behind what was asked: "numbness N burning N tingling Y", "fever: no rigors: no back pain: yes".

Nothing else parts one field from the next, so each answer is of the words before it, back to the last answer. The row
is read only as a whole: it ends with an answer, and before each stand a few words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from popliteal.knowledge import Knowledge
from popliteal.knowledge.alternation import lower
from popliteal.reading.boxes import Answer
from popliteal.reading.tokens import any_of

#: What ends the sentence before a row, or names it ("Red flags: saddle N bladder N").
_OPENS = re.compile(r"[.!?;](?=\s)|[\n\r\f\v]")
_HEADED = re.compile(r"\s*[A-Z][\w /-]{1,30}:\s(?=[^:]*$)")
_ASKED = re.compile(r"[\s,;/|&+]*(?:and\s+)?(?P<words>[A-Za-z][\w'’/()-]*(?: [\w'’/()-]+){0,4})\Z")
#: A row is no longer than so many characters, and has so many answers at least.
_LONGEST = 400
_FEWEST = 2


class Rows:
    """Compiled from the words that answer, in ``words.yaml``."""

    def __init__(self, knowledge: Knowledge) -> None:
        classes = knowledge.words.classes
        self._yes = frozenset(classes["row_yes"])
        answer = any_of((*classes["row_yes"], *classes["row_no"]))
        said = rf"(?:\s*[:=–-]\s*|\s*\(|\s){answer}\)?(?![\w/'’-])"
        words = [*map(lower, (*classes["row_yes"], *classes["row_no"]))]
        begin = "".join({word[0] for word in words})  # the first letter first: most places are told by it
        rest = "|".join(f"(?<={word[0]}){word[1:]}" for word in words)
        self._ends = re.compile(rf"[{begin}](?<!\w.)(?:{rest})\)?(?![\w/'’-])[ \t]*(?=[.;]?[ \t]*(?:$|[\n\r])|[.;]\s)")
        self._last = re.compile(rf"(?<=\w){said}[ \t]*(?=[.;]?[ \t]*(?:$|[\n\r])|[.;]\s)", re.IGNORECASE)
        self._answer = re.compile(rf"(?<=\w){said.replace(answer, f'(?P<answer>{answer})')}", re.IGNORECASE)
        self._not_asked = re.compile(rf"(?:{'|'.join(classes['row_never'])})", re.IGNORECASE)

    def answers(self, text: str) -> Iterator[Answer]:
        """The answers of the rows of a note, in order."""
        if self._ends.search(lower(text)) is None:  # told much faster than what stands before an answer
            return
        done = 0
        for last in self._last.finditer(text):
            start = max(done, last.start() - _LONGEST)
            opened = [stop.end() for stop in _OPENS.finditer(text, start, last.start())]
            start = opened[-1] if opened else start
            yield from self._row(text, start, last.end())
            done = last.end()

    def _row(self, text: str, start: int, end: int) -> list[Answer]:
        """The answers of ``text[start:end]`` if it is a row."""
        found: list[Answer] = []
        at = start
        for answer in self._answer.finditer(text, start, end):
            asked = text[at : answer.start()]
            headed = _HEADED.match(asked) if at == start else None
            words = _ASKED.match(asked[headed.end() :] if headed else asked)
            if words is None or self._not_asked.fullmatch(words["words"]):
                return []
            yes = answer["answer"].lower() in self._yes
            found.append(Answer(answer.start() - len(words["words"]), answer.start(), yes, answer["answer"]))
            at = answer.end()
        return found if len(found) >= _FEWEST else []
