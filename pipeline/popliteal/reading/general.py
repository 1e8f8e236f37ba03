"""General knowledge in published reports: "CES is rare. A man of 40 came with ... It should be considered in numbness".

A report tells the story of its patient in the past, and what holds of everybody in the present. What it says of
everybody is no finding of the patient: it is hypothetical, and of no side but one that its own words name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence, Set

from popliteal.knowledge.alternation import any_whole, lower
from popliteal.knowledge.literals import Literals
from popliteal.knowledge.reports import Reports
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece

#: An introduction has at most so many sentences.
_INTRODUCTION = 8
#: So many characters of spaces and marks stand before a title at most.
_MARKED = 80
#: What stands in the place of a word that means nobody in particular.
_NOBODY = " "
_SAID = frozenset({None, "present", "possible", "family"})


class General:
    """Compiled from ``reports.yaml``; what stands in a section that ``examines`` is of the patient."""

    def __init__(self, reports: Reports, examines: Set[str]) -> None:
        self._examines = examines
        self._title = re.compile(
            rf"(?<![\w-])(?:(?P<tells>{'|'.join(reports.tells)})|(?P<frames>{'|'.join(reports.frames)}))(?= ?[:.\n])"
        )
        self._marks = Literals(map(lower, reports.marks))
        self._anybody, self._somebody, self._story, self._teaches, self._opens, self._age, self._comes, self._states = (
            map(
                any_whole,
                (
                    reports.anybody,
                    reports.somebody,
                    reports.story,
                    reports.teaches,
                    reports.opens,
                    reports.age,
                    reports.comes,
                    [*reports.opens, *reports.states],
                ),
            )
        )

    def teach(self, text: str, pieces: Sequence[Piece]) -> None:
        """Let what a report tells of everybody be no finding of its patient; in a note that is no report, only what
        stands before the patient comes in."""
        low = lower(text)
        marked = self._marks.stand_in(low)
        frames = self._frames(low) if marked else []
        starts = [start for start, _ in frames]
        for piece in pieces if marked else self._opening(low, pieces):
            last = bisect_right(starts, piece.start) - 1
            framed = last >= 0 and piece.start < frames[last][1]
            examined = piece.section.kind in self._examines
            if piece.mentions and not examined and self.of_everybody(low, piece, framed=framed):
                for mention in piece.mentions:
                    make_general(mention)

    def _frames(self, low: str) -> list[tuple[int, int]]:
        """From where to where a report is under a title of what frames its story."""
        titles = [title for title in self._title.finditer(low) if self._opens_line(low, title.start())]
        if not any(title["tells"] for title in titles):
            return []
        ends = [*(title.start() for title in titles[1:]), len(low)]
        return [(title.start(), end) for title, end in zip(titles, ends, strict=True) if title["frames"]]

    @staticmethod
    def _opens_line(low: str, at: int) -> bool:
        """Whether a sentence or a line begins at a place."""
        before = low[max(0, at - _MARKED) : at].rstrip(" \t#*")
        return not before or before[-1] in ".!?\n"

    def _opening(self, low: str, pieces: Sequence[Piece]) -> Iterable[Piece]:
        """The sentences before the first of somebody, if all that tell anything are general and somebody comes in."""
        opening: list[Piece] = []
        for piece in pieces[:_INTRODUCTION]:
            if self._age.search(low, piece.start, piece.end):
                return opening
            opens = self._opens.search(low, piece.start, piece.end) is not None
            if piece.mentions and not (opens and self.of_everybody(low, piece)):
                return ()
            opening.append(piece)
        return ()

    def of_everybody(self, low: str, piece: Piece, *, framed: bool = False) -> bool:
        """Whether a sentence of a text in small letters tells what holds of everybody, or need not (``framed``)."""
        sentence = self._anybody.sub(_NOBODY, low[piece.start : piece.end])
        if self._somebody.search(sentence) or self._story.search(sentence):
            return False
        return framed or self._teaches.search(low, piece.start, piece.end) is not None

    def states(self, low: str, piece: Piece) -> bool:
        """Whether a sentence of a text in small letters says how a disease is, as a textbook does."""
        start, end = piece.start, piece.end
        if not self._states.search(low, start, end) or self._age.search(low, start, end):
            return False
        return self._comes.search(low, start, end) is None and self.of_everybody(low, piece)

    def newcomer(self, low: str, start: int, end: int) -> int:
        """Where in a stretch of a text in small letters the next patient comes in; its end if none does."""
        comes = self._comes.search(low, start, end)
        return end if comes is None else max(start, low.rfind("\n", start, comes.start()) + 1)

    def of_somebody(self, low: str, piece: Piece) -> bool:
        """Whether a sentence of a text in small letters speaks of the patient."""
        return self._somebody.search(self._anybody.sub(_NOBODY, low[piece.start : piece.end])) is not None


def make_general(mention: Mention, effect: str = "hypothetical", cue: str = "general") -> None:
    """Let a mention that is said to be there be general knowledge: hypothetical, or as ``effect`` says."""
    if mention.assertion in _SAID:
        mention.assertion = effect
        mention.general = True
        mention.cues.append(cue)
