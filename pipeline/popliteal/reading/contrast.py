"""What was so then and is otherwise now: "on admission T 38.9; today afebrile".

A word of then alone puts nothing into the past, since what a patient came with is what he has. It is over only where
what follows is opened by a word of now and takes back this very finding: denies it, measures it again, or calls normal
what was not. So "initially back pain, now incontinent" leaves the back pain alone. An examination further down is of
now, too, for the signs that it can take back: not for what only the patient can feel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from popliteal.knowledge.alternation import lower
from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.layout import KindRule
from popliteal.knowledge.timing import ContrastRules
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece

#: Onsets of these days, which an examination cannot take back.
_FRESH = frozenset({"sudden", "acute"})
_CLAUSE = re.compile(r"[;.:(,](?=\s)|\n")


class Contrast:
    """Built once from the rules and the ``kinds`` of sections."""

    def __init__(self, rules: ContrastRules, concept: Callable[[str], Concept], kinds: Mapping[str, KindRule]) -> None:
        self._rules, self._kinds = rules, kinds
        self._concept = concept

    def past(self, text: str, spans: list[tuple[int, int]], mentions: list[list[Mention]]) -> Iterator[Mention]:
        """Those of a note's mentions, given sentence by sentence, that were so then and are taken back by now."""
        low = lower(text)
        for index, (start, end) in enumerate(spans):
            if not mentions[index]:
                continue
            then = self._rules.then.search(low, start, end)
            if then is None:
                continue
            now = self._rules.now.search(low, then.end(), end)
            following = index + 1 < len(spans) and self._rules.now.match(low, *spans[index + 1])
            if now:
                later, stop = (now.start("word"), end), now.start("word")
                told = [m for m in mentions[index] if m.start >= stop]
            elif following:
                later, stop, told = spans[index + 1], end, mentions[index + 1]
            else:
                continue
            begin = max((m.end() for m in _CLAUSE.finditer(text, start, then.start("word"))), default=start)
            earlier = [m for m in mentions[index] if begin <= m.start < stop]
            ends = not _abnormal(told, self._concept) and bool(self._rules.over.match(text, *later))
            yield from (m for m in earlier if self._open(m) and (ends or self._taken_back(text, m, told)))

    def before_examination(self, text: str, pieces: Sequence[Piece]) -> Iterator[Mention]:
        """Those that were so then, by the words of their clause, and that an examination further down takes back.

        Their sides are known by now.
        """
        examined = [one for piece in pieces if self._examines(piece) for one in piece.mentions]
        last, low = max((one.start for one in examined), default=0), lower(text)
        for piece in pieces:
            if piece.end > last or self._examines(piece):
                continue
            seen = [one for one in piece.mentions if self._visible(one)]
            then = self._rules.then.search(low, piece.start, piece.end) if seen else None
            if then is not None:
                told = [one for one in examined if one.start >= piece.end]
                clauses = _CLAUSE.finditer(text, piece.start, then.start("word"))
                begin = max((clause.end() for clause in clauses), default=piece.start)
                yield from (one for one in seen if begin <= one.start and self.over(text, one, told))

    def _examines(self, piece: Piece) -> bool:
        return self._kinds[piece.section.kind].examines

    def _visible(self, mention: Mention) -> bool:
        """Whether a mention is a sign that an examination of today can take back, and not one of these days."""
        concept = self._concept(mention.concept)
        dated = mention.onset in _FRESH or mention.onset_days is not None
        return concept.examinable and concept.sided is not False and not dated

    def over(self, text: str, then: Mention, told: list[Mention]) -> bool:
        """Whether a finding of then is over by what is told of it later."""
        return self._open(then) and self._taken_back(text, then, told)

    def _open(self, mention: Mention) -> bool:
        """Whether a mention is something that can be over, be it that it was not there ("SLR negative last week")."""
        concept = self._concept(mention.concept)
        there = mention.assertion in {None, "present", "possible"} or (
            mention.assertion == "absent" and concept.elicited
        )
        return there and not (concept.event or concept.lasting)

    def _taken_back(self, text: str, then: Mention, told: list[Mention]) -> bool:
        """Whether what is told of now takes back the finding of then; a doubt leaves it where it is."""
        for now in told:
            if now.laterality and then.laterality and now.laterality != then.laterality:
                continue
            gone = now.assertion == "absent" or now.course == "resolved" or _measured(now, then)
            if self._same(text, then, now) and (gone or then.assertion == "absent"):
                return True
            if self._lost(text, then, now):
                return True
            if self._normal_again(text, then, now) and not _abnormal(told, self._concept):
                return True
        return False

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
        if concept.normal or concept.sites == "fixed":
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


def _abnormal(mentions: list[Mention], concept: Callable[[str], Concept]) -> bool:
    """Whether one of them is there and not normal."""
    return any(m.assertion not in {"absent", "family"} and not concept(m.concept).normal for m in mentions)
