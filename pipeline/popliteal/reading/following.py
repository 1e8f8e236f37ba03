"""Sentences that only go on about the finding before them: "GBS. Improving.", "Numb left foot. It began 3 weeks ago."

Such a sentence names no finding of its own. Either a word that stands for one opens it ("it", "the pain", "onset"), or
it is nothing but words of time and course.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.narrative import FollowingRules
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece
from popliteal.reading.timing import Timer, Timing

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 160  # characters
_PASSED_OVER = 3  # sentences that only measure something
_CHANGES = frozenset({"worsening", "improving"})
_EVENT = "event"  # instead of a category: whatever happens once
_MOST = 8  # findings that one such sentence may speak of


class Following:
    """Built once from the rules."""

    def __init__(self, rules: FollowingRules, timer: Timer, concepts: Mapping[str, Concept]) -> None:
        self._rules = rules
        self._timer = timer
        self._concepts = concepts

    def told(
        self, text: str, pieces: list[Piece], day: date | None, complains: Callable[[Mention], bool]
    ) -> Iterator[tuple[Piece, str | None, Timing]]:
        """Pieces with mentions and what the sentences right behind them add, with the category each speaks of, if any.

        What ``complains`` is a finding of its own; a sentence with one does not go on about another.
        """
        before: Piece | None = None
        for piece in pieces:
            found = None
            short = piece.end - piece.start <= _LONGEST and not any(map(complains, piece.mentions))
            if before is not None and short:
                found = self._read(text[piece.start : piece.end], day)
            if before is not None and found is not None:
                yield self._felt(before) if found[1].course in _CHANGES else before, *found
            if piece.mentions or found is None:  # "Knee pain. Present for 2 years. Getting worse."
                before = piece if 0 < len(piece.mentions) <= _MOST else None

    def since_well(
        self, text: str, pieces: list[Piece], day: date | None, complains: Callable[[Mention], bool]
    ) -> Iterator[tuple[Mention, Timing]]:
        """Mentions without an onset that came when the sentence before theirs says that somebody was well no longer.

        "She was well until 3 weeks ago. Then the left foot went numb." Only the sentence right behind is meant.
        """
        for before, piece in itertools.pairwise(pieces):
            waiting = [one for one in piece.mentions if not _has_onset(one) and one.assertion != "absent"]
            if not waiting or before.end - before.start > _LONGEST or any(map(complains, before.mentions)):
                continue
            sequel = self._rules.sequel.match(text, piece.start, piece.end)
            told = text[before.start : before.end]
            if sequel is not None and self._rules.well.search(told) is not None:
                yield from self._joined(told.rstrip(" .\n"), text[sequel.end() : piece.end], sequel.end(), waiting, day)

    def _joined(
        self, told: str, then: str, start: int, mentions: Iterable[Mention], day: date | None
    ) -> Iterator[tuple[Mention, Timing]]:
        """Mentions of ``then``, which begins at ``start`` of the note, as timed behind ``told``."""
        sentence, shift = f"{told}{self._rules.joint}{then}", len(told) + len(self._rules.joint) - start
        for mention in mentions:
            if mention.start >= start:
                concept = self._concepts[mention.concept]
                places = (mention.start + shift, mention.end + shift)
                timing = self._timer.read(sentence, *places, day, event=concept.event)
                if timing.temporality is None and not (concept.normal or concept.done or concept.treatment):
                    yield mention, timing

    def _felt(self, piece: Piece) -> Piece:
        """The sentence, or where it only measures something the last one before it that tells what is felt."""
        last: Piece | None = piece
        for _ in range(_PASSED_OVER):
            while last is not None and not last.mentions:
                last = last.previous
            if last is None:
                return piece
            if any(self._concepts[one.concept].category not in self._rules.measured for one in last.mentions):
                return last
            last = last.previous
        return piece

    def _read(self, sentence: str, day: date | None) -> tuple[str | None, Timing] | None:
        """The category that a sentence speaks of (None: any) and what it says of it; None where it says nothing."""
        subject = self._rules.subject.match(sentence)
        if subject is None and not self._only_time(sentence):
            return None
        start, end = subject.span("word") if subject is not None else (0, 0)
        named = subject.groupdict() if subject is not None else {}
        category = next((name for name, found in named.items() if found and name != "word"), None)
        # "Prior fusion." is of itself
        timing = self._timer.read(sentence, start, end, day, event=category == _EVENT, pronoun=subject is not None)
        return (category, timing) if timing.cues else None

    def _only_time(self, sentence: str) -> bool:
        """Whether a sentence has cues of time or course and else only words that may stand around them."""
        fillers = self._rules.fillers
        places = (word.start() for word in _WORD.finditer(sentence) if word[0].lower() not in fillers)
        first = next(places, None)
        if first is not None and not self._timer.within_cue(sentence, first):  # it tells it of most sentences
            return False
        spans = self._timer.cue_spans(sentence)
        rest = places if first is None else itertools.chain((first,), places)
        return bool(spans) and all(any(start <= at < end for start, end in spans) for at in rest)


def goes_on(mention: Mention, concept: Concept, category: str | None, *, again: bool) -> bool:
    """Whether a later sentence can speak of a mention: it is of ``category`` (None: any), and of the present or come
    back (``again``)."""
    other = concept.normal or concept.done or concept.lasting or concept.treatment is not None
    there = mention.assertion in {None, "present", "possible"}
    there = there and (mention.temporality != "historical" or (again and not concept.event))
    if category == _EVENT:
        return there and concept.event
    return there and not other and category in {None, concept.category}


def complaints_of(mentions: Iterable[Mention], concepts: Mapping[str, Concept]) -> list[Mention]:
    """What of a sentence a later one is rather about: "a diabetic with knee pain. It began on Sunday"."""
    named = ((one, concepts[one.concept]) for one in mentions)
    return [one for one, concept in named if not concept.chronic and (concept.disease or not concept.background)]


def _has_onset(mention: Mention) -> bool:
    return mention.onset_days is not None or mention.onset not in {None, "unknown"}


def _narrows(mention: Mention, timing: Timing) -> bool:
    """Whether a later sentence tells better when something called acute came ("Acute foot drop. Woke with it.")."""
    vague = mention.onset == "acute" and mention.onset_days is None
    return vague and (timing.onset == "sudden" or (timing.onset == "acute" and timing.onset_days is not None))


def add(mention: Mention, timing: Timing) -> None:
    """Complete a mention with what a later sentence says of it; what its own sentence said stays."""
    if timing.again:
        mention.temporality, mention.course, mention.onset, mention.onset_days = None, timing.course, None, None
    if not _has_onset(mention) or _narrows(mention, timing):
        mention.onset, mention.onset_days = timing.onset, timing.onset_days
    if mention.course in {None, "unknown"}:
        mention.course = timing.course
    mention.temporality = mention.temporality or timing.temporality
    mention.cues.extend(timing.cues)
