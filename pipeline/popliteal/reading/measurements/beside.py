"""What stands beside a word that may be the value of a reflex."""

from __future__ import annotations

from popliteal.reading.measurements.lexer import Token


def of_limb(tokens: list[Token], at: int) -> bool:
    """Whether a word is said of a limb ("left leg weak, reflexes normal", "weak left leg with brisk reflexes")."""
    before = next((t for t in reversed(tokens[max(0, at - 4) : at]) if t.kind not in {"link", "prep", "side"}), None)
    reflex = any(t.role in {"part", "whole"} for t in tokens[at + 1 : at + 2])
    return (before is not None and before.role == "limb" and not reflex) or described(tokens, at) is not None


def described(tokens: list[Token], at: int) -> Token | None:
    """The limb that the word at ``at`` describes ("weak left leg"); none behind a reflex ("jerks weak LLE")."""
    limb = next((token for token in tokens[at + 1 : at + 3] if token.kind != "side"), None)
    named = any(token.role in {"part", "whole"} for token in tokens[max(0, at - 1) : at])
    return limb if limb is not None and limb.role == "limb" and not (named or names_reflex(limb)) else None


def next_to(tokens: list[Token], at: int, kinds: set[str]) -> bool:
    """Whether the nearest token on either side, small words left out, is of one of the kinds."""
    before = next((t for t in reversed(tokens[max(0, at - 4) : at]) if t.kind not in {"link", "prep", "side"}), None)
    after = next((t for t in tokens[at + 1 : at + 5] if t.kind not in {"link", "prep", "side"}), None)
    return any(t is not None and t.kind in kinds for t in (before, after))


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
