"""Who speaks for the patient, and by which word the patient is meant from then on: "Daughter on the phone. Since five
her mother cannot feel the leg." is told of the patient."""

from __future__ import annotations

import re
from dataclasses import dataclass

from popliteal.knowledge.concepts import Words
from popliteal.knowledge.expressions import Expression
from popliteal.reading.tokens import any_of, places_of

#: Letters behind who tells in which the patient is named without a "her" or "his" ("Daughter rang: mum fell").
_NEAR = 60
#: Letters on either side of who tells among which all stands by which he does.
_FAR = 80


@dataclass(frozen=True, slots=True)
class Patient:
    """The word for the patient, and where it stands first."""

    start: int
    word: str


class Callers:
    """Built from ``counterparts``, ``speaks_for`` and ``spoken_with`` of ``words.yaml``."""

    def __init__(self, words: Words) -> None:
        tellers = sorted({teller for names in words.counterparts.values() for teller in names})
        self._tellers = tuple(tellers)
        teller = any_of(tellers)
        speaks, being, through, whose = (
            any_of(words.classes[name]) for name in ("speaks_for", "before_speaking", "spoken_with", "of_somebody")
        )
        self._tells = Expression(
            rf"\b(?:(?P<who>{teller})(?:,? {being})? {speaks}"
            rf"|{through}:? (?:\w+['’]?s? )?(?P<whom>{teller}))\b",
            re.IGNORECASE,
        )
        self._patient: dict[str, Expression] = {}
        for one in tellers:
            kin = any_of([name for name, names in words.counterparts.items() if one in names])
            named = rf"(?<!['’]s )\b(?P<whose>{whose} )?(?P<kin>{kin})\b"  # "the patient's father" is not the patient
            self._patient[one] = Expression(named, re.IGNORECASE)

    def patient(self, text: str, words: frozenset[str]) -> Patient | None:
        """By which word a note means the patient, whom somebody else tells of; None where nobody does.

        ``words`` are those of the note in small letters.
        """
        named = [teller for teller in self._tellers if teller in words]
        if not named:
            return None
        low = text.lower()
        tellers = sorted(at for teller in named for at in places_of(low, teller))
        told = next(filter(None, (self._tells.search(text, max(0, at - _FAR), at + _FAR) for at in tellers)), None)
        if told is None:
            return None
        kin = self._patient[(told["who"] or told["whom"]).lower()].search(text, told.end())
        if kin is None or not (kin["whose"] or kin.start() - told.end() <= _NEAR):
            return None
        return Patient(kin.start("kin"), kin["kin"].lower())
