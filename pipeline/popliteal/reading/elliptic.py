"""Sentences that only go on about the one before them, read as one with it: "The left knee jerk is absent. The right is
2+.", "He reports weakness. It is mainly in the legs."; what is said of the side named last by "which"; and what is
said again by "as was" ("power was normal, as were tone and reflexes").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from popliteal.reading.tokens import any_of

#: Characters of a sentence in which the other side must stand, and of one that says no more than that.
_BEFORE = 160
_BEHIND = 110
_ENDS = re.compile(r"[.!?;\n\r]")
_OTHER = {"r": re.compile(r"\b(?:left|lt|L)\b", re.I), "l": re.compile(r"\b(?:right|rt|R)\b", re.I)}

_WHICH = re.compile(r"\b(?P<side>left|right), which(?= (?:is|was|has|had|feels|felt|looks|looked)\b)", re.IGNORECASE)
#: A blank that parts no fields of a line.
_BLANK = "\u00a0"

#: The classes of words that such sentences begin with.
_CLASSES = (
    "before_other_side",
    "behind_other_side",
    "said_of_other_side",
    "stands_for_complaint",
    "is_somewhere",
    "for_the_most_part",
    "somewhere",
    "no_place_at_all",
    "said_again",
    "as_was",
    "as_was_nothing",
)


class Elliptic:
    """Compiled from the classes of ``words.yaml``."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        one = {name: any_of(classes[name]) for name in _CLASSES}
        stop = r"\.(?<=[\w)+%]\.)(?= {1,2}"  # the stop first: that is what is looked for, and is told fast
        self._other_side = re.compile(
            rf"{stop}(?:{one['before_other_side']} )?(?P<side>right|left|[rl])(?: {one['behind_other_side']})?,? "
            rf"{one['said_of_other_side']}\b)",
            re.IGNORECASE,
        )
        self._label = re.compile(  # of lists of results, in which a colon stands behind each side
            rf"[.,;](?<=[\w)+%].)(?= {{1,2}}(?P<side>right|left|[rl])(?: {one['behind_other_side']})?(?P<colon>\s?:) "
            rf"(?:{one['said_of_other_side']}\b|[<>~]?\d)(?![^.;\n]*,))",
            re.IGNORECASE,
        )
        self._place = re.compile(
            rf"{stop}{one['stands_for_complaint']} {one['is_somewhere']}(?: {one['for_the_most_part']})* "
            rf"{one['somewhere']} (?!(?:\w+ )?{one['no_place_at_all']}\b))",
            re.IGNORECASE,
        )

        self._again = re.compile(
            rf"\b(?P<said>{one['said_again']})(?P<of>(?: [\w/+-]+){{0,6}}),? (?P<as>{one['as_was']})"
            rf"(?= (?!{one['as_was_nothing']}\b)\w)",
            re.IGNORECASE,
        )

    def __call__(self, text: str) -> str:
        """``text``, as long as it was, with commas for the stops before such sentences, with a side for "which"
        behind it ("pulses normal in the right leg, absent in the left, which is cold"), and with the word that "as
        was" stands for."""
        if " as w" in text or " as is " in text or " as are " in text:
            text = self._again.sub(_said_again, text)
        if ", which " in text:
            text = _WHICH.sub(lambda found: _named_again(text, found), text)
        stops = [one.start() for one in self._other_side.finditer(text) if _goes_on(text, one)]
        stops += [one.start() for one in self._place.finditer(text)]
        labels = [one for one in self._label.finditer(text) if _goes_on(text, one)] if ":" in text else []
        edits = dict.fromkeys([*stops, *(one.start() for one in labels)], ",")
        edits |= {one.end("colon") - 1: " " for one in labels}
        if not edits:
            return text
        bounds = sorted({-1, *edits, len(text)})
        return "".join(text[last + 1 : at] + edits.get(at, "") for last, at in pairwise(bounds))


def _goes_on(text: str, found: re.Match[str]) -> bool:
    """Whether the sentence before is of the other side alone, and this one is short."""
    at = found.start()
    earlier = [end.end() for end in _ENDS.finditer(text, max(0, at - _BEFORE), at)]
    before = text[earlier[-1] if earlier else max(0, at - _BEFORE) : at]
    same = _OTHER["l" if found["side"][0] in "rR" else "r"]
    ends = _ENDS.search(text, at + 1, at + _BEHIND)
    short = ends is not None or len(text) < at + _BEHIND
    return short and _OTHER[found["side"][0].lower()].search(before) is not None and same.search(before) is None


def _said_again(found: re.Match[str]) -> str:
    """The word said before in the place of "as was the", where there is room for it."""
    said, room = found["said"].lower(), len(found["as"])
    if len(said) > room:
        return found[0]
    return f"{found[0][: -room - 1]} {said.ljust(room)}"


def _named_again(text: str, found: re.Match[str]) -> str:
    """The side in the place of "which", where the same sentence names the other side before."""
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    side = found["side"].lower()
    if _OTHER[side[0]].search(before[max((end.end() for end in _ENDS.finditer(before)), default=0) :]) is None:
        return found[0]
    return f"{found['side']}, {side.ljust(len('which'), _BLANK)}"
