"""Findings laid over the text: spans that stand twice, in each other or across each other, as a forest."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from popliteal.schema import Finding

#: Characters that draw nothing, move the cursor or reorder the line: controls, bidi marks, zero-width ones, surrogates.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


@dataclass(slots=True)
class Node:
    """A piece of a finding: ``[start, end)`` of the text, and the pieces of other findings that lie inside it.

    ``first`` says whether the piece is the beginning of its finding: only a finding that crosses another has more
    than one.
    """

    start: int
    end: int
    finding_id: int
    first: bool = True
    children: list[Node] = field(default_factory=list)

    @property
    def height(self) -> int:
        """How many levels lie inside: 0 for a piece that holds no other."""
        return 1 + max(child.height for child in self.children) if self.children else 0


def forest(findings: Iterable[Finding], length: int) -> list[Node]:
    """The findings as trees in the order of the text; one that crosses another's end is cut there in two.

    Every character of a finding that lies in ``[0, length)`` is covered by exactly one of its pieces.
    """
    queue = [(max(item.start, 0), -min(item.end, length), item.finding_id, True) for item in findings]
    queue = [entry for entry in queue if entry[0] < -entry[1]]
    heapq.heapify(queue)
    roots: list[Node] = []
    stack: list[Node] = []
    while queue:
        start, negative_end, finding_id, first = heapq.heappop(queue)
        end = -negative_end
        while stack and stack[-1].end <= start:
            stack.pop()
        if stack and stack[-1].end < end:
            heapq.heappush(queue, (stack[-1].end, negative_end, finding_id, False))
            end = stack[-1].end
        node = Node(start, end, finding_id, first)
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)
    return roots


def plain(text: str, start: int, end: int, nodes: list[Node]) -> Iterator[Node | tuple[int, int]]:
    """``[start, end)`` in order: the nodes, and the stretches of text before, between and after them."""
    at = start
    for node in nodes:
        if at < node.start:
            yield at, node.start
        yield node
        at = node.end
    if at < end:
        yield at, end


def visible(text: str) -> Iterator[tuple[str, str]]:
    """Pieces ``("text", ...)`` as they are, and ``("code", "U+202E")`` for each character that must not act.

    Line ends of every kind become ``\\n``.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    at = 0
    for match in INVISIBLE.finditer(text):
        if at < match.start():
            yield "text", text[at : match.start()]
        yield "code", f"U+{ord(match[0]):04X}"
        at = match.end()
    if at < len(text):
        yield "text", text[at:]


def one_line(text: str) -> str:
    """Text of a note for a table or a tooltip: on one line, with characters that must not act as their code."""
    pieces = (part if kind == "text" else f"[{part}]" for kind, part in visible(text))
    return " ".join("".join(pieces).split())
