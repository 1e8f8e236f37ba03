"""The text of a chart's note as HTML: findings as marks over the words, evidence marked out, offsets found again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from popliteal.cohort.review.charts import ChartNote
from popliteal.cohort.review.store import Mark
from popliteal.explaining.marks import DEEPEST, shown, style
from popliteal.explaining.markup import Html, flat, tag
from popliteal.explaining.spans import INVISIBLE, Node, forest, plain
from popliteal.schema import Finding


@dataclass(frozen=True, slots=True)
class Shown:
    """What is special about findings of a note: evidence by finding_id with its criteria, and marks as wrong."""

    evidence: Mapping[int, Collection[str]]
    wrong: Mapping[int, Sequence[Mark]]


def anchor(note: int, finding: int) -> str:
    """The id of a finding's mark on the page."""
    return f"n{note}f{finding}"


def note_text(note: ChartNote, special: Shown) -> Html:
    """The text with its marks; all of it escaped."""
    text = note.note.text
    nodes = forest(note.findings, len(text))
    by_id = {item.finding_id: item for item in note.findings}
    return _pieces(note, by_id, special, 0, len(text), nodes)


def _pieces(
    note: ChartNote, by_id: Mapping[int, Finding], special: Shown, start: int, end: int, nodes: list[Node]
) -> Html:
    return flat(
        _mark(note, by_id, special, piece) if isinstance(piece, Node) else shown(note.note.text[slice(*piece)])
        for piece in plain(note.note.text, start, end, nodes)
    )


def _mark(note: ChartNote, by_id: Mapping[int, Finding], special: Shown, node: Node) -> Html:
    finding = by_id[node.finding_id]
    number = finding.finding_id
    wrong = ", ".join(mark.mechanism for mark in special.wrong.get(number, ()))
    css = [style(finding), f"h{min(node.height, DEEPEST)}"]
    css += ["ev"] if number in special.evidence else []
    css += ["wrong"] if wrong else []
    last = not node.children and not wrong
    return tag(
        "mark",
        {
            "class": " ".join(css),
            "id": anchor(note.index, number) if node.first else None,
            "data-note": str(note.index),
            "data-finding": str(number),
            "data-says": f"wrong: {wrong}" if wrong else told(finding) if last else None,
            "tabindex": "0" if node.first and number in special.evidence else "-1",
            "aria-describedby": f"d{note.index}-{number}" if node.first else None,
        },
        _pieces(note, by_id, special, node.start, node.end, node.children),
    )


def told(finding: Finding) -> str | None:
    """What is written beside a mark, so that its line is not the only sign: nothing for what is present now."""
    said: list[str] = [] if finding.assertion == "present" else [finding.assertion]
    said += ["past"] if finding.temporality == "historical" else []
    return ", ".join(said) or None


def offset_of(text: str, shown_offset: int) -> int:
    """The offset in a note of a character of its page, where line ends are one and invisible characters are codes.

    Args:
        text: the note.
        shown_offset: characters (code points) of the page before it.

    Returns:
        An offset in ``text``; its length for what lies beyond the end.
    """
    at = 0
    while at < len(text):
        if text.startswith("\r\n", at):
            length, step = 1, 2
        elif text[at] != "\r" and INVISIBLE.match(text[at]):
            length, step = len(f"U+{ord(text[at]):04X}"), 1
        else:
            length, step = 1, 1
        if shown_offset < length:
            return at
        shown_offset -= length
        at += step
    return len(text)
