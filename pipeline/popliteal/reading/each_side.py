"""Findings that are answered for each side: "Foot drop: R no, L yes", "Tinel R - L +", "foot numb R [ ] L [x]".

And those that the same sentence denies of the other side: "a small effusion on the right, none on the left".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from popliteal.knowledge import Knowledge
from popliteal.knowledge.expressions import Expression
from popliteal.reading.boxes import BOX, is_ticked
from popliteal.reading.mention import ASKED, THERE, Mention
from popliteal.reading.sentence import OPPOSITE
from popliteal.reading.tokens import any_of

#: What may stand before the answers: the part of the body ("tender calf R - L +").
_LEAD = r"(?:[ \t]++[A-Za-z]{2,12}){0,5}[ \t]*+(?:[:(=?–—-][ \t]*+)?"
_PART = r"[ \t]*+(?:[,;/|][ \t]*+)?"
_SIGN = r"[+−–-](?:ve)?"
#: A count of pluses or of ten ("1+", "4/10"), and those that are none.
_COUNT = r"(?:[0-4]?\+{1,4}|\d{1,2}/10|0)"
_ZERO = re.compile(r"\b0(?:\+|/10)?$")
#: So many letters behind a finding it is denied of the other side.
_REACH = 90
#: The root that is meant on a side ("L L5", "right L4/5").
_ROOT = r"\s+[LS][1-5](?:\s?[/-]\s?[LS]?[1-5])?(?:\s+derm\w*)?"
#: What may stand around the word that denies ("L - nil").
_AROUND = " -–:="


class EachSide:
    """Compiled from the words for sides, and for yes and no in forms."""

    def __init__(self, knowledge: Knowledge, phrases: Collection[str]) -> None:
        """``phrases`` are the patterns of what may be answered so; what was measured knows its sides."""
        self._phrases, self._concepts = phrases, knowledge.concepts
        sides, classes = knowledge.sides, knowledge.words.classes
        named = [(word, "left") for word in sides.left] + [(word, "right") for word in sides.right]
        self._sides = {word: side for word, side in named if word.isalpha()}
        self._sides |= {letter.lower(): side for letter, side in sides.letters.items() if side in OPPOSITE}
        self._sides |= {word.lower(): side for word, side in sides.joined.items() if side in OPPOSITE}
        yes, no = (*classes["form_yes"], *classes["form_degree"]), (*classes["form_no"], *classes["form_none"])
        self._yes = Expression(rf"{any_of(yes)}|\+|\d/10", re.IGNORECASE)
        side, limb = any_of(self._sides), rf"(?:\s+{any_of(classes['limb_named'])})?"
        said = rf"(?:{any_of((*yes, *no))}|{_COUNT}|{_SIGN})(?![\w+/%])"
        join, on, the = (rf"(?:{any_of(classes[name])}\s+)?" for name in ("joining_sides", "before_side", "determiner"))
        orders = [
            (rf"{side}{limb}[ \t]*[:=–—-]?[ \t]*{said}", rf"{said}[ \t]*{on}{the}{side}{limb}"),
            (rf"{side}[ \t]*(?:{BOX})", rf"(?:{BOX})[ \t]*{side}"),
        ]
        self._side = Expression(side, re.IGNORECASE)
        none, others = any_of(classes["other_side_none"]), any_of(classes["other_side"])
        ends = r"\s*(?=[.,;)\n]|$)"
        self._denied = Expression(
            rf"[,;(]\s*{join}(?P<none>{none})\s+{on}{the}(?:(?P<side>{side})|{others}){limb}{ends}"
            # "oedema R leg, L nil"
            rf"|[,;(]\s*(?P<other>{side}){limb}\s*[-–:=]?\s*(?P<nil>{none}){ends}",
            re.IGNORECASE,
        )
        before, behind, both, limbs = (
            any_of(classes[name]) for name in ("too_before_side", "too_behind_side", "both_too", "limbs_named")
        )
        # "numb left foot, now also right"; "milder L L5"; "right leg pain, since Monday in both legs"
        self._also = Expression(
            rf"[\s,;(]+{join}(?P<before>(?:{before}|since\s+(?:last\s+|this\s+)?\w+(?:\s+also)?)\s+)?{on}{the}"
            rf"(?:(?P<both>{both})(?:\s+{limbs})?|(?P<side>{side}){limb}(?:{_ROOT})?(?P<behind>,?\s+{behind})?)"
            rf"(?:\s+{any_of(classes['side_itself'])})?{ends}",
            re.IGNORECASE,
        )
        self._opens = Expression(rf"{_LEAD}(?:{side}|{said}|{BOX})", re.IGNORECASE)
        self._pairs = [
            (Expression(rf"{_LEAD}(?P<one>{one}){_PART}{join}(?P<two>{one})", re.IGNORECASE), boxed)
            for boxed, both in enumerate(orders)
            for one in both
        ]

    def apart(self, text: str, end: int, mentions: Sequence[Mention]) -> Iterator[Mention]:
        """The mentions in order of a sentence that ends at ``end``, one that is answered for each side as two.

        It stays one where both answers are the same, and where they are boxes: then the other side is not said.
        """
        done: set[tuple[int, str, str]] = set()  # "oedema: RLE none, LLE mild" names two places
        for mention, following in zip_longest(mentions, mentions[1:]):
            asked = mention.assertion in ASKED and mention.pattern in self._phrases
            until = following.start if following is not None and following.start >= mention.end else end
            answers = self._answers(text, mention.end, until) if asked and self._opens.match(text, mention.end) else {}
            if not answers:
                self._spread(text, end, mention, mentions)
                yield from self._with_other_side(text, end, mention, mentions)
            for side, (yes, words) in answers.items():
                assertion = "present" if yes else "absent"
                if (key := (mention.start, mention.concept, side)) in done:
                    continue
                done.add(key)
                yield replace(mention, laterality=side, assertion=assertion, cues=[*mention.cues, words])

    def _spread(self, text: str, end: int, mention: Mention, mentions: Sequence[Mention]) -> None:
        """Give both sides to a complaint of one that the other has, too ("numb left foot, now also right")."""
        concept = self._concepts.get(mention.concept)
        if (
            mention.laterality not in OPPOSITE
            or concept is None
            or not (concept.of_limb or (concept.disease and not concept.event))
            or mention.assertion not in THERE
        ):
            return
        for found in self._also.finditer(text, mention.end, min(end, mention.end + _REACH)):
            told = found["before"] or found["behind"]
            between = (one for one in mentions if mention.start < one.start < found.end() and one is not mention)
            if told and (found["both"] or self._sides[found["side"].lower()] == OPPOSITE[mention.laterality]):
                if all(one.laterality in {mention.laterality, "bilateral"} for one in between):
                    mention.laterality = "bilateral"
                return

    def _with_other_side(
        self, text: str, end: int, mention: Mention, mentions: Sequence[Mention]
    ) -> tuple[Mention, ...]:
        """A finding of one side, and behind it the same one that the sentence denies of the other.

        What denies it of the other side does not deny it ("foot drop on the left (none on the right)").
        """
        concept = self._concepts.get(mention.concept)  # None for a span of another maker
        if mention.laterality not in OPPOSITE or concept is None or concept.normal:
            return (mention,)
        found = self._denied.search(text, mention.end, min(end, mention.end + _REACH))
        none = None if found is None else "none" if found["none"] else "nil"
        if found is None or none is None:
            return (mention,)
        cues = [cue.strip(_AROUND) for cue in mention.cues]
        if mention.assertion not in THERE and cues != [found[none].lower()]:
            return (mention,)
        named = found["side"] or found["other"]
        side = self._sides[named.lower()] if named else OPPOSITE[mention.laterality]
        start, stop = found.span(none)
        between = (one for one in mentions if mention.end <= one.start < found.end() and one is not mention)
        if side == mention.laterality or any(one.concept != mention.concept or one.start >= start for one in between):
            return (mention,)
        told = mention if mention.assertion in THERE else replace(mention, assertion="present", cues=[])
        other = replace(told, start=start, end=stop, laterality=side, assertion="absent", value=None, value_text=None)
        other.cues = [found[0].lstrip(",;( ").strip()]
        return told, other

    def _answers(self, text: str, start: int, end: int) -> dict[str, tuple[bool, str]]:
        """For each side that is answered between ``start`` and ``end``: whether it is there, and what says so."""
        for pair, boxed in self._pairs:
            found = pair.match(text, start, end)
            if found is None:
                continue
            answers = dict(map(self._answer, (found["one"], found["two"])))
            if len(answers) < 2:
                continue  # the same side twice
            values = {yes for yes, _ in answers.values()}
            if len(values) == 1:
                return {"bilateral": (values.pop(), found[0].strip())}
            return {side: answer for side, answer in answers.items() if answer[0] or not boxed}
        return {}

    def _answer(self, words: str) -> tuple[str, tuple[bool, str]]:
        """The side of one answer, and what it says."""
        side = next(self._side.finditer(words))[0]
        yes = is_ticked(words) or (self._yes.search(words) is not None and not _ZERO.search(words))
        return self._sides[side.lower()], (yes, words)
