"""The side of each finding of a sentence: from its own words, from behind it, or from the finding it is joined to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from popliteal.reading.linking import Grammar
from popliteal.reading.midline import Midline
from popliteal.reading.places import Places, combine, region, sides_at
from popliteal.reading.sentence import OPPOSITE, Hit, Place, Sentence, covered
from popliteal.reading.sublabels import labelled_sides
from popliteal.reading.tokens import UNKNOWN

#: So many tokens behind a finding its side may stand.
_BEHIND = 9
#: Ways to come by places that are not of a finding's own words.
_AFAR = frozenset({"joined", "subject", "near", "topic"})
WHOLE = "leg"  # "no knee effusion in the right leg"
_SIGNS = frozenset({"+", "-", "−"})


def _used(places: list[Place], at_side: dict[int, Hit]) -> set[int]:
    """The tokens of the sides that stand beside a place and are its own: of one on both sides a word for both, or else
    the left and the right ("foot drop left, both knees sore")."""
    used: set[int] = set()
    for place in places:
        near = {t: at_side[t].entry.id for t in range(place.first - 3, place.last + 2) if t in at_side}
        own = {place.side} if place.side in near.values() else {"left", "right"} if place.side == "bilateral" else set()
        used |= {token for token, side in near.items() if side in own}
    return used


@dataclass(slots=True)
class Work:
    """A phrase on its way to a finding: its places and ``how`` it came by them, and its side.

    ``shared`` are places that its own words or noun phrase are joined to ("leg or calf pain").
    """

    hit: Hit
    places: list[Place] = field(default_factory=list)
    shared: list[Place] = field(default_factory=list)
    how: str = ""
    side: str | None = None
    said: str | None = None  # the side that its own words name
    trails: bool = False  # whether the side stands behind the finding
    plural: bool = False  # whether the side is only that of a plural ("pulses")
    apart: frozenset[str] = frozenset()  # sites of the trunk that share no side ("pain in the left hip and low back")

    def first_side(self) -> str | None:
        """The side of the first of its places that has one."""
        return next((place.side for place in self.places if place.side), None)

    def before_side(self, place: Place) -> bool:
        """Whether a place has no side and stands before one that has ("low back and right leg pain")."""
        if place.side or self.trails or self.how not in {"before", "after"}:
            return False
        behind = next((one.side for one in self.places if one.side and place.last <= one.first), None)
        return behind in {"left", "right"} and self.side in {behind, None}

    def alone(self, place: Place) -> bool:
        """Whether a place has no side whatever those beside it have."""
        return self.before_side(place) or (place.site in self.apart and not place.side)

    def side_at(self, place: Place | None) -> str | None:
        """The side at one of its places; own words tell more than a subject ("left leg raise: right-sided pain"), and
        what stands behind it more than both of one ("legs: numb on the right")."""
        if place is not None and self.alone(place):
            return None
        both = place is not None and place.side == "bilateral"
        if self.side and ((both and self.trails) or (self.how in _AFAR and (both or not self.trails))):
            return self.side
        return (place.side if place else None) or self.side


@dataclass(slots=True)
class Located:
    """A finding with its place; its tokens may begin before those of the phrase ("knee pain")."""

    hit: Hit
    first: int
    last: int
    concept: str
    site: str | None
    side: str | None
    placed: bool = False  # whether its words name a place, though it be none of the inventory ("thigh")
    place: str | None = None  # that place


#: An adverb that says how much the next word is so ends like this.
_OF_DEGREE = "ly"


class Sides:
    """Gives findings whose sites are known their sides."""

    def __init__(self, grammar: Grammar, places: Places, midline: Midline) -> None:
        self._grammar = grammar
        self._places, self._midline = places, midline

    def give(
        self, sentence: Sentence, works: list[Work], places: list[Place], content: dict[int, Work], *, headed: bool
    ) -> None:
        """Set ``side`` of each of ``works``; ``content`` says which of them stands at a token.

        ``headed`` says whether the label of the line is a side.
        """
        at_side = sides_at(sentence)
        used, labelled = _used(places, at_side), labelled_sides(sentence, headed=headed) if at_side else {}
        for work in works:
            self._read(sentence, work, at_side, content, used)
            if (work.side is None or work.plural) and work.hit.first in labelled:
                work.side, work.trails, work.plural = labelled[work.hit.first], True, False
            work.said = work.side
            work.apart = self._midline.apart(work.places)
            if self._subject_is_both(work, at_side):
                work.side = "bilateral"  # "the left and the right foot are numb"
            if work.side is None and work.places and not any(place.side for place in work.places):
                work.side = self._side_of_same(sentence, work, places)
            if work.trails and work.how == "joined":  # "weakness of the right foot and numbness of the left"
                work.places = [replace(place, side=work.side) for place in work.places]
        self._hand_on(sentence, works)
        self._hand_back(sentence, works)

    def _read(
        self, sentence: Sentence, work: Work, at_side: dict[int, Hit], content: dict[int, Work], used: set[int]
    ) -> None:
        """The side that the words of a finding name, those before it or those behind it."""
        named, hit = at_side.keys(), work.hit
        inside = [at_side[t].entry.id for t in range(hit.first, hit.last) if t in at_side] if named else []
        paired = not (self._grammar.unpaired_in(hit) or self._midline.is_of(hit))
        if not inside and paired and self._grammar.names_both(sentence, hit.first, hit.last):
            inside = ["bilateral"]  # "ankle jerks absent", "plantars flexor"
            work.plural = True
        before = inside or (at_side and self._places.sides_before(sentence, hit.first, at_side))
        after = None
        if (work.plural or not before) and not named.isdisjoint(range(hit.last, hit.last + 2 * _BEHIND)):
            after = self._side_after(sentence, work, at_side, content, used)
        work.side = after or (combine(before) if before else None)
        work.plural = work.plural and after is None
        work.trails = after is not None or (not before and work.side is not None)

    def _hand_on(self, sentence: Sentence, works: list[Work]) -> None:
        """Give findings without a side that of the one before, to which they are joined."""
        before_both: str | None = None
        for left, right in pairwise(works):
            if right.side is None and left.side and self.follows(sentence, left, right):
                anew = self.begins_anew(sentence, left, right) or self._midline.beside(
                    left.hit, left.places, right.hit, right.places
                )
                each = OPPOSITE.get(before_both) == left.side  # "SLR L 30, R 80, crossed SLR neg"
                right.side = None if anew or each else left.side
                right.plural = left.plural
            before_both = left.side

    def _hand_back(self, sentence: Sentence, works: list[Work]) -> None:
        """Give findings without a side the one that trails behind the next, to which they are joined."""
        for left, right in reversed(list(pairwise(works))):
            shared = left.side is None and right.side and right.trails and self.joined(sentence, left, right)
            trunk = shared and self._midline.beside(right.hit, right.places, left.hit, left.places)
            if shared and not trunk and not self._answered(sentence, left):
                left.side, left.trails = right.side, True

    @staticmethod
    def _subject_is_both(work: Work, at_side: dict[int, Hit]) -> bool:
        """Whether a finding is said of both limbs, and no side stands between."""
        one = work.places[0] if work.how == "subject" else None
        if one is None or one.side != "bilateral" or work.side not in OPPOSITE:
            return False
        return (
            one.last <= work.hit.first
            and at_side.keys().isdisjoint(range(one.last, work.hit.first))
            and not work.trails
        )

    def _side_after(
        self, sentence: Sentence, work: Work, at_side: dict[int, Hit], content: dict[int, Work], used: set[int]
    ) -> str | None:
        if self._grammar.said_of_all(sentence, work.hit):
            return None  # "5/5 throughout with the exception of the right tibialis anterior"
        answers = covered(sentence.cues)
        behind = [place.last for place in work.places if work.how == "after" and place.last > work.hit.last]
        first, loose = max(behind, default=work.hit.last), False
        tied = bool(behind)  # "Tinel at the fibular head negative on the left", "swelling of the calf on the left"
        token = first
        while token < len(sentence.words) and token - first <= _BEHIND:
            if token in at_side:
                if sentence.raw(token - 1).lower() in self._grammar.versus:
                    return None
                if self._opens_clause(sentence, at_side[token], first):
                    return None  # "the left knee shows no effusion, the right is painful"
                if loose and (tied or not self._ends_at(sentence, at_side[token].last)):
                    return None
                own = work.how == "after" or (token == work.hit.last and sentence.raw(token) == "(")  # "drop (R) L5"
                if (token in used and not own) or not self._stands_alone(sentence, at_side[token]):
                    return None
                return at_side[token].entry.id
            word = sentence.words[token]
            if token in content or self._grammar.parts(sentence, work.hit, token):
                return None
            if self._grammar.is_span(sentence, token):  # "leg pain 3/52, R"
                token, loose = token + 3, True
                continue
            if word == "," and (aside := self._aside(sentence, token + 1, at_side)) is not None:
                token = aside
                continue
            if word in self._grammar.joiners and word != "(" and token not in answers:
                return None
            if word not in self._grammar.ties and (tied or word != UNKNOWN) and token not in answers:
                loose = True  # "ankle swelling evenings, both": only a side that ends its part
                if not sentence.raw(token).isalnum():
                    return None
            token += 1
        return None

    def _opens_clause(self, sentence: Sentence, side: Hit, first: int) -> bool:
        """Whether a side behind a comma has something said of it: "..., the right is painful"."""
        said = sentence.words[side.last : side.last + 1]
        return (
            bool(said)
            and said[0] in self._grammar.linking
            and "," in sentence.words[max(first, side.first - 2) : side.first]
        )

    def _ends_at(self, sentence: Sentence, token: int) -> bool:
        """Whether the sentence, or a part of it between commas, ends before ``token``."""
        while token < len(sentence.words) and sentence.raw(token).lower() in self._grammar.alone:
            token += 1
        return token >= len(sentence.words) or sentence.raw(token) in {",", ".", ";", ")"}

    def _ends_phrase(self, sentence: Sentence, side: Hit) -> bool:
        """Whether a side behind a comma is followed by the end of its part or by a time."""
        if self._ends_at(sentence, side.last) or sentence.raw(side.last) == "(":
            return True
        return sentence.raw(side.last).lower() in self._grammar.spans | self._grammar.moments

    def _aside(self, sentence: Sentence, first: int, at_side: dict[int, Hit]) -> int | None:
        """The token of the side that is all there is behind a comma ("knee pain, right", "foot drop, right since May",
        "..., all on the left")."""
        for token in range(first, min(first + 4, len(sentence.words))):
            if token in at_side:
                return token if self._ends_phrase(sentence, at_side[token]) else None
            if (
                sentence.words[token] not in self._grammar.leads
                and sentence.raw(token).lower() not in self._grammar.alone
            ):
                return None
        return None

    def _side_of_same(self, sentence: Sentence, work: Work, places: list[Place]) -> str | None:
        """The side of the same site named again ("knee pain in the right knee", "ankle sprain, left ankle")."""
        for place in places:
            between = sentence.words[work.hit.last : place.first]
            if between[:1] == [","] and self._ends_at(sentence, place.last):
                between = between[1:]
            if place.first < work.hit.last or len(between) > 4 or not self._grammar.leads.issuperset(between):
                continue
            own = work.places[-1]
            whole = region(place.site) == WHOLE and self._places.of_leg(own) and not self._midline.has(own)
            return place.side if whole or region(place.site) == region(own.site) else None
        return self._side_named_before(sentence, work, places)

    def _side_named_before(self, sentence: Sentence, work: Work, places: list[Place]) -> str | None:
        """The only side of the part that its clause named before ("the left hip is a femoral neck fracture")."""
        own = work.places[-1]
        before = [place for place in places if place.last <= min(own.first, work.hit.first) and place.side]
        sides = {place.side for place in before}
        if len(sides) != 1 or "bilateral" in sides or region(before[-1].site) != region(own.site):
            return None
        between = sentence.words[before[-1].last : own.first]
        apart = not self._places.of_leg(own) or not self._grammar.breakers.isdisjoint(between)
        return None if apart else before[-1].side

    def _stands_alone(self, sentence: Sentence, side: Hit) -> bool:
        """Whether a side ends its phrase ("foot drop on the left"), and does not begin another ("left humerus"), as one
        letter seldom does where the next word is no part of the body ("vein ablation R GSV")."""
        following = side.last
        if following >= len(sentence.words) or sentence.raw(following - 1) == ")":
            return True
        if sentence.raw(following - 1).lower().endswith(_OF_DEGREE):  # "shin pain bilaterally when running"
            return True
        if sentence.words[following] in self._grammar.ends or sentence.raw(following).lower() in self._grammar.spans:
            return True
        if sentence.raw(following).lower() in self._grammar.moments:  # "foot drop L today"
            return True
        known = (*sentence.sites, *sentence.content)
        if sentence.raw(side.first) in self._grammar.letters and not any(hit.first == following for hit in known):
            return True
        if not sentence.raw(following).isalpha() or any(cue.first == following for cue in sentence.cues):
            return True
        return self._grammar.leads_side(sentence, side.first) and not any(hit.first == following for hit in known)

    def _answered(self, sentence: Sentence, work: Work) -> bool:
        """Whether a finding has an answer of its own right behind it and a comma then ("SLR neg, foot drop L"), or is
        said of all limbs ("5/5 throughout, numb left foot")."""
        if self._grammar.said_of_all(sentence, work.hit):
            return True
        behind = sentence.words[work.hit.last : work.hit.last + 2]
        return behind[1:] == [","] and behind[0] in self._grammar.negations

    def begins_anew(self, sentence: Sentence, left: Work, right: Work) -> bool:
        """Whether ``right`` takes nothing from what stands before it: an answer of its own stands there, or it serves
        ``left`` ("right TKR under spinal")."""
        between = slice(left.hit.last, right.hit.first)
        if not self._grammar.serving.isdisjoint(sentence.words[left.hit.last : right.hit.first + 1]):
            return True
        if sentence.tokens[between] == ["+"]:  # "pain + numbness"
            return False
        return not (
            self._grammar.negations.isdisjoint(sentence.words[between]) and _SIGNS.isdisjoint(sentence.tokens[between])
        )

    def joined(self, sentence: Sentence, left: Work, right: Work, start: int | None = None) -> bool:
        """Whether only joining words stand between two findings, or from token ``start`` on."""
        first, last = max(left.hit.last, start or 0), right.hit.first
        if last - first > 0 and sentence.raw(last - 1).endswith(_OF_DEGREE):
            last -= 1  # "tense and exquisitely tender"
        between = sentence.words[first:last]
        return len(between) <= 5 and self._grammar.joins_onset.issuperset(between)

    def follows(self, sentence: Sentence, left: Work, right: Work, start: int | None = None) -> bool:
        """Whether a finding is joined to the one before it, be it by a "but" ("warm but weak")."""
        first, last = max(left.hit.last, start or 0), right.hit.first
        turned = 0 < last - first <= 5 and self._grammar.turns_to_more(sentence, first, last)
        return turned or self.joined(sentence, left, right, start)
