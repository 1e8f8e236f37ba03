"""Concepts, heads and sites as they stand in ``patterns/``: typed, frozen, and checked against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from popliteal.errors import PatternError
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.phrases import PhraseError, check
from popliteal.knowledge.source import Source, validate

_LEVEL = re.compile(r"\b(?:L[1-5]|S[1-4])(?:\s?[-–/]\s?[LS]?[1-5])?\b")


_SIGNS = frozenset("(){}|")


class Model(BaseModel):
    """Base of all pattern models: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Codes(Model):
    """Codes of other vocabularies. ``confidence`` per vocabulary: V verified, x by HPO xref, r and m unverified."""

    icd10cm: list[str] = []
    hpo: list[str] = []
    snomed: list[str] = []
    umls: list[str] = []
    confidence: dict[str, str] = {}
    note: str | None = None


def _plain(words: list[str]) -> list[str]:
    """Words as they stand.

    Raises:
        ValueError: one holds a sign of the language of phrases.
    """
    for word in words:
        if not _SIGNS.isdisjoint(word):
            raise ValueError(f"{word!r}: no brackets, bars or classes here; write each word by itself")
    return words


PlainWords = Annotated[list[str], AfterValidator(_plain)]


class Ambiguous(Model):
    """A form that means the concept only in some company.

    ``needs`` and ``unless`` are words or phrases looked for within ``window`` tokens on either side; ``case`` asks for
    the letters exactly as written; ``assertion`` marks a form that denies the concept by itself ("atraumatic"), and
    ``done`` one that names what lies in the past as soon as it is asserted ("C/S").
    """

    form: str
    case: bool = False
    done: bool = False
    assertion: Literal["absent"] | None = None
    needs: PlainWords = []
    unless: PlainWords = []
    window: int = Field(default=8, ge=1, le=60)


class Example(Model):
    """A sentence with the expected reading, in the inline markup of the corpora."""

    text: str
    absent: bool = False


#: Categories of what an examination or a test shows.
_RESULTS = frozenset({"sign", "test", "reflex"})


class Concept(Model):
    """One thing that can be found.

    ``absent_phrases`` say that it is not there ("afebrile"). ``bare_phrases`` name what it is a disorder of ("bladder",
    "speech") and count only where nothing is wrong with it ("bladder: no", "speech normal"). ``done_phrases`` name
    operations among what is none ("hysterectomy" of ``pelvic_cause``). ``site`` is where it is
    when the note says nothing. ``sites`` says where else it can be: ``none`` (it has no place), ``fixed`` (always at
    ``site``), ``own`` (only where its own noun phrase says), ``near`` (also by its clause and line). ``at`` tells
    what it is called at a site (numbness at the saddle is ``saddle_anesthesia``). ``looks_back`` gives a mention
    without a place that of the same finding before it (``same``), or else the site named last (``site``), or the last
    one of the back (``back``). ``not_after`` lists sites: a mention without a place is none where the last site named
    before it is one of them ("a splint" for a finger). ``lingers`` tells whether it is company for the heads of the
    whole note after it, not of the next two sentences alone ("the wound" after "ulcer of the heel"). ``sided`` tells
    whether it has a side (``own``: only the one that its own noun phrase names, "left femoral artery disease";
    ``brain``: that of the brain beside it, which is none of a limb, "infarct in the left frontal lobe"),
    ``destination`` whether it is where it goes to ("from the back to the heel"),
    ``side_carries`` whether a note's only side is its side too; ``unsaid_side`` is the side of a mention that names
    none ("ankle jerks absent" means both), ``plural_side`` whether a plural among the words that deny it is both sides
    ("walks on heels" says nothing of sides). ``event`` marks what happens once (operations, injuries), ``done`` what
    lies in the past as soon as it is asserted (operations),
    ``value`` what of its own words is its value (``level``: of the spine, "L5"),
    ``lasting`` what is still there however long ago it was put in (a prosthesis), ``chronic`` a disease that stays
    ("diabetes diagnosed ten years ago"), ``treatment`` what is given (drug) or
    worn (device) and so can be planned, ``normal`` a normal finding, which a list of negations does not reach,
    ``one_place`` what is one however many places its words name ("no DVT of the femoral or popliteal veins"),
    ``disease`` a disease by its name outside the category of diagnoses, which a test can look for, ``seen_as`` the
    concept that a disease is where a scan or its report shows it ("MRI: discitis"), ``yields_to`` the concepts that say
    more of the same words ("axonal neuropathy" as a study tells it). A ``grave`` one must not be lost: behind a comma
    and something else that is denied it stays possible ("No swelling, saddle numbness").
    """

    id: str
    category: str
    label: str
    src: str
    codes: Codes = Codes()
    phrases: list[str] = []
    absent_phrases: list[str] = []
    bare_phrases: list[str] = []
    done_phrases: list[str] = []
    ambiguous: list[Ambiguous] = []
    token_patterns: list[list[dict[str, Any]]] = []
    site: str | None = None
    sites: Literal["none", "fixed", "own", "near"] = "near"
    at: dict[str, str] = {}
    looks_back: Literal["same", "site", "back"] | None = None
    not_after: list[str] = []
    lingers: bool = False
    sided: bool | Literal["own", "brain"] = True
    destination: bool = False
    side_carries: bool = True
    unsaid_side: Literal["bilateral"] | None = None
    plural_side: bool = True
    event: bool = False
    done: bool = False
    lasting: bool = False
    chronic: bool = False
    normal: bool = False
    treatment: Literal["drug", "device"] | None = None
    value: Literal["level"] | None = None
    one_place: bool = False
    elicited: bool = False
    disease: bool = False
    grave: bool = False
    seen_as: str | None = None
    yields_to: list[str] = []
    examples: list[str] = []

    @property
    def is_disease(self) -> bool:
        """Whether it is a disease by its name, which a test can look for ("bloods for diabetes")."""
        return self.disease or self.category == "diagnosis"

    @property
    def is_result(self) -> bool:
        """Whether it is what an examination or a test shows."""
        return self.elicited or self.category in _RESULTS

    def at_site(self, site: str | None) -> str:
        """The concept that a mention of this one is at ``site``: numbness of the saddle is saddle anesthesia."""
        return self.at.get(site or "", self.id)

    def value_in(self, words: str) -> str | None:
        """What the words of a mention give as its value: the level of "L5 radiculopathy"."""
        level = _LEVEL.search(words) if self.value == "level" else None
        return level[0] if level else None


class Head(Model):
    """A word such as "pain" or "weakness" that becomes a concept by the site it belongs to.

    ``by_site`` maps a site to a concept; ``default`` is what it becomes without a site (None: nothing), and
    ``company`` the concepts of which one must stand near for that (none listed: always); ``known`` asks for company
    where it has a site, too ("the wound"); with ``again`` a word without a place is before all that of its concepts
    that the note named last ("the surgery" after "right knee arthroscopy"). ``under`` holds titles, in small letters,
    below which it means its default as well ("cardiovascular"). ``also`` maps a site to another that it means too
    ("limbs" are arms as well). ``reach`` is how many words back a site of the sentence may stand without a verb between
    ("R knee swollen overnight, hot, red"). ``inherit`` says whether a site from the surroundings counts, or only one in
    the same clause; ``about`` whether a word in a sentence without a place is of the part that the note is about.
    ``absent_phrases`` say by themselves that it is not there ("nontender").
    """

    id: str
    src: str
    phrases: list[str]
    absent_phrases: list[str] = []
    by_site: dict[str, str]
    also: dict[str, str] = {}
    default: str | None = None
    company: list[str] = []
    known: bool = False
    again: bool = False
    under: list[str] = []
    reach: int = 0
    about: bool = False
    ambiguous: list[Ambiguous] = []
    inherit: bool = False
    examples: list[str] = []


class Site(Model):
    """A part of the body.

    ``leg`` is false for what lies elsewhere (arm, face, spine): its side says nothing about a leg. ``refers`` lists the
    sites that a word such as "joint" may stand for: the one named last. ``outside`` ones are known only so that a
    finding is not given to the leg by mistake. ``part`` names the joint or segment a site belongs to ("heel" is of the
    foot); a site that may be the whole limb has none. A ``weak`` one is of no account under the label of a part of a
    leg ("Right knee: the skin is cool"). What is joined to a finding of a leg is of the leg as well; elsewhere that
    holds where the site ``carries`` ("arm numbness and weakness", not "back pain and weakness").
    """

    id: str
    label: str
    src: str
    phrases: list[str] = []
    ambiguous: list[Ambiguous] = []
    P: list[str] = []
    S: list[str] = []
    note: str | None = None
    leg: bool = True
    part: str | None = None
    outside: bool = False
    weak: bool = False
    carries: bool = False
    helper: bool = False
    refers: list[str] = []
    report: str | None = None


class Outcome(Model):
    """How a story ends: phrases, and the categories of findings that are over with it."""

    id: str
    src: str
    categories: list[str]
    phrases: list[str]


class Acronyms(Model):
    """Acronyms of the patterns whose small letters mean something else: in every note, or where a note has capitals."""

    never: PlainWords
    ambiguous: PlainWords


class Words(Model):
    """``words.yaml``: word classes, words a gap may skip, spelling, and ordinary words that resemble ours."""

    classes: dict[str, list[str]]
    gap: list[str]
    spelling: dict[str, str]
    ordinary: list[str]
    shorthand: dict[str, list[str]] = {}
    contracted: dict[str, str] = {}
    acronyms: Acronyms
    prepositions: list[str]
    joiners: list[str]
    linking: list[str]
    breakers: list[str]


class Blocker(Model):
    """Phrases that look like a finding and are none."""

    id: str
    src: str
    phrases: list[str]


class Sides(Model):
    """``laterality.yaml``: how a side is written."""

    left: list[str]
    right: list[str]
    bilateral: list[str]
    letters: dict[str, str]
    bracketed: dict[str, str] = {}
    joined: dict[str, str]
    plural_is_both: list[str]
    pairs: list[str] = []
    examined: list[str] = []
    described: list[str] = []
    left_by: list[str] = []
    same: list[str]
    other: list[str]
    neither: list[str] = []

    @field_validator("bracketed")
    @classmethod
    def _fits(cls, bracketed: dict[str, str]) -> dict[str, str]:
        if longer := [short for short, word in bracketed.items() if len(word) > len(short)]:
            raise ValueError(f"longer than what it stands for, which would move all that follows: {', '.join(longer)}")
        return bracketed


class Cue(Model):
    """A class of assertion cues; ``scope`` and ``direction`` are explained at the head of ``assertion.yaml``."""

    id: str
    effect: Literal["absent", "possible", "hypothetical", "family", "present", "untested", "none", "stop"]
    direction: Literal["forward", "backward", "both", "none"]
    scope: Literal["list", "clause", "phrase", "sentence", "next", "near"]
    weak: bool = False
    over_doubt: bool = False
    only: Literal["events", "complaints", "bare", "diagnoses", "results", "general"] | None = None
    opening: bool = False
    closing: bool = False
    sign: bool = False
    impersonal: bool = False
    disease: bool = False
    embeds: bool = False
    firm: bool = False
    behind: str | None = None
    listed: Literal["bare", "marked"] | None = None
    reach: int | None = None
    phrases: list[str]


def load_entries(layers: Layers, name: str, model: type[Model]) -> dict[str, Any]:
    """Every entry of ``name`` as a ``model``, in file order; all problems are collected into one error."""
    found: dict[str, Any] = {}
    problems: list[str] = []
    for key, (source, path, data) in layers.entries(name).items():
        if not isinstance(data, dict):
            problems.append(f"{source.where(path)}: {key}: expected a mapping")
            continue
        fields: dict[str, Any] = {"id": key, **data}
        if "category" in model.model_fields:
            fields.setdefault("category", source.file.stem)
        try:
            found[key] = validate(source, path, model, fields)
        except PatternError as error:
            problems.extend(error.problems)
    if problems:
        raise PatternError(problems)
    return found


def load_single(layers: Layers, name: str, model: type[Model]) -> Any:
    """A file that is one object; a later layer's top-level keys replace the earlier ones'."""
    merged: dict[str, Any] = {}
    last: Source | None = None
    for source in layers.files(name):
        if not isinstance(source.data, dict):
            raise PatternError([f"{source.file}:1: expected a mapping"])
        merged.update(source.data)
        last = source
    if last is None:
        raise PatternError([f"{layers.folders[-1] / name}: missing; a full set of patterns needs it"])
    return validate(last, (), model, merged)


#: The files whose entries have phrases.
PHRASED = ("concepts", "heads.yaml", "sites.yaml", "blockers.yaml", "assertion.yaml", "outcomes.yaml")


def phrase_lists(data: object) -> Iterator[tuple[str, int, str]]:
    """``(list, index in it, phrase)`` for every phrase of an entry as it stands in its file."""
    if isinstance(data, dict):
        for kind in ("phrases", "absent_phrases", "bare_phrases", "done_phrases"):
            for index, phrase in enumerate(data.get(kind, [])):
                yield kind, index, str(phrase)


def _ambiguous_forms(data: object) -> Iterator[tuple[tuple[str, int, str], str]]:
    """Where each ambiguous form of an entry stands in it, and the form."""
    if isinstance(data, dict):
        for index, one in enumerate(data.get("ambiguous", [])):
            yield ("ambiguous", index, "form"), str(one["form"])


def check_phrases(layers: Layers, name: str, words: Words) -> list[str]:
    """Problems with the phrases of ``name`` that do not parse."""
    problems: list[str] = []
    for key, (source, path, data) in layers.entries(name).items():
        lists = (((kind, index), phrase) for kind, index, phrase in phrase_lists(data))
        for at, phrase in (*lists, *_ambiguous_forms(data)):
            try:
                check(phrase, words.classes)
            except PhraseError as error:
                problems.append(f"{source.where((*path, *at))}: {key}: {error}")
    return problems
