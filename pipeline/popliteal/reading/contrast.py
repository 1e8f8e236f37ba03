"""What was so then and is otherwise now: "on admission T 38.9; today afebrile".

A word of then alone puts nothing into the past, since what a patient came with is what he has. It is over only where
what follows is opened by a word of now and takes back this very finding: denies it, measures it again, or calls normal
what was not. So "initially back pain, now incontinent" leaves the back pain alone. An examination further down is of
now, too, for the signs that it can take back: not for what only the patient can feel.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence

from popliteal.knowledge.alternation import lower
from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.narrative import ContrastRules
from popliteal.knowledge.sections import KindRule
from popliteal.reading.mention import FRESH, Mention
from popliteal.reading.piece import Piece, in_order

#: Sentences behind one of then in which one of now may stand.
_NEXT = 3
#: So many findings of examinations further down can take back what was so then; no note of one visit has more.
_EXAMINED = 500
_CLAUSE = re.compile(r"[;.:(,](?=\s)|\n")


class Contrast:
    """Built once from the rules and the ``kinds`` of sections."""

    def __init__(self, rules: ContrastRules, concept: Callable[[str], Concept], kinds: Mapping[str, KindRule]) -> None:
        self._rules, self._kinds = rules, kinds
        self._concept = concept

    def changed(
        self, text: str, spans: list[tuple[int, int]], mentions: list[list[Mention]]
    ) -> Iterator[tuple[Mention, bool]]:
        """Those of a note's mentions, given sentence by sentence, that were so then and are taken back by now; and,
        marked True, those of now that were not so then ("pulses were palpable, now absent")."""
        low = lower(text)
        for index, (start, end) in enumerate(spans):
            if not mentions[index]:
                continue
            then = next(self._rules.then.within(low, start, end), None)
            if then is None:
                continue
            begin = max((m.end() for m in _CLAUSE.finditer(text, start, then[0])), default=start)
            yield from ((m, False) for m in self._said_to_end(text, low, spans, mentions, index, begin))
            now = self._rules.now.search(low, then[1], end)
            following = None if now else self._now_behind(low, spans, index)
            if now:
                later, stop = (now.start("word"), end), now.start("word")
                told = [m for m in mentions[index] if m.start >= stop]
            elif following is not None:
                later, stop = spans[following], end
                told = [one for others in mentions[following : following + _NEXT] for one in others]
            else:
                continue
            earlier = [m for m in mentions[index] if begin <= m.start < stop]
            yield from self._new(earlier, told if now else [])
            ends = not _abnormal(told, self._concept) and bool(self._rules.over.match(text, *later))
            yield from ((m, False) for m in earlier if self._open(m) and (ends or self._taken_back(text, m, told)))

    def _new(self, earlier: Sequence[Mention], told: Sequence[Mention]) -> Iterator[tuple[Mention, bool]]:
        """What is there now and was denied, or normal in its kind, then; if nothing else tells since when."""
        for now in told:
            concept = self._concept(now.concept)
            if now.assertion not in {None, "present"} or concept.normal:
                continue
            if {now.onset, now.course} - {None, "unknown"}:
                continue
            denied = any(one.concept == now.concept and one.assertion == "absent" for one in earlier)
            well = (self._concept(one.concept) for one in earlier if one.assertion in {None, "present"})
            if denied or any(one.normal and one.category == concept.category for one in well):
                yield now, True

    def _said_to_end(
        self,
        text: str,
        low: str,
        spans: Sequence[tuple[int, int]],
        mentions: Sequence[list[Mention]],
        index: int,
        begin: int,
    ) -> Iterator[Mention]:
        """Mentions of then, from ``begin`` on in sentence ``index``, of which it or one of the next says that all of
        them, or the very same one, ended ("he had a fever on day 3; the fever settled")."""
        end = spans[index][1]
        then = [one for one in mentions[index] if one.start >= begin and self._open(one)]
        if not then:
            return
        stop = self._rules.ended.search(low, begin, end)
        if stop is None and index + 1 < len(spans):
            stop = self._rules.ended.match(low, *spans[index + 1])
        behind = [one for others in mentions[index : index + 1 + _NEXT] for one in others]
        for mention in then:
            gone = [one for one in behind if one.start > mention.end and one.course == "resolved"]
            if (stop and mention.start < stop.start("word")) or self._taken_back(text, mention, gone):
                yield mention

    def _now_behind(self, low: str, spans: Sequence[tuple[int, int]], index: int) -> int | None:
        """The number of the sentence, one of the next behind sentence ``index``, that a word of now opens."""
        behind = range(index + 1, min(index + 1 + _NEXT, len(spans)))
        rules = (self._rules.now, self._rules.so_now)
        return next((number for number in behind for rule in rules if rule.match(low, *spans[number])), None)

    def before_examination(self, text: str, pieces: Sequence[Piece]) -> Iterator[Mention]:
        """Those that were so then, by the words of their clause, and that an examination further down takes back.

        Their sides are known by now.
        """
        examined = in_order(one for piece in pieces if self._examines(piece) for one in piece.mentions)
        starts = [one.start for one in examined]
        last, low = starts[-1] if starts else 0, lower(text)
        for piece in pieces:
            if piece.end > last or self._examines(piece):
                continue
            seen = [one for one in piece.mentions if self._visible(one)]
            then = next(self._rules.then.within(low, piece.start, piece.end), None) if seen else None
            if then is not None:
                first = bisect_left(starts, piece.end)
                told = examined[first : first + _EXAMINED]
                clauses = _CLAUSE.finditer(text, piece.start, then[0])
                begin = max((clause.end() for clause in clauses), default=piece.start)
                yield from (one for one in seen if begin <= one.start and self.over(text, one, told))

    def _examines(self, piece: Piece) -> bool:
        return self._kinds[piece.section.kind].examines

    def _visible(self, mention: Mention) -> bool:
        """Whether a mention is a sign that an examination of today can take back, and not one of these days."""
        concept = self._concept(mention.concept)
        dated = mention.onset in FRESH or mention.onset_days is not None
        return concept.examinable and concept.sided is not False and not dated

    def over(self, text: str, then: Mention, told: list[Mention]) -> bool:
        """Whether a finding of then is over by what is told of it later."""
        return self._open(then) and self._taken_back(text, then, told, whole=True)

    def _open(self, mention: Mention) -> bool:
        """Whether a mention is something that can be over, be it that it was not there ("SLR negative last week")."""
        concept = self._concept(mention.concept)
        there = mention.assertion in {None, "present", "possible"} or (
            mention.assertion == "absent" and concept.elicited
        )
        return there and not (concept.event or concept.lasting)

    def _taken_back(self, text: str, then: Mention, told: list[Mention], *, whole: bool = False) -> bool:
        """Whether what is told of now takes back the finding of then; a doubt leaves it where it is.

        A normal finding does only where nothing of its kind is abnormal beside it, or in the ``whole`` of what is told.
        """
        spoiled: bool | None = None
        for now in told:
            if now.laterality and then.laterality and now.laterality != then.laterality:
                continue
            gone = now.assertion == "absent" or now.course == "resolved" or _measured(now, then)
            if self._same(text, then, now) and (gone or then.assertion == "absent"):
                return True
            if self._lost(text, then, now):
                return True
            if self._normal_again(text, then, now):
                if not whole:
                    spoiled = self._abnormal_beside(text, then, now, told)
                elif spoiled is None:  # it is the same for every normal finding
                    spoiled = _abnormal(told, self._concept)
                if not spoiled:
                    return True
        return False

    def _abnormal_beside(self, text: str, then: Mention, normal: Mention, told: list[Mention]) -> bool:
        """Whether something of the kind of ``then`` is abnormal in the very sentence that tells what is normal."""
        beside = [one for one in told if text.find(". ", *sorted((one.start, normal.start))) < 0]
        return _abnormal(beside, self._concept, self._concept(then.concept).category)

    def _same(self, text: str, then: Mention, now: Mention) -> bool:
        """Whether both are of one concept; a label of somebody else's may hold many, so that the words must agree."""
        named = self._concept(then.concept).category
        words = {text[one.start : one.end].casefold() for one in (then, now)}
        return then.concept == now.concept and (bool(named) or len(words) == 1)

    def _lost(self, text: str, then: Mention, now: Mention) -> bool:
        """Whether what was normal then is found not to be so any more ("DF 5/5 yesterday, now 2/5")."""
        concept, abnormal = self._concept(then.concept), self._concept(now.concept)
        if not concept.normal or then.assertion != "present" or abnormal.normal or now.assertion != "present":
            return False
        return then.pattern == now.pattern and _of_function(text, then, now)  # measured by the same rules

    def _normal_again(self, text: str, then: Mention, now: Mention) -> bool:
        """Whether a normal finding speaks of the same function; one of the leg says nothing of the saddle."""
        concept, normal = self._concept(then.concept), self._concept(now.concept)
        if not normal.normal or now.assertion != "present" or concept.category != normal.category:
            return False
        if concept.normal or (concept.sites == "fixed" and not concept.examinable):
            return False
        named = next((words for part, words in self._rules.parts.items() if then.concept.startswith(part)), None)
        if named is not None and not named.search(text, now.start, now.end):
            return False
        return _of_function(text, now, then)


def _of_function(text: str, normal: Mention, other: Mention) -> bool:
    """Whether a normal finding is of the function that another is a loss of: its value names that, all, or nothing."""
    value = normal.value_text
    named = value not in {None, "all"} and value != text[normal.start : normal.end][-len(value or "") :]
    return not named or other.concept.startswith(str(value))


def _measured(now: Mention, then: Mention) -> bool:
    """Whether both are measurements: of two the later one holds."""
    return now.value_text is not None and then.value_text is not None


def _abnormal(mentions: list[Mention], concept: Callable[[str], Concept], kind: str | None = None) -> bool:
    """Whether one of them, of a category ``kind`` if there is one, is there and not normal."""
    there = (concept(m.concept) for m in mentions if m.assertion not in {"absent", "family"} and m.course != "resolved")
    return any(not one.normal and kind in {None, one.category} for one in there)
