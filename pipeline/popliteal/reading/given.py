"""Mentions that stand already, measurements above all, among the phrases of their sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from popliteal.knowledge.concepts import Concept, Head
from popliteal.reading.mention import Mention
from popliteal.reading.piece import tokens
from popliteal.reading.sentence import Entry, Hit, Sentence, covered

#: What parts a complaint from the normal finding behind it stands so many tokens behind it at most.
_SET_OFF_WITHIN = 5


class Given:
    """Built once from the concepts, what heads are where nobody says of what, and the classes of ``words.yaml``."""

    def __init__(
        self, concepts: Mapping[str, Concept], heads: Mapping[str, Head], classes: Mapping[str, Sequence[str]]
    ) -> None:
        self._concepts, self._heads = concepts, heads
        self._set_off, self._placing = frozenset(classes["setting_off"]), frozenset(classes["placing"])

    def among(self, sentence: Sentence, given: list[Mention]) -> tuple[Sentence, dict[int, Mention]]:
        """Put mentions among the phrases, in place of those they overlap, and ``{id(hit): mention}``."""
        by_hit: dict[int, Mention] = {}
        if not given:
            return sentence, by_hit
        extra: list[Hit] = []
        for mention in given:
            first, last = tokens(sentence, mention.start, mention.end)
            if first < last:
                hit = Hit(first, last, Entry("concept", mention.concept, mention.pattern))
                by_hit[id(hit)] = mention
                extra.append(hit)
        extra = [self._specified(one, by_hit, sentence) for one in extra]
        kept = [hit for hit in sentence.content if not any(self._taken(hit, one) for one in extra)]
        content = sorted([*kept, *extra], key=lambda hit: (hit.first, hit.last))
        unsided = [hit for hit in extra if by_hit[id(hit)].laterality is None]
        return sentence.with_content(content, unsided), by_hit

    def apart(
        self, sentence: Sentence, given: list[Mention], again: Callable[[int, int], list[Mention]]
    ) -> list[Mention]:
        """The mentions, a normal one without the complaint that its words run over ("left leg numb, reflexes normal").

        ``again`` measures anew between two offsets; what it finds there stands for the mention.
        """
        kept: list[Mention] = []
        for mention in given:
            if _of_complaint(sentence, mention, self._placing):
                continue
            rest = self._rest(sentence, mention) if self._concepts[mention.concept].normal else None
            if rest is None:
                kept.append(mention)
            else:
                kept += [one for one in again(*rest) if one.start < mention.end and one.concept == mention.concept]
        return kept

    def _rest(self, sentence: Sentence, mention: Mention) -> tuple[int, int] | None:
        """What is left of a normal mention in whose words a complaint stands, set off from the rest of them."""
        first, last = tokens(sentence, mention.start, mention.end)
        for hit in reversed(sentence.content):
            whole = hit.entry.kind == "concept" and not self._concepts[hit.entry.id].normal and not hit.entry.assertion
            headed = hit.entry.kind == "head" and (first < hit.first or _leads_to(sentence, hit.last, first))
            if hit.first >= last or not (headed or (whole and hit.last > first)):
                continue
            if hit.last > last:  # "5/5 on the right and left foot drop"
                return (mention.start, sentence.spans[hit.first][0]) if first < hit.first else None
            behind = range(max(hit.last, first), min(max(hit.last, first) + _SET_OFF_WITHIN, last))
            parted = next((token for token in behind if sentence.raw(token).lower() in self._set_off), None)
            if parted is not None:
                return sentence.spans[parted][1], sentence.spans[-1][1]
        return None

    def _specified(self, given: Hit, by_hit: dict[int, Mention], sentence: Sentence) -> Hit:
        """A vague grade with the concept of the phrase that begins before it ("unable to lift the right foot, 0/5"),
        a loss in words with that of the phrase that holds it and says more ("altered sensation when wiping")."""
        mention = by_hit[id(given)]
        worded = mention.value is None and mention.assertion is None
        if not (mention.vague or worded):
            return given
        category = self._concepts[mention.concept].category
        for hit in sentence.content:
            if hit.entry.kind != "concept" or self._concepts[hit.entry.id].category != category:
                continue
            begins = mention.vague and hit.first < given.first < hit.last <= given.last
            if begins or (worded and _says_more(hit, given)):
                return self._renamed(given, hit, by_hit, sentence)
        return given

    @staticmethod
    def _renamed(given: Hit, phrase: Hit, by_hit: dict[int, Mention], sentence: Sentence) -> Hit:
        """What was measured, under the name of the phrase and with its words."""
        mention = by_hit.pop(id(given))
        last = max(given.last, phrase.last)
        mention.concept, mention.site = phrase.entry.id, None
        mention.start, mention.end = sentence.spans[phrase.first][0], sentence.spans[last - 1][1]
        mention.assertion = mention.assertion or phrase.entry.assertion
        wider = Hit(phrase.first, last, Entry("concept", mention.concept, mention.pattern))
        by_hit[id(wider)] = mention
        return wider

    def _taken(self, hit: Hit, given: Hit) -> bool:
        """Whether a phrase gives way to a measurement; not where it goes on to more ("strength and tone",
        "reduced sensation and power"), or holds it with more ("motor and sensory function diminished")."""
        if hit.first >= given.last or given.first >= hit.last:
            return False
        if hit.entry.kind == "concept" and not hit.entry.assertion and self._concepts[hit.entry.id].beside_grades:
            return False  # "wasting of the quadriceps, power 4/5"
        head = self._heads.get(hit.entry.id) if hit.entry.kind == "head" else None
        of = hit.entry.id if hit.entry.kind == "concept" else head and head.default
        holds = head is not None and hit.first <= given.first and given.last <= hit.last  # "motor and sensory loss"
        if (hit.last <= given.last and not holds) or not of:
            return True
        return self._concepts[given.entry.id].category in {"", self._concepts[of].category}


def _of_complaint(sentence: Sentence, mention: Mention, placing: frozenset[str]) -> bool:
    """Whether a mention with a value from behind is the place of a complaint before it ("numb foot and EHL 4/5")."""
    first, last = tokens(sentence, mention.start, mention.end)
    places = covered(sentence.sites)
    if mention.value is None or not first < last or not places.issuperset(range(first, last)):
        return False
    sides = covered(sentence.sides)
    before = first - 1
    while before >= 0 and (before in sides or sentence.words[before] in placing):
        before -= 1
    return any(hit.last == before + 1 for hit in sentence.content if hit.entry.kind in {"head", "concept"})


def _leads_to(sentence: Sentence, start: int, end: int) -> bool:
    """Whether only a side stands between a word and the place that it is said of ("swollen left knee, reflexes 2+")."""
    sides = covered(sentence.sides)
    return start <= end and sides.issuperset(range(start, end))


def _says_more(phrase: Hit, given: Hit) -> bool:
    """Whether a phrase of another concept holds all of what was measured, and more words."""
    held = phrase.first <= given.first and given.last <= phrase.last
    return held and phrase.entry.id != given.entry.id and phrase.last - phrase.first > given.last - given.first
