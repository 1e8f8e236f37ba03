"""How far a joint moves: from and to in degrees, degrees that are missing, or a word (``full``, ``limited``)."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from popliteal.knowledge.forms import expand
from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Motion
from popliteal.reading.measurements.beside import LINKS, before, behind
from popliteal.reading.measurements.context import Context, paragraph
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.needs import DIGIT, Needs, literal, need
from popliteal.reading.measurements.vocabulary import shared
from popliteal.reading.mention import Mention

_DEGREES = r"(?:\s?(?:°|º|degrees?\b|deg\b))"
_RANGE = (
    rf"(?P<range>(?<![\d./])-?\d{{1,2}}{_DEGREES}?\s?(?:-|–|to|through)\s?\d{{2,3}}{_DEGREES}?(?![\d/%])"
    rf"|between \d{{1,2}}{_DEGREES}?\s?and\s?\d{{2,3}}{_DEGREES}?(?![\d/%]))"
    rf"|(?P<short>(?<![\w-])(?:[-–]|(?i:minus) )\d{{1,2}}{_DEGREES}?(?![\d/%]|\.\d))"
)
_DIGITS = re.compile(r"\d+")
#: Between the words for the motion and what is said of it.
NEAR = 7
#: The same for a word said of it behind it.
_CLOSE = 5
_VALUES = frozenset({"range", "degrees", "short", "full", "limited"})
_SMALL = frozenset({"link", "prep", "side", "joint", "sep"})


class MotionGrammar:
    """Finds the motion of one joint."""

    def __init__(self, name: str, rules: MeasurementRules, entry: Motion) -> None:
        self.name = name
        self.entry = entry
        joint, number = need(*entry.joint), literal(DIGIT)
        self.needs: tuple[Needs, ...] = (
            (joint, need(*entry.names), need(*entry.full, *entry.limited)),
            (joint, number),
            (need(*entry.names, *entry.bends, *entry.straightens), number),  # the joint may stand above
        )
        vocabulary = shared(rules)
        for kind, forms in (
            ("other", entry.others),
            ("joint", entry.joint),
            ("motion", entry.names),
            ("bend", entry.bends),
            ("straight", entry.straightens),
            ("lack", entry.lacks),
            ("full", entry.full),
            ("limited", entry.limited),
        ):
            vocabulary.add(forms, Entry(kind))
        self.lexer = Lexer(vocabulary, _numbers(entry.told), lambda kind, wording: (None, kind))

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Mentions in ``text[start:end]``; the joint is named there, or last before it in the paragraph."""
        tokens = self.lexer.tokens(text, start, end)
        if not any(token.kind in _VALUES for token in tokens):
            return []
        above: list[Token] | None = None
        found: list[Mention] = []
        for at, token in enumerate(tokens):
            said = self._said(tokens, at)
            if said is None:
                continue
            here = [t for t in tokens if t.kind in {"joint", "other"}]
            before = [t for t in here if t.start < token.end]
            if not here and token.kind in {"range", "degrees", "short"}:
                above = above if above is not None else self._above(text, start, context)
                before = [t for t in above if t.kind in {"joint", "other"}]
            joint = before[-1] if before else _listed(tokens, max(said[0].end, token.end))
            if joint is not None and joint.kind == "joint":
                around = above if above is not None and joint in above else tokens
                side = self._side(tokens, at) or _side_before(around, joint)
                found.append(self._mention(said, token, joint, side))
        return found

    def _above(self, text: str, start: int, context: Context) -> list[Token]:
        floor = paragraph(text, start, context.since)
        return [t for t in self.lexer.tokens(text, floor, start) if t.kind in {"joint", "other", "side"}]

    def _said(self, tokens: list[Token], at: int) -> tuple[Token, str] | None:
        """The words for the motion that token ``at`` is said of, and whether the motion is restricted."""
        token, entry = tokens[at], self.entry
        if token.kind == "range":
            low, high = (float(one) for one in _DIGITS.findall(token.wording)[:2])
            name = _before(tokens, at, {"motion", "bend"})
            if name is not None and any(t.kind == "range" and t.start > name.start for t in tokens[:at]):
                name = token  # "ROM 0-120 left, 10-95 right": the words belong to the first
            full = low <= entry.straight_to and high >= entry.bent_from
            if name is None and re.search(_DEGREES, token.wording):  # "right knee 5-110°", "5-110° of motion"
                told = _before(tokens, at, {"joint"}) is not None
                name = token if told else _after(tokens, at, {"motion"})
            if name is None and low < high and high >= entry.told_alone and _stands_alone(tokens, at):
                name = token
            return (name, "absent" if full else "present") if name is not None and low < high else None
        if token.kind == "degrees":
            lack = _before(tokens, at, {"lack"})
            if lack is not None:
                return lack, "present"
            bend = _before(tokens, at, {"bend"}) or _after(tokens, at, {"bend"})
            bent = float(_DIGITS.findall(token.wording)[0])
            if bend is not None and any(t.kind == "degrees" and t.start > bend.start for t in tokens[:at]):
                bend = token  # "flexion R 85, L 135"
            if bend is None:
                return None
            limited = any(t.kind == "limited" and bend.start < t.start < token.start for t in tokens)
            return bend, "present" if limited or bent < entry.bent_from else "absent"
        if token.kind == "short":
            straight = _before(tokens, at, {"straight"})
            missing = float(_DIGITS.findall(token.wording)[0])
            return (straight, "present" if missing > entry.straight_to else "absent") if straight is not None else None
        if token.kind in {"full", "limited"}:
            name = _after(tokens, at, {"motion"}) or _before(tokens, at, {"motion"}, _CLOSE, _SMALL)
            return (name, "absent" if token.kind == "full" else "present") if name is not None else None
        return None

    @staticmethod
    def _side(tokens: list[Token], at: int) -> str | None:
        """The side right behind the value (``0-120 left, 10-95 right``), or right before it (``left 0-120``)."""
        after = tokens[at + 1 : at + 3]
        if after and after[0].kind == "side" and not (len(after) > 1 and after[1].kind in {"joint", "other"}):
            return after[0].side
        led = before(tokens, at, 3, LINKS)
        return led.side if led is not None and led.kind == "side" else None

    def _mention(self, said: tuple[Token, str], token: Token, joint: Token, side: str | None) -> Mention:
        name, assertion = said
        start = min(name.start, token.start)
        numbers = _DIGITS.findall(token.wording)
        return Mention(
            joint.start if joint.end == start - 1 else start,
            max(name.end, token.end),
            self.entry.concept,
            self.name,
            site=self.entry.site,
            laterality=side,
            assertion=assertion,
            value=float(numbers[-1]) if numbers else None,
            value_text=token.wording if numbers else None,
            unit="deg" if numbers else None,
        )


def _numbers(told: Sequence[str]) -> str:
    """A range, degrees that are missing, or degrees, which need no sign behind a side or the forms ``told``."""
    words = (re.escape(spelling) for form in told for spelling in expand(form))
    behind = "|".join(("(?<=[ (][LR] )", *(f"(?<=(?i:{word} ))" for word in words)))
    return rf"{_RANGE}|(?P<degrees>(?<![\d./])\d{{1,3}}{_DEGREES}|(?:{behind})\d{{2,3}}(?![\d/%]|\.\d))"


def _side_before(tokens: list[Token], joint: Token) -> str | None:
    """The side right before the joint."""
    before = [t for t in tokens if t.end <= joint.start and joint.start - t.end <= 1]
    return before[-1].side if before and before[-1].kind == "side" else None


def _before(
    tokens: list[Token], at: int, kinds: Set[str], within: int = NEAR, passed: Set[str] = _SMALL | _VALUES
) -> Token | None:
    """The nearest token of one of the kinds before ``at``, with a few small words between."""
    return _of(kinds, before(tokens, at, within, passed - kinds))


def _after(tokens: list[Token], at: int, kinds: Set[str]) -> Token | None:
    return _of(kinds, behind(tokens, at, NEAR, _SMALL - {"sep"} - kinds))


def _of(kinds: Set[str], token: Token | None) -> Token | None:
    return token if token is not None and token.kind in kinds else None


def _stands_alone(tokens: list[Token], at: int) -> bool:
    """Whether a range stands right behind the joint, and nothing right behind it ("Left knee: 15 to 90.")."""
    before = tokens[at - 1] if at else None
    if before is not None and before.kind in {"sep", "link"} and at > 1:
        before = tokens[at - 2]
    ends = at + 1 == len(tokens) or tokens[at + 1].kind in {"sep", "hard"}
    return ends and before is not None and before.kind == "joint"


def _listed(tokens: list[Token], end: int) -> Token | None:
    """The joint in a list of joints behind ``end`` (``full ROM of hip, knee and ankle``), or the first of any."""
    listed: list[Token] = []
    for token in tokens:
        if token.start < end:
            continue
        if token.kind in {"joint", "other"}:
            listed.append(token)
        elif listed and token.kind not in _SMALL:
            break
    return next((token for token in listed if token.kind == "joint"), None)
