"""Strength and reflex tables: side columns (``R | L``), and names in a row over or before grades in a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from popliteal.reading.measurements.claims import Reading
from popliteal.reading.measurements.grades import ROW
from popliteal.reading.measurements.lexer import Token
from popliteal.reading.measurements.reflexes import ReflexGrammar
from popliteal.reading.measurements.strength import StrengthGrammar
from popliteal.reading.mention import Mention

_GRADE = r"[0-5](?:\.5)?[+-]?(?:/5)?"
SIDE = r"(?:R|L|Rt|Lt|RT|LT|right|left|Right|Left|RIGHT|LEFT|RLE|LLE)"
#: A line that ends in the two side columns, maybe after a title.
_HEADER = re.compile(
    rf"(?:\d{{1,2}}[.)][ \t])?[^\n\d]{{0,40}}?(?<![\w/])({SIDE})"
    rf"(?:[ \t]*\|[ \t]*|[ \t]+|[ \t]*,[ \t]*)({SIDE})[ \t|:]*$"
)
_LAST_LETTERS = tuple("RLtTE")
#: The same two columns in the middle of a line, as they stand where a table was pasted without its line breaks.
_FLAT = tuple(
    f" {gap} ".replace("  ", " ").join(pair)
    for one in (("R", "L"), ("Right", "Left"), ("right", "left"), ("RIGHT", "LEFT"), ("Rt", "Lt"))
    for pair in (one, one[::-1])
    for gap in ("", "|")
)
_FLAT_ROW = re.compile(rf"[ \t|;,]*(?P<row>[A-Za-z][A-Za-z ()/|-]{{1,40}}?[ \t|:]+{_GRADE}[ \t|]+{_GRADE})(?![\w/.+])")
_FLAT_ROWS = 2
_RULER = re.compile(r"[\s|:+=-]*$")
_CELL = re.compile(
    r"(?<![\w.-])[0-5](?:\.5)?(?:\s?[+-](?!\d))?(?:\s?/\s?[45]\+?)?(?![\w.-])|absent|trace|tr\b|brisk", re.I
)
_GRADES = re.compile(_GRADE)
_REMARK = re.compile(r"[ \t|.,;:()–-]*(?:[A-Za-z(][A-Za-z'/ ,()-]*)?[ \t|.]*$")
_LINES = 24
#: So many lines of a table may say something else ("not tested today").
_STRANGE = 1
_WIDTH = 160
#: More than one of so many names of a row have to be known.
_MOSTLY = 2
_NO_NAMES = frozenset({"num", "grade", "bare", "level", "value", "plus", "digit", "both", "symbol"})


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of the columns of a row of grades, None for one that is not known, and what reads them."""

    grammar: StrengthGrammar | ReflexGrammar
    columns: tuple[Token | None, ...]

    @property
    def known(self) -> int:
        return sum(name is not None for name in self.columns)

    @property
    def start(self) -> int:
        return next(name.start for name in self.columns if name is not None)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int


def _lines_after(text: str, at: int) -> Iterator[_Line]:
    """The next lines of a run, at most ``_LINES`` of them; the run ends at a line too long for a table."""
    for _ in range(_LINES):
        if at >= len(text):
            return
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        if stop - at > _WIDTH:
            return
        yield _Line(at, stop)
        at = stop + 1


def headers(text: str) -> Iterator[re.Match[str]]:
    """The lines that end in two side columns."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.rstrip(" \t|:").endswith(_LAST_LETTERS) and (match := _HEADER.match(text, start, end)) is not None:
            yield match
        start = end + 1


class Tables:
    """Reads tables with the subjects of the strength and the reflex grammar."""

    def __init__(self, strength: Callable[[], StrengthGrammar], reflexes: Callable[[], ReflexGrammar]) -> None:
        """What gives the two grammars; they are asked for where a text has a table."""
        self._strength, self._reflexes = strength, reflexes

    @property
    def strength(self) -> StrengthGrammar:
        return self._strength()

    @property
    def reflexes(self) -> ReflexGrammar:
        return self._reflexes()

    def find(self, text: str) -> list[Mention]:
        """Mentions of every table in ``text``; one scan over the text where there is none."""
        found: list[Mention] = []
        for match in headers(text):
            sides = (side_of(match[1]), side_of(match[2]))
            if sides[0] != sides[1]:
                above = text.rfind("\n", 0, max(0, match.start() - 1)) + 1
                roots = self.strength.titled.search(text, above, match.end()) is not None
                found += self._columns(text, match.end() + 1, sides, roots=roots)
        for match in ROW.finditer(text):
            found += self._row(text, match)
        for header in _FLAT:
            if header in text:
                found += self._flat(text, header)
        return found

    def _flat(self, text: str, header: str) -> list[Mention]:
        """The rows behind a header of two sides in its line ("Right Left Hip flexion 5/5 5/5 EHL 5/5 2/5")."""
        found: list[Mention] = []
        at = text.find(header)
        while at >= 0:
            rows: list[_Line] = []
            end = at + len(header)
            while text[end : end + 1] in {" ", "\t"} and (row := _FLAT_ROW.match(text, end)):
                rows.append(_Line(row.start("row"), row.end("row")))
                end = row.end()
            if len(rows) >= _FLAT_ROWS and not text[at - 1 : at].isalnum():
                sides = (side_of(header), side_of(header.split()[-1]))
                found += [one for row in rows for one in self._column_row(text, row, sides, roots=False)]
            at = text.find(header, end)
        return found

    def _columns(self, text: str, at: int, sides: tuple[str, str], *, roots: bool) -> list[Mention]:
        found: list[Mention] = []
        strange = blank = 0
        for line in _lines_after(text, at):
            if _RULER.match(text, line.start, line.end):
                blank += bool(found) and not text[line.start : line.end].strip()
                if blank > 1:
                    break
                continue
            row = self._column_row(text, line, sides, roots=roots)
            strange = 0 if row else strange + 1
            if strange > _STRANGE or (strange and blank):  # behind a blank line only a row goes on
                break
            blank = 0
            found += row
        return found

    def _column_row(self, text: str, line: _Line, sides: tuple[str, str], *, roots: bool) -> list[Mention]:
        """``TA | 3 | 5``: a name and one cell per side, maybe a remark without numbers behind them.

        With ``roots`` a nerve root is a name, too (``L5 | 3 | 5`` of myotomes).
        """
        cells = list(_CELL.finditer(text, line.start, line.end))[-2:]
        if len(cells) != len(sides) or re.search(r"[A-Za-z]", text[cells[0].end() : cells[1].start()]):
            return []
        reflex = self._is_reflex(text, line, cells)
        grammar = self.reflexes if reflex else self.strength
        tokens = grammar.lexer.tokens(text, line.start, cells[0].start())
        names = [t for t in tokens if t.kind == "subject"]
        names = [t for t in names if t.role == "part"] or names
        if not names and roots:
            names = [self.strength.grading.of_root(t) for t in tokens if t.kind == "level"]
            names = [t for t in names if t.kind == "subject"]
        if not names or not _REMARK.match(text, cells[1].end(), line.end):
            return []
        found: list[Mention] = []
        for cell, side, first in zip(cells, sides, (True, False), strict=True):
            start = names[-1].start if first else cell.start()
            found += self._read(grammar, names[-1], cell, side, start)
        return found

    def _is_reflex(self, text: str, line: _Line, cells: list[re.Match[str]]) -> bool:
        """A row of reflexes: its cells have no ``/5``, and its name is a reflex or its cells are like ``2+``.

        A movement that only begins like a reflex (``Knee extension 2+``) is none.
        """
        wording = " ".join(cell[0] for cell in cells)
        if "/5" in wording.replace(" ", "") or "5" in wording:
            return False
        named, muscle = (
            max(
                (t.end - t.start for t in lexer.tokens(text, line.start, cells[0].start()) if t.kind == "subject"),
                default=0,
            )
            for lexer in (self.reflexes.lexer, self.strength.lexer)
        )
        return named > 0 and (not muscle or ("+" in wording and muscle <= named))

    def _read(
        self, grammar: StrengthGrammar | ReflexGrammar, name: Token, cell: re.Match[str], side: str | None, start: int
    ) -> list[Mention]:
        value = grammar.value(cell[0], cell.start(), cell.end())
        reading = Reading(name, value, side, start, cell.end())
        return grammar.table_mentions(reading)

    def _row(self, text: str, match: re.Match[str]) -> list[Mention]:
        """``HF KE DF: 5 5 3``, or the names on the line above and a side before the grades."""
        line = text.rfind("\n", 0, match.start()) + 1
        grades = list(_GRADES.finditer(text, match.start(), match.end()))
        before = self._names(text, line, match.start())
        if before is not None and len(before.columns) == len(grades):
            side = self._row_side(text, line, before.start)
            return self._cells(before, grades, side, own=False)
        if before is not None:
            return []
        side = self._row_side(text, line, match.start())
        above = line
        for _ in range(3):
            if above <= 0:
                return []
            top = text.rfind("\n", 0, above - 1) + 1
            names = self._names(text, top, above - 1)
            if names is not None and len(names.columns) == len(grades):
                return self._cells(names, grades, side, own=True)
            if not ROW.search(text, top, above - 1) and not _RULER.match(text, top, above - 1):
                return []
            above = top
        return []

    def _cells(self, names: _Names, grades: list[re.Match[str]], side: str | None, *, own: bool) -> list[Mention]:
        """One mention per known column; its span is the grade if names stand on a line of their own, else the name."""
        found: list[Mention] = []
        for name, grade in zip(names.columns, grades, strict=True):
            if name is not None:
                value = names.grammar.value(grade[0], grade.start(), grade.end())
                start, end = (grade.start(), grade.end()) if own else (name.start, name.end)
                found += names.grammar.table_mentions(Reading(name, value, side, start, end))
        return found

    def _names(self, text: str, start: int, end: int) -> _Names | None:
        """The names of a row, muscles or reflexes, whichever more of them are."""
        end = max(start, end)
        read = (
            (self.strength, self.strength.tokens(text, start, end)),
            (self.reflexes, self.reflexes.lexer.tokens(text, start, end)),
        )
        named = [_Names(grammar, tuple(_columns(tokens))) for grammar, tokens in read]
        best = max(named, key=lambda names: names.known)
        return best if best.known * _MOSTLY > len(best.columns) else None

    def _row_side(self, text: str, start: int, end: int) -> str | None:
        tokens = self.strength.lexer.tokens(text, start, end)
        return next((token.side for token in tokens if token.side is not None), None)


def is_grade(cell: str) -> bool:
    """Whether a cell is one that these tables are made of."""
    return _CELL.fullmatch(cell) is not None


def _columns(tokens: Sequence[Token]) -> Iterator[Token | None]:
    """A name each, None for a word that is none of those known; nothing where it is no row of names."""
    if not _NO_NAMES.isdisjoint(token.kind for token in tokens):
        return
    for token in tokens:
        if token.kind == "subject" and token.role == "part":
            yield token
        elif token.kind in {"word", "foreign"}:
            yield None


def side_of(word: str) -> str:
    """The side that a word for one, as in the head of a column, names."""
    return "right" if word[0] in "Rr" else "left"
