"""Headers of a note in all their shapes: lines and stretches of lines that open a section, and what they say of it.

A word in a running sentence never opens one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from popliteal.knowledge.sections import Label, SectionRules, normal
from popliteal.reading.capitals import count
from popliteal.reading.lettered import heading_letters, letter_end
from popliteal.reading.sentence import OPPOSITE
from popliteal.reading.titles import WORDS_IN_TITLE, boundaries, titles_of


@dataclass(slots=True)  # nobody changes one, here and below: a frozen class takes three times as long to make
class _Line:
    start: int
    end: int
    blank_before: bool


@dataclass(slots=True)
class Header:
    """What a line or a stretch of it turned out to open, before the section above it is known."""

    start: int
    body: int
    title: str
    kind: str | None = None
    label: Label | None = None
    side: str | None = None
    alone: bool = False
    until_blank: bool = False
    answered: bool = False


_LINE = re.compile(r"[^\n\r\f\v]+")
_BREAK = re.compile(r"\r\n|[\n\r\v]|(\f)")
_RULE = re.compile(r"[ \t\xa0]*(?:[-=_*~#][ \t]?){3,}[ \t\xa0]*$")
_RULES = frozenset(" \t\xa0-=_*~#")  # what a rule begins with
_HEAD = re.compile(
    r"[ \t\xa0]*(?P<mark>[#=]{1,6}\s*|[-•*–—▪●◦·+‣➢►○■]\s+|o[ \t]+|\(?(?:\d{1,2}|[A-Za-z])[.)]\s+)?"
    r"(?P<bold>\*{1,3}|__|\[)?\s?"
    r"(?P<title>[A-Za-z0-9][^\n\r\f\v:*\[\]]{0,79}?)\s{0,3}"
    r"(?P<end>:\s?\*{0,3}|\*{1,3}\s*:?|__\s*:?|\]\s*:?|\s*[=#]{1,6}\s*$|\s?[-–—](?=\s)|⇒|$)"
)
#: A short title behind a comma or a stop, and what closes it: a colon or a dash.
_NEXT_SIDE = re.compile(r"(?<=[,;.])\s+(?P<title>[A-Za-z]+(?: [A-Za-z]+){0,3})\s?(?::|\s[-–—])(?=\s)")
_ENDS_TITLE = re.compile(r"[:*_\]⇒–—-]")
_COLON = re.compile(r":(?=[\s,]|$)")
_LETTER = re.compile(r"[^\W\d_]")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9 /&'’().,-]*$")
_OTHERS = re.compile(r"[^\x00-\x7f]+")
_INLINE_WINDOW = 70
_TITLE = 80  # letters at most
_SHORT_NOTE = 200  # letters; capitals in fewer are headers, not the writer's habit
#: A title of a few letters with a minus ("FH -"), which says that there is nothing; a longer one heads what follows.
_MINUS = re.compile(r"\w{2,4}\s*[:=]?\s*[-–—−]\s*")
#: What ends a sentence.
_STOPS = frozenset(".;!?")
_STOP = re.compile(r"[.!?](?:\s|$)")
_SIDE_LABEL = re.compile(r"\b([A-Za-z]{1,9}(?:-[A-Za-z]+)?)\s?:")
#: Letters of a value that stands alone behind its side.
_SHORT = 30
_START = attrgetter("start")


def headers(text: str, rules: SectionRules) -> list[Header]:
    """The headers of a note in order, none of them with white space at its end."""
    return _Finder(text, rules).headers()


class _Finder:
    """One note's headers, in order."""

    def __init__(self, text: str, rules: SectionRules) -> None:
        self.text = text
        self.rules = rules
        self.titles = titles_of(rules)
        self.lines = self._lines()
        self.letters = heading_letters(text, [ln.start for ln in self.lines], [ln.end for ln in self.lines], rules)

    @cached_property
    def shouting(self) -> bool:
        """Whether the writer's habit is capitals, so that they make no header; many notes need not be asked."""
        small, capitals = count(self.text)
        others = "" if self.text.isascii() else "".join(_OTHERS.findall(self.text))
        letters = small + capitals + sum(map(str.isalpha, others))
        capitals += sum(map(str.isupper, others))
        return letters > _SHORT_NOTE and capitals / letters > 0.6

    def headers(self) -> list[Header]:
        found: list[Header] = []
        open_until_blank = answered = False
        body_seen = False
        for index, line in enumerate(self.lines):
            here = list(self._in_line(index, line))
            begins = bool(here) and here[0].start == line.start
            if (open_until_blank and line.blank_before and body_seen) or (answered and not begins):
                found.append(Header(line.start, line.start, "", until_blank=True))
                open_until_blank = False
            found.extend(here)
            answered = bool(found) and (bool(here) or not body_seen) and self._answers(found[-1], line)
            if found and answered:
                found[-1].answered = True
            if here:
                body_seen = here[-1].body < line.end
                ends = self.rules.paragraph | (self.rules.inline if body_seen else frozenset())
                open_until_blank = here[-1].until_blank or here[-1].kind in ends
                here[-1].until_blank = open_until_blank
            else:
                body_seen = True
        return found

    def _answers(self, header: Header, line: _Line) -> bool:
        """Whether a line says all of the section of a header, which is nothing ("FH: nil", "PMHx - well")."""
        if header.kind not in self.rules.answered:
            return False
        said = self.text[max(header.body, line.start) : line.end].strip(" \t\xa0.;:")
        if header.kind in self.rules.inline and _MINUS.fullmatch(self.text, header.start, line.end):
            return True
        return bool(said) and self.rules.answers.issuperset(said.lower().strip("-–—").split())

    def _lines(self) -> list[_Line]:
        """The lines that are not blank, without white space at their end."""
        lines: list[_Line] = []
        text, last, breaks = self.text, 0, 2
        for match in _LINE.finditer(text):
            start, end = match.span()
            gap = text[last:start]
            breaks += 1 if gap == "\n" else sum(2 if found[1] else 1 for found in _BREAK.finditer(gap))
            last = end
            while end > start and text[end - 1].isspace():
                end -= 1
            if end > start:
                lines.append(_Line(start, end, breaks > 1))
                breaks = 0
        return lines

    def _in_line(self, index: int, line: _Line) -> Iterator[Header]:
        if self.text[line.start] in _RULES and _RULE.match(self.text, line.start, line.end):
            if line.blank_before and index:
                yield Header(line.start, line.end, "", kind="unknown")
            return
        first = self._at_start(index, line)
        if first is not None:
            yield first
        begin = first.body if first else line.start
        inline = sorted([*self._inline(begin, line, under=first is not None), *self._bare(begin, line)], key=_START)
        if first is None or first.side not in OPPOSITE:
            yield from inline
            return
        others = self._other_sides(first, line)
        taken = {header.start for header in others}
        yield from sorted([*others, *(one for one in inline if one.start not in taken)], key=_START)

    def _bare(self, begin: int, line: _Line) -> Iterator[Header]:
        """Short titles behind a sentence in a line ("FH: mother MS. O/E foot drop"), but none of the past."""
        for match in self.rules.bare_inside.finditer(self.text, begin, line.end):
            kind = self.rules.titles.get(normal(match["title"]))
            if kind is not None and not self.rules.kinds[kind].tells_past:
                yield Header(match.start("title"), match.end("title"), match["title"], kind=kind)

    def _other_sides(self, first: Header, line: _Line) -> list[Header]:
        """The other side in the line of a first one ("R leg - warm, pulses 2+, L leg - cold")."""
        found: list[Header] = []
        for match in _NEXT_SIDE.finditer(self.text, first.body, line.end):
            header = self._known(match.start("title"), match.end(), match["title"], False, False)
            if header is not None and header.side in OPPOSITE and header.label is not None:
                found.append(header)
        return found

    def _at_start(self, index: int, line: _Line) -> Header | None:
        text, rules = self.text, self.rules
        if (kind := self.letters.get(text[line.start])) is not None:
            after = letter_end(text, line.start, line.end, dashed=self.letters is rules.handover)
            if after is not None:
                return Header(line.start, after, text[line.start], kind=kind)
        match = _HEAD.match(text, line.start, line.end) if self._may_open(line) else None
        if match is not None:
            header = self._from_match(match, index, line)
            if header is not None:
                return header
        bare = text[line.start : line.start + 8].split(maxsplit=1)[:1]
        if bare and bare[0] in rules.bare and line.start + len(bare[0]) < line.end:
            title = bare[0]
            return Header(line.start, line.start + len(title), title, kind=rules.titles.get(normal(title)))
        return None

    def _may_open(self, line: _Line) -> bool:
        """Whether a line may begin with a title: not a long one that begins with a word, where no mark ends it soon."""
        text, start = self.text, line.start
        if line.end - start <= _TITLE + 10 or not text[start].isalpha() or text[start + 1] in ".)":
            return True
        return text[line.end - 1] in "=#" or _ENDS_TITLE.search(text, start, start + _TITLE + 10) is not None

    def _from_match(self, match: re.Match[str], index: int, line: _Line) -> Header | None:
        end = match["end"].strip()
        title = match["title"].strip()
        start, body = line.start, match.end()
        colon, dash = ":" in end or end == "⇒", end in {"-", "–", "—"}
        alone = body >= line.end
        marked = bool(match["bold"] or (match["mark"] or "").lstrip("(")[:1] in {"#", "="}) or self._underlined(index)
        stopped = not _STOPS.isdisjoint(title) and self.rules.sentence_ends.search(title) is not None
        if (match["bold"] and not end) or stopped:
            return None  # "Family history of MS. Exam: ..." is a sentence and a header
        if dash and self.text[body : line.end].strip(" :*").lower() in self.rules.sides:  # "LEG EXAM - LEFT"
            title, body = self.text[match.start("title") : line.end].strip(" :*"), line.end
            alone, colon, dash = True, True, False
        if dash and match["end"] == end and normal(title) in self.rules.sides:
            return None  # "Left- sided weakness"
        last = title.rsplit(maxsplit=1)[-1].lower()
        if alone and last in self.rules.tails and (colon or self._item_follows(index)):
            return Header(start, body, title, kind=self.rules.tails[last], until_blank=True)
        if not colon and not marked and not dash and (title[-1] in ".;,!" or not title[0].isupper()):
            return None
        header = self._known(start, body, title, colon or marked or self._prefixed(title, alone), alone)
        if header is not None:
            if not alone and not colon and not marked and not dash:
                return None
            if alone and not colon and not marked and self._states(title) and not self._item_follows(index):
                return None
            listed = bool(match["mark"]) and not marked
            titled = header.label is None and header.side not in OPPOSITE  # "- MRI R knee" of a plan is an order
            own = colon or dash or titled or self._heads_items(index)
            return None if listed and not own else header
        if dash or not self._unknown_title(title, colon, alone, marked, index):
            return None
        return Header(start, body, title, side=self.titles.side(title), alone=alone)

    def _prefixed(self, title: str, alone: bool) -> bool:
        return alone and normal(title).startswith(self.rules.prefixes_alone)

    def _known(self, start: int, body: int, title: str, prefix: bool, alone: bool) -> Header | None:
        """The header that a known title makes, or None."""
        known = self.titles.known(title, prefix=prefix)
        return None if known is None else Header(start, body, title, known.kind, known.label, known.side, alone)

    def _unknown_title(self, title: str, colon: bool, alone: bool, marked: bool, index: int) -> bool:
        """Whether words that no rule knows are a header all the same, by the way they stand."""
        words = title.split()
        if len(words) > WORDS_IN_TITLE or len(_LETTER.findall(title)) < 3:
            return False
        if marked and (alone or colon):
            return True
        if self.shouting or not _CAPITALS.match(title) or len(words[0]) < 2:
            return False
        following = self.lines[index + 1] if index + 1 < len(self.lines) else None
        return colon or (alone and len(title) > 4 and self.lines[index].blank_before and following is not None)

    def _states(self, title: str) -> bool:
        """Whether a line without a mark says that something was done ("Return precautions given")."""
        return not self.rules.stated.isdisjoint(title.lower().split())

    def _underlined(self, index: int) -> bool:
        below = self.lines[index + 1] if index + 1 < len(self.lines) else None
        return below is not None and not below.blank_before and bool(_RULE.match(self.text, below.start, below.end))

    def _item_follows(self, index: int) -> bool:
        below = self.lines[index + 1] if index + 1 < len(self.lines) else None
        return below is not None and self.text[below.start : below.end].lstrip()[:1] in set("-•*–—▪●◦·+‣➢►○■")

    def _heads_items(self, index: int) -> bool:
        """Whether an item stands above items that are set deeper ("- Lower limbs" above "  - power 5/5")."""
        here, below = self.lines[index], self.lines[index + 1 : index + 2]
        return bool(below) and self._item_follows(index) and self._indent(below[0]) > self._indent(here)

    def _indent(self, line: _Line) -> int:
        said = self.text[line.start : line.end]
        return len(said) - len(said.lstrip())

    def _inline(self, at: int, line: _Line, *, under: bool) -> Iterator[Header]:
        """Headers inside a line: after a stop, where an export lost a line break, or right behind another header."""
        text = self.text
        for match in _COLON.finditer(text, at, line.end):
            if match.start() < at:
                continue
            low = max(at, match.start() - _INLINE_WINDOW)
            header = self._before_colon(low, match.start(), under and low == at)
            behind = header is not None and under and not text[at : header.start].strip()
            if header is not None and behind and self._of_title_before(header, line.end):
                continue
            if header is not None:
                at, under = header.body, True
                yield header

    def _of_title_before(self, header: Header, end: int) -> bool:
        """Whether a side right behind a title is that of its value, short or before the other side's, and opens no
        section ("Clonus: R: none  L: 3 beats")."""
        sides = self.rules.sides
        side = sides.get(normal(header.title))
        rest = _STOP.split(self.text[header.body : end], maxsplit=1)[0]
        others = {sides.get(found[1].lower()) for found in _SIDE_LABEL.finditer(rest)} - {None, side}
        return side is not None and (bool(others) or end - header.body <= _SHORT)

    def _before_colon(self, low: int, colon: int, under: bool) -> Header | None:
        window = self.text[low:colon]
        for boundary in [*boundaries(window), *([0] if under else [])]:
            chunk = window[boundary:]
            title = chunk.strip()
            if not title or not title[0].isupper():
                continue
            start = low + boundary + len(chunk) - len(chunk.lstrip())
            header = self._known(start, colon + 1, title, False, False)
            if header is not None:
                return header
            flat = window[:boundary].endswith(".,") and len(title) > 3
            long = len(title) > 4 and self.text[start - 1].isspace()
            if (flat or long) and self._unknown_title(title, True, False, False, 0):
                return Header(start, colon + 1, title, side=self.titles.side(title))
        run_on = self.titles.run_on(window)
        return (
            None if run_on is None else Header(low + run_on[0], colon + 1, window[run_on[0] :].strip(), kind=run_on[1])
        )
