"""Several movements under one word for weakness: ``weakness of dorsiflexion, eversion and great toe extension``."""

from __future__ import annotations

from collections.abc import Sequence

from popliteal.knowledge.measurements import MeasurementRules, Subject, Weakness
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.grades import GRADE
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.lists import List, after, before, lists, side_before, side_behind
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.strength import StrengthGrammar
from popliteal.reading.measurements.vocabulary import add_subjects, shared
from popliteal.reading.mention import Mention


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
        for one in lists(tokens, lambda token: token.role == "part"):
            if any(token.kind == "grade" for token in tokens[max(0, one.first - 3) : one.stop + 3]):
                continue
            leading, closing = before(tokens, one, {"of"}), after(tokens, one, {"said", "of"})
            if leading is not None or closing is not None:
                found += self._mentions(tokens, one, leading, None if leading is not None else closing)
        return found

    def _mentions(
        self, tokens: Sequence[Token], one: List, leading: Token | None, closing: Token | None
    ) -> list[Mention]:
        found: list[Mention] = []
        side = side_before(tokens, one, {"of"})
        behind = side_behind(tokens, one, closing)
        for at in range(one.first, one.parts[-1] + 1):
            token = tokens[at]
            if token.kind == "side":
                side = token.side
            if token.kind != "subject":
                continue
            subject: Subject = self.subjects[token.id]
            begin = leading.start if leading is not None and at == one.parts[0] else token.start
            stop = closing.end if closing is not None and at == one.parts[-1] else token.end
            found.append(Mention(begin, stop, subject.concept or "", self.name, laterality=side or behind))
        return found
