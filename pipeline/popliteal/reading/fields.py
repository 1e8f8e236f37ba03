"""Fields of a line: a word that answers for one of them says nothing of the next."""

from __future__ import annotations

from popliteal.reading.item import Item
from popliteal.reading.sentence import Hit, Sentence

_MINUS = frozenset({"-", "–", "−"})


def ends_field(sentence: Sentence, hit: Hit) -> bool:
    """Whether a word is the answer to what stands before it and a stroke ends the field: "hypos nil / nocturia"."""
    if hit.last - hit.first > 1 or hit.last >= len(sentence.words) or not hit.first:
        return False
    if sentence.raw(hit.first) in _MINUS and sentence.parted(hit.last - 1, hit.last + 1):
        return not sentence.parted(hit.first - 1, hit.last)  # "SLR R 85 -   slump L +"
    if sentence.raw(hit.last) != "/":
        return False
    return sentence.raw(hit.first - 1).isalpha() and bool(sentence.between(hit.last - 1, hit.last))


def before_field(sentence: Sentence, hit: Hit, end: int) -> int:
    """Where the next field of a line begins ("nil ulcers    foot feels cold"), if one does before ``end``.

    A gap right behind the cue parts nothing, nor do those of the column that it opens ("Denies:   fever   chills").
    """
    if sentence.parted(hit.last - 1, hit.last + 1):
        return end
    gaps = (token for token in range(hit.last + 1, end) if sentence.parted(token - 1, token + 1))
    return next(gaps, end)


def is_answer(sentence: Sentence, hit: Hit) -> bool:
    """Whether a number answers the word before it, and counts nothing that follows ("Ca 0, RA 0"; "0 falls")."""
    ends = hit.last == len(sentence.words) or sentence.raw(hit.last) in {",", ";", "."}
    return ends and hit.first > 0 and sentence.raw(hit.first).isdigit() and sentence.raw(hit.first - 1).isalpha()


def answered(sentence: Sentence, item: Item) -> bool:
    """Whether an answer of its own stands behind a finding, or ends it ("numbness ++, weakness -", "slump L +")."""
    at = item.last
    while at < len(sentence.words) and sentence.raw(at) == "+":
        at += 1
    if at == item.last and at < len(sentence.words) and sentence.raw(at) in "-−":
        at += 1
    if item.last - item.first > 1 and sentence.raw(item.last - 1) in "+-−–":
        return True
    return item.last < at < len(sentence.words) and sentence.raw(at) in ",;"


def explained(sentence: Sentence, first: int, last: int) -> bool:
    """Whether brackets behind an answer tell how it is known: "PVD - no (ABPI 1.02)"."""
    marked = last - first > 1 and sentence.raw(first) in {":", "-", "–", "—", "="}
    return marked and last < len(sentence.spans) and sentence.raw(last) == "("


def opens_clause(sentence: Sentence, first: int) -> bool:
    """Whether nothing, a mark or the number of an item stands before token ``first``."""
    return first == 0 or not sentence.raw(first - 1)[-1].isalnum() or (first == 1 and sentence.raw(0).isdigit())


def closes_field(sentence: Sentence, last: int) -> bool:
    """Whether nothing, punctuation or a gap as between columns follows token ``last - 1`` (no "#", "(" or arrow)."""
    if last == len(sentence.spans):
        return True
    gap = sentence.text[sentence.spans[last - 1][1] : sentence.spans[last][0]]
    return len(gap) > 1 or "\n" in gap or (not sentence.raw(last)[0].isalnum() and sentence.raw(last) not in "([#?>")
