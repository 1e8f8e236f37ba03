"""Earlier episodes that a note tells at length: "He was admitted in 2019 with sepsis. He had a catheter. Now he ...".

A time cue reaches the findings of its own clause. A story goes on in the past tense until a word of the present takes
the clock back, and all that it tells was over then. It counts only where it is plainly another episode than the one
the patient comes with: it opens with words that say so, the note comes back to the present behind it, and no complaint
of the same kind is told of the present. What began then, or still goes on, may be there yet.

What a patient once came with, without a date ("presented with a cold foot. Went to theatre. Today ..."), is over where
it was treated before this time, and nothing of its kind is told of the time since.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from popliteal.knowledge.alternation import lower
from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.expressions import Expression
from popliteal.knowledge.narrative import EpisodeRules
from popliteal.knowledge.times import Mode
from popliteal.reading.dates import days_before
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece

_MODES: tuple[Mode, ...] = ("date", "month", "year")
#: Sentences that go on telling.
_LONGEST = 6
_LONGEST_CLAUSE = 200  # characters
_SEQUEL = 1200  # characters behind a treatment in which it is said to have left something
_LONGEST_OPENING = 200  # characters of the words that open an episode, with what must stand behind them


class _Ahead:
    """Whether an expression stands further on in a text, asked of places one behind the other.

    What was found ahead of one place answers for the next ones, so that all together cost one pass over the text.
    """

    def __init__(self, expression: Expression, text: str) -> None:
        self._expression, self._text = expression, text
        self._found: int | None = -1

    def stands_from(self, place: int) -> bool:
        """Whether it stands at ``place`` or behind; ``place`` is never before that of an earlier call."""
        if self._found is not None and self._found < place:
            found = self._expression.search(self._text, place)
            self._found = found.start() if found else None
        return self._found is not None


class Episodes:
    """Built once from the rules."""

    def __init__(self, rules: EpisodeRules, concept: Callable[[str], Concept]) -> None:
        self._rules = rules
        self._concept = concept

    def past(self, text: str, pieces: Sequence[Piece], note_date: date | None) -> Iterator[Mention]:
        """The mentions of a note's sentences that belong to an earlier episode."""
        low = lower(text)
        starts = [piece.start for piece in pieces]
        yield from self._dated(low, starts, pieces, note_date)
        for mention, past in self._treated(low, starts, pieces):
            if past:
                yield mention
            elif mention.course in {None, "unknown"}:
                mention.end_by("treatment")

    def _dated(
        self, low: str, starts: Sequence[int], pieces: Sequence[Piece], note_date: date | None
    ) -> Iterator[Mention]:
        """The mentions of episodes that are opened by a time of the past."""
        until = 0
        for number in self._hinted(low, starts, pieces):
            if number < until:
                continue
            opening = self._opening(low, pieces[number], note_date)
            if opening is None:
                continue
            until = self._end(low, pieces, number)
            if until < len(pieces) and self._rules.back.search(low, pieces[until].start):
                told = [m for piece in pieces[number:until] for m in piece.mentions if m.start >= opening]
                later = [m for piece in pieces[until:] for m in piece.mentions]
                yield from (mention for mention in told if self.over(low, mention, later))

    def _treated(self, low: str, starts: Sequence[int], pieces: Sequence[Piece]) -> Iterator[tuple[Mention, bool]]:
        """What patients came with and had treated before this time, be it told without a date; and whether the note is
        of a later time, or only tells the story of it to its end."""
        clock, after = _Ahead(self._rules.clock, low), _Ahead(self._rules.after, low)
        done_to = 0
        for came in self._came(low, pieces):
            first = bisect_right(starts, came[0]) - 1
            if came[0] < done_to:
                continue
            last = min(first + _LONGEST, len(pieces))
            mentions = (m for piece in pieces[first:last] for m in piece.mentions)
            begins = self._begins(low, pieces[first].start, came[0])
            told = [m for m in mentions if m.start >= begins and not self._concept(m.concept).normal]
            treated = self._treatment(low, pieces[first:last], came[1]) if told else None
            if treated is None:
                continue
            done_to = treated.end()
            past = clock.stands_from(done_to)
            if (past or after.stands_from(done_to)) and not self.lasts(low, done_to):
                here = bisect_right(starts, treated.start()) - 1
                later = [m for piece in pieces[here:] for m in piece.mentions if m.start >= treated.start()]
                first_of = starts[here] if here > first else treated.start()
                over = (m for m in told if m.start < first_of and self.over(low, m, later))
                yield from ((m, past) for m in over if not self.goes_wrong(m, later))

    def _hinted(self, low: str, starts: Sequence[int], pieces: Sequence[Piece]) -> list[int]:
        """The sentences, by number, that may open an episode in which a finding is told."""
        found: set[int] = set()
        for first, last in _with_findings(pieces):
            start, end = pieces[first].start, starts[last] if last < len(pieces) else len(low)
            found.update(bisect_right(starts, hint.start()) - 1 for hint in self._rules.hints.finditer(low, start, end))
        return sorted(found)

    def _came(self, low: str, pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
        """Where it is told with what patients came, if a finding is told within an episode behind: of most notes only a
        part is searched."""
        for first, last in _with_findings(pieces):
            start, end = pieces[first].start, pieces[last].start if last < len(pieces) else len(low)
            until = min(end + _LONGEST_OPENING, len(low))
            yield from ((begun, ended) for begun, ended, _ in self._rules.came.within(low, start, until, end))

    def _begins(self, low: str, start: int, came: int) -> int:
        """Where what the words at ``came`` speak of begins: at the ``start`` of a sentence that is of the past until
        then ("had gangrene in May")."""
        past = self._rules.past.search(low, start, came) is not None
        return start if past and not self.goes_on(low, start, came) else came

    def lasts(self, low: str, treated: int) -> bool:
        """Whether what stands behind a treatment, that ends at ``treated``, says that it has not ended everything."""
        return self._rules.lasts.search(low, treated, treated + _SEQUEL) is not None

    def goes_wrong(self, mention: Mention, later: Sequence[Mention]) -> bool:
        """Whether a disease that was treated, or what a study showed of it, has left, or brought, a grave sign."""
        concept = self._concept(mention.concept)
        if not (concept.disease or concept.elicited):
            return False
        signs = (self._concept(one.concept) for one in later if _is_there(one))
        return any(not sign.normal and (sign.grave or sign.examinable) for sign in signs)

    def _treatment(self, low: str, pieces: Sequence[Piece], at: int) -> re.Match[str] | None:
        """The treatment of this episode that is told of in a sentence behind the first of ``pieces``, or in a clause of
        its own in that, if none until then is of the present or of an older treatment."""
        for number, piece in enumerate(pieces):
            treated = self._rules.treated.search(low, max(at, piece.start), piece.end)
            if treated is not None and (number or self._rules.set_off.search(low, at, treated.start())):
                return None if self._rules.but.search(low, max(at, piece.start), piece.end) else treated
            if self._rules.clock.search(low, max(at, piece.start), piece.end):
                return None
        return None

    def _opening(self, low: str, piece: Piece, note_date: date | None) -> int | None:
        """Where in a sentence an episode is opened that was long enough ago; None if there is none."""
        opened = self._rules.opens.search(low, piece.start, piece.end)
        if opened is None or self.goes_on(low, opened.start(), piece.end):
            return None
        dated = next(((name, words) for name, words in opened.groupdict().items() if words is not None), None)
        return opened.start() if dated is None or self._long_ago(*dated, note_date) else None

    def _long_ago(self, name: str, words: str, note_date: date | None) -> bool:
        """Whether a date, of the kind that its group is named by, is of another episode; a day of no year is not."""
        mode = next(mode for mode in _MODES if name.startswith(mode))
        if note_date is None:
            return mode != "date"
        days = days_before(words, mode, note_date)
        return days is not None and days > self._rules.recent

    def _end(self, low: str, pieces: Sequence[Piece], first: int) -> int:
        """The number of the first sentence behind the episode that sentence ``first`` opens."""
        for number in range(first + 1, min(first + 1 + _LONGEST, len(pieces))):
            piece = pieces[number]
            if piece.section is not pieces[first].section or not self.goes_on_in_the_past(low, piece):
                return number
        return min(first + 1 + _LONGEST, len(pieces))

    def now(self, low: str, start: int, end: int) -> int | None:
        """Where a word of the present stands."""
        found = self._rules.present.search(low, start, end)
        return None if found is None else found.start()

    def goes_on(self, low: str, start: int, end: int) -> bool:
        """Whether a word of the present stands there."""
        return self.now(low, start, end) is not None

    def goes_on_in_the_past(self, low: str, piece: Piece) -> bool:
        """Whether a sentence goes on to tell of the past."""
        past = self._rules.past.search(low, piece.start, piece.end)
        return past is not None and not self.goes_on(low, piece.start, piece.end)

    def over(self, low: str, mention: Mention, later: Sequence[Mention], *, began: bool = False) -> bool:
        """Whether a mention of an episode is over, by what it is and what the note tells ``later``.

        ``began``: also what only began then, since the note tells how it ended.
        """
        concept = self._concept(mention.concept)
        if mention.temporality is not None or mention.assertion not in {None, "present", "possible", "absent"}:
            return False
        if concept.event:
            return True
        background = concept.background and concept.treatment is None  # what one has had is no story
        if background or concept.lasting or concept.chronic or (self._began(low, mention) and not began):
            return False
        return not any(_goes_with(mention, concept, one, self._concept(one.concept)) for one in later)

    def _began(self, low: str, mention: Mention) -> bool:
        """Whether it only began then."""
        start = max(0, mention.start - _LONGEST_CLAUSE)
        clause = max((end.end() for end in self._rules.clause.finditer(low, start, mention.start)), default=start)
        return self._rules.begins.search(low, clause, mention.start) is not None


def _with_findings(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Half-open runs of the numbers of sentences from which on an episode would hold a finding."""
    runs: list[tuple[int, int]] = []
    for number, piece in enumerate(pieces):
        if not piece.mentions:
            continue
        first = max(0, number - _LONGEST + 1)
        if runs and first <= runs[-1][1]:
            first = runs.pop()[0]
        runs.append((first, number + 1))
    return runs


def _goes_with(then: Mention, concept: Concept, now: Mention, other: Concept) -> bool:
    """Whether a finding of the present may be the same complaint as one of then."""
    if not _is_there(now) or other.normal:
        return False
    return now.concept == then.concept or (concept.category == other.category and concept.treatment is None)


def _is_there(mention: Mention) -> bool:
    """Whether a mention is, or may be, there when the note is written."""
    return mention.assertion in {None, "present", "possible"} and mention.temporality != "historical"
