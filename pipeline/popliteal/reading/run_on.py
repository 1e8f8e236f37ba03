"""Statements that run on in one sentence because the mark between them is missing, or is a dash or a semicolon.

"Numb left foot He denies back pain", "Gait is normal; Sensation is intact": what is denied, supposed or told of one
side in one of them says nothing of the next. A statement begins where a word with a capital opens a sentence, or where
a subject stands before a finite verb, behind a word that can be the last of one. Lists go on: "denies numbness -
tingling".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count, pairwise

from popliteal.knowledge.concepts import Sides
from popliteal.knowledge.concepts import Words as WordLists
from popliteal.reading.tokens import spans_of
from popliteal.reading.words import Words

_MARKS = frozenset({";", "-", "–", "—", "|"})
_DASHES = frozenset({"-", "–", "—"})
_FEWEST_DASHES = 2
#: What parts fields of a line: a tab, or two blanks.
_GAP = re.compile(r"[ ]*\t[ \t]*|  ")
_STOPS = frozenset({".", "!", "?", ":"})
#: Behind these signs a statement can have ended; behind any other ("(", ":", "/", ",") it goes on.
_CLOSING = frozenset({")", "]", "%", '"', "”", "'", "’", "+", "°"})
_BOX_STARTS, _BOX_ENDS = frozenset({"[", "("}), frozenset({"]", ")"})
#: Behind these a word with a capital is no more than a word.
_STOPS_AT_ONCE = frozenset({".", ")", "]", ";"})
#: So many tokens behind its first one the verb of a statement stands.
_VERB_WITHIN = 8
#: What stands before a dash and is no longer than this may be a label ("Right knee - Effusion is mild").
_LABEL = 4


class RunOn:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, words: WordLists, titles: Iterable[str], sides: Sides) -> None:
        """``titles`` are those of sections."""
        self._sides = frozenset(map(str.lower, (*sides.left, *sides.right, *sides.letters)))
        classes = words.classes
        self._opening, self._terms = (frozenset(classes[name]) for name in ("opening_word", "opening_term"))
        self._subjects = frozenset(classes["statement_subject"])
        self._verbs, self._time = frozenset(classes["finite_verb"]), frozenset(classes["time_at_first"])
        self._said = self._verbs | frozenset(classes["stating_result"])
        self._adverbs = frozenset(classes["adverb_before_verb"])
        self._denying = frozenset(classes["denying_word"])
        self._listing = frozenset(classes["list_opening"])
        self._in_case = frozenset(classes["in_case"])
        self._never_last = frozenset(classes["never_last"])
        self._names = frozenset(classes["proper_name"])
        self._wholes = frozenset(classes["whole_of_grades"])
        self._answers = frozenset(classes["form_answer"])
        self._titles = frozenset(title for title in titles if title.isalpha())
        self._fields = self._opening | self._terms | self._subjects | self._denying.union(classes["field_opening"])
        capital = {*map(str.capitalize, self._opening | self._terms | self._titles), *map(str.upper, self._titles)}
        self._hints = _MARKS | self._subjects | capital

    def apart(self, words: Words) -> list[tuple[int, int]] | None:
        """The spans of ``words`` with its sentences cut where statements begin in them; None if none is cut."""
        tokens, starts = words.as_written()
        found: list[tuple[int, int]] = []
        whole = 0
        gapped = _gapped(words.text, words.spans)
        for number in sorted({*self._worth_a_look(tokens, starts), *gapped}):
            own = tokens[starts[number] : starts[number + 1] - 1]
            start, end = words.spans[number]
            begins = [*self._begins(own, self._fields_at(words.text, start, end, own))]
            if begins:
                found += [*words.spans[whole:number], *_parts(spans_of(words.text, start, own), own, begins, end)]
                whole = number + 1
        return [*found, *words.spans[whole:]] if found else None

    def _worth_a_look(self, tokens: Sequence[str], starts: Sequence[int]) -> Iterator[int]:
        """The sentences, by number, that hold a word or mark with which a statement may begin behind another one."""
        begun, seen = frozenset(starts), -1
        for at in compress(count(), map(self._hints.__contains__, tokens)):
            if at in begun:
                continue
            if not self._may_begin(tokens[at - 1], tokens[at], tokens[at + 1]):
                continue
            number = bisect_right(starts, at) - 1
            if number > seen and (tokens[at] not in self._subjects or tokens[starts[number + 1] - 2] not in _STOPS):
                seen = number
                yield number

    def _may_begin(self, before: str, token: str, after: str) -> bool:
        """Whether a statement may begin at a word, or behind a mark, that stands between two tokens."""
        if token in _MARKS:
            return after[0].isupper() or after in self._subjects or after in self._denying
        return before in _MARKS or before.lower() in self._answers or self._can_end(before)

    def _fields_at(self, text: str, start: int, end: int, tokens: Sequence[str]) -> frozenset[int]:
        """The tokens before which a tab or two blanks part fields of a line; none where some only part words."""
        if not _GAP.search(text, start, end):
            return frozenset()
        spans = spans_of(text, start, tokens)
        fields = [at for at in range(1, len(tokens)) if _GAP.fullmatch(text, spans[at - 1][1], spans[at][0])]
        fields = [at for at in fields if tokens[at - 1][0].isalnum() or tokens[at - 1] in _CLOSING]
        small = [at for at in fields if tokens[at][0].islower()]
        parted = all(tokens[at] in self._fields and self._can_end(tokens[at - 1]) for at in small)
        return frozenset(fields if parted else set(fields).difference(small))

    def _begins(self, tokens: Sequence[str], fields: frozenset[int]) -> Iterator[int]:
        """The tokens of a sentence at which a statement begins behind another one; ``fields`` begin behind gaps."""
        spoken = tokens[-1] not in _STOPS
        itemised = self._is_itemised(tokens)
        start = 0
        for at, token in enumerate(tokens):
            marked = tokens[at - 1] in _MARKS or at in fields
            if not at or _boxed(tokens, at) or not (token[0].isupper() or token in self._subjects or marked):
                continue
            item = itemised and at > 1 and tokens[at - 1] in _DASHES and not self._is_label(tokens[start : at - 1])
            if item or self._begins_at(tokens, start, at, spoken=spoken, field=at in fields):
                start = at
                yield at

    def _is_itemised(self, tokens: Sequence[str]) -> bool:
        """Whether dashes part statements: some deny for themselves ("- numb feet - no ulcers - diabetes")."""
        dashes = [at for at, token in enumerate(tokens) if token in _DASHES]
        if len(dashes) < _FEWEST_DASHES or self._lists(tokens[: dashes[1]]):
            return False
        return any(
            tokens[at + 1].lower() in self._denying and tokens[at + 2][0].isalnum()  # "DVT - no, cancer - no" answers
            for at in dashes[:-1]
            if at + 2 < len(tokens)
        )

    def _begins_at(self, tokens: Sequence[str], start: int, at: int, *, spoken: bool, field: bool) -> bool:
        token, before = tokens[at], tokens[at - 1]
        if not token[0].isalpha():
            return False
        if token[0].isupper() and self._answered(tokens, start, at):
            return True
        marked = field or before in _MARKS
        last = at if field else at - 1
        listed = marked and self._lists(tokens[start:last])
        if marked and before != ";" and not listed and self._is_label(tokens[start:last]):
            return False
        if not marked and not (self._can_end(before) and any(one[0].isalpha() for one in tokens[start:at])):
            return False  # "5/5 Strength in EHL"
        if before == ";" and self._is_led(tokens[start:last]):
            return False
        if tokens[at + 1 : at + 2] == [":"] and token.lower() in self._titles and token[0].isupper():
            return not before[0].isupper()
        if field and token[0].islower():
            return True
        if token[0].isupper():
            return self._opens(tokens, at, marked=marked, listed=listed)
        if not (spoken or marked) or token not in self._subjects or not self._has_subject(tokens, at):
            return False
        led = all(one.isdigit() or one.lower() in self._time for one in tokens[start:at])  # "3 days ago he fell and"
        return not led

    def _answered(self, tokens: Sequence[str], start: int, at: int) -> bool:
        """Whether an answer stands before a label that has a colon ("Back pain: No Leg weakness: Yes"), and is no side
        ("Babinski: R: neg L: pos")."""
        if tokens[at].lower() in self._sides and tokens[at + 1 : at + 2] == [":"]:
            return False
        asked = at - 2 > start and tokens[at - 2] == ":" and tokens[at - 1].lower() in self._answers
        return asked and ":" in tokens[at + 1 : at + _LABEL]

    def _can_end(self, before: str) -> bool:
        if before[0].isalnum():
            return before.lower() not in self._never_last and not (before[0].isupper() and before[1:2].islower())
        return before in _CLOSING

    def _is_label(self, tokens: Sequence[str]) -> bool:
        """Whether what stands before a dash only names what is told behind it."""
        if len(tokens) >= _LABEL or ":" in tokens or self._has_verb(tokens):
            return False
        return self._denying.isdisjoint(map(str.lower, tokens))

    def _opens(self, tokens: Sequence[str], at: int, *, marked: bool, listed: bool) -> bool:
        """Whether a token with a capital opens a statement; ``listed`` behind a mark and what may be a list."""
        token = tokens[at]
        low = token.lower()
        following = tokens[at + 1] if at + 1 < len(tokens) else "."
        if low in self._names:
            return False
        article = marked and len(token) == 1 and low in self._opening
        if not article and (
            len(token) == 1 or not token[1:].islower()
        ):  # "; LLE weak", "; R leg normal", but not "; R normal"
            named = len(token) > 1 or (following.isalpha() and following not in self._said)
            clause = [*self._clause(tokens, at + 1)]
            words = (one for one in clause if one.isalpha() and one not in self._wholes)
            row = (len(token) == 1 or not token.isalpha()) and next(words, None) is None  # "; R all 5", "; L5 5 2"
            return marked and named and not row and self._has_verb(clause)
        opening = low in self._opening or (low in self._terms and not listed)
        if opening and following not in _STOPS_AT_ONCE:
            return low in self._subjects or not (following[0].isupper() and following[1:2].islower())
        stated = marked or following[0].islower() or following in self._said
        return stated and len(token) > 2 and self._has_verb(self._clause(tokens, at + 1))

    def _clause(self, tokens: Sequence[str], at: int) -> Iterator[str]:
        """The tokens from ``at`` on in which the verb of a statement can stand."""
        for token in tokens[at : at + _VERB_WITHIN]:
            if token in _MARKS or token in {",", ".", ":"}:
                return
            yield token

    def _has_verb(self, tokens: Iterable[str]) -> bool:
        return not self._said.isdisjoint(map(str.lower, tokens))

    def _lists(self, tokens: Iterable[str]) -> bool:
        return not self._listing.isdisjoint(map(str.lower, tokens))

    def _is_led(self, tokens: Sequence[str]) -> bool:
        """Whether a list behind a colon goes on ("Seek emergency care for: Numb saddle; Weak legs; Fever")."""
        return any(mark == ":" and word.lower() in self._in_case for word, mark in pairwise(tokens))

    def _has_subject(self, tokens: Sequence[str], at: int) -> bool:
        """Whether a subject at ``at`` has its finite verb behind it."""
        following = [token.lower() for token in tokens[at + 1 : at + 3]]
        if following and following[0] in self._adverbs:
            del following[0]
        return bool(following) and following[0] in self._verbs


def _boxed(tokens: Sequence[str], at: int) -> bool:
    """Whether a token stands behind a box of a form, which belongs to it ("[ ] Incontinence")."""
    return tokens[at - 1] in _BOX_ENDS and any(one in _BOX_STARTS for one in tokens[max(0, at - 3) : at - 1])


def _gapped(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[int]:
    """The sentences, by number, in which fields may be parted by gaps."""
    for gap in ("  ", "\t"):
        if gap in text:
            yield from (number for number, (start, end) in enumerate(spans) if text.find(gap, start, end) >= 0)


def _parts(
    spans: Sequence[tuple[int, int]], tokens: Sequence[str], begins: Sequence[int], end: int
) -> Iterator[tuple[int, int]]:
    """The spans of the statements of a sentence that ends at ``end``, without the dashes between them."""
    first = 0
    for at in begins:
        last = at - 1
        while last > first and tokens[last] in _MARKS:
            last -= 1
        yield spans[first][0], spans[last][1]
        first = at
    yield spans[first][0], end
