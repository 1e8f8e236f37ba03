"""Muscle strength by the Medical Research Council's grades [S:MRC1976], in every layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.measurements import Glue, Strength, Subject
from popliteal.reading.measurements.claims import Reading
from popliteal.reading.measurements.context import Context, look_back, paragraph
from popliteal.reading.measurements.grades import BARE, DEGREES, GRADE, GRADED, OVER, PAIR, ROW, degree
from popliteal.reading.measurements.grading import Grading
from popliteal.reading.measurements.joints import Joints
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.needs import Need, Needs, literal, need, words_of
from popliteal.reading.measurements.pairing import pair
from popliteal.reading.measurements.respective import ROW as RESPECTIVE
from popliteal.reading.measurements.respective import WRITTEN, take
from popliteal.reading.measurements.vocabulary import add_subjects, add_values, shared
from popliteal.reading.mention import Mention
from popliteal.reading.sentence import ONE_SIDE

#: What a strength of any kind needs: a grade, a word for strength, or a movement with a bare digit or a word.
_BARE_GRADE = re.compile(r"[A-Za-z)]\s*[:=]?\s?[0-5][+-]?(?![\d/])")
#: An item of a list with a number that has neither a plus nor anything over it.
_BARE_NUMBER = re.compile(r",[^\d,;+]*\d(?![\d+])")
#: How far a joint moves, behind the name of the movement ("knee flexion 90 degrees, quadriceps 3/5").
_MOVED = re.compile(
    r"(?:\s?(?:is|was|of|to|limited|only|:|=|-))*\s?\d{1,3}(?:\s?(?:°|º|degrees?\b|deg\b)|(?<=\d\d)(?![\d/.+-]))"
)
#: Kinds of tokens that can be values, and those of them that depend on what stands before.
_VALUES = frozenset({"grade", "bare", "value", "both", "row"})
_DOUBTFUL = _VALUES - {"grade", "row"}
#: Grades of the same movement then and now stand at most so many grades apart.
NEAR = 4
#: The grade of full strength.
FULL = 5
#: Letters before a muscle in which "weakness of" is looked for.
BEFORE_PART = 28
#: Letters before a grade in which a word of the past is looked for.
BEFORE = 24
#: Letters before a muscle in which a complaint of which it is the place is looked for.
PLACE = 48


def _listed(tokens: list[Token]) -> bool:
    """Whether two parts or more have a bare grade right behind them ("quads 5, tib ant 2")."""
    return sum(one.role == "part" and two.kind == "bare" for one, two in pairwise(tokens)) > 1


def closed(text: str, start: int, end: int) -> int:
    """``end``, moved behind a bracket that the span opened and the text closes right there."""
    inside = text[start:end]
    return end + 1 if inside.count("(") > inside.count(")") and text[end : end + 1] == ")" else end


def _need(forms: Iterable[str]) -> Need:
    """What a sentence that holds one of ``forms`` holds, some of which are signs alone ("DF ✗")."""
    lettered, signs = [], set[str]()
    for form in forms:
        if any(map(str.isalpha, form)):
            lettered.append(form)
        else:
            signs |= set(form)
    return need(*lettered) | literal(*signs)


class StrengthGrammar:
    """Finds grades and what they grade."""

    def __init__(self, name: str, rules: MeasurementRules, entry: Strength) -> None:
        self.name = name
        self.entry = entry
        self.subjects = _with_actions(entry, rules)
        self.joints = Joints(entry.apart, self.subjects)
        parts = [form for s in self.subjects.values() if s.role != "foreign" for form in (*s.forms, *s.weak)]
        worded = [form for value in entry.values.values() for form in (*value.forms, *value.weak, *value.leading)]
        self._parts = need(*parts)
        graded = literal(*DEGREES)
        said = _need(worded) | graded
        self.needs: tuple[Needs, ...] = ((literal(*OVER), graded), (self._parts, said))
        works = [form for value in entry.values.values() if value.reading == "normal" for form in value.weak]
        self._works = _need(works).keys()
        self._whole = need(*(form for s in self.subjects.values() if s.role == "whole" for form in s.forms)).keys()
        self._elsewhere, self._spoken = re.compile(entry.elsewhere), re.compile(entry.spoken)
        self._examined = re.compile(entry.examined) if entry.examined else None
        self._former = re.compile(entry.former) if entry.former else None
        self._formerly = re.compile(entry.formerly or "(?!)")
        self._later = re.compile(entry.later or "(?!)")
        self._weakened = re.compile(entry.weakened or "(?!)")
        self._weakness_of, self._weakness_graded, self._graded_behind, self._complaint_of, self.titled = map(
            re.compile,
            (entry.weakness_of, entry.weakness_graded, entry.graded_behind, entry.complaint_of, entry.titled),
        )
        vocabulary = shared(rules)
        add_subjects(vocabulary, self.subjects)
        add_values(vocabulary, entry.values, rules.one(Glue))
        vocabulary.add(entry.blockers, Entry("block"))
        self.joints.add(vocabulary)
        self.grading = Grading(entry, self.subjects)
        self.lexer = Lexer(
            vocabulary, f"{RESPECTIVE}|{PAIR}|{GRADE}|{BARE}", lambda kind, wording: (degree(wording), kind)
        )

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Strength mentions in ``text[start:end]``."""
        if not self._worthwhile(text, start, end):
            return []
        if ROW.search(text, start, end):
            return []  # names in a row before grades in a row: a table
        raw = self.tokens(text, start, end)
        kinds = {token.kind for token in raw}
        if _VALUES.isdisjoint(kinds):
            return []
        doubtful = not _DOUBTFUL.isdisjoint(kinds)
        cut = self._before_others(text, start, end) if doubtful and _listed(raw) else None
        if cut is not None:
            return [*self.find(text, start, cut, context), *self.find(text, cut, end, context)]
        bare = doubtful and self._bare_allowed(text, start, end, context)
        respective, raw = take(raw, degree) if "row" in kinds else ([], raw)
        tokens = self.grading.values(raw, bare)
        if not respective and not any(token.kind == "value" for token in tokens):
            return []
        carry = look_back(self._read, text, start, context.since)
        heading = carry.limb  # before the pairing changes it
        ordered = carry.order is not None or any(token.kind == "order" for token in tokens)
        readings = [*respective, *_once(self._merge_limbs(pair(tokens, carry)), text)]
        for reading in readings if ordered else ():
            if reading.side is None and (reading.value.value or 0) >= self.entry.normal_from:
                reading.side = "bilateral"  # "Power L/R: HF 5/5, PF 4-/5 (no heel raise L)"
        if not any(token.side for token in tokens):
            self._give_examined(readings, text, start, context)
        return list(self._found(readings, text, start, end, heading))

    def _found(
        self, readings: list[Reading], text: str, start: int, end: int, heading: Token | None
    ) -> Iterator[Mention]:
        """What the readings of ``text[start:end]`` become, under the limb of a ``heading``."""
        former, later = self._apart_in_time(readings, text, start)
        told: set[tuple[int, str, str | None]] = set()
        for at, reading in enumerate(readings):
            weakened = self._weakened.search(text, readings[at - 1].end if at else start, reading.start)
            for mention in self.mentions(reading, heading, weakened is not None):
                key = (reading.value.start, mention.concept, mention.site)
                if key in told and reading.subject is not None and reading.subject.region == "arm":
                    continue  # "4/5 in the deltoids, biceps and triceps": one weak arm
                told.add(key)
                mention.end = min(end, closed(text, mention.start, mention.end))
                if mention.concept != self.entry.normal_concept:
                    mention.start = self._with_weakness(text, start, mention.start)
                mention.temporality = "historical" if at in former else "current" if at in later else None
                if at in later and mention.concept != self.entry.normal_concept:
                    mention.course = _course(readings[later[at]], reading)
                yield mention

    def _with_weakness(self, text: str, floor: int, start: int) -> int:
        """``start``, moved before "weakness of the right" or "weakness (" where that stands right before it."""
        begin = max(floor, start - BEFORE_PART)
        named = self._weakness_of.search(text, begin, start)
        if named is None and self._graded_behind.match(text, start):
            named = self._weakness_graded.search(text, begin, start)
        return start if named is None else named.start()

    def _apart_in_time(self, readings: list[Reading], text: str, start: int) -> tuple[set[int], dict[int, int]]:
        """Grades of the past, and the later ones of the same with them: ``4/5 (was 2/5)``, ``from 2/5 to 4/5``."""
        if self._former is None or len(readings) < 2:
            return set(), {}
        pairs: list[tuple[int, int]] = []
        told = {at: found for at, one in enumerate(readings) if (found := self._told(one, text, start))}
        for old, found in told.items():
            for new in range(max(0, old - NEAR), min(len(readings), old + NEAR)):
                if new in told or not _same(readings[new], readings[old]):
                    continue
                between = text[readings[old].value.end : readings[new].value.start]
                if not found.groupdict().get("told") or new < old or self._later.search(between):
                    pairs.append((old, new))
        return {old for old, _ in pairs}, {new: old for old, new in pairs}

    def _told(self, reading: Reading, text: str, start: int) -> re.Match[str] | None:
        """The words right before a grade or behind it that put it into the past."""
        value = reading.value
        before = self._former.search(text, max(start, value.start - BEFORE), value.start) if self._former else None
        return before or self._formerly.match(text, value.end)

    def _give_examined(self, readings: list[Reading], text: str, start: int, context: Context) -> None:
        """The side of the limb that the paragraph examines, to movements that have none."""
        if self._examined is None or any(reading.side for reading in readings):
            return
        floor = paragraph(text, start, context.since)
        begun = list(self._examined.finditer(text, floor, start))
        if not begun or any(token.side for token in self.lexer.tokens(text, begun[-1].end(), start)):
            return
        for reading in readings:
            if reading.subject is not None and reading.subject.role == "part" and reading.subject.region == "leg":
                reading.side = begun[-1]["side"].lower()

    def _merge_limbs(self, readings: list[Reading]) -> list[Reading]:
        """``5/5 in UE and LE``: one normal grade of arms and legs is one reading about everything."""
        done: list[Reading] = []
        for reading in readings:
            last = done[-1] if done else None
            if (
                last is not None
                and last.value is reading.value
                and (reading.value.value or 0) >= self.entry.normal_from
                and last.subject is not None
                and reading.subject is not None
                and last.subject.role == reading.subject.role == "limb"
                and not (last.subject.region != reading.subject.region and {last.side, reading.side} & ONE_SIDE)
            ):
                last.everywhere = last.everywhere or last.subject.region != reading.subject.region
                last.side = "bilateral" if {last.side, reading.side} == {"left", "right"} else last.side or reading.side
                last.start, last.end = min(last.start, reading.start), max(last.end, reading.end)
                if last.everywhere:
                    last.subject, last.limb = None, None
            else:
                done.append(reading)
        return done

    def _worthwhile(self, text: str, start: int, end: int) -> bool:
        """Whether there is a grade, a word for strength, or a movement with a bare digit or a worded grade."""
        if GRADED.search(text, start, end) or WRITTEN.search(text, start, end):
            return True
        words = words_of(text, start, end)
        if not self._whole.isdisjoint(words):
            return True
        if self._parts.keys().isdisjoint(words):
            return False
        if not self._works.isdisjoint(words) or _BARE_GRADE.search(text, start, end):
            return True
        low = text[start:end].lower()
        return any(grade in low for grade in self.entry.worded)

    def _read(self, text: str, start: int, end: int) -> list[Token]:
        """The tokens of earlier text, its grades as values."""
        return self.grading.values(self.tokens(text, start, end))

    def tokens(self, text: str, start: int, end: int) -> list[Token]:
        """The tokens of a text, motions with the joints they are of; one of so many degrees waits for no grade."""
        tokens = self.resolved(self.lexer.tokens(text, start, end), text, start)
        return [token for token in tokens if token.role != "part" or _MOVED.match(text, token.end, end) is None]

    def resolved(self, tokens: list[Token], text: str, start: int) -> list[Token]:
        """``tokens`` of a text from ``start`` on: motions with their joints, the place of a complaint as a word."""
        return [
            token.into("word")
            if token.role == "part" and self._complaint_of.search(text, max(start, token.start - PLACE), token.start)
            else token
            for token in self.joints.resolve(tokens)
        ]

    def _bare_allowed(self, text: str, start: int, end: int, context: Context) -> bool:
        """Whether digits without ``/5`` may be grades: not where the text has last been about reflexes or oedema."""
        if self._elsewhere.search(text, start, end):
            return False
        floor = paragraph(text, start, context.since)
        last = max((match.start() for match in self._elsewhere.finditer(text, floor, start)), default=-1)
        strength = max((match.start() for match in self._spoken.finditer(text, floor, end)), default=-1)
        return last < 0 or strength > last

    def _before_others(self, text: str, start: int, end: int) -> int | None:
        """The comma before the first item about reflexes or oedema, if this has no bare number itself: those in front
        of it are of strength ("quads 5, EHL 1, knee jerk +"; not "triceps 2, patellar 2 and Achilles 1 reflexes")."""
        other = self._elsewhere.search(text, start, end)
        comma = text.rfind(",", start, other.start()) if other is not None else -1
        return comma if comma > start and _BARE_NUMBER.match(text, comma, end) is None else None

    def mentions(self, reading: Reading, heading: Token | None, weakened: bool = False) -> list[Mention]:
        """What one reading becomes: nothing, one mention, or leg and arm; ``weakened`` is called weak (``5-/5``)."""
        grade = reading.value.value
        if grade is None or (reading.subject is None and reading.inherited and not self._stands_alone(reading)):
            return []
        subject = self.subjects[reading.subject.id] if reading.subject is not None else None
        region = _region(subject, reading, heading)
        if grade >= (FULL if weakened else self.entry.normal_from):
            return [self._normal(reading, region, heading)]
        if subject is not None and subject.concept is not None:
            return [self._weak(reading, subject.concept, subject.site, grade, heading)]
        found = []
        if region != "arm":
            found.append(self._weak(reading, self.entry.whole_concept, "leg", grade, heading))
        if region == "arm" or (region == "all" and reading.everywhere):
            found.append(self._weak(reading, self.entry.arm_concept, "arm", grade, heading))
        return found

    def _stands_alone(self, reading: Reading) -> bool:
        """``5/5 bilaterally`` names nothing and still can only be strength."""
        return (
            reading.side is not None
            and reading.value.id == "grade"
            and (reading.value.value or 0) >= self.entry.normal_from
        )

    def value(self, wording: str, start: int, end: int) -> Token:
        """A grade of a table's cell as a value."""
        return Token("value", start, end, "grade", value=self._cell(wording), wording=wording)

    def _cell(self, wording: str) -> float | None:
        worded = next((v.value for v in self.entry.values.values() if wording.casefold() in v.weak), None)
        return degree(wording) if wording[:1].isdigit() else worded

    def table_mentions(self, reading: Reading) -> list[Mention]:
        """What a cell of a table becomes."""
        return self.mentions(reading, None)

    def _normal(self, reading: Reading, region: str, heading: Token | None) -> Mention:
        """Full strength: of a movement, of a place, of the arms, or of everything."""
        subject = self.subjects[reading.subject.id] if reading.subject is not None else None
        text = "arm" if region == "arm" else "all"
        if reading.subject is not None and subject is not None:
            whole = (None if reading.everywhere else subject.normal_as) or text
            text = reading.subject.id if subject.role == "part" else whole
        site = (subject.site if subject is not None and subject.region == "arm" else None) or (
            "arm" if region == "arm" else None
        )
        return Mention(
            reading.start,
            reading.end,
            self.entry.normal_concept,
            self.name,
            site=site,
            laterality=self._side(reading, heading),
            assertion="present",
            value=5.0,
            value_text=text,
        )

    def _weak(self, reading: Reading, concept: str, site: str | None, grade: float, heading: Token | None) -> Mention:
        side = self._side(reading, heading)
        if side is None and reading.everywhere:
            side = "bilateral"
        return Mention(
            reading.start,
            reading.end,
            concept,
            self.name,
            site=site,
            laterality=side,
            assertion="present",
            value=grade,
            value_text=reading.value.wording,
            vague=reading.subject is not None and reading.subject.role in {"place", "limb"},
        )

    def _side(self, reading: Reading, heading: Token | None) -> str | None:
        """The side said, or the one that the limb means where none is said (``LL``)."""
        said = reading.side
        limbs = [one for one in (reading.subject, reading.limb, heading) if one is not None and one.role == "limb"]
        return said or next((one for limb in limbs if (one := self.subjects[limb.id].unsaid_side)), None)


def _once(readings: Sequence[Reading], text: str) -> list[Reading]:
    """The readings, those joined of which one names the movement and the next its muscle: "knee extension (quads)"."""
    done: list[Reading] = []
    for reading in readings:
        last = done[-1] if done else None
        named = last is not None and last.value is reading.value and _same(last, reading)
        if last is not None and named and text[last.end : reading.start].strip() == "(":
            last.end, last.side = reading.end, last.side or reading.side
        else:
            done.append(reading)
    return done


def _same(one: Reading, other: Reading) -> bool:
    """Whether two readings may be of the same movement of the same side."""
    if one.subject is None or other.subject is None:
        return False
    weak = other.subject.role == "whole" and (other.value.value or 0) < FULL
    if one.subject.id != other.subject.id and not weak:
        return False  # but "strength has improved from 2/5 to 4/5 in dorsiflexion"
    return one.side == other.side or None in {one.side, other.side}


def _course(old: Reading, new: Reading) -> str | None:
    """How a grade has gone: not said where both are the same, or one is no number."""
    before, after = old.value.value, new.value.value
    if before is None or after is None or before == after:
        return None
    return "improving" if after > before else "worsening"


def _region(subject: Subject | None, reading: Reading, heading: Token | None) -> str:
    if subject is not None and subject.region != "all":
        return subject.region
    if reading.everywhere and reading.limb is None and heading is None:
        return "all"
    limb = reading.limb or heading
    return limb.region if limb is not None else "all"


def _with_actions(entry: Strength, rules: MeasurementRules) -> dict[str, Subject]:
    """The subjects of the file with the muscles and aliases of ``actions.yaml``, which count only beside a grade."""
    subjects: dict[str, Subject] = dict(entry.subjects)
    for key, action in rules.actions.items():
        own = subjects.get(key, Subject())
        weak = (*own.weak, *action.aliases, *action.muscles)
        subjects[key] = own.model_copy(update={"weak": weak})
    return subjects
