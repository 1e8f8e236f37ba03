"""Which value belongs to which subject and which side, in the orders in which clinicians write them.

``TA 3/5 R, 5/5 L`` - ``4/5 strength in left dorsiflexion`` - ``5/5 iliopsoas, quads, EHL bilaterally`` -
``EHL R 4-/5, L 4/5`` - ``5/5 throughout except R EHL 3/5``. One walk over the tokens; each value looks back to what
nobody has claimed yet, and forward only if nothing stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from popliteal.reading.measurements.ahead import Ahead
from popliteal.reading.measurements.behind import Behind
from popliteal.reading.measurements.claims import Carry, Claim, Named, Reading
from popliteal.reading.measurements.lexer import DENIAL, TWIN, Token

LOOSE_WORDS = 6
PHRASE = 40
_RESPECTIVELY = "respectively"
_OTHER = {"right": "left", "left": "right"}
_COMPARED_SIDE = re.compile(r"\b(r|l|right|left)(?: \w+)?$", re.IGNORECASE)


def pair(
    tokens: Sequence[Token], carry: Carry | None = None, *, loose: int = LOOSE_WORDS, strict: bool = False
) -> list[Reading]:
    """Readings in the order of their values; ``carry`` is changed to what the next sentence may inherit.

    At most ``loose`` unknown words may stand between a subject and its value; with ``strict`` a value without a subject
    inherits the last one only where no unknown word stands between.
    """
    return _Pairing(tokens, carry or Carry(), loose, strict).run()


class _Pairing:
    def __init__(self, tokens: Sequence[Token], carry: Carry, loose: int, strict: bool) -> None:
        self.tokens = tokens = _against_a_side(tokens)
        self.carry = carry
        self.behind = Behind(carry, loose, strict=strict)
        self.unknown = 0 if strict else loose
        self.values = [at for at, token in enumerate(tokens) if token.kind == "value"]
        self.order = next((token.side for token in tokens if token.kind == "order"), self.carry.order)
        self.claimed = 0
        self.readings: list[Reading] = []

    def run(self) -> list[Reading]:
        if self._in_order():
            return self.readings
        twin: int | None = None
        for n, at in enumerate(self.values):
            stop = self.values[n + 1] if n + 1 < len(self.values) else len(self.tokens)
            if self.tokens[at].role == TWIN and stop < len(self.tokens):
                twin = at
                continue
            claim = self._claim(at if twin is None else twin, at, stop)
            if twin is None:
                self._emit(_for_side(claim, self.tokens[at].side), at)
            else:
                self._emit_twins(claim, twin, at)
            twin = None
        self._share_side()
        self._sides_in_order()
        return self.readings

    def _sides_in_order(self) -> None:
        """``power in the right and left legs was 3/5 and 4/5 respectively``: two values, a side for each."""
        if len(self.values) != 2 or not any(token.wording.lower() == _RESPECTIVELY for token in self.tokens):
            return
        both = [token.wording[:1].lower() for token in self.tokens if token.side == "bilateral"]
        first = {"r": "right", "l": "left"}.get(both[0]) if len(both) == 1 else None
        if first is None or any(token.side in _OTHER for token in self.tokens):
            return
        for reading in self.readings:
            reading.side = first if reading.value is self.tokens[self.values[0]] else _OTHER[first]

    def _in_order(self) -> bool:
        """``TA and EHL were 2/5 and 1/5 respectively``: as many subjects as values, each its own."""
        if len(self.values) < 2 or not any(token.wording.lower() == _RESPECTIVELY for token in self.tokens):
            return False
        subjects = [t for t in self.tokens[: self.values[0]] if t.kind == "subject" and t.role == "part"]
        if len(subjects) != len(self.values):
            return False
        sides = {token.side for token in self.tokens if token.kind == "side"}
        side = sides.pop() if len(sides) == 1 else None
        for subject, at in zip(subjects, self.values, strict=True):
            own = subject.side or side
            self.readings.append(Reading(subject, self.tokens[at], own, subject.start, subject.end))
        self.carry.subjects = subjects[-1:]
        return True

    def _claim(self, first: int, at: int, stop: int) -> Claim:
        """What the value at ``at`` claims, or a pair of values from ``first`` to ``at``."""
        if self.tokens[at].role == "leading":  # "no ankle jerks": nothing before it counts
            claim = Claim(prefix=self.behind.side)
        else:
            claim = self.behind.read(self.tokens[self.claimed : first])
        self.claimed = Ahead(self.tokens, at, stop).read(claim, self.behind.side)
        return claim

    def _emit_twins(self, claim: Claim, first: int, second: int) -> None:
        """``ankle jerks 2+/1+``: one claim, a value for each side; the second's words are its value."""
        self._emit(_for_side(claim, self.tokens[first].side), first)
        before = len(self.readings)
        self._emit(_for_side(claim, self.tokens[second].side), second)
        for reading in self.readings[before:]:
            if reading.end > self.tokens[second].start:
                reading.start = max(reading.start, self.tokens[second].start)

    def _emit(self, claim: Claim, at: int) -> None:
        value = self.tokens[at]
        if claim.denied and (value.wording.isalpha() or self._behind_denial(at)):
            return  # "the pulses were never felt", "power is not quite 5/5"
        if claim.named:
            self._emit_named(claim, value, at)
        elif claim.rest or claim.everywhere is not None or claim.whole is not None:
            self._emit_whole(claim, at)
        elif (
            (value.role != "leading" or self._of_a_side(at))
            and (claim.side or not value.weak)
            and claim.words <= self.unknown
        ):
            self._emit_inherited(claim, value)
        if not claim.named and claim.side not in {None, self.behind.sticky}:
            self.behind.sticky = None  # "left knee jerk 1+, right 2+, Achilles 2+"
        if claim.named and claim.prefix and not claim.rest:
            before_value = any(one.token.start < value.start for one in (*claim.named, *_limb_of(claim)))
            if (before_value and claim.side is None) or claim.prefix == claim.side:
                self.behind.sticky = claim.prefix

    def _behind_denial(self, at: int) -> bool:
        """Whether a word for "not" stands right before a value."""
        before = next((token for token in reversed(self.tokens[max(0, at - 4) : at]) if token.kind != "link"), None)
        return before is not None and before.role == DENIAL

    def _both_behind(self, claim: Claim, at: int) -> str | None:
        """Both sides, where words for them end what is said by a value, and a comma parts it from the side before
        ("tone up on the left, jerks brisk on both sides, left plantar up")."""
        behind = [token for token in self.tokens[at + 1 : at + 4] if token.kind not in {"link", "prep"}]
        ends = len(behind) < 2 or behind[1].kind in {"sep", "hard"}
        if claim.side != "bilateral" or not ends or not behind or behind[0].kind != "side":
            return None
        before = [token.kind for token in self.tokens[max(0, at - 3) : at] if token.kind not in {"link", "prep"}]
        return "bilateral" if before[-2:] == ["sep", "subject"] else None

    def _of_a_side(self, at: int) -> bool:
        """Whether a side and nothing else stands behind a value ("clonus 4 beats L, nil R")."""
        side, end = (*self.tokens[at + 1 : at + 3], None, None)[:2]
        return side is not None and side.kind == "side" and (end is None or end.kind in {"sep", "hard"})

    def _emit_named(self, claim: Claim, value: Token, at: int) -> None:
        """One reading per subject; the one next to the value has the value in its words."""
        nearest = claim.named[-1] if claim.named[-1].token.start < value.start else claim.named[0]
        both = self._both_behind(claim, at)
        for one in claim.named:
            start, end = one.token.start, one.token.end
            if one is nearest:
                start, end = self._extent(claim, one.token, value)
            side = both or one.side or claim.side
            self.readings.append(claim.reading(one.token, value, side, start, end))
        self.carry.subjects = [one.token for one in claim.named]

    def _extent(self, claim: Claim, token: Token, value: Token) -> tuple[int, int]:
        """The words of a subject and its value; a limb after ``power 5/5`` is left out."""
        whole = claim.whole
        start = token.start
        if whole is not None and token.role == "limb" and whole.start < value.start < token.start:
            return whole.start, value.end
        if (
            whole is not None
            and token.role == "limb"
            and token.end < whole.start < value.end
            and self._listed(token, whole)
        ):
            return whole.start, max(whole.end, value.end)  # "LL neuro: tone normal, power 5/5"
        if whole is not None and whole.start < token.start and not self._apart(whole, token):
            start = whole.start  # "UL power" and "power UL" are one phrase
        return min(start, value.start), max(token.end, value.end)

    def _listed(self, left: Token, right: Token) -> bool:
        """Whether something else is said between the two."""
        between = [t for t in self.tokens if left.end <= t.start < right.start]
        return any(t.kind in {"sep", "hard", "foreign", "value", "word"} for t in between)

    def _apart(self, left: Token, right: Token) -> bool:
        if right.start - left.end > PHRASE:
            return True
        between = [t for t in self.tokens if left.end <= t.start < right.start]
        return any(t.kind not in {"link", "side"} or t.wording == ":" for t in between)

    def _emit_whole(self, claim: Claim, at: int) -> None:
        """A value of everything there is: ``strength 5/5``, ``5/5 throughout``, ``rest 5/5``."""
        value, whole = self.tokens[at], claim.whole
        start, end = value.start, value.end
        rests = [t for t in self.tokens[:at] if t.kind == "rest"]
        if whole is not None:
            if whole.end <= start and not rests:
                start = whole.start
            end = max(end, whole.end)
        if claim.rest:
            start = rests[-1].start
        if claim.everywhere is not None:
            end = max(end, claim.everywhere.end)
        side = claim.side or (self._side_of_rest(at) or "unspecified" if claim.rest else claim.prefix)
        self.readings.append(claim.reading(whole, value, side, start, end))
        self.carry.subjects = [whole] if whole is not None else []

    def _side_of_rest(self, at: int) -> str | None:
        """The side of what is otherwise graded: a heading's, or the one told before where the other one is told behind
        (``R DF 2/5, otherwise 5/5; L 5/5``)."""
        before = {token.side for token in self.tokens[:at] if token.kind == "side"}
        behind = {token.side for token in self.tokens[at:] if token.kind == "side"}
        told = before.pop() if len(before) == 1 and len(behind) == 1 and not before & behind else None
        return self.carry.side or told

    def _emit_inherited(self, claim: Claim, value: Token) -> None:
        """A value with nothing named: it is of the last subject, on the side said, or on the other one of ``R/L:``."""
        start = value.start
        if claim.pre is not None and claim.pre.end <= start <= claim.pre.end + 3:
            start = claim.pre.start
        side = claim.side
        if side is None and self.order and self.readings and self.readings[-1].side is None:
            self.readings[-1].side = self.order
            side = "left" if self.order == "right" else "right"
        inherited: list[Token | None] = [*self.carry.subjects] or [None]
        for subject in inherited:
            own = subject.side if subject is not None and subject.role == "limb" else None  # "RUE 3/5 and 4/5 distally"
            reading = claim.reading(subject, value, side or own, start, value.end)
            reading.inherited = True
            self.readings.append(reading)

    def _share_side(self) -> None:
        """``HF 5/5, KE 5/5, PF 5/5 bilat``: a closing side counts for the values before it, where none has its own.

        One side counts so only where the last value is not the one that stands out (``5/5, 5/5, EHL 3/5 on the left``),
        and none where an order of sides has said both.
        """
        if not self.readings or len(self.values) < 2 or self.order is not None:
            return
        last = self.readings[-1]
        others = [reading for reading in self.readings if reading.value is not last.value]
        said = any(t.kind == "side" and t.side == last.side and t.start > last.value.start for t in self.tokens)
        if last.side is None or not said or not others or any(reading.side for reading in others):
            return
        grades = {reading.value.value for reading in others}
        graded = last.value.value is not None and not any(token.kind in {"except", "rest"} for token in self.tokens)
        if last.side == "bilateral" or (graded and (len(grades) > 1 or last.value.value in grades)):
            for reading in others:
                reading.side = last.side


def _limb_of(claim: Claim) -> list[Named]:
    """The limb that gives a claim its side (``LLE 3/5 DF, 3/5 EHL``)."""
    limb = claim.limb
    return [] if limb is None or limb.side is None or limb.side != claim.prefix else [Named(limb, limb.side)]


def _for_side(claim: Claim, side: str | None) -> Claim:
    """The claim for a value that has its side from a pair (``2+/1+``)."""
    if side is None:
        return claim
    named = [replace(one, side=side) for one in claim.named]
    return replace(claim, named=named, side=side, prefix=None)


def _against_a_side(tokens: Sequence[Token]) -> Sequence[Token]:
    """``left 1+ vs right 2+``: the side that a value is compared with is that of the value behind it."""
    if not any(token.kind == "versus" for token in tokens):
        return tokens
    done: list[Token] = []
    for at, token in enumerate(tokens):
        graded = token.kind == "versus" and at + 1 < len(tokens) and tokens[at + 1].kind == "value"
        side = _COMPARED_SIDE.search(token.wording) if graded else None
        if side is None:
            done.append(token)
        else:
            first = side[1][0].lower()
            done += [
                Token("sep", token.start, token.start, wording=","),
                replace(
                    token, kind="side", start=token.start + side.start(1), side="right" if first == "r" else "left"
                ),
            ]
    return done
