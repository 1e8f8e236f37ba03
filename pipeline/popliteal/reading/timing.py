"""When a finding began, how it changes and whether it is over, from the words near it in its sentence.

Nine findings of ten have no time cue, so a cue counts only where it plainly belongs to the finding: next to it, over a
list, or at the opening of its clause. Which words, and how far each reaches, is in ``timing.yaml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from popliteal.knowledge.timing import RuleEntry, TimingRules, Vetoes
from popliteal.reading.dates import days_before
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
        """How far off it counts beside others: "LBP for 2 years, numb foot for 3 days" is closed by the comma, but not
        where commas only set it off ("trips a lot and, since Monday, numb")."""
        if self.cue.end >= start or sentence[self.cue.end] != ",":
            return self.distance
        set_off = sentence.startswith(", ", max(0, self.cue.start - 2))
        return self.distance + (_SET_OFF if set_off else _LIST_REACH)


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
    r"between|compared|relative|according|as|each|every|through|rapidly|quickly|slowly|steadily|further|fully|completely|spontaneously|well|within)\b)",
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
_SET_OFF = 1
_REMEMBERED = 64  # sentences
_VETO_REACH = 60  # characters
_VERB_REACH = 40
_BESIDE = 3  # words


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
            if self._belongs_to_course(sentence, cues, index):
                ahead = cues[index - 1].start < end  # "leg pain worse over 2 weeks, back pain as before"
                if ahead and not (cue.end <= start and sentence[cue.end] == ","):
                    near.append(_Near(cue, distance, days))
                    continue
                if ahead or (cue.rule.onset is None and self.onset(days) != "chronic"):
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
            begins = opening and bool(_OPENS.search(sentence, max(0, cue.start - 24), cue.start))
            if reach is None or (opening and not (begins or self._set_off(sentence, cue, gap))):
                return None
            if self._said_before(sentence, cue, gap):
                return None
            return self._gap(gap, reach, cue.rule, sentence[start:end], event=event, forward=True, light=begins)
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
        if ";" in gap:
            gap = self._spoken_of(sentence, cue, gap)
        if cue.rule.mode == "span" and _APPOSED.fullmatch(gap) and _CLOSED.match(sentence, cue.end):
            gap = gap.replace(",", " ")  # "numbness, left foot, 3 weeks."
        light = not cue.rule.events and reach >= _BESIDE  # else it is of what stands right there
        return self._gap(gap, reach, cue.rule, own, event=event, forward=False, light=light)

    def _gap(
        self, gap: str, reach: int, rule: RuleEntry, own: str, *, event: bool, forward: bool, light: bool
    ) -> int | None:
        """Words in ``gap`` if a cue of ``rule`` reaches across it; ``forward``: the cue stands before the mention.

        ``light``: words of places and the like do not count ("the numbness in her right foot is new").

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
        if not self._rules.stops.isdisjoint(words):
            return None
        weight = sum(word not in self._rules.light for word in words) if light else len(words)
        if weight > (_LIST_REACH if listed else reach):
            return None
        if not rule.verbs:
            verbs = self._rules.verbs.intersection(words)
            if verbs - (frozenset() if forward else self._rules.linking):
                return None
        happened = event and not words and not forward  # "TKR yesterday"
        if rule.needs_verb and not happened and self._rules.beginnings.isdisjoint([*words, *own.lower().split()]):
            return None
        return len(words)

    def _spoken_of(self, sentence: str, cue: _Cue, gap: str) -> str:
        """The words between a finding and a cue without those that only stand for it ("numb foot; this is better")."""
        before, semicolon, behind = gap.rpartition(";")
        words = _WORD.findall(behind + sentence[cue.start : cue.end])[: behind.count(" ") or 1]
        links = self._rules.linking.issuperset(map(str.lower, words))
        return before if semicolon and (links or (_ENDED.match(sentence, cue.end) and not behind.strip())) else gap

    def _said_before(self, sentence: str, cue: _Cue, gap: str) -> bool:
        """Whether a cue is said of what stands before it: "sciatica has resolved and back pain is mild".

        It stands in brackets, or is a course that begins with a verb or follows one, and what follows is only joined.
        """
        if gap.startswith(")"):
            return True
        if cue.rule.course is None:
            return False
        joined = _WORD.match(gap.lstrip(" ,"))
        if joined is None or joined[0].lower() not in self._rules.joins:
            return False
        first = _WORD.match(sentence, cue.start)
        if first is not None and first[0].lower() in self._rules.linking:
            return True
        ahead = _WORD.findall(sentence, max(0, cue.start - _VERB_REACH), cue.start)
        return bool(ahead) and ahead[-1].lower() in self._rules.copulas

    def _set_off(self, sentence: str, cue: _Cue, gap: str) -> bool:
        """Whether a comma sets an adverbial cue off from what follows ("LBP, for 3 days, numb"), and does not join it
        to that ("LBP for 3 weeks, with tingling")."""
        if not cue.rule.verbs or not gap.lstrip().startswith(",") or _TIMES.match(sentence, cue.start):
            return False
        following = _WORD.match(gap.lstrip(" ,"))
        return following is None or following[0].lower() not in self._rules.joins

    @staticmethod
    def _belongs_to_course(sentence: str, cues: tuple[_Cue, ...], index: int) -> bool:
        """Whether a time tells how long a finding has been worse ("worse over the last 3 days"), not when it began."""
        if index == 0 or cues[index].rule.mode is None:
            return False
        before = cues[index - 1]
        between = sentence[before.end : cues[index].start].strip().lower()
        # how long it has been new is when it began
        return before.rule.course not in {None, "new"} and between in _ATTACHED

    # ------------------------------------------------------------------ reading

    def _timing(self, sentence: str, start: int, near: list[_Near], event: bool) -> Timing:
        if not near:
            return _NOTHING
        words: Onset | None = next((one.cue.rule.onset for one in near if one.cue.rule.onset), None)
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
