"""The dictionary of one grammar: its subjects and values, then sides, then the glue every grammar shares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Glue, Sides, Subject, Value
from popliteal.reading.measurements.lexer import DENIAL, Entry, Vocabulary
from popliteal.schema import Assertion

_OPPOSITE: dict[str, Assertion] = {"present": "absent", "absent": "present"}


def shared(rules: MeasurementRules) -> Vocabulary:
    """A new vocabulary over the words every grammar reads: sides, orders, glue."""
    return Vocabulary(_base(rules.one(Sides), rules.one(Glue)))


@lru_cache(maxsize=4)
def _base(sides: Sides, glue: Glue) -> Vocabulary:
    vocabulary = Vocabulary()
    for side, forms in sides.order:
        vocabulary.add(forms, Entry("order", side=side))
    for side_name, forms in (("left", sides.left), ("right", sides.right), ("bilateral", sides.bilateral)):
        vocabulary.add(forms, Entry("side", side=side_name))
    vocabulary.add(sides.none, Entry("word"))
    for kind, forms in (
        ("all", glue.all),
        ("rest", glue.rest),
        ("except", glue.exception),
        ("hard", glue.hard),
        ("versus", glue.versus),
        ("sep", glue.sep),
        ("prep", glue.prep),
        ("link", glue.link),
    ):
        vocabulary.add(forms, Entry(kind))
    vocabulary.add(glue.denials, Entry("word", role=DENIAL))
    return vocabulary


def add_limbs(vocabulary: Vocabulary, sides: Sides) -> None:
    """Add a leg that is named as a side."""
    vocabulary.add(sides.left_limb, Entry("side", side="left"))
    vocabulary.add(sides.right_limb, Entry("side", side="right"))


def add_subjects(vocabulary: Vocabulary, subjects: Mapping[str, Subject]) -> None:
    """Add what is measured; ``foreign`` subjects are known only in order to be told apart."""
    for key, subject in subjects.items():
        kind = "foreign" if subject.role == "foreign" else "subject"
        for forms, weak in ((subject.forms, False), (subject.weak, True)):
            vocabulary.add(forms, Entry(kind, key, subject.side, weak, subject.role, subject.region))


def add_values(vocabulary: Vocabulary, values: Mapping[str, Value], glue: Glue) -> None:
    """Add worded values, and as their opposite those that ``glue`` denies ("CRP not raised", "ABI isn't normal")."""
    for key, value in values.items():
        vocabulary.add(value.forms, Entry("value", key, value.side))
        vocabulary.add(value.weak, Entry("value", key, weak=True))
        vocabulary.add(value.leading, Entry("value", key, weak=True, role="leading"))
    plain = {key: value for key, value in values.items() if value.side is None}
    for value in plain.values():
        opposite = _opposite(value, plain)
        if opposite is not None:
            forms = [f"{no} {form}" for no in glue.denying for form in (*value.forms, *value.weak)]
            vocabulary.add(forms, Entry("value", opposite))


def _opposite(value: Value, values: Mapping[str, Value]) -> str | None:
    """The first of ``values`` that says what is so where ``value`` is denied, if it can only be one.

    What is not absent may be anything, and what is not normal may be too brisk, where that is one of ``values``.
    """
    if value.assertion is not None:
        asserted = _OPPOSITE.get(value.assertion)
        told = [key for key, one in values.items() if (one.assertion, one.concept) == (asserted, value.concept)]
        return told[0] if asserted and told else None
    ways = {one.reading for one in values.values()}
    reading = "normal" if value.reading in {"low", "brisk"} else "low" if value.reading == "normal" else None
    if reading is None or (reading == "low" and "brisk" in ways):
        return None
    return next((key for key, one in values.items() if (one.reading, one.concept) == (reading, None)), None)
