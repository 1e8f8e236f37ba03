"""Whether a cue of time reaches a finding of its sentence, and across how many words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from popliteal.knowledge.gaps import GapRules
from popliteal.knowledge.timing import RuleEntry, Vetoes

#: Words of a list that a cue reaches across.
LIST_REACH = 20
#: Characters around a finding in which words stand that take a cue's effect away.
VETO_REACH = 60
_BRACKETED = re.compile(r"\([^()\n]{1,60}\)")
_CLAUSE_END = re.compile(r"[;.:(]")
_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_HARD = re.compile(r"[;?!\n]|:(?=\s)|\.(?=\s|$)|\s[-–—]\s|→?\s{3,}")
_APPOSED = re.compile(r",?(?:\s[^\W\d_]+){1,3},\s")
_OPENS = re.compile(r",(?:\s+(?:and|but|then))?\s*$")
_CLOSED = re.compile(r"\s*(?:$|[.;\n])")
_ENDED = re.compile(r"\s*(?:$|[.,;)\n])")
_OPENING_REACH = 24  # characters
_VERB_REACH = 40  # characters
_CLAUSE_REACH = 80  # characters
_BESIDE = 3  # words
_LONGEST_GAP = 200  # characters


@dataclass(frozen=True, slots=True)
class Cue:
    """The words of a rule in a sentence."""

    start: int
    end: int
    name: str
    rule: RuleEntry
    vetoes: Vetoes

    def within(self, values: Sequence[tuple[int, int]]) -> bool:
        """Whether it tells of a course by words that are the value of something."""
        if not values or not self.rule.course or self.rule.inside or self.rule.overlaps:
            return False
        return any(start <= self.start and self.end <= end for start, end in values)


@dataclass(frozen=True, slots=True)
class Target:
    """A finding of a sentence, ``sentence[start:end]``; ``event``: it happens once."""

    sentence: str
    start: int
    end: int
    event: bool

    @property
    def words(self) -> str:
        """Its words."""
        return self.sentence[self.start : self.end]


class Reach:
    """Built once from the rules."""

    def __init__(self, rules: GapRules) -> None:
        self._rules = rules

    def distance(self, target: Target, cue: Cue, behind: Cue | None) -> int | None:
        """Words between the cue and the finding, or None if the cue does not reach it.

        ``behind``: a cue between a finding and the cue after it; its words are no gap ("began in May and is worse").
        """
        sentence, start, end = target.sentence, target.start, target.end
        before, after = cue.vetoes.before, cue.vetoes.after
        if before is not None and before.search(sentence, max(0, start - VETO_REACH), max(start, cue.start)):
            return None
        if after is not None and after.search(sentence, end, end + VETO_REACH // 2):
            return None
        if cue.start < end and start < cue.end:  # the finding's own words ("gone numb", "tone ↑") are no course of it
            if cue.rule.past_within:
                return 0 if target.event else None
            return None if cue.rule.course and not (cue.rule.inside or cue.rule.overlaps) else 0
        if cue.rule.inside:
            return None
        return self._ahead(target, cue) if cue.end <= start else self._behind(target, cue, behind)

    def together(self, sentence: str, first: Cue, second: Cue) -> bool:
        """Whether nothing that a time could be of stands between two cues ("suddenly, on Monday")."""
        gap = sentence[first.end : second.start]
        fillers = (self._rules.light, self._rules.linking, self._rules.before_time)
        return not _HARD.search(gap) and all(
            any(word.lower() in words for words in fillers) for word in _WORD.findall(gap)
        )

    def _ahead(self, target: Target, cue: Cue) -> int | None:
        """Words between a cue and the finding that stands behind it."""
        rule, sentence, event = cue.rule, target.sentence, target.event
        gap = sentence[cue.end : target.start]
        listed = "," in gap.lstrip(" ,") and ":" not in sentence[cue.start : target.start]
        if rule.temporality == "historical" and not event and self._is_apart(target, rule, gap, listed=listed):
            return None  # "s/p TKA, left foot drop"; but "resolved symptoms: numbness, tingling"
        reach, opening = rule.before, rule.opening
        if event and rule.events_before is not None:
            reach, opening = rule.events_before, False
        opened_by = self._rules.opened_by
        begins = opening and bool(opened_by.search(sentence, max(0, cue.start - _OPENING_REACH), cue.start))
        if reach is None or (opening and not (begins or self._set_off(sentence, cue, gap))):
            return None
        if opening and self._rules.later.search(gap):
            return None  # "in May he had a TKR, and today he has a foot drop"
        if self._said_before(sentence, cue, gap) or (rule.free and gap.lstrip().startswith(",") and not rule.opening):
            return None  # "numbness has resolved, left foot drop"
        narrated = self._rules.narrated.match(gap) if begins else None
        gap = gap[narrated.end() :] if narrated else gap
        if rule.opening or rule.verbs:
            gap = self._rules.circumstances.sub(", ", gap)
        gap = gap.lstrip(" ,:–—-") if rule.opening else gap
        words = self._passed(gap, reach, rule, forward=True, light=opening)
        begun = narrated is not None or (words is not None and self._begun(rule, words, target.words))
        return None if words is None or not begun else len(words)

    def _is_apart(self, target: Target, rule: RuleEntry, gap: str, *, listed: bool) -> bool:
        """Whether a finding behind a past one, with ``gap`` before it, is of its own: a rule of a ``whole`` list puts
        into the past what a joint closes ("for fever, chills and left leg pain"), if it is not called new."""
        anew = self._rules.anew.search(gap)
        if not rule.whole:
            return listed or anew is not None
        if anew is not None and anew[0].split()[-1].lower() not in self._rules.light:
            return True
        rest = gap.rsplit(",", 1)[-1] + _CLAUSE_END.split(target.sentence[target.end : target.end + _CLAUSE_REACH])[0]
        return listed and self._rules.last_joins.search(rest) is None

    def _behind(self, target: Target, cue: Cue, behind: Cue | None) -> int | None:
        """Words between a finding and the cue that stands behind it, but for the cue ``behind`` the finding."""
        rule, sentence, event, end = cue.rule, target.sentence, target.event, target.end
        reach = rule.after
        if rule.events and not event:  # "foot drop (2015)", but not "numbness 2015 to 2018"
            own_date = target.start < end and behind is None and _ENDED.match(sentence, cue.end)
            reach = rule.others_after if own_date else None
        if reach is None or (rule.free and not self._rules.goes_on.match(sentence, cue.end)):
            return None
        gap = sentence[end : cue.start]
        if len(gap) > _LONGEST_GAP or (rule.course is None and self._rules.restarts.search(gap)):
            return None  # "has diabetes and developed numbness 3 weeks ago"
        if self._of_next(sentence, end, cue):
            return None  # "the foot drop persists and the pain resolved"
        if behind is not None and not self._rules.asides.search(gap):
            gap = sentence[end : behind.start] + sentence[behind.end : cue.start]
        gap = _BRACKETED.sub(" ", gap)  # "discitis (L3/4) five years ago"
        if ";" in gap:
            gap = self._spoken_of(sentence, cue, gap)
        if "(" in gap and not self._rules.linking.issuperset(map(str.lower, _WORD.findall(gap, gap.rindex("(")))):
            return None  # "foot drop (numbness resolved)"
        if rule.mode == "span" and _APPOSED.fullmatch(gap) and _CLOSED.match(sentence, cue.end):
            gap = gap.replace(",", " ")  # "numbness, left foot, 3 weeks."
        gap = self._rules.asides.sub(" ", gap)
        if rule.opening and _OPENS.search(gap) and not self._rules.goes_on.match(sentence, cue.end):
            return None  # "back pain, past 2 days foot drop"
        gap = gap.rstrip(" ,(–—-")
        light = not rule.events and reach >= _BESIDE  # else it is of what stands right there
        words = self._passed(gap, reach, rule, forward=False, light=light)
        if words is None:
            return None
        happened = event and not words  # "TKR yesterday"
        own = sentence[max(0, target.start - _VERB_REACH) : end]  # "noticed numbness yesterday"
        return len(words) if happened or self._begun(rule, words, own) else None

    def _of_next(self, sentence: str, end: int, cue: Cue) -> bool:
        """Whether a cue is said of another subject that follows what ends at ``end``, which has a verb of its own."""
        first = _WORD.match(sentence, cue.start)
        stop = first.end() if first else cue.start
        return bool(self._rules.told.search(sentence[end:stop]) or self._rules.apart.search(sentence, end, cue.end))

    def _spoken_of(self, sentence: str, cue: Cue, gap: str) -> str:
        """The words between a finding and a cue without those that only stand for it ("numb foot; this is better")."""
        before, semicolon, behind = gap.rpartition(";")
        words = _WORD.findall(behind + sentence[cue.start : cue.end])[: behind.count(" ") or 1]
        links = self._rules.linking.issuperset(map(str.lower, words))
        if cue.rule.opening and not behind.strip() and not _ENDED.match(sentence, cue.end):
            return gap  # "pain in the back; since then the thigh is weak"
        return before if semicolon and (links or (_ENDED.match(sentence, cue.end) and not behind.strip())) else gap

    def _passed(self, gap: str, reach: int, rule: RuleEntry, *, forward: bool, light: bool) -> list[str] | None:
        """The words of ``gap`` if a cue of ``rule`` reaches across it; ``forward``: the cue stands before the finding.

        ``light``: words of places and the like do not count ("the numbness in her right foot is new").
        """
        if len(gap) > _LONGEST_GAP or _HARD.search(gap):
            return None
        gap = self._rules.along.sub("and", gap) if rule.list and forward else gap
        words = [word.lower() for word in _WORD.findall(gap)]
        listed = "," in gap and not (forward and len(words) < 2 and gap.lstrip().startswith(","))
        if listed and not (rule.list and (forward or self._rules.last_joins.search(gap.rsplit(",", 1)[1]))):
            return None
        if not self._rules.stops.isdisjoint(words):
            return None
        weight = sum(word not in self._rules.light for word in words) if light else len(words)
        if weight > (LIST_REACH if listed else reach):
            return None
        if not rule.verbs:
            verbs = self._rules.verbs.intersection(words)
            if verbs - (frozenset() if forward else self._rules.linking):
                return None
        return words

    def _begun(self, rule: RuleEntry, words: list[str], own: str) -> bool:
        """Whether a verb of beginning stands in a gap or in ``own`` words ("yesterday it dropped"), if one must."""
        return not (rule.needs_verb and self._rules.beginnings.isdisjoint([*words, *own.lower().split()]))

    def _said_before(self, sentence: str, cue: Cue, gap: str) -> bool:
        """Whether a cue is said of what stands before it: "sciatica has resolved and back pain is mild".

        It stands in brackets, or is a course that begins with a verb or follows one, and what follows is only joined.
        """
        if gap.startswith(")"):
            return True
        if cue.rule.course is None:
            return False
        words = [word.lower() for word in _WORD.findall(gap)]
        if not words or words[0] not in self._rules.joins:
            return False
        first = _WORD.match(sentence, cue.start)
        if first is not None and first[0].lower() in self._rules.linking:
            return True
        ahead = _WORD.findall(sentence, max(0, cue.start - _VERB_REACH), cue.start)
        if not ahead:
            return False
        return ahead[-1].lower() in self._rules.copulas or self._rules.light.issuperset(words[1:])

    def _follows(self, sentence: str, start: int, *, led: bool) -> bool:
        """Whether something that a time can be of stands right before it, and not merely how exact it is ("Finally six
        days ago, she ...", "For 6 months before that, he ...") or, if ``led``, what led to it ("After lunch
        yesterday")."""
        clause = re.split(r"[,;:.(]", sentence[max(0, start - _CLAUSE_REACH) : start])[-1]
        if led and self._rules.leads.match(clause.lstrip()):
            return False
        words = [word.lower() for word in _WORD.findall(clause)]
        return clause.rstrip()[-1:].isalnum() and not self._rules.before_time.issuperset(words)

    def _set_off(self, sentence: str, cue: Cue, gap: str) -> bool:
        """Whether a comma sets an adverbial cue off from what follows ("LBP, for 3 days, numb"), and does not join it
        to that ("LBP for 3 weeks, with tingling")."""
        if not cue.rule.verbs or not gap.lstrip().startswith(",") or self._rules.times.match(sentence, cue.start):
            return False
        hours = cue.rule.onset == "sudden"  # "woke this morning, right foot weak": so near that it is of both
        if not hours and self._follows(sentence, cue.start, led=cue.rule.past_after is None):
            return False  # "back pain for 10 years, saddle numbness", "DVT 5 years ago, leg swelling today"
        following = _WORD.match(gap.lstrip(" ,"))
        return following is None or following[0].lower() not in self._rules.joins
