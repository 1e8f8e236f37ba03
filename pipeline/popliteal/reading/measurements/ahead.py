"""What stands after a value: a list of subjects, or a side, a limb, 'throughout'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from popliteal.reading.measurements.claims import GLUE, Claim, Named, movements
from popliteal.reading.measurements.lexer import Token

SKIPPED_WORDS = 2
TRAILING_WORDS = 1
#: Joins a grade to the movement that it is of, where nothing stands between.
_WITH, _GRADE = "with", "grade"
#: A value further ahead than this owns nothing here.
NEAR = 12
#: Words for both sides that are of what stands right behind them.
_ADJECTIVES = frozenset({"bilateral", "both", "b/l"})


@dataclass(slots=True)
class _List:
    """The list a value is about to claim; ``last`` is the last token that belongs to it."""

    side: str | None
    last: int
    named: list[Named] = field(default_factory=list)
    words: int = 0


class Ahead:
    """Reads the tokens between a value and the next one at ``stop`` (or the end)."""

    def __init__(self, tokens: Sequence[Token], at: int, stop: int) -> None:
        self.tokens = tokens
        self.at = at
        self.stop = stop
        self.claimed = at + 1
        self.side: str | None = None  # said behind the value

    def read(self, claim: Claim, side: str | None) -> int:
        """Complete ``claim``; gives the first token nobody has claimed. ``side`` holds unless another is said."""
        wider = {"limb", "place"} if self._leads() else {"limb"}
        limbs = [one for one in claim.named if one.token.role in wider]
        if limbs == claim.named and not claim.rest:
            self._list(claim, side)
        if not claim.named and claim.everywhere is None and claim.heading is not None:
            heading = claim.heading
            claim.named = [Named(heading, heading.side or claim.prefix, own=heading.side is not None)]
        if not claim.named or claim.named[0].token.start < self.tokens[self.at].start:
            self._trailing(claim)
        return self.claimed

    # ------------------------------------------------------------------ a list

    def _list(self, claim: Claim, side: str | None) -> None:
        """``5/5 strength in iliopsoas, quads and left EHL``: the list up to what the next value owns."""
        limbs = claim.named
        found = _List(claim.side or next((one.side for one in limbs), side), self.at)
        for k in range(self.at + 1, self.stop):
            if not self._item(claim, found, k, bool(limbs)):
                break
        if found.named or claim.everywhere is not None or not limbs:
            self.claimed = max(self.claimed, found.last + 1)
        if found.named:
            claim.named = movements(found.named)

    def _item(self, claim: Claim, found: _List, k: int, limbs: bool) -> bool:
        """Take token ``k`` into the list; False where the list ends."""
        token = self.tokens[k]
        if token.kind in GLUE or (found.named and _is_root(token)):
            return True
        if token.kind == "sep":  # "4/5 strength with hip flexion"
            of_it = claim.whole is not None or (k == self.at + 1 and self.tokens[self.at].id == _GRADE)
            return bool(found.named) or (of_it and token.wording.casefold() == _WITH)
        if token.kind == "side":
            return self._item_side(found, k)
        if token.kind == "all":
            if not found.named and self._leads_a_list(k):
                return True
            if not found.named:
                claim.everywhere, found.last = token, k
            return False
        if token.kind == "subject":
            return self._item_subject(claim, found, k, limbs)
        found.words += 1
        weak = bool(found.named) and found.named[-1].token.weak
        return token.kind == "word" and found.words <= SKIPPED_WORDS and not weak

    def _leads(self) -> bool:
        """Whether a movement stands right behind the value and is its own (``ankle was 1/5 with plantarflexion,``)."""
        ahead = self.tokens[self.at + 1 : min(self.stop, self.at + NEAR)]
        if not ahead or not (ahead[0].kind == "prep" or ahead[0].wording.casefold() == _WITH):
            return False
        for k, token in enumerate(ahead, self.at + 1):
            if token.kind == "subject":
                return token.role == "part" and not self._owned_by_next(k, False)
            if token.kind not in GLUE | {"side"} and k > self.at + 1:
                return False
        return False

    def _leads_a_list(self, k: int) -> bool:
        """Whether ``throughout`` says of what: a list with a joint in it (``2+ throughout the arms and the knees``)."""
        after = [t for t in self.tokens[k + 1 : min(self.stop, k + NEAR)] if t.kind not in {*GLUE, "all", "side"}]
        if self.tokens[k].wording.casefold() == "in all" and self.tokens[k + 1 : k + 2] == after[:1] != []:
            return after[0].kind == "subject"  # "0/5 in all ankle and toe groups"
        listed = [t.kind for t in after[:3]] == ["subject", "sep", "subject"]
        return listed and "part" in {after[0].role, after[2].role}

    def _item_side(self, found: _List, k: int) -> bool:
        token = self.tokens[k]
        if self._before_next(k) or self._of_other_words(found, k) or self._opens_another(found, k):
            return False
        after = next((t for t in self.tokens[k + 1 : min(self.stop, k + NEAR)] if t.kind not in GLUE), None)
        if found.named and (after is None or after.kind != "subject"):  # it closes the list: "TA, EHL on the left"
            led = token.side == "bilateral" or any(t.kind == "prep" for t in self.tokens[max(self.at, k - 2) : k])
            led = led or self._opens_part()
            for one in found.named:  # a side of its own is stronger than one from before the value
                one.side = token.side if led and not one.own else one.side or token.side
            found.last = k
        found.side = token.side
        return True

    def _opens_part(self) -> bool:
        """Whether a comma or "and" parts the value from what stands before ("weak dorsiflexion R, absent jerk L")."""
        before = [token for token in self.tokens[max(0, self.at - 3) : self.at] if token.kind not in GLUE]
        return bool(before) and before[-1].kind == "sep"

    def _of_other_words(self, found: _List, k: int) -> bool:
        """Whether unknown words behind the list's last comma part side ``k`` from it (``3+ in the legs, upgoing right
        toe``)."""
        since = [token.kind for token in self.tokens[found.last + 1 : k]]
        return bool(found.named) and "sep" in since and "word" in since[since.index("sep") :]

    def _opens_another(self, found: _List, k: int) -> bool:
        """Whether behind a comma side ``k`` opens what is said next ("..., and on the right side numbness", "absent
        right ankle jerk and bilateral extensor plantars")."""
        if not found.named:
            return False
        between = self.tokens[found.last + 1 : k]
        after = next((token for token in self.tokens[k + 1 : k + 4] if token.kind not in GLUE), None)
        adjective = self.tokens[k].wording.casefold() in _ADJECTIVES
        opened = any(token.kind == "sep" for token in between) and (
            adjective or any(token.kind == "prep" for token in between)
        )
        return opened and after is not None and after.kind in {"word", "foreign"}

    def _item_subject(self, claim: Claim, found: _List, k: int, limbs: bool) -> bool:
        token = self.tokens[k]
        if token.role == "whole":
            if not found.named:
                claim.whole, found.last = token, k
            return True
        if limbs and token.role == "limb":
            return False
        if self._owned_by_next(k, bool(found.named)) and (found.named or claim.whole or self._glued(k)):
            return False
        found.named.append(Named(token, token.side or found.side, own=token.side is not None))
        found.words, found.last = 0, k
        return True

    # ------------------------------------------------------------------ whose a token is

    def _between(self, k: int) -> Sequence[Token] | None:
        """The tokens between ``k`` and the next value; None if there is none near."""
        near = self.stop < len(self.tokens) and self.stop - k <= NEAR
        return self.tokens[k + 1 : self.stop] if near else None

    def _glued(self, k: int) -> bool:
        between = self._between(k)
        return between is not None and all(t.kind in {"link", "side"} for t in between)

    def _owned_by_next(self, k: int, listed: bool) -> bool:
        """Whether the next value stands right behind subject ``k``, and so owns it (``4/5 EHL, TA 5/5``)."""
        between = self._between(k)
        if between is None or not all(t.kind in {"link", "side", "subject"} for t in between):
            return False
        if self.tokens[self.stop].role == "leading":
            return False  # "+TA +EHL": nothing before it is its own
        if not listed:
            return True
        ahead = self.tokens[self.stop + 1 : self.stop + NEAR]
        after = next((t for t in ahead if t.kind not in GLUE and t.kind != "side"), None)
        separated = any(t.kind == "sep" for t in self.tokens[max(0, k - 2) : k])
        return separated or not (after is not None and after.kind == "subject")

    def _before_next(self, k: int) -> bool:
        """Whether side ``k`` stands right before the next value or its subject (``L 4/5``), not after a preposition."""
        back = self.tokens[max(0, k - 2) : k]
        if back[-1].kind == "prep" or (back[-1].kind == "link" and back[0].kind == "prep"):
            return False
        between = self._between(k)
        return between is not None and all(t.wording in {":", "="} or t.kind == "subject" for t in between)

    # ------------------------------------------------------------------ a side, a limb, 'throughout'

    def _trailing(self, claim: Claim) -> None:
        """What is said right after a value that has its subjects."""
        words = 0
        for k in range(self.at + 1, self.stop):
            token = self.tokens[k]
            if token.kind in GLUE or _is_root(token) or self._joins_levels(k):
                continue
            if token.kind == "word" and words < TRAILING_WORDS:
                words += 1
                claim.words += not claim.named  # "neg Babinski b/l"
                continue
            if not self._trail(claim, k):
                return
            self.claimed = k + 1

    def _joins_levels(self, k: int) -> bool:
        """Whether token ``k`` only joins two levels of what is said ("reduced in L5 and S1 on the left")."""
        beside = self.tokens[k - 1 : k + 2 : 2]
        return self.tokens[k].kind == "sep" and [token.kind for token in beside] == ["level", "level"]

    def _trail(self, claim: Claim, k: int) -> bool:
        """Take token ``k`` as said of the value; False where it is not."""
        token = self.tokens[k]
        if token.kind == "all":
            claim.everywhere = claim.everywhere or token
            return True
        if token.kind == "side":
            if not self._takes_side(claim, k) or self._told(token):
                return False
            self.side = claim.side = self._both(k) or token.side
            claim.give_side(claim.side)
            return True
        if token.kind == "subject" and token.role == "whole":
            claim.whole = claim.whole or token
            return True
        if token.kind != "subject" or token.role != "limb" or self._owned_by_next(k, False):
            return False
        if claim.everywhere is not None and not claim.named and not claim.rest:  # "4/5 throughout the legs"
            claim.named = [Named(token, token.side or claim.side, own=token.side is not None)]
            return True
        if token.side is None or not (claim.named or claim.rest) or self._told(token):
            return False
        claim.give_side(token.side)
        claim.side = token.side
        return True

    def _told(self, token: Token) -> bool:
        """Whether another side stands already behind the value ("reduced in the left foot (right leg normal)")."""
        return self.side is not None and token.side != self.side

    def _takes_side(self, claim: Claim, k: int) -> bool:
        after = next((t for t in self.tokens[k + 1 : min(self.stop, k + NEAR)] if t.kind not in GLUE), None)
        if after is not None:
            return after.kind != "subject"
        return not self._before_next(k) or (claim.side is None and claim.pre is None)

    def _both(self, k: int) -> str | None:
        """``R and L`` after the last value is both sides."""
        rest = [t for t in self.tokens[k + 1 : k + NEAR] if t.kind not in GLUE]
        if self.stop < len(self.tokens) or len(rest) < 2 or rest[0].kind != "sep" or rest[1].kind != "side":
            return None
        if len(rest) > 2 and rest[2].kind in {"word", "foreign", "subject"}:
            return None  # "over the left foot, right knee pain"
        return "bilateral" if rest[1].side != self.tokens[k].side else None


def _is_root(token: Token) -> bool:
    """Whether a level is a root of the legs, of one side, and none of the trunk, which has both."""
    return token.kind == "level" and token.wording[:1] in "LS"
