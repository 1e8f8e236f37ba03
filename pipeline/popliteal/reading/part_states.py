"""Whether an item behind the comma of a denial is a part of the body and what is wrong with it ("no fever, hot knee").

A list of denials names complaints ("no fever, swelling, redness"); what a part of the body is like ("numb saddle", "red
and hot knee") is found rather than denied there, unless what is denied before it is of the same kind.
"""

from __future__ import annotations

from popliteal.knowledge import Knowledge
from popliteal.reading.item import Item
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.sentence import OPPOSITE, Hit, Sentence

_JOINS = frozenset({",", "/", "&"})


class PartStates:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        classes = knowledge.words.classes
        self._gap = lexicon.skippable
        self._or, self._and, self._by_mouth, self._beginning = (
            frozenset(classes[name]) for name in ("alternatives", "joining", "denied_by_mouth", "beginning")
        )
        self._states, self._of_other_kind = (
            lexicon.word_set(classes[name]) for name in ("states_of_parts", "not_of_parts")
        )
        self._said = self._states - lexicon.word_set(classes["state_or_complaint"])
        self._in_lists = self._by_mouth | frozenset(classes["denied_in_lists"])
        self._plural = frozenset(classes["several_without_s"])
        self._unprompted = lexicon.word_set(classes["unprompted"])

    def told(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item behind the only comma of a denial is told of, not denied with what stands before it."""
        words = sentence.words
        comma = next((token for token in range(hit.last, item.first) if words[token] == ","), None)
        if comma is None or not self._or.isdisjoint(words[hit.last :]):
            return False
        other_kind = not self._of_other_kind.isdisjoint(words[hit.last : comma])
        if not self._states.isdisjoint(words[hit.last : comma]) and not other_kind:
            return False  # "no numb feet, weak legs"
        if self._came_by_itself(sentence, comma, item, other_kind=other_kind):
            return True
        end, many = self._part(sentence, comma + 1, item)
        if not comma < item.first < end:
            return False
        by_mouth = not self._by_mouth.isdisjoint(words[hit.first : hit.last])
        in_list = not self._in_lists.isdisjoint(words[hit.first : hit.last])
        adjective = words[comma + 1] in self._states
        several = many or not self._plural.isdisjoint(words[comma:end])
        if (in_list and adjective) or (several and "," in words[item.last :]):
            return False  # "denies fever, swollen calf", "no claudication, cold feet, ulcers"
        return other_kind or not (many or by_mouth)

    def _came_by_itself(self, sentence: Sentence, comma: int, item: Item, *, other_kind: bool) -> bool:
        """Whether an item came without what is denied before it ("no trauma, spontaneous swelling of the knee")."""
        if "," in sentence.words[comma + 1 :]:
            return False  # "denies fever, new numbness, new weakness of the left leg"
        first = sentence.words[comma + 1]
        begun = first in self._unprompted or (other_kind and sentence.raw(comma + 1).lower() in self._beginning)
        return begun and comma + 1 <= item.first <= comma + 2

    def _part(self, sentence: Sentence, start: int, item: Item) -> tuple[int, bool]:
        """Where a part of the body with what it is like ("red and hot left knee", "calf red and swollen", or an item
        that says so itself: "unsteady gait") ends, 0 if none begins at ``start``; and whether it is one of several
        ("weak legs"), of which lists of denials are made."""
        words = sentence.words
        places = {place.first: place for place in sentence.sites}
        token = start
        while token < len(words):
            if token in places:
                told = self._states.isdisjoint(words[start:token])
                return (self._place_first if told else self._state_first)(sentence, start, token, places[token].last)
            known = words[token] in self._states or words[token] in self._gap or words[token] in self._and
            if not (known or (token > start and words[token] in _JOINS)):
                own = item.first <= token < item.last and words[token - 1] in self._states
                return (item.last if own else 0), self._many(sentence, start, item.last)
            token += 1
        return 0, False

    def _state_first(self, sentence: Sentence, start: int, place: int, last: int) -> tuple[int, bool]:
        """The end of "red and hot left knee", whose place is tokens ``place`` to ``last``; "leg weakness" is none."""
        named = any(hit.first <= last < hit.last for hit in sentence.content)
        if named or sentence.words[place - 1] in self._and or sentence.words[place - 1] in _JOINS:
            return 0, False
        return last, self._many(sentence, start, last)

    def _place_first(self, sentence: Sentence, start: int, place: int, last: int) -> tuple[int, bool]:
        """The end of "the left calf red and swollen"; "leg tingling" is a complaint."""
        words, end = sentence.words, last
        passed = self._said | self._gap | self._and | _JOINS
        while end < len(words) and words[end] in passed:
            end += 1
        if not self._gap.issuperset(words[start:place]) or self._said.isdisjoint(words[last:end]):
            return 0, False
        return end, self._many(sentence, start, last)

    def _many(self, sentence: Sentence, start: int, last: int) -> bool:
        """Whether the word before token ``last`` is that of several, of no side."""
        sided = any(start <= side.first < last and side.entry.id in OPPOSITE for side in sentence.sides)
        return not sided and sentence.raw(last - 1).lower() != sentence.words[last - 1]
