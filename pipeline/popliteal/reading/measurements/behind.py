"""What stands before a value: its subjects, their sides, headings, and what parts them from it."""

from __future__ import annotations

from collections.abc import Sequence

from popliteal.reading.measurements.claims import GLUE, STATED, Carry, Claim, Named, all_limbs, is_heading, movements
from popliteal.reading.measurements.lexer import DENIAL, Token

#: A subject further back than this is not the value's.
REACH = 80


class Behind:
    """Reads the tokens between the last claimed one and a value; headings go into ``carry``.

    ``sticky`` is a side that stood before its subject and holds for the list that follows (``right TA 3/5, EHL 4/5``).
    """

    def __init__(self, carry: Carry, loose: int, *, strict: bool = False) -> None:
        self.carry = carry
        self.loose = loose
        self.strict = strict
        self.sticky: str | None = None

    @property
    def side(self) -> str | None:
        """The side that holds without being said again."""
        return self.sticky or self.carry.side

    def read(self, tokens: Sequence[Token]) -> Claim:
        """The claim of a value that ``tokens`` stand before."""
        tokens = tokens[-REACH:]
        claim = Claim(prefix=self.side, limb=self.carry.limb)
        parted = 0
        for n, token in enumerate(tokens):
            if token.kind == "sep":
                claim.denied = False
                parted = len(claim.named)
                if token.wording.casefold() == "with" and any(one.role == STATED for one in tokens[:n]):
                    claim.drop_subjects()  # "weakness of dorsiflexion and eversion, with inversion spared"
                if not claim.named and n > 1 and _is_of_other(tokens[:n], strict=self.strict):
                    claim.prefix, claim.side, claim.fresh = self.side, None, False
                elif n and tokens[n - 1].kind in {"word", "foreign"}:
                    claim.fresh = False  # "left knee pain, SLR positive on the right"
            if token.kind == "rest":
                claim = Claim(rest=True, limb=claim.limb, whole=claim.whole)
            elif token.kind == "side":
                self._side(claim, tokens, n)
            elif token.kind == "subject":
                self._subject(claim, tokens, n)
            else:
                self._other(claim, tokens, n)
        if claim.words > self.loose:
            claim.drop_subjects()
        last = claim.named[parted:]
        if claim.whole is not None and last and all_limbs(last) and not all_limbs(claim.named):
            claim.named = last  # "fine movement of the hand, UL power 4/5": the hand is not what was graded
        claim.named = movements(claim.named)
        return claim

    def _other(self, claim: Claim, tokens: Sequence[Token], n: int) -> None:
        """Words that part a value from what was named before it."""
        token = tokens[n]
        if token.kind == "hard":
            self.sticky = None
            claim.drop_subjects()
            claim.prefix, claim.limb = self.carry.side, self.carry.limb
            claim.words, claim.pre, claim.heading, claim.denied = 0, None, None, False
        elif token.kind == "foreign":
            listed = n > 0 and tokens[n - 1].kind == "sep" and (claim.named or claim.whole)
            sided = n > 1 and tokens[n - 2].kind == "side" and tokens[n - 1].wording == ","  # "clonus R, Babinski +"
            if not listed or sided:  # "sensation and reflexes are normal" speaks of both
                claim.drop_subjects()
                self.carry.subjects = []
                claim.words, claim.heading = self.loose + 1, None
        elif token.kind == "except":
            claim.drop_subjects()
        elif token.kind == "all":
            claim.everywhere = token
        elif token.kind in {"word", "num", "level"}:
            claim.words += 1
            claim.denied = claim.denied or token.role == DENIAL
            claim.named = [one for one in claim.named if not one.token.weak]
            if token.kind == "num" and claim.fresh and not claim.named:
                claim.prefix, claim.side, claim.fresh = self.side, None, False

    def _side(self, claim: Claim, tokens: Sequence[Token], n: int) -> None:
        token = claim.pre = tokens[n]
        if claim.named and all(t.kind in GLUE or t.kind in {"side", "word"} for t in tokens[n + 1 :]):
            claim.give_side(token.side)
            claim.side = token.side
            return
        claim.prefix, claim.side, claim.fresh = token.side, token.side, True
        if is_heading(tokens[n + 1] if n + 1 < len(tokens) else None):
            self.carry.side, self.carry.limb = token.side, None

    def _subject(self, claim: Claim, tokens: Sequence[Token], n: int) -> None:
        token, follower = tokens[n], tokens[n + 1] if n + 1 < len(tokens) else None
        claim.words, claim.denied = 0, False
        if token.role == "whole":
            after_sep = n > 0 and tokens[n - 1].kind == "sep"
            self._whole(claim, token, follower, after_sep=after_sep, opened=after_sep and _opens(tokens[: n - 1]))
            return
        if token.role == "limb":
            claim.limb = token
            if is_heading(follower):
                self.carry.side, self.carry.limb = token.side or claim.side, token
                claim.prefix, claim.heading, claim.pre = self.carry.side, token, None
                return
            claim.prefix = token.side or claim.prefix
            if token.side:
                claim.give_side(token.side)
        own = token.side is not None or claim.fresh
        held = self.carry.side if not own and token.wording.endswith(self.carry.plural) else claim.prefix
        claim.named.append(Named(token, token.side or held, own))
        claim.pre = None

    def _whole(self, claim: Claim, token: Token, follower: Token | None, *, after_sep: bool, opened: bool) -> None:
        """A general word: after a comma a limb belongs to what went before, before a colon it is a heading's, and where
        the clause ``opened`` with it ("in the right arm, strength was 2/5 throughout") it is what is graded."""
        claim.whole = token
        if opened:
            claim.heading, claim.named = claim.limb, []
        elif after_sep and all_limbs(claim.named):
            claim.named, claim.limb, claim.side, claim.prefix = [], self.carry.limb, None, self.side
        if is_heading(follower) and claim.limb is not None and all_limbs(claim.named):
            self.carry.side, self.carry.limb = claim.prefix, claim.limb
            claim.heading, claim.named = claim.limb, []


def _opens(before: Sequence[Token]) -> bool:
    """Whether a limb ends what stands before a comma, and a preposition that leads to it opens the clause."""
    if not before or before[-1].kind != "subject" or before[-1].role != "limb":
        return False
    at = len(before) - 1
    while at > 0 and before[at - 1].kind in {"prep", "link", "side"}:
        at -= 1
    led = any(token.kind == "prep" for token in before[at:-1])
    return led and (at == 0 or before[at - 1].kind in {"sep", "hard"})


def _is_of_other(before: Sequence[Token], *, strict: bool) -> bool:
    """Whether a side before a comma belongs to what stands before it: a number ("Achilles 2+ on the right, reduced
    pinprick"), where ``strict`` also words ("spasticity R, plantars up")."""
    at = len(before) - 1
    while at > 0 and before[at].wording == ")":
        at -= 1
    if before[at].kind != "side":
        return False
    at = max(at - 1, 0)
    while not strict and at > 0 and (before[at].kind in GLUE or before[at].wording == "+"):  # "2+" is a number
        at -= 1
    return before[at].kind in ({"word", "num", "foreign", "side"} if strict else {"num"})
