"""Lists of things under one word before or behind them, with nothing but small words and sides between."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import islice

from popliteal.reading.measurements.claims import GLUE
from popliteal.reading.measurements.lexer import Token

_IN_LIST = GLUE | {"sep", "side"}
#: So many tokens from a list at most stand the word that it is under and the side that closes it.
NEAR = 8


@dataclass(frozen=True, slots=True)
class List:
    """``tokens[first:stop]``; ``parts`` are the places of what is listed."""

    first: int
    stop: int
    parts: tuple[int, ...]


def lists(tokens: Sequence[Token], listed: Callable[[Token], bool], least: int = 2) -> list[List]:
    """The lists of ``least`` different things or more of which ``listed`` holds, one at least by a full name."""
    found: list[List] = []
    parts: list[int] = []
    for at in range(len(tokens) + 1):
        if at < len(tokens) and listed(tokens[at]):
            parts.append(at)
        elif at < len(tokens) and tokens[at].wording == ":" and parts == [at - 1] and _heads(tokens, at, listed):
            parts = []  # "Motor: bulk and tone normal"
        elif at == len(tokens) or tokens[at].kind not in _IN_LIST:
            several = len({tokens[one].id for one in parts}) >= least
            if several and any(not tokens[one].weak for one in parts):
                found.append(List(parts[0], at, tuple(parts)))
            parts = []
    return found


def _heads(tokens: Sequence[Token], colon: int, listed: Callable[[Token], bool]) -> bool:
    """Whether what stands before a colon is the heading of a list, and not what is said to be so behind it."""
    behind = (token for token in tokens[colon + 1 : colon + NEAR] if token.kind not in GLUE | {"side"})
    return any(map(listed, islice(behind, 1)))


def before(tokens: Sequence[Token], one: List, kinds: Set[str]) -> Token | None:
    """The word of one of the kinds right before a list, sides and small words left out."""
    near = [token for token in tokens[max(0, one.first - NEAR) : one.first] if token.kind not in GLUE]
    if [token.kind for token in near[-3:]] == ["sep", "side", "sep"]:
        near = near[:-3]  # "weakness, left more than right, of"
    last = next((token for token in reversed(near) if token.kind != "side"), None)
    return last if last is not None and last.kind in kinds else None


def after(tokens: Sequence[Token], one: List, kinds: Set[str]) -> Token | None:
    """The word of one of the kinds right behind a list, small words and sides left out."""
    near = tokens[one.parts[-1] + 1 : one.parts[-1] + NEAR]
    following = next((token for token in near if token.kind not in GLUE | {"side"}), None)
    return following if following is not None and following.kind in kinds else None


def side_before(tokens: Sequence[Token], one: List, over: Set[str]) -> str | None:
    """The side right before a list, or before the word that it is under (``bilateral weakness of``)."""
    for token in reversed(tokens[max(0, one.first - NEAR) : one.first]):
        if token.kind == "side":
            return token.side
        if token.kind not in GLUE | over:
            return None
    return None


def side_behind(tokens: Sequence[Token], one: List, over: Token | None) -> str | None:
    """The side or the limb that closes a list; ``over`` is the word that it is under."""
    for token in tokens[one.parts[-1] + 1 : one.parts[-1] + NEAR]:
        if token.side is not None:
            return token.side
        if token.kind not in GLUE and token is not over:
            return None
    return None
