"""Sides that open parts of a line as labels: "Knees: right: small effusion; left: none", "R - ulcer, L - nil"."""

from __future__ import annotations

from popliteal.reading.sentence import OPPOSITE, Hit, Sentence

_MARKS = frozenset({":", "=", "-", "–", "—"})
#: A side before one of these is a label by itself; one before a dash is only where it opens a line or another one is.
_SURE = frozenset({":", "="})
_OPENS = frozenset({":", ";", ",", ".", "|", "-", "–", "—", "•", "*", "(", ")"})


def labelled_sides(sentence: Sentence, *, headed: bool) -> dict[int, str]:
    """The side of each token that stands behind such a label, up to the next; of none where both sides are named.

    A letter that opens a line is a label only where the line is ``headed`` by it: the "R:" of a handover is its
    recommendation.
    """
    sides = sentence.sides
    labels = [
        number
        for number, hit in enumerate(sides)
        if hit.entry.id in OPPOSITE and _is_label(sentence, hit) and (headed or hit.first or len(sentence.raw(0)) > 1)
    ]
    if not any(_is_sure(sentence, sides[number]) for number in labels):
        return {}
    found: dict[int, str] = {}
    ends = [*(sides[number].first for number in labels[1:]), len(sentence.words)]
    for number, end in zip(labels, ends, strict=True):
        hit = sides[number]
        if not any(hit.last <= other.first < end and other.entry.id not in OPPOSITE for other in sides):
            found.update(dict.fromkeys(range(hit.last, end), hit.entry.id))
    return found


def _is_label(sentence: Sentence, hit: Hit) -> bool:
    """Whether a side begins a part of a sentence and a mark stands behind it."""
    if hit.last + 1 >= len(sentence.tokens) or sentence.raw(hit.last) not in _MARKS:
        return False
    return hit.first == 0 or sentence.raw(hit.first - 1) in _OPENS or "\n" in sentence.between(hit.first - 1, hit.first)


def _is_sure(sentence: Sentence, hit: Hit) -> bool:
    """Whether a label is one also without another."""
    return hit.first == 0 or sentence.raw(hit.last) in _SURE or sentence.raw(hit.first - 1) in _SURE
