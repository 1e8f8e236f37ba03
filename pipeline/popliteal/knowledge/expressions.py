"""Regular expressions that are compiled when a text is first tried.

The patterns make hundreds of them, long ones, and a note tries few: to compile all took a sixth of the start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

_Found: TypeAlias = re.Match[str] | None
_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub")


class Expression:
    """What ``re.compile(pattern, flags)`` gives, as far as it is needed here.

    After the first use its methods are those of the compiled expression, without a call between. Two are the same only
    if they are one, so that they can be keys at no cost.
    """

    __slots__ = (*_METHODS, "flags", "pattern")

    search: Callable[..., _Found]
    match: Callable[..., _Found]
    fullmatch: Callable[..., _Found]
    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[..., list[str]]
    split: Callable[..., list[str]]
    sub: Callable[..., str]

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags

    def __reduce__(self) -> tuple[type[Expression], tuple[str, int]]:
        return Expression, (self.pattern, self.flags)

    def __repr__(self) -> str:
        return f"Expression({self.pattern!r}, {self.flags})"

    def compile(self) -> Expression:
        """Compile it now, to know that it can be.

        Raises:
            re.error: it is no regular expression.
        """
        compiled = re.compile(self.pattern, self.flags)
        for name in _METHODS:
            setattr(self, name, getattr(compiled, name))
        return self

    if not TYPE_CHECKING:  # the checker shall not take it for a leave to ask for anything

        def __getattr__(self, name: str) -> object:
            if name not in _METHODS:
                raise AttributeError(name)
            return getattr(self.compile(), name)


def expression(pattern: str, flags: int = 0) -> Expression:
    """An expression of the patterns while they are checked.

    Raises:
        re.error: it is no regular expression.
    """
    return Expression(pattern, int(flags)).compile()
