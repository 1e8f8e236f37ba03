"""Movements under a word for weakness: ``weakness of dorsiflexion and eversion``, ``eversion of the foot is weak``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from popliteal.knowledge.forms import expand
from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Glue, Subject, Weakness
from popliteal.reading.measurements.claims import GLUE
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.grades import GRADE, degree
from popliteal.reading.measurements.lexer import Entry, Lexer, Token, Vocabulary
from popliteal.reading.measurements.lists import List, after, before, lists, side_before, side_behind
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.strength import StrengthGrammar
from popliteal.reading.measurements.vocabulary import add_subjects, shared
from popliteal.reading.mention import Mention

#: Words that make what follows them weak, by kind; ``power`` only says what is spoken of.
_LEADING = frozenset({"of", "either", "except", "denied"})
_BEHIND = frozenset({"said", "either", "of", "denied"})
#: Words that say less of what they follow, and of what they stand before.
_LESS = frozenset({"less", "less or lessened"})
_LESSENED = frozenset({"lessened", "less or lessened"})
#: Words of these kinds behind a movement have what is said before it.
_OWNED = frozenset({"said", "either", "of", "denied", "full", "owner", "elsewhere"})
#: What parts those of a list that are weak from those that are not.
_PARTING = frozenset({",", "with"})
#: A grade so many tokens from a list is the list's.
GRADED = 3


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
        self._strength, self._normal_from = strength, strength.entry.normal_from
        parts = [form for one in self.subjects.values() if one.role == "part" for form in one.forms]
        motions = [form for forms in strength.entry.apart.motions.values() for form in forms]
        self._motions = frozenset(form for motion in motions for form in expand(motion))
        self._bends, self._motion = frozenset(entry.bends), re.compile(entry.motion)
        less = (form for form in entry.less if any(map(str.isalpha, form)))
        words = need(*entry.of, *entry.said, *entry.denied, *less, *entry.lessened, *rules.one(Glue).exception)
        self.needs: tuple[Needs, ...] = ((words, need(*parts, *motions)),)
        self.lexer = Lexer(self._vocabulary(rules, entry), GRADE, lambda kind, wording: (degree(wording), ""))

    def _vocabulary(self, rules: MeasurementRules, entry: Weakness) -> Vocabulary:
        vocabulary = shared(rules)
        add_subjects(vocabulary, self.subjects)
        for kind, forms in (
            ("either", tuple(form for form in entry.of if form in entry.said)),
            ("of", entry.of),
            ("said", entry.said),
            ("less or lessened", tuple(form for form in entry.less if form in entry.lessened)),
            ("less", entry.less),
            ("lessened", entry.lessened),
            ("elsewhere", entry.elsewhere),
            ("owner", entry.owners),
            ("denied", entry.denied),
            ("power", entry.strength),
            ("full", entry.full),
            ("place", entry.between),
        ):
            vocabulary.add(forms, Entry(kind))
        self._strength.joints.add(vocabulary)
        return vocabulary

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Mentions in ``text[start:end]``; whether they are denied from afar is for later stages to say."""
        tokens = self._strength.resolved(self.lexer.tokens(text, start, end), text, start)
        found: list[Mention] = []
        for listed in lists(tokens, lambda token: token.role == "part" and token.id in self.subjects, least=1):
            one = _without_the_spared(tokens, listed)
            leading = before(tokens, one, {*_LEADING, *_LESSENED, "power"})
            excepted = leading is not None and leading.kind == "except"
            near = tokens[one.first if excepted else max(0, one.first - GRADED) : one.stop + GRADED]
            if any(token.kind == "grade" for token in near) or (excepted and not self._full_before(tokens, leading)):
                continue
            closing = None
            if leading is None or leading.kind == "power":
                closing = self._closing(tokens, one, less=leading is not None or self._of_power(tokens, one))
            lessened = leading is not None and leading.kind in _LESSENED and self._lessened(tokens, one)
            if closing is not None or lessened or (leading is not None and leading.kind in _LEADING):
                found += self._mentions(tokens, one, leading, closing)
        return found

    def _full_before(self, tokens: Sequence[Token], exception: Token | None) -> bool:
        """Whether what an exception is taken from is full strength (``5/5 except``, ``power normal apart from``)."""
        earlier = [token for token in tokens if exception is not None and token.end <= exception.start]
        if any(token.kind == "grade" and (token.value or 0.0) >= self._normal_from for token in earlier):
            return True
        return {"power", "full"} <= {token.kind for token in earlier}

    def _lessened(self, tokens: Sequence[Token], one: List) -> bool:
        """Whether less of a movement is weakness; "absence of EHL weakness" and "poor quadriceps bulk" are not.

        Nor is a motion without its joint ("decreased flexion and extension of the ankle").
        """
        if any(tokens[at].wording.lower() in self._motions for at in one.parts):
            return False
        return self._of_power(tokens, one) and after(tokens, one, _OWNED) is None

    def _of_power(self, tokens: Sequence[Token], one: List) -> bool:
        """Whether what is ``reduced`` is of strength where no word says so, and not how far a hip or knee goes."""
        muscles = not any(self._motion.search(tokens[at].wording) for at in one.parts)
        if not muscles and all(tokens[at].id in self._bends for at in one.parts):
            return False
        return not any(token.kind == "elsewhere" for token in tokens)

    def _closing(self, tokens: Sequence[Token], one: List, *, less: bool) -> Token | None:
        """The word behind a list that makes it weak; not one that leads to the next (``EHL, weakness of eversion``)."""
        closing = after(tokens, one, _BEHIND | _LESS if less else _BEHIND)
        if closing is None or closing.kind == "said":
            return closing
        ahead = next((t for t in tokens if t.start >= closing.end and t.kind not in GLUE | {"side"}), None)
        if closing.kind in _LESS:  # "EDB showed a decreased amplitude"
            return None if ahead is not None and ahead.kind == "owner" else closing
        return None if ahead is not None and ahead.role == "part" else closing

    def _mentions(
        self, tokens: Sequence[Token], one: List, leading: Token | None, closing: Token | None
    ) -> list[Mention]:
        found: list[Mention] = []
        side = side_before(tokens, one, {*_LEADING, "power"})
        behind = side_behind(tokens, one, closing)
        denied = "absent" if any(token is not None and token.kind == "denied" for token in (leading, closing)) else None
        opening = leading is not None and leading.kind not in {"except", "denied"}
        for at in range(one.first, one.parts[-1] + 1):
            token = tokens[at]
            if token.kind == "side":
                side = token.side
            if token.kind != "subject":
                continue
            subject: Subject = self.subjects[token.id]
            begin = leading.start if leading is not None and opening and at == one.parts[0] else token.start
            stop = _end(closing, token) if closing is not None and at == one.parts[-1] else token.end
            mention = Mention(begin, stop, subject.concept or "", self.name, laterality=side or behind)
            mention.assertion = denied
            found.append(mention)
        return found


def _without_the_spared(tokens: Sequence[Token], one: List) -> List:
    """The list up to the part of it that is said to be well ("DF and eversion, with inversion and PF spared")."""
    if after(tokens, one, {"full"}) is None:
        return one
    cut = max((at for at in range(one.first, one.stop) if tokens[at].wording in _PARTING), default=one.first)
    weak = tuple(at for at in one.parts if at < cut)
    return List(one.first, cut, weak) if weak else one


def _end(closing: Token, last: Token) -> int:
    """Where the words end that make a list weak: before what leads on (``weakness of``), without a denial."""
    if closing.kind == "denied":
        return last.end
    return closing.start + len(closing.wording.split()[0]) if closing.kind == "of" else closing.end
