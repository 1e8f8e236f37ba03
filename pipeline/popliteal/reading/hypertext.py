"""HTML in a note: which stretches are no words, and what is read in their place."""

from __future__ import annotations

import re
from html import unescape

from popliteal.reading.edit import Edit

_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tbody", "tfoot", "thead", "tr", "ul",
))  # fmt: skip
_INLINE = frozenset((
    "a", "abbr", "b", "base", "big", "cite", "code", "col", "colgroup", "del", "em", "font", "i", "img",
    "input", "ins", "kbd", "label", "link", "mark", "meta", "o:p", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "tt", "u", "var",
))  # fmt: skip
_CELLS = frozenset(("td", "th", "caption"))
#: Elements whose content is no text.
_HIDDEN = frozenset(("head", "script", "style", "title"))
_NAMES = _BLOCKS | _INLINE | _CELLS | _HIDDEN

#: Enough to call a text HTML; a lone "<" or "<b" is arithmetic.
_SURE = re.compile(r"</(?:[a-z]+[1-6]?|o:p)\s*>|<(?:br|p|div|html|li|tr)\s*/?>|<!doctype html", re.I)
_TAG = re.compile(r"<!--|<![a-z][^<>]*>|</?(?P<name>[a-z][a-z0-9:]*)(?![\w-])[^<>]*>", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.I)


def edits(text: str) -> list[Edit]:
    """What is read otherwise than it stands: tags as ends of lines, tabs or nothing, entities as their characters."""
    found: list[Edit] = []
    if "<" in text and _SURE.search(text):
        found = _tags(text)
    if "&" in text:
        found = _with_entities(text, found)
    return found


def _tags(text: str) -> list[Edit]:
    found: list[Edit] = []
    missing: set[str] = set()  # ends that do not come any more, so that none is looked for twice
    at = 0
    while (tag := _TAG.search(text, at)) is not None:
        at = tag.end()
        name = (tag["name"] or "").lower()
        if tag[0] == "<!--":
            at = _after("-->", text, at, missing)
        elif name in _HIDDEN and tag[0][1] != "/":
            at = _after(f"</{name}>", text, at, missing)
        elif name not in _NAMES and not tag[0].startswith("<!"):
            continue
        found.append(Edit(tag.start(), at, "\n" if name in _BLOCKS else "\t" if name in _CELLS else ""))
    return found


def _after(end: str, text: str, at: int, missing: set[str]) -> int:
    """Where an element ends; where it never does, only its tag goes."""
    if end in missing:
        return at
    closed = re.compile(re.escape(end), re.I).search(text, at)
    if closed is None:
        missing.add(end)
        return at
    return closed.end()


def _with_entities(text: str, tags: list[Edit]) -> list[Edit]:
    found: list[Edit] = []
    at = 0
    for tag in (*tags, Edit(len(text), len(text), "")):
        for entity in _ENTITY.finditer(text, at, tag.start):
            words = unescape(entity[0])
            if words != entity[0]:
                found.append(Edit(entity.start(), entity.end(), words))
        found.append(tag)
        at = tag.end
    return found[:-1]
