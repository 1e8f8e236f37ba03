"""Visits of long after: "two years after decompression. He had presented with a foot drop. Today the big toe is weak".

Such a note tells again how it was. What it tells so is over, and what it tells of today is what is left: a grade of
today holds against one of then, and what is called residual, unchanged or better is no sign that then goes on. What
today has in the same words, without a grade, or what the note says has lasted, is there yet, and old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from popliteal.knowledge.alternation import lower
from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.narrative import FollowUpRules
from popliteal.reading.episodes import Episodes
from popliteal.reading.mention import THERE, Mention
from popliteal.reading.piece import Piece

#: So many characters of a note tell what kind of visit it is.
_TITLE = 600
#: Sentences that go on telling of then.
_LONGEST = 6
#: How what is left of then is said to go.
_CALM = frozenset({"stable", "improving", "resolved"})


class FollowUps:
    """Built once from the rules; ``episodes`` knows the words of the past and the present."""

    def __init__(self, rules: FollowUpRules, episodes: Episodes, concept: Callable[[str], Concept]) -> None:
        self._rules, self._episodes, self._concepts = rules, episodes, concept

    def settle(self, text: str, pieces: Sequence[Piece]) -> None:
        """Let what a visit of long after tells of then be over, or old where it is there yet."""
        if not self._is_one(text):
            return
        low, number = lower(text), 0
        while number < len(pieces):
            piece = pieces[number]
            then = self._rules.then.search(low, piece.start, piece.end)
            if then is None:
                number += 1
                continue
            told, number = self._told(low, pieces, number, then.start())
            later = [one for behind in pieces[number - 1 :] for one in behind.mentions if one not in told]
            for mention in told:
                self._end(low, mention, [one for one in later if one.start > mention.start])
        self._keep(low, pieces)
        for piece in pieces:
            if piece.start < _TITLE and self._rules.treated.search(low, piece.start, piece.end):
                self._put_behind(piece.mentions)

    def _put_behind(self, mentions: Iterable[Mention]) -> None:
        """Let what happened, and has no time of its own, be past: the first lines say that it was treated."""
        for mention in mentions:
            concept = self._concepts(mention.concept)
            if concept.event and not concept.disease and mention.assertion in THERE and not _timed(mention):
                mention.put_behind("treated long before")

    def _keep(self, low: str, pieces: Sequence[Piece]) -> None:
        """Let what is there without a time of its own be old, where the note says that nothing changes."""
        if self._rules.steady.search(low) is None or self._rules.unsteady.search(low) is not None:
            return
        for mention in (one for piece in pieces for one in piece.mentions):
            concept = self._concepts(mention.concept)
            if _timed(mention) or mention.assertion not in THERE or concept.normal:
                continue
            if concept.category in self._rules.steady_kinds and not concept.grave:
                mention.course = "stable"
                mention.cues.append("stable since long")

    def recover(self, text: str, mentions: Sequence[Mention]) -> None:
        """Let what a visit of long after grades better than it was then be improving; sides are known by now."""
        worst: dict[str, list[Mention]] = {}
        better: list[Mention] = []
        for mention in mentions:
            if mention.value is None or mention.assertion not in THERE:
                continue
            if mention.temporality == "historical":
                worst.setdefault(mention.concept, []).append(mention)
            elif {mention.course, mention.onset} <= {None, "unknown"} and mention.onset_days is None:
                then = worst.get(mention.concept, ())
                if self._concepts(mention.concept).graded and any(_is_worse(one, mention) for one in then):
                    better.append(mention)

        if better and self._is_one(text):
            for mention in better:
                mention.course = "improving"
                mention.cues.append("graded worse then")

    def _is_one(self, text: str) -> bool:
        """Whether a note is a visit of long after."""
        return self._rules.opens.search(lower(text[:_TITLE])) is not None

    def _told(self, low: str, pieces: Sequence[Piece], number: int, at: int) -> tuple[list[Mention], int]:
        """What is told of then from the sentence ``number`` on, that has its word ``at``; the number behind it."""
        first = pieces[number]
        before = self._episodes.goes_on(low, first.start, at)
        told = self._until_now(low, first, at if before else first.start, at)
        if self._episodes.goes_on(low, at, first.end):
            return told, number + 1
        for behind in range(number + 1, min(number + 1 + _LONGEST, len(pieces))):
            piece = pieces[behind]
            if piece.section is not first.section or not self._episodes.goes_on_in_the_past(low, piece):
                return told, behind
            told += piece.mentions
        return told, min(number + 1 + _LONGEST, len(pieces))

    def _until_now(self, low: str, piece: Piece, start: int, at: int) -> list[Mention]:
        """The mentions of a sentence from ``start`` to the word of the present behind ``at``."""
        now = self._episodes.now(low, at, piece.end)
        return [one for one in piece.mentions if start <= one.start < (piece.end if now is None else now)]

    def _end(self, low: str, mention: Mention, later: Sequence[Mention]) -> None:
        concept = self._concepts(mention.concept)
        there = mention.assertion in THERE and mention.temporality is None
        if not there or concept.event or concept.lasting or concept.chronic or concept.treatment is not None:
            return
        left = any(_is_left(mention, one) for one in later)
        if left or self._episodes.lasts(low, mention.end):
            mention.onset, mention.onset_days = "chronic", None
            mention.cues.append("told long after")
        else:
            mention.end_by("treatment")
            mention.temporality = "historical"


def _timed(mention: Mention) -> bool:
    """Whether a mention says when it was, or how it goes."""
    told = {mention.course, mention.onset} - {None, "unknown"} or mention.onset_days is not None
    return bool(told) or mention.temporality == "historical"


def _is_worse(then: Mention, now: Mention) -> bool:
    """Whether the same was graded worse then, on a side that may be the same."""
    same = len({then.laterality, now.laterality} - {None, "unspecified", "bilateral"}) < 2
    return same and then.value is not None and now.value is not None and then.value < now.value


def _is_left(then: Mention, now: Mention) -> bool:
    """Whether a finding of today may be that of then, and as bad: the same, not graded nor called calm."""
    same = now.concept == then.concept and now.assertion in THERE and now.temporality != "historical"
    calm = now.course in _CALM or now.onset == "chronic"
    return same and not calm and (now.value_text is None or then.value_text is None)
