"""A mention as assertion sees it: where it stands among the tokens of its sentence, and of what kind it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Item:
    """A mention as assertion sees it: tokens ``first`` to ``last``; ``normal`` for a normal finding ("gait
    normal"), ``event`` for operations, injuries and devices, which alone can be planned, ``lasting`` for an implant,
    ``bare`` for a word that says nothing by itself ("bladder"), ``found`` for a measurement out of range,
    ``general`` for what is of no part of the body ("fever"), ``diagnosis`` for a disease by its name, which a test can
    look for, ``denied`` for words that deny it themselves ("without fever"), ``elicited`` for what an examination or a
    test shows, whose result is its own ("back pain, SLR neg"), ``grave`` for what must not be lost, ``history`` for a
    disease of no one part that somebody has beside what is told ("diabetes"), ``systemic`` for what is asked of the
    whole of somebody, ``brings`` for what somebody comes with, ``qualifies`` for a disease that only says of what kind
    something else is ("diabetic retinopathy")."""

    first: int
    last: int
    normal: bool = False
    event: bool = False
    lasting: bool = False
    bare: bool = False
    found: bool = False
    diagnosis: bool = False
    denied: bool = False
    general: bool = False
    elicited: bool = False
    grave: bool = False
    history: bool = False
    systemic: bool = False
    brings: bool = False
    qualifies: bool = False

    @property
    def well(self) -> bool:
        """Whether its own words say that nothing is wrong, which ends a denial: "no effusion, full range, tender"."""
        return self.normal or self.denied

    def takes(self, effect: str, only: str | None) -> bool:
        """Whether a cue of an effect that is limited to ``only`` items of a kind says something of this one."""
        return self.is_of(only) and not (self.qualifies and effect in {"absent", "possible"})

    def is_of(self, only: str | None) -> bool:
        """Whether a cue that is limited to ``only`` items of a kind concerns this one."""
        kinds = {
            None: True,
            "events": self.event,
            "complaints": not (self.event or self.lasting),
            "bare": self.bare,
            "diagnoses": self.diagnosis,
            "symptoms": not (self.event or self.lasting or self.diagnosis),
            "results": self.elicited,
            "general": self.general,
        }
        return kinds[only]
