"""When a finding began, how it changes and whether it is over, from the words near it in its sentence.

Nine findings of ten have no time cue, so a cue counts only where it plainly belongs to the finding: next to it, over a
list, or at the opening of its clause. Which words, and how far each reaches, is in ``timing.yaml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from popliteal.knowledge.timing import DAYS, MONTHS, Mode, RuleEntry, TimingRules, Vetoes
from popliteal.schema import Course, Onset


@dataclass(frozen=True, slots=True)
class Timing:
    """Timing of one finding; ``onset_days`` counts days before the note; None or unknown: nothing near says so.

    ``with_event``: it began with the operation or injury that the note tells of ("numb since the operation");
    ``with_last``: with that or with whatever was told last ("since then"). ``again``: what was over has come back.
    """

    onset: Onset = "unknown"
    onset_days: float | None = None
    course: Course = "unknown"
    temporality: str | None = None
    with_event: bool = False
    with_last: bool = False
    again: bool = False
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    name: str
    rule: RuleEntry
    vetoes: Vetoes


@dataclass(frozen=True, slots=True)
class _Near:
    """A cue that reaches the finding, how far off it stands, and the days it names."""

    cue: _Cue
    distance: int
    days: float | None

    def far(self, sentence: str, start: int) -> int:
        """How far off it counts beside others: "LBP for 2 years, numb foot for 3 days" is closed by the comma."""
        return self.distance + _LIST_REACH * (self.cue.end < start and sentence[self.cue.end] == ",")


_NOTHING = Timing()
_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_HARD = re.compile(r"[;?!\n]|:(?=\s)|\.(?=\s|$)|\s[-–—]\s|→?\s{3,}")
_OPENS = re.compile(
    r"(?:^|[.;:,(–—•*-]|\b(?:and|but|she|he|patient|pt|that|who|about|approximately|on|in|at|symptoms|illness|complaints)|"
    r"\b\d{1,3}\s?(?:(?:yo|y/o|yrs?)\s?)?[mf])[\s\"“'~]*$",  # "66M 3/52 after his hip"
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:\band\b|\bor\b|[/&+])", re.IGNORECASE)
_ATTACHED = frozenset({"", "the", "over", "over the", "in the", "for the", "since", "again", "by"})
_FREE = re.compile(
    r"\s*(?:$|[.,;:()\]–—\d-]|(?:over|since|for|in|with|and|but|at|now|today|again|after|s/p|post|following|vs|despite|to|on|from|x|when|while|"
    r"overall|post-?op\w*|pre-?op\w*|before|since|without|once|during|under|prior|upon|yesterday|overnight|uneventfully|"
    r"years|months|weeks|days|many|several|sx|symptoms|pattern|clinically|last|however|this|significantly|by|w|"
    r"considerably|dramatically|substantially|greatly|markedly|nicely|somewhat|remarkably|tremendously|partially|mostly|"
    r"the (?:following|next|same)|"
    r"between|as|each|every|through|rapidly|quickly|slowly|steadily|further|fully|completely|spontaneously|well|within)\b)",
    re.IGNORECASE,
)
_TIMES = re.compile(r"(?:x|times)\b|×", re.IGNORECASE)  # "diabetes x 20 years, PVD": of what stands before
_APPOSED = re.compile(r",?(?:\s[^\W\d_]+){1,3},\s")
_CLOSED = re.compile(r"\s*(?:$|[.;\n])")
_ENDED = re.compile(r"\s*(?:$|[.,;)\n])")
#: "the tingling, which he had then, has gone", "the tingling he had then has gone"
_ASIDE = re.compile(
    r"\s?\([^()]{1,60}\)|,\s(?:which|that|who)\b[^,;.]{1,60},\s*$|"
    r"\s(?:(?:that|which)\s)?(?:he|she|they|i)\s(?:had|experienced|developed|felt|got)\b[^,;:.()]{0,50}$|"
    r"\s(?:(?:that|which)\s(?:was|were)\s)?(?:seen|noted|present|found|reported|described|documented|felt|noticed|recorded)\s"
    r"(?:before|prior|pre-?op|on|at|in|after|during|by|last|yesterday|initially|earlier|previously|originally)\b[^,;:.()]{0,40}$",
    re.IGNORECASE,
)
_LIST_REACH = 20
_REMEMBERED = 64  # sentences
_VETO_REACH = 60  # characters
_VERB_REACH = 40
_NUMERIC = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{2,4})")
_MONTH_NUMBER = re.compile(r"\b(\d{1,2})/\d{4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMED = re.compile(rf"\b({'|'.join(MONTHS)})[a-z]*\.?,? (?:of )?$")  # the month before a year
#: Months by their first letters, and the middle of seasons and feasts (of the north).
_MONTH_OF = {name: number for number, name in enumerate(MONTHS, start=1)} | {
    "chr": 12, "xma": 12, "win": 1, "spr": 4, "eas": 4, "sum": 7, "aut": 10, "fal": 10, "tha": 11,
}  # fmt: skip
_DAY_NUMBER = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?!\d)")


class Timer:
    """Built once from the rules; it keeps the cues of the sentences that it read last."""

    def __init__(self, rules: TimingRules) -> None:
        self._rules = rules
        words = "|".join(re.escape(word) for word in sorted(rules.numbers, key=len, reverse=True))
        units = "|".join(sorted(rules.units, key=len, reverse=True))
        one = rf"(?<!\d)\d{{1,3}}(?:\.\d)?|\b(?:{words})\b"
        span = rf"({one})(?:\s?(?:-|–|to|or)\s?({one}))?\+?[\s-]*(?:/\s?({'|'.join(rules.uk_units)})\b|({units})\b)"
        self._span = re.compile(span, re.IGNORECASE)
        self._unit = re.compile(rf"\b({units})\b", re.IGNORECASE)
        self._number = re.compile(rf"({one})", re.IGNORECASE)
        self._known: dict[str, tuple[_Cue, ...]] = {}

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
    ) -> Timing:
        """The timing of the mention ``sentence[start:end]``.

        ``note_date`` dates "since Tuesday" and "in 2015"; without it the one is a week ago at most, the other says
        nothing. ``event`` is true for what happens once (operations, injuries): "in 2015" and "history of" put only
        those into the past. ``treatment`` is true for drugs and devices, which can be stopped and taken off.
        ``pronoun``: the words only stand for a finding ("it"), so that a cue may hold them ("it is stable").
        ``denied``: it is not there, so that only a cue that says when it was not puts it into the past.
        """
        cues = self._cues(sentence)
        if not cues:
            return _NOTHING
        near = []
        for index, cue in enumerate(cues):
            if self._is_of_others(cue.rule, event=event, treatment=treatment, denied=denied):
                continue
            behind = cues[index - 1] if index and cues[index - 1].start >= end else None
            holds = pronoun and cue.start <= start < cue.end
            distance = 0 if holds else self._distance(sentence, start, end, cue, event=event, behind=behind)
            if distance is None:
                continue
            days = self._days(sentence[cue.start : cue.end], cue.rule, note_date)
            if self._belongs_to_course(sentence, cues, index, end):
                if cue.rule.onset is None and self.onset(days) != "chronic":
                    continue
                distance += _LIST_REACH  # it began before it got worse: any other time of its beginning goes first
            near.append(_Near(cue, distance, days))
        timing = self._timing(sentence, start, sorted(near, key=lambda one: one.far(sentence, start)), event)
        if denied and all(one.cue.rule.denied is None for one in near):
            return replace(timing, temporality=None)
        return timing

    @staticmethod
    def _is_of_others(rule: RuleEntry, *, event: bool, treatment: bool, denied: bool) -> bool:
        """Whether a rule is for other findings than this kind."""
        dates_none = rule.events and not event and rule.others_after is None
        wanting = dates_none or (rule.treatments and not treatment) or (rule.denied == "only" and not denied)
        return rule.ignored or wanting

    def cue_spans(self, sentence: str) -> list[tuple[int, int]]:
        """Where the cues of a sentence stand."""
        return [(cue.start, cue.end) for cue in self._cues(sentence)]

    def within_cue(self, sentence: str, at: int) -> bool:
        """Whether place ``at`` of a sentence is part of a cue; what stands behind it is not read."""
        return any(start <= at < end for start, end, _ in self._rules.cues.find(sentence, at))

    def _cues(self, sentence: str) -> tuple[_Cue, ...]:
        cues = self._known.get(sentence)
        if cues is None:
            rules = self._rules
            cues = tuple(
                _Cue(start, end, rules.names[number], rules.rules[number], rules.vetoes[number])
                for start, end, number in rules.cues.find(sentence)
            )
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[sentence] = cues
        return cues

    # ------------------------------------------------------------------ scope

    def _distance(
        self, sentence: str, start: int, end: int, cue: _Cue, *, event: bool, behind: _Cue | None
    ) -> int | None:
        """Words between the cue and the mention, or None if the cue does not reach it.

        ``behind``: a cue between a mention and the cue after it; its words are no gap ("began in May and is worse").
        """
        before, after = cue.vetoes.before, cue.vetoes.after
        if before is not None and before.search(sentence, max(0, start - _VETO_REACH), max(start, cue.start)):
            return None
        if after is not None and after.search(sentence, end, end + _VETO_REACH // 2):
            return None
        if cue.start < end and start < cue.end:  # the finding's own words ("gone numb", "tone ↑") are no course of it
            if cue.rule.past_within:
                return 0 if event else None
            return None if cue.rule.course and not (cue.rule.inside or cue.rule.overlaps) else 0
        if cue.rule.inside:
            return None
        if cue.end <= start:
            reach, gap = cue.rule.before, sentence[cue.end : start]
            listed = "," in gap.lstrip(" ,") and ":" not in sentence[cue.start : start]
            if cue.rule.temporality == "historical" and not event and (listed or self._rules.anew.search(gap)):
                return None  # "s/p TKA, left foot drop"; but "resolved symptoms: numbness, tingling"
            opening = cue.rule.opening
            if event and cue.rule.events_before is not None:
                reach, opening = cue.rule.events_before, False
            if reach is None or (opening and not _opens(sentence, cue, gap)):
                return None
            return self._gap(gap, reach, cue.rule, sentence[start:end], event=event, forward=True)
        reach = cue.rule.after
        if cue.rule.events and not event:  # "foot drop (2015)", but not "numbness 2015 to 2018"
            own_date = start < end and behind is None and _ENDED.match(sentence, cue.end)
            reach = cue.rule.others_after if own_date else None
        if reach is None or (cue.rule.free and not _FREE.match(sentence, cue.end)):
            return None
        own = sentence[max(0, start - _VERB_REACH) : end]  # "noticed numbness yesterday"
        gap = sentence[end : cue.start]
        if behind is not None:
            gap = sentence[end : behind.start] + sentence[behind.end : cue.start]
        if "(" in gap and not self._rules.linking.issuperset(map(str.lower, _WORD.findall(gap, gap.rindex("(")))):
            return None  # "foot drop (numbness resolved)"
        if cue.rule.mode == "span" and _APPOSED.fullmatch(gap) and _CLOSED.match(sentence, cue.end):
            gap = gap.replace(",", " ")  # "numbness, left foot, 3 weeks."
        return self._gap(gap, reach, cue.rule, own, event=event, forward=False)

    def _gap(self, gap: str, reach: int, rule: RuleEntry, own: str, *, event: bool, forward: bool) -> int | None:
        """Words in ``gap`` if a cue of ``rule`` reaches across it; ``forward``: the cue stands before the mention.

        ``own``: the words that may hold the verb of its beginning ("yesterday the foot dropped").
        """
        if not forward:
            gap = _ASIDE.sub(" ", gap)
        gap = gap.lstrip(" ,:–—-") if forward and rule.opening else gap if forward else gap.rstrip(" ,(–—-")
        if len(gap) > 200 or _HARD.search(gap) or (forward and rule.free and gap.lstrip().startswith(",")):
            return None  # "numbness has resolved, left foot drop"
        words = [word.lower() for word in _WORD.findall(gap)]
        listed = "," in gap and not (forward and len(words) < 2)
        if listed and not (rule.list and (forward or _JOINED.search(gap.rsplit(",", 1)[1]))):
            return None
        if len(words) > (_LIST_REACH if listed else reach) or not self._rules.stops.isdisjoint(words):
            return None
        if not rule.verbs:
            verbs = self._rules.verbs.intersection(words)
            if verbs - (frozenset() if forward else self._rules.linking):
                return None
        happened = event and not words and not forward  # "TKR yesterday"
        if rule.needs_verb and not happened and self._rules.beginnings.isdisjoint([*words, *own.lower().split()]):
            return None
        return len(words)

    @staticmethod
    def _belongs_to_course(sentence: str, cues: tuple[_Cue, ...], index: int, end: int) -> bool:
        """Whether a time tells how long a finding has been worse ("worse over the last 3 days"), not when it began."""
        if index == 0 or cues[index].rule.mode is None:
            return False
        before = cues[index - 1]
        between = sentence[before.end : cues[index].start].strip().lower()
        # how long it has been new is when it began
        return before.start >= end and before.rule.course not in {None, "new"} and between in _ATTACHED

    # ------------------------------------------------------------------ reading

    def _timing(self, sentence: str, start: int, near: list[_Near], event: bool) -> Timing:
        if not near:
            return _NOTHING
        words: Onset | None = next((one.cue.rule.onset for one in near if one.cue.rule.onset), None)
        days = next((one.days for one in near if one.days is not None), None)
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
            with_event=days is None and any(one.cue.rule.with_event for one in near),
            with_last=days is None and any(one.cue.rule.with_last for one in near),
            cues=tuple(f"{one.cue.name}:{sentence[one.cue.start : one.cue.end].strip()}" for one in near),
        )

    def onset(self, days: float | None) -> Onset:
        """The class of an onset so many days ago."""
        if days is None:
            return "unknown"
        return next((name for name, most in self._rules.classes if days <= most), "chronic")

    def _days(self, words: str, rule: RuleEntry, note_date: date | None) -> float | None:
        """The days before the note that a cue's words name."""
        if rule.mode is None:
            return rule.days
        if rule.mode == "span":
            return self._span_days(words)
        if note_date is None or rule.mode == "age":
            return rule.days
        return days_before(words.lower(), rule.mode, note_date)

    def _span_days(self, words: str) -> float | None:
        match = self._span.search(words)
        if match is None:
            unit, number = self._unit.search(words), self._number.search(words)
            if number:  # "POD#2": days
                return self._value(number[1])
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
        return began is None or began.search(sentence, max(0, start - _VETO_REACH), start) is None
    if rule.past_after is None or near.distance > 1 or near.days <= rule.past_after:
        return False
    return past is None or past.search(sentence, max(0, start - _VETO_REACH), start) is None


def _is_recent(near: _Near) -> bool:
    """Whether a cue dates an event to these days ("two hours ago")."""
    most = near.cue.rule.past_events_after
    return most is not None and near.days is not None and near.days <= most


def _persists(near: list[_Near], start: int, event: bool) -> bool:
    """Whether a finding behind "old" is said to be as it was ("old foot drop, unchanged"): it is still there."""
    return not event and any(one.cue.rule.course == "stable" and one.cue.start > start for one in near)


def _opens(sentence: str, cue: _Cue, gap: str) -> bool:
    """Whether an adverbial cue opens a clause: nothing stands before it, or a comma sets it off from what follows."""
    adverbial = cue.rule.verbs and gap.lstrip().startswith(",") and not _TIMES.match(sentence, cue.start)
    return adverbial or bool(_OPENS.search(sentence, max(0, cue.start - 24), cue.start))


def days_before(words: str, mode: Mode, note_date: date) -> float | None:
    """The days from the time that ``words``, in small letters, name to the date of the note; None where they do not."""
    day = _dated(words, mode, note_date)
    days = (note_date - day).days if day else -1
    return float(days) if days >= 0 else None


def _dated(words: str, mode: str, note_date: date) -> date | None:
    """The latest day not after ``note_date`` that ``words`` can mean; a bare month or year counts from its middle."""
    if mode == "weekday":
        name = next((word[:3] for word in _WORD.findall(words) if word[:3] in DAYS and word != "month"), None)
        if name is None:
            return None
        back = (note_date.weekday() - DAYS.index(name)) % 7 or 7
        return date.fromordinal(note_date.toordinal() - back)
    year = _YEAR.search(words)
    month = next((_MONTH_OF[word[:3]] for word in _WORD.findall(words) if word[:3] in _MONTH_OF), None)
    if mode == "year" and year:
        named = _NAMED.search(words, 0, year.start())
        return (
            _day(int(year[0]), _MONTH_OF[named[1][:3]], 15, note_date) if named else _in_year(int(year[0]), note_date)
        )
    if mode == "month" and month is None and year:
        numeric = _MONTH_NUMBER.search(words)
        return _day(int(year[0]), int(numeric[1]), 15, note_date) if numeric else None
    if mode == "month" and month is not None:
        chosen = int(year[0]) if year else note_date.year - (month > note_date.month)
        return _day(chosen, month, 15, note_date)
    return _full_date(words, month, year, note_date)


def _in_year(year: int, note_date: date) -> date | None:
    """The middle of ``year``, or of what has passed of it."""
    if year == note_date.year:
        return date.fromordinal((date(year, 1, 1).toordinal() + note_date.toordinal()) // 2)
    return _day(year, 7, 1, note_date)


def _full_date(words: str, month: int | None, year: re.Match[str] | None, note_date: date) -> date | None:
    numeric = _NUMERIC.search(words)
    if numeric:
        first, second, third = (int(part) for part in numeric.groups())
        if first > 31:
            return _day(first, second, third, note_date)
        third += 0 if third > 99 else 2000 if third <= note_date.year % 100 else 1900
        if second > 12:
            return _day(third, first, second, note_date)
        if first > 12:
            return _day(third, second, first, note_date)
        readings = [d for d in (_day(third, first, second, note_date), _day(third, second, first, note_date)) if d]
        return max((d for d in readings if d <= note_date), default=None)
    day = _DAY_NUMBER.search(words)
    if not (month and day):
        return None
    chosen = int(year[0]) if year else note_date.year - ((month, int(day[1])) > (note_date.month, note_date.day))
    return _day(chosen, month, int(day[1]), note_date)


def _day(year: int, month: int, day: int, note_date: date) -> date | None:
    try:
        return min(date(year, month, day), note_date) if (year, month) <= (note_date.year, note_date.month) else None
    except ValueError:
        return None
