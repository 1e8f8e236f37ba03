"""What couples two things is no word for both sides: "the left leg is both weak and numb", "TA and EHL are both 4/5".

It is read as a word that says nothing, so that it gives no side to a finding, a place or a measurement.
"""

from __future__ import annotations

import re

from popliteal.knowledge import Knowledge
from popliteal.knowledge.expressions import Expression
from popliteal.reading.tokens import any_of

#: So many characters before the couple its two parts may begin, and what names both limbs may stand.
_NEAR = 40


class Coupled:
    """Compiled from the couples of ``laterality.yaml`` and the names of limbs."""

    def __init__(self, knowledge: Knowledge) -> None:
        sides, classes = knowledge.sides, knowledge.words.classes
        coupled = sides.coupled
        self._words = {word: plain.ljust(len(word)) for word, plain in coupled.words.items()}
        self._spelled = [way(word) for word in self._words for way in (str.lower, str.capitalize, str.upper)]
        couple, joins = any_of(self._words), rf"(?:{any_of(classes['pairing'])})"
        self._couple = Expression(couple, re.IGNORECASE)
        linked = rf"(?:{any_of(coupled.verbs)})"
        self._ahead = Expression(
            rf"(?P<one>(?:[ \n]+[A-Za-z][\w'-]*){{1,4}}?)[ \n]+{joins}[ \n]+(?P<two>(?:[\w'-]+[ \n]*){{1,2}})",
            re.IGNORECASE,
        )
        self._behind = Expression(
            rf"(?P<one>[\w'-]+)[ \n]+{joins}[ \n]+(?P<two>(?:[\w'-]+[ \n]+){{1,3}}?)(?P<link>{linked}[ \n]+)?\Z",
            re.IGNORECASE,
        )
        self._next = Expression(r"[ \n]+(\w[\w'-]*)")
        limbs = {word for site in knowledge.sites.values() if site.leg for word in site.phrases if word.isalpha()}
        self._limb = Expression(any_of(limbs), re.IGNORECASE)
        self._sides = [Expression(any_of(filter(str.isalpha, one)), re.I) for one in (sides.left, sides.right)]
        many = {*sides.plural_is_both, *coupled.many, *(f"{word}s" for word in limbs)}
        self._limbs = Expression(any_of(many), re.IGNORECASE)
        self._bars = Expression(any_of((*coupled.bars, *coupled.verbs)), re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """``text``, as long as it was, with what couples two things read as a word that says nothing."""
        if not any(word in text for word in self._spelled):
            return text
        return self._couple.sub(lambda one: self._plain(text, one), text)

    def _plain(self, text: str, one: re.Match[str]) -> str:
        coupled = self._couples_ahead(text, one) or self._couples_behind(text, one)
        return self._words[one[0].lower()] if coupled else one[0]

    def _couples_ahead(self, text: str, one: re.Match[str]) -> bool:
        """ "Both weakness and numbness", "both the dorsum and the sole"; not "both legs and feet", "both are cold and
        numb", "feet: both cold and numb", nor "both leg weakness and numbness" """
        found = self._ahead.match(text, one.end())
        if found is None or self._limbs.search(found[0]) or self._bars.search(found["one"]):
            return False
        sides = [side.search(found[0]) is not None for side in self._sides]
        if all(sides) or self._limbs.search(text, max(0, one.start() - _NEAR), one.start()):
            return False
        return any(sides) or not self._limb.search(found["one"].rpartition(" ")[0])

    def _couples_behind(self, text: str, one: re.Match[str]) -> bool:
        """ "The dorsum and the sole are both numb", "DP and PT both absent"; not "hips and knees both ache", nor
        "weakness and numbness both legs", nor "the left leg and the right leg are both weak" """
        before = text[max(0, one.start() - _NEAR) : one.start()]
        found = self._behind.search(before)
        following = self._next.match(text, one.end())
        if found is None or following is None or self._limbs.search(found[0]) or self._bars.search(found["two"]):
            return False
        if all(side.search(before) for side in self._sides):
            return False
        return not (self._limb.fullmatch(following[1]) or self._limbs.match(text, following.start(1)))
