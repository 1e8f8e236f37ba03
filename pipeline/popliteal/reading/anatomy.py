"""Where and on which side: gives every phrase found its sites, and turns heads ("pain") into concepts by them.

A finding takes its site, in this order, from its own words ("knee pain"), from the words before it in the same noun
phrase ("left leg and foot weakness"), from a phrase after it ("numbness and tingling in the left foot and right calf"),
from the finding it is joined to, from the subject of its clause ("the left foot is numb"), from the nearest site of the
clause, from the label of its line ("Knee: no effusion"), and at last from the concept itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Concept
from popliteal.reading.lexicon import Hit, Lexicon, Sentence

_NEAR = 8
_SUBJECT = 14
_OWN = frozenset({"own", "before", "after"})
_PART_OF = frozenset({"of", "on", "in"})


#: A site and its side, as they were named before.
Antecedent = tuple[str | None, str | None]
NOWHERE: Antecedent = (None, None)


@dataclass(slots=True)
class Place:
    """A site in a sentence: its tokens, its id as the patterns name it, and its side if its own words give one."""

    first: int
    last: int
    site: str
    side: str | None = None
    owned: bool = False


@dataclass(slots=True)
class Located:
    """A finding with its place; its tokens may begin before those of the phrase ("knee pain")."""

    hit: Hit
    first: int
    last: int
    concept: str
    site: str | None
    side: str | None


@dataclass(slots=True)
class _Work:
    hit: Hit
    places: list[Place] = field(default_factory=list)
    how: str = ""
    side: str | None = None
    trails: bool = False  # whether the side stands behind the finding


class Anatomy:
    """Compiled from ``sites.yaml``, ``heads.yaml``, ``laterality.yaml`` and the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self._knowledge = knowledge
        self._sites = knowledge.sites
        words = knowledge.words
        self._gap = lexicon.skippable
        self._prepositions = lexicon.word_set(words.prepositions)
        self._joiners = lexicon.word_set(words.joiners)
        self._negations = self._joiners & lexicon.word_set(["no", "nil", "ø", "neg", "negative", "neither"])
        self._linking = lexicon.word_set(words.linking)
        self._breakers = lexicon.word_set(words.breakers)
        self._referable = {name for site in self._sites.values() for name in site.refers}
        self._both = frozenset(word.lower() for word in knowledge.sides.plural_is_both)

    # ------------------------------------------------------------------ sides and sites of a sentence

    def places(self, sentence: Sentence, before: Antecedent = NOWHERE) -> list[Place]:
        """The sites of a sentence with their own sides, in order; a compound ("left and right knee") is one place.

        A word such as "joint" stands for ``before``, the site named last, where it may.
        """
        taken = {t for hit in sentence.content if hit.entry.kind == "blocker" for t in range(hit.first, hit.last)}
        places = [Place(h.first, h.last, h.entry.id) for h in sentence.sites if h.first not in taken]
        at_side = {token: hit for hit in sentence.sides for token in range(hit.first, hit.last)}
        starts = {place.first for place in places}
        for place in places:
            place.side = self._own_side(sentence, place, at_side, starts)
        for left, right in zip(places, places[1:], strict=False):
            between = sentence.words[left.last : right.first]
            if right.side is None and left.side and between and all(word in self._joiners for word in between):
                right.side = left.side  # "right hip and knee"
        for place in places:
            if before[0] in self._sites[place.site].refers and before[0] is not None:
                place.site, place.side = before[0], place.side or before[1]
        return places

    def antecedent(self, sentence: Sentence, before: Antecedent) -> Antecedent:
        """The site, with its side, that "the joint" means in the next sentence."""
        if not any(hit.entry.id in self._referable for hit in sentence.sites):
            return before
        found = [place for place in self.places(sentence, before) if place.site in self._referable]
        if not found:
            return before
        place = found[-1]
        return place.site, place.side or (before[1] if before[0] == place.site else None)

    def _own_side(self, sentence: Sentence, place: Place, at_side: dict[int, Hit], starts: set[int]) -> str | None:
        inside = [at_side[t].entry.id for t in range(place.first, place.last) if t in at_side]
        if inside:
            return _combine(inside)
        before = self._sides_before(sentence, place.first, at_side)
        if before:
            return _combine(before)
        after = self._sides_after(sentence, place.last, at_side, starts)
        if after:
            return _combine(after)
        whole = self._side_of_whole(sentence, place, at_side, starts)
        if whole:
            return whole
        written = sentence.text[sentence.spans[place.first][0] : sentence.spans[place.last - 1][1]]
        if written in self._both or written.lower() in self._both and not written.isupper():
            return "bilateral"
        return None

    def _sides_before(self, sentence: Sentence, first: int, at_side: dict[int, Hit]) -> list[str]:
        found: list[str] = []
        token, unknown = first - 1, 0
        while token >= 0 and first - token <= 5:
            word = sentence.words[token]
            if token in at_side:
                hit = at_side[token]
                found.append(hit.entry.id)
                token = hit.first - 1
                continue
            if found and word in self._joiners:
                token -= 1
                continue
            if found or word in self._prepositions and word not in self._gap:
                break
            if word == "" and sentence.raw(token).isalpha() and unknown < 2:
                unknown += 1
            elif word not in self._gap:
                break
            token -= 1
        return found

    def _sides_after(self, sentence: Sentence, last: int, at_side: dict[int, Hit], starts: set[int]) -> list[str]:
        token = last
        while token < len(sentence.words) and token - last <= 3:
            if token in at_side:
                hit = at_side[token]
                following = hit.last
                while following < len(sentence.words) and sentence.words[following] in self._gap:
                    following += 1
                return [] if following in starts else [hit.entry.id]
            word = sentence.words[token]
            if token in starts or word not in self._gap and word not in {"("}:
                return []
            token += 1
        return []

    def _side_of_whole(self, sentence: Sentence, place: Place, at: dict[int, Hit], starts: set[int]) -> str | None:
        """The side of what a site is part of ("the toes of both feet", "sole of the left foot")."""
        if place.last >= len(sentence.words) or sentence.raw(place.last).lower() not in _PART_OF:
            return None
        whole = next((token for token in range(place.last + 1, place.last + 5) if token in starts), None)
        between = range(place.last + 1, whole or 0)
        if whole is None or any(sentence.words[t] not in self._gap and t not in at for t in between):
            return None
        sides = self._sides_before(sentence, whole, at)
        if sides:
            return _combine(sides)
        return "bilateral" if sentence.raw(whole) in self._both else None

    # ------------------------------------------------------------------ findings

    def locate(
        self,
        sentence: Sentence,
        label: tuple[str | None, str | None] = (None, None),
        company: frozenset[str] = frozenset(),
        before: Antecedent = NOWHERE,
    ) -> list[Located]:
        """Every concept of the sentence with site and side.

        ``label`` is (site, side) of the line or section; ``company`` holds the concepts found just before, in which a
        head without a site may mean what its ``default`` says ("no new weakness" after "sciatica"); ``before`` is what
        "the joint" stands for.
        """
        works = [_Work(hit) for hit in sentence.content if hit.entry.kind != "blocker"]
        if not works:
            return []
        places = self.places(sentence, before)
        content = {t: w for w in works for t in range(w.hit.first, w.hit.last)}
        place_at = {t: p for p in places for t in range(p.first, p.last)}
        for work in works:
            self._from_own_words(work, places)
        for work in works:
            if not work.places:
                self._from_before(sentence, work, content, place_at)
        for work in works:
            if not work.places:
                self._from_after(sentence, work, content, place_at)
        self._from_joined(sentence, works)
        for work in works:
            if not work.places:
                self._from_subject(sentence, work, content, places)
        self._from_joined(sentence, works)
        for work in works:
            if not work.places:
                self._from_nearest(sentence, work, content, places)
        self._sides(sentence, works, places, content)
        company |= {work.hit.entry.id for work in works if work.hit.entry.kind == "concept"}
        return [located for work in works for located in self._finish(sentence, work, label, company)]

    def _from_own_words(self, work: _Work, places: list[Place]) -> None:
        inside = [p for p in places if work.hit.first <= p.first and p.last <= work.hit.last]
        if work.hit.entry.kind == "head":  # "muscle weakness": the muscle says nothing of where
            inside = [p for p in inside if p.site in self._knowledge.heads[work.hit.entry.id].by_site]
        work.places = inside
        if work.places:
            work.how = "own"

    def _from_before(self, sentence: Sentence, work: _Work, content: dict[int, _Work], at: dict[int, Place]) -> None:
        token, unknown = work.hit.first - 1, 0
        while token >= 0:
            place = at.get(token)
            if place is not None:
                led = place.first > 0 and self._led_by_finding(sentence, place, content)
                if (work.places or unknown) and led:
                    return
                work.places.append(place)
                work.how = "before"
                token = place.first - 1
                while token >= 0 and sentence.words[token] in self._gap:
                    token -= 1
                if token < 0 or sentence.words[token] not in self._joiners or token - 1 not in at:
                    return
                token -= 1
                continue
            word = sentence.words[token]
            if work.places or token in content:
                return
            if word in self._linking or word in self._prepositions and word not in self._gap:
                return
            if word == "" and sentence.raw(token).isalpha() and unknown < 1:
                unknown += 1
            elif word not in self._gap:
                return
            token -= 1

    def _led_by_finding(self, sentence: Sentence, place: Place, content: dict[int, _Work]) -> bool:
        """Whether a preposition ties this site to a finding before it ("numbness in the foot and leg pain")."""
        token = place.first - 1
        while token >= 0 and sentence.words[token] in self._gap and sentence.words[token] not in self._prepositions:
            token -= 1
        return token > 0 and sentence.words[token] in self._prepositions and token - 1 in content

    def _from_after(self, sentence: Sentence, work: _Work, content: dict[int, _Work], at: dict[int, Place]) -> None:
        owned = {id(p) for w in content.values() if w.how == "before" for p in w.places}
        token, found, joined, unknown, led = work.hit.last, [], False, 0, False
        while token < len(sentence.words):
            place = None if token in content else at.get(token)
            word = sentence.words[token]
            if place is not None:
                if id(place) in owned or found and not joined:
                    break
                found.append(place)
                joined = False
                token = place.last
                continue
            if token in content:
                other = content[token]
                if found or other.how in {"before", "own"} or not joined:
                    break
                token = other.hit.last
                joined = False
                continue
            if word in self._joiners:
                joined = True
            elif word in self._prepositions:
                led = True
            elif word == "" and sentence.raw(token).isalpha() and unknown < 2 and led:
                unknown += 1
            elif word not in self._gap:
                break
            token += 1
        if found:
            work.places = found
            work.how = "after"

    def _from_joined(self, sentence: Sentence, works: list[_Work]) -> None:
        for index, work in enumerate(works):
            if work.places:
                continue
            after = works[index + 1] if index + 1 < len(works) else None
            before = works[index - 1] if index else None
            if before and not any(self._sites[place.site].leg for place in before.places):
                before = None  # "back pain, numbness": the numbness is not that of the back
            if before and self._begins_anew(sentence, before, work):
                before = None  # "nil radiation to legs, nil numbness"
            if before and before.places and before.how in {"before", "joined"} and self._joined(sentence, before, work):
                work.places, work.how = before.places, "joined"
            elif after and self._led(after) and self._joined(sentence, work, after):
                work.places, work.how = after.places, "joined"
            elif before and before.places and before.how in {"after", "own", "subject"} and self._joined(
                sentence, before, work, before.places[-1].last
            ):
                work.places, work.how = before.places, "joined"

    @staticmethod
    def _led(work: _Work) -> bool:
        """Whether a finding has its site after it ("weakness in his legs"), so that one joined before it shares it."""
        return work.how == "after" or work.how == "own" and work.places[0].first > work.hit.first

    def _begins_anew(self, sentence: Sentence, left: _Work, right: _Work) -> bool:
        """Whether a negation of its own stands before ``right``, so that it takes nothing from what stands before."""
        return any(word in self._negations for word in sentence.words[left.hit.last : right.hit.first])

    def _joined(self, sentence: Sentence, left: _Work, right: _Work, start: int | None = None) -> bool:
        first = max(left.hit.last, start or 0)
        between = sentence.words[first : right.hit.first]
        return len(between) <= 5 and all(word in self._joiners or word in self._gap for word in between)

    def _from_subject(self, sentence: Sentence, work: _Work, content: dict[int, _Work], places: list[Place]) -> None:
        for place in reversed(places):
            if place.first in content or place.last > work.hit.first or work.hit.first - place.last > _SUBJECT:
                continue
            between = sentence.words[place.last : work.hit.first]
            if any(word in self._breakers for word in between):
                return
            if any(word in self._linking for word in between):
                work.places, work.how = [place], "subject"
                return
        self._from_attributes(sentence, work, places)

    def _from_attributes(self, sentence: Sentence, work: _Work, places: list[Place]) -> None:
        """A site before, without a verb between: "R knee swollen overnight, hot to the touch, red"."""
        head = self._knowledge.heads.get(work.hit.entry.id) if work.hit.entry.kind == "head" else None
        if head is None or not head.reach:
            return
        for place in reversed(places):
            if place.last > work.hit.first:
                continue
            between = sentence.words[place.last : work.hit.first]
            if len(between) <= head.reach and place.site in head.by_site and self._breakers.isdisjoint(between):
                work.places, work.how = [place], "subject"
            return

    def _from_nearest(self, sentence: Sentence, work: _Work, content: dict[int, _Work], places: list[Place]) -> None:
        best: Place | None = None
        distance = _NEAR + 1
        for place in places:
            if place.first in content:  # another finding's own word ("weakness, facial droop")
                continue
            gap = place.first - work.hit.last if place.first >= work.hit.last else work.hit.first - place.last
            low, high = min(place.last, work.hit.last), max(place.first, work.hit.first)
            between = range(low, high)
            if gap >= distance or any(sentence.words[t] in self._breakers or t in content for t in between):
                continue
            best, distance = place, gap
        if best is not None:
            work.places, work.how = [best], "near"

    # ------------------------------------------------------------------ sides of findings

    def _sides(self, sentence: Sentence, works: list[_Work], places: list[Place], content: dict[int, _Work]) -> None:
        at_side = {token: hit for hit in sentence.sides for token in range(hit.first, hit.last)}
        used = {t for p in places if p.side for t in range(p.first - 3, p.last + 2)}
        for work in works:
            inside = [at_side[t].entry.id for t in range(work.hit.first, work.hit.last) if t in at_side]
            if not inside and any(sentence.raw(t) in self._both for t in range(work.hit.first, work.hit.last)):
                inside = ["bilateral"]  # "ankle jerks absent", "plantars flexor"
            before = inside or self._sides_before(sentence, work.hit.first, at_side)
            work.side = _combine(before) if before else self._side_after(sentence, work, at_side, content, used)
            work.trails = not before and work.side is not None
            if work.side is None and work.places and not any(place.side for place in work.places):
                work.side = self._side_of_same(sentence, work, places)
        for left, right in zip(works, works[1:], strict=False):
            anew = self._begins_anew(sentence, left, right)
            if right.side is None and left.side and not anew and self._joined(sentence, left, right):
                right.side = left.side
        for left, right in reversed(list(zip(works, works[1:], strict=False))):
            if left.side is None and right.side and right.trails and self._joined(sentence, left, right):
                left.side, left.trails = right.side, True

    def _side_after(
        self, sentence: Sentence, work: _Work, at_side: dict[int, Hit], content: dict[int, _Work], used: set[int]
    ) -> str | None:
        answers = {token for hit in sentence.cues for token in range(hit.first, hit.last)}
        token = work.hit.last
        while token < len(sentence.words) and token - work.hit.last <= 6:
            if token in at_side:
                if token in used and work.how != "after" or not self._stands_alone(sentence, at_side[token]):
                    return None
                return at_side[token].entry.id
            word = sentence.words[token]
            if token in content or word in self._breakers:
                return None
            if word == "," and token + 1 in at_side and self._ends_at(sentence, at_side[token + 1].last):
                token += 1  # "knee pain, right"
                continue
            if word in self._joiners and word != "(" and token not in answers:
                return None
            if not (word in self._gap or word in self._prepositions or word in self._linking or word == ""):
                if token not in answers:
                    return None
            token += 1
        return None

    @staticmethod
    def _ends_at(sentence: Sentence, token: int) -> bool:
        """Whether the sentence, or a part of it between commas, ends before ``token``."""
        return token >= len(sentence.words) or sentence.raw(token) in {",", ".", ";", ")"}

    def _side_of_same(self, sentence: Sentence, work: _Work, places: list[Place]) -> str | None:
        """The side of the same site named again right after ("knee pain in the right knee")."""
        for place in places:
            between = sentence.words[work.hit.last : place.first]
            if place.first < work.hit.last or len(between) > 4 or not all(
                word in self._gap or word in self._prepositions for word in between
            ):
                continue
            return place.side if _region(place.site) == _region(work.places[-1].site) else None
        return None

    def _stands_alone(self, sentence: Sentence, side: Hit) -> bool:
        """Whether a side ends its phrase ("foot drop on the left"), and does not begin another ("left humerus")."""
        following = side.last
        if following >= len(sentence.words):
            return True
        word = sentence.words[following]
        if word in self._gap or word in self._joiners or word in self._linking or word in self._breakers:
            return True
        if not sentence.raw(following).isalpha() or any(cue.first == following for cue in sentence.cues):
            return True
        on_the = side.first > 1 and sentence.raw(side.first - 2).lower() == "on" and sentence.raw(side.first - 1) == "the"
        return on_the and not any(hit.first == following for hit in (*sentence.sites, *sentence.content))

    # ------------------------------------------------------------------ result

    def _finish(
        self, sentence: Sentence, work: _Work, label: tuple[str | None, str | None], company: frozenset[str]
    ) -> Iterator[Located]:
        entry = work.hit.entry
        if entry.kind == "concept":
            yield from self._concept(work, label)
        else:
            yield from self._head(sentence, work, label, company)

    def _concept(self, work: _Work, label: tuple[str | None, str | None]) -> Iterator[Located]:
        concept = self._knowledge.concepts[work.hit.entry.id]
        done: set[tuple[str | None, str | None]] = set()
        for place in self._places_of(concept, work) or [None]:
            site = place.site if place else concept.site
            if site is None and concept.sites == "near":
                site = label[0]
            side = (place.side if place else None) or work.side or self._first_side(work) or label[1]
            key = (self.report(site), side if concept.sided else None)
            if key not in done:
                done.add(key)
                yield Located(work.hit, work.hit.first, work.hit.last, concept.id, *key)

    def _places_of(self, concept: Concept, work: _Work) -> list[Place]:
        """The places that may be a concept's: those its ``sites`` allows, and that do not contradict its own site."""
        if concept.sites in {"none", "fixed"} or concept.sites == "own" and work.how not in _OWN:
            return []
        places = [p for p in work.places if not self._sites[p.site].outside]
        if concept.site and work.how not in {"own", "before"}:
            places = [p for p in places if _region(p.site) == _region(concept.site)]
        return places

    def _first_side(self, work: _Work) -> str | None:
        return next((place.side for place in work.places if place.side), None)

    def _head(
        self, sentence: Sentence, work: _Work, label: tuple[str | None, str | None], company: frozenset[str]
    ) -> Iterator[Located]:
        head = self._knowledge.heads[work.hit.entry.id]
        places = work.places
        if not places and label[0] is not None and (head.inherit or label[0] in head.by_site):
            places = [Place(work.hit.first, work.hit.first, label[0], label[1])]
        done: set[tuple[str, str | None, str | None]] = set()
        for place in places:
            concept = head.by_site.get(place.site)
            if concept is None:
                continue
            side = place.side or work.side or self._first_side(work) or label[1]
            entry = self._knowledge.concepts[concept]
            site = self.report(place.site) if entry.sites != "none" else None
            first, last = self._with_adjacent(sentence, work, place)
            key = (concept, site, side if entry.sided else None)
            if key not in done:
                done.add(key)
                yield Located(work.hit, first, last, *key)
        welcome = not head.company or not company.isdisjoint(head.company)
        placeless = not work.places or work.how in {"joined", "near", "subject"}
        if placeless and not done and head.default is not None and welcome:
            entry = self._knowledge.concepts[head.default]
            yield Located(work.hit, work.hit.first, work.hit.last, head.default, entry.site, work.side or label[1])

    def _with_adjacent(self, sentence: Sentence, work: _Work, place: Place) -> tuple[int, int]:
        """A site word right before the head belongs to the span ("knee pain"); a side does not."""
        if place.last == work.hit.first and place.first < place.last:
            return place.first, work.hit.last
        return work.hit.first, work.hit.last

    def report(self, site: str | None) -> str | None:
        """The site as the inventory names it; None for one outside the scope."""
        if site is None:
            return None
        entry = self._sites[site]
        return None if entry.outside else entry.report if entry.helper else site


def _region(site: str) -> str:
    return site.split("_")[0]


def _combine(sides: list[str]) -> str:
    return sides[0] if len(set(sides)) == 1 else "bilateral"
