"""A sentence as typed tokens: the words a grammar knows, its values, and the rest as plain words.

Words are found by dictionary, longest first, so the work grows with the number of words of the sentence and not
with the number of forms known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from popliteal.knowledge.alternation import beginnings
from popliteal.knowledge.forms import expand

#: A vertebral or root level (``L5``, ``L4-5``, ``T10``);
#: ``L4/5`` can also be a left grade, so there are two patterns for L.
_LEVEL = (
    r"(?<![^\W_])(?:[CS]\d|T1[0-2]|T[1-9]|{left})(?!\d|\.\d)"
    r"(?:\s?[-–/]\s?(?:[CTLS]\s?)?\d{{1,2}}(?!\d|[+-]?\s?/))?(?![\d.]\d)"
)
_LEFT_LEVEL = r"L[1-5](?!\s?[+-]?\s?/\s?5(?!\d))|L4(?=\s?/\s?5(?!\d))"
#: Of two sides with a grade each, glued to it ("L3/5 R5/5", "R5 L3", "R0, L2"), the left one is no level.
_LEFT_GRADE = (
    r"(?<!\bR\d )(?<!\bR\d, )(?<!\bR\d[+-] )(?<!\bR\d[+-], )"
    r"L[1-5](?!\s?[+-]?\s?/\s?5(?!\d))(?![+-]?,? R\d[+-]?(?:[\s,;.)]|$))"
)
WORD = r"[^\W\d_]+(?:['’][^\W\d_]+)?"
_REST = rf"(?P<word>{WORD})|(?P<num>\d+(?:[.,]\d+)*)|(?P<sign>[^\w\s]|_)"
_RIGHT_GLUED = re.compile(r"R(?<![^\W_]R)\d[+-]?(?:\s?/\s?5(?!\d)|(?=[\s,;.)]|$))")
_PARTS = re.compile(_REST)
#: What has no meaning by itself, and what kind of token it makes.
_PLAIN = {"plain": "word", "word": "word", "num": "num", "sign": "sign", "level": "level"}
_WORDS = frozenset({"plain", "word", "num", "sign"})
_HYPHENS = frozenset("-‐‑")
_SIGNS = frozenset("+-–−±")
_STOPS = frozenset(",;.)/")


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

    def into(
        self, kind: str, identity: str = "", value: float | None = None, *, weak: bool = False, end: int | None = None
    ) -> Token:
        """The same words as a token of another kind; ``dataclasses.replace`` takes much longer."""
        return Token(
            kind, self.start, end or self.end, identity, self.side, weak, self.role, self.region, value, self.wording
        )


Key = tuple[str, ...]
#: The words of a form without case, the words of it whose case counts, and its meaning.
_Form = tuple[Key, Key, Entry]
#: How many words a form has, these words, those whose case counts (None: none does), and its meaning.
_Known = tuple[int, list[str], list[str] | None, Entry]
#: The forms that begin with one word: those that go on, by their second word, longest first, and those that do not.
_Begun = tuple[dict[str, list[_Known]], list[_Known]]
_NO_FORMS: dict[str, list[_Known]] = {}


class Vocabulary:
    """Forms by first word, longest first; what ``base`` knows counts where this one knows nothing as long."""

    def __init__(self, base: Vocabulary | None = None) -> None:
        self._base = base
        self._by_first: dict[str, list[_Form]] = {}
        self._spellings: set[tuple[Key, Key]] = set()
        self._known: dict[str, _Begun] | None = None

    def add(self, forms: Iterable[str], entry: Entry) -> None:
        """Make every spelling of ``forms`` mean ``entry``; the first meaning given to a spelling stays."""
        for form in forms:
            for spelling in expand(form):
                raw = tuple([match[0] for match in _PARTS.finditer(spelling.replace("’", "'"))])
                raw = _joined(raw) if "-" in raw else raw
                folded = tuple([word.casefold() for word in raw])
                exact = ("",) * len(raw) if spelling.islower() else tuple(map(kept_case, raw))
                self._known = None
                if (folded, exact) not in self._spellings:
                    self._spellings.add((folded, exact))
                    known = self._by_first.setdefault(folded[0], [])
                    at = bisect_right(known, -len(folded), key=lambda one: -len(one[0]))
                    known.insert(at, (folded, exact, entry))

    def known(self) -> dict[str, _Begun]:
        """The forms of this vocabulary and of its base by first word; of equals this one's is first."""
        if self._known is None:
            self._known = {}
            for word, forms in self._forms().items():
                several, single = self._known[word] = {}, []
                for key, exact, entry in forms:
                    one = (len(key), list(key), list(exact) if any(exact) else None, entry)
                    (several.setdefault(key[1], []) if len(key) > 1 else single).append(one)
        return self._known

    def _forms(self) -> dict[str, list[_Form]]:
        """The same, longest first."""
        known = {word: list(forms) for word, forms in self._by_first.items()}
        for word, forms in self._base._forms().items() if self._base is not None else ():
            known[word] = sorted([*known.get(word, ()), *forms], key=lambda form: -len(form[0]))
        return known


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


#: The role of an unknown word that denies what follows.
DENIAL = "denial"
#: The role of the first of two values that belong to the two sides of one subject.
TWIN = "twin"


class Lexer:
    """Splits text by a vocabulary and a pattern of values (group names of ``values`` are token kinds)."""

    def __init__(
        self, vocabulary: Vocabulary, values: str, read: Callable[[str, str], tuple[float | None, str]]
    ) -> None:
        """``read(kind, wording)`` gives ``(value, id)`` of what the pattern of values matched."""
        self.vocabulary = vocabulary
        self._values = values
        self._read = read

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return self._compiled(_LEFT_LEVEL)

    @cached_property
    def _glued(self) -> re.Pattern[str]:
        return self._compiled(_LEFT_GRADE)

    def _compiled(self, left: str) -> re.Pattern[str]:
        """Any token; ``left`` says what a level is. A note calls for few grammars, so that none is made ahead."""
        first = f"{self._values}|" if self._values else ""
        return re.compile(
            rf"(?=\S)(?:{_plain_word(self._values)}|(?P<level>{_LEVEL.format(left=left)})|{first}{_REST})"
        )

    def tokens(self, text: str, start: int, end: int) -> list[Token]:
        """The tokens of ``text[start:end]``, in order, without overlap."""
        glued = _RIGHT_GLUED.search(text, start, end) is not None
        raw = [
            (match.lastgroup or "sign", *match.span())
            for match in (self._glued if glued else self._plain).finditer(text, start, end)
        ]
        if not _HYPHENS.isdisjoint(text[start:end]):
            raw = [one for at, one in enumerate(raw) if text[one[1]] not in _HYPHENS or not _is_joint(raw, at, text)]
        return self._merge(raw, text)

    def _merge(self, raw: list[tuple[str, int, int]], text: str) -> list[Token]:
        words = [text[a:b] if kind in _WORDS else "\0" for kind, a, b in raw]
        if raw and "’" in text[raw[0][1] : raw[-1][2]]:
            words = [word.replace("’", "'") for word in words]
        folded = [*map(str.casefold, words)]
        known = self.vocabulary.known()
        done: list[Token] = []
        stop = 0
        for at, (kind, start, end) in enumerate(raw):
            if at < stop:
                continue
            begun = known.get(folded[at])
            size, entry = _longest(begun, words, folded, at) if begun is not None else (0, None)
            if size > 1 and "+" in words[at : at + size] and begun is not None and _sign_ends(words, at + size):
                size, entry = _longest((_NO_FORMS, begun[1]), words, folded, at)  # "R+ L-" is no "R + L"
            if words[at] == "." and _ends_sentence(text, start):
                done.append(Token("hard", start, end, wording="."))
            elif entry is not None:
                stop = at + size
                end = raw[stop - 1][2]
                done.append(
                    Token(
                        entry.kind,
                        start,
                        end,
                        entry.id,
                        entry.side,
                        entry.weak,
                        entry.role,
                        entry.region,
                        None,
                        text[start:end],
                    )
                )
            elif kind in _PLAIN:
                done.append(Token(_PLAIN[kind], start, end, "", None, False, "", "", None, text[start:end]))
            else:
                value, identity = self._read(kind, text[start:end])
                done.append(Token(kind, start, end, identity, value=value, wording=text[start:end]))
        return done


@lru_cache(maxsize=64)
def _plain_word(values: str) -> str:
    """A word that begins as no level and no value can, so that neither need be tried there."""
    letters = {"c", "s", "t", "l", *(begun[:1] for begun in beginnings(values, 1))}
    if "" in letters and values:
        return r"(?P<plain>(?!))"
    letters = {letter for letter in letters if letter.isalpha()}
    taken = "".join(sorted(letters | {letter.upper() for letter in letters}))
    return rf"(?P<plain>(?![{taken}]){WORD})"


def _longest(begun: _Begun, words: list[str], folded: list[str], at: int) -> tuple[int, Entry | None]:
    """How many words from ``at`` the longest of the forms has that stands there, and its meaning."""
    several, single = begun
    if several and at + 1 < len(folded):
        for size, key, exact, entry in several.get(folded[at + 1], ()):
            if folded[at : at + size] == key and (exact is None or _has_case(words[at : at + size], exact)):
                return size, entry
    for _, _, exact, entry in single:
        if exact is None or exact[0] == words[at]:
            return 1, entry
    return 0, None


def _sign_ends(words: list[str], at: int) -> bool:
    """Whether a plus or a minus stands at ``at`` and ends what is said, so that a plus before it is a sign too."""
    return at < len(words) and words[at] in _SIGNS and (at + 1 == len(words) or words[at + 1] in _STOPS)


def _has_case(words: list[str], exact: list[str]) -> bool:
    return all(not case or case == word for case, word in zip(exact, words, strict=True))


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
    joins = before[0] in {"plain", "word"} and after[0] in {"plain", "word"}
    return text[start:end] in _HYPHENS and joins and before[2] == start and after[1] == end


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
