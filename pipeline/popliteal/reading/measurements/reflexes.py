"""Tendon reflexes: grades 0 to 4, words, British plus signs; per site and side."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from functools import partial
from itertools import groupby, pairwise

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Glue, Reflexes, Sides, Subject
from popliteal.reading.measurements.beside import (
    LINKS,
    SIDED,
    apart,
    before,
    behind,
    beside_side,
    described,
    follows_subject,
    names_reflex,
    next_to,
    of_limb,
    without_repeats,
)
from popliteal.reading.measurements.claims import Reading, of_other_side, of_side_before
from popliteal.reading.measurements.context import Context, look_back, paragraph
from popliteal.reading.measurements.lexer import Entry, Lexer, Token, Vocabulary, split_pair
from popliteal.reading.measurements.needs import DIGIT, Needs, literal, need
from popliteal.reading.measurements.pairing import pair
from popliteal.reading.measurements.vocabulary import add_subjects, add_values, shared
from popliteal.reading.mention import Mention

_FOUR = "(?:4|IV)"
_RANGE = r"(?:\s?(?:-|–|to)\s?[0-4])?"
NUMBERS = (
    # right/left pairs (1+/1+, 2/2), then grades out of four, then n+, then British signs, then bare digits
    r"(?P<both>(?<![\d./+])[0-4]\+?\s?/\s?[0-3]\+?(?![/\d+]))"
    rf"|(?P<plus>(?<![\d./+])(?:tr(?:ace)?\s?(?:-|–|to)\s?)?[0-4]{_RANGE}(?:\s?\+{{1,2}}(?:\s?/\s?{_FOUR}\+?)?|\s?/\s?{_FOUR}\+?)(?![\d/])"
    rf"|(?<![\w+/.])\+[0-4](?:\s?/\s?{_FOUR})?(?![\d/+]|\.\d)"  # "+2", "+2/4"
    rf"|(?<![\w/])(?:IV|I{{1,3}})\+?\s?/\s?IV(?![\w/]))"
    r"|(?P<symbol>(?<![\w+/±–−-])(?:\+{1,4}|±|[-–−]|\+/-)\s?/\s?(?:\+{1,4}|±|[-–−])(?![\w/±–−-])"
    r"|(?<![\w+/.±-])(?:0\s?/\s?\+{1,4}|\+{1,4}\s?/\s?0)(?![\w+/±-])"
    # two signs side by side, or one that ends what is said ("AJ - -", "AJ -,")
    r"|(?<=[A-Za-z] )(?:(?:\+{1,4}|±) (?:\+{1,4}|±|-)|- (?:\+{1,4}|±|-)|[+-])(?=\s*(?:[,;.)]|$))"
    r"|(?<=[A-Za-z] )(?:(?:\+{1,4}|±|-) (?:\+{1,4}|±|-))(?= [A-Z]{2}s?\b)"  # "KJ + + AJ - -"
    r"|(?<=[A-Za-z] )[+-](?= [RL], [+-] [RL]\b)|(?<= [RL], )[+-](?= [RL]\b)"  # "AJ - R, + L"
    # one sign before the next jerk or before a side ("KJ - AJ - (b/l)")
    r"|(?<=[A-Z]J )(?:[+-]|±)(?=\s*/?\s*(?:\(|[A-Z]{1,3}J\b|[Bb]il|[Bb]/[Ll]\b|[Bb]oth\b|[RL]\b|[Pp]lantar))"
    # one sign behind each side ("R + L -", "R+ L-")
    r"|(?<=\b[RL] )[+-](?=(?: ?[,;/] ?[RL]\b| [RL] ?[+±0-4-]))|(?<=\b[RL])(?:\+{1,4}|-|±)(?=[\s,;/)]|$)"
    r"|(?<![\w+/])\+{2,4}(?![\w/+])|±)"
    r"|(?P<digit>(?<![\w./+-])[0-4](?!\.(?!\s*$))(?![\w/+%°]|-\d|\s?/)|(?<=\b[LR])[0-4](?![\w/%]|\.\d))"  # "R2+ L0"
)
_MINUS = str.maketrans("–−", "--")
_DIGITS = re.compile(r"[0-4]")
_ROMAN = re.compile(r"\bIV\b|\bI{1,3}\b")
_NUMERALS = {"I": "1", "II": "2", "III": "3", "IV": "4"}
LOOSE = 3
PLACED = 6  #: so many tokens off, with a leg between, a short word may say what a reflex is
#: So many characters before and behind a sentence other signs of the upper motor neuron are looked for.
_BESIDE = 120
SENSE = "sense"
#: Words that say no grade by themselves.
_WORDED = frozenset({"normal", "decreased", "brisk"})
_VALUED = frozenset({"value", "plus", "both", "digit", "symbol"})


def reflex_grade(wording: str) -> float | None:
    """``2+``, ``2/4`` and ``1 to 2+`` as numbers; of a range the middle.

    >>> reflex_grade("2+"), reflex_grade("1 to 2+"), reflex_grade("3+/4")
    (2.0, 1.5, 3.0)
    """
    body = re.sub(rf"/\s?{_FOUR}\+?$", "", wording)
    digits = [float(digit) for digit in _DIGITS.findall(_ROMAN.sub(lambda one: _NUMERALS[one[0]], body))]
    if wording[:1] in "tT":
        digits = [0.5, *digits]
    return sum(digits[:2]) / len(digits[:2]) if digits else None


class ReflexGrammar:
    """Finds reflexes and what they say."""

    def __init__(self, name: str, rules: MeasurementRules, entry: Reflexes) -> None:
        self.name = name
        self.entry = entry
        named = [form for s in entry.subjects.values() if s.role in {"part", "whole"} for form in (*s.forms, *s.weak)]
        worded = [form for value in entry.values.values() for form in value.forms if "reflex" in form]
        worded += [form for one in entry.subjects.values() for form in one.forms if "reflex" in form]
        said = [form for value in entry.values.values() for form in (*value.forms, *value.weak, *value.leading)]
        said += entry.symmetric
        signs = {sign for form in said if not any(map(str.isalpha, form)) for sign in form if not sign.isdigit()}
        values = need(*(form for form in said if any(map(str.isalpha, form))))
        values |= literal(DIGIT, "+", "±", "-", "IV", *signs)
        self._topic = re.compile(entry.topic)
        self.needs: tuple[Needs, ...] = ((need(*named, *worded), values),)
        vocabulary = shared(rules)
        add_subjects(vocabulary, entry.subjects)
        add_values(vocabulary, entry.values, rules.one(Glue))
        vocabulary.add(entry.symmetric, Entry("even"))
        vocabulary.add(entry.strength, Entry("foreign", "strength"))
        vocabulary.add(entry.senses, Entry("foreign", SENSE))
        self._plural = rules.one(Sides).plural
        self._upper = Vocabulary()
        self._upper.add(entry.upper_motor_neuron, Entry("upper"))
        self._upper.add(entry.negations, Entry("negation"))
        self._upper_lexer = Lexer(self._upper, "", lambda kind, wording: (None, ""))
        self.lexer = Lexer(vocabulary, NUMBERS, self._read)

    def _read(self, kind: str, wording: str) -> tuple[float | None, str]:
        if kind == "symbol":
            return self._sign(re.split(r"\s?/\s?|\s", wording)[0] if wording != "+/-" else "±"), kind
        return reflex_grade(wording), kind

    def _sign(self, wording: str) -> float | None:
        return self.entry.symbols.get(wording.strip().translate(_MINUS))

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Reflex mentions in ``text[start:end]``."""
        raw = self.lexer.tokens(text, start, end)
        if not any(map(names_reflex, raw)):
            return []
        order = self._order_before(raw, text, start, context)
        tokens = self._prepare(raw, told=self._told(raw, text, start, context), order=order)
        if not any(token.kind == "value" for token in tokens):
            return []
        carry = look_back(self._read_before, text, start, context.since)
        carry.subjects, carry.plural = [], self._plural
        heading = carry.limb
        readings = [reading for reading in pair(tokens, carry, loose=LOOSE) if not self._unfounded(reading, tokens)]
        limbs = [described(raw, at) for at, token in enumerate(raw) if token.kind == "value" and token.weak]
        for reading in readings if limbs else ():
            if reading.subject is not None and reading.subject in limbs:
                reading.start = max(reading.start, reading.value.start)  # "weak legs" keep their word
        for reading in readings:
            if reading.subject is not None and apart(raw, reading.subject, reading.value):
                reading.start, reading.end = reading.value.start, reading.value.end
        upper = partial(self._upper_signs, text, start, end)
        of_arms = {one.value.value for one in readings if one.subject is not None and one.subject.region == "arm"}
        found: list[Mention] = []
        for _, group in groupby(readings, key=lambda reading: (reading.value.start, reading.side)):
            found += self._mentions(list(group), heading, upper, of_arms)
        return self._level(found)

    def _read_before(self, text: str, start: int, end: int) -> list[Token]:
        return self._prepare(self.lexer.tokens(text, start, end))

    def _told(self, tokens: list[Token], text: str, start: int, context: Context) -> bool:
        """Whether a pair or a plus stands beside a part, where reflexes were the last topic (``4/4 patellae``)."""
        graded = [at for at, token in enumerate(tokens) if token.kind in {"plus", "both"}]
        if not any(next_to(tokens, at, {"subject"}) for at in graded) or any(t.id == "strength" for t in tokens):
            return False
        topics = [*self._topic.finditer(text, paragraph(text, start, context.since), start)]
        return bool(topics) and bool(topics[-1]["reflex"] or topics[-1]["short"])

    def _order_before(self, raw: list[Token], text: str, start: int, context: Context) -> str | None:
        """The order of sides that lines above give for the pairs of a sentence ("Power L/R: ...", "ankles 0/++")."""
        if not any(token.kind in {"both", "symbol"} for token in raw):
            return None
        above = self.lexer.tokens(text, paragraph(text, start, context.since), start)
        return next((token.side for token in reversed(above) if token.kind == "order"), None)

    def _prepare(self, tokens: list[Token], *, told: bool = False, order: str | None = None) -> list[Token]:
        """Decide which numbers and words are values of reflexes here; ``told`` where what goes before is about them.

        The first value of a pair is of the right side, unless the sentence or what goes before gives another ``order``.
        """
        strong = told or any(
            (t.kind == "subject" and not t.weak and t.role != "limb")
            or (t.kind in {"value", "subject"} and "reflex" in t.wording)
            for t in tokens
        )
        plus = [at for at, t in enumerate(tokens) if t.kind == "plus" and "+" in t.wording[1:]]
        beside = any(next_to(tokens, at, {"subject"}) for at in plus)
        strong = strong or self._row(tokens)
        if not strong and any(token.id == "strength" for token in tokens):
            return []  # "strength: biceps 4+/4+"
        if not strong and not beside:
            return []
        tokens = without_repeats(tokens)
        tokens = [self._level_of(tokens, at) for at in range(len(tokens))]
        worded = any(
            t.kind in {"value", "plus", "both", "symbol"} or (t.kind == "digit" and follows_subject(tokens, at))
            for at, t in enumerate(tokens)
        )
        settled = [self._settled(tokens, at, strong=strong, worded=worded) for at in range(len(tokens))]
        order = next((token.side for token in tokens if token.kind == "order"), order)
        done: list[Token] = []
        for token in settled:
            fraction = order is not None and re.fullmatch(r"[0-4]\s?/\s?[0-4]", token.wording) is not None
            if token.kind == "value" and (token.id == "both" or fraction):
                done += split_pair(token, order or "right", reflex_grade)
            elif token.kind == "value" and token.id == "symbol" and _two_signs(token.wording):
                done += split_pair(token, order or "right", self._sign)
            else:
                done.append(token)
        return done

    def _row(self, tokens: list[Token]) -> bool:
        """``Knees brisk, ankles absent``: joints in a row that have what only a reflex can have."""
        if any(token.kind == "foreign" for token in tokens):
            return False
        pairs = pairwise(tokens)
        said = [(part.id, value) for part, value in pairs if part.role == "part" and value.kind in _VALUED]
        telling = [value.kind != "value" or value.id in self.entry.only_reflexes for _, value in said]
        return any(telling) and len({part for part, _ in said}) > 1

    def _level_of(self, tokens: list[Token], at: int) -> Token:
        """A root's level before the word for reflexes as the part that is tapped (``S1 reflex``)."""
        token = tokens[at]
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        part = self.entry.levels.get(token.wording.upper()) if token.kind == "level" else None
        if part is None or after is None or after.kind != "subject" or after.role != "whole":
            return token
        return replace(token, kind="subject", id=part, role="part", region="leg")

    def _settled(self, tokens: list[Token], at: int, *, strong: bool, worded: bool) -> Token:
        token = tokens[at]
        if token.kind == "even":
            own = not worded or self._follows_part(tokens, at)
            return token.into("value" if own else "all", "normal", 2.0)
        if token.kind == "value":
            another = self._of_another(tokens, at) if token.id == "normal" else self._leads_to_other(tokens, at)
            if another or self._after_another(tokens, at):
                return token.into("word")
            beside = next_to(tokens, at, {"subject", "value"}, within=PLACED) or beside_side(tokens, at)
            if token.weak and (not beside or of_limb(tokens, at)):
                return token.into("foreign" if beside else "word")  # "L leg weaker, brisk reflexes"
            value = self.entry.values[token.id].value if token.value is None else token.value
            return token.into("value", token.id, value, weak=token.weak)
        if token.kind in {"plus", "both"}:
            return token.into("num" if next_to(tokens, at, {"foreign"}) else "value", token.id, token.value)
        if token.kind in {"symbol", "digit"}:
            beside = follows_subject(tokens, at) or (worded and token.kind == "digit" and _leads_to_part(tokens, at))
            beside = beside or of_other_side(tokens, at) or of_side_before(tokens, at)
            sure = strong and token.value is not None and beside
            return token.into("value" if sure else "num", token.id, token.value)
        return token

    @staticmethod
    def _of_another(tokens: list[Token], at: int) -> bool:
        """``power N reflexes N``, ``normal tone``: a word for normal that what stands beside it owns."""
        owner = before(tokens, at, 4, SIDED)
        if owner is not None and owner.kind in {"subject", "value"} and owner.role != "limb":
            return False
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        return (after is not None and after.kind == "foreign") or (
            tokens[at].weak and owner is not None and owner.kind in {"word", "foreign"}
        )

    @staticmethod
    def _leads_to_other(tokens: list[Token], at: int) -> bool:
        """``decreased strength in hip flexion``: a word that strength or feeling owns, and no reflex joined to it."""
        after = tokens[at + 1 : at + 4]
        if not after or after[0].kind != "foreign" or after[0].id not in {SENSE, "strength"}:
            return False
        listed = [token.kind for token in after[1:]] == ["sep", "subject"] and names_reflex(after[2])
        owner = before(tokens, at, 4, SIDED)
        return not listed and (owner is None or owner.kind != "subject" or owner.role == "limb")

    @staticmethod
    def _follows_part(tokens: list[Token], at: int) -> bool:
        """Whether a word for symmetric stands right behind one reflex (``KJ L=R, AJ absent``)."""
        reflex, earlier = (tokens[at - n] if at >= n else None for n in (1, 2))
        graded = earlier is not None and earlier.kind in {"plus", "digit"}  # "1+ ankles, symmetric"
        return reflex is not None and reflex.kind == "subject" and reflex.role == "part" and not graded

    @staticmethod
    def _after_another(tokens: list[Token], at: int) -> bool:
        """``tone was increased, reflexes brisk``: a word right behind what it is said of, which is no reflex."""
        owner, after = before(tokens, at, 3, LINKS), behind(tokens, at, 2, LINKS)
        named = after is not None and after.kind == "subject" and after.role in {"part", "whole"}
        if owner is not None and owner.kind == "foreign" and not named:
            return True
        sense = after is not None and after.kind == "foreign" and after.id == SENSE  # "on the right reduced pinprick"
        return sense and owner is not None and owner.kind in {"side", "sep"}

    def _unfounded(self, reading: Reading, tokens: list[Token]) -> bool:
        """A worded value that stands alone is not about reflexes."""
        numbered = reading.value.id in {"plus", "both", "digit", "symbol"}
        if self._strength(reading, tokens):
            return True
        if not numbered and reading.subject is not None and reading.subject.weak and _of_a_sense(reading, tokens):
            return True
        if not numbered and reading.inherited and reading.side is None:
            return True
        return reading.subject is None and not numbered

    def _strength(self, reading: Reading, tokens: list[Token]) -> bool:
        """``quads 4+``: the grade of a muscle, which only a word for reflexes makes one of its jerk."""
        subject, value = reading.subject, reading.value
        if subject is None or subject.wording.casefold() not in self.entry.muscles:
            return False
        named = [token for token in tokens if token.role == "whole" or "reflex" in token.wording.casefold()]
        if value.id in self.entry.values:  # "quads weak, reflexes normal"
            own = any(token.id == subject.id and not token.weak for token in tokens if token.kind == "subject")
            return own or (value.weak and not any(token.start < reading.start for token in named))
        return not named and (value.value or 0) >= self.entry.brisk_certain_from

    def _upper_signs(self, text: str, start: int, end: int) -> bool:
        """Whether the sentence or what stands beside it affirms another sign of the upper motor neuron."""
        stop = text.find("\n\n", end, end + _BESIDE)
        behind = min(len(text), end + _BESIDE) if stop < 0 else stop
        tokens = self._upper_lexer.tokens(text, max(0, text.rfind("\n\n", 0, start), start - _BESIDE), behind)
        for at, token in enumerate(tokens):
            near = tokens[max(0, at - 2) : at + 4]
            if token.kind == "upper" and not any(one.kind == "negation" for one in near):
                return True
        return False

    def _reading(self, value: Token, whole: bool) -> str:
        worded = self.entry.values.get(value.id)
        if worded is not None and worded.reading is not None:
            return worded.reading
        grade = value.value or 0.0
        if grade >= self.entry.brisk_from:
            return "brisk"
        if grade >= (self.entry.whole_normal_from if whole else self.entry.part_normal_from):
            return "normal"
        return "low" if grade >= 1 else "absent"

    def _mentions(
        self,
        readings: list[Reading],
        heading: Token | None,
        upper: Callable[[], bool],
        of_arms: Container[float | None] = (),
    ) -> list[Mention]:
        """All readings of one value: one mention of what is normal, one per site of what is not.

        A grade that the arms have too, ``of_arms``, is that of all reflexes (``triceps 1, knees 1, ankles 1``).
        """
        subjects = [self._subject(reading) for reading in readings]
        limb = readings[0].limb or heading
        if all(subject is None for subject in subjects) and limb is not None:
            subjects = [self.entry.subjects[limb.id]]
        whole = all(subject is None or subject.role in {"limb", "whole"} for subject in subjects)
        arm = all(subject is not None and subject.region == "arm" for subject in subjects)
        what = self._reading(readings[0].value, whole or arm or readings[0].value.value in of_arms)
        if what == "normal":
            return [] if arm else [self._mention(readings, self.entry.normal_concept, False, heading)]
        if what == "brisk":
            mention = self._mention(readings, self.entry.brisk_concept, arm, heading)
            mention.assertion = "present" if not self._doubtful(readings) or upper() else "possible"
            return [mention]
        return [] if arm else self._lowered(readings, subjects, heading, whole)

    def _lowered(
        self, readings: list[Reading], subjects: list[Subject | None], heading: Token | None, whole: bool
    ) -> list[Mention]:
        if not whole:
            return [
                self._mention([reading], subject.concept, False, heading)
                for reading, subject in zip(readings, subjects, strict=False)
                if subject is not None and subject.concept is not None
            ]
        if any(subject is not None and subject.role == "limb" for subject in subjects) or _one_side(readings):
            parts = [self.entry.subjects[part].concept for part in self.entry.whole_parts]
            return [self._mention(readings, concept, False, heading) for concept in parts if concept is not None]
        return [self._mention(readings, self.entry.absent_concept, False, heading)]

    def value(self, wording: str, start: int, end: int) -> Token:
        """A cell of a table as a value."""
        for key, worded in self.entry.values.items():
            if wording.casefold() in (*worded.forms, *worded.weak):
                return Token("value", start, end, key, value=worded.value, wording=wording)
        grade, identity = self._read("plus", wording)
        return Token("value", start, end, identity, value=grade, wording=wording)

    def table_mentions(self, reading: Reading) -> list[Mention]:
        """What a cell of a table becomes."""
        return self._mentions([reading], None, bool)

    def _subject(self, reading: Reading) -> Subject | None:
        return self.entry.subjects.get(reading.subject.id) if reading.subject is not None else None

    def _doubtful(self, readings: list[Reading]) -> bool:
        value = readings[0].value
        numbered = value.id not in self.entry.values
        return numbered and (value.value or 0) < self.entry.brisk_certain_from and not _one_side(readings)

    def _unsaid(self, readings: list[Reading], concept: str, heading: Token | None) -> str | None:
        """The side that the limb means where none is said (``LL``); a jerk by its name that is normal is so on both."""
        tokens = [readings[0].subject, readings[0].limb, heading]
        subject = self._subject(readings[0])
        if concept == self.entry.normal_concept and subject is not None and subject.unsaid_side:
            return subject.unsaid_side
        limbs = [self.entry.subjects[one.id] for one in tokens if one is not None and one.role == "limb"]
        return next((limb.unsaid_side for limb in limbs if limb.unsaid_side), None)

    def _mention(self, readings: list[Reading], concept: str, arm: bool, heading: Token | None = None) -> Mention:
        value = readings[0].value
        side = readings[0].side
        return Mention(
            min(reading.start for reading in readings),
            max(reading.end for reading in readings),
            concept,
            self.name,
            site="arm" if arm else None,
            laterality=side or self._unsaid(readings, concept, heading),
            assertion="present",
            value=value.value if value.id not in _WORDED or value.end > value.start + len(value.wording) else None,
            value_text=value.wording,
        )

    def _level(self, found: list[Mention]) -> list[Mention]:
        """A brisk reflex on one side with a lower one on the other is certain."""
        sides = {mention.laterality: mention.value for mention in found if mention.laterality in {"left", "right"}}
        if len(sides) == 2 and None not in sides.values():
            low, high = sorted(value for value in sides.values() if value is not None)
            if high - low >= self.entry.asymmetry:
                return [one for mention in found for one in self._uneven(mention, low)]
        return found

    def _uneven(self, mention: Mention, low: float) -> list[Mention]:
        """One mention of an uneven pair: brisk becomes certain, the lower of two 'normal' sides is decreased."""
        if mention.concept == self.entry.brisk_concept and mention.laterality in {"left", "right"}:
            mention.assertion = "present"
        elif mention.concept == self.entry.normal_concept and mention.value == low < self.entry.part_normal_from:
            parts = [self.entry.subjects[part].concept for part in self.entry.whole_parts]
            return [replace(mention, concept=part, assertion="possible") for part in parts if part is not None]
        return [mention]


def _two_signs(wording: str) -> bool:
    """Whether there is a sign for each side (``+/+``, ``- -``); ``+/-`` is one sign."""
    return wording != "+/-" and re.search(r"\S[\s/]+\S", wording) is not None


def _of_a_sense(reading: Reading, tokens: list[Token]) -> bool:
    """``vibration is reduced at the ankles``: what was named last before it is a sense, not a reflex."""
    named = [t for t in tokens if t.end <= reading.start and (t.id == SENSE or (names_reflex(t) and not t.weak))]
    return bool(named) and named[-1].id == SENSE


def _one_side(readings: Iterable[Reading]) -> bool:
    return any(reading.side in {"left", "right"} for reading in readings)


def _leads_to_part(tokens: list[Token], at: int) -> bool:
    """Whether a number says where it was found (``2+ at the knees, 0 at the ankles``; ``1+ biceps, 0 patellae``)."""
    after = [t for t in tokens[at + 1 : at + 5] if t.kind != "link"][:2]
    if after and after[0].kind == "subject" and after[0].role == "part":
        return tokens[at + 1] is after[0] and at > 0 and tokens[at - 1].kind in {"sep", "hard"}
    return [t.kind for t in after] == ["prep", "subject"] and after[1].role == "part"
