"""Several movements under one word for weakness: ``weakness of dorsiflexion, eversion and great toe extension``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from popliteal.knowledge.measurements import MeasurementRules, Subject, Weakness
from popliteal.reading.measurements.claims import GLUE
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.grades import GRADE
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.strength import StrengthGrammar
from popliteal.reading.measurements.vocabulary import add_subjects, shared
from popliteal.reading.mention import Mention

_IN_LIST = GLUE | {"sep", "side"}
#: So many tokens from a list at most stand the word for weakness and the side that closes it.
NEAR = 8


@dataclass(frozen=True, slots=True)
class _List:
    """``tokens[first:stop]`` is a list of movements with nothing but small words and sides between."""

    first: int
    stop: int
    parts: tuple[int, ...]


class WeaknessGrammar:
    """Finds lists of two movements or more, each of which is as weak as the word before or behind the list says.

    One movement alone is what the phrases of its concept say; a list with grades is what the grades say.
    """

    def __init__(self, name: str, rules: MeasurementRules, entry: Weakness, strength: StrengthGrammar) -> None:
        self.name = name
        self.subjects = {
            key: one
            for key, one in strength.subjects.items()
            if (one.role == "part" and one.region == "leg" and one.concept) or one.role == "limb"
        }
        parts = [form for one in self.subjects.values() if one.role == "part" for form in one.forms]
        self.needs: tuple[Needs, ...] = ((need(*entry.of, *entry.said), need(*parts)),)
        vocabulary = shared(rules)
        add_subjects(vocabulary, self.subjects)
        vocabulary.add(entry.of, Entry("of"))
        vocabulary.add(entry.said, Entry("said"))
        self.lexer = Lexer(vocabulary, GRADE, lambda kind, wording: (None, ""))

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Mentions in ``text[start:end]``; whether they are denied is for later stages to say."""
        tokens = self.lexer.tokens(text, start, end)
        found: list[Mention] = []
        for one in _lists(tokens):
            if any(token.kind == "grade" for token in tokens[max(0, one.first - 3) : one.stop + 3]):
                continue
            before, after = self._before(tokens, one), self._after(tokens, one)
            if before is not None or after is not None:
                found += self._mentions(tokens, one, before, None if before is not None else after)
        return found

    def _before(self, tokens: Sequence[Token], one: _List) -> Token | None:
        last = next(
            (t for t in reversed(tokens[max(0, one.first - NEAR) : one.first]) if t.kind not in GLUE | {"side"}), None
        )
        return last if last is not None and last.kind == "of" else None

    def _after(self, tokens: Sequence[Token], one: _List) -> Token | None:
        following = next((t for t in tokens[one.parts[-1] + 1 : one.parts[-1] + NEAR] if t.kind not in GLUE), None)
        return following if following is not None and following.kind in {"said", "of"} else None

    def _mentions(
        self, tokens: Sequence[Token], one: _List, before: Token | None, after: Token | None
    ) -> list[Mention]:
        found: list[Mention] = []
        side = self._leading(tokens, one)
        trailing = self._trailing(tokens, one, after)
        for at in range(one.first, one.stop):
            token = tokens[at]
            if token.kind == "side" and at < one.parts[-1]:
                side = token.side
            if token.kind != "subject":
                continue
            subject: Subject = self.subjects[token.id]
            begin = before.start if before is not None and at == one.parts[0] else token.start
            stop = after.end if after is not None and at == one.parts[-1] else token.end
            found.append(Mention(begin, stop, subject.concept or "", self.name, laterality=side or trailing))
        return found

    def _leading(self, tokens: Sequence[Token], one: _List) -> str | None:
        """The side right before the list or before the word for weakness (``bilateral weakness of``)."""
        for token in reversed(tokens[max(0, one.first - NEAR) : one.first]):
            if token.kind == "side":
                return token.side
            if token.kind not in GLUE | {"of"}:
                return None
        return None

    def _trailing(self, tokens: Sequence[Token], one: _List, after: Token | None) -> str | None:
        """The side or the limb that closes the list."""
        for token in tokens[one.parts[-1] + 1 : one.parts[-1] + NEAR]:
            if token.kind == "side" or (token.role == "limb" and token.side is not None):
                return token.side
            if token.kind not in GLUE and token is not after:
                return None
        return None


def _lists(tokens: Sequence[Token]) -> list[_List]:
    """The lists of two different movements or more, one of them by its full name."""
    found: list[_List] = []
    parts: list[int] = []
    first = 0
    for at in range(len(tokens) + 1):
        if at < len(tokens) and tokens[at].kind == "subject" and tokens[at].role == "part":
            first = first if parts else at
            parts.append(at)
        elif at == len(tokens) or tokens[at].kind not in _IN_LIST:
            several = len({tokens[one].id for one in parts}) > 1 and any(not tokens[one].weak for one in parts)
            if several:
                found.append(_List(first, at, tuple(parts)))
            parts = []
    return found
