"""What a form leaves to be filled in: "[e.g., foot drop]", "Foot drop: ____", a list to be ticked.

A template names findings that nobody has. What stands in a blank's place says nothing of the patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from popliteal.knowledge import Knowledge
from popliteal.reading.boxes import Answer
from popliteal.reading.tokens import any_of

#: A blank, or one that is ticked ("_x_").
_BLANK = re.compile(r"_+[xX✓✔]_*|_{3,}")
_TICK = re.compile("[xX✓✔]")
#: A line of a list to be ticked: the blank stands before the name.
_TO_TICK = re.compile(r"^[ \t•*(-]*(?:_+[xX✓✔]_*|_{2,})[ \t)]+\w[^\n.:]{2,90}$", re.MULTILINE)
#: So many lines make such a list, and so many choices a template.
_FEWEST = 2
#: The name of a field right before its blank, or before a bracket that holds all of its value;
#: it begins behind the blank before it at the latest.
_NAME = re.compile(r"(?:(?<![^\n_])|[.;|]|\s{2})[ \t•*–—-]*(?P<name>\w[^\n.;:|]{2,60}):[^\S\n]*\Z")
#: It begins at most so many characters before them.
_NAMED = 100
#: What may stand behind an empty field: nothing, or the next one.
_ENDS = re.compile(r"\s*(?:$|[A-Z(|;,])|[ \t]*\n")
_LONGEST = 200


class Blanks:
    """Compiled from the words of ``words.yaml`` that tell what belongs into a blank."""

    def __init__(self, knowledge: Knowledge) -> None:
        classes = knowledge.words.classes
        names = ("for_example", "to_be_filled_in", "name_of_a_blank")
        for_example, fill_in, name = (any_of(classes[one]) for one in names)
        inside = rf"[^\[\]\n]{{0,{_LONGEST}}}"
        self._bracket = re.compile(
            rf"\[(?:{fill_in}{inside}|{name}(?=[\]:]){inside}|[^\[\]\n]{{0,40}}{for_example}{inside})\]"
            r"|\{[^{}\n]{1,80}:\d+\}",
            re.IGNORECASE,
        )
        self._empty = re.compile(
            rf"^[ \t•*–-]*(?P<name>{any_of(classes['asked_of_everybody'])})[ \t]*:[ \t]*\n"
            r"(?=[ \t•*–-]*(?:\n|\w[\w /&-]{1,40}:))",
            re.IGNORECASE | re.MULTILINE,
        )
        self._choice = re.compile(r"\[[^\[\]\n/]{2,40}(?:/[^\[\]\n/]{2,40})+\]")

    def answers(self, text: str) -> Iterator[Answer]:
        """What is left open in a note, and what is ticked of it; in no order."""
        if "[" in text or "{" in text:
            yield from self._brackets(text)
        if "__" in text or "_x_" in text.lower():
            yield from _lists(text)
            yield from _fields(text)
        for empty in self._empty.finditer(text):
            yield Answer(empty.start("name"), empty.end("name"), None, empty[0].strip())

    def _brackets(self, text: str) -> Iterator[Answer]:
        """Brackets that say what belongs into them, in such a note also those that offer a choice ("[intact/reduced]"),
        and the names of the fields that they are all of."""
        told, choices = list(self._bracket.finditer(text)), list(self._choice.finditer(text))
        for bracket in [*told, *(choices if told or len(choices) >= _FEWEST else ())]:
            name = _NAME.search(text, max(0, bracket.start() - _NAMED), bracket.start())
            start = name.start("name") if name else bracket.start()
            yield Answer(start, bracket.end(), None, bracket[0], touches=True)


def _lists(text: str) -> Iterator[Answer]:
    """The lines of a list that is to be ticked."""
    lines = list(_TO_TICK.finditer(text))
    if len(lines) < _FEWEST:
        return
    for line in lines:
        blanks = list(_BLANK.finditer(text, line.start(), line.end())) or [line]
        for blank, end in zip(blanks, [*(later.start() for later in blanks[1:]), line.end()], strict=True):
            yield Answer(blank.start(), end, True if _TICK.search(blank[0].split()[0]) else None, "____")


def _fields(text: str) -> Iterator[Answer]:
    """``Foot drop: ____  Numbness: ____``: fields with nothing in them. A blank behind other words may be what a
    typist has not understood."""
    last = 0
    for blank in _BLANK.finditer(text):
        name = _NAME.search(text, max(last, blank.start() - _NAMED), blank.start())
        last = blank.end()
        if name is not None and _ENDS.match(text, last) and not _TICK.search(blank[0]):
            yield Answer(name.start("name"), blank.start(), None, blank[0])
