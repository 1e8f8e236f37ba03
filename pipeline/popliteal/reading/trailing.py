"""The place that is named behind a finding: "numbness and tingling in the left foot and right calf"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from popliteal.knowledge import Knowledge
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.linking import Grammar
from popliteal.reading.sentence import Place, Sentence
from popliteal.reading.sides import Work

#: So many words that no pattern knows may stand before a place to which a preposition leads.
_UNKNOWN = 2


@dataclass(slots=True)
class _Walk:
    """How far one finding has looked behind itself; ``content`` and ``at`` are the findings and places by token.

    ``owned`` are the places that stand before their finding, by identity, ``goes`` tells of a finding that goes from
    one place to another, ``happens`` of an operation or injury, ``listed`` of one that goes on about the place before
    it. ``led``: a preposition stood there, ``joined``: the
    last words made a list, ``crossed``: another finding was passed, ``unknown``: so many unknown words were.
    """

    sentence: Sentence
    work: Work
    content: Mapping[int, Work]
    at: Mapping[int, Place]
    goes: bool
    happens: bool
    listed: bool
    owned: frozenset[int]
    joined: bool
    found: list[Place] = field(default_factory=list)
    led: bool = False
    crossed: bool = False
    unknown: int = 0


class Trailing:
    """Built once from the sites, the heads and the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon, grammar: Grammar) -> None:
        self._sites, self._heads, self._grammar = knowledge.sites, knowledge.heads, grammar
        self._concepts = knowledge.concepts
        self._articles = grammar.gap - grammar.prepositions
        self._leaving, self._as_far = (frozenset(knowledge.words.classes[name]) for name in ("leaving", "as_far_as"))
        self._arriving = frozenset(knowledge.words.classes["reaching_as_far"])
        self._placing = frozenset(knowledge.words.classes["placing"]) & grammar.prepositions
        self._lasts = [[word] for word in knowledge.words.classes["joining"]]
        self._in_time = frozenset(knowledge.words.classes["next_in_time"])
        self._not_ill = grammar.healthy | grammar.spared
        self._came_about_at = frozenset(knowledge.words.classes["came_about_at"])
        self._observed, self._describing = (
            lexicon.word_set(knowledge.words.classes[name]) for name in ("observed", "describing")
        )

    def give(
        self,
        sentence: Sentence,
        work: Work,
        content: Mapping[int, Work],
        at: Mapping[int, Place],
        *,
        goes: bool,
        happens: bool,
        listed: bool,
    ) -> None:
        """Give a finding the places behind it, if any are its own.

        ``goes``: it goes from one place to another; ``happens``: it is an operation or injury; ``listed``: it goes on
        about the place before it ("leg cold, pale, can't move toes").
        """
        owned = frozenset(id(place) for one in content.values() if one.how == "before" for place in one.places)
        walk = _Walk(
            sentence, work, content, at, goes, happens, listed, owned, joined=work.hit.last in content
        )  # "red hot knee"
        token: int | None = work.hit.last
        while token is not None and token < len(sentence.words):
            if token in content:
                token = self._past_finding(walk, content[token])
            elif token in at:
                token = self._past_place(walk, at[token])
            else:
                token = self._past_word(walk, token)
        if walk.found and not (walk.crossed and self.unfit(work, walk.found)):
            work.places, work.how = walk.found, "after"

    def _past_place(self, walk: _Walk, place: Place) -> int | None:
        """Take a place; the token behind it, or None where nothing further is looked for."""
        if walk.goes and self.leaves(walk.sentence, place):
            walk.led = True
            return place.last
        lists = walk.joined or (walk.found and self._lists_without_comma(walk, place))
        owned = id(place) in walk.owned and not self._precedes(walk, place)
        if owned or (walk.found and not lists):
            return None
        elsewhere = not walk.led and any(other < walk.work.hit.first for other in walk.at)
        if (walk.found or elsewhere) and self._grammar.spares(walk.sentence, place):
            return None  # "knee: no effusion, ankle normal"
        if walk.joined and not walk.led and not walk.found and self._grammar.spares(walk.sentence, place):
            return None  # "sensation normal, perianal normal"
        if walk.joined and not walk.led and self._says_of_what(walk.sentence, place):
            return None  # "numbness, nasal congestion": the next of the list, not where it is numb
        if (walk.found or elsewhere) and self._opens_clause(walk.sentence, place):
            return None  # "no weakness of the left leg, the right is numb"
        walk.found.append(place)
        walk.joined = False
        return place.last

    def _lists_without_comma(self, walk: _Walk, place: Place) -> bool:
        """Whether a place is the middle one of a list that lacks its commas ("pain in the hips knees and ankles")."""
        if place.first != walk.found[-1].last or walk.sentence.words[place.last : place.last + 1] not in self._lasts:
            return False
        token = place.last + 1
        while token < len(walk.sentence.words) and walk.sentence.words[token] in self._articles:
            token += 1
        return token in walk.at and token not in walk.content

    def _opens_clause(self, sentence: Sentence, place: Place) -> bool:
        """Whether a place behind a comma has something said of it, and so is none of the list before it."""
        if sentence.words[place.last : place.last + 1] == [] or sentence.words[place.last] not in self._grammar.linking:
            return False
        token = place.first - 1
        while token > 0 and sentence.words[token] in self._articles:
            token -= 1
        return sentence.words[token] == ","

    def _past_finding(self, walk: _Walk, other: Work) -> int | None:
        """Pass the next of a list, which may have the place of both; None where nothing further is looked for."""
        if other.hit.first > walk.work.hit.last and self._is_where_it_goes(walk.work, other):
            return None
        shared = not walk.found and walk.joined and not walk.led and not walk.listed
        if shared and self._describes_same(walk.work, other):
            walk.found = other.places
        if not (walk.found or walk.led) and self._opens_the_same(walk, other):
            walk.found = other.places[:1]
        if not walk.found and self._led_to(walk.sentence, other.hit.first):
            if other.hit.last in walk.at:
                walk.crossed = True
                return other.hit.last  # "pain and swelling in the operated leg"
            own = [place for place in walk.at.values() if place.last == other.hit.last > place.first > other.hit.first]
            walk.found = own  # "tenderness and swelling at the dislocated ankle"
        if walk.found or other.how in {"before", "own"} or not walk.joined:
            return None
        walk.crossed, walk.joined = True, other.hit.last in walk.content  # "swollen, red tender leg"
        return other.hit.last

    def _is_where_it_goes(self, work: Work, other: Work) -> bool:
        """Whether the next is where a complaint goes ("the pain is sharp, and radiating down the leg")."""
        head = self._heads.get(work.hit.entry.id) if work.hit.entry.kind == "head" else None
        concept = self._concepts.get(other.hit.entry.id) if other.hit.entry.kind == "concept" else None
        if head is None or concept is None or not concept.destination:
            return False
        return any(self._concepts[one].category == concept.category for one in head.by_site.values())

    def _led_to(self, sentence: Sentence, token: int) -> bool:
        """Whether a preposition of place stands before a token."""
        token -= 1
        while token >= 0 and sentence.words[token] in self._articles:
            token -= 1
        return token >= 0 and sentence.raw(token).lower() in self._placing

    def _past_word(self, walk: _Walk, token: int) -> int | None:
        """Pass a small word; None at one that ends what a finding can reach."""
        sentence, word = walk.sentence, walk.sentence.words[token]
        adjoins = token == walk.work.hit.last
        if word in self._grammar.joiners:
            walk.joined = True
        elif word in self._grammar.prepositions or (word == ":" and adjoins):
            walk.led = True  # "numbness, tingling: left foot"
        elif walk.joined and walk.found and self._then_in(sentence, token):
            pass  # "tingling in the soles and later in the palms"
        elif adjoins and (word in self._observed or self._comes_about_at(sentence, token)):
            pass  # "tenderness found at the knees and in the low back"
        elif (
            not walk.happens
            and word in self._describing
            and (walk.joined or (walk.crossed and token - 1 in walk.content))
        ):
            pass  # "numbness and occasional tingling in both legs", "tender, with a grating sensation in the knee"
        elif word == "" and sentence.raw(token).isalpha() and walk.unknown < _UNKNOWN and walk.led:
            walk.unknown += 1
        elif self._qualifies(walk, token):
            pass  # "pain and swelling of the affected knee", "a swollen, numb and deformed foot"
        elif word not in self._grammar.gap and not (
            _of_side(sentence, token) or (walk.joined and _of_degree(sentence, token, walk.content))
        ):
            return None
        return token + 1

    def _comes_about_at(self, sentence: Sentence, token: int) -> bool:
        """Whether a word says that a finding came where the next one leads ("pain began in the right hip and knee")."""
        leads = not self._placing.isdisjoint(sentence.words[token + 1 : token + 2])
        return leads and sentence.raw(token).lower() in self._came_about_at

    def _then_in(self, sentence: Sentence, token: int) -> bool:
        """Whether a word says that the place to which the next word leads was the later one."""
        leads = not self._placing.isdisjoint(sentence.words[token + 1 : token + 2])
        return leads and sentence.raw(token).lower() in self._in_time

    def _qualifies(self, walk: _Walk, token: int) -> bool:
        """Whether a word is an adjective of the place behind it, to which a preposition or other adjectives lead."""
        sentence, word = walk.sentence, walk.sentence.words[token]
        if not (walk.led or (walk.joined and self._is_adjective(walk.work))) or not sentence.raw(token).isalpha():
            return False
        if word in self._grammar.ties or word in self._grammar.ends or word in self._not_ill:
            return False
        following = token + 1
        while following < len(sentence.words) and sentence.words[following] in self._articles:
            following += 1
        return following in walk.at

    def leaves(self, sentence: Sentence, place: Place) -> bool:
        """Whether a place is where something comes from ("pain from the back to the heel")."""
        token = place.first - 1
        while token >= 0 and sentence.words[token] in self._articles:
            token -= 1
        return token >= 0 and sentence.raw(token).lower() in self._leaving

    def arrives(self, sentence: Sentence, work: Work, places: list[Place]) -> Place | None:
        """Where what goes down a leg, or from one part of it, ends ("down the left leg to the heel", "down the back of
        the thigh into the calf")."""
        own = work.places[-1]
        if not self._sites[own.site].leg:
            return None
        token = first = max(own.last, work.hit.last)
        while token < len(sentence.words) and sentence.raw(token).lower() in self._as_far:
            token += 1
        arrives = not self._arriving.isdisjoint(raw.lower() for raw in sentence.tokens[first:token])
        part = self._sites[own.site].part
        if part is not None and not arrives:
            return None
        at = {place.first: place for place in places} if token > first else {}
        while token < len(sentence.words) and token not in at and sentence.words[token] in self._articles:
            token += 1
        there = at.get(token, own)
        site = self._sites[there.site]
        beyond = site.leg and site.part not in {None, part} and not site.helper
        return replace(there, side=there.side or own.side) if beyond else None

    def unfit(self, work: Work, places: list[Place]) -> bool:
        """Whether a head is none of its concepts at any of the places ("effusion, Tinel at the fibular head")."""
        head = self._heads.get(work.hit.entry.id) if work.hit.entry.kind == "head" else None
        return head is not None and not any(place.site in head.by_site for place in places)

    def _is_adjective(self, work: Work) -> bool:
        """Whether a finding is told by an adjective ("swollen", "tender")."""
        return work.hit.entry.kind == "head" and bool(self._heads[work.hit.entry.id].reach)

    def _describes_same(self, work: Work, other: Work) -> bool:
        """Whether an adjective of a list describes the part behind its last one ("hot, red, tender knee")."""
        head = self._heads.get(work.hit.entry.id) if work.hit.entry.kind == "head" else None
        if head is None or not self._is_adjective(work) or other.how != "own":
            return False
        return other.places[0].first > other.hit.first and all(p.site in head.by_site for p in other.places)

    def _opens_the_same(self, walk: _Walk, other: Work) -> bool:
        """Whether an adjective is of the part with which another finding begins ("swollen left knee won't bend")."""
        head = self._heads.get(walk.work.hit.entry.id) if walk.work.hit.entry.kind == "head" else None
        if head is None or other.how != "own":
            return False
        first = other.places[0]
        begins = first.first == other.hit.first < first.last < other.hit.last
        return begins and first.site in head.by_site and self._precedes(walk, first)

    def _precedes(self, walk: _Walk, place: Place) -> bool:
        """Whether an adjective describes the place behind it, nothing but other adjectives standing between: what
        stands behind the place is of it, too ("swollen tender left calf cannot bear weight")."""
        between = walk.sentence.words[walk.work.hit.last : place.first]
        return not walk.led and self._is_adjective(walk.work) and self._grammar.joiners.isdisjoint(between)

    def _says_of_what(self, sentence: Sentence, place: Place) -> bool:
        """Whether a site outside the scope is only the first word of a complaint ("throat swelling")."""
        if not self._sites[place.site].outside or place.last >= len(sentence.words):
            return False
        small = self._grammar.ties | self._grammar.ends
        return sentence.words[place.last] not in small and sentence.raw(place.last).isalpha()


def _of_degree(sentence: Sentence, token: int, content: Mapping[int, Work]) -> bool:
    """Whether a word only says how much the next of a list is ("swollen, exquisitely tender knee")."""
    return sentence.raw(token).endswith("ly") and token + 1 in content


def _of_side(sentence: Sentence, token: int) -> bool:
    """Whether a token is the stop of an abbreviated side ("pain in the Lt. knee")."""
    return sentence.raw(token) == "." and any(side.first < token < side.last for side in sentence.sides)
