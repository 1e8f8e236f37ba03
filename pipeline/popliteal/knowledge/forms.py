"""Forms: how the words of measurements are written, and the finite list of spellings that each stands for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

MOST_SPELLINGS = 400
SYNTAX = re.compile(r"\\.|[\[\]()|]|[^\\\[\]()|]+")


@lru_cache(maxsize=4096)
def expand(form: str) -> tuple[str, ...]:
    """All spellings a form stands for, in the order written.

    Raises:
        ValueError: brackets do not match, or the form stands for more than ``MOST_SPELLINGS`` spellings.
    """
    parts = SYNTAX.findall(form)
    spellings, rest = _choice(parts, 0, None)
    if rest != len(parts):
        raise ValueError(f"unmatched {parts[rest]!r}; write \\{parts[rest]} for the sign itself")
    return tuple(dict.fromkeys(" ".join(one.split()) for one in spellings))


def _choice(parts: list[str], at: int, closing: str | None) -> tuple[list[str], int]:
    done: list[str] = []
    now = [""]
    while at < len(parts):
        part = parts[at]
        if part in {"]", ")"}:
            break
        if part == "|":
            done, now = done + now, [""]
        elif part in {"[", "("}:
            inner, at = _choice(parts, at + 1, "]" if part == "[" else ")")
            options = [*inner, ""] if part == "[" else inner
            now = [head + tail for head in now for tail in options]
        else:
            now = [head + (part[1:] if part[0] == "\\" else part) for head in now]
        if len(now) + len(done) > MOST_SPELLINGS:
            raise ValueError(f"stands for more than {MOST_SPELLINGS} spellings; split it")
        at += 1
    if closing is not None and (at >= len(parts) or parts[at] != closing):
        raise ValueError(f"a bracket is not closed; expected {closing!r}")
    return done + now, at


def _checked(forms: tuple[str, ...]) -> tuple[str, ...]:
    for form in forms:
        if not all(spelling.strip() for spelling in expand(form)):
            raise ValueError(f"{form!r} can be empty; give it at least one sign that must stand")
    return forms


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


Forms = Annotated[tuple[str, ...], AfterValidator(_checked)]
Regex = Annotated[str, AfterValidator(_regex)]
