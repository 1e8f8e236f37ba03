"""The sites of a sentence, each with the side that its own words give it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from popliteal.knowledge import Knowledge
from popliteal.reading.linking import Grammar
from popliteal.reading.midline import Midline
from popliteal.reading.sentence import Hit, Place, Sentence, covered

_MEMORY = 3
#: So many tokens behind a place a finding may begin that is of it, or stand its side.
AHEAD = 3


class Heading(NamedTuple):
    """What stands above a sentence: the site and side that the title of its line or section names, and the title."""

    site: str | None = None
    side: str | None = None
    title: str = ""


NO_HEADING = Heading()


class Titled(NamedTuple):
    """The places named so far under titles that say what a note is about, and whether all are of one part."""

    places: tuple[Place, ...] = ()
    one: bool = True


class Antecedent(NamedTuple):
    """What sentences before this one named: the joint that "the joint" means, with its side, and the part of the leg
    that "it" means, with its side; ``age`` counts the sentences since then that named no part of the leg. ``limb`` is
    the part of a leg that was named last, unless an arm was."""

    site: str | None = None
    side: str | None = None
    topic: str | None = None
    topic_side: str | None = None
    age: int = 0
    limb: str | None = None
    limb_side: str | None = None

    def later(self) -> Antecedent:
        """The same behind a sentence that names no part of the body: "it" is soon forgotten."""
        if self.age < _MEMORY:
            return self._replace(age=self.age + 1)
        return self if self.topic is None else self._replace(topic=None)


NOWHERE = Antecedent()
#: What the sentences before one named; worked out only where its words point back to it.
Before = Callable[[], Antecedent]


def nothing() -> Antecedent:
    """What stands before the first sentence."""
    return NOWHERE


def no_heading() -> Heading:
    """What a sentence alone says of the note it is in."""
    return NO_HEADING


def labelled(before: Before, site: str, side: str | None) -> Antecedent:
    """What "the joint" means under a label: "Elbow: no joint effusion", after a line about the knee."""
    last = before()
    return last if last.site == site else last._replace(site=site, side=side, topic=site, topic_side=side)


#: What a place is compared with stands at most so many tokens behind the word that compares.
COMPARED = 4


class Places:
    """Compiled from ``sites.yaml`` and ``laterality.yaml``."""

    def __init__(self, knowledge: Knowledge, grammar: Grammar, midline: Midline) -> None:
        self._sites, self._midline = knowledge.sites, midline
        self._concepts = knowledge.concepts
        self._grammar = grammar
        self._pairing = grammar.gap | grammar.pairing
        self._ordinals = frozenset(knowledge.words.classes["ordinals"])
        one, self._both = (knowledge.words.classes[name] for name in ("pronoun_of_part", "pronoun_of_both"))
        self._one = frozenset(form for word in one for form in (word, word.capitalize(), word.upper()))
        self._moved = frozenset(knowledge.words.classes["pronoun_moved"])
        self._well = frozenset(knowledge.words.classes["unharmed"])
        self._told = frozenset(knowledge.words.classes["said_of_other_side"])
        self._pronouns = self._one.union(self._both, self._moved)
        self._referable = {name for site in self._sites.values() if not site.means for name in site.refers}

    def of(self, sentence: Sentence, before: Before = nothing) -> list[Place]:
        """The sites of a sentence with their own sides, in order; a compound ("left and right knee") is one place.

        A word such as "joint" stands for the joint that ``before`` holds, and "it" for the part of the leg.
        """
        places = self._as_written(sentence) if sentence.sites else []
        if any(self._sites[place.site].refers for place in places):
            places = [self._meant(place, before) for place in places]
        if len(places) > 1:
            places = self._without_wholes(sentence, places)
        pronouns = [*self._referred(sentence, places, before), *self._elliptic(sentence, places)]
        return sorted([*places, *pronouns], key=lambda place: place.first) if pronouns else places

    def _as_written(self, sentence: Sentence) -> list[Place]:
        """The sites of a sentence with their own sides, worked out once; nobody changes them."""
        if sentence.places is not None:
            return sentence.places
        taken = covered(hit for hit in sentence.content if hit.entry.kind == "blocker")
        taken |= {hit.first for hit in sentence.sites if self._grammar.is_length(sentence, hit.first)}
        places = [Place(h.first, h.last, h.entry.id) for h in sentence.sites if h.first not in taken]
        at_side = sides_at(sentence)
        starts = {place.first for place in places}
        for place in places:
            place.side = self._own_side(sentence, place, at_side, starts)
        giver, joined = Place(0, 0, ""), False
        for left, right in pairwise(places):
            giver = giver if joined and not left.side else left  # "left hip, back and leg"
            between = sentence.words[left.last : right.first]
            joined = bool(between) and self._grammar.joiners.issuperset(between)
            if right.side is None and giver.side:
                if (
                    joined
                    and not self._midline.behind_limb(giver, right)
                    and not _side_behind(sentence, right, at_side)
                ):
                    right.side = giver.side  # "right hip and knee"; not "left foot numb, knee pain (R)"
            elif left.side is None and right.side and self._is_beside_whole(left, right):
                apart = range(left.last, right.first)
                if apart and all(t in at_side or sentence.words[t] in self._grammar.gap for t in apart):
                    left.side = right.side  # "toes both feet", "sole L foot"
        if len(places) > 1 and at_side:
            places = self._with_pairs(sentence, places)
        sentence.places = places
        return places

    def _with_pairs(self, sentence: Sentence, places: list[Place]) -> list[Place]:
        """The places, the same part of both sides as one ("the right leg and left leg are swollen")."""
        found = covered(sentence.content)
        done: list[Place] = []
        for place in places:
            last = done[-1] if done else None
            if last is not None and last.site == place.site and {last.side, place.side} == {"left", "right"}:
                between = range(last.last, place.first)
                joined = any(sentence.words[token] in self._grammar.pairing for token in between)
                small = all(sentence.words[token] in self._pairing for token in between)
                if joined and small and found.isdisjoint((last.first, *between, place.first, place.last)):
                    done[-1] = Place(last.first, place.last, last.site, "bilateral")
                    continue
            done.append(place)
        return done

    def _meant(self, place: Place, before: Before) -> Place:
        """The joint that a word such as "joint" stands for, or what "digits" are of; else the place itself."""
        site = self._sites[place.site]
        if not site.refers:
            return place
        last = before()
        if site.means:
            of_it = last.limb in site.refers
            return Place(place.first, place.last, site.means, place.side or last.limb_side) if of_it else place
        if last.site not in site.refers:
            return place
        return Place(place.first, place.last, last.site, place.side or last.side)

    def _without_wholes(self, sentence: Sentence, places: list[Place]) -> list[Place]:
        """The places but for what only says of what another is a part ("the sole of the left foot tingles")."""
        wholes = {id(whole) for part, whole in pairwise(places) if self._is_part(sentence, part, whole)}
        return [place for place in places if id(place) not in wholes]

    def _is_part(self, sentence: Sentence, part: Place, whole: Place) -> bool:
        segment = self._sites[part.site].part
        if segment is None or self._sites[whole.site].part not in {segment, None} or not self._sites[whole.site].leg:
            return False
        between = sentence.tokens[part.last : whole.first]
        tied = bool(between) and between[0].lower() == "of"
        return tied and all(word in self._grammar.gap for word in sentence.words[part.last + 1 : whole.first])

    def _is_beside_whole(self, part: Place, whole: Place) -> bool:
        """Whether a site is a part of the one named right behind it."""
        segment, other = self._sites[part.site].part, self._sites[whole.site].part
        return (
            segment is not None and part.site != whole.site and self._sites[whole.site].leg and other in {segment, None}
        )

    def ill(self, sentence: Sentence) -> list[Place]:
        """The sites of a sentence without those that it calls healthy ("left leg NAD", "the right knee is normal"), or
        with which it only compares ("swollen compared to the right knee")."""
        healthy, compared = self._grammar.healthy, self._grammar.compared
        return [
            place
            for place in self.of(sentence)
            if healthy.isdisjoint(sentence.words[place.last : place.last + 3])
            and compared.isdisjoint(sentence.words[max(0, place.first - COMPARED) : place.last])
        ]

    def _referred(self, sentence: Sentence, places: list[Place], before: Before) -> list[Place]:
        """ "It", the subject of what is said next ("It is warm", "it aches") or the object of what is said right before
        it ("she cannot move it", "no power in it"): the part of the leg named last."""
        if self._pronouns.isdisjoint(sentence.tokens):
            return []
        pronouns = [token for token, raw in enumerate(sentence.tokens) if raw in self._pronouns]
        starts = {hit.first for hit in sentence.content if hit.entry.kind == "head"}
        ends = {hit.last for hit in sentence.content if hit.entry.kind != "blocker"}
        named = [p for p in places if self._sites[p.site].leg and not self._sites[p.site].outside]
        found: list[Place] = []
        for token in pronouns:
            behind = sentence.words[token + 1 : token + 2]
            ended = token in ends or (token - 1 in ends and sentence.words[token - 1] in self._grammar.prepositions)
            moved = ended and sentence.tokens[token] in self._moved
            if not moved and token + 1 not in starts and not (behind and behind[0] in self._grammar.linking):
                continue
            last = next((place for place in reversed(named) if place.last <= token), None)
            if not moved and sentence.tokens[token] in self._both and (last is None or last.side != "bilateral"):
                continue  # people, or several complaints; both feet are meant only where they are named
            if last is not None:
                found.append(Place(token, token + 1, last.site, last.side))
            elif (last_named := before()).topic is not None:
                found.append(Place(token, token + 1, last_named.topic, last_named.topic_side))
        return found

    def _elliptic(self, sentence: Sentence, places: list[Place]) -> list[Place]:
        """ "The right" before a verb: the part named before it ("the left leg is weak and the right is numb"); so is a
        side between a comma and what is found there ("R foot warm, L cold and pale")."""
        found: list[Place] = []
        starts = {hit.first for hit in sentence.content if hit.entry.kind != "blocker"} if places else set()
        taken = {place.first for place in places}
        for side in sentence.sides if places else ():
            behind = sentence.words[side.last : side.last + 1]
            told = not starts.isdisjoint((side.first, side.last)) or not self._told.isdisjoint(behind)
            named = told and side.last not in taken and sentence.words[side.first - 1 : side.first] == [","]
            if not (named or self._is_subject(sentence, side)):
                continue
            last = next((place for place in reversed(places) if place.last <= side.first), None)
            if last is not None and last.side not in {side.entry.id, None} and self._sites[last.site].leg:
                end = side.last - (side.last - side.first > 2)  # "the other is"
                found.append(Place(end - 1, end, last.site, side.entry.id))
        return found

    def _is_subject(self, sentence: Sentence, side: Hit) -> bool:
        """Whether something is said of a side alone ("the right is numb", "the other is warm")."""
        if sentence.words[side.last - 1] in self._grammar.linking and side.last - side.first > 1:
            return True
        alone = side.last < len(sentence.words) and sentence.words[side.last] in self._grammar.linking
        return alone and side.first > 0 and sentence.raw(side.first - 1).lower() in {"the", ","}

    def antecedent(self, sentence: Sentence, before: Antecedent) -> Antecedent:
        """What "the joint" and "it" mean in the next sentence."""
        if not sentence.sites or (before.topic is not None and self._is_well(sentence)):
            return before.later()
        fixed = [hit for hit in sentence.content if self._names_no_place(hit)]
        places = self.of(sentence, lambda: before)
        for place in places:
            if self.of_leg(place):
                before = before._replace(limb=place.site, limb_side=place.side)
            elif self._sites[place.site].carries:
                before = before._replace(limb=None)
        found = [
            place
            for place in places
            if self._sites[place.site].leg and not any(hit.first <= place.first < hit.last for hit in fixed)
        ]
        if found:
            topic = next((place for place in found if place.side), found[0])
            before = before._replace(topic=topic.site, topic_side=topic.side, age=0)
        joints = [place for place in found if place.site in self._referable]
        if joints:
            last = joints[-1]
            side = last.side or (before.side if before.site == last.site else None)
            before = before._replace(site=last.site, side=side)
        return before

    def _is_well(self, sentence: Sentence) -> bool:
        """Whether a sentence says of a part that nothing is wrong with it, so that a later one speaks of what was told
        before: "The right leg is normal. This is an injury of the peroneal nerve"."""
        told = (hit for hit in sentence.content if hit.entry.kind != "blocker")
        return not any(told) and not self._well.isdisjoint(sentence.words)

    def _names_no_place(self, hit: Hit) -> bool:
        """Whether a phrase with a site in it names none ("ankle jerk")."""
        return hit.entry.kind == "concept" and not self._concepts[hit.entry.id].names_place

    def _own_side(self, sentence: Sentence, place: Place, at_side: dict[int, Hit], starts: set[int]) -> str | None:
        inside = [at_side[t].entry.id for t in range(place.first, place.last) if t in at_side]
        if inside:
            return combine(inside)
        if at_side:
            before = self.sides_before(sentence, place.first, at_side)
            if before:
                return combine(before)
            after = self._sides_after(sentence, place.last, at_side, starts)
            if after:
                return combine(after)
        whole = self._side_of_whole(sentence, place, at_side, starts)
        if whole:
            return whole
        if self._sites[place.site].midline:
            return None  # "between the legs"
        written = sentence.text[sentence.spans[place.first][0] : sentence.spans[place.last - 1][1]]
        if written in self._grammar.both or (written.lower() in self._grammar.both and not written.isupper()):
            return "bilateral"
        if any(sentence.raw(token) in self._grammar.both for token in range(place.first, place.last)):
            return "bilateral"  # "from the knees down"
        return None

    def of_leg(self, place: Place) -> bool:
        """Whether a place is a part of a leg."""
        return self._sites[place.site].leg and not self._sites[place.site].outside

    def sides_before(self, sentence: Sentence, first: int, at_side: dict[int, Hit]) -> list[str]:
        found: list[str] = []
        first = self._before_ordinals(sentence, first)
        token, unknown = first - 1, 0
        if not self._grammar.serving.isdisjoint(sentence.words[max(0, first - 1) : first + 1]):
            return found  # "right TKR under spinal"
        while token >= 0 and first - token <= 5:
            word = sentence.words[token]
            if token in at_side:
                hit = at_side[token]
                if found and _of_another(sentence, hit, token, first):
                    break
                found.append(hit.entry.id)
                token = hit.first - 1
                continue
            if found and (word in self._grammar.joiners or sentence.raw(token).lower() in self._grammar.articles):
                token -= 1  # "the left and the right foot"
                continue
            if found or (word in self._grammar.prepositions and word not in self._grammar.gap):
                break
            if word not in self._grammar.gap:
                raw = sentence.raw(token)
                if unknown == 2 or word in self._grammar.ends or not raw.isalnum() or raw.isdigit():
                    break
                unknown += 1  # "left diabetic foot", "left L5 hemilaminectomy"
            token -= 1
        return found

    def _before_ordinals(self, sentence: Sentence, first: int) -> int:
        """Where the numbers begin that stand before a part ("left 2nd, 3rd and 4th toes")."""
        token = first
        while token > 0:
            numbered = token < first or sentence.raw(token).lower() in self._ordinals
            if sentence.raw(token - 1).lower() in self._ordinals:
                token -= 1
            elif numbered and token > 1 and self._lists_ordinal(sentence, token - 1):
                token -= 2
            else:
                break
        return token

    def _lists_ordinal(self, sentence: Sentence, token: int) -> bool:
        """Whether a token joins what follows to the number of a toe before it."""
        return sentence.words[token] in self._grammar.joiners and sentence.raw(token - 1).lower() in self._ordinals

    def _sides_after(self, sentence: Sentence, last: int, at_side: dict[int, Hit], starts: set[int]) -> list[str]:
        token = last
        if sentence.tokens[last : last + 1] == [","]:
            if aside := self._aside(sentence, last + 1, at_side):
                return [aside]
            return []
        while token < len(sentence.words) and token - last <= 3:
            if token in at_side:
                hit = at_side[token]
                following = hit.last
                while following < len(sentence.words) and sentence.words[following] in self._grammar.gap:
                    following += 1
                return [] if following in starts else [hit.entry.id]
            word = sentence.words[token]
            if token in starts or (word not in self._grammar.gap and word not in {"("}):
                return []
            token += 1
        return []

    def _aside(self, sentence: Sentence, token: int, at_side: dict[int, Hit]) -> str | None:
        """A side between commas ("the affected leg, the left, is weak", "tender at L5, on both sides, and")."""
        skipped = self._grammar.leads
        first = next((t for t in range(token, min(token + 3, len(sentence.words))) if t in at_side), None)
        if first is None or not skipped.issuperset(sentence.words[token:first]):
            return None
        return at_side[first].entry.id if sentence.tokens[at_side[first].last :][:1] == [","] else None

    def _side_of_whole(self, sentence: Sentence, place: Place, at: dict[int, Hit], starts: set[int]) -> str | None:
        """The side of what a site is part of ("the toes of both feet", "sole of the left foot")."""
        if place.last >= len(sentence.words) or sentence.raw(place.last).lower() not in self._grammar.part_of:
            return None
        whole = next((token for token in range(place.last + 1, place.last + 5) if token in starts), None)
        between = range(place.last + 1, whole or 0)
        if whole is None or any(sentence.words[t] not in self._grammar.gap and t not in at for t in between):
            return None
        sides = self.sides_before(sentence, whole, at)
        if sides:
            return combine(sides)
        return "bilateral" if sentence.raw(whole) in self._grammar.both else None


def sides_at(sentence: Sentence) -> dict[int, Hit]:
    """The side named at each token, none in words that say nothing by themselves ("no B/B")."""
    bare = [hit for hit in sentence.content if hit.entry.bare] if sentence.sides else []
    sides = [side for side in sentence.sides if not any(one.first <= side.first < one.last for one in bare)]
    return {token: hit for hit in sides for token in range(hit.first, hit.last)}


def region(site: str) -> str:
    """``foot`` of ``foot_dorsum``."""
    return site.split("_")[0]


def _of_another(sentence: Sentence, side: Hit, last: int, first: int) -> bool:
    """Whether a side before another one is of what stands before it, ``first`` being the place that both stand before:
    "reflexes symmetric, left leg", "5/5 on the right, left leg", "foot drop on the right and left knee pain", "all
    four limbs and left hand"."""
    if any(side.first <= site.first < side.last for site in sentence.sites):
        return True
    parted = sentence.words[last + 1 : last + 2] == [","] or "\n" in sentence.between(last, last + 1)
    led = sentence.words[max(0, side.first - 2) : side.first] == ["on", "the"]
    if parted and (side.entry.id == "bilateral" or led):
        return True
    before = side.first - 2 if led else side.first
    told = any(hit.last == before for hit in sentence.content)
    return told and any(first <= hit.first <= first + AHEAD for hit in sentence.content)


def _side_behind(sentence: Sentence, place: Place, at_side: dict[int, Hit]) -> bool:
    """Whether a side stands behind a place, or behind what is said of it ("knee pain (R)")."""
    for token in range(place.last, min(place.last + AHEAD + 1, len(sentence.words))):
        if token in at_side:
            return True
        if sentence.raw(token) in {",", ";", "."}:
            return False
    return False


def combine(sides: list[str]) -> str:
    """Both, when more than one side is named."""
    return sides[0] if len(set(sides)) == 1 else "bilateral"
