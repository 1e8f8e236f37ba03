"""Grades written without their ``/5``: which digits the words around them make one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from popliteal.knowledge.measurements import Strength
from popliteal.reading.measurements.claims import of_other_side
from popliteal.reading.measurements.lexer import Token

#: What may stand behind a grade that is not in a row of them.
CLOSING = frozenset({"sep", "hard", "side", "link", "prep", "all", "versus", "except"})
_EQUALS = frozenset({":", "="})
_SIGNS = frozenset("+-–−")
_OF_REFLEXES = frozenset({"0+", "1+", "2+", "3+"})
_LESS = frozenset("1234")
_GIVEN = frozenset({"bare", "value"})
_FULL = 5
#: A grade's words stand at most so many tokens before it.
BEFORE = 8


def in_rows(tokens: Sequence[Token]) -> bool:
    """Whether two grades or more stand each beside a movement or a side (``EHL 4, TA 3``, ``DF 3 on R, 5 on L``)."""
    parts = rows = 0
    tokens = [token for token in tokens if token.wording not in _EQUALS and token.kind != "link"]
    for at, (token, after) in enumerate(pairwise(tokens)):
        parts += token.role == "part"
        behind = token.role == "part" or (token.kind == "side" and parts > 0)
        counted = any(one.kind == "block" for one in tokens[at + 2 : at + 3])  # "3 sets"
        rows += after.kind == "bare" and not counted and (behind or (parts > 0 and of_other_side(tokens, at + 1)))
    return rows > 1


class BareGrades:
    """Built once from the words that name grades, in the entry of strength."""

    def __init__(self, entry: Strength) -> None:
        self._named = [name.split() for name in entry.named]
        self._rated, self._each, self._being = entry.rated, entry.each, entry.being

    def sure(self, tokens: Sequence[Token], at: int, strict: bool) -> bool:
        """Whether the bare digit ``tokens[at]`` is a grade.

        ``strict``: the sentence has a word for strength, or grades in rows.
        """
        near = tokens[max(0, at - BEFORE) : at]
        said = [token for token in near if token.wording not in _EQUALS]
        before = [token for token in said if not _means_is(token, self._being)]
        if not before or any(token.kind == "block" for token in tokens[at + 1 : at + 2]):
            return False  # "hip abduction 3 sets"
        last, after = before[-1], tokens[at + 1 : at + 5]
        words = [token.wording.casefold() for token in before]
        if (last.role == "limb" and after and after[0].kind == "all") or _throughout(before, after):
            return True  # "left lower extremity 5 throughout"
        if any(words[-len(name) :] == name for name in self._named):
            named = any(token.role == "part" for token in tokens[max(0, at - 6) : at + 6])
            return (named or _of_strength(near, tokens[at], after)) and _ends(after)
        if strict and (
            _behind_part(before) or of_other_side(tokens, at) or _of_part(after) or _excepted(before, after)
        ):
            return True
        if strict and words[-1] in self._each and len(before) > 1 and before[-2].kind == "side":
            return _closed(after)  # "R hip flexion 4, L all 5"
        if near[-1].wording == ":" and last.role == "part" and not last.weak:
            return len(before) == 1 and not after  # a line of its own: "Dorsiflexors: 4"
        if _sided(before, after) or _signed(said, tokens[at], after) or _side_behind(before, tokens[at], after):
            return True
        return self._behind_whole(before, words, after)

    def _behind_whole(self, before: Sequence[Token], words: Sequence[str], after: Sequence[Token]) -> bool:
        """``strength 4``, ``power in dorsiflexion was graded 3``."""
        for token, word in zip(reversed(before), reversed(words), strict=True):
            if token.role == "whole":
                return True
            named = token.role == "part" or token.kind in {"prep", "side"}
            if token.kind != "link" and word not in self._rated and not (named and _closed(after)):
                return False
        return False


def _behind_part(before: Sequence[Token]) -> bool:
    """``EHL 3``, ``ankle 3``, ``EHL R 3``, and the other side's: ``EHL R 3, L 5``."""
    last, *earlier = before[::-1]
    if last.role in {"part", "place"}:
        return True
    if last.kind in _GIVEN and earlier:
        return earlier[0].role == "part"  # a column for each side: "EHL 5 3"
    if last.kind != "side" or not earlier:
        return False
    earlier = [token for token in earlier if token.kind != "sep"] or earlier
    return earlier[0].role == "part" or earlier[0].kind in _GIVEN


def _of_part(after: Sequence[Token]) -> bool:
    """``grade 4 in hip flexion and 4+ in left ankle dorsiflexion``."""
    if not after or after[0].kind != "prep":
        return False
    part = next((token for token in after[1:] if token.kind not in {"link", "side"}), None)
    return part is not None and part.role == "part"


def _excepted(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """``5/5 except for 4+ left ankle dorsiflexion``."""
    last = next((token for token in reversed(before) if token.kind not in {"link", "prep"}), None)
    part = next((token for token in after if token.kind not in {"link", "prep", "side"}), None)
    return last is not None and last.kind == "except" and part is not None and part.role == "part"


def _sided(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """``L EHL 3``: one movement by its full name, one side, and nothing else behind."""
    near = before[-2:]
    sides, parts = [t for t in near if t.kind == "side"], [t for t in near if t.role == "part" and not t.weak]
    return len(sides) == len(parts) == 1 and _closed(after)


def _side_behind(before: Sequence[Token], grade: Token, after: Sequence[Token]) -> bool:
    """``EHL 3 on the right``: one movement by its full name, less than full strength, a side and nothing else."""
    if before[-1].role != "part" or before[-1].weak or not 0 < (grade.value or 0) < _FULL:
        return False
    rest = after[1:] if after and after[0].kind == "prep" else after
    while rest and rest[0].kind == "link":
        rest = rest[1:]
    return bool(rest) and rest[0].kind == "side" and _closed(rest[1:])


def _throughout(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """``left leg globally 4``, ``the hand was globally 4``."""
    named = len(before) > 1 and before[-1].kind == "all" and before[-2].role in {"limb", "whole", "part"}
    return named and _closed(after)


def _means_is(token: Token, being: frozenset[str]) -> bool:
    return token.kind == "link" and token.wording.casefold() in being


def _signed(before: Sequence[Token], grade: Token, after: Sequence[Token]) -> bool:
    """``EHL is 4+``, ``dorsiflexion L 4-``: with a sign that no reflex (1+ to 3+) and no degrees have; behind a verb
    also without one (``EHL is 4``; 0 and 5 may be degrees)."""
    sign = grade.wording[-1] in _SIGNS and grade.wording not in _OF_REFLEXES
    if not (sign or (before[-1].kind == "link" and grade.wording in _LESS)) or not _closed(after):
        return False
    named = [token for token in before if token.kind not in {"link", "side"}]
    return bool(named) and named[-1].role == "part" and not named[-1].weak


def _of_strength(near: Sequence[Token], grade: Token, after: Sequence[Token]) -> bool:
    """Whether a general word makes a ``grade`` one of strength, before it (``power: grade 4``) or right behind it.

    Behind a Roman one it does not: ``grade IV motor deficit`` may be a percentage of impairment.
    """
    if any(token.role == "whole" for token in near):
        return True
    return bool(after) and after[0].role == "whole" and not grade.wording.isalpha()


def _ends(after: Sequence[Token]) -> bool:
    """Whether nothing follows of which a ``grade`` may be (``grade 4 eversion``, but ``grade 2 hamstring tear``)."""
    return _closed(after) or (after[0].role == "part" and _closed(after[1:]))


def _closed(after: Sequence[Token]) -> bool:
    return not after or after[0].kind in CLOSING or after[0].role == "whole"


def is_pair(tokens: list[Token], at: int, order: str | None) -> bool:
    """Whether ``4+/5-`` stands for two sides: the order is given, or a movement stands beside it and no side after."""
    after = next((t for t in tokens[at + 1 : at + 5] if t.kind not in {"link", "prep"}), None)
    before = [t for t in tokens[max(0, at - 3) : at] if t.kind not in {"link", "side"}]
    surely = tokens[at].wording[-1] in "+-" or any(t.role == "whole" for t in tokens[:at])  # else it may be a date
    led = after is not None and (after.role == "whole" or (after.role == "part" and surely))  # "5/4+ hip extensors"
    marked = re.search(r"[+-]|(?P<one>[0-5])\s?/\s?(?P=one)", tokens[at].wording) is not None
    named = bool(before) and before[-1].kind == "subject" and (marked or before[-1].role != "whole")  # "Strength 2/4"
    return order is not None or ((named or led) and not (after is not None and after.kind == "side"))
