"""Confusion matrices of tiers and of hypotheses as one SVG picture: ``confusions(report, order)``.

Rows are gold, columns the pipeline. A cell holds a number of notes and is of one of three kinds: gold's own answer (the
diagonal), another that gold accepts, one that it does not accept. The kinds differ in colour and in outline; a cell
with notes of the latter two is divided in their proportion; the shade is the share of the row. The picture follows the
light or dark scheme of its reader and is a table to a screen reader. It holds ids of hypotheses and counts: no id of a
note, no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, cos, radians, sin

from popliteal.evaluating.scoring import NoteScore, Report
from popliteal.schema import URGENCIES

_CELL = 24  # edge of a cell, px
_LABEL = 268  # room for the names of rows
_HEAD = 52  # room above the slanted names of the columns
_EDGE = 28  # margin, and the room between the parts
_LETTER = 6.5  # width of a letter of the names, at most
_SLANT = 50  # degrees by which the names of columns rise
_FAINTEST, _FULLEST = 0.14, 0.5  # shades; the ink stays readable on the fullest

_STYLE = """
svg { color-scheme: light dark; --paper: #fff; --ink: #18212b; --soft: #55606d; --line: #dfe4ea;
  --best: #1f6fb2; --fine: #23674f; --wrong: #d9480f; background: var(--paper);
  font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
@media (prefers-color-scheme: dark) { svg { --paper: #171d24; --ink: #e4e9ee; --soft: #a9b4c0; --line: #2b343e;
  --best: #69aefc; --fine: #6fcf9d; --wrong: #ff9f5e; } }
.paper { fill: var(--paper); }
text { fill: var(--ink); }
.soft { fill: var(--soft); }
.title { font-size: 15px; font-weight: 650; }
.count { text-anchor: middle; dominant-baseline: central; font-variant-numeric: tabular-nums; }
.name { text-anchor: end; dominant-baseline: central; }
.grid { fill: none; stroke: var(--line); }
.best rect { fill: var(--best); }
.fine rect { fill: var(--fine); stroke: var(--fine); stroke-dasharray: 3 2; }
.wrong rect { fill: var(--wrong); }
.wrong rect.part { fill: var(--fine); }
.wrong rect.edge { fill: none; stroke: var(--wrong); }
.wrong text.count { font-weight: 700; }
"""

#: kind of cell -> what the legend says of it
_KINDS = {
    "best": "the answer of gold",
    "fine": "another answer, which gold accepts",
    "wrong": "an answer that gold does not accept",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Notes with one gold answer and one answer of the pipeline, and for how many of them gold accepts that answer."""

    notes: int = 0
    accepted: int = 0

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.notes + other.notes, self.accepted + other.accepted)


@dataclass(frozen=True, slots=True)
class Matrix:
    """One table: what is confused, the answers in their order, and the cells that hold notes, by (gold, pipeline)."""

    title: str
    names: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    @classmethod
    def of(cls, title: str, answers: Iterable[tuple[str, str, bool]], order: Sequence[str]) -> Matrix:
        """Counts ``(gold, pipeline, accepted)``; answers that never occur are left out, unknown ones come last."""
        cells: dict[tuple[str, str], Cell] = {}
        for gold, got, accepted in answers:
            cells[gold, got] = cells.get((gold, got), Cell()) + Cell(1, int(accepted))
        seen = {name for pair in cells for name in pair}
        listed = [name for name in dict.fromkeys(order) if name in seen]
        return cls(title, (*listed, *sorted(seen - set(listed))), cells)

    @property
    def notes(self) -> int:
        """How many notes are in it."""
        return sum(cell.notes for cell in self.cells.values())

    def row(self, gold: str) -> int:
        """How many notes have this gold answer."""
        return sum(cell.notes for (name, _), cell in self.cells.items() if name == gold)

    def kind(self, gold: str, got: str) -> str:
        """``best``, ``fine`` or ``wrong``: the worst of the notes in the cell."""
        cell = self.cells[gold, got]
        if cell.accepted < cell.notes:
            return "wrong"
        return "best" if gold == got else "fine"

    @property
    def summary(self) -> str:
        """The numbers in one line."""
        accepted = sum(cell.accepted for cell in self.cells.values())
        best = sum(cell.notes for (gold, got), cell in self.cells.items() if gold == got)
        if not self.notes:
            return f"{self.title}: no note"
        shares = f"{accepted / self.notes:.3f} acceptable, {best / self.notes:.3f} the best"
        return f"{self.title}: {self.notes} notes, {shares}"


def tier_matrix(report: Report) -> Matrix:
    """The tiers of urgency, the highest first, of the notes that have one in gold."""

    def answers(note: NoteScore) -> Iterator[tuple[str, str, bool]]:
        want, got = note.gold.decision, note.decision.urgency
        if want.urgency is not None:
            yield want.urgency, got, got in want.urgency_ok

    return Matrix.of("Urgency", (answer for note in report.notes for answer in answers(note)), URGENCIES)


def hypothesis_matrix(report: Report, order: Sequence[str]) -> Matrix:
    """The primary hypotheses, in ``order``, of the notes that have one in gold."""

    def answers(note: NoteScore) -> Iterator[tuple[str, str, bool]]:
        want, got = note.gold.decision, note.decision.hypothesis
        if want.hypothesis is not None:
            yield want.hypothesis, got, got in want.acceptable

    return Matrix.of("Hypotheses", (answer for note in report.notes for answer in answers(note)), order)


def confusions(report: Report, order: Sequence[str] = ()) -> str:
    """Both matrices as the text of an SVG file.

    Args:
        report: scored notes; those without a decision in gold are not counted.
        order: the hypotheses, in the order in which they are to stand; others follow by name.
    """
    tiers, hypotheses = tier_matrix(report), hypothesis_matrix(report, order)
    top = _EDGE + _height(tiers) + _EDGE
    legend = _EDGE + _width(tiers) + _EDGE
    width = max(legend + 260, _EDGE + _width(hypotheses) + _EDGE)
    height = top + _height(hypotheses) + _EDGE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            ' role="group" aria-labelledby="title summary">',
            '<title id="title">Confusion of urgency and of hypotheses</title>',
            f'<desc id="summary">{escape(tiers.summary)}. {escape(hypotheses.summary)}.</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" width="{width}" height="{height}"/>',
            *_table(tiers, _EDGE, _EDGE),
            *_legend(legend, _EDGE + 32),
            *_table(hypotheses, _EDGE, top),
            "</svg>",
            "",
        ]
    )


def _reach(matrix: Matrix) -> tuple[int, int]:
    """How far the slanted names reach to the right, and up."""
    longest = _LETTER * max((len(_words(name)) for name in matrix.names), default=0)
    return ceil(longest * cos(radians(_SLANT))), ceil(longest * sin(radians(_SLANT)))


def _width(matrix: Matrix) -> int:
    return _LABEL + len(matrix.names) * _CELL + _reach(matrix)[0]


def _height(matrix: Matrix) -> int:
    return _HEAD + _reach(matrix)[1] + len(matrix.names) * _CELL


def _table(matrix: Matrix, left: int, top: int) -> Iterator[str]:
    """A matrix with its left upper corner at a point, as groups that say they are rows and cells."""
    count = len(matrix.names)
    x, y = left + _LABEL, top + _HEAD + _reach(matrix)[1]
    label = f"{matrix.title}: rows are gold, columns the pipeline"
    yield f'<g transform="translate({left} {top})"><text class="title" y="14">{escape(matrix.summary)}</text>'
    yield '<text class="soft" y="34">rows: gold, with notes · columns: pipeline</text></g>'
    yield f'<g role="table" aria-label="{escape(label)}" aria-rowcount="{count + 1}" aria-colcount="{count + 1}">'
    yield '<g role="row" aria-rowindex="1">'
    for column, name in enumerate(matrix.names):
        at = f"translate({x + column * _CELL + _CELL / 2 + 4:g} {y - 8}) rotate(-{_SLANT})"
        yield f'<text role="columnheader" aria-colindex="{column + 2}" transform="{at}">{escape(_words(name))}</text>'
    yield "</g>"
    for row, name in enumerate(matrix.names):
        yield from _row(matrix, row, name, x, y + row * _CELL)
    yield "</g>"


def _row(matrix: Matrix, row: int, gold: str, x: int, y: int) -> Iterator[str]:
    total = matrix.row(gold)
    yield f'<g role="row" aria-rowindex="{row + 2}"><text role="rowheader" aria-colindex="1" class="name" x="{x - 8}"'
    yield f' y="{y + _CELL / 2:g}">{escape(_words(gold))} <tspan class="soft">{total}</tspan></text>'
    for column, got in enumerate(matrix.names):
        at = f'x="{x + column * _CELL}" y="{y}" width="{_CELL}" height="{_CELL}"'
        yield f'<rect class="grid" aria-hidden="true" {at}/>'
        if (gold, got) in matrix.cells:
            yield from _cell(matrix, gold, got, column, (x + column * _CELL, y), total)
    yield "</g>"


def _cell(matrix: Matrix, gold: str, got: str, column: int, corner: tuple[int, int], total: int) -> Iterator[str]:
    cell, kind = matrix.cells[gold, got], matrix.kind(gold, got)
    shade = f'fill-opacity="{_FAINTEST + (_FULLEST - _FAINTEST) * cell.notes / total:.3f}"'
    x, y = corner
    notes = "1 note" if cell.notes == 1 else f"{cell.notes} notes"
    tip = escape(f"gold {_words(gold)}, pipeline {_words(got)}: {notes}, {cell.accepted} acceptable")
    yield f'<g role="cell" aria-colindex="{column + 2}" class="{kind}"><title>{tip}</title>'
    yield from _box(kind, x + 1.5, y + 1.5, shade, cell.accepted / cell.notes if kind == "wrong" else 0)
    yield f'<text class="count" x="{x + _CELL / 2:g}" y="{y + _CELL / 2:g}">{cell.notes}</text></g>'


def _box(kind: str, x: float, y: float, shade: str, accepted: float = 0) -> Iterator[str]:
    """The box of a cell; of one that is wrong, the share from its left that stands for answers which gold accepts."""
    inner = _CELL - 3
    part = inner * accepted
    if part:
        yield f'<rect class="part" x="{x}" y="{y}" width="{part:.2f}" height="{inner}" {shade}/>'
    yield f'<rect x="{x + part:.2f}" y="{y}" width="{inner - part:.2f}" height="{inner}" {shade}/>'
    if kind == "wrong":
        yield f'<rect class="edge" x="{x}" y="{y}" width="{inner}" height="{inner}"/>'


def _legend(left: int, top: int) -> Iterator[str]:
    for line, (kind, words) in enumerate(_KINDS.items()):
        y = top + line * (_CELL + 6)
        yield f'<g class="{kind}">'
        yield from _box(kind, left, y, 'fill-opacity="0.35"')
        yield f'<text x="{left + _CELL + 6}" y="{y + _CELL / 2 + 3:g}">{words}</text></g>'
    y = top + len(_KINDS) * (_CELL + 6) + 14
    yield f'<text class="soft" x="{left}" y="{y}">the fuller, the more of its row</text>'


def _words(name: str) -> str:
    """An id as words, cut where it would run out of its room."""
    words = name.replace("_", " ")
    room = int((_LABEL - 40) / _LETTER)
    return words if len(words) <= room else f"{words[: room - 1]}…"
