"""Many regular expressions as one, tried only where the text begins as one of them can.

``re`` tries the alternatives of ``a|b|c`` one after the other at every place. Most cannot match there, as their first
letters tell. These letters are derived from the compiled expressions, so that nothing has to be kept by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from re import _constants as code  # type: ignore[attr-defined]  # the parser of re: there is no other way to its tree
from re import _parser as parser  # type: ignore[attr-defined]  # as above
from typing import Any, TypeAlias

from popliteal.knowledge.expressions import Expression
from popliteal.knowledge.literals import Literals

#: How many letters of a beginning are looked at.
DEPTH = 4
#: How many are looked at where so many agree.
_FAR = 6
#: How many letters of what hardly any text holds.
_LONG = 12
#: Parts the beginnings of a pattern that are kept in one string; no text of a pattern file has it in it.
_BAR = "\0"
#: Stands for any digit in a beginning.
DIGIT = "0"
#: A character class with more members than this is not spelled out.
_WIDEST = 16
#: How many letters of what must stand inside are looked for.
_INFIX = 8
#: Where there are more beginnings than this, they are cut shorter; more are worth their while where many agree.
_MOST_BEGINNINGS = 300
_MOST_FAR_BEGINNINGS = 2_000
#: How many beginnings of words the patterns are kept for.
_MOST_HEADS = 50_000
#: Letters that ``re.IGNORECASE`` takes for others, which ``lower`` does not.
_SAME = {"ſ": "s", "ı": "i", "İ": "i", "µ": "μ"}
_CAPITALS = re.compile(r"\\.|\(\?P|[A-Z]|[^\x00-\x7f]")
#: A beginning, and whether anything may follow it.
_Beginning: TypeAlias = tuple[str, bool]
#: An operation of a parsed expression, with its value.
_Item: TypeAlias = tuple[Any, Any]


class Alternation:
    """The first match of any pattern at each place, in their order; ``re.IGNORECASE`` holds.

    ``before`` and ``behind`` are conditions without width that hold for all of them. A pattern that can begin with
    anything (``\\w*ectomy``) is tried everywhere in a text that holds what must stand in it further on, and nowhere
    else.

    Raises:
        ValueError: a pattern has neither a beginning nor anything that must stand in it.
    """

    def __init__(self, groups: Sequence[Sequence[str]], before: str = "", behind: str = "") -> None:
        self._starts = re.compile(rf"{before}\S")
        self._every = [_Pattern(number, pattern, behind) for number, group in enumerate(groups) for pattern in group]
        self._by_head: dict[str, list[int]] = {}
        infixes_of: dict[str, None] = {}
        for index, one in enumerate(self._every):
            heads = beginnings(one.pattern)
            if "" in heads:
                infixes_of |= dict.fromkeys(sorted(infixes(one.pattern)))
            for head in heads:
                self._by_head.setdefault(head, []).append(index)
        self._infixes = tuple(infixes_of)
        self._known: tuple[dict[str, list[_Pattern]], dict[str, list[_Pattern]]] = ({}, {})

    def find(self, text: str, last: int | None = None) -> Iterator[tuple[int, int, int]]:
        """``(start, end, group)`` of the matches from left to right, without overlap.

        With ``last``, no match is looked for that begins behind it.
        """
        low = lower(text)
        return self.within(low, 0, len(low), len(low) if last is None else last + 1)

    def within(self, low: str, start: int, end: int, stop: int | None = None) -> Iterator[tuple[int, int, int]]:
        """The same of ``low[start:end]``, a text in small letters; what stands before ``start`` counts as before it.

        With ``stop``, no match is looked for that begins there or behind.
        """
        loose = bool(self._infixes) and any(map(low.__contains__, self._infixes))
        known = self._known[loose]
        done = 0
        for at in [place.start() for place in self._starts.finditer(low, start, end if stop is None else stop)]:
            patterns = known.get(low[at : at + _FAR])
            if patterns is None:
                patterns = self._promising(low[at : at + _FAR], loose=loose)
            if not patterns or at < done:
                continue
            for pattern in patterns:
                match = pattern.match(low, at, end)
                if match is not None:
                    done = match.end()
                    yield at, done, pattern.group
                    break

    def settle(self) -> None:
        """Work out now how each pattern can begin, so that it is kept where this is: a second once, or at first use."""
        for one in self._every:
            one.may_begin(())

    def _promising(self, head: str, *, loose: bool) -> list[_Pattern]:
        """The patterns that can begin as ``head`` does; with ``loose`` also those that can begin with anything."""
        plain = "".join(map(_plain, head))
        begun = [plain[:size] for size in range(1, len(plain) + 1)]
        near = {index for one in begun[:DEPTH] for index in self._by_head.get(one, ())}
        promising = {index for index in near if self._every[index].may_begin(begun)}
        found = [self._every[index] for index in sorted(promising.union(self._by_head.get("", ()) if loose else ()))]
        known = self._known[loose]
        if len(known) < _MOST_HEADS:
            known[head] = found
        return found


class Seldom:
    """An expression of which most texts hold no beginning: these are looked for before it is tried.

    Raises:
        ValueError: it can begin with anything, or with a number.
    """

    def __init__(self, pattern: str) -> None:
        begun = beginnings(pattern, _LONG)
        if any(not one or DIGIT in one for one in begun):
            raise ValueError(f"{pattern!r} does not begin with letters that could be looked for")
        self._beginnings = Literals(begun)
        self._pattern = re.compile(pattern)

    def begins_in(self, low: str) -> bool:
        """Whether it may begin somewhere in a text in small letters (see :func:`lower`)."""
        return self._beginnings.stand_in(low)

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Its first match in ``text[start:end]``, a text as it is written."""
        end = len(text) if end is None else end
        return self._pattern.search(text, start, end) if self.begins_in(lower(text[start:end])) else None


class _Pattern:
    """One pattern, compiled with what must stand behind it when a text first needs it.

    ``match`` is that of the compiled expression, without a call between.
    """

    __slots__ = ("_kept", "behind", "far", "group", "match", "pattern")

    def __init__(self, group: int, pattern: str, behind: str) -> None:
        self.group = group
        self.pattern = pattern
        self.behind = behind
        self.match: Callable[[str, int, int], re.Match[str] | None] = self._first_match
        self.far: frozenset[str] | None = None
        self._kept: str | None = None

    def __getstate__(self) -> tuple[int, str, str, str | None]:
        """``far`` as one string: to make a set of it takes longer than all the rest, and most are not asked for."""
        return self.group, self.pattern, self.behind, self._kept if self.far is None else _BAR.join(sorted(self.far))

    def __setstate__(self, state: tuple[int, str, str, str | None]) -> None:
        self.__init__(*state[:3])  # type: ignore[misc]  # what is compiled at first use is compiled again
        self._kept = state[3]

    def may_begin(self, begun: Sequence[str]) -> bool:
        """Whether it can begin as a text does of which ``begun`` holds the first letter, the first two, and so on."""
        if self.far is None and self._kept is not None:
            self.far = frozenset(self._kept.split(_BAR))
        elif self.far is None:
            self.far = beginnings(self.pattern, _FAR, _MOST_FAR_BEGINNINGS)
        return "" in self.far or not self.far.isdisjoint(begun)

    def _first_match(self, text: str, at: int, end: int) -> re.Match[str] | None:
        self.match = re.compile(f"(?:{small(self.pattern)}){self.behind}").match
        return self.match(text, at, end)


def small(pattern: str) -> str:
    """``pattern`` in small letters, for a text in small letters: much faster than to leave the case to ``re``."""
    return _CAPITALS.sub(lambda found: found[0] if found[0][0] in "\\(" else lower(found[0]), pattern)


def begun(pattern: str) -> str:
    """``pattern``, for a text in small letters, behind a look at the first letter: most places are told by it.

    >>> begun(r"\\b(?:is|are) gone")
    '(?=[ai])(?:\\\\b(?:is|are) gone)'
    """
    letters = beginnings(pattern, 1) if pattern.casefold() == pattern.lower() else {""}
    if "" in letters:
        return pattern
    one_of = "".join(sorted(re.escape(one).replace(DIGIT, r"\d") for one in letters))
    return f"(?=[{one_of}])(?:{pattern})"


def any_whole(patterns: Iterable[str]) -> Expression:
    """Any of ``patterns`` as whole words, in a text in small letters."""
    return Expression(begun(small(rf"(?<![\w-])(?:{'|'.join(patterns)})(?!\w)")))


def lower(text: str) -> str:
    """``text`` in small letters, as long as it was; see :func:`small`."""
    if not text.isascii():
        for odd, same in _SAME.items():  # hardly ever there: to translate every character takes far longer
            text = text.replace(odd, same)
    return text.lower()


@lru_cache(maxsize=4096)
def beginnings(pattern: str, depth: int = DEPTH, most: int = _MOST_BEGINNINGS) -> frozenset[str]:
    """How what ``pattern`` matches can begin: strings of at most ``depth`` letters without case, digits as ``0``.

    A shorter string means that anything may follow; the empty one that anything may stand there at all. Where there
    are more than ``most``, they are shorter.

    >>> sorted(beginnings(r"(?:no|nil) \\w+")), sorted(beginnings(r"\\d{1,2}d"))
    (['nil', 'no '], ['00d', '0d'])
    """
    found = _heads(parser.parse(pattern, re.IGNORECASE), depth, most)
    whole = {one for one, _ in found}
    return frozenset(one for one in whole if not any(one[:size] in whole for size in range(len(one))))


def infixes(pattern: str) -> frozenset[str]:
    """What must stand in what ``pattern`` matches, if it can begin with anything: one of these, letters without case.

    >>> sorted(infixes(r"\\w*(?:ectomy|plasty)"))
    ['ectomy', 'plasty']

    Raises:
        ValueError: nothing must.
    """
    items = list(parser.parse(pattern, re.IGNORECASE))
    for first in range(len(items)):
        found = {one for one, _ in _heads(items[first:], _INFIX, _MOST_BEGINNINGS)}
        if all(len(one) >= DEPTH and DIGIT not in one for one in found):
            return frozenset(found)
    raise ValueError(f"{pattern!r} holds no letters that must stand in the text; give it a word")


def _heads(items: Iterable[_Item], depth: int, most: int) -> set[_Beginning]:
    """How what ``items`` of a parsed expression match, one behind the other, can begin."""
    begun: set[_Beginning] = {("", False)}
    for item in items:
        begun = _behind(begun, item, depth, most)
        if all(ended or len(one) >= depth for one, ended in begun):
            break
    return begun


def _behind(begun: set[_Beginning], item: _Item, depth: int, most: int) -> set[_Beginning]:
    """``begun`` with what ``item`` adds to it; how it can begin is worked out once for each room that there is."""
    going_on = {one for one in begun if not one[1] and len(one[0]) < depth}
    more = {size: _one(*item, depth - size, most) for size in {len(one) for one, _ in going_on}}
    begun = begun - going_on
    begun |= {(one + added, ended) for one, _ in going_on for added, ended in more[len(one)]}
    size = depth
    while len(begun) > most and size:
        size -= 1
        begun = {(one[:size], True) if len(one) >= size else (one, ended) for one, ended in begun}
    return begun


def _one(operation: Any, value: Any, depth: int, most: int) -> set[_Beginning]:
    if operation in {code.AT, code.ASSERT, code.ASSERT_NOT}:
        return {("", False)}
    if operation is code.SUBPATTERN:
        return _heads(value[3], depth, most)
    if operation is code.ATOMIC_GROUP:
        return _heads(value, depth, most)
    if operation is code.BRANCH:
        return {one for branch in value[1] for one in _heads(branch, depth, most)}
    if operation in {code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT}:
        return _repeated(value, depth, most)
    letters = _letters(operation, value)
    return {("", True)} if letters is None else {(letter, False) for letter in letters}


def _repeated(value: Any, depth: int, most: int) -> set[_Beginning]:
    least, greatest, inner = value
    begun: set[_Beginning] = {("", False)}
    found = set(begun) if least == 0 else set()
    for time in range(1, min(int(greatest), depth + least) + 1):
        before, begun = begun, _behind(begun, (code.SUBPATTERN, (None, 0, 0, inner)), depth, most)
        if time >= least:
            found |= begun
            if begun == before:
                break
    return found


def _letters(operation: Any, value: Any) -> set[str] | None:
    """The characters that a single item can be; None if they are too many to say."""
    if operation is code.LITERAL:
        return {_plain(chr(value))}
    if operation is not code.IN:
        return None
    found: set[str] = set()
    for kind, what in value:
        if kind is code.LITERAL:
            found.add(_plain(chr(what)))
        elif kind is code.RANGE and what[1] - what[0] < _WIDEST:
            found |= {_plain(chr(letter)) for letter in range(what[0], what[1] + 1)}
        elif kind is code.CATEGORY and what is code.CATEGORY_DIGIT:
            found.add(DIGIT)
        else:
            return None
    return found


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    """A letter as it stands in a beginning: one sign for all that ``re.IGNORECASE`` takes for the same, or digits are.

    Case folding goes further than ``re`` does, except for the dotless i.
    """
    return DIGIT if letter.isdecimal() else "i" if letter == "ı" else letter.casefold()[0]
