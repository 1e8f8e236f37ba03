"""Sensation: modalities together, lists of nerves, exceptions, percentages, monofilament, vibration in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Glue, Sensation
from popliteal.reading.measurements.beside import before, next_to
from popliteal.reading.measurements.claims import GLUE, Carry, Reading
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.pairing import pair
from popliteal.reading.measurements.vocabulary import add_values, shared
from popliteal.reading.mention import Mention
from popliteal.reading.sentence import OPPOSITE

NUMBERS = (
    r"(?P<percent>(?<![\d./])\d{1,3}\s?%)"
    r"|(?P<tenths>(?<![\d./])\d{1,2}\s?(?:/|(?:out\s+)?of)\s?10(?![\d/]))"
    r"|(?P<sites>(?<![\d./])\d\s?(?:/|(?:out\s+)?of)\s?[3-9](?![\d/]))"
    r"|(?P<of_two>(?<![\d./])[0-2]\s?/\s?2(?![\d/]))"
    r"|(?P<seconds>(?<![\d./])\d{1,2}\s?(?:s|secs?|seconds?)\b)"
)
_DIGITS = re.compile(r"\d+")
_GLUE = frozenset({"link", "prep", "sep", "side", "order"})  # what may stand between the nerves of a list
LOOSE = 3
REACH = 14
SADDLE = "saddle"
LEVEL = "level"
MONOFILAMENT = "monofilament"
WORSE = "worse"
#: Units of the numbers that are read.
_UNITS = {"percent": "%", "seconds": "s"}
_LOST = frozenset({"low", "absent"})
_PARTING = frozenset({"hard", "except", "sep"})  # what a second result stands behind
PLACED = 8  #: so many tokens behind what is tested a short word may still say what was found
AHEAD = 3  #: so many tokens behind a loss that has only a place, nothing else may be named
_SACRAL = re.compile(r"S[23]\s?[-–/]\s?S?[45]|S[345]")  #: levels of the saddle: S2-4, S3


class SensationGrammar:
    """Finds tested sensation."""

    def __init__(self, name: str, rules: MeasurementRules, entry: Sensation) -> None:
        self.name = name
        self.entry = entry
        modalities = [form for one in entry.modalities.values() for form in (*one.forms, *one.weak)]
        self.needs: tuple[Needs, ...] = ((need(*entry.intact, *entry.monofilament, *modalities),),)
        vocabulary = shared(rules)
        vocabulary.add(entry.intact, Entry("value", "intact"))
        vocabulary.add(entry.monofilament, Entry("subject", MONOFILAMENT, role="part"))
        for key, modality in entry.modalities.items():
            role = "whole" if modality.whole else "part"
            vocabulary.add(modality.forms, Entry("subject", key, role=role))
            vocabulary.add(modality.weak, Entry("subject", key, weak=True, role="part"))
        for key, nerve in entry.nerves.items():
            vocabulary.add(nerve.forms, Entry("nerve", key))
        add_values(vocabulary, entry.values, rules.one(Glue))
        vocabulary.add(entry.places, Entry("place"))
        vocabulary.add(entry.saddle, Entry("place", SADDLE))
        vocabulary.add(entry.others, Entry("foreign"))
        self.lexer = Lexer(vocabulary, NUMBERS, _number)

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Sensation mentions in ``text[start:end]``."""
        tokens, found = self._named_first(self._prepare(_by_level(self.lexer.tokens(text, start, end))))
        readings = [one for one in pair(tokens, Carry(), loose=LOOSE) if self._founded(one, tokens)]
        for _, group in groupby(readings, key=lambda one: (one.value.start, one.side, self._concept(one))):
            found += self._mentions(list(group), tokens)
        found += self._exceptions(tokens, readings) + self._spared(tokens, readings)
        return [*found, *self._departures(tokens, readings)]

    def _prepare(self, tokens: list[Token]) -> list[Token]:
        done: list[Token] = []
        tokens = [self._tested(tokens, at) for at in range(len(tokens))]
        for at, token in enumerate(tokens):
            if token.kind == "level" and _SACRAL.fullmatch(token.wording):
                done.append(replace(token, kind="place", id=SADDLE))
            elif token.kind in {"percent", "tenths", "seconds"}:
                near = [t for t in tokens[max(0, at - 8) : at + 6] if t.kind == "subject"]
                fits = near and (token.kind != "seconds" or any(t.id == self.entry.vibration for t in near))
                done.append(_as(token, "value" if fits else "num"))
            elif token.kind == "sites":
                near = [t for t in tokens[max(0, at - 8) : at + 6] if t.kind == "subject"]
                tested = bool(near) and all(t.id == MONOFILAMENT for t in near)
                done.append(_as(token, "value" if tested else "num"))
            elif token.kind == "of_two":
                named = self.entry.of_two.get(int(token.wording[0]))
                sure = named is not None and _beside_subject(tokens, at)
                done.append(token.into("value" if sure else "num", named or ""))
            elif token.kind == "value" and token.weak and not _beside_subject(tokens, at):
                done.append(_as(token, "word"))
            else:
                done.append(token)
        return done

    def _tested(self, tokens: list[Token], at: int) -> Token:
        """``SILT diminished``: behind it stands what was found, so that it only names what was tested."""
        token = tokens[at]
        if token.kind != "value" or token.id != "intact":
            return token
        after = next((one for one in tokens[at + 1 :] if one.kind != "link"), None)
        found = self.entry.values.get(after.id) if after is not None and after.kind == "value" else None
        if found is None or found.reading not in _LOST:
            return token
        whole = next(key for key, modality in self.entry.modalities.items() if modality.whole)
        return replace(token, kind="subject", id=whole, role="whole")

    def _named_first(self, tokens: list[Token]) -> tuple[list[Token], list[Mention]]:
        """``Sensation: SPN reduced, DPN intact``: nerves with what was found right behind them, and the other tokens.

        Where a result stands before the first nerve, nerves are listed behind results ("intact in SPN/DPN"), but for
        those with a result of their own between two commas.
        """
        kinds = [token.kind for token in tokens]
        if "nerve" not in kinds or "subject" not in kinds:
            return tokens, []
        listed = "value" in kinds[: kinds.index("nerve")]
        found: list[Mention] = []
        rest, nerves = list(tokens), list[int]()
        for at, token in enumerate(tokens):
            known = self.entry.values.get(token.id) if token.kind == "value" else None
            if token.kind == "nerve":
                nerves.append(at)
            elif known is not None and nerves and (not listed or _set_apart(kinds, nerves[-1], at)):
                nerves = nerves[-1:] if listed else nerves
                side = self._side_of(tokens, nerves[0], at)
                for number in (*nerves, at):
                    rest[number] = _as(tokens[number], "sep")
                loss = known.concept or self.entry.loss_concept
                concept = self.entry.normal_concept if known.reading == "normal" else loss
                named = [tokens[number] for number in nerves]
                named[-1] = replace(named[-1], end=max(named[-1].end, token.end))
                found += self._each(named, concept, side)
                nerves = []
            elif token.kind not in _GLUE and token.kind != "subject":
                nerves = []
        return rest, found

    @staticmethod
    def _side_of(tokens: list[Token], first: int, value: int) -> str | None:
        """The side between a nerve and its result, right behind it or right before the nerve."""
        near = [*tokens[first:value], *tokens[value + 1 : value + 2], *tokens[max(0, first - 1) : first]]
        return next((token.side for token in near if token.kind == "side"), None)

    def _each(self, nerves: list[Token], concept: str, side: str | None) -> list[Mention]:
        """A finding for each site that the nerves feel."""
        return [
            Mention(nerve.start, nerve.end, concept, self.name, site=site, laterality=side, assertion="present")
            for nerve in nerves
            for site in self.entry.nerves[nerve.id].sites
        ]

    def _founded(self, reading: Reading, tokens: list[Token]) -> bool:
        """Words need a modality beside them (``SILT`` is its own), and carry on only with a side (``absent R``)."""
        if reading.value.id == "intact":
            return True
        if reading.value.id == WORSE and any(t.kind == "value" and t.end <= reading.value.start for t in tokens):
            return False  # it compares the sides of what is read already
        if reading.rest:
            return any(token.kind == "subject" for token in tokens)
        if reading.subject is None or (reading.subject.weak and reading.inherited):
            return False
        return not reading.inherited or reading.side is not None or reading.value.role == LEVEL

    def _normal(self, reading: Reading) -> bool:
        """Whether the value says that what was tested is normal."""
        value, entry = reading.value, self.entry
        amount = value.value or 0.0
        monofilament = reading.subject is not None and reading.subject.id == MONOFILAMENT
        if value.id == "percent":
            return amount >= entry.normal_percent
        if value.id == "tenths":
            return amount >= (entry.monofilament_normal if monofilament else entry.normal_percent / 10)
        if value.id == "sites":
            return amount >= entry.monofilament_normal / 10 * int(_DIGITS.findall(value.wording)[1])
        if value.id == "seconds":
            return amount >= entry.vibration_seconds
        return value.id == "intact" or entry.values[value.id].reading == "normal"

    def _concept(self, reading: Reading) -> tuple[str, str | None]:
        """Concept and assertion of a reading."""
        normal = self._normal(reading)
        if reading.subject is None:
            return self.entry.normal_concept, "present"
        if reading.subject.id == MONOFILAMENT:
            return self.entry.monofilament_concept, "absent" if normal else "present"
        modality = self.entry.modalities[reading.subject.id]
        if normal:
            return modality.normal, modality.normal_assertion
        numbered = reading.value.value is not None
        own = self.entry.values[reading.value.id].concept if not numbered else None
        return (
            own if own and modality.loss == self.entry.loss_concept else modality.loss
        ), "present" if numbered else None

    def _saddle(self, tokens: list[Token], start: int, end: int) -> Token | None:
        """The saddle as the place of what was tested in ``start..end``, with nothing but small words between."""
        for token in tokens:
            if token.id != SADDLE or token.kind != "place":
                continue
            low, high = (end, token.start) if token.start >= end else (token.end, start)
            between = [t for t in tokens if low <= t.start and t.end <= high]
            if all(t.kind in GLUE or t.kind in {"side", "subject"} for t in between):
                return token
        return None

    def _touch(self, reading: Reading) -> bool:
        """Whether a reading is about touch, which 'sensation' alone means too."""
        known = self.entry.modalities.get(reading.subject.id) if reading.subject is not None else None
        return known is not None and known.loss == self.entry.loss_concept

    def _mentions(self, readings: list[Reading], tokens: list[Token]) -> list[Mention]:
        """What readings of one value for one side become: one finding, or one for each nerve that is named behind."""
        first = readings[0]
        concept, assertion = self._concept(first)
        side = first.side
        if first.value.id == "percent" and side in OPPOSITE and _relative(tokens, first.value):
            side = OPPOSITE[side]
        start, end = self._extent(readings, tokens)
        saddle = self._saddle(tokens, start, end) if self._touch(first) else None
        if saddle is not None and self.entry.saddle_concept is not None:
            concept, side = self.entry.saddle_concept, "unspecified"
            assertion = "absent" if self._normal(first) else assertion
            start, end = min(start, saddle.start), max(end, saddle.end)
        nerves = self._nerves_after(tokens, max(first.value.end, end))
        mention = Mention(start, end, concept, self.name, laterality=side, assertion=assertion)
        if nerves:
            return self._at_nerves(mention, nerves, tokens)
        if first.value.value is not None:
            mention.value, mention.value_text = first.value.value, first.value.wording
            mention.unit = _UNITS.get(first.value.id)
        return [mention]

    def _extent(self, readings: list[Reading], tokens: list[Token]) -> tuple[int, int]:
        """Where the words of readings of one value stand, with another value that is joined to it ("decreased or absent
        in the fingers")."""
        first = readings[0]
        start, end = min(one.start for one in readings), max(one.end for one in readings)
        joined = [token for token in tokens if token.start >= end][:2]
        if [one.kind for one in joined] == ["sep", "value"] and joined[1].id in self.entry.values:
            lost = not self._normal(first) and self.entry.values[joined[1].id].reading in _LOST
            end = joined[1].end if lost and not joined[1].weak else end
        if first.whole is not None and first.whole.end <= first.value.start and self._touch(first):
            return first.whole.start, first.value.end if self._normal(first) else end
        return first.value.start if first.rest else start, end

    def _at_nerves(self, mention: Mention, nerves: list[Token], tokens: list[Token]) -> list[Mention]:
        """A mention at each site that nerves feel; the first of them keeps its words."""
        found: list[Mention] = []
        for nerve in nerves:
            side = mention.laterality or self._side_around(tokens, nerve)
            for site in self.entry.nerves[nerve.id].sites:
                one = mention.placed_at(site, side, placed=False, place=None)
                one.start, one.end = nerve.start if found else mention.start, nerve.end
                found.append(one)
        return found

    def _side_around(self, tokens: list[Token], nerve: Token) -> str | None:
        after = [t for t in tokens if nerve.end <= t.start <= nerve.end + 24]
        return next((t.side for t in after if t.kind == "side"), None)

    @staticmethod
    def _nerves_after(tokens: list[Token], end: int) -> list[Token]:
        """``in SPN/DPN/TN``: the nerves that follow with nothing but small words between."""
        nerves: list[Token] = []
        for token in tokens:
            if token.start < end or (token.kind in _GLUE and not nerves):
                continue
            if token.kind == "nerve":
                nerves.append(token)
            elif token.kind not in _GLUE:
                break
        return nerves

    def _exceptions(self, tokens: list[Token], readings: list[Reading]) -> list[Mention]:
        """``SILT except R 1st web space``: what is named after 'except' and has no value of its own is lost."""
        at = next((n for n, token in enumerate(tokens) if token.kind == "except"), None)
        if at is None or not any(r.value.end <= tokens[at].start and self._normal(r) for r in readings):
            return []
        after: list[Token] = []
        for token in tokens[at + 1 : at + 1 + REACH]:
            if token.kind in {"hard", "value", "foreign"}:
                break
            after.append(token)
        if any(r.value.start > tokens[at].start for r in readings):
            return []
        nerves = [token for token in after if token.kind == "nerve"]
        side = next((token.side for token in after if token.kind == "side"), None)
        if nerves:
            return self._each(nerves, self.entry.loss_concept, side)
        return list(self._left_out(after))

    def _spared(self, tokens: list[Token], readings: list[Reading]) -> list[Mention]:
        """``diminished over the dorsum; intact in sural and tibial``: nerves that a later value finds normal."""
        read = {one.value.start for one in readings}
        touched = next((one.value.end for one in readings if self._touch(one)), None)
        if touched is None:
            return []
        found: list[Mention] = []
        for token in tokens:
            known = self.entry.values.get(token.id) if token.kind == "value" and token.start not in read else None
            if known is None or known.reading != "normal" or token.start < touched:
                continue
            for nerve in self._nerves_after(tokens, token.end):
                start = nerve.start if found else token.start
                side = self._side_around(tokens, nerve)
                for site in self.entry.nerves[nerve.id].sites:
                    concept = self.entry.normal_concept
                    found.append(
                        Mention(start, nerve.end, concept, self.name, site=site, laterality=side, assertion="present")
                    )
        return found

    def _departures(self, tokens: list[Token], readings: list[Reading]) -> Iterator[Mention]:
        """``SILT but reduced over the sole``, ``lost in L5 and dulled on S1``: a second result, of which only the place
        is said, behind one of touch."""
        touched = [one for one in readings if self._touch(one) or one.value.id == "intact"]
        since = min((one.value.end for one in touched), default=None)
        if since is None:
            return
        lost = not any(self._touched_normal(one) for one in touched)
        read = {one.value.start for one in readings}
        begun = next((n for n, token in enumerate(tokens) if token.start >= since or token.end == since), len(tokens))
        for at in range(begun + 1, len(tokens) - 1):
            value, known = tokens[at], self.entry.values.get(tokens[at].id)
            if value.kind != "value" or known is None or value.start in read:
                continue
            before, other = [token for token in reversed(tokens[:at]) if token.kind != "link"][:2]
            beyond = tokens[begun + 1 : at] + tokens[at + 1 : at + 1 + AHEAD]
            placed = tokens[at + 1].kind in {"prep", "nerve"} or tokens[at + 1].id == SADDLE
            last = value.wording.casefold().rpartition(" ")[2]
            placed = placed or not {tokens[at + 1].wording.casefold(), last}.isdisjoint(self.entry.reaching)
            if lost and other.kind == "value":
                continue  # "decreased or absent in the toes"
            if before.kind not in _PARTING or not placed or any(token.kind == "foreign" for token in beyond):
                continue
            nerves = self._nerves_after(tokens, value.end)
            if known.reading in _LOST:
                side = self._side_around(tokens, nerves[-1]) if nerves else None
                yield from self._each(nerves, self.entry.loss_concept, side) or [self._departure(tokens, value)]
            elif lost and known.reading == "normal" and not nerves:
                normal = self.entry.normal_concept
                yield Mention(value.start, value.end, normal, self.name, assertion="present")

    def _departure(self, tokens: list[Token], value: Token) -> Mention:
        saddle = self._saddle(tokens, value.start, value.end)
        if saddle is not None and self.entry.saddle_concept is not None and saddle.start >= value.end:
            return Mention(value.start, saddle.end, self.entry.saddle_concept, self.name, assertion="present")
        return Mention(value.start, value.end, self.entry.loss_concept, self.name, assertion="present")

    def _touched_normal(self, reading: Reading) -> bool:
        """Whether a reading finds touch normal (``SILT`` names what it tests itself)."""
        return (reading.value.id == "intact" or self._touch(reading)) and self._normal(reading)

    def _left_out(self, after: list[Token]) -> Iterator[Mention]:
        """What is named after 'except', a finding for each part of the list; a side holds until another is named."""
        side: str | None = None
        for _, group in groupby(after, key=lambda token: token.kind == "sep"):
            part = list(group)
            side = next((token.side for token in part if token.kind == "side"), side)
            words = [token for token in part if token.kind not in _GLUE]
            if words:
                first, last = words[0].start, words[-1].end
                yield Mention(first, last, self.entry.loss_concept, self.name, laterality=side, assertion="present")


def _number(kind: str, wording: str) -> tuple[float | None, str]:
    found = _DIGITS.search(wording)
    return (float(found[0]) if found else None), kind


def _set_apart(kinds: list[str], nerve: int, value: int) -> bool:
    """Whether a nerve with its result stands between commas or the like ("intact in SPN and DPN, sural absent")."""
    behind = next((kind for kind in kinds[value + 1 :] if kind not in {"link", "side"}), "hard")
    before = kinds[nerve - 1] if nerve else "hard"
    return before in {"sep", "hard"} and behind in {"sep", "hard", "word"} and value - nerve <= 2


def _relative(tokens: list[Token], value: Token) -> bool:
    """``50% of left``: the side named is the one compared with."""
    after = [t for t in tokens if t.start >= value.end][:2]
    return len(after) == 2 and after[0].wording.casefold() == "of" and after[1].kind == "side"


def _as(token: Token, kind: str) -> Token:
    return token.into(kind, token.id, token.value)


def _beside_subject(tokens: list[Token], at: int) -> bool:
    """Whether what is tested stands next to a value, or before it with its place ("feeling in the calf is ok")."""
    if next_to(tokens, at, {"subject"}, GLUE, within=3):
        return True
    placed = before(tokens, at, PLACED, GLUE | {"side"})
    return placed is not None and placed.kind == "subject" and not placed.weak


def _by_level(tokens: list[Token]) -> list[Token]:
    """``light touch: L4 N, L5 ↓``: a value right behind a level is of what is tested, as if it stood beside it."""
    if not any(token.kind == "subject" for token in tokens):
        return tokens
    done = list(tokens)
    for at in range(1, len(tokens)):
        before, value = tokens[at - 1], tokens[at]
        if before.kind == "level" and value.kind == "value" and not _SACRAL.fullmatch(before.wording):
            done[at - 1] = replace(before, kind="link")
            done[at] = replace(value, start=before.start, weak=False, role=LEVEL)
    return done
