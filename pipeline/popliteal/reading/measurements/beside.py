"""What stands beside a token, small words passed over; and what that says of a word that may grade a reflex."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from popliteal.reading.measurements.lexer import Token

#: Words between a word for how brisk a jerk is and the number that says the same ("diminished at 1+").
_LED_TO = frozenset({"at", "to", "-", "–", "=", ":"})
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
    own = owner is not None and owner.role == "limb" and not reflex and not _has_a_reflex(tokens, owner)
    return own or described(tokens, at) is not None


def _has_a_reflex(tokens: list[Token], limb: Token) -> bool:
    """Whether a limb is where the reflex right before it is ("the ankle jerk in the left leg is weak")."""
    named = before(tokens, tokens.index(limb), 4, SIDED)
    return named is not None and named.role == "part"


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


def without_repeats(tokens: list[Token]) -> list[Token]:
    """``knees brisk (3+)``, ``ankle diminished at 1+``: a number right behind a word only says how much it is."""
    done: list[Token] = []
    skip = 0
    for at, token in enumerate(tokens):
        if at < skip:
            continue
        skip = _repeated_to(tokens, at) if token.kind == "value" else 0
        number = max((one for one in tokens[at + 1 : skip]), key=lambda one: one.value or 0.0, default=token)
        done.append(replace(token, end=tokens[skip - 1].end, value=number.value) if skip else token)
    return [t.into("num") if _repeats(done, at) else t for at, t in enumerate(done)]


def _repeated_to(tokens: list[Token], at: int) -> int:
    """The token behind the number, brackets and all, that repeats the word at ``at``; 0 where none does."""
    to = at + 1
    opened = to < len(tokens) and tokens[to].wording == "("
    to += opened or (to < len(tokens) and tokens[to].wording.lower() in _LED_TO)
    graded = {"plus", "digit"} if opened else {"plus"}
    first = to
    while to < len(tokens) and (tokens[to].kind in graded or (to > first and tokens[to].kind == "sep" and opened)):
        to += 1
    if to == first or (not opened and to > first + 1):
        return 0
    if opened:
        return to + 1 if to < len(tokens) and tokens[to].wording == ")" else 0
    return to


def _repeats(tokens: list[Token], at: int) -> bool:
    """``brisk knees (3+)``: a number in brackets that only repeats a word said before it."""
    bracketed = tokens[at].kind in {"plus", "digit", "both"} and at >= 2 and tokens[at - 1].wording == "("
    return bracketed and any(token.kind == "value" for token in tokens[max(0, at - 4) : at - 1])
