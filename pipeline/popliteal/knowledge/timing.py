"""Rules of timing: cues of onset, course and the past, and the reach of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from popliteal.errors import PatternError
from popliteal.knowledge.alternation import Alternation, beginnings, infixes
from popliteal.knowledge.expressions import Expression, expression
from popliteal.knowledge.gaps import GapEntry, GapRules, gap_rules
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.literals import Literals
from popliteal.knowledge.model import Model
from popliteal.knowledge.narrative import (
    ContrastEntry,
    ContrastRules,
    EpisodeRules,
    EpisodesEntry,
    FollowingEntry,
    FollowingRules,
    FollowUpEntry,
    FollowUpRules,
    RetoldEntry,
    RetoldRules,
    contrast_rules,
    episodes_rules,
    follow_up_rules,
    following_rules,
    retold_rules,
)
from popliteal.knowledge.source import Source, validate
from popliteal.knowledge.times import Mode, filled, placeholders
from popliteal.schema import Course, Onset

#: So many first letters of a label are looked for.
_LABEL = 12


class RuleEntry(Model):
    """One rule as it stands in ``timing.yaml``."""

    patterns: tuple[str, ...]
    begins: str | None = None
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
    later: bool = False
    earlier: bool = False
    point: bool = False
    ignored: bool = False
    again: bool = False
    denied: Literal["too", "only"] | None = None
    attributive: bool = False
    past_within: bool = False
    whole: bool = False
    listed: bool = False


class OwnDateEntry(Model):
    """What stands before the date of a note itself, and in how many characters from its beginning."""

    within: int
    labels: tuple[str, ...]


class TimingFile(Model):
    """The whole of ``timing.yaml``; a layer replaces one part of it."""

    classes: dict[Onset, float] = {}
    numbers: dict[str, float] = {}
    units: dict[float, tuple[str, ...]] = {}
    uk_units: dict[int, float] = {}
    seasons: dict[str, int] = {}
    sets: dict[str, tuple[str, ...]] = {}
    gap: GapEntry | None = None
    contrast: ContrastEntry | None = None
    following: FollowingEntry | None = None
    episodes: EpisodesEntry | None = None
    follow_ups: FollowUpEntry | None = None
    retold: RetoldEntry | None = None
    own_date: OwnDateEntry | None = None
    rules: dict[str, RuleEntry] = {}


@dataclass(frozen=True, slots=True)
class Vetoes:
    """Words that take a rule's effect away: before the finding, behind it, and before it (of ``past_after``, and of
    ``past_events_after``)."""

    before: Expression | None
    after: Expression | None
    past: Expression | None
    events: Expression | None = None


@dataclass(frozen=True, slots=True)
class OwnDateRules:
    """Where the date of a note stands: ``opening`` its text, or behind a label. Both hold it in the group ``date``.

    ``labels`` are the first letters of labels.
    """

    within: int
    opening: Expression
    labelled: Expression
    labels: Literals


@dataclass(frozen=True, slots=True)
class TimingRules:
    """What :class:`popliteal.reading.timing.Timer` is built from.

    ``cues`` finds the cues of all rules; their numbers are those of ``rules``. ``begun`` tells of a rule by its number
    with which cue of another rule it begins: the number of that and its expression. Numbers and units are in lower
    case, units and ``classes`` in days; ``seasons`` are told by the number of a month.
    """

    cues: Alternation
    vetoes: tuple[Vetoes, ...]
    names: tuple[str, ...]
    rules: tuple[RuleEntry, ...]
    begun: dict[int, tuple[int, Expression]]
    classes: tuple[tuple[Onset, float], ...]
    numbers: dict[str, float]
    units: dict[str, float]
    uk_units: dict[str, float]
    seasons: dict[str, int]
    gap: GapRules
    contrast: ContrastRules
    following: FollowingRules
    episodes: EpisodeRules
    follow_ups: FollowUpRules
    retold: RetoldRules
    own_date: OwnDateRules


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
    gap, contrast, following, episodes, retold = file.gap, file.contrast, file.following, file.episodes, file.retold
    own_date, follow_ups = file.own_date, file.follow_ups
    assert gap and contrast and following and episodes and retold and own_date and follow_ups  # noqa: S101, PT018 - load_timing asks for every part
    parts_of = placeholders(file.numbers, file.units, file.uk_units, file.seasons, file.sets)
    return TimingRules(
        cues=_cues(file, source, parts_of),
        vetoes=tuple(
            Vetoes(
                *(
                    _words(words, parts_of)
                    for words in (rule.unless, rule.unless_after, rule.past_unless, rule.events_unless)
                )
            )
            for rule in file.rules.values()
        ),
        names=tuple(file.rules),
        rules=tuple(file.rules.values()),
        begun=_begun(file, source, parts_of),
        classes=tuple(file.classes.items()),
        numbers=file.numbers,
        units={unit: days for days, units in file.units.items() for unit in units},
        uk_units={str(below): days for below, days in file.uk_units.items()},
        seasons=file.seasons,
        gap=gap_rules(gap),
        contrast=contrast_rules(contrast, parts_of),
        following=following_rules(following, parts_of),
        episodes=episodes_rules(episodes, parts_of),
        follow_ups=follow_up_rules(follow_ups, parts_of),
        retold=retold_rules(retold),
        own_date=_own_date(own_date, parts_of),
    )


def _own_date(entry: OwnDateEntry, parts_of: dict[str, str]) -> OwnDateRules:
    day = rf"(?:{parts_of['{day}']}[,.]? )?(?P<date>{parts_of['{date}']})"
    labels = "|".join(filled(label, parts_of) for label in entry.labels)
    return OwnDateRules(
        entry.within,
        expression(rf"[\W_]*{day}(?!\s?(?:-|–|to)\s?\d)\b", re.IGNORECASE),
        expression(rf"\b(?:{labels})\s{{0,3}}{day}", re.IGNORECASE),
        Literals(beginnings(labels, _LABEL)),
    )


def _begun(file: TimingFile, source: Source, parts_of: dict[str, str]) -> dict[int, tuple[int, Expression]]:
    names = list(file.rules)
    unknown = [(name, rule.begins) for name, rule in file.rules.items() if rule.begins not in {None, *names}]
    if unknown:
        where = source.where(("rules", unknown[0][0], "begins"))
        raise PatternError([f"{where}: {unknown[0][0]}: begins with {unknown[0][1]}, which is no rule of timing"])
    return {
        number: (names.index(rule.begins), _whole_words(file.rules[rule.begins].patterns, parts_of))
        for number, rule in enumerate(file.rules.values())
        if rule.begins is not None
    }


def _cues(file: TimingFile, source: Source, parts_of: dict[str, str]) -> Alternation:
    """The cues of all rules, each of which tells by its letters where it can begin."""
    problems: list[str] = []
    cues: list[list[str]] = []
    for name, rule in file.rules.items():
        patterns = [filled(pattern, parts_of) for pattern in rule.patterns]
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
    return Alternation(cues, before=r"(?<![\w/.=-])", behind=r"(?:(?<!\w)|(?!\w))")


def _words(patterns: tuple[str, ...], parts_of: dict[str, str]) -> Expression | None:
    return _whole_words(patterns, parts_of) if patterns else None


def _whole_words(patterns: tuple[str, ...], parts_of: dict[str, str]) -> Expression:
    return expression(rf"\b(?:{'|'.join(filled(pattern, parts_of) for pattern in patterns)})\b", re.IGNORECASE)
