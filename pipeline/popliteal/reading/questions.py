"""Questions of an examination ("Which of the following is the most likely diagnosis?") with choices and a key.

A choice says nothing of the patient: a disease among them is possible, a treatment may be given. What stands behind the
key, and under titles such as "Learning points", teaches, apart from the sentences that come back to the patient, up to
where the next patient comes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from popliteal.knowledge import Knowledge
from popliteal.knowledge.alternation import lower
from popliteal.knowledge.literals import Literals
from popliteal.reading.general import General, make_general
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece
from popliteal.reading.tokens import any_of
from popliteal.schema import CHOICE

_CHOICE = re.compile(r"[-*•○●☐□✓ \t]{0,12}\(?(?:([1-9A-Ia-i])\s?(?:[.):-]\)?|–)[*\s]*(?=\S)|([A-I])(?=[A-Z][a-z]))")
_INLINE = re.compile(r"(?<![\w'’.-])\(?([1-9A-Ia-i])\s?[.):-]\)?[*\s]*(?=[^\W\d_]|\d)")
_SECOND = re.compile(r"(?<![\w'’.-])\(?[2Bb]\s?[.):-]")
_BULLET = re.compile(r"\s*[-*•–]\s*(?=\S)")
_FEW_WORDS = re.compile(r"\W{0,4}[^\W\d_][^\n.:;?\d]{2,60}")
_LINE = re.compile(r"[^\n]+")
_LETTERED = ("\nB", " B)", "(B)", " b)", "(b)", " b.", " B.")
_FEWEST, _MOST = 3, 9
#: No line between a question and its choices ("Select one:") is longer.
_HINT = 40
#: So many characters behind a question its first choice stands, if it does in the same line.
_NEAR = 12


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices in ``text[start:end]``, the key of a question (``key``), or with ``teaches`` what explains it."""

    start: int
    end: int
    teaches: bool = False
    key: bool = False


class Questions:
    """Compiled from the word lists of ``words.yaml``; ``general`` tells what is said of everybody."""

    def __init__(self, knowledge: Knowledge, general: General) -> None:
        self._concepts, self._general = knowledge.concepts, general
        classes = knowledge.words.classes
        self._marks, self._hints = Literals(classes["examined_with"]), Literals(classes["examined_perhaps"])
        asking, keys = any_of(classes["asking"]), any_of(classes["key_of_question"])
        before, behind, choice, right = (
            any_of(classes[name]) for name in ("before_key", "behind_key", "choice", "right_key")
        )
        left_open = any_of(classes["asking_left_open"])
        anything = any_of([*classes["asking"], *classes["asking_anything"]])
        self._asked = re.compile(rf"{anything}[^\n]*(?:[?:_]|{left_open})[*\s]*$", re.IGNORECASE)
        self._left_open = re.compile(rf"(?:\?|{left_open}\s?:?)[*\s]*$", re.IGNORECASE)
        self._asks = re.compile(rf"{asking}[^\n]*\?[*\s]*$", re.IGNORECASE)
        listed = any_of(classes["asking_list"])
        self._listed = re.compile(rf"{anything}[^\n?]*{listed}[^\n?]*\?", re.IGNORECASE)
        self._instructs = re.compile(rf"^[^\w\n]{{0,6}}{any_of(classes['patient_instructions'])}", re.I | re.M)
        self._inline = re.compile(rf"{asking}[^\n?:]*[?:]|\?", re.IGNORECASE)
        self._key = re.compile(
            rf"(?:^[^\w\n]{{0,6}}|(?<=[.?!)] ))(?:{before} )?{keys}(?: {behind})?[^\w\n]{{0,5}}\n?[^\w\n]{{0,4}}"
            rf"(?:{choice} )?(?:[A-I](?![\w'’-])|[1-9](?![\w'’-]|\s?:)|[a-i](?=[.)]))[.):]*"
            r"[^\n]*?(?=[.?!][*\s]|$)|"
            rf"^[^\w\n]{{0,6}}(?:{before} )?{right} {keys}[*\s]*[:=][^\n]*$",
            re.IGNORECASE | re.MULTILINE,
        )
        self._titles = re.compile(
            rf"^[^\w\n]{{0,8}}(?:\d{{1,2}}[.)] )?{any_of(classes['explaining'])}[^\n:.,;?]{{0,60}}(?::|\*\*|[^\S\n]*$)",
            re.IGNORECASE | re.MULTILINE,
        )
        self._of_patient = re.compile(rf"\W*{any_of(classes['back_to_the_patient'])}", re.IGNORECASE)

    def teach(self, text: str, pieces: Iterable[Piece]) -> None:
        """Let what a question offers and what explains its key be no finding of the patient's."""
        examines = self._marks.stand_in(text)
        if (
            not examines
            and not self._hints.stand_in(text)
            and not ("?" in text and any(second in text for second in _LETTERED))
        ):
            return
        examines = examines or self._key.search(text) is not None
        choices, low = [Choices(start, end) for start, end in self._choices(text, bare=examines)], lower(text)
        taught = list(self._taught(text, low)) if examines else []
        asked = self._first_asked(text) if examines else len(text)
        for piece in pieces if choices or examines else ():
            for mention in piece.mentions:
                if _at(choices, mention.start) is not None:
                    disease = self._concepts[mention.concept].disease
                    make_general(mention, "possible" if disease else "hypothetical", CHOICE)
            one = _at(taught, piece.start) if piece.mentions else None
            if not piece.mentions or self._of_patients(text, low, piece):
                continue
            for mention in piece.mentions:
                if one is not None:
                    self._teaches(mention, low, piece, one)
                elif piece.start > asked and not mention.general and self._general.states(low, piece):
                    make_general(mention)

    def _teaches(self, mention: Mention, low: str, piece: Piece, one: Choices) -> None:
        """A disease that is the key of a question is that of its patient; all else is what everybody may have."""
        names = one.key and self._concepts[mention.concept].disease and not self._general.of_everybody(low, piece)
        if not names and not mention.general:
            make_general(mention)

    def _of_patients(self, text: str, low: str, piece: Piece) -> bool:
        """Whether a sentence of an explanation comes back to the patient."""
        return self._of_patient.match(text, piece.start) is not None or self._general.of_somebody(low, piece)

    def _first_asked(self, text: str) -> int:
        """Where the first line that asks something ends."""
        return next((line.end() for line in _LINE.finditer(text) if self._asked.search(line[0])), len(text))

    def _taught(self, text: str, low: str) -> Iterator[Choices]:
        """The keys of a note's questions and what explains them, each up to the next or to the next patient."""
        keys = [(key.start(), key.end()) for key in self._key.finditer(text)]
        yield from (Choices(start, end, key=True) for start, end in keys)
        marks = sorted([*keys, *((title.start(), title.start()) for title in self._titles.finditer(text))])
        for (_, start), (end, _) in pairwise([*marks, (len(text), 0)]):
            again = self._instructs.search(text, start, end)  # "PATIENT INSTRUCTIONS", "Physical examination"
            yield Choices(start, self._general.newcomer(low, start, again.start() if again else end), teaches=True)

    def _choices(self, text: str, *, bare: bool) -> Iterator[tuple[int, int]]:
        """Stretches that are numbered from the first on, right below a question or behind it in its line; ``bare``: or
        lines of few words below it."""
        lines = list(_LINE.finditer(text))
        for at, line in enumerate(lines):
            if _marker(line[0]) in {"1", "A"} and self._below_question(lines, at):
                run = lines[at : at + _run(map(_marker, (one[0] for one in lines[at:])))]
                if len(run) >= _FEWEST:
                    yield run[0].start(), run[-1].end()
            elif self._listed.search(line[0]):
                yield from self._bare(lines, at)
            elif bare and self._asks.search(line[0]):
                yield from _few_words(lines, at + 1)
            if _SECOND.search(line[0]):
                yield from ((line.start() + begin, line.end()) for begin in self._behind_question(line[0]))

    def _bare(self, lines: Sequence[re.Match[str]], at: int) -> Iterator[tuple[int, int]]:
        """What stands behind a question for a list, in its line or in lines with bullets below."""
        question = self._listed.search(lines[at][0])
        if question is None:
            return
        if lines[at][0][question.end() :].strip():
            yield lines[at].start() + question.end(), lines[at].end()
            return
        below = at + 1
        if below < len(lines) and len(lines[below][0]) <= _HINT and not _BULLET.match(lines[below][0]):
            below += 1
        first = below
        while below < len(lines) and _BULLET.match(lines[below][0]):
            below += 1
        if below > first + 1:
            yield lines[first].start(), lines[below - 1].end()

    def _behind_question(self, line: str) -> Iterator[int]:
        """Where the choices of a question in the same line begin."""
        marks = list(_INLINE.finditer(line))
        at = 0
        for question in self._inline.finditer(line):
            while at < len(marks) and marks[at].start() < question.end():
                at += 1
            # behind a question of any kind, only letters are choices
            any_kind = len(question[0]) == 1 and at < len(marks) and marks[at][1].isdigit()
            if at == len(marks) or any_kind or marks[at].start() - question.end() > _NEAR:
                continue
            if _run(mark[1].upper() for mark in marks[at : at + _MOST]) >= _FEWEST:
                yield marks[at].start()
                return

    def _below_question(self, lines: Sequence[re.Match[str]], at: int) -> bool:
        """Whether a question stands above the line ``at``, but for a hint how to answer it; letters follow any."""
        lettered = not lines[at][0].lstrip(" \t-*•○●☐□✓(")[:1].isdigit()
        for line in reversed(lines[max(at - 2, 0) : at]):
            above = line[0].rstrip(" \t*")
            if self._asked.search(line[0]) or (lettered and self._left_open.search(line[0])):
                return True
            if len(above) > _HINT or above.endswith("."):
                return False
        return False


def _few_words(lines: Sequence[re.Match[str]], at: int) -> Iterator[tuple[int, int]]:
    """The lines from ``at`` on that have but a few words each, if they are as many as choices."""
    last = at
    while last < len(lines) and last - at < _MOST and _FEW_WORDS.fullmatch(lines[last][0]):
        last += 1
    if last - at >= _FEWEST:
        yield lines[at].start(), lines[last - 1].end()


def _at(found: Iterable[Choices], place: int) -> Choices | None:
    return next((one for one in found if one.start <= place < one.end), None)


def _run(marks: Iterable[str | None]) -> int:
    """How many marks count up from the first one on ("1", "2", "3" or "A", "B", "C")."""
    number = 0
    for mark in marks:
        if mark not in {str(number + 1), chr(ord("A") + number)}:
            break
        number += 1
    return number


def _marker(line: str) -> str | None:
    """The number or capital letter that a line begins with."""
    choice = _CHOICE.match(line)
    return (choice[1] or choice[2]).upper() if choice else None
