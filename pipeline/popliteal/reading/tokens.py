"""Words of clinical text: where they start and end, and the form in which the lexicon knows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

#: A word (letters and digits, inner apostrophes), or one other visible character.
TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")
#: The same, without a hyphen that joins two words, in a text of its own. No group is possessive: early releases of
#: Python 3.11 then keep what its last, failed round had taken ("1'_").
_JOINED = re.compile(r"[^\W_]++(?:['’][^\W_]++)*|[^\w\s‐‑-]|[‐‑-](?:(?![^\W_])|(?<![^\s_].))")
#: The same for a text of ASCII, which most are: what its characters are need not be looked up.
_JOINED_ASCII = re.compile(
    r"[0-9A-Za-z]++(?:'[0-9A-Za-z]++)*|[^\w\s\x1c-\x1f-]|-(?:(?![0-9A-Za-z])|(?<![^\s\x1c-\x1f_].))", re.ASCII
)
_IN_WORD = re.compile(r"\w")
UNKNOWN = ""
#: How patterns write "any number".
NUMBER = "№"
#: Signs that are a token of their own in no language; the first is used that a note does not hold.
_MARKS = (*range(9), *range(0xE000, 0xF900))
_CACHE_LIMIT = 40_000
_MIN_FUZZY = 7
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'"})


def split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Start and end of each token of ``text[start:end]``; a hyphen that joins two words is not a token."""
    return spans_of(text, start, written(text, start, end))


def written(text: str, start: int, end: int) -> list[str]:
    """The tokens of ``text[start:end]`` as they are written; see :func:`split`."""
    return _tokens(text[start:end])


def _tokens(text: str) -> list[str]:
    return (_JOINED_ASCII if text.isascii() else _JOINED).findall(text)


def spans_of(text: str, start: int, tokens: Iterable[str]) -> list[tuple[int, int]]:
    """Start and end of ``tokens``, which are those of ``text`` from ``start`` on; see :func:`written`.

    No token stands in what is left out between two of them: white space, underscores, hyphens that join words.
    """
    found: list[tuple[int, int]] = []
    index = text.index
    end = start
    for token in tokens:
        first = index(token, end)
        end = first + len(token)
        found.append((first, end))
    return found


def written_apart(text: str, spans: Iterable[tuple[int, int]]) -> tuple[list[str], list[int]]:
    r"""The tokens of all ``spans``, a mark behind those of each, and where those of each begin, and one more would.

    >>> written_apart("Left foot. -sciatica", [(0, 10), (11, 20)])
    (['Left', 'foot', '.', '\x00', '-', 'sciatica', '\x00'], [0, 4, 7])
    """
    mark = next(mark for mark in map(chr, _MARKS) if mark not in text)
    tokens = _tokens("".join([f"{text[start:end]} {mark} " for start, end in spans]))
    starts = [0]
    for _ in spans:
        starts.append(tokens.index(mark, starts[-1]) + 1)
    return tokens, starts


class Normaliser:
    """Maps a token to the lexicon's form of it, or to ``UNKNOWN`` when no pattern holds such a word.

    Letter case, possessive, British spelling, plural and (from seven letters on, with the same first letter) one slip
    of the pen are folded. ``ordinary`` lists words of the language that are one slip away from a word of the lexicon
    and must not be taken for it ("healing" is no "heeling").
    """

    def __init__(self, spelling: Iterable[tuple[str, str]], ordinary: Iterable[str]) -> None:
        self._spelling = tuple(spelling)
        self._ordinary = frozenset(ordinary)
        self.words: set[str] = set()
        self.fold: dict[str, str] = {}
        self._deletions: dict[str, list[str]] = {}
        self._longest = 0
        self._cache = _Forms(self._find)

    def __getstate__(self) -> dict[str, object]:
        """The words of the patterns alone: those of texts stay behind."""
        return {name: value for name, value in vars(self).items() if name != "_cache"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._cache = _Forms(self._find)

    def plain(self, token: str) -> str:
        """Lower case, American, without a possessive: the form in which the lexicon stores its own words."""
        word = token.lower().translate(_APOSTROPHES)
        if word.endswith("'s"):
            word = word[:-2]
        for british, american in self._spelling:
            if british in word:
                word = word.replace(british, american)
        return word

    def learn(self, words: Iterable[str], *, fuzzy: bool) -> None:
        """Add words of patterns to the vocabulary; ``fuzzy`` ones are also found when misspelled."""
        for word in words:
            self.words.add(word)
            self._longest = max(self._longest, len(word))
            if fuzzy and len(word) >= _MIN_FUZZY and word.isalpha():
                for cut in _cuts(word):
                    holders = self._deletions.setdefault(cut, [])
                    if word not in holders:
                        holders.append(word)
        self._cache.clear()

    def __call__(self, token: str) -> str:
        """The lexicon's form of ``token``."""
        return self._cache[token]

    def forms(self, tokens: Iterable[str]) -> list[str]:
        """The lexicon's forms of ``tokens``."""
        return list(map(self._cache.__getitem__, tokens))

    def knows(self, token: str) -> bool:
        """Whether the lexicon has a word as it stands, slips of the pen aside."""
        return self._known(token)[1] is not None

    def slip(self, token: str) -> str | None:
        """The word that ``token`` is taken for as a slip of the pen; None where it is known or means nothing."""
        word, known = self._known(token)
        form = self._cache[token]
        return None if known is not None or form in {UNKNOWN, NUMBER, word} else form

    def _known(self, token: str) -> tuple[str, str | None]:
        """The plain form of a token, and the word of the lexicon that it is, if it is one."""
        word = self.plain(token)
        word = self.fold.get(word, word)
        if word in self.words:
            return word, word
        return word, next((single for single in singulars(word) if single in self.words), None)

    def _find(self, token: str) -> str:
        word, known = self._known(token)
        if known is not None:
            return known
        if word.isdigit():
            return NUMBER if NUMBER in self.words else UNKNOWN
        if not _MIN_FUZZY <= len(word) <= self._longest + 1:  # a longer one is more than one slip from every word
            return UNKNOWN
        if not word.isalpha() or word in self._ordinary:
            return UNKNOWN
        return self._misspelled(word)

    def _misspelled(self, word: str) -> str:
        best = UNKNOWN
        for cut in (word, *_cuts(word)):
            for candidate in self._deletions.get(cut, ()):
                if candidate[0] == word[0] and _one_slip(word, candidate):
                    best = min(best, candidate) if best else candidate
            if len(cut) >= _MIN_FUZZY and cut in self.words and cut[0] == word[0] and cut != word[:-1]:
                best = cut
        return best


class _Forms(dict[str, str]):
    """Forms of tokens, worked out when they are first seen; emptied before it grows large."""

    def __init__(self, find: Callable[[str], str]) -> None:
        super().__init__()
        self._work_out = find

    def __missing__(self, token: str) -> str:
        if len(self) > _CACHE_LIMIT:
            self.clear()
        form = self[token] = self._work_out(token)
        return form


def singulars(word: str) -> Iterator[str]:
    """What ``word`` may be the plural of."""
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or len(word) < 4:
        return
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        yield word[:-2]
    yield word[:-1]


def _cuts(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(1, len(word))]


def _one_slip(left: str, right: str) -> bool:
    """One letter more, less, changed, or two neighbours swapped; a change of the ending alone is grammar, no slip."""
    if len(left) == len(right):
        wrong = [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
        if len(wrong) == 1:
            return wrong[0] < len(left) - 2
        return (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and left[wrong[0]] == right[wrong[1]]
            and left[wrong[1]] == right[wrong[0]]
        )
    short, long = sorted((left, right), key=len)
    if len(long) - len(short) != 1 or (long[:-1] == short and not long.endswith("ss")):
        return False
    if long[:-1] == short:
        return True
    return any(long[:i] + long[i + 1 :] == short for i in range(1, len(long) - 1))


def places_of(text: str, word: str) -> Iterator[int]:
    """Where ``word`` stands in ``text`` as a word: as ``\\bword\\b`` says, and much faster of a word seldom there."""
    at = text.find(word)
    while at >= 0:
        if not _IN_WORD.match(text, at - 1 if at else len(text)) and not _IN_WORD.match(text, at + len(word)):
            yield at
        at = text.find(word, at + 1)


def any_of(words: Iterable[str]) -> str:
    """A regular expression of any of ``words``, whole and the longest first."""
    return rf"\b(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})\b"
