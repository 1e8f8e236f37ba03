"""What a note says of one thing in two ways: both stay, and each names the other in its ``cues``.

Two findings contradict each other where one is there now and the other denies it, in a word of the same stem, of the
same place; or where the one injury or operation that the same words speak of is on the left here and on the right
there. What a sentence contrasts on purpose ("no numbness but for the left sole"), what is over, a denial of what is
new, and two entries of one list of operations ("Right TKA 2019. Left TKA 2019.") contradict nothing. Of each concept
the first such pair of a place is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from popliteal.knowledge.concepts import Concept
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece
from popliteal.reading.sentence import ONE_SIDE
from popliteal.schema import CONTRADICTS

_WORD = re.compile(r"[a-z]{4,}")
_SPELLED = re.compile(r"[^\W\d_]+")
_LONGEST_ENTRY = 5  # words: "Right total knee replacement March 2019"
_ONLY_NEWS = frozenset({"new", "worsening"})


def mark(text: str, pieces: Sequence[Piece], mentions: Sequence[Mention], concepts: Mapping[str, Concept]) -> None:
    """Add the cue to mentions that another contradicts; numbers are those of ``mentions``, all of the note."""
    sentence = {id(mention): number for number, piece in enumerate(pieces) for mention in piece.mentions}
    same: dict[str, list[int]] = {}
    for number, mention in enumerate(mentions):
        if _open(mention, concepts[mention.concept]):
            same.setdefault(mention.concept, []).append(number)
    for concept, numbers in same.items():
        marked: set[tuple[str | None, str | None]] = set()
        for one, other in combinations(_kinds(text, numbers, mentions, sentence), 2):
            left, right = mentions[one], mentions[other]
            here, there = sentence[id(left)], sentence[id(right)]
            if here == there:
                continue
            place = _other_side(text, left, right) if concepts[concept].event else _denied(text, left, right)
            if place is not None and concepts[concept].event and _listed(text, pieces[here], pieces[there]):
                continue
            if place is not None and place not in marked:
                marked.add(place)
                left.cues.append(f"{CONTRADICTS}{other}")
                right.cues.append(f"{CONTRADICTS}{one}")


def _kinds(
    text: str, numbers: Sequence[int], mentions: Sequence[Mention], sentence: Mapping[int, int]
) -> Iterator[int]:
    """Of mentions that are alike in all that is compared, the first and the first of another sentence.

    The first pair of a place is always among these, and a long note has no more kinds of mentions than a short one, so
    that pairs of kinds are few where pairs of mentions would be many.
    """
    seen: dict[tuple[object, ...], set[int]] = {}
    for number in numbers:
        one = mentions[number]
        words = text[one.start : one.end].casefold()
        valued = bool(one.value_text)
        state = (one.assertion, one.course, one.ended, valued)
        kind = (words, state, one.site, one.placed, one.laterality, one.onset_days)
        told = seen.setdefault(kind, set())
        if len(told) < 2 and sentence[id(one)] not in told:
            told.add(sentence[id(one)])
            yield number


def _open(mention: Mention, concept: Concept) -> bool:
    """Whether a mention can be contradicted: what is there or denied today, or an event on one side at any time."""
    if concept.event:
        return mention.laterality in ONE_SIDE
    return mention.assertion in {"present", "absent"} and mention.temporality != "historical"


def _denied(text: str, one: Mention, other: Mention) -> tuple[str | None, str | None] | None:
    """The place, site and side, of which one of two mentions denies what the other says is there; None if neither."""
    there, denied = (one, other) if one.assertion == "present" else (other, one)
    if (there.assertion, denied.assertion) != ("present", "absent"):
        return None
    if there.is_over or denied.course in _ONLY_NEWS or there.value_text or denied.value_text:
        return None
    if denied.site != there.site and (denied.site is not None or denied.placed):
        return None
    if denied.laterality not in {None, "unspecified", "bilateral", there.laterality}:
        return None
    return (there.site, there.laterality) if _stems(text, there) & _stems(text, denied) else None


def _other_side(text: str, one: Mention, other: Mention) -> tuple[str | None, str | None] | None:
    """The site of what happened once, where two mentions in the same words and of the same time name opposite sides."""
    if {one.laterality, other.laterality} != ONE_SIDE or not one.assertion == other.assertion == "present":
        return None
    alike = one.site == other.site and one.onset_days == other.onset_days
    same = text[one.start : one.end].casefold() == text[other.start : other.end].casefold()
    return (one.site, None) if alike and same else None


def _listed(text: str, one: Piece, other: Piece) -> bool:
    """Whether two sentences of a section are entries of one list, each little more than an event, its side and date."""
    words = (len(_SPELLED.findall(text[piece.start : piece.end])) for piece in (one, other))
    return one.section is other.section and all(count <= _LONGEST_ENTRY for count in words)


def _stems(text: str, mention: Mention) -> set[str]:
    """How the words of a mention begin; "numb" and "numbness" begin alike."""
    return {word[:4] for word in _WORD.findall(text[mention.start : mention.end].casefold())}
