"""What a value has claimed of its sentence so far, and the readings that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from popliteal.reading.measurements.lexer import Token

#: The role of a word for weakness that ends what it is said of.
STATED = "stated"
#: Small words that neither join nor part.
GLUE = frozenset({"link", "prep", "place"})
_GRADES = frozenset({"plus", "digit", "symbol", "value"})


@dataclass(slots=True)
class Reading:
    """One value with one subject. ``subject`` is None where a value stands alone (``5/5 throughout``).

    ``limb`` is the limb the words stand in, ``whole`` a general word beside the value (``strength``). ``inherited``
    values took the subject of an earlier one.
    """

    subject: Token | None
    value: Token
    side: str | None
    start: int
    end: int
    everywhere: bool = False
    rest: bool = False
    inherited: bool = False
    limb: Token | None = None
    whole: Token | None = None


@dataclass(slots=True)
class Carry:
    """What an earlier part of the text hands on: a subject to inherit, a side and limb of a heading, the first side of
    an ``order`` (``L/R:``). ``plural`` are the ends of subjects of both legs (``jerks``)."""

    subjects: list[Token] = field(default_factory=list)
    side: str | None = None
    limb: Token | None = None
    order: str | None = None
    plural: tuple[str, ...] = ()


@dataclass(slots=True)
class Named:
    """A subject that a value claims; ``own`` sides stood with the subject and are not changed by later ones."""

    token: Token
    side: str | None
    own: bool = False


@dataclass(slots=True)
class Claim:
    """What one value claims.

    ``prefix`` is a side that stood before the subjects, ``side`` one said of the value; ``pre`` the side right before
    the value; ``words`` counts unknown words since the last subject; ``fresh`` says that the prefix is this value's,
    ``denied`` that a word for "not" stands before it.
    """

    named: list[Named] = field(default_factory=list)
    side: str | None = None
    prefix: str | None = None
    limb: Token | None = None
    rest: bool = False
    whole: Token | None = None
    heading: Token | None = None
    everywhere: Token | None = None
    pre: Token | None = None
    words: int = 0
    fresh: bool = False
    denied: bool = False

    def drop_subjects(self) -> None:
        """Forget what was named: it belongs to something else."""
        self.named, self.whole = [], None

    def give_side(self, side: str | None) -> None:
        """A side for all subjects that have none of their own."""
        for one in self.named:
            one.side = one.side if one.own else side

    def reading(self, subject: Token | None, value: Token, side: str | None, start: int, end: int) -> Reading:
        """A reading of this claim."""
        return Reading(
            subject, value, side, start, end, self.everywhere is not None, self.rest, limb=self.limb, whole=self.whole
        )


def of_other_side(tokens: Sequence[Token], at: int) -> bool:
    """Whether a digit is the other side's: behind a side and a comma or "and", before its own (``4 on L, 5 on R``)."""
    before = [token for token in tokens[max(0, at - 3) : at] if token.kind != "link"]
    after = next((token for token in tokens[at + 1 : at + 4] if token.kind not in {"link", "prep"}), None)
    listed = [token.kind for token in before[-2:]] == ["side", "sep"]
    return listed and after is not None and after.kind == "side" and after.side != before[-2].side


def of_side_before(tokens: Sequence[Token], at: int) -> bool:
    """Whether a sign is that of one side, behind what is said of the other (``absent L, R ++``; ``L -, R +``;
    ``R 2+ L 0``; ``2+ R 0 L``)."""
    before = [token for token in tokens[max(0, at - 5) : at] if token.kind not in {"link", "prep"}]
    if len(before) < 2 or before[-1].kind != "side":
        return False
    side, earlier = before[-1].side, before[:-1]
    if earlier[-1].kind == "sep":
        return any(token.kind == "side" and token.side != side for token in earlier[:-1])
    after = next((token for token in tokens[at + 1 : at + 3] if token.kind not in {"link", "prep"}), None)
    others = [*earlier[-2:-1], *([after] if after is not None else [])]
    return earlier[-1].kind in _GRADES and any(one.kind == "side" and one.side != side for one in others)


def all_limbs(named: Sequence[Named]) -> bool:
    """Whether nothing but limbs is named."""
    return all(one.token.role == "limb" for one in named)


def movements(named: list[Named]) -> list[Named]:
    """Without limbs and places, where there are movements; a limb's side goes to the movements that have none.

    Legs beside nothing but what is of the arm stay: "4/5 in both legs and hands".
    """
    parts = [one for one in named if one.token.role == "part"] or [one for one in named if one.token.role != "limb"]
    if not parts:
        return named
    limbs = [one for one in named if one.token.role == "limb"]
    arms = {one.token.region for one in parts} == {"arm"}
    apart = [one for one in limbs if arms and one.token.region != "arm"]
    side = next((one.side for one in limbs if one.side), None)
    for one in parts:
        one.side = one.side or side
    return sorted([*apart, *parts], key=lambda one: one.token.start)


def is_heading(follower: Token | None) -> bool:
    """Whether a colon follows (``RLE:``)."""
    return follower is not None and follower.wording == ":"
