"""Answers of forms: leaders ("Fever......No"), boxes ("[ ] No [x] Yes"), signs ("(+) pain (-) fever"), columns with
crosses under YES and NO, answers in a row.

A form answers by where its marks stand, not by its words: both answers are printed and one is chosen.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import attrgetter

from popliteal.knowledge import Knowledge
from popliteal.reading.blanks import Blanks
from popliteal.reading.boxes import Answer, Boxes, is_mark, left_empty
from popliteal.reading.in_a_row import Rows
from popliteal.reading.mention import ASKED, Mention
from popliteal.reading.tokens import any_of

_LINE = re.compile(r"[^\n\r\f\v]+")
#: What leads from a question to its answer.
_LEADERS = r"(?<![.…_])(?<![.…]\s)(?:\.(?:\s?\.){2,}|…(?:\s?[.…])*|_{2,}+)\s*+:?\s*+"
_SIGN = re.compile(r"[(\[](?P<sign>[+−-])[)\]]")
#: A sign that opens a field; the signs of its line stand before what they answer.
_SIGN_FIRST = re.compile(r"(?:^|:)[\s•*–—-]*[(\[][+−-][)\]]\s?\w")
#: One behind what it answers.
_SIGN_LAST = re.compile(r"(?<=\w)\s?[(\[](?P<sign>[+−-])[)\]](?=[,.;]|\s|$)")
_CROSS = re.compile(r"(?<!\S)(?:[xX✓✔☑☒]|\[[xX✓✔]\])(?!\S)")
#: A question mark in front of words, not one that ends what stands before it.
_DOUBTED = re.compile(r"(?:^|[\s,(;/])\?{1,2}\s?$")
#: What offers a grade, of which a form prints more than one.
_MEASURED = re.compile(r"\d")
_START = attrgetter("start")
_SAYS = {True: "present", False: "absent", None: "hypothetical"}
#: What a form is told by: a leader, a box, or the headings of two columns. One of these stands in each that is read;
#: each begins with a letter that is soon looked for.
_MARKS = (r"\.\s?\.\s?\.", "__", r"\([\sxX✓✔*_]+\)", r"[(\[][+−-][)\]]", r"\[[\sxX✓✔*_]*\]")
#: The same, in texts that are not of ASCII alone.
_OTHER_MARKS = re.compile("[…☐☑☒□■✓✔✗✘]")
#: A cross stands under the heading whose middle is at most this many columns away.
_OFF = 6
_LONGEST = 20_000


class Forms:
    """Compiled from the words that forms answer with, in ``words.yaml``."""

    def __init__(self, knowledge: Knowledge) -> None:
        classes = knowledge.words.classes
        said: dict[str, bool | None] = dict.fromkeys(classes["form_unknown"])
        said |= dict.fromkeys((*classes["form_yes"], *classes["form_degree"]), True)
        said |= dict.fromkeys((*classes["form_no"], *classes["form_none"]), False)
        self._boxes, self._blanks, self._rows = Boxes(said), Blanks(knowledge), Rows(knowledge)
        self._yes = frozenset(classes["form_yes"])
        answer = any_of((*classes["form_yes"], *classes["form_no"]))
        self._column_yes = frozenset(classes["column_yes"])
        heads = any_of((*classes["column_yes"], *classes["column_no"]))
        self._columns = re.compile(heads)
        self._marks = [
            *map(re.compile, _MARKS),
            *(re.compile(rf"(?:{'|'.join(classes[one])})[ \t|]{{2,}}{heads}") for one in ("column_yes", "column_no")),
        ]
        self._leader = re.compile(rf"{_LEADERS}(?P<answer>{answer})(?!\s\w(?![^.\n]{{0,40}}\.{{3}}))", re.IGNORECASE)

    def answers(self, text: str) -> list[Answer]:
        """The answers of a note's forms, in order; of two that overlap the one that begins first."""
        marked = any(mark.search(text) for mark in self._marks) or (not text.isascii() and _OTHER_MARKS.search(text))
        found: list[Answer] = []
        lines = self._lines(text) if marked else ()
        for one in sorted([*lines, *self._blanks.answers(text), *self._rows.answers(text)], key=_START):
            if not found or found[-1].end <= one.start:
                found.append(one)
        return found

    def _lines(self, text: str) -> Iterator[Answer]:
        """The answers of each line; they do not overlap."""
        columns: _Columns | None = None
        above = (0, 0)
        for match in _LINE.finditer(text):
            start, end = match.start(), min(match.end(), match.start() + _LONGEST)
            line = text[start:end]
            columns = self._headed(line) or (columns if columns is not None and _aligned(line) else None)
            crossed = columns.answer(line, start) if columns is not None else None
            boxed = [_of_line_above(text, one, above) for one in self._boxes.answers(line, start)]
            boxed = [crossed] if crossed is not None else boxed
            yield from boxed or [*_signs(line, start)] or self._leaders(line, start)
            above = (start, end)

    def _leaders(self, line: str, start: int) -> Iterator[Answer]:
        """``Fever......No   Chills....Yes``: each leader answers the words before it, back to the last answer."""
        at = 0
        for match in self._leader.finditer(line):
            yield Answer(start + at, start + match.start(), match["answer"].lower() in self._yes, match["answer"])
            at = match.end()

    def _headed(self, line: str) -> _Columns | None:
        """The columns that a line heads: YES and NO once each, with white space or bars around them."""
        heads = list(self._columns.finditer(line))
        if len(heads) != 2 or (heads[0][0] in self._column_yes) is (heads[1][0] in self._column_yes):
            return None
        rest = line[heads[0].end() : heads[1].start()]
        if rest.strip(" \t|") or len(rest) < 2 or line[heads[1].end() :].strip(" \t|"):
            return None
        before = line[: heads[0].start()]
        if before.strip() and not before.endswith(("  ", "\t", "| ", "|")):
            return None
        bars = "|" in rest
        middle = {head[0] in self._column_yes: _place(line, head, bars=bars) for head in heads}
        return _Columns(middle[True], middle[False], bars)


def _of_line_above(text: str, one: Answer, above: tuple[int, int]) -> Answer:
    """The answer, of the line above if it has no words before it in its own ("Any numbness?", below it "[ ] Yes")."""
    said = any(map(str.isalnum, text[one.start : one.end]))
    return one if said else replace(one, start=above[0], end=above[1])


def settle(text: str, mentions: Iterable[Mention], forms: list[Answer]) -> None:
    """Let the answers decide of the mentions that they are given for."""
    for mention in mentions:
        if _MEASURED.search(text, mention.start, mention.end) and left_empty(text, mention.start, mention.end):
            mention.assertion = "hypothetical"
            continue
        if not forms:
            continue
        at = bisect_right(forms, mention.start, key=_START)
        following = forms[at] if at < len(forms) else None
        if following is not None and following.touches and following.start < mention.end:
            mention.assertion = "hypothetical"
            mention.cues[:] = [following.words]
            continue
        one = forms[max(0, at - 1)]
        within = one.start <= mention.start and (mention.end <= one.end or (one.touches and mention.start < one.end))
        if within and mention.assertion in ASKED:
            if (
                one.ticks
                and one.yes
                and mention.assertion == "absent"
                and not all(map(is_mark, mention.cues or ["no"]))
            ):
                continue  # "no back pain [x]"
            mention.assertion = _SAYS[one.yes]
            mention.cues[:] = [one.words]


class Doubts:
    """What leaves in doubt what was measured: a question mark beside it, or an adverb of doubt inside it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._adverb = re.compile(any_of(knowledge.words.classes["doubting"]), re.IGNORECASE)

    def of(self, text: str, measured: Iterable[Mention]) -> None:
        """Let it be possible ("reflexes brisk?", "?AJ absent", "reflexes possibly brisker")."""
        for mention in measured:
            if mention.assertion != "present":
                continue
            adverb = self._adverb.search(text, mention.start, mention.end)
            if (
                adverb is not None
                or text[mention.end : mention.end + 1] == "?"
                or _DOUBTED.search(text[max(0, mention.start - 4) : mention.start]) is not None
            ):
                mention.assertion = "possible"
                mention.cues.append("?" if adverb is None else adverb[0])


def _signs(line: str, start: int) -> Iterator[Answer]:
    """``(+) back pain (-) numbness``: each sign answers the words behind it, to the next one or a stop."""
    signs = list(_SIGN.finditer(line))
    if not _SIGN_FIRST.search(line):
        yield from _signs_behind(line, start, len(signs))
        return
    for sign, end in zip(signs, [*(later.start() for later in signs[1:]), len(line)], strict=True):
        stop = re.search(r"[.;](?=\s|$)", line[sign.end() : end])
        yield Answer(
            start + sign.end(), start + (sign.end() + stop.start() if stop else end), sign["sign"] == "+", sign[0]
        )


def _signs_behind(line: str, start: int, signs: int) -> Iterator[Answer]:
    """``numbness (-), weakness (+)``: of two signs or more, all behind words, each answers the words before it, back to
    the last one or a stop."""
    behind = list(_SIGN_LAST.finditer(line))
    at = 0
    for sign in behind if signs == len(behind) > 1 else ():
        stops = [stop.end() for stop in re.finditer(r"[.;:](?=\s)", line[at : sign.start()])]
        begins = start + at + (stops[-1] if stops else 0)
        yield Answer(begins, start + sign.start(), sign["sign"] == "+", sign[0].strip())
        at = sign.end()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns YES and NO have their middles, or with ``bars`` which cells they are."""

    yes: float
    no: float
    bars: bool

    def answer(self, line: str, start: int) -> Answer | None:
        """What the one cross of a line says of the words before it."""
        crosses = list(_CROSS.finditer(line))
        if len(crosses) != 1 or not line[: crosses[0].start()].strip():
            return None
        middle = _place(line, crosses[0], bars=self.bars)
        off, yes = min((abs(middle - self.yes), True), (abs(middle - self.no), False))
        return (
            Answer(start, start + crosses[0].start(), yes, crosses[0][0]) if off <= (0 if self.bars else _OFF) else None
        )


def _place(line: str, mark: re.Match[str], *, bars: bool) -> float:
    """The number of the cell that a mark stands in, or the column of its middle."""
    return line.count("|", 0, mark.start()) if bars else (mark.start() + mark.end()) / 2


def _aligned(line: str) -> bool:
    """Whether a line can belong to a table: it has a wide gap, a bar or a tab, or is a rule."""
    return "  " in line.strip() or "|" in line or "\t" in line or not line.strip(" -=_|+")
