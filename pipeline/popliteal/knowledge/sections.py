"""The titles and kinds of sections, and the grammar of headers."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeVar

from pydantic import Field

from popliteal.errors import PatternError
from popliteal.knowledge.expressions import Expression, expression
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.model import Model
from popliteal.knowledge.source import Path_, Source, validate

#: Kinds of sections: they stand in the output, so they stay; what each does is said in ``sections.yaml``.
KINDS: tuple[str, ...] = (
    "hpi",
    "chief_complaint",
    "past_history",
    "surgical_history",
    "family_history",
    "social_history",
    "ros",
    "exam",
    "vitals",
    "imaging",
    "labs",
    "electrodiagnostics",
    "assessment",
    "differential",
    "plan",
    "goals",
    "instructions",
    "consent",
    "medications",
    "stopped_medications",
    "allergies",
    "procedure",
    "indication",
    "hospital_course",
    "interval_history",
    "prior_note",
    "diagnosis_list",
    "unknown",
)

#: A word of a title that begins with a capital.
_CAPITAL = r"[A-Z][\w/&'’-]*"
_DROPPED = frozenset({"and", "the", "of"})
_WORD = re.compile(r"[^\W_]+|#")
_NOISE = str.maketrans("", "", "'’`.")
_GROUP = re.compile(r"\(([^()]*)\)")


class KindEntry(Model):
    """One kind of section.

    ``inner`` says what a header inside it does: ``any`` (unknown headers stay in the section, as in an examination),
    ``labels`` (only known labels stay), ``none`` (a known label opens the section it belongs to). ``plans`` marks a
    section in which an operation is one to come, ``operates`` one that tells of an operation and what is done in it,
    ``examines`` one that tells of an examination, ``sees`` one that, in a report, tells what is seen. ``subject`` marks
    one that says what the whole note is about, ``aside`` one that tells of the patient as a whole. One that
    ``ends_with`` classes of words ends with a later sentence that holds one of them and names no relative; where the
    class says ``section``, none may be named before it, either; ``line``: on the line of its title, whomever it names.
    One that is ``of_diseases`` ends with one that tells of an examination, too, or with a line of complaints below its
    own. ``keeps`` lists titles of other kinds that open no section below it ("Findings" of an operation).
    """

    titles: tuple[str, ...] = ()
    assertion: Literal["hypothetical", "family", "absent", "untested", "possible"] | None = None
    temporality: Literal["historical", "historical_events", "historical_drugs"] | None = None
    inner: Literal["any", "labels", "none"] = "labels"
    plans: bool = False
    operates: bool = False
    examines: bool = False
    sees: bool = False
    subject: bool = False
    aside: bool = False
    ends_with: dict[str, Literal["sentence", "section", "line"]] = {}
    of_diseases: bool = False
    keeps: tuple[str, ...] = ()


class LabelEntry(Model):
    """Labels that stand inside sections; ``default`` is their kind where the enclosing section cannot hold them.

    ``inside`` names the only kinds that can; left out, the ``inner`` of the section decides. A label that
    ``keeps_side`` is of the side of the title above it; one that ``divides`` only where no other words stand between
    ("RIGHT FOOT: Vascular: ... Skin: ..."). ``leaves_out`` names the concepts that are none of the patient's limbs
    below such a label ("XI: strength normal").
    """

    titles: tuple[str, ...]
    default: str | None = None
    inside: tuple[str, ...] = ()
    keeps_side: bool = False
    divides: bool = False
    leaves_out: tuple[str, ...] = ()


class GrammarEntry(Model):
    """How titles may be dressed: words around them, words that make a phrase no title, titles without a colon; words
    may follow one of ``prefixes``, one of ``prefixes_alone`` also without a colon in a line of its own; what is
    ``stated`` in a line of its own ("risks discussed") is a title only with a colon or above a list.

    ``studies`` are words that begin the title of a report ("MRI of the left knee"); ``parts`` are the headers inside a
    report, which keep what its title names, ``closing`` those of them that close it and can also stand without one.
    ``answers`` are words that say all of a section of one of the kinds in ``answered``: the next line is outside it.
    A title of nothing but a side ("RIGHT:") is a label of the kind ``side_alone``; a word for a side before one of
    ``no_side_before`` or behind one of ``no_side_behind`` is none ("L spine", "Why the answer is right").
    Behind a word of ``leads_on`` no title runs on; ``within`` are the small words of one that does, ``joins`` those
    between two titles ("Meds and allergies"). The stop of an ``abbreviated`` word is none of a sentence. What is
    ``concluding`` begins the line of an impression.
    A section of a kind in ``inline`` that begins on the line of its title ends with its paragraph, one of a kind in
    ``paragraph`` always does. ``marked`` holds, by kind, the words by which any title becomes one of that kind ("Exam
    (copied forward)").
    """

    affixes: tuple[str, ...]
    never: tuple[str, ...]
    bare: tuple[str, ...]
    prefixes: tuple[str, ...]
    prefixes_alone: tuple[str, ...] = ()
    tails: dict[str, str]
    soap: dict[str, str]
    handover: dict[str, str]
    concluding: tuple[str, ...] = ()
    leads_on: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    abbreviated: tuple[str, ...] = ()
    no_side_before: tuple[str, ...] = ()
    no_side_behind: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()
    paragraph: tuple[str, ...] = ()
    side_alone: str
    studies: tuple[str, ...] = ()
    named_by: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    marked: dict[str, tuple[str, ...]] = {}
    sides: dict[str, tuple[str, ...]] = Field(description="left, right and bilateral: words that name them")


@dataclass(frozen=True, slots=True)
class KindRule:
    """What a section of one kind does to findings in it when nothing nearer speaks."""

    assertion: str | None = None
    temporality: str | None = None
    inner: str = "labels"
    plans: bool = False
    operates: bool = False
    examines: bool = False
    sees: bool = False
    subject: bool = False
    aside: bool = False
    of_diseases: bool = False
    ends_with: Mapping[str, str] = field(default_factory=dict)
    keeps: frozenset[str] = frozenset()

    @property
    def tells_past(self) -> bool:
        """Whether it tells of operations and injuries that are over, or of nobody here."""
        return self.assertion not in {None, "possible"} or self.temporality in {"historical", "historical_events"}

    @property
    def of_others(self) -> bool:
        """Whether what is told below it may be of the patient of today, wherever that stands."""
        return any(where != "line" for where in self.ends_with.values())


@dataclass(frozen=True, slots=True)
class Label:
    """A label inside a section: its kind where no section can hold it, whether it keeps the side above it, always or
    where it divides what stands under it, and the concepts that do not count below it."""

    default: str | None
    keeps_side: bool
    inside: frozenset[str] = frozenset()
    leaves_out: tuple[str, ...] = ()
    divides: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SectionRules:
    """Titles in normal form (see :func:`normal`) to kinds and labels, and the grammar of headers.

    ``studies`` have a blank behind them, so that they end with a word. ``bare_inside`` finds a bare ``title`` behind a
    sentence in the same line; ``run_on`` a ``title`` in capitals before a colon, ``parted`` what parts two titles, and
    ``sentence_ends`` the end of a sentence. ``marked``: words within a title, and the kind of section that it opens
    with them.
    """

    kinds: dict[str, KindRule]
    titles: dict[str, str]
    parted: Expression
    run_on: Expression
    sentence_ends: Expression
    labels: dict[str, Label]
    affixes: frozenset[str]
    never: frozenset[str]
    bare: frozenset[str]
    bare_inside: Expression
    prefixes: frozenset[str]
    prefixes_alone: tuple[str, ...]
    tails: dict[str, str]
    soap: dict[str, str]
    handover: dict[str, str]
    sides: dict[str, str]
    stated: frozenset[str]
    side_alone: Label
    concluding: tuple[str, ...] = ()
    leads_on: frozenset[str] = frozenset()
    no_side_before: frozenset[str] = frozenset()
    no_side_behind: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    inline: frozenset[str] = frozenset()
    paragraph: frozenset[str] = frozenset()
    studies: tuple[str, ...] = ()
    named_by: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    marked: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=4096)  # writers of notes use the same titles over and over
def normal(title: str) -> str:
    """The normal form of a title: lower-case words without stops, ``and``, ``of`` and ``the``."""
    return " ".join(w for w in _WORD.findall(title.lower().translate(_NOISE)) if w not in _DROPPED)


def expand(title: str) -> Iterator[str]:
    """Every reading of ``past (medical|surgical|) (history|hx)``."""
    group = _GROUP.search(title)
    if group is None:
        yield title
        return
    for choice in group[1].split("|"):
        yield from expand(title[: group.start()] + choice + title[group.end() :])


#: An entry with where it stands.
_T = TypeVar("_T", bound=Model)
Placed = tuple[Source, Path_, _T]


def load_sections(layers: Layers) -> SectionRules:
    """``sections.yaml`` of all layers.

    Raises:
        PatternError: unknown kinds, a title that two kinds claim, or entries of the wrong shape.
    """
    entries = layers.entries("sections.yaml")
    problems = [
        f"{source.where(path)}: {name}: no such kind of section; expected labels, grammar or one of {', '.join(KINDS)}"
        for name, (source, path, _) in entries.items()
        if name not in (*KINDS, "labels", "grammar")
    ]
    problems += [f"sections.yaml: {name}: missing" for name in ("labels", "grammar", "unknown") if name not in entries]
    if problems:
        raise PatternError(problems)
    kinds: dict[str, Placed[KindEntry]] = {
        n: (s, p, validate(s, p, KindEntry, d)) for n, (s, p, d) in entries.items() if n in KINDS
    }
    source, path, data = entries["labels"]
    groups = data if isinstance(data, dict) else {}
    labels = [(source, (*path, g), validate(source, (*path, g), LabelEntry, d)) for g, d in groups.items()]
    source, path, data = entries["grammar"]
    grammar = validate(source, path, GrammarEntry, data)
    return _rules(kinds, labels, grammar)


def _rules(
    kinds: Mapping[str, Placed[KindEntry]], labels: list[Placed[LabelEntry]], grammar: GrammarEntry
) -> SectionRules:
    """What the checked entries say together.

    Raises:
        PatternError: kinds that are none, or a title that two entries claim; all of these at once.
    """
    problems: list[str] = []
    titles = _titles(kinds, problems)
    inner = _labels(labels, titles, kinds, problems)
    named = {*grammar.answered, *grammar.inline, *grammar.paragraph, *grammar.marked, grammar.side_alone}
    unknown = sorted(named - set(kinds))
    problems += [f"sections.yaml: grammar: {kind!r} is no kind of section" for kind in unknown]
    if problems:
        raise PatternError(problems)
    return _compiled(kinds, titles, inner, grammar)


def _compiled(
    kinds: Mapping[str, Placed[KindEntry]], titles: dict[str, str], inner: dict[str, Label], grammar: GrammarEntry
) -> SectionRules:
    """Entries without a mistake in the forms in which they are compared."""
    return SectionRules(
        kinds={
            kind: KindRule(**entry.model_dump(exclude={"titles", "keeps"}), keeps=frozenset(_normals(entry.keeps)))
            for kind, (_, _, entry) in kinds.items()
        },
        titles=titles,
        labels=inner,
        affixes=frozenset(_normals(grammar.affixes)),
        never=frozenset(grammar.never),
        bare=frozenset(grammar.bare),
        bare_inside=expression(
            rf"[.;|\s](?:(?<!\s)\s++|(?<!\s\s)(?<=\s)\s{{2,}}+)(?P<title>{_any(grammar.bare)})(?=\s\S)"
        ),
        parted=expression(rf"\s*(?:[/&+,]|{_any(grammar.joins)})\s*", re.IGNORECASE),
        run_on=expression(rf"(?<=\s)(?P<title>{_CAPITAL}(?:\s+(?:{_any(grammar.within)}|{_CAPITAL})){{0,5}})\s*$"),
        sentence_ends=expression(_not_of(grammar.abbreviated) + r"[A-Za-z]{2}(?:[.;!?]\s|[.!?],)"),
        prefixes=frozenset(_normals(grammar.prefixes)),
        prefixes_alone=tuple(_normals(grammar.prefixes_alone)),
        tails=grammar.tails,
        soap=grammar.soap,
        concluding=grammar.concluding,
        leads_on=frozenset(grammar.leads_on),
        no_side_before=frozenset(grammar.no_side_before),
        no_side_behind=frozenset(grammar.no_side_behind),
        handover=grammar.handover,
        sides={word: side for side, words in grammar.sides.items() for word in words},
        stated=frozenset(grammar.stated),
        side_alone=Label(grammar.side_alone, keeps_side=False),
        answers=frozenset(grammar.answers),
        answered=frozenset(grammar.answered),
        inline=frozenset(grammar.inline),
        paragraph=frozenset(grammar.paragraph),
        studies=tuple(f"{study} " for study in _normals(grammar.studies)),
        named_by=frozenset(_normals(grammar.named_by)),
        parts=frozenset(_normals(grammar.parts)),
        closing=frozenset(_normals(grammar.closing)),
        marked=tuple((words, kind) for kind, titles in grammar.marked.items() for words in _normals(titles)),
    )


def _titles(kinds: Mapping[str, Placed[KindEntry]], problems: list[str]) -> dict[str, str]:
    """The kinds of sections by their titles; a title that two claim is told in ``problems``."""
    titles: dict[str, str] = {}
    for kind, (source, path, entry) in kinds.items():
        taken = [t for t in dict.fromkeys(_normals(entry.titles)) if titles.setdefault(t, kind) != kind]
        problems += [f"{source.where(path)}: {kind}: title {t!r} belongs to {titles[t]} already" for t in taken]
    return titles


def _labels(
    groups: list[Placed[LabelEntry]], titles: Container[str], kinds: Container[str], problems: list[str]
) -> dict[str, Label]:
    """The labels by their titles; what is no kind, and titles defined elsewhere, are told in ``problems``."""
    inner: dict[str, Label] = {}
    for source, path, group in groups:
        label = Label(group.default, group.keeps_side, frozenset(group.inside), group.leaves_out, group.divides)
        where = f"{source.where(path)}: {path[-1]}"
        wrong = {one for one in (group.default, *group.inside) if one is not None and one not in kinds}
        problems += [f"{where}: {kind!r} is no kind of section" for kind in sorted(wrong)]
        taken = [t for t in dict.fromkeys(_normals(group.titles)) if t in titles or inner.setdefault(t, label) != label]
        problems += [f"{where}: title {title!r} is defined elsewhere already" for title in taken]
    return inner


def _any(words: Iterable[str]) -> str:
    """An expression for any of ``words``, whole; for none of them one that is found nowhere."""
    return rf"\b(?:{'|'.join(map(re.escape, words)) or '(?!)'})\b"


def _not_of(words: Iterable[str]) -> str:
    """An expression for a place behind none of ``words``."""
    return "".join(rf"(?<!\b{re.escape(word)})" for word in words)


def _normals(titles: Iterable[str]) -> Iterator[str]:
    return (normal(reading) for title in titles for reading in expand(title))
