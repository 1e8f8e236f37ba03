"""HTML that cannot be forgotten to be escaped: every plain string is, only :class:`Html` is not."""

from __future__ import annotations

import base64
import hashlib
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


def document(title: str, sheet: str, *body: Child, script: str = "", scheme: str = "light dark") -> str:
    """A whole page that needs nothing else.

    Its policy allows its own style sheet and script by their digests and nothing more, so text of a note that looks
    like markup could not act even if it were not escaped. It is.
    """
    scripts = f"script-src '{_digest(script)}'; " if script else ""
    policy = f"default-src 'none'; style-src '{_digest(sheet)}'; {scripts}base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        None,
        tag("meta", {"charset": "utf-8"}),
        tag("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        tag("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        tag("meta", {"name": "referrer", "content": "no-referrer"}),
        tag("meta", {"name": "color-scheme", "content": scheme}),
        tag("title", None, title),
        tag("style", None, Html(sheet)),
    )
    end = tag("script", None, Html(script)) if script else None
    return "<!doctype html>\n" + tag("html", {"lang": "en"}, head, tag("body", None, *body, end)) + "\n"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
