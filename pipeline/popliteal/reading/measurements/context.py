"""What stands before a sentence and still counts in it: the last named movement, and the limb of a heading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from popliteal.reading.measurements.claims import Carry
from popliteal.reading.measurements.lexer import Token
from popliteal.reading.measurements.pairing import pair

#: Tokens of ``text[start:end]`` with the values of the grammar that asks.
Read = Callable[[str, int, int], list[Token]]
REACH = 320
HEADING_LINES = 10
HEADING_LENGTH = 48


@dataclass(frozen=True, slots=True)
class Context:
    """How far back a measurement may look: ``since`` is where its section or paragraph starts."""

    since: int = 0


def paragraph(text: str, start: int, since: int) -> int:
    """Where the text that still belongs to ``start`` begins: after the last empty line, at most ``REACH`` back."""
    floor = max(since, start - REACH, 0)
    gap = max(text.rfind("\n\n", floor, start), text.rfind("\n \n", floor, start), text.rfind("\r\n\r\n", floor, start))
    return gap + 1 if gap >= 0 else floor


def look_back(read: Read, text: str, start: int, since: int) -> Carry:
    """What the text before ``start`` hands on.

    A heading on a line of its own (``RIGHT LOWER EXTREMITY:``) or at the start of the same line (``RLE: HF 5/5.``)
    gives side and limb; the last named movement or limb of the paragraph gives the subject of a bare grade.
    """
    floor = paragraph(text, start, since)
    carry = Carry()
    line = text.rfind("\n", floor, start) + 1 or floor
    tokens = read(text, floor, start)
    inline = [token for token in tokens if token.start >= line]
    pair(inline, carry)
    side, limb = carry.side, carry.limb
    if limb is None:
        above = _heading_above(read, text, floor, line)
        if above is not None:
            limb, side = above, side or above.side
    readings = pair(tokens, Carry())
    subjects = [reading.subject for reading in readings[-1:] if reading.subject is not None and not reading.inherited]
    last = [token for token in tokens if token.kind == "subject" and not token.weak]
    if not subjects:
        subjects = last[-1:]
    order = next((token.side for token in reversed(inline) if token.kind == "order"), None)
    return Carry(subjects, side, limb, order)


def _heading_above(read: Read, text: str, floor: int, line: int) -> Token | None:
    """The limb named by the nearest line above that holds nothing else (``RLE:``, ``Neuro LL``)."""
    stop = line
    for _ in range(HEADING_LINES):
        if stop <= floor:
            return None
        begin = text.rfind("\n", floor, stop - 1) + 1 or floor
        content = text[begin:stop].strip()
        if not content:
            return None
        if len(content) <= HEADING_LENGTH:
            tokens = [token for token in read(text, begin, stop) if token.kind != "link"]
            limbs = [token for token in tokens if token.role == "limb"]
            if limbs and all(token.kind in {"subject", "side"} for token in tokens):
                return limbs[0]
        stop = begin
    return None
