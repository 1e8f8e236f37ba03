"""Grades that change into others: of ``from grade 1 to 2`` the second digit is a grade as much as the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from popliteal.knowledge.measurements import Strength
from popliteal.reading.measurements.bare import CLOSING
from popliteal.reading.measurements.lexer import Token

#: Kinds of tokens that may be grades.
_GIVEN = frozenset({"grade", "bare"})
#: Between the old grade and the word for the change stand at most so many others ("from 1/5 after surgery to 4/5").
_BETWEEN = 4


class Changes:
    """Built once from the entry of strength."""

    def __init__(self, entry: Strength) -> None:
        self._since, self._onwards = entry.since, entry.onwards
        self._units = entry.units
        self._named = {name for words in entry.named for name in words.split()}

    def without_units(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens, where ``MRC`` in "from MRC 2 to MRC 4" is no subject."""
        ends = self._since | self._onwards
        done = list(tokens)
        for at in range(1, len(tokens) - 1):
            unit = tokens[at].role == "whole" and _word(tokens[at]) in self._units
            if unit and _word(tokens[at - 1]) in ends and self._given(tokens, at + 1) is not None:
                done[at] = replace(tokens[at], kind="link", id="", role="")
        return done

    def graded(self, tokens: Sequence[Token], *, strict: bool) -> set[int]:
        """Where the grades stand that change, and those that they change to.

        ``strict``: the sentence is of strength. Otherwise one of the two has to be a grade by its own words.
        """
        if not any(_word(token) in self._since for token in tokens):
            return set()
        done: set[int] = set()
        for at, token in enumerate(tokens):
            if _word(token) not in self._onwards:
                continue
            old, new = self._before(tokens, at), self._given(tokens, at + 1)
            if old is None or new is None or not (new + 1 == len(tokens) or tokens[new + 1].kind in CLOSING):
                continue
            told = strict or "grade" in {tokens[old].kind, tokens[new].kind} or self._called(tokens, old)
            if told and _of_strength(tokens[:old]):
                done |= {old, new}
        return done

    def _given(self, tokens: Sequence[Token], at: int) -> int | None:
        """The grade that stands at ``at``, or behind words that only call it one."""
        while at < len(tokens) and tokens[at].kind == "link":
            at += 1
        return at if at < len(tokens) and tokens[at].kind in _GIVEN else None

    def _before(self, tokens: Sequence[Token], at: int) -> int | None:
        """The grade that the words of a change at ``at`` start from."""
        for old in range(at - 1, max(0, at - 2 - _BETWEEN), -1):
            if tokens[old].kind in _GIVEN:
                first = old - 1
                while first > 0 and tokens[first].kind == "link":
                    first -= 1
                return old if _word(tokens[first]) in self._since else None
        return None

    def _called(self, tokens: Sequence[Token], at: int) -> bool:
        return at > 0 and not self._named.isdisjoint(_word(tokens[at - 1]).split())


def _of_strength(before: Sequence[Token]) -> bool:
    """Whether the last of what stands before is a movement, a limb or a word for strength, and no pain."""
    named = next((token for token in reversed(before) if token.kind in {"subject", "block", "hard", "num"}), None)
    return named is not None and named.kind == "subject"


def _word(token: Token) -> str:
    return token.wording.casefold()
