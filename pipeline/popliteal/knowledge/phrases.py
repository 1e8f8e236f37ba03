"""The small language in which phrases are written: words, alternatives, word classes and one kind of gap.

==========================  ==============================================================================
``foot drop``               the words in order; letter case, plural, possessive, British or American spelling
                            and a hyphen between two words do not matter
``(weak|poor) grip``        one of the alternatives; an empty one makes the group optional: ``foot (is|) numb``;
                            a word class may be among them: ``({reduced}|absent) reflex``
``{reduced} sensation``     any word of the class ``reduced`` in ``words.yaml``
``lost № pounds``           ``№`` stands for a number in digits
``numb ~ foot``             ``~`` stands for up to four small words: articles, possessives, sides, degrees
``\\(L\\)``                   a backslash takes a bracket or bar at its word
==========================  ==============================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

GAP = "~"
_TOO_MANY = 20_000
_UNMATCHED = (
    "{!r}: brackets do not match near character {}; close each, put none inside another, write \\( for the sign"
)
_ESCAPED = {"\\(": "\x01", "\\)": "\x02", "\\|": "\x03", "\\{": "\x04", "\\}": "\x05"}
_LITERAL = str.maketrans({code: escape[1] for escape, code in _ESCAPED.items()})
_SPECIAL = re.compile(r"[(){}\\]")
_SPACE = re.compile(r"\s+")
_CLASS = re.compile(r"\{([a-z_]+)\}")
_PART = re.compile(r"\(([^()]*)\)|\{([a-z_]+)\}|([^(){}]+)")


class PhraseError(ValueError):
    """A phrase that cannot be understood; the message says why."""


def expand(phrase: str, classes: Mapping[str, list[str]]) -> list[str]:
    """Every plain phrase that ``phrase`` stands for, as strings of words and gaps separated by one space.

    Raises:
        PhraseError: unbalanced brackets, an unknown word class, or more than 20,000 alternatives.
    """
    return list(dict.fromkeys(_joined(_parts(phrase, classes))))


def elements(phrase: str, classes: Mapping[str, list[str]]) -> list[tuple[str, ...]]:
    """``phrase`` as a row of elements: one alternative of each, in order, makes a plain phrase (see ``expand``).

    An alternative is words and gaps separated by one space, or empty. Only what is glued together within a word
    (``(pre|)patellar``) is multiplied out.

    Raises:
        PhraseError: as ``expand``.
    """
    if not _SPECIAL.search(phrase):
        return [(plain,)] if (plain := " ".join(phrase.split())) else []
    found: list[tuple[str, ...]] = []
    glued: list[list[str]] = []
    for options in _parts(phrase, classes):
        pieces = _SPACE.split(options[0]) if len(options) == 1 else []
        if len(pieces) < 2:
            glued.append(options)
            continue
        found.append(_element([*glued, [pieces[0]]]))
        found.append(_element([[" ".join(pieces[1:-1])]]))
        glued = [[pieces[-1]]]
    found.append(_element(glued))
    return [element for element in found if element != ("",)]


def check(phrase: str, classes: Mapping[str, list[str]]) -> None:
    """Nothing, when ``phrase`` can be understood.

    Raises:
        PhraseError: as ``expand``.
    """
    if _SPECIAL.search(phrase):
        _parts(phrase, classes)


def _element(parts: list[list[str]]) -> tuple[str, ...]:
    """The alternatives of neighbours without a space between them."""
    parts = [options for options in parts if options != [""]]
    if len(parts) == 1:
        return tuple(dict.fromkeys(map(_plain, parts[0])))
    return tuple(dict.fromkeys(_joined(parts)))


def _joined(parts: list[list[str]]) -> Iterator[str]:
    for choice in product(*parts):
        yield _plain("".join(choice))


def _plain(words: str) -> str:
    """With single spaces, and with the brackets that were taken at their word."""
    if not words.isprintable():
        words = words.translate(_LITERAL)
    return " ".join(words.split())


def _parts(phrase: str, classes: Mapping[str, list[str]]) -> list[list[str]]:
    """The alternatives of each group, class and stretch of text; brackets taken at their word are still in code."""
    parts: list[list[str]] = []
    position = 0
    written = phrase
    if "\\" in phrase:
        for escape, code in _ESCAPED.items():
            written = written.replace(escape, code)
    for match in _PART.finditer(written):
        if match.start() != position:
            raise PhraseError(_UNMATCHED.format(phrase, position))
        position = match.end()
        group, name, plain = match.groups()
        if group is not None:
            options = group.split("|")
            if "{" in group:
                options = [one for option in options for one in _with_classes(option, phrase, classes)]
            parts.append(options)
        elif name is not None:
            parts.append(_words(name, phrase, classes))
        else:
            parts.append([plain])
    if position != len(written):
        raise PhraseError(_UNMATCHED.format(phrase, position))
    total = prod(map(len, parts))
    if total > _TOO_MANY:
        raise PhraseError(f"{phrase!r}: stands for {total} phrases; write it as several")
    return parts


def _words(name: str, phrase: str, classes: Mapping[str, list[str]]) -> list[str]:
    if name not in classes:
        raise PhraseError(f"{phrase!r}: no word class {name!r} in words.yaml")
    return classes[name]


def _with_classes(option: str, phrase: str, classes: Mapping[str, list[str]]) -> list[str]:
    """One alternative of a group, which may hold word classes itself: ``({reduced}|absent) reflex``."""
    found = [option]
    for match in _CLASS.finditer(option):
        found = [one.replace(match[0], word, 1) for one in found for word in _words(match[1], phrase, classes)]
    return found
