"""Boxes that are ticked: "[x] Yes [ ] No", "Yes [ ] No [x]", "Back pain [ ] Foot drop [x]".

A form prints every name and every answer and leaves it to the boxes which of them hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from popliteal.reading.tokens import any_of

#: A box: with something in it, with nothing, or as one sign.
BOX = r"\[[ \t_]*[xX✓✔*]?[ \t_]*\]|\([ \t_]*[xX✓✔*][ \t_]*\)|\([ \t_]+\)|[☐☑☒□■✓✔✗✘]"
_BOX = re.compile(BOX)
#: A blank to be ticked, beside an answer ("Yes ___ No _x_").
_LINE_BOX = re.compile(r"_+[xX✓✔]_*|_{2,}(?=\s|$)")
_TICKED = re.compile("[xX✓✔*☑☒■]")
#: What parts names, boxes and answers from each other and says nothing.
_FILL = " \t|,;/.:–—-•*)(0123456789"
#: Where the name of a box may begin: behind the last of these.
_HEADED = re.compile(r"[.:;]\s+(?=\w)")
#: The end of a sentence behind the last box.
_ENDED = re.compile(r"\s*[.;](?:\s|$)")
_LONGEST = 80
#: A box is looked for so many letters before what it offers.
_BEFORE = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What a form says of the findings in ``text[start:end]``; ``words`` is the answer as written, ``yes`` None where
    it gives none.

    ``ticks``: what is ticked is the statement itself, which may be a denial ("no back pain [x]"). ``touches``: it says
    so of what only reaches into it ("pulses [palpable/absent]").
    """

    start: int
    end: int
    yes: bool | None
    words: str
    ticks: bool = False
    touches: bool = False


@dataclass(slots=True)
class _Choice:
    """A box and the answer beside it, if one is; ``words`` are both, from ``start`` to ``end`` of the line."""

    start: int
    end: int
    ticked: bool
    answer: str | None = None
    words: str = field(default="")


def is_mark(words: str) -> bool:
    """Whether words that decided of a finding are no more than a box."""
    return _BOX.fullmatch(words) is not None


def is_ticked(words: str) -> bool:
    """Whether something stands in the first box of ``words``, if there is one."""
    box = _BOX.search(words)
    return box is not None and _TICKED.search(box[0]) is not None


def left_empty(text: str, start: int, end: int) -> bool:
    """Whether what stands in ``text[start:end]`` is offered by a box with nothing in it ("[ ] 4/5 [x] 5/5")."""
    inside = list(_BOX.finditer(text, start, end))
    if not inside:
        inside = [
            box for box in _BOX.finditer(text, max(0, start - _BEFORE), start) if not text[box.end() : start].strip()
        ]
    return bool(inside) and _TICKED.search(inside[-1][0]) is None


class Boxes:
    """Compiled from the words that say yes, no, and neither."""

    def __init__(self, said: Mapping[str, bool | None]) -> None:
        """``said`` tells what each word that may stand beside a box says, None for "not known"."""
        self._said = said
        word = f"(?P<word>{any_of(said)})"
        self._ahead = re.compile(rf"(?<![^\s,|/:;()-])(?P<all>{word}\s*[:=-]?\s*)$", re.IGNORECASE)
        self._behind = re.compile(rf"\s*{word}(?![/'’\w])", re.IGNORECASE)

    def answers(self, line: str, start: int) -> Iterator[Answer]:
        """The answers of a line that begins at ``start`` of its note."""
        boxes = list(_BOX.finditer(line))
        if not boxes:
            lines = list(_LINE_BOX.finditer(line)) if "_" in line else []
            groups = list(self._groups(line, lines)) if len(lines) > 1 else []
            yield from self._asked(line, start, groups) if groups else ()
            return
        groups = list(self._groups(line, boxes))
        if groups:
            yield from self._asked(line, start, groups)
        elif _stand_behind(line, boxes):
            yield from _names(line, start, boxes)

    def _groups(self, line: str, boxes: Sequence[re.Match[str]]) -> Iterator[list[_Choice]]:
        """Answers with a box each, side by side; a group has a yes and a no."""
        ahead = self._ahead.search(line[: boxes[0].start()]) is not None
        choices = [self._choice(line, boxes, at, ahead=ahead) for at in range(len(boxes))]
        number = 0
        numbers = [0]
        for left, right in pairwise(choices):
            apart = None in {left.answer, right.answer} or line[left.end : right.start].strip(_FILL)
            number += bool(apart or left.answer == right.answer)
            numbers.append(number)
        for _, one in groupby(zip(numbers, choices, strict=True), key=lambda pair: pair[0]):
            group = [choice for _, choice in one]
            if {True, False} <= {self._says(choice) for choice in group}:
                yield group

    def _choice(self, line: str, boxes: Sequence[re.Match[str]], at: int, *, ahead: bool) -> _Choice:
        box = boxes[at]
        choice = _Choice(box.start(), box.end(), _TICKED.search(box[0]) is not None)
        if ahead:
            word = self._ahead.search(line[boxes[at - 1].end() if at else 0 : box.start()])
            choice.start -= len(word["all"]) if word else 0
        else:
            word = self._behind.match(line, box.end())
            choice.end = word.end() if word else box.end()
        choice.answer = word["word"].lower() if word else None
        choice.words = line[choice.start : choice.end].strip()
        return choice

    def _says(self, choice: _Choice) -> bool | None:
        return self._said.get(choice.answer or "")

    def _asked(self, line: str, start: int, groups: Sequence[list[_Choice]]) -> Iterator[Answer]:
        """What each group answers: the words before it, or those behind it where none stand before the first."""
        behind = not line[: groups[0][0].start].strip(_FILL)
        edges = [(group[0].start, group[-1].end) for group in groups]
        for number, group in enumerate(groups):
            ticked = [choice for choice in group if choice.ticked]
            if len(ticked) > 1:
                continue
            one = ticked[0] if ticked else group[0]
            yes = self._says(one) if ticked else None
            low, high = edges[number]
            if behind:
                low, high = high, edges[number + 1][0] if number + 1 < len(groups) else len(line)
            else:
                low, high = edges[number - 1][1] if number else 0, low
            yield Answer(start + low, start + high, yes, one.words)


def _stand_behind(line: str, boxes: Sequence[re.Match[str]]) -> bool:
    """Whether the boxes of a line stand behind their names: one ends the line or a sentence, or all are nearer to what
    is before."""
    if not line[: boxes[0].start()].strip(_FILL):
        return False
    edges = [(0, 0), *(box.span() for box in boxes), (len(line), len(line))]
    between = [line[left[1] : right[0]] for left, right in pairwise(edges)]
    if not all(part.strip(_FILL) for part in between[:-1]):
        return False
    if not between[-1].strip(_FILL) or _ENDED.match(between[-1]):
        return True
    return all(
        len(before) - len(before.rstrip()) < len(after) - len(after.lstrip()) for before, after in pairwise(between)
    )


def _names(line: str, start: int, boxes: Sequence[re.Match[str]]) -> Iterator[Answer]:
    """What each of the boxes of a line says of the name before it."""
    low = 0
    for box in boxes:
        head = [mark.end() for mark in _HEADED.finditer(line, low, box.start())]
        first = head[-1] if head else low
        if 3 <= len(line[first : box.start()].strip()) <= _LONGEST:
            yield Answer(start + first, start + box.start(), is_ticked(box[0]), box[0], ticks=True)
        low = box.end()
