"""What stands beside a grade given in words: movements in a list, and the words that name a weakness."""

from __future__ import annotations

from popliteal.reading.measurements.lexer import Token

#: A list of movements without grades has at most so many tokens.
LISTED = 14
#: What a list of movements has between them; between the value and the first one nothing may part them.
_IN_LIST = frozenset({"link", "prep", "sep", "side"})


def before_part(tokens: list[Token], at: int) -> bool:
    """Whether a movement without a grade of its own stands right behind (``TA 0/5 with preserved plantarflexion``)."""
    behind = [token for token in tokens[at + 1 : at + 5] if token.kind not in {"link", "side"}]
    owned = len(behind) > 1 and behind[1].kind in {"grade", "bare"}
    return bool(behind) and behind[0].role == "part" and not owned


def beside_list(tokens: list[Token], at: int, *, strength: bool, works: bool) -> bool:
    """Whether a list of movements without grades stands beside (``EHL, TA and gastroc intact``).

    Where the sentence tells of ``strength``, one movement before is enough. Otherwise it may be how far they move,
    unless the word says that each ``works``.
    """
    before, _ = _movements(tokens[max(0, at - LISTED) : at][::-1])
    if strength and before:
        return True
    after, ended_by = _movements(tokens[at + 1 : at + 1 + LISTED])
    return works and (before > 1 or (after > 1 and ended_by != "grade"))


def opens(tokens: list[Token], at: int) -> bool:
    """Whether a worded grade stands right before its movement, in a new part of a list (``EHL 2/5, flicker PF``)."""
    before = tokens[at - 1].kind if at else "sep"
    return before in {"sep", "hard"} and at + 1 < len(tokens) and tokens[at + 1].role == "part"


def _movements(near: list[Token]) -> tuple[int, str]:
    """How many movements a list begins with, and the kind of the token that ends it."""
    parts = 0
    for token in near:
        if token.kind == "subject" and token.role == "part":
            parts += 1
        elif (token.kind not in _IN_LIST and token.id != "feet") or (token.kind == "sep" and not parts):
            return parts, token.kind
    return parts, ""
