"""Which tokens of a text are grades of strength: digits and words that stand beside what can be graded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from popliteal.knowledge.measurements import Strength, Subject
from popliteal.reading.measurements.bare import BareGrades, in_rows, is_pair
from popliteal.reading.measurements.beside import LINKS, before, behind
from popliteal.reading.measurements.changes import Changes
from popliteal.reading.measurements.claims import GLUE, STATED
from popliteal.reading.measurements.grades import degree
from popliteal.reading.measurements.lexer import Token, split_pair
from popliteal.reading.measurements.worded import before_part, beside_list, opens

#: Subjects that say where, not what.
_PLACES = frozenset({"limb", "place"})
#: A grade of which the text alone does not say whether it is one, or one for each side (``R/L: TA 3/5``).
_SMALL = frozenset({"link", "prep"})
#: So many tokens before a word for a loss, pain makes it that of the pain.
LED = 8
_PLAIN = re.compile(r"[0-5][+-]?/5")


class Grading:
    """Built once from the entry and its ``subjects`` by their keys."""

    def __init__(self, entry: Strength, subjects: Mapping[str, Subject]) -> None:
        self.entry = entry
        self._complaints = frozenset(key for key, one in subjects.items() if one.complaint)
        self._bare, self._changes = BareGrades(entry), Changes(entry)
        self._numbers = {key: value.value for key, value in entry.values.items()}

    def values(self, tokens: list[Token], bare: bool = False) -> list[Token]:
        """The tokens with grades of MRC 0 to 5 as values, one for each side where two sides share one.

        ``bare`` says whether digits without ``/5`` may be grades.
        """
        return self._paired(self._prepared(tokens, bare), bare)

    def _prepared(self, tokens: list[Token], bare: bool = False) -> list[Token]:
        """Grades become values where nothing speaks against them; what remains of them becomes plain numbers."""
        tokens = [self._complaint(tokens, at) for at in range(len(tokens))]
        tokens = [self._myotome(tokens, at) for at in range(len(tokens))]
        named = any(token.kind == "subject" for token in tokens)
        strict = any(token.role == "whole" for token in tokens) or in_rows(tokens)
        strength = any(token.kind == "grade" or token.role == "whole" for token in tokens)
        tokens = self._changes.without_units([self._alike(tokens, at) for at in range(len(tokens))])
        changed = self._changes.graded(tokens, strict=strict) if named else frozenset()
        graded = spoken = False
        done: list[Token] = []
        for at, token in enumerate(tokens):
            kind, leading = token.kind, False
            graded = graded or kind == "grade"
            spoken = spoken or token.role in {"whole", STATED}
            if kind == "grade":
                kind = "num" if at not in changed and self._blocked(tokens, at) else "value"
            elif kind == "bare":
                sure = at in changed or (named and self._bare.sure(tokens, at, strict))
                kind = "value" if bare and sure else "num"
            elif kind == "value":
                told = strength or any(one.role == STATED for one in tokens[at:])  # "TP normal, weakness of eversion"
                beside, leading = self._worded(tokens, at, bare=bare, strength=told, graded=graded, spoken=spoken)
                kind = "value" if beside or leading else "word"
            elif kind == "block":
                kind = "word"
            done.append(token if kind == token.kind and kind != "value" else self._as(token, kind, leading=leading))
        return done

    def _as(self, token: Token, kind: str, *, leading: bool) -> Token:
        """A token as one of another kind, with the number that it stands for; ``leading``: before what it grades."""
        number, role = self._numbers.get(token.id, token.value), "leading" if leading else token.role
        return Token(
            kind, token.start, token.end, token.id, token.side, False, role, token.region, number, token.wording
        )

    def _worded(
        self, tokens: list[Token], at: int, *, bare: bool, strength: bool, graded: bool, spoken: bool
    ) -> tuple[bool, bool]:
        """Whether a word that can be a grade stands beside what is graded, and whether it stands before it.

        ``strength``: the sentence is about strength; ``graded`` and ``spoken``: a grade, or a word for strength or
        weakness, stands before.
        """
        value = self.entry.values[tokens[at].id]
        full, works = (value.value or 0.0) >= self.entry.normal_from, value.reading == "normal"
        if not full:
            beside = bare and self._beside_part(tokens, at) and not (value.opening and _led(tokens, at))
            beside = beside and not self._held(tokens, at)
            return beside, beside and opens(tokens, at)
        beside = self._beside_whole(tokens, at) or beside_list(tokens, at, strength=strength, works=works)
        beside = beside or (graded and _of_other_side(tokens, at))
        return beside, not beside and (graded or (works and spoken)) and before_part(tokens, at)

    def _held(self, tokens: list[Token], at: int) -> bool:
        """Whether a word is of a movement that the joint may hold, and not weakness ("extension is not possible")."""
        spared = self.entry.values[tokens[at].id].spares
        owner = before(tokens, at, 5, GLUE | {"side"}) if spared else None
        return owner is not None and owner.id in spared

    def _alike(self, tokens: list[Token], at: int) -> Token:
        """A word that calls both sides alike, as one for both, where a grade stands right behind it ("EHL symmetric,
        3/5")."""
        token, alike = tokens[at], self.entry.alike
        if token.kind != "value" or alike is None or re.fullmatch(alike, token.wording) is None:
            return token
        graded = behind(tokens, at, 4, LINKS | {"prep", "sep"})
        both = replace(token, kind="side", id="", side="bilateral")
        return token if graded is None or graded.kind != "grade" else both

    def _complaint(self, tokens: list[Token], at: int) -> Token:
        """A word for weakness as the end of what it is said of, unless a grade stands beside it in its own clause."""
        token = tokens[at]
        if token.id not in self._complaints or token.kind != "subject":
            return token
        if any(one.kind in {"grade", "both", "bare"} for one in tokens[max(0, at - 2) : at]):
            return token  # "grade 3 weakness of the evertors"
        behind = tokens[at + 1 :]
        of = len(behind) > 1 and behind[0].kind == "prep" and behind[1].kind not in {"grade", "both", "bare"}
        if of and any(one.role == "part" for one in tokens[max(0, at - 4) : at]):
            return replace(
                token, kind="hard", id="", role=STATED
            )  # "pain in the calf, then weakness of eversion (2/5)"
        if len(behind) > 1 and behind[0].kind == "sep" and behind[1].kind == "grade":
            behind = behind[1:]  # "weakness, 4/5, of the left leg"
        own = next((later for later in behind if later.kind in {"grade", "both", "sep", "hard"}), None)
        graded = own is not None and own.kind in {"grade", "both"} and (own.value or 0) < self.entry.normal_from
        return token if graded else replace(token, kind="hard", id="", role=STATED)

    def _myotome(self, tokens: list[Token], at: int) -> Token:
        """A root's level beside its grade as the movement that it stands for (``L5 3/5``, ``L5 myotome 3/5``)."""
        token = tokens[at]
        if token.kind != "level":
            return token
        after = next((t for t in tokens[at + 1 : at + 5] if t.kind not in {"link", "side"} and t.role != "whole"), None)
        if after is None or after.kind not in {"grade", "both", "bare"}:
            return token
        named = before(tokens, at, 2, LINKS)
        return token if named is not None and named.role == "part" else self.of_root(token)  # "EHL (L5): 3/5"

    def of_root(self, token: Token) -> Token:
        """A root's level as the movement by which it is graded; what is none stays what it is."""
        part = self.entry.myotomes.get(token.wording.upper())
        return token if part is None else replace(token, kind="subject", id=part, role="part", region="leg")

    def _paired(self, tokens: list[Token], bare: bool) -> list[Token]:
        """Grades for two sides taken apart: where the text gives the order, or where only that makes sense."""
        order = next((token.side for token in tokens if token.kind == "order"), None)
        pairs = order is not None and any(token.kind == "both" for token in tokens)
        done: list[Token] = []
        for at, token in enumerate(tokens):
            plain = token.kind == "value" and _PLAIN.fullmatch(token.wording) is not None
            if (plain and pairs) or (token.kind == "both" and bare and is_pair(tokens, at, order)):
                done += split_pair(token, order or "right", degree)
            elif token.kind == "both" and re.search(r"/\s?5[+-]$", token.wording):
                done.append(replace(token, kind="value", id="grade"))
            else:
                done.append(token)
        return done

    def _blocked(self, tokens: list[Token], at: int) -> bool:
        """``pain 4/5``, ``since 3/5``: a grade of something else."""
        for token in reversed(tokens[max(0, at - 4) : at]):
            if token.kind == "block":
                return True
            if token.kind not in {"link", "prep", "word"} or token.wording == ",":
                break
        if at and tokens[at - 1].wording.casefold() in self.entry.dates:
            return True
        if tokens[at].wording[0] == "M" and tokens[at].wording[1].isdigit():  # "EHL M4", not the M1 of an artery
            owner = before(tokens, at, 4, LINKS | {"side"})
            if owner is None or owner.kind != "subject":
                return True
        after = behind(tokens, at, 2, LINKS)
        return after is not None and after.kind == "block"

    def _beside_whole(self, tokens: list[Token], at: int) -> bool:
        """``normal strength``, ``motor, sensation and reflexes were normal``."""
        after = behind(tokens, at, 3, LINKS)
        if after is not None and (after.role == "whole" or after.kind == "foreign"):
            later = [t for t in tokens[at + 1 : at + 5] if t.start >= after.end]
            return after.role == "whole" and not (later and later[0].kind in {"word", "block"})
        for token in reversed(tokens[max(0, at - 9) : at]):
            if token.role == "whole":
                return True
            if (
                token.kind not in {"link", "foreign", "sep", "side", "prep", "all", "rest"}
                and token.role not in _PLACES
            ):
                return False
        return False

    def _beside_part(self, tokens: list[Token], at: int) -> bool:
        passed = GLUE | {"side"} if tokens[at].role == "leading" else GLUE  # "no power in the left quadriceps"
        beside = (before(tokens, at, 5, GLUE | {"side"}), behind(tokens, at, 3, passed))
        return any(one is not None and one.kind == "subject" and one.role == "part" for one in beside)


def _led(tokens: list[Token], at: int) -> bool:
    """Whether more leads to the movements before a word than their clause ("pain on dorsiflexion was absent").

    A side is of the clause ("eversion on the right is lost"), and so is power ("power of eversion was nil"); weakness
    ("weakness of eversion is gone") and pain, be it on resisted movement, are not.
    """
    last = ""
    if any(token.kind == "block" for token in tokens[max(0, at - LED) : at]):
        return True
    for place in range(at - 1, -1, -1):
        token = tokens[place]
        if token.kind in {"link", "sep"} or (token.kind == "prep" and last == "side"):
            continue
        if token.kind == "side" or token.role == "part":
            last = "part" if token.role == "part" else "side"
            continue
        powered = token.kind == "prep" and place > 0 and tokens[place - 1].role == "whole"
        return not (powered or token.role == "whole") and token.kind not in {"hard", "word"}
    return False


def _of_other_side(tokens: list[Token], at: int) -> bool:
    """Whether a word closes or opens what is said of a side alone ("EHL 4/5 on the left and normal on the right",
    "EHL 4/5 L, R normal", "EHL L 4/5 R normal")."""
    last = [token for token in tokens[max(0, at - 6) : at] if token.kind not in _SMALL]
    behind = [token for token in tokens[at + 1 : at + 5] if token.kind not in _SMALL]
    sided = bool(behind) and behind[0].kind == "side"
    if sided:
        behind = behind[1:]
    elif last and last[-1].kind == "side":
        sided, other = True, last.pop()
        if [token.kind for token in last[-2:]] == ["side", "grade"] and last[-2].side != other.side:
            last.append(replace(other, kind="sep"))
    closed = not behind or behind[0].kind in {"sep", "hard"} or behind[0].wording == "."
    return sided and closed and bool(last) and last[-1].kind in {"sep", "hard"}
