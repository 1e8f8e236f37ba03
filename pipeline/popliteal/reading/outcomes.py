"""How a story ended: a sentence that says all is over puts an end to what stood before it ("he recovered fully")."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from popliteal.knowledge import Knowledge
from popliteal.knowledge.alternation import any_whole, lower
from popliteal.reading.assertion import Assertion
from popliteal.reading.inline_lists import is_item
from popliteal.reading.item import Item
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece
from popliteal.reading.sentence import OPPOSITE, Hit, Sentence
from popliteal.reading.tokens import written
from popliteal.reading.trail import Trail

#: At most so many tokens behind the leg that it is said of an outcome begins.
_SUBJECT = 4
_EXCEPTION = 40  # characters around an ending in which an exception from it is made
#: The leg that a sentence ends the complaints of, by category of finding; None: of both.
Ended = dict[str, str | None]


class Outcomes:
    """Finds the sentences of ``outcomes.yaml`` and settles the mentions that they speak of."""

    def __init__(
        self, knowledge: Knowledge, assertion: Assertion, trail: Trail, phrases: Callable[[str, Piece], Sentence]
    ) -> None:
        """``phrases``: a sentence of a text with its phrases."""
        self._concepts, self._outcomes = knowledge.concepts, knowledge.outcomes
        self._assertion, self._trail, self._phrases = assertion, trail, phrases
        self._nothing_else = frozenset((*knowledge.words.classes["person"], *knowledge.words.classes["faring"]))
        self._kinds, self._older = knowledge.sections.kinds, any_whole(knowledge.reports.stories.before)
        self._not_all = any_whole(knowledge.words.classes["not_all"])
        self._foretold = any_whole(knowledge.words.classes["foretold"])
        self._pointing = frozenset(knowledge.words.classes["pointing_back"])
        self._categories = {category for one in knowledge.outcomes.values() for category in one.categories}

    def complains(self, mention: Mention) -> bool:
        """Whether a mention is a complaint or sign of the present, which no ending may lie behind."""
        concept = self._concepts[mention.concept]
        return not concept.normal and concept.category in self._categories

    def settle(self, text: str, pieces: list[Piece], *, every: bool) -> None:
        """Mark as over all before a sentence that says it is over, if no complaint follows.

        ``every``: look for such a sentence everywhere, not only where the words of one were seen.
        """
        ended: Ended = {}
        with_outcome = pieces[0].words.having("outcome") if pieces else {}
        for piece in reversed(pieces):
            outcome = piece.number in with_outcome or every
            if not outcome and not piece.mentions:
                continue
            here = [m for m in piece.mentions if m.assertion == "present" and m.temporality != "historical"]
            told = self._told(text, piece) if outcome else {}
            if ended and here:
                self._end(text, piece, here, ended)
            if told:
                ended.update((key, side if ended.get(key, side) == side else None) for key, side in told.items())
            elif not ended and any(self.complains(mention) for mention in here):
                return

    def _end(self, text: str, piece: Piece, mentions: list[Mention], ended: Ended) -> None:
        """Mark the mentions of a sentence that are over."""
        for mention in mentions:
            concept = self._concepts[mention.concept]
            if concept.category not in ended or concept.normal or concept.treatment is not None:
                continue
            leg = ended[concept.category]
            if mention.course in {None, "unknown"} and (leg is None or self._speaks_of(text, piece, leg)):
                mention.end_by("outcome")

    def _speaks_of(self, text: str, piece: Piece, leg: str) -> bool:
        """Whether a sentence may be of a leg: it, or else what stands before it, does not name the other one."""
        named: set[str | None] = {hit.entry.id for hit in self._phrases(text, piece).sides}
        return (named or {self._trail.side(text, piece)}) != {OPPOSITE[leg]}

    def _of_another(self, text: str, piece: Piece, at: int) -> bool:
        """Whether an ending at ``at`` is that of an item of a list which names something else ("2. Hypertension. He is
        asymptomatic."): no complaint or sign of this patient."""
        line = text.rfind("\n", 0, at) + 1
        line += len(text[line:at]) - len(text[line:at].lstrip())
        if not is_item(text, line):
            return False
        before: Piece | None = piece
        while before is not None and before.end > line:
            if any(self.complains(mention) for mention in before.mentions):
                return False
            before = before.previous
        words = (word.lower() for word in written(text, line, at) if word.isalpha())
        return any(word not in self._nothing_else for word in words)

    def _told(self, text: str, piece: Piece) -> Ended:
        """What a sentence says is over; nothing where it is negated, wished for or somebody else's."""
        sentence = self._phrases(text, piece)
        if not sentence.outcomes or self._of_old(text, piece):
            return {}
        items = [Item(hit.first, hit.last) for hit in sentence.outcomes]
        verdicts = self._assertion.decide(sentence, items)
        return {
            category: _side_before(sentence, hit.first)
            for hit, verdict in zip(sentence.outcomes, verdicts, strict=True)
            if verdict.assertion in {None, "present"}
            and not self._goes_on(piece, sentence, hit)
            and not self._but_for(text, piece, sentence, hit)
            and not self._is_foretold(text, piece, sentence.spans[hit.first][0])
            and not self._of_another(text, piece, sentence.spans[hit.first][0])
            and not self._of_illness(piece, sentence.spans[hit.first][0])
            and not self._of_those(piece, sentence, hit)
            for category in self._outcomes[hit.entry.id].categories
        }

    def _but_for(self, text: str, piece: Piece, sentence: Sentence, hit: Hit) -> bool:
        """Whether an ending is one but for something ("doing well neurologically apart from the foot", "otherwise
        well")."""
        start = max(piece.start, sentence.spans[hit.first][0] - _EXCEPTION)
        end = min(sentence.spans[hit.last - 1][1] + _EXCEPTION, piece.end)
        return self._not_all.search(lower(text[start:end])) is not None

    def _is_foretold(self, text: str, piece: Piece, at: int) -> bool:
        """Whether an ending at ``at`` is wished for or foretold by the words of its clause ("should make a full
        recovery")."""
        before = lower(text[piece.start : at])
        clause = max(before.rfind(mark) for mark in ",;:") + 1
        return self._foretold.search(before, clause) is not None

    def _of_illness(self, piece: Piece, at: int) -> bool:
        """Whether an ending at ``at`` is that of another illness, named before it ("UTI treated, symptoms gone")."""
        named = (self._concepts[one.concept] for one in piece.mentions if one.start < at)
        return any(one.disease and one.category not in self._categories for one in named)

    def _of_those(self, piece: Piece, sentence: Sentence, hit: Hit) -> bool:
        """Whether an ending is of what its own sentence is the first to name ("felt feverish, but those symptoms
        subsided"): it ends that, and nothing before it."""
        if self._pointing.isdisjoint(sentence.words[max(0, hit.first - 1) : hit.first + 1]):
            return False
        start = sentence.spans[hit.first][0]
        named = [one for one in piece.mentions if one.end <= start and one.assertion == "present"]
        before = piece.previous
        while named and before is not None:
            told = {one.concept for one in before.mentions}
            named = [one for one in named if one.concept not in told]
            before = before.previous
        for one in named:
            if not self._concepts[one.concept].normal:
                one.end_by("outcome")
        return bool(named)

    def _of_old(self, text: str, piece: Piece) -> bool:
        """Whether a sentence tells how something older ended, in the history or dated ("discectomy in 2018, full
        recovery"): that ends nothing of today."""
        if self._kinds[piece.section.kind].tells_past:
            return True
        events = any(self._concepts[one.concept].event or one.done for one in piece.mentions)
        return events and self._older.search(lower(text[piece.start : piece.end])) is not None

    def _goes_on(self, piece: Piece, sentence: Sentence, hit: Hit) -> bool:
        """Whether an ending is of one finding only, or its sentence still has a complaint behind it ("the examination
        was normal but for a foot drop")."""
        complaints = [mention for mention in piece.mentions if self.complains(mention)]
        end = sentence.spans[hit.last - 1][1]
        there = [one for one in complaints if one.assertion == "present" and one.temporality != "historical"]
        return any(one.start >= end and one.course != "resolved" for one in there) or _of_one(complaints, sentence, hit)


def _side_before(sentence: Sentence, first: int) -> str | None:
    """The one leg that is the subject of what begins at a token ("spinal, left leg fully recovered")."""
    sides = [hit for hit in sentence.sides if hit.last <= first and first - hit.last <= _SUBJECT]
    return sides[-1].entry.id if sides and sides[-1].entry.id in OPPOSITE else None


def _of_one(mentions: Iterable[Mention], sentence: Sentence, hit: Hit) -> bool:
    """Whether the words of an ending were read as the course of a complaint beside them ("old foot drop fully
    recovered"): they end that one. An operation has no course ("had a laminectomy and her symptoms resolved")."""
    words = sentence.text[sentence.spans[hit.first][0] : sentence.spans[hit.last - 1][1]].casefold()
    told = (cue.partition(":")[2].casefold() for one in mentions if one.course == "resolved" for cue in one.cues)
    return any(cue and (cue in words or words in cue) for cue in told)
