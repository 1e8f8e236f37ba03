"""What ``patterns/measurements.yaml`` may hold, as validated, frozen objects.

Each top-level entry has a ``kind``; a user's folder adds entries or replaces them by id. Words are written as *forms*:
``[x]`` is optional, ``(a|b)`` a choice, a backslash takes the next sign literally. A form stands for a finite list of
spellings, so that reading stays linear whatever is added. A form word of up to four letters with a capital among
them keeps its case; all others match in any case; a hyphen between letters in a note counts as a space.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from popliteal.knowledge.forms import Forms, Regex
from popliteal.knowledge.model import Model
from popliteal.schema import Assertion, Laterality


class Strict(Model):
    """Base of all entries, with their source."""

    src: str = ""


class Sides(Strict):
    """Words for a side, for the order in which two values stand (``R/L``), and for a leg as the side of a sign
    (``DP 2+ right leg, absent left leg``). A subject that ends in ``plural`` is of both legs also behind one leg's sign
    (``right knee jerk absent, ankle jerks normal``). In ``none`` the word is no side ("which left her with ...")."""

    kind: Literal["sides"]
    left: Forms
    right: Forms
    bilateral: Forms
    order: tuple[tuple[Literal["right", "left"], Forms], ...]
    left_limb: Forms = ()
    right_limb: Forms = ()
    none: Forms = ()
    plural: tuple[str, ...] = ()


class Glue(Strict):
    """Small words between a subject, its side and its value; ``later`` ones say that a value is that of now, and
    ``again`` are all the words that may stand before such a value; another would be the name of another test.
    ``denying`` ones make a worded value its opposite, and ``denials`` further off leave it unsaid; ``more`` and
    ``less`` before a number, words or signs, say that the value is above or below it."""

    kind: Literal["glue"]
    sep: Forms
    hard: Forms
    prep: Forms
    link: Forms
    all: Forms
    rest: Forms
    exception: Forms
    versus: Forms
    later: Regex
    again: frozenset[str]
    denying: Forms
    denials: Forms = ()
    more: frozenset[str]
    less: frozenset[str]


class Subject(Strict):
    """What is measured.

    ``weak`` forms count only next to a value. A ``part`` (a movement, a reflex) beats the ``place`` and the ``limb`` it
    stands in; a ``whole`` (``strength``) says what the sentence is about; a ``foreign`` subject is known so that its
    values are not taken for another's. ``unsaid_side`` is the side where none is said (``LL`` means both). A
    ``complaint`` (``weakness``) is measured only where a grade follows it in its own clause. What an ``adjective`` is
    said of may follow it ("no popliteal lymphadenopathy"), so a word for its value counts only behind it. ``normal_as``
    is what the normal strength of a place is called.
    """

    forms: Forms = ()
    weak: Forms = ()
    concept: str | None = None
    site: str | None = None
    side: Laterality | None = None
    unsaid_side: Laterality | None = None
    role: Literal["part", "place", "limb", "whole", "foreign"] = "part"
    region: Literal["leg", "arm", "all"] = "leg"
    complaint: bool = False
    adjective: bool = False
    normal_as: str | None = None


class Value(Strict):
    """A worded value: a number where there is one, and what it does to the subject's concept.

    ``leading`` forms stand before their subject only (``no ankle jerks``). One that is ``opening`` counts behind
    movements that open their clause only (not "pain on dorsiflexion was absent"). It is not said of the subjects
    that it ``spares``, which something else may hold ("knee extension is not possible").
    """

    forms: Forms = ()
    weak: Forms = ()
    leading: Forms = ()
    value: float | None = None
    assertion: Assertion | None = None
    reading: Literal["absent", "low", "normal", "brisk"] | None = None
    concept: str | None = None
    side: Laterality | None = None
    in_span: bool = True
    opening: bool = False
    spares: frozenset[str] = frozenset()


class Joint(Strict):
    """A joint: how it is called in one word, and the movement (of ``Strength.subjects``) that each motion of it is."""

    words: tuple[str, ...]
    motions: dict[str, str]


class Joints(Strict):
    """Motions that are named without their joint, and the joints they may be of (``knee: flexion 4/5``)."""

    motions: dict[str, Forms]
    joints: dict[str, Joint]


class Strength(Strict):
    """Grades of the Medical Research Council: subjects beyond those of ``actions.yaml``, worded grades, blockers.

    What ``examined`` finds begins the examination of one limb; its group ``side`` is the side of the movements that
    follow in the paragraph while no other side is named. ``former`` stands right before a grade of the past,
    ``formerly`` right behind it; what the group ``told`` is, only if a later grade stands before it or has
    ``later`` before it; between words of ``since`` and ``onwards`` a grade changes into another ("from grade 1 to
    2"), with ``units`` ("MRC") before the digits of both; ``myotomes`` are the movements by which a root's level is
    graded. Text is of strength where ``spoken`` or one of the ``worded`` grades is found; right behind a word of
    ``dates`` stands a date ("since 3/5"). ``alike`` says only that both sides have the grade behind it.

    A digit without ``/5`` is a grade behind words of which the last are one of ``named`` ("grade 4"), and may have
    ``rated`` words between it and the word for strength ("power was rated at 4"); ``each`` stand for all that is named
    ("L all 5"), ``being`` between a movement and its digit ("EHL was 3, TA was 4").

    ``complaint_of`` ends right before what is the place of a complaint, and graded by nothing that follows.
    ``weakness_of`` ends right before what is graded and belongs to its finding, as does
    ``weakness_graded`` before a grade in brackets that ``graded_behind`` goes on from. What is ``titled`` is a table of
    strength, in which roots stand for movements.
    """

    kind: Literal["strength"]
    subjects: dict[str, Subject]
    values: dict[str, Value]
    blockers: Forms
    normal_from: float
    elsewhere: Regex
    examined: Regex | None = None
    spoken: Regex
    worded: tuple[str, ...]
    dates: tuple[str, ...]
    former: Regex | None = None
    formerly: Regex | None = None
    later: Regex | None = None
    since: frozenset[str] = frozenset()
    onwards: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    weakened: Regex | None = None
    alike: Regex | None = None
    named: tuple[str, ...]
    rated: frozenset[str]
    each: frozenset[str]
    being: frozenset[str]
    weakness_of: Regex
    complaint_of: Regex
    weakness_graded: Regex
    graded_behind: Regex
    titled: Regex
    myotomes: dict[str, str] = Field(default_factory=dict)
    apart: Joints
    normal_concept: str
    whole_concept: str
    arm_concept: str


class Weakness(Strict):
    """Words that make movements weak: ``of`` before one or a list, ``said`` behind it; ``denied`` behind it: not weak.

    ``less`` stands behind them too, ``lessened`` before them unless it is of one of ``owners``
    ("poor quadriceps bulk"). Of nothing but ``bends`` they need a word of ``strength``
    before: otherwise it may be how far a joint moves (``knee flexion reduced``), unless what is less is a muscle, whose
    name nothing of ``motion`` is in. So may anything in a sentence with a word of ``elsewhere`` (ranges, contractures).
    An exception from ``full`` strength is weak. ``between`` may stand between a movement and what is said of it.
    """

    kind: Literal["weakness"]
    of: Forms
    said: Forms
    motion: str
    less: Forms
    lessened: Forms
    owners: Forms
    bends: tuple[str, ...]
    elsewhere: Forms
    denied: Forms
    strength: Forms
    full: Forms
    between: Forms


class NormalItem(Strict):
    """Something examined: what it is called, and the finding if it is normal (none for what is only passed over).

    ``unsaid_side`` is the side where none is said ("AJs"); what counts ``alone`` needs no list ("good ankle
    pumps"), and what is ``elsewhere`` says that movements beside it are no strength ("ROM: dorsiflexion full").
    """

    forms: Forms
    concept: str | None = None
    assertion: Assertion = "present"
    sided: bool = True
    unsaid_side: Laterality | None = None
    value_text: str | None = None
    alone: bool = False
    elsewhere: bool = False


class NormalList(Strict):
    """Words for normal, and what they may stand with in a list; ``limbs`` behind a list are both sides.

    Those of ``behind`` follow what they are said of. A movement is an item too, and needs no other; ``strong`` says no
    more than that movements are normal. None of a sentence is strength where a word of ``elsewhere`` is in it (ranges,
    tenderness), and none of ``bends`` where the word stands before it, or is ``ranging``: it may be how far they go.
    One of ``bare`` is a part of the body, which only a word of ``strong`` makes a movement.
    """

    kind: Literal["normal_list"]
    normal: Forms
    behind: Forms
    strong: Forms
    elsewhere: Forms
    bends: tuple[str, ...]
    bare: frozenset[str] = frozenset()
    ranging: str
    limbs: Forms
    items: dict[str, NormalItem]


class Reflexes(Strict):
    """Tendon reflexes, 0 to 4; ``levels`` are the parts by whose reflex a root is tested.

    A grade from ``brisk_certain_from`` on behind one of ``muscles`` is its strength where nothing says reflex. The last
    ``topic`` of a paragraph says whether it is about reflexes (its group ``reflex``) or about strength. Joints in a row
    are reflexes where one has a grade or one of the values ``only_reflexes`` ("knees brisk, ankles absent").
    """

    kind: Literal["reflexes"]
    muscles: frozenset[str] = frozenset()
    only_reflexes: frozenset[str] = frozenset()
    topic: Regex
    subjects: dict[str, Subject]
    values: dict[str, Value]
    symmetric: Forms
    strength: Forms
    senses: Forms
    symbols: dict[str, float]
    normal_concept: str
    absent_concept: str
    brisk_concept: str
    brisk_from: float
    brisk_certain_from: float
    whole_normal_from: float
    part_normal_from: float
    whole_parts: tuple[str, ...]
    levels: dict[str, str] = Field(default_factory=dict)
    asymmetry: float
    upper_motor_neuron: Forms
    negations: Forms


class Sign(Strict):
    """A bedside sign with worded or numbered values, maybe per side: straight leg raise, plantars, pulses, clonus.

    ``numbers`` maps a number to a value: the last pair whose first part is not above it counts. ``named``: what
    is found under a concept of the value's own tells the key of its subject as wording. A name of ``treatments`` that
    is alone in its sentence, without a side, is not given behind "no" ("no PT, no tablets").
    """

    kind: Literal["sign"]
    subjects: dict[str, Subject]
    values: dict[str, Value]
    number: Regex | None = None
    numbers: tuple[tuple[float, str], ...] = ()
    number_in_span: bool = True
    unit: str | None = None
    joined: bool = False
    named: bool = False
    loose: int = 3
    extras: Forms = ()
    treatments: frozenset[str] = frozenset()


class Temperature(Strict):
    """Body temperature in degrees Celsius or Fahrenheit, with a ``unit`` behind it or without; ``later`` goes before
    one more after one that has a name.

    Tenths of a degree need no name between commas or stops, or behind one of ``leads`` or before one of ``then``, where
    nothing of ``others`` is measured.
    """

    kind: Literal["temperature"]
    concept: str
    names: Forms
    fever_names: Forms
    afebrile_names: Forms
    vital_signs: Forms
    later: Forms = ()
    leads: Forms = ()
    then: Forms = ()
    others: Forms = ()
    conditions: Forms
    unit: Regex
    fever_celsius: float
    celsius: tuple[float, float]
    fahrenheit: tuple[float, float]


class Unit(Strict):
    """Spellings of a unit and what one of it is in the unit of the thresholds."""

    forms: Forms
    factor: float = 1.0


class Quantity(Strict):
    """``name number unit`` with thresholds: volumes, indices, laboratory values, lost weight.

    At or above ``present_from``, above ``present_above`` or below ``present_below`` the concept is present, otherwise
    absent, or nothing at all with ``only_present``. ``names_with_unit`` count only where the number has its unit, and
    so do numbers from ``bare_below`` on; what ``other`` names takes the number away, what ``veto`` names earlier in the
    sentence everything. Of a ``change`` ("lost 5 kg, now 70 kg") a second number is no later value. Without thresholds
    the number is all there is to say. ``value`` of the finding is the number as written, or in ``unit`` if
    ``converted``; thresholds are compared in ``unit``. Of a ``difference`` between sides thresholds are of that, and
    numbers from ``whole_from`` on are the two that differ ("calf 43 v 39.5 cm").
    """

    kind: Literal["quantity"]
    concept: str
    names: Forms
    unit: str | None = None
    units: dict[str, Unit] = Field(default_factory=dict)
    needs_unit: bool = False
    converted: bool = False
    number_first: bool = False
    plausible: tuple[float, float]
    bare_below: float | None = None
    thousands_below: float | None = None
    present_from: float | None = None
    present_above: float | None = None
    present_below: float | None = None
    possible_from: float | None = None
    only_present: bool = False
    change: bool = False
    words: dict[str, Value] = Field(default_factory=dict)
    numerals: dict[str, float] = Field(default_factory=dict)
    names_with_unit: Forms = ()
    other: Forms = ()
    veto: Forms = ()
    difference: Forms = ()
    whole_from: float | None = None
    site: str | None = None
    loose: int = 4


class Modality(Strict):
    """A way of testing sensation: what its loss is called, and what a normal test says."""

    forms: Forms
    weak: Forms = ()
    loss: str
    normal: str
    normal_assertion: Assertion = "present"
    whole: bool = False


class Nerve(Strict):
    """Names of nerves in a list, and the sites such a list speaks of."""

    forms: Forms
    sites: tuple[str, ...]


class Sensation(Strict):
    """Sensation by modality, list of nerves, exception, percentage, monofilament and vibration.

    At the ``saddle`` touch is a concept of its own, whose absence is normal. ``of_two`` names the values of the grades
    of a scale that ends at two (``LT 1/2``).
    """

    kind: Literal["sensation"]
    intact: Forms
    modalities: dict[str, Modality]
    values: dict[str, Value]
    nerves: dict[str, Nerve]
    places: Forms
    saddle: Forms = ()
    saddle_concept: str | None = None
    reaching: Forms = ()
    others: Forms
    normal_concept: str
    loss_concept: str
    normal_percent: float
    monofilament: Forms
    monofilament_concept: str
    monofilament_normal: float
    vibration: str
    vibration_seconds: float
    of_two: dict[int, str] = {}


class Motion(Strict):
    """How far a joint moves, in degrees or in words; ``others`` are joints whose motion is not this one's.

    A range is full from ``straight_to`` or less up to ``bent_from`` or more. ``names`` are words for the whole range,
    ``bends`` for bending alone, ``straightens`` for straightening ("extension -10"), ``lacks`` for the degrees that are
    missing; right behind the words ``told`` two figures are degrees ("bends to 95"). A joint right before a range up to
    ``told_alone`` or more needs no word for it ("left knee 5 to 110").
    """

    kind: Literal["motion"]
    concept: str
    site: str
    joint: Forms
    others: Forms
    names: Forms
    bends: Forms
    straightens: Forms
    told: Forms
    lacks: Forms
    full: Forms
    limited: Forms
    straight_to: float
    bent_from: float
    told_alone: float
