"""What was examined and normal: several things under one word (``normal strength, tone and reflexes``), and movements
(``dorsiflexion full``), which one by one are strength of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import NormalItem, NormalList, Subject
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.lists import List, after, before, lists, side_before, side_behind
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.strength import StrengthGrammar
from popliteal.reading.measurements.vocabulary import add_subjects, shared
from popliteal.reading.mention import Mention

_LISTED = frozenset({"item", "subject"})


class NormalityGrammar:
    """Finds lists of two things or more that were examined, and single movements; what else one thing alone says,
    other grammars know."""

    def __init__(self, name: str, rules: MeasurementRules, entry: NormalList, strength: StrengthGrammar) -> None:
        self.name = name
        self.entry = entry
        self._strength = strength
        self._bends = frozenset(entry.bends)
        self.items = dict(entry.items)
        subjects: dict[str, Subject] = {}
        for key, one in strength.subjects.items():
            if one.role == "part" and one.region == "leg" and one.concept:
                subjects[key] = one
                self.items[key] = NormalItem(forms=(), concept=strength.entry.normal_concept, value_text=key)
        forms = [form for item in entry.items.values() for form in item.forms]
        forms += [form for one in subjects.values() for form in (*one.forms, *one.weak)]
        forms += [form for motion in strength.entry.apart.motions.values() for form in motion]
        self.needs: tuple[Needs, ...] = ((need(*forms), need(*entry.normal, *entry.behind, *entry.strong)),)
        vocabulary = shared(rules)
        for key, item in entry.items.items():
            vocabulary.add(item.forms, Entry("item", key))
        vocabulary.add(entry.normal, Entry("normal"))
        vocabulary.add(entry.behind, Entry("behind"))
        vocabulary.add(entry.strong, Entry("strong"))
        vocabulary.add(entry.elsewhere, Entry("elsewhere"))
        vocabulary.add(entry.limbs, Entry("limb", side="bilateral"))
        add_subjects(vocabulary, subjects)
        strength.joints.add(vocabulary)
        self.lexer = Lexer(vocabulary, "", lambda kind, wording: (None, ""))

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Mentions in ``text[start:end]``."""
        tokens = self._strength.resolved(self.lexer.tokens(text, start, end), text, start)
        short = {token.start for token in tokens if token.weak and token.wording.isupper()}
        if short:  # "DF and PF normal": two short names say of each other what they are
            tokens = [replace(token, weak=False) if token.start in short else token for token in tokens]
        found: list[Mention] = []
        for one in lists(tokens, lambda token: token.kind in _LISTED and token.id in self.items, least=1):
            moved = all(tokens[at].kind == "subject" for at in one.parts)
            if len({tokens[at].id for at in one.parts}) < 2 and not self._alone(tokens[one.parts[0]], short):
                continue
            kinds = {"normal", "strong"} if any(tokens[at].kind == "subject" for at in one.parts) else {"normal"}
            if moved and any(map(self._elsewhere, tokens)):
                continue
            found += self._under(tokens, one, kinds, moved)
        return found

    def _alone(self, token: Token, short: set[int]) -> bool:
        """Whether one thing that was examined needs no other: a movement by its full name."""
        return token.start not in short if token.kind == "subject" else self.items[token.id].alone

    def _elsewhere(self, token: Token) -> bool:
        """Whether a token says that the sentence is about something else than strength."""
        return token.kind == "elsewhere" or (token.kind == "item" and self.items[token.id].elsewhere)

    def _under(self, tokens: Sequence[Token], one: List, kinds: set[str], moved: bool) -> list[Mention]:
        """What a list is under a word before or behind it; a full bend is a range ("full knee extension")."""
        leading = before(tokens, one, kinds)
        closing = after(tokens, one, {*kinds, "behind"}) if leading is None else None
        bent = moved and not self._bends.isdisjoint(tokens[at].id for at in one.parts)
        if bent and (leading is not None or (closing is not None and closing.wording.lower() == self.entry.ranging)):
            return []
        return self._mentions(tokens, one, leading, closing) if leading is not None or closing is not None else []

    def _mentions(
        self, tokens: Sequence[Token], one: List, leading: Token | None, closing: Token | None
    ) -> list[Mention]:
        side = side_before(tokens, one, {"normal", "strong"}) or side_behind(tokens, one, closing)
        strong = any(word is not None and word.kind == "strong" for word in (leading, closing))
        found: list[Mention] = []
        said: set[str] = set()  # "intact to pinprick, light touch and vibration": two findings
        for number, (start, at, own) in enumerate(self._named(tokens, one.parts)):
            if not strong and tokens[at].wording.lower() in self.entry.bare:
                continue  # "sensation of the foot and great toe, reflexes normal"
            item = self.items[tokens[at].id]
            again = tokens[at].kind == "item" and tokens[at].id in said
            said.add(tokens[at].id)
            if item.concept is not None and not again:
                found.append(
                    Mention(
                        leading.start if leading is not None and number == 0 else start,
                        closing.end if closing is not None and at == one.parts[-1] else tokens[at].end,
                        item.concept,
                        self.name,
                        laterality=(own or side or item.unsaid_side) if item.sided else None,
                        assertion=item.assertion,
                        value_text=item.value_text,
                    )
                )
        return found

    def _named(self, tokens: Sequence[Token], parts: Sequence[int]) -> list[tuple[int, int, str | None]]:
        """Each part of a list with where its words begin and the side in them: "strength in the left hip flexors" is
        one, of the movement."""
        named: list[tuple[int, int, str | None]] = []
        begun: int | None = None
        side: str | None = None
        for at, behind in zip_longest(parts, parts[1:]):
            start = tokens[at].start if begun is None else begun
            of_it = behind is not None and tokens[at].kind == "item" and tokens[behind].kind == "subject"
            same = of_it and self.items[tokens[at].id].concept == self.items[tokens[behind].id].concept
            within = tokens[at + 1 : behind] if same else ()
            begun = None
            if any(token.kind == "prep" for token in within) and all(token.kind != "sep" for token in within):
                begun, side = start, next((token.side for token in within if token.side is not None), None)
            else:
                named.append((start, at, side))
                side = None
        return named
