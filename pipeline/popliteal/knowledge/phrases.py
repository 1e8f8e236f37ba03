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
from collections.abc import Mapping
from itertools import product

GAP = "~"
_TOO_MANY = 6000
_ESCAPED = {"\\(": "\x01", "\\)": "\x02", "\\|": "\x03", "\\{": "\x04", "\\}": "\x05"}
_LITERAL = str.maketrans({code: escape[1] for escape, code in _ESCAPED.items()})
_CLASS = re.compile(r"\{([a-z_]+)\}")
_PART = re.compile(r"\(([^()]*)\)|\{([a-z_]+)\}|([^(){}]+)")


class PhraseError(ValueError):
    """A phrase that cannot be understood; the message says why."""


def expand(phrase: str, classes: Mapping[str, list[str]]) -> list[str]:
    """Every plain phrase that ``phrase`` stands for, as strings of words and gaps separated by one space.

    Raises:
        PhraseError: unbalanced brackets, an unknown word class, or more than 4,000 alternatives.
    """
    parts: list[list[str]] = []
    position = 0
    written = phrase
    for escape, code in _ESCAPED.items():
        written = written.replace(escape, code)
    for match in _PART.finditer(written):
        if match.start() != position:
            raise PhraseError(f"{phrase!r}: brackets do not match near character {position}")
        position = match.end()
        group, name, plain = match.groups()
        if group is not None:
            parts.append([one for option in group.split("|") for one in _with_classes(option, phrase, classes)])
        elif name is not None:
            parts.append(_words(name, phrase, classes))
        else:
            parts.append([plain])
    if position != len(written):
        raise PhraseError(f"{phrase!r}: brackets do not match near character {position}")
    total = 1
    for options in parts:
        total *= len(options)
    if total > _TOO_MANY:
        raise PhraseError(f"{phrase!r}: stands for {total} phrases; write it as several")
    return list(dict.fromkeys(" ".join("".join(choice).translate(_LITERAL).split()) for choice in product(*parts)))


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
