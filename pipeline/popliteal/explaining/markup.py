"""HTML that cannot be forgotten to be escaped: every plain string is, only :class:`Html` is not."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

VOID = frozenset({"meta", "link", "br", "hr", "input", "col"})


class Html(str):
    """Text that is HTML already; template engines know it by ``__html__``."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


Child = str | None | Iterable["Child"]


def flat(children: Iterable[Child]) -> Html:
    """Children one after the other; plain strings are escaped, None is left out, iterables are opened."""
    return Html("".join(_one(child) for child in children))


def _one(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, str):
        return child if isinstance(child, Html) else escape(child, quote=True)
    return flat(child)


def tag(name: str, attributes: dict[str, str | bool | None] | None = None, *children: Child) -> Html:
    """An element. An attribute that is None or False is left out, one that is True stands without a value."""
    shown = "".join(
        f" {key}" if value is True else f' {key}="{escape(value, quote=True)}"'
        for key, value in (attributes or {}).items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{shown}>" if name in VOID else f"<{name}{shown}>{flat(children)}</{name}>")
