"""Statements that run on in one sentence because the mark between them is missing, or is a dash or a semicolon.

"Numb left foot He denies back pain", "Gait is normal; Sensation is intact": what is denied, supposed or told of one side
in one of them says nothing of the next. A statement begins where a word with a capital opens a sentence, or where a
subject stands before a finite verb, behind a word that can be the last of one. Lists go on: "denies numbness - tingling".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from popliteal.knowledge.concepts import Words as WordLists
from popliteal.reading.tokens import spans_of
from popliteal.reading.words import Words

_MARKS = frozenset({";", "-", "–", "—", "|"})
_STOPS = frozenset({".", "!", "?", ":"})
#: Behind these signs a statement can have ended; behind any other ("(", ":", "/", ",") it goes on.
_CLOSING = frozenset({")", "]", "%", '"', "”", "'", "’", "+", "°"})
#: A sentence of fewer tokens holds one statement.
_FEWEST = 5
#: So many tokens behind its first one the verb of a statement stands.
_VERB_WITHIN = 8
#: What stands before a dash and is no longer than this may be a label ("Right knee - Effusion is mild").
_LABEL = 4


class RunOn:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, words: WordLists) -> None:
        classes = words.classes
        opening = classes["opening_word"]
        self._opening = frozenset(opening)
        self._subjects = frozenset(classes["statement_subject"])
        self._verbs = frozenset(classes["finite_verb"])
        self._said = self._verbs | frozenset(classes["stating_result"])
        self._adverbs = frozenset(classes["adverb_before_verb"])
        self._never_last = frozenset(classes["never_last"])
        self._names = frozenset(classes["proper_name"])
        self._hints = _MARKS | frozenset(map(str.capitalize, opening))
        self._spoken = self._hints | self._subjects

    def apart(self, words: Words) -> list[tuple[int, int]] | None:
        """The spans of ``words`` with its sentences cut where statements begin in them; None if none is cut."""
        tokens, starts = words.as_written()
        found: list[tuple[int, int]] = []
        whole = 0
        for number, (start, end) in enumerate(words.spans):
            first, last = starts[number], starts[number + 1] - 1
            if last - first < _FEWEST:
                continue
            hints = self._hints if tokens[last - 1] in _STOPS else self._spoken
            if hints.isdisjoint(tokens[first + 1 : last]):
                continue
            own = tokens[first:last]
            begins = [*self._begins(own)]
            if begins:
                found += [*words.spans[whole:number], *_parts(spans_of(words.text, start, own), own, begins, end)]
                whole = number + 1
        return [*found, *words.spans[whole:]] if found else None

    def _begins(self, tokens: Sequence[str]) -> Iterator[int]:
        """The tokens of a sentence at which a statement begins behind another one."""
        spoken = tokens[-1] not in _STOPS
        start = 0
        for at in range(1, len(tokens)):
            if self._begins_at(tokens, start, at, spoken=spoken):
                start = at
                yield at

    def _begins_at(self, tokens: Sequence[str], start: int, at: int, *, spoken: bool) -> bool:
        token, before = tokens[at], tokens[at - 1]
        if not token[0].isalpha():
            return False
        marked = before in _MARKS
        if marked and at - 1 - start < _LABEL and not self._has_verb(tokens[start : at - 1]):
            return False
        if not marked and not self._can_end(before):
            return False
        if token[0].isupper():
            return self._opens(tokens, at, marked=marked)
        return (spoken or marked) and token in self._subjects and self._has_subject(tokens, at)

    def _can_end(self, before: str) -> bool:
        if before[0].isalnum():
            return before.lower() not in self._never_last and not (before[0].isupper() and before[1:2].islower())
        return before in _CLOSING

    def _opens(self, tokens: Sequence[str], at: int, *, marked: bool) -> bool:
        """Whether a token with a capital opens a statement."""
        token = tokens[at]
        low = token.lower()
        if len(token) > 1 and not token[1:].islower():
            return False  # "LLE", "ROM"
        if low in self._names:
            return False
        following = tokens[at + 1] if at + 1 < len(tokens) else "."
        if low in self._opening and following[0].isalnum() and (len(token) > 1 or low == "i"):
            return not following[0].isupper() or not following[1:2].islower() or low in self._subjects
        if len(token) < 3:
            return False
        return self._has_verb(self._clause(tokens, at + 1)) and (marked or following[0].islower() or following in self._said)

    def _clause(self, tokens: Sequence[str], at: int) -> Iterator[str]:
        """The tokens from ``at`` on in which the verb of a statement can stand."""
        for token in tokens[at : at + _VERB_WITHIN]:
            if token in _MARKS or token in {",", ".", ":"}:
                return
            yield token

    def _has_verb(self, tokens: Iterable[str]) -> bool:
        return not self._said.isdisjoint(map(str.lower, tokens))

    def _has_subject(self, tokens: Sequence[str], at: int) -> bool:
        """Whether a subject at ``at`` has its finite verb behind it."""
        following = [token.lower() for token in tokens[at + 1 : at + 3]]
        if following and following[0] in self._adverbs:
            del following[0]
        return bool(following) and following[0] in self._verbs


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
