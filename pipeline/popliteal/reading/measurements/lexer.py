"""A sentence as typed tokens: the words a grammar knows, its values, and the rest as plain words.

Words are found by dictionary, longest first, so the work grows with the number of words of the sentence and not
with the number of forms known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace

from popliteal.knowledge.forms import expand

#: A vertebral or root level (``L5``, ``L4-5``, ``T10``);
#: ``L4/5`` can also be a left grade, so there are two patterns for L.
_LEVEL = (
    r"(?<![^\W_])(?:[CS]\d|T1[0-2]|T[1-9]|{left})(?!\d|\.\d)"
    r"(?:\s?[-–/]\s?(?:[CTLS]\s?)?\d{{1,2}}(?!\d|[+-]?\s?/))?(?![\d.]\d)"
)
_LEFT_LEVEL = r"L[1-5](?!\s?[+-]?\s?/\s?5(?!\d))|L4(?=\s?/\s?5(?!\d))"
_LEFT_GRADE = r"L[1-5](?!\s?[+-]?\s?/\s?5(?!\d))"
WORD = r"[^\W\d_]+(?:['’][^\W\d_]+)?"
_REST = rf"(?P<word>{WORD})|(?P<num>\d+(?:[.,]\d+)*)|(?P<sign>[^\w\s]|_)"
_RIGHT_GLUED = re.compile(r"(?<![^\W_])R\d[+-]?\s?/\s?5(?!\d)")
_PARTS = re.compile(_REST)
_PLAIN = frozenset({"word", "num", "sign", "level"})
_HYPHENS = frozenset("-‐‑")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form means to a grammar."""

    kind: str
    id: str = ""
    side: str | None = None
    weak: bool = False
    role: str = ""
    region: str = ""


@dataclass(slots=True)
class Token:
    """One token; offsets are into the note. ``value`` is set on values. Nobody changes one: a frozen class is slow."""

    kind: str
    start: int
    end: int
    id: str = ""
    side: str | None = None
    weak: bool = False
    role: str = ""
    region: str = ""
    value: float | None = None
    wording: str = ""


Key = tuple[str, ...]
#: The words of a form without case, the words of it whose case counts, and its meaning.
_Form = tuple[Key, Key, Entry]


class Vocabulary:
    """Forms by first word, longest first; what ``base`` knows counts where this one knows nothing as long."""

    def __init__(self, base: Vocabulary | None = None) -> None:
        self._base = base
        self._by_first: dict[str, list[_Form]] = {}
        self._spellings: set[tuple[Key, Key]] = set()
        self._all: dict[str, list[_Form]] | None = None

    def add(self, forms: Iterable[str], entry: Entry) -> None:
        """Make every spelling of ``forms`` mean ``entry``; the first meaning given to a spelling stays."""
        for form in forms:
            for spelling in expand(form):
                raw = tuple([match[0] for match in _PARTS.finditer(spelling.replace("’", "'"))])
                raw = _joined(raw) if "-" in raw else raw
                folded = tuple([word.casefold() for word in raw])
                exact = ("",) * len(raw) if spelling.islower() else tuple(map(kept_case, raw))
                self._all = None
                if (folded, exact) not in self._spellings:
                    self._spellings.add((folded, exact))
                    known = self._by_first.setdefault(folded[0], [])
                    at = bisect_right(known, -len(folded), key=lambda one: -len(one[0]))
                    known.insert(at, (folded, exact, entry))

    def longest(self, raw: list[str], folded: list[str], at: int) -> tuple[int, Entry] | None:
        """How many words from ``at`` form the longest known spelling, and its meaning."""
        for key, exact, entry in self._forms().get(folded[at], ()):
            size = len(key)
            if size == 1:
                if not exact[0] or exact[0] == raw[at]:
                    return 1, entry
            elif tuple(folded[at : at + size]) == key and all(
                not case or case == word for case, word in zip(exact, raw[at : at + size], strict=True)
            ):
                return size, entry
        return None

    def begin(self) -> Set[str]:
        """The words without case that forms begin with."""
        return self._forms().keys()

    def _forms(self) -> dict[str, list[_Form]]:
        """The forms of this vocabulary and of its base by first word, longest first, of equals this one's first."""
        if self._all is None:
            known = {word: list(forms) for word, forms in self._by_first.items()}
            for word, forms in self._base._forms().items() if self._base is not None else ():
                known[word] = sorted([*known.get(word, ()), *forms], key=lambda form: -len(form[0]))
            self._all = known
        return self._all


def _joined(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without hyphens that stand between two words (``plantar-flexion``), as the text is read too."""
    return tuple(
        word
        for at, word in enumerate(words)
        if not (word == "-" and 0 < at < len(words) - 1 and words[at - 1].isalpha() and words[at + 1].isalpha())
    )


def kept_case(word: str) -> str:
    """``word`` if it is short and its case counts (``AT`` is no "at"), or nothing; in no form that is all small."""
    return word if word.isalpha() and not word.islower() and len(word) <= 4 else ""


#: The role of the first of two values that belong to the two sides of one subject.
TWIN = "twin"


class Lexer:
    """Splits text by a vocabulary and a pattern of values (group names of ``values`` are token kinds)."""

    def __init__(
        self, vocabulary: Vocabulary, values: str, read: Callable[[str, str], tuple[float | None, str]]
    ) -> None:
        """``read(kind, wording)`` gives ``(value, id)`` of what the pattern of values matched."""
        self.vocabulary = vocabulary
        self._read = read
        first = f"{values}|" if values else ""
        self._plain = re.compile(f"(?P<level>{_LEVEL.format(left=_LEFT_LEVEL)})|{first}{_REST}")
        self._glued = re.compile(f"(?P<level>{_LEVEL.format(left=_LEFT_GRADE)})|{first}{_REST}")

    def tokens(self, text: str, start: int, end: int) -> list[Token]:
        """The tokens of ``text[start:end]``, in order, without overlap."""
        glued = _RIGHT_GLUED.search(text, start, end) is not None
        raw: list[tuple[str, int, int]] = []
        for match in (self._glued if glued else self._plain).finditer(text, start, end):
            kind = match.lastgroup or "sign"
            raw.append((kind, *match.span()))
        raw = [one for at, one in enumerate(raw) if text[one[1]] not in _HYPHENS or not _is_joint(raw, at, text)]
        return list(self._merge(raw, text))

    def _merge(self, raw: list[tuple[str, int, int]], text: str) -> Iterable[Token]:
        words = [text[a:b].replace("’", "'") if kind in {"word", "num", "sign"} else "\0" for kind, a, b in raw]
        folded = [word.casefold() for word in words]
        longest, begin = self.vocabulary.longest, self.vocabulary.begin()
        at = 0
        while at < len(raw):
            kind, start, end = raw[at]
            if words[at] == "." and _ends_sentence(text, start):
                yield Token("hard", start, end, wording=".")
                at += 1
                continue
            found = longest(words, folded, at) if folded[at] in begin else None
            if found is not None:
                size, entry = found
                stop = raw[at + size - 1][2]
                yield Token(
                    entry.kind,
                    start,
                    stop,
                    entry.id,
                    entry.side,
                    entry.weak,
                    entry.role,
                    entry.region,
                    wording=text[start:stop],
                )
                at += size
                continue
            if kind in _PLAIN:
                yield Token(kind, start, end, wording=text[start:end])
            else:
                value, identity = self._read(kind, text[start:end])
                yield Token(kind, start, end, identity, value=value, wording=text[start:end])
            at += 1


def _ends_sentence(text: str, at: int) -> bool:
    """Whether the full stop at ``at`` ends a sentence: a space follows, no single letter stands before it."""
    follows = text[at + 1 : at + 2]
    return (not follows or follows.isspace()) and not (
        text[at - 1 : at].isalpha() and not text[at - 2 : at - 1].isalpha()
    )


def _is_joint(raw: list[tuple[str, int, int]], at: int, text: str) -> bool:
    """Whether piece ``at`` is a hyphen that only joins two words."""
    if not 0 < at < len(raw) - 1:
        return False
    (_, start, end), before, after = raw[at], raw[at - 1], raw[at + 1]
    return text[start:end] in _HYPHENS and before[0] == after[0] == "word" and before[2] == start and after[1] == end


def split_pair(token: Token, first: str, read: Callable[[str], float | None]) -> list[Token]:
    """``4+/5-`` as a value for each side (``first`` is the side that stands first), or one value for both if alike."""
    left, right = re.split(r"(?<=\S)(?:\s?/|\s(?!/))", token.wording, maxsplit=1)
    one, two = read(left), read(right)
    if one == two:
        return [replace(token, kind="value", side="bilateral", value=one)]
    cut = token.start + len(left)
    second = "left" if first == "right" else "right"
    return [
        replace(token, kind="value", side=first, role=TWIN, end=cut, value=one, wording=left.strip()),
        replace(token, kind="value", side=second, start=cut + 1, value=two, wording=right.strip()),
    ]
