"""How notes tell of time over more than a sentence: then and now, what goes on about a finding, earlier episodes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from popliteal.knowledge.alternation import Alternation, begun, small
from popliteal.knowledge.expressions import Expression, expression
from popliteal.knowledge.model import Model
from popliteal.knowledge.times import filled


class ContrastEntry(Model):
    """Words of then and of now, what ends a finding behind a word of now, and what names a part of the body.

    ``so_now`` begins a sentence that holds a word of now further on ("Bladder now empties"); ``ended`` says without
    one that all of what stands before it is over. ``turns`` stands between a number of then and one of now. ``joins``
    may stand before what opens a clause. ``now_last`` are words of now that stand behind what is over ("fine now").
    """

    joins: tuple[str, ...]
    then: tuple[str, ...]
    now: tuple[str, ...]
    now_last: tuple[str, ...]
    so_now: tuple[str, ...]
    turns: tuple[str, ...]
    over: tuple[str, ...]
    ended: tuple[str, ...]
    parts: dict[str, tuple[str, ...]] = {}


class FollowingEntry(Model):
    """Words that stand for the finding of the sentence before, by its category (``any``), and words around a time.

    ``openings`` may stand before such a word ("He says that it ..."). Of what is ``measured``, by its category, nobody
    says that it gets better or worse. A sentence that ends with ``well`` tells until when somebody was well; one that
    begins with ``sequel`` tells what came then, and is read as if ``joint`` joined it to that.
    """

    openings: tuple[str, ...] = ()
    measured: frozenset[str] = frozenset()
    well: tuple[str, ...] = ()
    sequel: tuple[str, ...] = ()
    joint: str = ""
    subjects: dict[str, tuple[str, ...]]
    fillers: tuple[str, ...]


class EpisodesEntry(Model):
    """Words that open an earlier episode, of the past and the present tense, and of what began then.

    ``hints``: one of them stands in a sentence that opens an episode. ``back``: the note tells of the present again.
    ``recent``: an episode that is dated so many days ago or fewer is the one the patient comes with. ``came`` opens one
    without a date, which is over only if what is ``treated`` was so before this time (``but``: not words of an older
    treatment), ``after`` tells of the time since, and nothing behind it says that it lasts (``lasts``). ``clock``: the
    note itself is of that later time. A treatment of the same sentence is set off by a sign or a word of ``joins``;
    what ``opens_clause``, as signs do, begins a clause within a sentence.
    """

    joins: tuple[str, ...]
    opens_clause: tuple[str, ...]
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


class FollowUpEntry(Model):
    """``opens`` tell in its first lines that a note is a visit of long after, ``then`` that it tells how it was.

    What happened, and was ``treated``, by a sentence of its first lines is past. ``steady``: nothing has changed
    since, and so the findings of ``steady_kinds`` that have no time are old, but where a word of ``unsteady`` stands.
    """

    opens: tuple[str, ...]
    then: tuple[str, ...]
    treated: tuple[str, ...]
    steady: tuple[str, ...]
    unsteady: tuple[str, ...]
    steady_kinds: frozenset[str]


class RetoldEntry(Model):
    """Words before an event that point back, words in it or behind it that do not, and what it may stand for."""

    definite: tuple[str, ...]
    unless: tuple[str, ...]
    same: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ContrastRules:
    """What :class:`popliteal.reading.contrast.Contrast` is built from.

    ``then`` and ``now`` are for text in small letters; ``now`` holds its words in the group ``word``. ``now`` and
    ``over`` match only where a clause begins, as do ``so_now`` at the start of a sentence and ``ended``.
    ``parts``: how a normal finding must name what concepts whose names begin so are about.
    """

    then: Alternation
    now: Expression
    so_now: Expression
    over: Expression
    ended: Expression
    parts: dict[str, Expression]


@dataclass(frozen=True, slots=True)
class FollowingRules:
    """What :class:`popliteal.reading.following.Following` is built from.

    ``subject`` matches at the start of a sentence; its group ``word`` is the word that stands for a finding, and a
    group named as a category tells which. A word of better or worse passes over findings of ``measured`` categories.
    ``well`` is found at the end of a sentence and ``sequel`` matches at the start of the next, which ``joint`` joins.
    """

    subject: Expression
    fillers: frozenset[str]
    measured: frozenset[str]
    well: Expression
    sequel: Expression
    joint: str


@dataclass(frozen=True, slots=True)
class EpisodeRules:
    """What :class:`popliteal.reading.episodes.Episodes` is built from; all expressions are for text in small letters.

    The groups of ``opens`` hold a date and are named as the mode in which it is read.
    """

    hints: Expression
    opens: Expression
    past: Expression
    present: Expression
    back: Expression
    begins: Expression
    came: Alternation
    treated: Expression
    but: Expression
    after: Expression
    lasts: Expression
    clock: Expression
    clause: Expression
    set_off: Expression
    recent: float


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """What :class:`popliteal.reading.follow_ups.FollowUps` is built from, for text in small letters."""

    opens: Expression
    then: Expression
    treated: Expression
    steady: Expression
    unsteady: Expression
    steady_kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class RetoldRules:
    """What :func:`popliteal.reading.retold.retold` goes by; ``definite`` matches right before an event.

    ``unless``: not where it stands in the event or right behind it.
    """

    definite: Expression
    unless: Expression
    same: dict[str, tuple[str, ...]]


def episodes_rules(entry: EpisodesEntry, parts_of: Mapping[str, str]) -> EpisodeRules:
    words = {
        field.name: rf"\b(?:{'|'.join(filled(one, parts_of) for one in getattr(entry, field.name))})"
        for field in fields(EpisodeRules)
        if field.name not in {"came", "clause", "set_off", "recent"}
    }
    words["clause"] = rf"[.;\n]|\b(?:{'|'.join(entry.opens_clause)})"
    words["set_off"] = rf"(?:[,;:→]|->|\b(?:{'|'.join(entry.joins)})) ?\Z"
    expressions = {name: expression(begun(small(one))) for name, one in words.items()}
    came = Alternation([[filled(one, parts_of) for one in entry.came]], before=r"\b")
    return EpisodeRules(**expressions, came=came, recent=entry.recent)


def follow_up_rules(entry: FollowUpEntry, parts_of: Mapping[str, str]) -> FollowUpRules:
    opens, then, treated, steady, unsteady = (
        expression(begun(small(rf"\b(?:{'|'.join(filled(one, parts_of) for one in words)})\b")))
        for words in (entry.opens, entry.then, entry.treated, entry.steady, entry.unsteady)
    )
    return FollowUpRules(opens, then, treated, steady, unsteady, entry.steady_kinds)


def retold_rules(entry: RetoldEntry) -> RetoldRules:
    definite, unless = ("|".join(words) for words in (entry.definite, entry.unless))
    return RetoldRules(
        expression(rf"\b(?:{definite})\s\Z", re.IGNORECASE),
        expression(rf"\b(?:{unless})\b", re.IGNORECASE),
        dict(entry.same),
    )


def following_rules(entry: FollowingEntry, parts_of: Mapping[str, str]) -> FollowingRules:
    said = {category: [filled(word, parts_of) for word in words] for category, words in entry.subjects.items()}
    groups = [
        "|".join(words) if category == "any" else f"(?P<{category}>{'|'.join(words)})"
        for category, words in said.items()
    ]
    return FollowingRules(
        subject=expression(
            rf"[•*\s-]*(?:(?:{'|'.join(entry.openings)})\s)?(?P<word>{'|'.join(groups)})(?!\w)", re.IGNORECASE
        ),
        fillers=frozenset(entry.fillers),
        measured=entry.measured,
        well=_either(entry.well, parts_of, r"\b(?:{})[\s.]*\Z"),
        sequel=_either(entry.sequel, parts_of, r"(?:{})"),
        joint=entry.joint,
    )


def _either(patterns: Sequence[str], parts_of: Mapping[str, str], form: str) -> Expression:
    """Any of ``patterns``, in ``form``; without one nothing."""
    either = "|".join(filled(pattern, parts_of) for pattern in patterns)
    return expression(form.replace("{}", either) if patterns else r"(?!)", re.IGNORECASE)


def contrast_rules(entry: ContrastEntry, parts_of: Mapping[str, str]) -> ContrastRules:
    several = (entry.now, entry.so_now, entry.over, entry.ended, entry.turns)
    now, so_now, over, ended, turns = (
        "|".join(filled(pattern, parts_of) for pattern in patterns) for patterns in several
    )
    turned = rf"(?:{turns}) \d"
    then = [rf"\d[\d.]*(?: ?[a-z°]{{1,3}})?(?= {turned})", *(filled(one, parts_of) for one in entry.then)]
    now = rf"(?:{turns})(?= \d)|{now}"
    opens = (
        rf"(?:(?<=[,;:(–—-])\s*|(?<=[,;:(–—-]\s)|\b(?:{'|'.join(entry.joins)})\s+|(?<=\.\s)|\A|(?<=\n)|(?={turned}))"
    )
    return ContrastRules(
        then=Alternation([then], before=r"(?<![\w/-])", behind=r"(?!\w)"),
        now=expression(small(rf"{opens}[•*\s-]*(?P<word>{now})(?!\w)")),
        so_now=expression(small(rf"[•*\s-]*(?:{so_now})(?!\w)")),
        ended=expression(small(rf"{opens}[•*\s-]*(?P<word>{ended})(?!\w)")),
        over=expression(
            rf"[•*\s-]*(?:(?:{now})[,:]?\s(?:{over})|(?:{over})\s(?:{'|'.join(entry.now_last)}))(?!\w)", re.IGNORECASE
        ),
        parts={part: expression(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE) for part, words in entry.parts.items()},
    )
