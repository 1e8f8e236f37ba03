"""Sides that hold on: what opens a sentence or a row of it gives its side to what follows without one.

"On the right, tone is normal and power full, while on the left ..."; "LLE warm, pulses 2+, no calf tenderness";
"pulses palpable bilaterally, feet warm, no ulcers"; "Left EHL 3/5, gluteus medius 4/5. Gastrocnemius 5/5."
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from popliteal.knowledge import Knowledge
from popliteal.reading.anatomy import Anatomy
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece
from popliteal.reading.sentence import ONE_SIDE, Hit, Place, Sentence
from popliteal.reading.tokens import any_of

#: The side that opens a sentence stands at most so many tokens behind its beginning ("On examination his left leg").
_OPENS = 5
#: So many letters before a mention hold what says that it is of the whole body.
_NEAR = 32
#: Sides that are told by one named before.
_BACK = frozenset({"same", "other"})


class _Reach(NamedTuple):
    """From where to where in the text a side holds; ``signs``, only for what an examination shows."""

    side: str
    start: int
    end: int
    signs: bool


class Holding:
    """Built once from the knowledge."""

    def __init__(self, anatomy: Anatomy, knowledge: Knowledge) -> None:
        self._anatomy = anatomy
        self._concepts = knowledge.concepts
        self._sites = knowledge.sites
        self._leads, self._articles, self._parts, self._subjects = (
            frozenset(knowledge.words.classes[name])
            for name in ("fronting", "article", "clause_start", "clause_subject")
        )
        self._beside = frozenset(knowledge.words.classes["beside_side"])
        tying, everywhere, behind = (
            any_of(knowledge.words.classes[name]) for name in ("tying_loss", "all_over", "all_over_behind")
        )
        self._tied = re.compile(rf"[\s\"”]*(?:{tying}\s+)*", re.IGNORECASE)
        self._everywhere = re.compile(rf"{everywhere}\s(?:\w+\s)?\Z", re.IGNORECASE)
        self._throughout = re.compile(rf"\s(?:\w+\s)?{behind}", re.IGNORECASE)
        since, its = (any_of(knowledge.words.classes[name]) for name in ("since_event", "determiner"))
        # "foot drop since his knee replacement"; "after knee replacement the right foot"
        self._since = re.compile(rf"[^.,;:\n]{{0,24}}?\b{since}\s+(?:{its}\s+)?(?:\w+\s+){{0,2}}", re.IGNORECASE)
        self._led = re.compile(rf"\b{since}\s+(?:{its}\s+)?\Z", re.IGNORECASE)
        self._pairs = tuple(word.lower() for word in knowledge.sides.pairs)

    def give(self, text: str, pieces: Iterable[Piece]) -> None:
        """Set ``laterality`` of mentions without one, each by what stands before it in its own sentence or row."""
        for piece in pieces:
            unsided = [one for one in piece.mentions if self._waits(one, piece)]
            if unsided and piece.sentence is not None:
                self._all_over(text, unsided)
                if piece.sentence.sides:
                    self._in_sentence(piece.sentence, piece.mentions, unsided)
                self._in_distribution(text, piece.mentions)
                self._in_pairs(text, unsided)
                self._of_cause(text, piece.mentions)
        self._in_rows(text, pieces)

    def _in_rows(self, text: str, pieces: Iterable[Piece]) -> None:
        """Give the grades of muscles that stand one behind the other the side named last."""
        row: list[Mention] = []
        last: Piece | None = None
        for piece in pieces:
            if not piece.mentions:
                continue
            if last is None or text.count("\n", last.end, piece.start) > 1:
                row = []
            row = self._in_row(row, piece)
            last = piece

    def _waits(self, mention: Mention, piece: Piece) -> bool:
        """Whether a mention of something in a leg has no side, or only that of a plural ("hamstrings 4/5")."""
        if self._concepts[mention.concept].sided is not True or self._of_arm(mention):
            return False
        if mention.laterality != "bilateral" or piece.sentence is None:
            return mention.laterality is None
        sides = {hit.entry.id for hit in piece.sentence.sides}
        return "bilateral" not in sides and len(sides) < 2

    def _in_sentence(self, sentence: Sentence, mentions: list[Mention], unsided: list[Mention]) -> None:
        for reach in (*self._fronted(sentence), *self._opening(sentence)):
            for mention in unsided:
                if reach.start <= mention.start < reach.end and (self._is_sign(mention) or not reach.signs):
                    mention.laterality = reach.side
        self._in_list(sentence, mentions)
        if all(hit.entry.id in _BACK for hit in sentence.sides_as_written()) and len(sentence.sides) == 1:
            for mention in unsided:  # "no pedal pulses in the other foot", which measurements know nothing of
                if ":" not in mention.pattern:
                    mention.laterality = sentence.sides[0].entry.id

    def _is_sign(self, mention: Mention) -> bool:
        """Whether a mention is what an examination shows: not a complaint, a disease or what happened."""
        concept = self._concepts[mention.concept]
        if concept.event or concept.disease or concept.treatment is not None:
            return False
        measured = mention.value_text is not None and concept.sign == "measured"
        return concept.normal or concept.elicited or measured or concept.sign == "always"

    def _fronted(self, sentence: Sentence) -> Iterator[_Reach]:
        """Sides that open a clause before its subject ("On the left, ...")."""
        sides = sentence.sides
        for number, hit in enumerate(sides):
            lead = hit.first - 1
            while lead > 0 and sentence.raw(lead).lower() in self._articles:
                lead -= 1
            if lead < 0 or sentence.raw(lead).lower() not in self._leads:
                continue
            if lead and sentence.raw(lead - 1).lower() not in self._parts:
                continue
            site = next((site for site in sentence.sites if site.first <= hit.last < site.last), None)
            if site is not None and not self._sites[site.entry.id].leg:
                continue
            last = hit.last if site is None else site.last
            if sentence.raw(min(last, len(sentence.tokens) - 1)).lower() in self._beside:
                last += 1
            if last >= len(sentence.tokens) or sentence.raw(last).lower() not in self._subjects:
                continue
            following = next((other for other in sides[number + 1 :] if other.entry.id != hit.entry.id), None)
            yield _Reach(hit.entry.id, sentence.spans[last][0], _starts(sentence, following), signs=False)

    def _opening(self, sentence: Sentence) -> Iterator[_Reach]:
        """The limb at the beginning of a list of signs, up to the next side or part of the body elsewhere."""
        places = self._anatomy.places(sentence)
        first = places[0] if places else None
        hit = sentence.sides[0]
        if first is None or first.side != hit.entry.id or not self._sites[first.site].leg:
            return
        begins, ends = min(hit.first, first.first), max(hit.last, first.last)
        apart = ends - begins > hit.last - hit.first + first.last - first.first
        if begins > _OPENS or apart or any(one.first < ends for one in sentence.content):
            return
        following = next((other for other in sentence.sides if other.entry.id != first.side), None)
        elsewhere = next((place for place in places if not self._sites[place.site].leg), None)
        end = min(_starts(sentence, following), _starts(sentence, elsewhere))
        yield _Reach(hit.entry.id, sentence.spans[ends - 1][1], end, signs=True)

    def _in_list(self, sentence: Sentence, mentions: list[Mention]) -> None:
        """Both sides of a vessel or of the skin hold for the next of the list ("pulses 2+ bilaterally, no edema")."""
        if any(side.entry.id != "bilateral" for side in sentence.sides):
            return
        said = sentence.spans[sentence.sides[0].first][0]
        both = False
        for mention in mentions:
            listed = self._concepts[mention.concept].listed_sides and self._is_sign(mention)
            if both and listed and mention.laterality is None and mention.start > said:
                mention.laterality = "bilateral"
            both |= listed and mention.laterality == "bilateral"

    def _in_distribution(self, text: str, mentions: list[Mention]) -> None:
        """A loss is where its distribution is ("numb feet to mid calf", "reduced in a stocking")."""
        for loss, where in pairwise(mentions):
            concept = self._concepts[where.concept]
            if (loss.laterality is not None and loss.placed) or concept.unsaid_side is None:
                continue
            lost = concept.symmetric and self._concepts[loss.concept].symmetric
            if lost and self._tied.fullmatch(text, loss.end, max(loss.end, where.start)):
                loss.laterality = loss.laterality or where.laterality or concept.unsaid_side
                if not loss.placed and loss.site is None:
                    loss.site, loss.place, loss.placed = where.site, where.place, where.placed

    def _of_cause(self, text: str, mentions: list[Mention]) -> None:
        """What happened to a part of a leg is of the side of what came of it ("foot drop L since knee replacement")."""
        for at, one in enumerate(mentions):
            other = next((behind for behind in mentions[at + 1 :] if behind.start > one.start), None)
            if other is None:
                return
            if self._happened(other) and self._came_of(one):
                if self._since.fullmatch(text, one.end, max(one.end, other.start)):
                    other.laterality = one.laterality
            elif self._happened(one) and self._came_of(other) and other.start - one.end <= _NEAR:
                led = self._led.search(text, max(0, one.start - _NEAR), one.start)
                if led and not set(".;:\n") & set(text[one.end : other.start]):
                    one.laterality = other.laterality

    def _happened(self, mention: Mention) -> bool:
        """Whether a mention is of what happened to a leg, on no side that it names."""
        concept = self._concepts[mention.concept]
        happened = concept.event and concept.side_carries and concept.sided is True and mention.laterality is None
        return (
            happened and not self._of_arm(mention) and (mention.placed or concept.site is not None or concept.disease)
        )

    def _came_of(self, mention: Mention) -> bool:
        """Whether a mention is of one leg, and not of what happened to it."""
        concept = self._concepts[mention.concept]
        event = concept.event or concept.treatment is not None or concept.sided is not True
        return mention.laterality in ONE_SIDE and not event and not self._of_arm(mention)

    def _in_pairs(self, text: str, unsided: list[Mention]) -> None:
        """What is worn on both legs has no side, whatever the note is about ("compression stockings")."""
        for mention in unsided:
            worn = self._concepts[mention.concept].treatment == "device" and mention.laterality is None
            if worn and text[mention.start : mention.end].lower().endswith(self._pairs):
                mention.laterality = "unspecified"

    def _all_over(self, text: str, unsided: list[Mention]) -> None:
        """What is of the whole body has no side, whatever the note is about ("generalised wasting")."""
        for mention in unsided:
            if mention.placed or self._concepts[mention.concept].local or mention.laterality is not None:
                continue
            before = self._everywhere.search(text, max(0, mention.start - _NEAR), mention.start)
            if before or self._throughout.match(text, mention.end, mention.end + _NEAR):
                mention.laterality = "unspecified"

    def _in_row(self, row: list[Mention], piece: Piece) -> list[Mention]:
        """Give the grades of a sentence the side of those before them; the row so far."""
        for mention in piece.mentions:
            if not self._is_grade(mention):
                row = []
                continue
            if row and self._waits(mention, piece) and self._of_arm(row[-1]) == self._of_arm(mention):
                mention.laterality = row[-1].laterality
            row = [mention]
        return row

    def _is_grade(self, mention: Mention) -> bool:
        """Whether a mention grades one muscle."""
        concept, value = self._concepts[mention.concept], mention.value_text
        if not concept.graded or value is None or mention.assertion != "present":
            return False
        return value != "all" if concept.normal else any(map(str.isdigit, value))

    def _of_arm(self, mention: Mention) -> bool:
        """Whether a mention is of no part of a leg."""
        site = mention.site or self._concepts[mention.concept].site
        return site is not None and not self._sites[site].leg


def _starts(sentence: Sentence, one: Hit | Place | None) -> int:
    """Where a phrase begins in the text; the end of the sentence where there is none."""
    return sentence.end if one is None else sentence.spans[one.first][0]
