"""Which notes can hold a finding at all: those with a literal of one of the patterns.

A literal is a word of which every text that a pattern matches holds one, in the lexicon's form of it, so that plural,
spelling and slips of the pen are in it already. The literals are derived from the patterns as they were compiled. A
note without one is not read any further. Within a note the trees of phrases and the needs of measurements tell which
sentences are; the rest of a sentence's stages run only where one of these has found something, or where a finding
points back to it. ``Reader(knowledge, focus=False)`` leaves nothing out, and finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property

from popliteal.errors import PatternError
from popliteal.knowledge.phrases import GAP
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.measurements import Measurer
from popliteal.reading.sentence import Entry
from popliteal.reading.tokens import NUMBER, written

#: The alternatives of one element of a phrase, each a row of words.
Element = Sequence[Sequence[str]]
#: So many characters are looked at at a time: most notes that hold a literal hold one early.
_STRETCH = 400
_NO_WORDS = frozenset({GAP, NUMBER})


class Focus:
    """The literals of phrases that make findings, and of measurements."""

    def __init__(self, lexicon: Lexicon, measurer: Measurer) -> None:
        self._lexicon = lexicon
        self._measurer = measurer
        self._asked = False

    @cached_property
    def literals(self) -> frozenset[str]:
        """Words of which every note with a finding of phrases holds one; derived when they are first asked for."""
        return literals([row for row, _ in _findable(self._lexicon)], self._lexicon.small_words)

    def passes_over(self, text: str) -> bool:
        """Whether a note need not be read.

        The first one is read whatever it holds: to derive the literals takes as long as to read a dozen notes, and a
        command that explains one note reads no other.
        """
        first, self._asked = not self._asked, True
        return not first and not self.holds(text)

    def holds(self, text: str) -> bool:
        """Whether ``text`` holds a literal, and so maybe a finding."""
        at = 0
        while at < len(text):
            end = text.find(" ", at + _STRETCH)  # no token goes on over a blank
            end = len(text) if end < 0 else end
            tokens = written(text, at, end)
            if not self.literals.isdisjoint(self._lexicon.forms(tokens)) or self._measurer.concerns(tokens):
                return True
            at = end
        return False


def check(lexicon: Lexicon) -> None:
    """Whether each phrase has a literal.

    Raises:
        PatternError: some have none; they would have to be looked for everywhere.
    """
    problems: list[str] = []
    for row, entry in _findable(lexicon):
        if not any(map(_has_words, row)):
            said = " ".join("|".join(" ".join(option) for option in element) for element in row)
            problems.append(f"{entry.pattern}: {said!r} holds no word that must stand in the text; give it one")
    if problems:
        raise PatternError(problems)


def _findable(lexicon: Lexicon) -> Iterator[tuple[Sequence[Element], Entry]]:
    """The phrases of findings, with their entries."""
    return ((row, entry) for row, entry in lexicon.rows("content") if entry.kind != "blocker")


def literals(rows: Iterable[Sequence[Element]], common: Set[str] = frozenset()) -> frozenset[str]:
    """Words of which every phrase holds one: of each the element without ``common`` ones, then with few new ones.

    >>> sorted(literals([[[["foot"]], [["drop"], ["slap"]]], [[["foot"]]]], {"drop"}))
    ['foot']
    """
    words: dict[int, list[list[str]]] = {}  # by element: many phrases share them
    several: list[list[list[list[str]]]] = []
    single: set[str] = set()
    for row in rows:
        for element in row:
            if id(element) not in words:
                words[id(element)] = _words(element)
        options = [known for element in row if (known := words[id(element)])]
        if len(options) == 1:
            single |= {
                one[0] if len(one) == 1 else max(one, key=lambda word: (word not in common, len(word)))
                for one in options[0]
            }
        else:
            several.append(options)
    found = set(single)
    best: dict[int, set[str]] = {}
    for options in several:
        for one in options:
            if id(one) not in best:
                best[id(one)] = {
                    ws[0] if len(ws) == 1 else max(ws, key=lambda w: (w in single, w not in common, len(w)))
                    for ws in one
                }
        chosen = [best[id(one)] for one in options]
        found |= min(chosen, key=lambda words: (len(words & common), len(words - found), -min(map(len, words))))
    return frozenset(found)


def _has_words(element: Element) -> bool:
    return all(any(word not in _NO_WORDS for word in option) for option in element)


def _words(element: Element) -> list[list[str]]:
    """The words of each alternative; nothing if one of them has none."""
    words = [[word for word in option if word not in _NO_WORDS] for option in element]
    return words if all(words) else []
