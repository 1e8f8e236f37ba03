"""When a finding began, how it changes and whether it is over, from the words near it in its sentence.

Nine findings of ten have no time cue, so a cue counts only where it plainly belongs to the finding: next to it, over a
list, or at the opening of its clause. Which words, and how far each reaches, is in ``timing.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from popliteal.knowledge.timing import RuleEntry, TimingRules
from popliteal.reading.dates import days_before
from popliteal.reading.reach import LIST_REACH, VETO_REACH, Cue, Reach, Target
from popliteal.schema import WORSE_FOR, Course, Onset


@dataclass(frozen=True, slots=True)
class Timing:
    """Timing of one finding; ``onset_days`` counts days before the note; None or unknown: nothing near says so.

    ``with_event``: it began with the operation or injury that the note tells of ("numb since the operation");
    ``with_last``: with that or with whatever was told last ("since then"); ``later``: so many days after the time told
    last ("two days later"), below 0 before it. ``again``: what was over has come back. ``listed``: it has a year of its
    own, with which a past history lists what is over ("PMH: sciatica 2011"). A cue that begins with
    :data:`~popliteal.schema.WORSE_FOR` tells over how many days it got worse.
    """

    onset: Onset = "unknown"
    onset_days: float | None = None
    course: Course = "unknown"
    temporality: str | None = None
    with_event: bool = False
    with_last: bool = False
    later: float | None = None
    again: bool = False
    listed: bool = False
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Near:
    """A cue that reaches the finding, how far off it stands, and the days it names."""

    cue: Cue
    distance: int
    days: float | None
    words: str
    worse_for: float | None = None

    def far(self, sentence: str, start: int) -> int:
        """How far off it counts beside others: "LBP for 2 years, numb foot for 3 days" is closed by the comma, but not
        where commas only set it off ("trips a lot and, since Monday, numb")."""
        if self.cue.end >= start or sentence[self.cue.end] != ",":
            return self.distance
        set_off = sentence.startswith(", ", max(0, self.cue.start - 2))
        return self.distance + (_SET_OFF if set_off else LIST_REACH)

    @property
    def tells_when(self) -> bool:
        """Whether it says when something began, be it in words."""
        rule = self.cue.rule
        dates = rule.mode is not None or rule.with_event or rule.with_last
        return dates or bool(rule.onset or rule.undated) or self.days is not None

    @property
    def counts_from_last(self) -> bool:
        """Whether it tells how long after or before the time told last something came."""
        return self.cue.rule.later or self.cue.rule.earlier


_NOTHING = Timing()
_TOUCHES = 2  # words
_SET_OFF = 1
_NO_WORSE = frozenset({"resolved", "improving", "stable"})
_LONG = 28.0  # days
_REMEMBERED = 64  # sentences


class Timer:
    """Built once from the rules; it keeps the cues of the sentences that it read last."""

    def __init__(self, rules: TimingRules) -> None:
        self._rules = rules
        self._reach, self._lasting = Reach(rules.gap), rules.gap.lasting
        words = "|".join(re.escape(word) for word in sorted(rules.numbers, key=len, reverse=True))
        units = "|".join(sorted(rules.units, key=len, reverse=True))
        one = rf"(?<!\d)\d{{1,3}}(?:\.\d)?|\b(?:{words})\b"
        span = rf"({one})(?:\s?(?:-|–|to|or)\s?({one}))?\+?[\s-]*(?:/\s?({'|'.join(rules.uk_units)})\b|({units})\b)"
        self._span = re.compile(span, re.IGNORECASE)
        self._unit = re.compile(rf"\b({units})\b", re.IGNORECASE)
        self._number = re.compile(rf"({one})", re.IGNORECASE)
        self._known: dict[str, tuple[Cue, ...]] = {}

    def read(
        self,
        sentence: str,
        start: int,
        end: int,
        note_date: date | None = None,
        *,
        event: bool = False,
        treatment: bool = False,
        pronoun: bool = False,
        denied: bool = False,
        values: Sequence[tuple[int, int]] = (),
        others: Sequence[tuple[int, int]] = (),
    ) -> Timing:
        """The timing of the mention ``sentence[start:end]``.

        ``note_date`` dates "since Tuesday" and "in 2015"; without it the one is a week ago at most, the other says
        nothing. ``event`` is true for what happens once (operations, injuries): "in 2015" and "history of" put only
        those into the past. ``treatment`` is true for drugs and devices, which can be stopped and taken off.
        ``pronoun``: the words only stand for a finding ("it"), so that a cue may hold them ("it is stable").
        ``denied``: it is not there, so that only a cue that says when it was not puts it into the past. ``values``
        are the spans of other findings of one list with it: "dorsiflexion and eversion were reduced" is no course.
        ``others`` are those of findings of another kind, of which an adjective is that stands before them ("chronic
        back pain and foot drop").
        """
        cues = self._cues(sentence)
        if not cues:
            return _NOTHING
        near: list[_Near] = []
        target = Target(sentence, start, end, event=event)
        for index, cue in enumerate(cues):
            if self._is_of_others(cue.rule, event=event, treatment=treatment, denied=denied) or cue.within(values):
                continue
            if cue.rule.attributive and any(cue.end <= first and last <= start for first, last in others):
                continue
            behind = cues[index - 1] if index and cues[index - 1].start >= end else None
            holds = pronoun and cue.start <= start < cue.end
            distance = 0 if holds else self._reach.distance(target, cue, behind)
            if distance is not None and not self._is_foretold(target, cue):
                near += self._near(target, cues, index, distance, note_date)
        near.sort(key=lambda one: one.far(sentence, start))
        timing = self._timing(sentence, start, self._up_to_own(target, near), event)
        if denied and all(one.cue.rule.denied is None for one in near):
            return replace(timing, temporality=None)
        return timing

    def _near(
        self, target: Target, cues: tuple[Cue, ...], index: int, distance: int, note_date: date | None
    ) -> list[_Near]:
        """The cue with the days that it names, further off or none where they are those of a course."""
        cue, sentence = cues[index], target.sentence
        words = sentence[cue.start : cue.end]
        days = self._days(words, cue.rule, note_date)
        if self._belongs_to_course(sentence, cues, index):
            further = self._behind_course(target, cue, days, ahead=cues[index - 1].start < target.end)
            if further is None:
                return []
            distance += further
        worse_for = self._worse_for(sentence, cue) if cue.rule.course == "worsening" else None
        return [_Near(cue, distance, days, words, worse_for)]

    def _is_foretold(self, target: Target, cue: Cue) -> bool:
        """Whether the course behind a finding is yet to come ("should have resolved by June"); that it will get worse
        is not taken back."""
        better = cue.rule.course in _NO_WORSE and target.end < cue.start
        return better and self._rules.gap.foretold.search(target.sentence, target.end, cue.start) is not None

    def _worse_for(self, sentence: str, cue: Cue) -> float | None:
        """Over how many days something got worse, by the words of that and those behind them ("worse over three days");
        0: rapidly; None: nobody says."""
        gap = self._rules.gap
        begins = gap.how_long.match(sentence, cue.end)
        at = begins.end() if begins is not None else cue.end
        span = self._span.match(sentence, at)
        if span is not None:
            return self._span_days(span[0])
        rapid = gap.rapid.search(sentence, cue.start, cue.end) or gap.rapid.match(sentence, at)
        return 0.0 if rapid is not None else None

    def _behind_course(self, target: Target, cue: Cue, days: float | None, *, ahead: bool) -> int | None:
        """How much further off a time counts that tells how long a finding has been worse; None: it is not of this one.

        ``ahead``: what got worse is told before the end of the finding.
        """
        if ahead:  # "leg pain worse over 2 weeks, back pain as before"
            closed = cue.end <= target.start and target.sentence[cue.end] == ","
            return None if closed else 0
        if cue.rule.onset is None and (days is None or days < _LONG):
            return None  # what is worse over ten days can be of years, what is so over ten weeks is not of days
        return LIST_REACH  # it began before it got worse: any other time of its beginning goes first

    @staticmethod
    def _is_of_others(rule: RuleEntry, *, event: bool, treatment: bool, denied: bool) -> bool:
        """Whether a rule is for other findings than this kind."""
        dates_none = rule.events and not event and rule.others_after is None
        wanting = dates_none or (rule.treatments and not treatment) or (rule.denied == "only" and not denied)
        return rule.ignored or wanting

    def cue_spans(self, sentence: str) -> list[tuple[int, int]]:
        """Where the cues of a sentence stand."""
        return [(cue.start, cue.end) for cue in self._cues(sentence)]

    def points(self, sentence: str, note_date: date | None) -> Iterator[tuple[int, float | None, Onset]]:
        """Where a sentence tells a point in time ("3 weeks ago"), how many days ago that was, and the class of it."""
        for cue in self._cues(sentence):
            rule = cue.rule
            if rule.point or (rule.mode not in {None, "span", "age"} and not rule.ignored):
                words = sentence[cue.start : cue.end]
                days = self._days(words, rule, note_date)
                days = self._span_days(words) if rule.mode is None and days is None else days
                yield cue.start, days, self.onset(days) if days is not None else rule.undated or rule.onset or "unknown"

    def within_cue(self, sentence: str, at: int) -> bool:
        """Whether place ``at`` of a sentence is part of a cue; what stands behind it is not read."""
        return any(start <= at < end for start, end, _ in self._rules.cues.find(sentence, at))

    def _cues(self, sentence: str) -> tuple[Cue, ...]:
        cues = self._known.get(sentence)
        if cues is None:
            found: list[Cue] = []
            for start, end, number in self._rules.cues.find(sentence):
                shorter, pattern = self._rules.begun.get(number, (0, None))
                own = pattern.match(sentence, start, end) if pattern is not None else None
                if own is not None:  # "a stroke in 2012 with weakness": of what stands before it, too
                    found.append(self._cue(start, own.end(), shorter))
                found.append(self._cue(start, end, number))
            cues = tuple(found)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[sentence] = cues
        return cues

    def _cue(self, start: int, end: int, number: int) -> Cue:
        rules = self._rules
        return Cue(start, end, rules.names[number], rules.rules[number], rules.vetoes[number])

    def _belongs_to_course(self, sentence: str, cues: tuple[Cue, ...], index: int) -> bool:
        """Whether a time tells how long a finding has been worse ("worse over the last 3 days"), not when it began."""
        if index == 0 or cues[index].rule.mode is None:
            return False
        before = cues[index - 1]
        between = sentence[before.end : cues[index].start].strip().lower()
        # how long it has been new is when it began
        changes = before.rule.course not in {None, "new"}
        return changes and (not between or between in self._lasting)

    def _up_to_own(self, target: Target, near: list[_Near]) -> list[_Near]:
        """Cues, the nearest first, without the times of others ("numb for 4 weeks, weak for one and, since last night,
        breathless"): what tells when has to go with the nearest that does."""
        own = next((one for one in near if one.tells_when), None)
        if own is None:
            return near
        return [one for one in near if one is own or not one.tells_when or self._goes_with(target, own, one)]

    def _goes_with(self, target: Target, own: _Near, other: _Near) -> bool:
        """Whether two times are of one finding: they stand together, or on either side of it ("sudden pain 3 days
        ago"), or one that counts days can be of the class that the nearer one names."""
        named = own.cue.rule.onset if own.days is None else None
        if (named, other.cue.rule.onset) == ("acute", "sudden") and target.end <= other.cue.start:
            return True  # "acute foot drop, woke with it": the narrower of the two
        if named and other.days is not None and (self.onset(other.days) == "chronic") == (named == "chronic"):
            return True
        before, behind = sorted((own.cue, other.cue), key=lambda cue: cue.start)
        if before.end <= target.start and target.end <= behind.start:
            return other.distance <= _TOUCHES and "," not in target.sentence[before.end : target.start]
        return self._reach.together(target.sentence, before, behind)

    def _timing(self, sentence: str, start: int, near: list[_Near], event: bool) -> Timing:
        if not near:
            return _NOTHING
        named = [one.cue.rule.onset for one in near if one.cue.rule.onset]
        words: Onset | None = "sudden" if named[:2] == ["acute", "sudden"] else next(iter(named), None)
        days = next((one.days for one in near if one.days is not None), None)
        dated = near[0].days is not None and near[0].cue.rule.onset is None and near[0].cue.start > start
        if words == "chronic" and dated and self.onset(days) != words:
            words = None  # "chronic back pain and a foot drop for 3 days"
        undated = next((one.cue.rule.undated for one in near if one.cue.rule.undated and one.days is None), None)
        course = next((one.cue.rule.course for one in near if one.cue.rule.course is not None), None)
        again = next((one.cue.rule.course for one in near if one.cue.rule.again), None)
        recent = event and course != "resolved" and any(map(_is_recent, near))
        past = any(_is_past(one, sentence, start, event) for one in near) and not _persists(near, start, event)
        past = past and not recent and not again  # "knee dislocation two hours ago"; operations are past all the same
        return Timing(
            # of what is over, only words give a class
            onset=words or ("unknown" if past else undated if undated and days is None else self.onset(days)),
            onset_days=days,
            course=again or course or "unknown",
            temporality="historical" if past else None,
            again=again is not None,
            listed=near[0].cue.rule.listed and again is None,
            with_event=days is None and any(one.cue.rule.with_event for one in near),
            with_last=days is None and any(one.cue.rule.with_last for one in near),
            later=next((self._since_last(one) for one in near if one.counts_from_last and days is None), None),
            cues=(*(f"{one.cue.name}:{one.words.strip()}" for one in near), *_worsening(near)),
        )

    def _since_last(self, near: _Near) -> float:
        """The days from the time told last to that of a cue; below 0: it was before that."""
        days = self._span_days(near.words) or 0
        return -days if near.cue.rule.earlier else days

    def onset(self, days: float | None) -> Onset:
        """The class of an onset so many days ago."""
        if days is None:
            return "unknown"
        return next((name for name, most in self._rules.classes if days <= most), "chronic")

    def _days(self, words: str, rule: RuleEntry, note_date: date | None) -> float | None:
        """The days before the note that a cue's words name."""
        if rule.mode is None or rule.later or rule.earlier:
            return rule.days
        if rule.mode == "span":
            return self._span_days(words)
        if note_date is None or rule.mode == "age":
            return rule.days
        return days_before(words.lower(), rule.mode, note_date, self._rules.seasons)

    def _span_days(self, words: str) -> float | None:
        match = self._span.search(words)
        if match is None:
            unit, number = self._unit.search(words), self._number.search(words)
            if number:  # "week 5"; "POD#2": days
                each = self._rules.units[unit[1].lower()] if unit and unit.end() <= number.start() else 1
                return round(self._value(number[1]) * each, 2)
            return self._rules.units[unit[1].lower()] if unit else None  # "over the last week": one
        low = self._value(match[1])
        high = self._value(match[2]) if match[2] else low
        each = self._rules.uk_units[match[3]] if match[3] else self._rules.units[match[4].lower()]
        return round((low + high) / 2 * each, 2)

    def _value(self, number: str) -> float:
        return float(number) if number[0].isdigit() else self._rules.numbers[number.lower()]


def _is_past(near: _Near, sentence: str, start: int, event: bool) -> bool:
    """Whether a cue puts the finding that begins at ``start`` into the past, by its words or by the days it names."""
    rule, past = near.cue.rule, near.cue.vetoes.past
    if rule.events and not event:
        return False
    if rule.past_within:
        return start < near.cue.end
    if rule.temporality is not None:
        if near.days is None:
            return not rule.dated
        return rule.recent is None or near.days > rule.recent
    if near.days is None:
        return event and rule.past_events_after is not None and rule.undated == "chronic"
    began = near.cue.vetoes.events
    if event and rule.past_events_after is not None and near.days > rule.past_events_after:
        return began is None or began.search(sentence, max(0, start - VETO_REACH), start) is None
    if rule.past_after is None or near.distance > 1 or near.days <= rule.past_after:
        return False
    return past is None or past.search(sentence, max(0, start - VETO_REACH), start) is None


def _worsening(near: list[_Near]) -> list[str]:
    """The cue that tells over how many days a finding got worse, if its course says so."""
    course = next((one for one in near if one.cue.rule.course is not None), None)
    return [] if course is None or course.worse_for is None else [f"{WORSE_FOR}{course.worse_for:g}"]


def _is_recent(near: _Near) -> bool:
    """Whether a cue dates an event to these days ("two hours ago")."""
    most = near.cue.rule.past_events_after
    return most is not None and near.days is not None and near.days <= most


def _persists(near: list[_Near], start: int, event: bool) -> bool:
    """Whether a finding behind "old" is said to be as it was ("old foot drop, unchanged"): it is still there."""
    return not event and any(one.cue.rule.course == "stable" and one.cue.start > start for one in near)
