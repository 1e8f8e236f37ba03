"""Rules of timing: cues of onset, course and the past, the grammar of durations and dates, and the reach of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Literal

from pydantic import BaseModel, ConfigDict

from popliteal.errors import PatternError
from popliteal.knowledge.alternation import Alternation, beginnings, infixes, small
from popliteal.knowledge.forms import Regex
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.source import Source, validate
from popliteal.schema import Course, Onset

Mode = Literal["span", "date", "weekday", "month", "year", "age"]

MONTHS: tuple[str, ...] = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_DATE = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}})"
)
_DAY_MONTH = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?!\w)|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?![\w/]))"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleEntry(_Entry):
    """One rule as it stands in ``timing.yaml``."""

    patterns: tuple[str, ...]
    onset: Onset | None = None
    undated: Onset | None = None
    course: Course | None = None
    temporality: Literal["historical"] | None = None
    days: float | None = None
    recent: float | None = None
    dated: bool = False
    past_events_after: float | None = None
    past_after: float | None = None
    events_before: int | None = None
    inside: bool = False
    overlaps: bool = False
    free: bool = False
    unless: tuple[str, ...] = ()
    unless_after: tuple[str, ...] = ()
    past_unless: tuple[str, ...] = ()
    events_unless: tuple[str, ...] = ()
    mode: Mode | None = None
    before: int | None = None
    after: int | None = None
    list: bool = False
    verbs: bool = False
    opening: bool = False
    needs_verb: bool = False
    events: bool = False
    others_after: int | None = None
    treatments: bool = False
    with_event: bool = False
    with_last: bool = False
    ignored: bool = False
    again: bool = False
    denied: Literal["too", "only"] | None = None
    past_within: bool = False


class GapEntry(_Entry):
    """Words between a cue and a finding: what no cue passes, verbs, verbs of beginning, links to what precedes.

    ``anew`` is what sets a finding off from the past one that it is joined to ("previous TKA and left foot drop").
    ``light`` words are of the place of a finding or of a verb, and do not count between it and what is said of it
    ("the numbness in her right foot is new"). ``joins`` lead to another finding, and a course behind ``copulas`` is
    said of what stands before it ("the sciatica is improving and ...").
    """

    stops: tuple[str, ...]
    verbs: tuple[str, ...]
    beginnings: tuple[str, ...]
    linking: tuple[str, ...]
    light: tuple[str, ...]
    joins: tuple[str, ...]
    copulas: tuple[str, ...]
    anew: Regex


class ContrastEntry(_Entry):
    """Words of then and of now, what ends a finding behind a word of now, and what names a part of the body.

    ``so_now`` begins a sentence that holds a word of now further on ("Bladder now empties"); ``ended`` says without
    one that all of what stands before it is over.
    """

    then: tuple[str, ...]
    now: tuple[str, ...]
    so_now: tuple[str, ...]
    over: tuple[str, ...]
    ended: tuple[str, ...]
    parts: dict[str, tuple[str, ...]] = {}


class FollowingEntry(_Entry):
    """Words that stand for the finding of the sentence before, by its category (``any``), and words around a time.

    ``openings`` may stand before such a word ("He says that it ..."). Of what is ``measured``, by its category, nobody
    says that it gets better or worse.
    """

    openings: tuple[str, ...] = ()
    measured: frozenset[str] = frozenset()
    subjects: dict[str, tuple[str, ...]]
    fillers: tuple[str, ...]


class EpisodesEntry(_Entry):
    """Words that open an earlier episode, of the past and the present tense, and of what began then.

    ``hints``: one of them stands in a sentence that opens an episode. ``back``: the note tells of the present again.
    ``recent``: an episode that is dated so many days ago or fewer is the one the patient comes with. ``came`` opens one
    without a date, which is over only if what is ``treated`` was so before this time (``but``: not words of an older
    treatment), ``after`` tells of the time since, and nothing behind it says that it lasts (``lasts``). ``clock``: the
    note itself is of that later time.
    """

    hints: tuple[str, ...]
    opens: tuple[str, ...]
    past: tuple[str, ...]
    present: tuple[str, ...]
    back: tuple[str, ...]
    begins: tuple[str, ...]
    came: tuple[str, ...]
    treated: tuple[str, ...]
    but: tuple[str, ...]
    after: tuple[str, ...]
    lasts: tuple[str, ...]
    clock: tuple[str, ...]
    recent: float


class RetoldEntry(_Entry):
    """Words before an event that point back, words in it or behind it that do not, and what it may stand for."""

    definite: tuple[str, ...]
    unless: tuple[str, ...]
    same: dict[str, tuple[str, ...]]


class TimingFile(_Entry):
    """The whole of ``timing.yaml``; a layer replaces one part of it."""

    classes: dict[Onset, float] = {}
    numbers: dict[str, float] = {}
    units: dict[float, tuple[str, ...]] = {}
    uk_units: dict[int, float] = {}
    sets: dict[str, tuple[str, ...]] = {}
    gap: GapEntry | None = None
    contrast: ContrastEntry | None = None
    following: FollowingEntry | None = None
    episodes: EpisodesEntry | None = None
    retold: RetoldEntry | None = None
    rules: dict[str, RuleEntry] = {}


@dataclass(frozen=True, slots=True)
class Vetoes:
    """Words that take a rule's effect away: before the finding, behind it, and before it (of ``past_after``, and of
    ``past_events_after``)."""

    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    past: re.Pattern[str] | None
    events: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class ContrastRules:
    """What :class:`popliteal.reading.contrast.Contrast` is built from.

    ``then`` and ``now`` are for text in small letters and hold their words in the group ``word``; ``now`` and ``over``
    match only where a clause begins, as do ``so_now`` at the start of a sentence and ``ended``.
    ``parts``: how a normal finding must name what concepts whose names begin so are about.
    """

    then: re.Pattern[str]
    now: re.Pattern[str]
    so_now: re.Pattern[str]
    over: re.Pattern[str]
    ended: re.Pattern[str]
    parts: dict[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class FollowingRules:
    """What :class:`popliteal.reading.following.Following` is built from.

    ``subject`` matches at the start of a sentence; its group ``word`` is the word that stands for a finding, and a
    group named as a category tells which. A word of better or worse passes over findings of ``measured`` categories.
    """

    subject: re.Pattern[str]
    fillers: frozenset[str]
    measured: frozenset[str]


@dataclass(frozen=True, slots=True)
class EpisodeRules:
    """What :class:`popliteal.reading.episodes.Episodes` is built from; all expressions are for text in small letters.

    The groups of ``opens`` hold a date and are named as the mode in which it is read.
    """

    hints: re.Pattern[str]
    opens: re.Pattern[str]
    past: re.Pattern[str]
    present: re.Pattern[str]
    back: re.Pattern[str]
    begins: re.Pattern[str]
    came: re.Pattern[str]
    treated: re.Pattern[str]
    but: re.Pattern[str]
    after: re.Pattern[str]
    lasts: re.Pattern[str]
    clock: re.Pattern[str]
    recent: float


@dataclass(frozen=True, slots=True)
class RetoldRules:
    """What :func:`popliteal.reading.retold.retold` goes by; ``definite`` matches right before an event.

    ``unless``: not where it stands in the event or right behind it.
    """

    definite: re.Pattern[str]
    unless: re.Pattern[str]
    same: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TimingRules:
    """What :class:`popliteal.reading.timing.Timer` is built from.

    ``cues`` finds the cues of all rules; their numbers are those of ``rules``. Numbers and units are in lower case,
    units and ``classes`` in days.
    """

    cues: Alternation
    vetoes: tuple[Vetoes, ...]
    names: tuple[str, ...]
    rules: tuple[RuleEntry, ...]
    classes: tuple[tuple[Onset, float], ...]
    numbers: dict[str, float]
    units: dict[str, float]
    uk_units: dict[str, float]
    stops: frozenset[str]
    verbs: frozenset[str]
    beginnings: frozenset[str]
    linking: frozenset[str]
    light: frozenset[str]
    joins: frozenset[str]
    copulas: frozenset[str]
    anew: re.Pattern[str]
    contrast: ContrastRules
    following: FollowingRules
    episodes: EpisodeRules
    retold: RetoldRules


def load_timing(layers: Layers) -> TimingRules:
    """``timing.yaml`` of all layers.

    Raises:
        PatternError: a part is missing or of the wrong shape, or a pattern is no regular expression.
    """
    entries = layers.entries("timing.yaml")
    parts = [validate(source, (), TimingFile, {name: data}) for name, (source, _, data) in entries.items()]
    missing = sorted(set(TimingFile.model_fields) - set(entries))
    if missing:
        raise PatternError([f"{layers.folders[-1] / 'timing.yaml'}: missing: {', '.join(missing)}"])
    file = TimingFile(**{name: getattr(part, name) for name, part in zip(entries, parts, strict=True)})
    return _compiled(file, entries["rules"][0])


def _compiled(file: TimingFile, source: Source) -> TimingRules:
    gap = file.gap
    assert gap is not None  # noqa: S101 - load_timing asks for every part
    parts_of = _placeholders(file)
    problems: list[str] = []
    cues: list[list[str]] = []
    for name, rule in file.rules.items():
        patterns = [_filled(pattern, parts_of) for pattern in rule.patterns]
        for index, pattern in enumerate(patterns):
            try:
                if "" in beginnings(pattern):
                    infixes(pattern)
            except (re.error, ValueError) as error:
                where = source.where(("rules", name, "patterns", index))
                problems.append(f"{where}: {name}: not a regular expression of words ({error})")
        cues.append(patterns)
    if problems:
        raise PatternError(problems)
    return TimingRules(
        cues=Alternation(cues, before=r"(?<![\w/.=-])", behind=r"(?:(?<!\w)|(?!\w))"),
        vetoes=tuple(
            Vetoes(
                _words(rule.unless),
                _words(rule.unless_after),
                _words(rule.past_unless),
                _words(rule.events_unless),
            )
            for rule in file.rules.values()
        ),
        names=tuple(file.rules),
        rules=tuple(file.rules.values()),
        classes=tuple(file.classes.items()),
        numbers=file.numbers,
        units={unit: days for days, units in file.units.items() for unit in units},
        uk_units={str(below): days for below, days in file.uk_units.items()},
        stops=frozenset(gap.stops),
        verbs=frozenset(gap.verbs),
        beginnings=frozenset(gap.beginnings),
        linking=frozenset(gap.linking),
        light=frozenset(gap.light),
        joins=frozenset(gap.joins),
        copulas=frozenset(gap.copulas),
        anew=re.compile(gap.anew, re.IGNORECASE),
        contrast=_contrast(file, parts_of),
        following=_following(file),
        episodes=_episodes(file, parts_of),
        retold=_retold(file),
    )


def _episodes(file: TimingFile, parts_of: dict[str, str]) -> EpisodeRules:
    entry = file.episodes
    assert entry is not None  # noqa: S101 - load_timing asks for every part
    parts = [field.name for field in fields(EpisodeRules) if field.name != "recent"]
    expressions = {
        part: re.compile(small(rf"\b(?:{'|'.join(_filled(one, parts_of) for one in getattr(entry, part))})"))
        for part in parts
    }
    return EpisodeRules(**expressions, recent=entry.recent)


def _retold(file: TimingFile) -> RetoldRules:
    entry = file.retold
    assert entry is not None  # noqa: S101 - load_timing asks for every part
    definite, unless = ("|".join(words) for words in (entry.definite, entry.unless))
    return RetoldRules(
        re.compile(rf"\b(?:{definite})\s\Z", re.IGNORECASE),
        re.compile(rf"\b(?:{unless})\b", re.IGNORECASE),
        dict(entry.same),
    )


def _following(file: TimingFile) -> FollowingRules:
    entry = file.following
    assert entry is not None  # noqa: S101 - load_timing asks for every part
    groups = [
        "|".join(words) if category == "any" else f"(?P<{category}>{'|'.join(words)})"
        for category, words in entry.subjects.items()
    ]
    return FollowingRules(
        subject=re.compile(
            rf"[•*\s-]*(?:(?:{'|'.join(entry.openings)})\s)?(?P<word>{'|'.join(groups)})(?!\w)", re.IGNORECASE
        ),
        fillers=frozenset(entry.fillers),
        measured=entry.measured,
    )


def _contrast(file: TimingFile, parts_of: dict[str, str]) -> ContrastRules:
    entry = file.contrast
    assert entry is not None  # noqa: S101 - load_timing asks for every part
    several = (entry.then, entry.now, entry.so_now, entry.over, entry.ended)
    then, now, so_now, over, ended = (
        "|".join(_filled(pattern, parts_of) for pattern in patterns) for patterns in several
    )
    opens = r"(?:(?<=[,;:(–—-])\s*|(?<=[,;:(–—-]\s)|\b(?:but|and|then)\s+|(?<=\.\s)|\A|(?<=\n))"
    return ContrastRules(
        then=re.compile(small(rf"(?<![\w/-])(?P<word>{then})(?!\w)")),
        now=re.compile(small(rf"{opens}[•*\s-]*(?P<word>{now})(?!\w)")),
        so_now=re.compile(small(rf"[•*\s-]*(?:{so_now})(?!\w)")),
        ended=re.compile(small(rf"{opens}[•*\s-]*(?P<word>{ended})(?!\w)")),
        over=re.compile(rf"[•*\s-]*(?:{now})[,:]?\s(?:{over})(?!\w)", re.IGNORECASE),
        parts={part: re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE) for part, words in entry.parts.items()},
    )


def _placeholders(file: TimingFile) -> dict[str, str]:
    """What stands in a pattern for ``{n}``, ``{m}``, ``{u}`` and others; a set may hold those before it."""
    words = "|".join(re.escape(word) for word in sorted(file.numbers, key=len, reverse=True))
    one = rf"(?:\d{{1,3}}(?:\.\d)?|(?:{words})(?![a-z]))"
    units = sorted((unit for several in file.units.values() for unit in several), key=len, reverse=True)
    parts = {
        "{n}": rf"(?:{one}(?: ?(?:-|–|to|or) ?{one})?\+?)",
        "{m}": r"(?:\d{1,2}(?: ?(?:-|–|to) ?\d{1,2})?\+?)",
        "{d}": r"(?:\d{1,3}(?: ?(?:-|–|to) ?\d{1,3})?\+?)",
        "{u}": rf"(?:{'|'.join(units)})\b",
        "{uk}": f"(?:{'|'.join(str(below) for below in file.uk_units)})",
        "{date}": _DATE,
        "{daymonth}": _DAY_MONTH,
        "{month}": _MONTH,
        "{day}": _DAY,
        "{year}": r"(?:19[3-9]\d|20[0-4]\d)",
    }
    for name, alternatives in file.sets.items():
        parts[f"{{{name}}}"] = _filled(f"(?:{'|'.join(alternatives)})", parts)
    return parts


def _filled(pattern: str, parts: dict[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace(name, part)
    return pattern


def _words(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE) if patterns else None
