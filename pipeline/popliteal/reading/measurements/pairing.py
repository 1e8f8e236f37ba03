"""Which value belongs to which subject and which side, in the orders in which clinicians write them.

``TA 3/5 R, 5/5 L`` - ``4/5 strength in left dorsiflexion`` - ``5/5 iliopsoas, quads, EHL bilaterally`` -
``EHL R 4-/5, L 4/5`` - ``5/5 throughout except R EHL 3/5``. One walk over the tokens; each value looks back to what
nobody has claimed yet, and forward only if nothing stands before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from popliteal.reading.measurements.lexer import TWIN, Token

GLUE = frozenset({"link", "prep", "place"})
LOOSE_WORDS = 6
SKIPPED_WORDS = 2
TRAILING_WORDS = 1


@dataclass(slots=True)
class Reading:
    """One value with one subject. ``subject`` is None where a value stands alone (``5/5 throughout``)."""

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
    """What an earlier part of the text hands on: a subject to inherit, a side and limb of a heading."""

    subjects: list[Token] = field(default_factory=list)
    side: str | None = None
    limb: Token | None = None


@dataclass(slots=True)
class _Named:
    token: Token
    side: str | None
    own: bool = False


@dataclass(slots=True)
class _Claim:
    named: list[_Named] = field(default_factory=list)
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
        self.tokens = tokens
        self.carry = carry
        self.loose = loose
        self.values = [at for at, token in enumerate(tokens) if token.kind == "value"]
        self.order = next((token.side for token in tokens if token.kind == "order"), None)
        self.strict = strict
        self.sticky: str | None = None
        self.claimed = 0
        self.readings: list[Reading] = []

    def run(self) -> list[Reading]:
        twin: int | None = None
        for n, at in enumerate(self.values):
            if self.tokens[at].role == TWIN and n + 1 < len(self.values):
                twin = at
                continue
            stop = self.values[n + 1] if n + 1 < len(self.values) else len(self.tokens)
            leading = self.tokens[at].role == "leading"
            before = twin if twin is not None else at
            claim = _Claim(prefix=self.sticky or self.carry.side) if leading else self._look_back(before)
            self.claimed = at + 1
            self._look_ahead(claim, at, stop)
            if twin is not None:
                self._emit(self._for_side(claim, self.tokens[twin].side), twin)
            first = len(self.readings)
            self._emit(self._for_side(claim, self.tokens[at].side), at)
            if twin is not None:
                for reading in self.readings[first:]:
                    reading.start = max(reading.start, min(self.tokens[at].start, reading.end))
                twin = None
        self._share_side()
        return self.readings

    def _for_side(self, claim: _Claim, side: str | None) -> _Claim:
        """The claim for a value that has its side from a pair (``2+/1+``)."""
        if side is None:
            return claim
        named = [replace(one, side=side) for one in claim.named]
        return replace(claim, named=named, side=side, prefix=None)

    def _look_back(self, at: int) -> _Claim:
        """Subjects and side between the last claimed token and the value."""
        claim = _Claim(prefix=self.sticky or self.carry.side, limb=self.carry.limb)
        tokens = self.tokens[self.claimed : at]
        for n, token in enumerate(tokens):
            follower = tokens[n + 1] if n + 1 < len(tokens) else None
            if token.kind == "hard":
                self.sticky = None
                claim.named, claim.whole, claim.words = [], None, 0
                claim.prefix, claim.limb = self.carry.side, self.carry.limb
                claim.pre, claim.heading = None, None
            elif token.kind == "foreign" and not (n and tokens[n - 1].kind == "sep" and (claim.named or claim.whole)):
                claim.named, claim.whole, claim.words = [], None, self.loose + 1
            elif token.kind == "except":
                claim.named, claim.whole = [], None
            elif token.kind == "rest":
                claim = _Claim(rest=True, limb=claim.limb, whole=claim.whole)
            elif token.kind == "all":
                claim.everywhere = token
            elif token.kind == "side":
                claim.pre = token
                if claim.named and self._only_glue(tokens[n + 1 :]):
                    for one in claim.named:
                        one.side = one.side if one.own else token.side
                    claim.side = token.side
                else:
                    claim.prefix, claim.side, claim.fresh = token.side, token.side, True
                    if _is_heading(follower):
                        self.carry.side, self.carry.limb = token.side, None
            elif token.kind == "subject":
                self._name(claim, token, follower)
            elif token.kind in {"word", "num", "level"}:
                claim.words += 1
                if token.kind == "num" and claim.fresh and not claim.named:
                    claim.prefix, claim.side, claim.fresh = self.sticky or self.carry.side, None, False
                claim.named = [one for one in claim.named if not one.token.weak]
        self._narrow(claim)
        return claim

    def _name(self, claim: _Claim, token: Token, follower: Token | None) -> None:
        claim.words = 0
        if token.role == "whole":
            claim.whole = token
            if self.tokens[self.tokens.index(token) - 1].kind == "sep" and _all_limbs(claim.named):
                claim.named, claim.limb, claim.side = [], self.carry.limb, None
                claim.prefix = self.sticky or self.carry.side
            if _is_heading(follower) and claim.limb is not None and _all_limbs(claim.named):
                self.carry.side, self.carry.limb = claim.prefix, claim.limb
                claim.heading, claim.named = claim.limb, []
            return
        if token.role == "limb":
            claim.limb = token
            if _is_heading(follower):
                self.carry.side, self.carry.limb = token.side or claim.side, token
                claim.prefix, claim.heading, claim.pre = self.carry.side, token, None
                return
            claim.prefix = token.side or claim.prefix
            if claim.named and token.side:
                for one in claim.named:
                    one.side = one.side if one.own else token.side
        claim.named.append(_Named(token, token.side or claim.prefix, own=token.side is not None or claim.fresh))
        claim.pre = None

    def _narrow(self, claim: _Claim) -> None:
        """A movement beats the limb it stands in; too many unknown words between undo the tie."""
        if claim.words > self.loose:
            claim.named, claim.whole = [], None
        claim.named = _movements(claim.named)

    def _only_glue(self, tokens: Sequence[Token]) -> bool:
        return all(token.kind in GLUE or token.kind in {"side", "word", "whole"} for token in tokens)

    def _look_ahead(self, claim: _Claim, at: int, stop: int) -> None:
        """What the value claims after itself: its subjects if it has none, else a side or 'throughout'."""
        limbs = [one for one in claim.named if one.token.role == "limb"]
        if limbs == claim.named and not claim.rest:
            self._list_after(claim, at, stop)
        if not claim.named and claim.everywhere is None and claim.heading is not None:
            heading = claim.heading
            claim.named = [_Named(heading, heading.side or claim.prefix, own=heading.side is not None)]
        if not claim.named or not self._listed(claim, at):
            self._trailing(claim, at, stop)

    def _listed(self, claim: _Claim, at: int) -> bool:
        return claim.named[0].token.start > self.tokens[at].start

    def _list_after(self, claim: _Claim, at: int, stop: int) -> None:
        """``5/5 strength in iliopsoas, quads and left EHL``: the list up to what the next value owns."""
        limbs = claim.named
        named: list[_Named] = []
        side: str | None = claim.side or next((one.side for one in limbs), self.sticky or self.carry.side)
        words, k, last = 0, at + 1, at
        while k < stop:
            token = self.tokens[k]
            if token.kind in GLUE:
                pass
            elif token.kind == "sep":
                if not named:
                    break
            elif token.kind == "side":
                if self._owned_by_next(k, stop, named):
                    break
                if named and self._ends_list(k, stop):
                    for one in named:
                        one.side = one.side or token.side
                    last = k
                side = token.side
            elif token.kind == "all":
                if named:
                    break
                claim.everywhere, last = token, k
                break
            elif token.kind == "subject" and token.role == "whole":
                if not named:
                    claim.whole, last = token, k
            elif token.kind == "subject" and limbs and token.role == "limb":
                break
            elif token.kind == "subject":
                if self._owned_by_next(k, stop, named) and (named or claim.whole or self._glued_next(k, stop)):
                    break
                named.append(_Named(token, token.side or side, own=token.side is not None))
                words, last = 0, k
            elif token.kind == "word" and words < SKIPPED_WORDS:
                words += 1
                if named and named[-1].token.weak:
                    break
            else:
                break
            k += 1
        if named or claim.everywhere is not None or not limbs:
            self.claimed = max(self.claimed, last + 1)
        if named:
            claim.named = _movements(named)

    def _glued_next(self, k: int, stop: int) -> bool:
        return stop < len(self.tokens) and all(t.kind in {"link", "side"} for t in self.tokens[k + 1 : stop])

    def _owned_by_next(self, k: int, stop: int, named: list[_Named]) -> bool:
        """Whether the next value stands right behind token ``k``, and so owns it (``4/5 EHL, TA 5/5``)."""
        if stop >= len(self.tokens):
            return False
        between = self.tokens[k + 1 : stop]
        if self.tokens[k].kind == "side":
            return self._glued_side(k, stop)
        if not all(t.kind in {"link", "side", "subject"} for t in between):
            return False
        if not named:
            return True
        after = next((t for t in self.tokens[stop + 1 :] if t.kind not in GLUE and t.kind != "side"), None)
        separated = any(t.kind == "sep" for t in self.tokens[k - 2 : k])
        return separated or not (after is not None and after.kind == "subject")

    def _glued_side(self, k: int, stop: int) -> bool:
        """Whether a side stands right before the next value or its subject (``L 4/5``), not after a preposition."""
        if self.tokens[k - 1].kind == "prep" or (
            self.tokens[k - 1].kind == "link" and self.tokens[k - 2].kind == "prep"
        ):
            return False
        return all(t.wording in {":", "="} or t.kind == "subject" for t in self.tokens[k + 1 : stop])

    def _ends_list(self, k: int, stop: int) -> bool:
        """Whether a side closes the list before it (``TA, EHL on the left``) rather than opens the next item."""
        after = [t for t in self.tokens[k + 1 : stop] if t.kind not in GLUE]
        return not after or after[0].kind != "subject"

    def _trailing(self, claim: _Claim, at: int, stop: int) -> None:
        """A side, a limb or 'throughout' right after the value."""
        k, words = at + 1, 0
        while k < stop:
            token = self.tokens[k]
            if token.kind == "all" and claim.everywhere is None:
                claim.everywhere = token
                self.claimed = k + 1
            elif token.kind == "side":
                if not self._takes_side(claim, k, stop):
                    return
                side = self._double(k, stop) or token.side
                for one in claim.named:
                    one.side = one.side if one.own else side
                claim.side = side
                self.claimed = k + 1
            elif token.kind == "subject" and token.role == "limb" and token.side and (claim.named or claim.rest):
                if self._owned_by_next(k, stop, []):
                    return
                for one in claim.named:
                    one.side = one.side if one.own else token.side
                claim.side = token.side
                self.claimed = k + 1
                return
            elif token.kind == "subject" and token.role == "whole":
                claim.whole = claim.whole or token
                self.claimed = k + 1
            elif token.kind not in GLUE:
                words += 1
                if token.kind != "word" or words > TRAILING_WORDS:
                    return
            k += 1

    def _takes_side(self, claim: _Claim, k: int, stop: int) -> bool:
        after = next((t for t in self.tokens[k + 1 : stop] if t.kind not in GLUE), None)
        if after is None:
            if stop >= len(self.tokens):
                return True
            return not self._glued_side(k, stop) or (claim.side is None and claim.pre is None)
        return after.kind != "subject"

    def _double(self, k: int, stop: int) -> str | None:
        """``R and L`` after one value is both sides."""
        rest = [t for t in self.tokens[k + 1 : stop] if t.kind not in GLUE]
        if len(rest) >= 2 and rest[0].kind == "sep" and rest[1].kind == "side" and stop >= len(self.tokens):
            return "bilateral" if rest[1].side != self.tokens[k].side else None
        return None

    def _emit(self, claim: _Claim, at: int) -> None:
        value = self.tokens[at]
        if claim.named:
            self._emit_named(claim, at)
        elif claim.rest or claim.everywhere is not None or claim.whole is not None:
            self._emit_whole(claim, at)
        elif value.role != "leading":
            self._emit_inherited(claim, value)
        if claim.named and claim.prefix and not claim.rest:
            self._keep_prefix(claim, at)

    def _keep_prefix(self, claim: _Claim, at: int) -> None:
        """A side before its subject holds for the list that follows (``right TA 3/5, EHL 4/5``)."""
        before_value = any(one.token.start < self.tokens[at].start for one in claim.named)
        if (before_value and claim.side is None) or claim.prefix == claim.side:
            self.sticky = claim.prefix

    def _emit_named(self, claim: _Claim, at: int) -> None:
        value = self.tokens[at]
        nearest = claim.named[-1] if claim.named[-1].token.start < value.start else claim.named[0]
        for one in claim.named:
            start, end = one.token.start, one.token.end
            if one is nearest:
                start, end = self._extent(claim, one.token, value)
            self.readings.append(
                Reading(
                    one.token,
                    value,
                    one.side or claim.side,
                    start,
                    end,
                    claim.everywhere is not None,
                    limb=claim.limb,
                    whole=claim.whole,
                )
            )
        self.carry.subjects = [one.token for one in claim.named]

    def _extent(self, claim: _Claim, token: Token, value: Token) -> tuple[int, int]:
        """The words of a subject and its value; a limb after ``power 5/5`` is left out."""
        whole = claim.whole
        if token.role == "limb" and whole is not None and whole.start < value.start < token.start:
            return whole.start, value.end
        return min(self._chain(claim, token), value.start), max(token.end, value.end)

    def _chain(self, claim: _Claim, token: Token) -> int:
        """Where the words of a subject begin: a limb and 'strength' side by side are one phrase (``UL power``)."""
        if claim.whole is not None and claim.whole.start < token.start and not self._apart(claim.whole, token):
            return claim.whole.start
        return token.start

    def _apart(self, left: Token, right: Token) -> bool:
        return any(
            t.kind not in {"link", "side"} or t.wording == ":" for t in self.tokens if left.end <= t.start < right.start
        )

    def _emit_whole(self, claim: _Claim, at: int) -> None:
        value = self.tokens[at]
        start, end = value.start, value.end
        if claim.whole is not None:
            if claim.whole.end <= start and not any(t.kind == "rest" for t in self.tokens):
                start = claim.whole.start
            end = max(end, claim.whole.end)
        if claim.rest:
            before = [t for t in self.tokens[:at] if t.kind == "rest"]
            start = before[-1].start
        if claim.everywhere is not None:
            end = max(end, claim.everywhere.end)
        side = claim.side or (None if claim.rest else claim.prefix)
        self.readings.append(
            Reading(
                claim.whole,
                value,
                side,
                start,
                end,
                claim.everywhere is not None,
                claim.rest,
                limb=claim.limb,
                whole=claim.whole,
            )
        )
        self.carry.subjects = [claim.whole] if claim.whole is not None else []

    def _emit_inherited(self, claim: _Claim, value: Token) -> None:
        start = value.start
        if claim.pre is not None and claim.pre.end <= start <= claim.pre.end + 3:
            start = claim.pre.start
        if value.weak or claim.words > (0 if self.strict else self.loose):
            return
        side = claim.side
        if side is None and self.order and self.readings and self.readings[-1].side is None:
            self.readings[-1].side = self.order
            side = "left" if self.order == "right" else "right"
        for subject in self.carry.subjects:
            self.readings.append(
                Reading(subject, value, side, start, value.end, inherited=True, limb=claim.limb, whole=claim.whole)
            )
        if not self.carry.subjects:
            self.readings.append(
                Reading(None, value, side, start, value.end, inherited=True, limb=claim.limb, whole=claim.whole)
            )

    def _share_side(self) -> None:
        """``HF 5/5, KE 5/5, PF 5/5 bilat``: a closing 'bilaterally' counts for the values before it."""
        if not self.readings or self.readings[-1].side != "bilateral" or len(self.values) < 2:
            return
        last_value = self.readings[-1].value
        trailing = any(t.kind == "side" and t.side == "bilateral" and t.start > last_value.start for t in self.tokens)
        if trailing and not any(r.side for r in self.readings if r.value is not last_value):
            for reading in self.readings:
                reading.side = reading.side or "bilateral"


def _all_limbs(named: list[_Named]) -> bool:
    return all(one.token.role == "limb" for one in named)


def _movements(named: list[_Named]) -> list[_Named]:
    """Without limbs and places, where there are movements; a limb's side goes to the movements that have none."""
    parts = [one for one in named if one.token.role == "part"] or [one for one in named if one.token.role != "limb"]
    if not parts:
        return named
    side = next((one.side for one in named if one.token.role == "limb" and one.side), None)
    for one in parts:
        one.side = one.side or side
    return parts


def _is_heading(follower: Token | None) -> bool:
    return follower is not None and follower.wording == ":"
