"""Bedside signs with a word or a number, maybe per side: straight leg raise, plantars, clonus, pulses."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby, takewhile

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Glue, Sides, Sign, Value
from popliteal.reading.measurements.beside import SMALL, next_to
from popliteal.reading.measurements.claims import Carry, Reading
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.lexer import Entry, Lexer, Token, split_pair
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.pairing import pair
from popliteal.reading.measurements.vocabulary import add_limbs, add_subjects, add_values, shared
from popliteal.reading.mention import Mention

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_NEAR = frozenset({"link", "prep", "side", "extra", "subject"})
#: A number or a sign for each side (``80/80``, ``-/+``), the right one first unless the text says otherwise.
_PAIR = re.compile(r"\d\d°?\s?/\s?\d\d|[+-]+\s?/\s?[+-]+")
#: What nobody had ("no PT"), where a pulse is absent or not felt.
_NONE = frozenset({"no", "nil", "none", "without"})
#: What a plus and a minus stand for on a scale of pluses.
_SIGNS = {"+": 2.0, "-": 0.0}
_DASHES = frozenset({"-", "–", "−"})
#: Another mark stands so many tokens off at most, so that a dash costs the same in a sentence of any length.
_MARKS_WITHIN = 12
_MARKS = _DASHES | {"+"}
#: What stands in a list of signs alone.
_NAMES = frozenset({"subject", "link", "prep", "side", "extra", "value", "all", "sep"})
_BESIDE_MARK = frozenset({"subject", "side", "sep", "hard"})


class SignGrammar:
    """Finds one family of signs."""

    def __init__(self, name: str, rules: MeasurementRules, entry: Sign) -> None:
        self.name = name
        self.entry = entry
        named = [form for s in entry.subjects.values() if s.role != "foreign" for form in (*s.forms, *s.weak)]
        self.needs: tuple[Needs, ...] = ((need(*named),),)
        vocabulary = shared(rules)
        add_limbs(vocabulary, rules.one(Sides))
        add_subjects(vocabulary, entry.subjects)
        add_values(vocabulary, entry.values, rules.one(Glue))
        vocabulary.add(entry.extras, Entry("extra"))
        self._plural = rules.one(Sides).plural
        numbers = f"(?P<number>{entry.number})" if entry.number else ""
        worded = any(value.forms or value.weak or value.leading for value in entry.values.values())
        self._only_number = re.compile(entry.number) if entry.number and not worded else None
        self.lexer = Lexer(vocabulary, numbers, lambda kind, wording: (_middle(wording), kind))

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Mentions in ``text[start:end]``; a sign needs its name in the sentence."""
        if self._only_number is not None and self._only_number.search(text, start, end) is None:
            return []
        tokens = _without_asides(self.lexer.tokens(text, start, end))
        if not any(token.kind == "subject" for token in tokens):
            return []
        readings = [
            reading
            for reading in pair(self._prepare(tokens), Carry(plural=self._plural), loose=self.entry.loose, strict=True)
            if reading.subject is not None and self._belongs(reading) and not self._not_given(reading, tokens)
        ]
        found: list[Mention] = []
        for _, group in groupby(readings, key=lambda reading: (reading.value.start, reading.side)):
            same = list(group)
            found += [self._joint(same)] if self.entry.joined else [self._mention([one]) for one in same]
        return found

    def _prepare(self, tokens: list[Token]) -> list[Token]:
        """A number beside a word is the word's number (``positive at 30 degrees``); alone it is a value."""
        tokens = self._for_sides(tokens)
        tokens = [self._as_led(tokens, at) for at in range(len(tokens))]
        done = list(tokens)
        for at, token in enumerate(tokens):
            if token.kind == "value" and (_of_other_words(tokens, at) or (self.entry.named and _of_more(tokens, at))):
                done[at] = token.into("word")
            elif token.kind == "value" and token.role != "leading" and _denied(done, at):
                done[at] = token.into("link")  # "no foot pulses palpable"
            elif token.value is None and token.wording in _DASHES and not _is_minus(tokens, at):
                done[at] = token.into("link")  # "SLR - 40 degrees"
            elif token.kind == "number":
                word = self._word_before(done, at) if self.entry.unit is not None else None
                if word is not None:
                    done[word] = done[word].into("value", done[word].id, token.value, end=token.end)
                    done[at] = token.into("link")
                elif next_to(tokens, at, {"foreign"}, SMALL):
                    done[at] = token.into("num")
                else:
                    done[at] = token.into("value", value=token.value)
            elif token.kind == "value" and token.id and (token.role != "leading" or _closes(tokens, at)):
                number = self._number_before(done, at) if self.entry.unit is not None else None
                if number is not None:
                    done[number] = done[number].into("value", token.id, done[number].value, end=token.end)
                    done[at] = token.into("link")
        return [token.into("link") if token.kind == "extra" else token for token in done]

    def _as_led(self, tokens: list[Token], at: int) -> Token:
        """Token ``at``: a plus or a minus that leads its sign says so; a muscle with a number is graded elsewhere."""
        beside = [tokens[n].kind for n in (at - 1, at + 1) if 0 <= n < len(tokens)]
        if self.entry.named and "num" in beside:
            return tokens[at].into("hard")  # "nil TA, GS 5", "EHL 4+"
        return replace(tokens[at], role="leading") if _glued_ahead(tokens, at) else tokens[at]

    @staticmethod
    def _for_sides(tokens: list[Token]) -> list[Token]:
        """A pair of numbers as one for each side."""
        if not any(token.kind == "number" and _PAIR.match(token.wording) for token in tokens):
            return tokens
        first = next((token.side for token in tokens if token.kind == "order"), None) or "right"
        done: list[Token] = []
        for at, token in enumerate(tokens):
            sides = [token]
            if token.kind == "number" and _PAIR.match(token.wording):
                sides = split_pair(replace(token, id=""), first, _middle)
            signs, two = token.wording[:1] in _SIGNS, len(sides) > 1
            if signs and two and at and tokens[at - 1].kind == "side":
                done.append(token.into("num"))  # "DP/PT: R -/+" are two pulses of one side
            elif two:
                done += sides
            else:  # "DP/PT -/- R" names its side elsewhere
                done.append(token if signs else replace(token, side=sides[0].side))
        return done

    def _word_before(self, done: list[Token], at: int) -> int | None:
        for back in range(at - 1, max(-1, at - 7), -1):
            if done[back].kind == "value":
                return back if done[back].value is None else None
            headed = done[back].wording == ":" and done[back - 1].kind == "side"  # "right: absent left: 3 beats"
            if done[back].kind not in _NEAR or headed:
                return None
        return None

    def _number_before(self, done: list[Token], at: int) -> int | None:
        for back in range(at - 1, max(-1, at - 3), -1):
            if done[back].kind == "value" and not done[back].id and done[back].value is not None:
                return back
            if done[back].kind not in {"link", "extra"}:
                return None
        return None

    def _belongs(self, reading: Reading) -> bool:
        """A weak subject (``toes``) takes only the values that are said of it."""
        value = self.entry.values.get(self._value_id(reading.value))
        subject = reading.subject
        if value is None or subject is None or (reading.inherited and reading.side is None):
            return False
        worded = reading.value.value is None
        if worded and self.entry.subjects[subject.id].adjective and reading.value.start < subject.start:
            return False
        return not subject.weak or value.concept is not None

    def _not_given(self, reading: Reading, tokens: list[Token]) -> bool:
        """``no PT, no tablets``: a treatment that nobody had, where neither a side nor another sign is told."""
        if reading.subject is None or reading.subject.wording not in self.entry.treatments or reading.side is not None:
            return False
        return reading.value.wording.lower() in _NONE and sum(token.kind == "subject" for token in tokens) == 1

    def _value_id(self, value: Token) -> str:
        if value.id in self.entry.values or value.value is None:
            return value.id
        chosen = ""
        for least, identity in self.entry.numbers:
            if value.value >= least:
                chosen = identity
        return chosen

    def _joint(self, readings: list[Reading]) -> Mention:
        mention = self._mention(readings)
        mention.start = min(reading.start for reading in readings)
        mention.end = max(reading.end for reading in readings)
        return mention

    def _mention(self, readings: list[Reading]) -> Mention:
        reading = readings[0]
        subject = self.entry.subjects[reading.subject.id] if reading.subject is not None else None
        value: Value = self.entry.values[self._value_id(reading.value)]
        named = self.entry.named and value.concept is not None
        concept = value.concept or (subject.concept if subject is not None else None) or ""
        start, end = self._span(reading, value)
        return Mention(
            start,
            end,
            concept,
            self.name,
            site=subject.site if subject is not None else None,
            laterality=reading.side or value.side or (subject.side if subject is not None else None),
            assertion=value.assertion,
            value=reading.value.value if reading.value.value is not None else value.value,
            value_text=reading.subject.id if named and reading.subject is not None else reading.value.wording,
            unit=self.entry.unit if reading.value.value is not None else None,
        )

    def _span(self, reading: Reading, value: Value) -> tuple[int, int]:
        """Subject and value; a plain negation stays outside, and so do numbers where the entry says so."""
        subject = reading.subject
        outside = (
            not value.in_span if reading.value.value is None or reading.value.id else not self.entry.number_in_span
        )
        if outside and subject is not None and not reading.inherited and reading.value.value is None:
            return subject.start, subject.end
        if not self.entry.number_in_span and subject is not None and not reading.inherited:
            return subject.start, subject.end
        return reading.start, reading.end


def _without_asides(tokens: list[Token]) -> list[Token]:
    """The tokens, with unknown words in brackets behind a value as small words ("SLR L 40 (pain to calf), R 80")."""
    done: list[Token] = []
    inside = False
    for token in tokens:
        inside = token.wording == "(" or (inside and token.wording != ")")
        done.append(token.into("link") if inside and token.kind == "word" else token)
    return done


def _closes(tokens: list[Token], at: int) -> bool:
    """Whether nothing more is said after token ``at`` in its part of the sentence."""
    return at + 1 == len(tokens) or tokens[at + 1].kind in {"sep", "hard"} or tokens[at + 1].wording in {".", ")"}


def _is_minus(tokens: list[Token], at: int) -> bool:
    """Whether a dash leads a sign ("-EHL"), closes its part, or is one of several marks ("SLR + L, - R")."""
    if tokens[at].role == "leading":
        return True
    if _closes(tokens, at) or not _is_mark(tokens, at):
        return _closes(tokens, at)
    side = tokens[at + 1].kind == "side" and _closes(tokens, at + 1)
    near = range(max(0, at - _MARKS_WITHIN), min(len(tokens), at + _MARKS_WITHIN))
    marks = [n for n in near if n != at and _is_mark(tokens, n)]
    plus = any(tokens[n].wording.startswith("+") for n in marks if n < at)
    return plus if side and not _named(tokens, at) else bool(marks) and _named(tokens, at)


def _glued_ahead(tokens: list[Token], at: int) -> bool:
    """Whether a plus or a minus stands right before a sign and apart from what is before it (``+TA +EHL -GS``)."""
    token = tokens[at]
    if token.kind != "value" or token.wording not in _MARKS or at + 1 == len(tokens):
        return False
    apart = at == 0 or tokens[at - 1].end < token.start
    return apart and tokens[at + 1].kind == "subject" and tokens[at + 1].start == token.end


def _of_more(tokens: list[Token], at: int) -> bool:
    """Whether a word before a sign is of something else that follows it (``no quads or hamstring tightness``), or a
    plus joins a sign with other words (``ROM + quads``, ``quads + hams strengthening``)."""
    if tokens[at].wording == "+" and _apart(tokens, at):
        before, behind = tokens[at - 1], tokens[at + 1]
        return "word" in {before.kind, behind.kind} or (behind.kind == "hard" and behind.wording.isalpha())
    if tokens[at].role != "leading":
        return False
    rest = takewhile(lambda token: token.kind != "hard" and token.wording not in {",", ";"}, tokens[at + 1 :])
    return not all(token.kind in _NAMES for token in rest)


def _apart(tokens: list[Token], at: int) -> bool:
    """Whether token ``at`` has blanks on both sides, and something beyond them."""
    return 0 < at < len(tokens) - 1 and tokens[at - 1].end < tokens[at].start and tokens[at].end < tokens[at + 1].start


def _is_mark(tokens: list[Token], at: int) -> bool:
    """Whether a plus or a dash stands behind a sign or a side and before another, a bracket or the end."""
    if tokens[at].wording not in _DASHES and not tokens[at].wording.startswith("+"):
        return False
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    return at > 0 and (behind is None or behind.kind in _BESIDE_MARK or behind.wording in {"(", ")", "."})


def _named(tokens: list[Token], at: int) -> bool:
    """Whether a mark stands right behind a sign or a side."""
    return tokens[at - 1].kind in {"subject", "side"}


def _middle(wording: str) -> float | None:
    """The number of a wording; of a range the middle, of a sign what it stands for."""
    if wording[:1] in _SIGNS and _PAIR.fullmatch(wording) is not None:
        left, right = (_SIGNS[one[0]] for one in re.split(r"\s?/\s?", wording))
        return left if left == right else None
    if wording.strip("+-") == "" and wording:
        return _SIGNS[wording[0]]
    numbers = [float(one) for one in _DIGITS.findall(re.sub(r"/\s?4\+?", "", wording))]
    if wording[:1] in "tT":
        numbers = [0.5, *numbers]
    return sum(numbers[:2]) / len(numbers[:2]) if numbers else None


def _of_other_words(tokens: list[Token], at: int) -> bool:
    """Whether a value is none of a sign: a weak one beside neither sign nor side, or one right behind something else
    before any sign is named (``vibration ↓ hallux``)."""
    if tokens[at].weak and not next_to(tokens, at, {"subject", "side", "number"}, SMALL):
        return True
    behind = at > 0 and tokens[at - 1].kind == "foreign" and tokens[at].role != "leading"
    return behind and not any(token.kind == "subject" for token in tokens[:at])


def _denied(tokens: list[Token], at: int) -> bool:
    """Whether a word before the sign has denied it already, with nothing else between."""
    back = at - 1
    while back >= 0 and tokens[back].kind in _NEAR:
        back -= 1
    named = any(token.kind == "subject" for token in tokens[back + 1 : at])
    return named and back >= 0 and tokens[back].kind == "value" and tokens[back].role == "leading"
