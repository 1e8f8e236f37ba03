"""Concepts, heads, sites, cues and words as they stand in ``patterns/``: what each may hold, typed and frozen."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from popliteal.errors import PatternError
from popliteal.knowledge.model import Model

_LEVEL = re.compile(r"\b(?:L[1-5]|S[1-4])(?:\s?[-–/]\s?[LS]?[1-5])?\b")


_SIGNS = frozenset("(){}|")
#: Signs that tell a regular expression from a word.
_OF_EXPRESSIONS = frozenset("()[]\\")


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


class WordClasses(dict[str, list[str]]):
    """Lists of words by name; one that somebody asks for and that is not there is a mistake in the patterns."""

    def __missing__(self, name: str) -> list[str]:
        raise PatternError([f"words.yaml: classes: {name}: missing; a classes: of your own needs all that is read by"])


def _classes(classes: dict[str, list[str]]) -> WordClasses:
    """Lists of words by name; those with a letter and a bracket or backslash are regular expressions.

    Raises:
        ValueError: one of these is none.
    """
    for name, words in classes.items():
        for word in words:
            if not _OF_EXPRESSIONS.isdisjoint(word) and any(map(str.isalpha, word)):
                try:
                    re.compile(word)
                except re.error as error:
                    raise ValueError(f"{name}: {word!r} is no regular expression: {error}") from error
    return WordClasses(classes)


PlainWords = Annotated[list[str], AfterValidator(_plain)]


class Ambiguous(Model):
    """A form that means the concept only in some company.

    ``needs`` and ``unless`` are words or phrases looked for within ``window`` tokens on either side, ``not_behind``
    right before it ("does not move the leg" is no movement); ``case`` asks for the letters exactly as written;
    ``assertion`` marks a form that denies the concept by itself ("atraumatic"), ``done`` one that names what is
    past as soon as it is asserted ("C/S"), ``bare`` one that counts only where it is denied ("drugs").
    """

    form: str
    case: bool = False
    done: bool = False
    bare: bool = False
    assertion: Literal["absent"] | None = None
    needs: PlainWords = []
    unless: PlainWords = []
    not_behind: PlainWords = []
    window: int = Field(default=8, ge=1, le=60)

    @property
    def company(self) -> tuple[str, ...]:
        """All the words that it asks for or that forbid it."""
        return (*self.needs, *self.unless, *self.not_behind)


class Example(Model):
    """A sentence with the expected reading, in the inline markup of the corpora."""

    text: str
    absent: bool = False


class Namesake(Model):
    """A disease that has the same name elsewhere ("radiculopathy" of an arm).

    ``name`` and ``other`` are regular expressions: its bare name, and what it is called there. Where a note has called
    it so, its bare name is no finding, unless the note tells one of ``unless``, or names the disease in full.
    """

    name: str
    other: str
    unless: list[str]


class Traits(Model):
    """What ``categories.yaml`` says of all concepts of a category, and a concept may say otherwise of itself.

    ``disease`` marks a disease by its name, which a test can look for ("bloods for diabetes"), ``background`` what a
    patient has had or has, none of it a complaint or a sign. ``elicited`` is what an examination or a test shows,
    ``sign`` whether a mention is what an examination shows: ``always``, or where it is ``measured``; ``graded`` what is
    given in grades (the power of a muscle), ``pluses`` what is counted in them ("2+" is 2). ``examinable`` is a
    complaint that the examination of today can take back. ``of_limb`` marks what is complained of or found in a limb,
    ``names_place`` whether its own words name a place for what stands beside it ("ankle jerk" names none).
    ``listed_sides`` marks what is examined on both legs together, so that the side of a label or of one of a list is
    that of the next ("RLE: DP and PT pulses 2+"); ``symmetric`` what is so on both legs at once. ``anywhere`` marks
    what may be in any part, so that a bare word for it is not of the joint that was spoken of; ``local`` what is denied
    of the one part that the note is about; ``named_side`` what is of the only leg that the note names, even in passing.
    ``systemic`` marks what is asked of the whole of somebody, so that a "nil" behind it leaves the complaint before it
    ("Saddle numbness, fever nil"); ``brings`` what somebody comes with, so that what stands beside it is no list of
    what was asked ("Back pain, saddle numbness, fever nil").
    """

    disease: bool = False
    background: bool = False
    elicited: bool = False
    sign: Literal["always", "measured"] | None = None
    graded: bool = False
    pluses: bool = False
    examinable: bool = False
    of_limb: bool = False
    names_place: bool = True
    listed_sides: bool = False
    symmetric: bool = False
    anywhere: bool = False
    local: bool = False
    named_side: bool = False
    systemic: bool = False
    brings: bool = False


class Category(Traits):
    """What the concepts of one file of ``concepts/`` have in common, unless one says otherwise."""

    id: str


class Concept(Traits):
    """One thing that can be found; what it shares with its category is explained at ``Traits``.

    ``absent_phrases`` say that it is not there ("afebrile"). ``bare_phrases`` name what it is a disorder of ("bladder",
    "speech") and count only where nothing is wrong with it ("bladder: no", "speech normal"). ``done_phrases`` name
    operations among what is none ("hysterectomy" of ``pelvic_cause``). ``site`` is where it is
    when the note says nothing. ``sites`` says where else it can be: ``none`` (it has no place), ``fixed`` (always at
    ``site``), ``own`` (only where its own noun phrase says), ``near`` (also by its clause and line). ``at`` tells
    what it is called at a site (numbness at the saddle is ``saddle_anesthesia``), ``unlisted`` its site at a part of
    the leg that the inventory has not ("abscess of the thigh"), ``elsewhere`` what one of its words is at another place
    listed with its own ("numbness of the perineum and legs"). ``looks_back`` gives a mention without a place that of
    the same finding before it (``same``), or else the site named last (``site``), or the last one of the back
    (``back``). ``not_after`` lists sites: a mention without a place is none where the last site named
    before it is one of them ("a splint" for a finger). ``lingers`` tells whether it is company for the heads of the
    whole note after it, not of the next two sentences alone ("the wound" after "ulcer of the heel"). ``sided`` tells
    whether it has a side (``own``: only the one that its own noun phrase names, "left femoral artery disease";
    ``brain``: that of the brain beside it, which is none of a limb, "infarct in the left frontal lobe"), ``sided_by``
    regular expressions of words of which a mention must hold one to have any ("cellulitis" is of a limb, "otitis" not),
    ``destination`` whether it is where it goes to ("from the back to the heel"),
    ``side_carries`` whether a note's only side is its side too, ``recalls_side`` whether the side named before it is (a
    disease may well be elsewhere, too); ``unsaid_side`` is the side of a mention that names
    none ("ankle jerks absent" means both), ``denied_side`` the same of one that is denied ("SLR negative"),
    ``plural_side`` whether a plural among the words that deny it is both sides
    ("walks on heels" says nothing of sides). ``event`` marks what happens once (operations, injuries), ``done`` what
    lies in the past as soon as it is asserted (operations),
    ``value`` what of its own words is its value (``level``: of the spine, "L5"),
    ``lasting`` what is still there however long ago it was put in (a prosthesis), ``chronic`` a disease that stays
    ("diabetes diagnosed ten years ago"), ``treatment`` what is given (drug) or
    worn (device) and so can be planned, ``normal`` a normal finding, which a list of negations does not reach,
    ``one_place`` what is one however many places its words name ("no DVT of the femoral or popliteal veins"),
    ``seen_as`` the concept that a disease is where a scan or its report shows it ("MRI: discitis"), ``yields_to`` the
    concepts that say more of the same words ("axonal neuropathy" as a study tells it). One ``beside_grades``
    stands although a grade has some of its words ("wasting of the quadriceps, power 4/5"). A ``grave`` one must not be
    lost: behind a comma and something else that is denied it stays possible ("No swelling, saddle numbness"). A
    ``screened`` one is none where its name, opening a line, only heads what was denied of it ("CES: no retention"). Of
    a ``warned`` one the bare name counts among what somebody is told to come back with ("ED if weak, saddle, bladder").
    ``beside`` lists concepts of which the note must tell one that is there: without it, a mention is no finding.
    ``namesake`` says how the same is called elsewhere, ``qualifies`` before what it only qualifies ("diabetic foot").
    """

    id: str
    category: str
    label: str
    src: str
    codes: Codes = Field(default_factory=Codes)
    phrases: list[str] = []
    absent_phrases: list[str] = []
    bare_phrases: list[str] = []
    done_phrases: list[str] = []
    ambiguous: list[Ambiguous] = []
    site: str | None = None
    sites: Literal["none", "fixed", "own", "near"] = "near"
    at: dict[str, str] = {}
    unlisted: str | None = None
    elsewhere: dict[str, list[str]] = {}
    looks_back: Literal["same", "site", "back"] | None = None
    not_after: list[str] = []
    lingers: bool = False
    sided: bool | Literal["own", "brain"] = True
    sided_by: list[str] = []
    destination: bool = False
    side_carries: bool = True
    recalls_side: bool = True
    unsaid_side: Literal["bilateral"] | None = None
    denied_side: Literal["bilateral"] | None = None
    plural_side: bool = True
    event: bool = False
    done: bool = False
    lasting: bool = False
    chronic: bool = False
    normal: bool = False
    treatment: Literal["drug", "device"] | None = None
    value: Literal["level"] | None = None
    one_place: bool = False
    grave: bool = False
    beside_grades: bool = False
    screened: bool = False
    warned: bool = False
    seen_as: str | None = None
    yields_to: list[str] = []
    beside: list[str] = []
    namesake: Namesake | None = None
    qualifies: list[str] = []
    examples: list[str] = []

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
    ``company`` the concepts of which one must stand near for that (none listed: always), ``company_here`` more of them
    that count only in the same sentence; ``known`` asks for company where it has a site, too ("the wound"); with
    ``again`` a word without a place is before all that of its concepts that the note named last ("the surgery" after
    "right knee arthroscopy"). ``under`` holds titles, in small letters,
    below which it means its default as well ("cardiovascular"). ``also`` maps a site to another that it means too
    ("limbs" are arms as well). ``reach`` is how many words back a site of the sentence may stand without a verb between
    ("R knee swollen overnight, hot, red"). ``inherit`` says whether a site from the surroundings counts, or only one in
    the same clause; ``about`` whether a word in a sentence without a place is of the part that the note is about;
    ``goes_on`` whether it is of that of the sentences before although its concepts may be anywhere ("pain on motion").
    ``absent_phrases`` say by themselves that it is not there ("nontender"). Where it says nothing that it is absent
    (a joint that is not tender may hurt), ``denies`` lists the only concepts that it can deny.
    """

    id: str
    src: str
    phrases: list[str]
    absent_phrases: list[str] = []
    denies: list[str] | None = None
    by_site: dict[str, str]
    also: dict[str, str] = {}
    default: str | None = None
    company: list[str] = []
    company_here: list[str] = []
    known: bool = False
    again: bool = False
    under: list[str] = []
    reach: int = 0
    about: bool = False
    goes_on: bool = False
    ambiguous: list[Ambiguous] = []
    inherit: bool = False
    examples: list[str] = []


class Site(Model):
    """A part of the body.

    ``leg`` is false for what lies elsewhere (arm, face, spine): its side says nothing about a leg. ``refers`` lists the
    sites that a word such as "joint" may stand for: the one named last; where one of them was, it is the site that it
    ``means`` ("digits" behind a foot are toes). ``outside`` ones are known only so that a
    finding is not given to the leg by mistake. ``part`` names the joint or segment a site belongs to ("heel" is of the
    foot); a site that may be the whole limb has none. A ``weak`` one is of no account under the label of a part of a
    leg ("Right knee: the skin is cool"). What is joined to a finding of a leg is of the leg as well; elsewhere that
    holds where the site ``carries`` ("arm numbness and weakness", not "back pain and weakness"). A ``vague`` one is of
    the part that was named before it, if one was ("the disk was removed" in an operation on the neck). A ``midline``
    one has a side only by its own words ("left sciatica, back pain"). A ``limit`` is where no nerve ends: a pain that
    goes there is in the limb above it ("down the leg to the knee").
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
    midline: bool = False
    vague: bool = False
    limit: bool = False
    refers: list[str] = []
    means: str | None = None
    report: str | None = None

    @property
    def reported(self) -> bool:
        """Whether a finding can have it: it is neither elsewhere nor known to reading only."""
        return not (self.outside or self.helper)


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
    """``words.yaml``: word classes, words a gap or any phrase may skip, spelling, ordinary words that resemble ours."""

    classes: Annotated[dict[str, list[str]], AfterValidator(_classes)]
    gap: list[str]
    adverbs: list[str] = []
    spelling: dict[str, str]
    ordinary: list[str]
    shorthand: dict[str, list[str]] = {}
    contracted: dict[str, str] = {}
    read_as: dict[str, str] = {}
    own_behind: dict[str, list[str]] = {}
    counterparts: dict[str, list[str]] = {}
    acronyms: Acronyms
    prepositions: list[str]
    joiners: list[str]
    linking: list[str]
    breakers: list[str]


class Blocker(Model):
    """Phrases that look like a finding and are none, and forms that are none only in some company."""

    id: str
    src: str
    phrases: list[str] = []
    ambiguous: list[Ambiguous] = []


class Coupled(Model):
    """What couples two things is no word for both sides ("both the dorsum and the sole"): each of ``words`` is then
    read as one of no meaning, no longer than it. ``verbs`` may stand before it, ``many`` are words for both
    limbs; ``bars`` and verbs never stand between it and the two things."""

    words: dict[str, str] = {}
    verbs: list[str] = []
    many: list[str] = []
    bars: list[str] = []


class Sides(Model):
    """``laterality.yaml``: how a side is written."""

    left: list[str]
    right: list[str]
    bilateral: list[str]
    letters: dict[str, str]
    bracketed: dict[str, str] = {}
    limbs: dict[str, str] = {}
    joined: dict[str, str]
    plural_is_both: list[str]
    versus: list[str] = []
    spans: list[str] = []
    pairs: list[str] = []
    examined: list[str] = []
    described: list[str] = []
    left_by: list[str] = []
    before_parts: list[str] = []
    asides: list[str] = []
    operated_days: int = 60
    told_days: int = 366
    same: list[str]
    other: list[str]
    neither: list[str] = []
    coupled: Coupled = Field(default_factory=Coupled)

    @field_validator("bracketed", "limbs")
    @classmethod
    def _fits(cls, bracketed: dict[str, str]) -> dict[str, str]:
        if longer := [short for short, word in bracketed.items() if len(word) > len(short)]:
            raise ValueError(f"longer than what it stands for, which would move all that follows: {', '.join(longer)}")
        return bracketed


class Cue(Model):
    """A class of assertion cues; ``scope`` and ``direction`` are explained at the head of ``assertion.yaml``."""

    id: str
    effect: Literal["absent", "possible", "hypothetical", "family", "present", "now", "untested", "none", "stop"]
    direction: Literal["forward", "backward", "both", "none"]
    scope: Literal["list", "clause", "phrase", "sentence", "next", "near"]
    weak: bool = False
    over_doubt: bool = False
    over_denial: bool = False
    only: Literal["events", "complaints", "bare", "diagnoses", "symptoms", "results", "general"] | None = None
    opening: bool = False
    closing: bool = False
    sign: bool = False
    impersonal: bool = False
    disease: bool = False
    choice: bool = False
    embeds: bool = False
    firm: bool = False
    settles: bool = False
    fulfils: bool = False
    turns: bool = False
    affirms: bool = False
    behind: str | None = None
    apart: str | None = None
    ahead: str | None = None
    command: bool = False
    listed: Literal["bare", "marked"] | None = None
    reach: int | None = None
    phrases: list[str]
