"""Movements under a word for weakness: ``weakness of dorsiflexion and eversion``, ``eversion of the foot is weak``."""

from __future__ import annotations

from collections.abc import Sequence

from popliteal.knowledge.measurements import MeasurementRules, Subject, Weakness
from popliteal.reading.measurements.claims import GLUE
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.grades import GRADE
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.lists import List, after, before, lists, side_before, side_behind
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.strength import StrengthGrammar
from popliteal.reading.measurements.vocabulary import add_subjects, shared
from popliteal.reading.mention import Mention


class WeaknessGrammar:
    """Finds movements, each of which is as weak as the word before or behind it or its list says.

    What has a grade is what the grade says.
    """

    def __init__(self, name: str, rules: MeasurementRules, entry: Weakness, strength: StrengthGrammar) -> None:
        self.name = name
        self.subjects = {
            key: one
            for key, one in strength.subjects.items()
            if (one.role == "part" and one.region == "leg" and one.concept) or one.role == "limb"
        }
        parts = [form for one in self.subjects.values() if one.role == "part" for form in one.forms]
        motions = [form for forms in strength.entry.apart.motions.values() for form in forms]
        self.needs: tuple[Needs, ...] = ((need(*entry.of, *entry.said, *entry.less), need(*parts, *motions)),)
        self.joints = strength.joints
        vocabulary = shared(rules)
        add_subjects(vocabulary, self.subjects)
        vocabulary.add((form for form in entry.of if form in entry.said), Entry("either"))
        for kind, forms in (("of", entry.of), ("said", entry.said), ("less", entry.less), ("place", entry.places)):
            vocabulary.add(forms, Entry(kind))
        self.joints.add(vocabulary)
        self.lexer = Lexer(vocabulary, GRADE, lambda kind, wording: (None, ""))

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Mentions in ``text[start:end]``; whether they are denied is for later stages to say."""
        tokens = self.joints.resolve(self.lexer.tokens(text, start, end))
        found: list[Mention] = []
        for one in lists(tokens, lambda token: token.role == "part" and token.id in self.subjects, least=1):
            if any(token.kind == "grade" for token in tokens[max(0, one.first - 3) : one.stop + 3]):
                continue
            leading, closing = before(tokens, one, {"of", "either"}), self._closing(tokens, one)
            if leading is not None or closing is not None:
                found += self._mentions(tokens, one, leading, None if leading is not None else closing)
        return found

    def _closing(self, tokens: Sequence[Token], one: List) -> Token | None:
        """The word behind a list that makes it weak; not one that leads to the next (``EHL, weakness of eversion``)."""
        said = {"said", "either", "of", "less"} if len(one.parts) > 1 else {"said", "either", "of"}
        closing = after(tokens, one, said)
        if closing is None or closing.kind == "said":
            return closing
        ahead = next((t for t in tokens if t.start >= closing.end and t.kind not in GLUE | {"side"}), None)
        return None if ahead is not None and ahead.role == "part" else closing

    def _mentions(
        self, tokens: Sequence[Token], one: List, leading: Token | None, closing: Token | None
    ) -> list[Mention]:
        found: list[Mention] = []
        side = side_before(tokens, one, {"of", "either"})
        behind = side_behind(tokens, one, closing)
        for at in range(one.first, one.parts[-1] + 1):
            token = tokens[at]
            if token.kind == "side":
                side = token.side
            if token.kind != "subject":
                continue
            subject: Subject = self.subjects[token.id]
            begin = leading.start if leading is not None and at == one.parts[0] else token.start
            stop = _end(closing) if closing is not None and at == one.parts[-1] else token.end
            found.append(Mention(begin, stop, subject.concept or "", self.name, laterality=side or behind))
        return found


def _end(closing: Token) -> int:
    """Where the words end that make a list weak: before what leads on (``weakness of``)."""
    return closing.start + len(closing.wording.split()[0]) if closing.kind == "of" else closing.end
