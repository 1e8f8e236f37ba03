"""Which of the places named in a sentence a finding is at: that of its own words, beside it, listed, of its subject."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from popliteal.knowledge import Knowledge
from popliteal.reading.extents import Extents
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.linking import Grammar
from popliteal.reading.places import sides_at
from popliteal.reading.sentence import Place, Sentence, covered
from popliteal.reading.sides import Sides, Work
from popliteal.reading.trailing import Trailing

#: So many tokens may stand between a finding and the nearest place, and between a subject and what is said of it.
_NEAR = 8
_SUBJECT = 14
#: So many small words may stand between a finding and the verb that tells what else it affects.
_LEADS = 5


class Ties:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon, grammar: Grammar, sides: Sides) -> None:
        self._knowledge, self._sites = knowledge, knowledge.sites
        self._grammar, self._sides = grammar, sides
        self._articles = grammar.gap - grammar.prepositions
        self._lists, self._adding = (
            lexicon.word_set(knowledge.words.classes["listing"]),
            frozenset(knowledge.words.classes["adding"]),
        )
        self._going, self._examined = (frozenset(knowledge.words.classes[n]) for n in ("going_to", "examining"))
        self._trailing = Trailing(knowledge, lexicon, grammar)
        self._extents = Extents(knowledge, grammar)
        self._introducing = frozenset(knowledge.words.classes["introducing"])
        self._behind_place = grammar.ties | grammar.ends
        self._affecting, self._leads_to_affected = (
            frozenset(knowledge.words.classes[name]) for name in ("affecting", "leads_to_affected")
        )

    def tie(self, sentence: Sentence, works: list[Work], places: list[Place], content: dict[int, Work]) -> None:
        """Give findings the places of their sentence, those that are tied to them most closely first."""
        places = self._extents.apart(sentence, works, places)
        named = [place for place in places if not self._sites[place.site].refers]
        self._from_words_beside(sentence, works, named, content)
        if len(named) < len(places):  # "septic joint left knee" is of the knee; "the joint" alone of whatever it means
            self._from_words_beside(sentence, works, places, content)
        place_at = {t: p for p in places for t in range(p.first, p.last)}
        self._from_joined(sentence, works, places, content)
        for work in works:
            if not work.places:
                self._from_subject(sentence, work, content, places)
                if work.how == "subject":
                    self._share_before(sentence, work, content, place_at)
                    self._take_fitting(work)
        self._from_joined(sentence, works, places, content)
        for work in works:
            if not work.places and not self._grammar.said_of_all(sentence, work.hit):
                self._from_nearest(sentence, work, content, places)
        for before, work in pairwise(works):  # "legs neg for weakness or numbness"
            if not work.places and before.how == "near" and self._sides.joined(sentence, before, work):
                work.places, work.how = self._of_legs(before.places), "joined"

    def _from_words_beside(
        self, sentence: Sentence, works: list[Work], places: list[Place], content: dict[int, Work]
    ) -> None:
        """Give findings without a place those of their own words, and then those of the words around them."""
        place_at = {t: p for p in places for t in range(p.first, p.last)}
        bare = [work for work in works if not work.places]
        for work in bare:
            self._from_own_words(sentence, work, self._ends(sentence, work, places))
        for work in bare:
            if not work.places:
                self._from_before(sentence, work, content, place_at)
        for work in bare:
            self._share(sentence, work, content, place_at)
            if work.how == "before":
                self._take_fitting(work)  # "back, flank, or pelvic pain"
        for before, work in zip([None, *bare], bare, strict=False):
            if work.places or self._grammar.said_of_all(sentence, work.hit):
                continue
            if before and self._adds_another(sentence, before, work, content):
                continue
            listed = before is not None and self._goes_on(sentence, before, work)
            happens, goes = self._happens(work), self._goes(work)
            self._trailing.give(sentence, work, content, place_at, goes=goes, happens=happens, listed=listed)
            if work.how == "after":
                self._share_affected(sentence, work, work.places[-1].last, content, place_at)

    def _ends(self, sentence: Sentence, work: Work, places: list[Place]) -> list[Place]:
        """The places at which a finding can be: what goes from one to another is where it goes."""
        if not self._goes(work):
            return places
        return [place for place in places if not self._trailing.leaves(sentence, place)] or places

    def _goes(self, work: Work) -> bool:
        return work.hit.entry.kind == "concept" and self._knowledge.concepts[work.hit.entry.id].destination

    def _from_own_words(self, sentence: Sentence, work: Work, places: list[Place]) -> None:
        first, last = work.hit.first, work.hit.last
        inside = [p for p in places if p.last <= last and (first <= p.first or (first < p.last and self._is_part(p)))]
        if self._grammar.unpaired_in(work.hit):  # "walks on heels" says nothing of both
            inside = [replace(p, side=None) if p.side == "bilateral" else p for p in inside]
        if work.hit.entry.kind == "head":  # "muscle weakness": the muscle says nothing of where
            inside = [p for p in inside if p.site in self._knowledge.heads[work.hit.entry.id].by_site]
        else:  # "discharging sinus": a word that the phrase itself holds does not put it elsewhere
            inside = [p for p in inside if not self._sites[p.site].outside]
        work.places = inside
        if work.places:
            work.how = "own"
            end = self._trailing.arrives(sentence, work, places) if self._goes(work) else None
            work.places = [end] if end is not None else work.places

    def _is_part(self, place: Place) -> bool:
        """Whether a place is a part of the leg, of whose name a finding may begin with the end ("big toe swollen")."""
        site = self._sites[place.site]
        return site.leg and site.part is not None and not (site.outside or site.refers)

    def _from_before(self, sentence: Sentence, work: Work, content: dict[int, Work], at: dict[int, Place]) -> None:
        token, unknown = work.hit.first - 1, 0
        while token >= 0:
            place = at.get(token)
            if place is not None and place.last > work.hit.first:  # "the wound": the finding's own word
                token = place.first - 1
                continue
            if place is not None:
                led = place.first > 0 and self._led_by_finding(sentence, place, content)
                if (work.places or unknown) and led:
                    return
                work.places.append(place)
                work.how = "before"
                token = place.first - 1
                while token >= 0 and sentence.words[token] in self._grammar.gap:
                    token -= 1
                if token < 0 or sentence.words[token] not in self._grammar.joiners or token - 1 not in at:
                    return
                token -= 1
                continue
            word = sentence.words[token]
            if work.places or token in content:
                return
            if word in self._grammar.linking or (word in self._grammar.prepositions and word not in self._grammar.gap):
                return
            if word == "" and sentence.raw(token).isalpha() and unknown < 1:
                unknown += 1
            elif word not in self._grammar.gap:
                return
            token -= 1

    def _share(self, sentence: Sentence, work: Work, content: dict[int, Work], at: dict[int, Place]) -> None:
        """The places in a list with those of a noun phrase ("back, buttock and leg pain", "pain down leg and foot").

        A comma alone makes no list: "left toe infected, calf pain".
        """
        if work.how not in {"own", "before"}:
            return
        self._share_before(sentence, work, content, at)
        last = work.places[-1].last
        if last >= work.hit.last:
            last = self._share_behind(sentence, work, last, content, at)
        self._share_affected(sentence, work, max(last, work.hit.last), content, at)

    def _share_behind(
        self, sentence: Sentence, work: Work, last: int, content: dict[int, Work], at: dict[int, Place]
    ) -> int:
        """The places listed behind one that ends before token ``last``; the end of their list."""
        while (place := self._listed(sentence, last, 1, at, commas=True)) is not None:
            if place.first in content or place.last in content or self._grammar.spares(sentence, place):
                break
            work.shared.append(place)
            last = place.last
        return last

    def _share_affected(
        self, sentence: Sentence, work: Work, token: int, content: dict[int, Work], at: dict[int, Place]
    ) -> None:
        """The places that a finding of one place goes on to affect ("left leg pain, affecting the thigh and calf")."""
        words, most = sentence.words, min(len(sentence.words), token + _LEADS)
        while token < most and sentence.raw(token).lower() in self._leads_to_affected:
            token += 1
        if token >= most or sentence.raw(token).lower() not in self._affecting:
            return
        token += 1
        while token < len(words) and words[token] in self._articles:
            token += 1
        place = at.get(token)
        if place is None or place.first in content or place.last in content:
            return
        added = len(work.shared)
        work.shared.append(place)
        last = self._share_behind(sentence, work, place.last, content, at)
        if last < len(words) and sentence.raw(last).isalpha() and words[last] not in self._behind_place:
            del work.shared[added:]  # "back pain affecting his leg function"

    def _share_before(self, sentence: Sentence, work: Work, content: dict[int, Work], at: dict[int, Place]) -> None:
        """The places listed before those of a finding ("back, buttock and leg pain", "the foot and calf are numb")."""
        first = min(place.first for place in work.places)
        while (place := self._listed(sentence, first - 1, -1, at, commas=bool(work.shared))) is not None:
            if place in work.places or place.first in content or self._led_by_finding(sentence, place, content):
                break
            work.shared.append(place)
            first = place.first

    def _listed(self, sentence: Sentence, token: int, step: int, at: dict[int, Place], *, commas: bool) -> Place | None:
        """The place that stands in a list with another, of which ``token`` is the neighbour, on its side ``step``."""
        joined = led = False
        while 0 <= token < len(sentence.words):
            word = sentence.words[token]
            if word in self._lists:
                joined |= commas or word != ","
                led = step > 0 and word != ","  # "of the perineum and of both legs"; not "of the knee, in the foot"
            elif not (
                word in self._articles
                or (led and word in self._grammar.prepositions)
                or sentence.raw(token).lower() in self._adding
            ):
                break
            token += step
        return at.get(token) if joined else None

    def _take_fitting(self, work: Work) -> None:
        """Give a head the places of a list at which it can be one of its concepts ("left knee and right hand warm")."""
        if work.hit.entry.kind == "head" and work.shared and self._trailing.unfit(work, work.places):
            fit = [place for place in work.shared if not self._trailing.unfit(work, [place])]
            if fit:
                work.places, work.shared, work.how = fit, [], "before"

    def _led_by_finding(self, sentence: Sentence, place: Place, content: dict[int, Work]) -> bool:
        """Whether a preposition ties this site to a finding before it ("numbness in the foot and leg pain")."""
        token = place.first - 1
        at_side = sides_at(sentence)  # "in all four limbs"
        while token >= 0 and (sentence.words[token] in self._articles or token in at_side):
            token -= 1
        if token >= 0 and sentence.words[token] in self._grammar.prepositions:
            token -= 1
            if token >= 0 and sentence.raw(token).lower() in self._going:
                token -= 1  # "back pain going into the right buttock, and knee pain"
        return token >= 0 and token in content

    def _goes_on(self, sentence: Sentence, before: Work, work: Work) -> bool:
        """Whether a finding is joined to one whose place stands before it ("leg cold, pale, ...")."""
        ahead = before.how == "before" or (before.how == "own" and before.places[0].first == before.hit.first)
        return ahead and self._sides.joined(sentence, before, work)

    def _adds_another(self, sentence: Sentence, before: Work, work: Work, content: dict[int, Work]) -> bool:
        """Whether a finding ends what is said of the place before it, and "with" adds another of its own place ("the
        knee is swollen and tender, with pain in the foot")."""
        token = work.hit.last
        token += sentence.words[token : token + 1] == [","]
        if token >= len(sentence.words) or sentence.words[token] not in self._introducing:
            return False
        added = any(at in content for at in range(token + 1, min(len(sentence.words), token + _NEAR)))
        return added and before.how in {"own", "before"} and self._sides.joined(sentence, before, work)

    def _from_joined(
        self, sentence: Sentence, works: list[Work], places: list[Place], content: dict[int, Work]
    ) -> None:
        elliptic = {place.first for place in places}.intersection(side.first for side in sentence.sides)
        for index, work in enumerate(works):
            if work.places:
                continue
            after = works[index + 1] if index + 1 < len(works) else None
            before = works[index - 1] if index else None
            if before and not any(self._carries(place.site) for place in before.places):
                before = None  # "back pain, numbness": the numbness is not that of the back
            if before and any(before.hit.last <= token < work.hit.first for token in elliptic):
                before = None  # "the left leg is weak and the right is numb"
            if before and self._is_well(work) and self._is_fixed(before):
                before = None  # "face symmetrical, power 5/5"
            if before and self._sides.begins_anew(sentence, before, work):
                before = None  # "nil radiation to legs, nil numbness"
            if after and self._grammar.said_of_all(sentence, work.hit):
                after = None  # "5/5 throughout, numb left foot"
            if after and before and self._adds_another(sentence, before, work, content):
                after = None
            if after and self._goes(after):
                after = None  # "pain was shooting down the leg": one complaint
            if after and after.places and self._trailing.unfit(work, after.places):
                after = None  # "R knee - effusion, Tinel at the fibular head"
            if giver := self._joined_to(sentence, before, work, after):
                work.places, work.how = giver.places, "joined"

    def _joined_to(self, sentence: Sentence, before: Work | None, work: Work, after: Work | None) -> Work | None:
        """The finding whose places another has with it: first that of which they stand ahead."""
        placed = before if before and before.places else None
        if placed and placed.how in {"before", "joined"} and self._sides.follows(sentence, placed, work):
            return placed
        if after and self._led(after) and not self._happens(work) and self._sides.joined(sentence, work, after):
            return after
        if placed and placed.how in {"after", "own", "subject"}:
            return placed if self._sides.follows(sentence, placed, work, placed.places[-1].last) else None
        return None

    def _of_legs(self, places: list[Place]) -> list[Place]:
        return [place for place in places if self._sites[place.site].leg and not self._sites[place.site].outside]

    def _happens(self, work: Work) -> bool:
        """Whether it is an operation or injury, which takes no place from behind ("bypass and sore knees")."""
        return work.hit.entry.kind == "concept" and self._knowledge.concepts[work.hit.entry.id].event

    @staticmethod
    def _led(work: Work) -> bool:
        """Whether a finding has its site after it ("weakness in his legs"), so that one joined before it shares it."""
        return work.how == "after" or (work.how == "own" and work.places[0].first > work.hit.first)

    def _from_subject(self, sentence: Sentence, work: Work, content: dict[int, Work], places: list[Place]) -> None:
        for place in reversed(places):
            if place.first in content or place.last > work.hit.first or work.hit.first - place.last > _SUBJECT:
                continue
            first = place.last + 2 * self._opens_examination(sentence, place)
            if self._grammar.breaks(sentence, first, work.hit.first):
                return
            if any(word in self._grammar.linking for word in sentence.words[first : work.hit.first]):
                work.places, work.how = [place], "subject"
                return
        self._from_attributes(sentence, work, places)

    def _opens_examination(self, sentence: Sentence, place: Place) -> bool:
        """Whether a site stands in words that say of what the sentence is ("On examination of the foot, he is ...")."""
        before = {token.lower() for token in sentence.tokens[: place.first]}
        return sentence.tokens[place.last : place.last + 1] == [","] and not self._examined.isdisjoint(before)

    def _from_attributes(self, sentence: Sentence, work: Work, places: list[Place]) -> None:
        """A site before, without a verb between: "R knee swollen overnight, hot to the touch, red"."""
        head = self._knowledge.heads.get(work.hit.entry.id) if work.hit.entry.kind == "head" else None
        if head is None or not head.reach:
            return
        for place in reversed(places):
            if place.last > work.hit.first:
                continue
            passed = covered(hit for hit in sentence.content if hit.entry.kind == "blocker")
            between = sum(token not in passed for token in range(place.last, work.hit.first))
            apart = between > head.reach or self._grammar.breaks(sentence, place.last, work.hit.first)
            if not apart and place.site in head.by_site:
                work.places, work.how = [place], "subject"
            return

    def _from_nearest(self, sentence: Sentence, work: Work, content: dict[int, Work], places: list[Place]) -> None:
        best: Place | None = None
        distance = _NEAR + 1
        for place in places:
            if place.first in content or place.first < work.hit.first < place.last:  # a finding's own word
                continue  # "weakness, facial droop"
            elsewhere = place.first >= work.hit.last and places[0].last <= work.hit.first
            if elsewhere and self._grammar.spares(sentence, place):
                continue  # "knee: no effusion, ankle normal"
            if self._is_well(work) and self._sites[place.site].midline:
                continue  # "sensation normal, perianal normal"
            gap = place.first - work.hit.last if place.first >= work.hit.last else work.hit.first - place.last
            low, high = min(place.last, work.hit.last), max(place.first, work.hit.first)
            between = range(low, high)
            if gap >= distance or any(self._grammar.parts(sentence, work.hit, t) or t in content for t in between):
                continue
            best, distance = place, gap
        if best is not None:
            work.places, work.how = [best], "near"

    def _is_well(self, work: Work) -> bool:
        """Whether something normal in a limb was found."""
        concept = self._knowledge.concepts.get(work.hit.entry.id) if work.hit.entry.kind == "concept" else None
        return concept is not None and concept.normal and concept.of_limb

    def _is_fixed(self, work: Work) -> bool:
        """Whether a finding is always at the same place, of which it says nothing more ("face symmetrical")."""
        concept = self._knowledge.concepts.get(work.hit.entry.id) if work.hit.entry.kind == "concept" else None
        return concept is not None and concept.sites == "fixed"

    def _carries(self, site: str) -> bool:
        """Whether what is joined to a finding at a site is there, too."""
        return self._sites[site].leg or self._sites[site].carries
