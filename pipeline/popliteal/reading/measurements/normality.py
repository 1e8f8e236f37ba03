"""What was examined and normal, several things under one word: ``normal strength, tone, sensation and reflexes``."""

from __future__ import annotations

from collections.abc import Sequence

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import NormalList
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.lists import List, after, before, lists, side_before, side_behind
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.vocabulary import shared
from popliteal.reading.mention import Mention


class NormalityGrammar:
    """Finds lists of two things or more that were examined; what one thing alone says, other grammars know."""

    def __init__(self, name: str, rules: MeasurementRules, entry: NormalList) -> None:
        self.name = name
        self.entry = entry
        forms = [form for item in entry.items.values() for form in item.forms]
        self.needs: tuple[Needs, ...] = ((need(*forms), need(*entry.normal)),)
        vocabulary = shared(rules)
        for key, item in entry.items.items():
            vocabulary.add(item.forms, Entry("item", key))
        vocabulary.add(entry.normal, Entry("normal"))
        vocabulary.add(entry.limbs, Entry("limb", side="bilateral"))
        self.lexer = Lexer(vocabulary, "", lambda kind, wording: (None, ""))

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Mentions in ``text[start:end]``."""
        tokens = self.lexer.tokens(text, start, end)
        found: list[Mention] = []
        for one in lists(tokens, lambda token: token.kind == "item"):
            leading = before(tokens, one, {"normal"})
            closing = after(tokens, one, {"normal"}) if leading is None else None
            if leading is not None or closing is not None:
                found += self._mentions(tokens, one, leading, closing)
        return found

    def _mentions(
        self, tokens: Sequence[Token], one: List, leading: Token | None, closing: Token | None
    ) -> list[Mention]:
        side = side_before(tokens, one, {"normal"}) or side_behind(tokens, one, closing)
        found: list[Mention] = []
        for at in one.parts:
            item = self.entry.items[tokens[at].id]
            if item.concept is not None:
                found.append(
                    Mention(
                        leading.start if leading is not None and at == one.parts[0] else tokens[at].start,
                        closing.end if closing is not None and at == one.parts[-1] else tokens[at].end,
                        item.concept,
                        self.name,
                        laterality=side if item.sided else None,
                        assertion=item.assertion,
                        value_text=item.value_text,
                    )
                )
        return found
