"""What stands beside a token, small words passed over; and what that says of a word that may grade a reflex."""

from __future__ import annotations

from collections.abc import Set

from popliteal.reading.measurements.lexer import Token

_ELSE = frozenset({"word", "num", "foreign", "plus", "both", "digit"})

#: Kinds of tokens to pass over: words that only join, other small words, and sides.
LINKS = frozenset({"link"})
SMALL = LINKS | {"prep"}
SIDED = SMALL | {"side"}


def before(tokens: list[Token], at: int, within: int, passed: Set[str]) -> Token | None:
    """The nearest of the tokens ``within`` so many before one, none of the kinds ``passed``."""
    return next((token for token in reversed(tokens[max(0, at - within) : at]) if token.kind not in passed), None)


def behind(tokens: list[Token], at: int, within: int, passed: Set[str]) -> Token | None:
    """The same behind it."""
    return next((token for token in tokens[at + 1 : at + 1 + within] if token.kind not in passed), None)


def of_limb(tokens: list[Token], at: int) -> bool:
    """Whether a word is said of a limb ("left leg weak, reflexes normal", "weak left leg with brisk reflexes")."""
    owner = before(tokens, at, 4, SIDED)
    reflex = any(t.role in {"part", "whole"} for t in tokens[at + 1 : at + 2])
    return (owner is not None and owner.role == "limb" and not reflex) or described(tokens, at) is not None


def described(tokens: list[Token], at: int) -> Token | None:
    """The limb that the word at ``at`` describes ("weak left leg"); none behind a reflex ("jerks weak LLE")."""
    limb = behind(tokens, at, 2, {"side"})
    named = any(token.role in {"part", "whole"} for token in tokens[max(0, at - 1) : at])
    return limb if limb is not None and limb.role == "limb" and not (named or names_reflex(limb)) else None


def apart(tokens: list[Token], subject: Token, value: Token) -> bool:
    """Whether something else stands between a limb and what its reflexes are ("L leg: HF 4, KE 3, areflexic")."""
    if subject.role != "limb":
        return False
    start, end = sorted((subject, value), key=lambda token: token.start)
    return any(token.kind in _ELSE for token in tokens if start.end <= token.start and token.end <= end.start)


def next_to(tokens: list[Token], at: int, kinds: Set[str], passed: Set[str] = SIDED, within: int = 4) -> bool:
    """Whether the nearest token on either side is of one of the kinds."""
    beside = (nearest(tokens, at, within, passed) for nearest in (before, behind))
    return any(one is not None and one.kind in kinds for one in beside)


def beside_side(tokens: list[Token], at: int) -> bool:
    """Whether a side stands beside a value that comes after another (``absent left, present right``)."""
    beside = [t.kind for t in (*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2])]
    return "side" in beside and any(t.kind == "value" for t in tokens[:at])


def follows_subject(tokens: list[Token], at: int) -> bool:
    before = [t for t in tokens[max(0, at - 3) : at] if t.kind not in {"link", "side"}]
    return bool(before) and before[-1].kind in {"subject", "symbol", "digit"}


def names_reflex(token: Token) -> bool:
    """Whether a token says that the sentence is about reflexes: one of them or all ("1+ leg oedema" is not)."""
    named = token.kind == "subject" and token.role in {"part", "whole"}
    return named or (token.kind in {"value", "subject"} and "reflex" in token.wording.casefold())
