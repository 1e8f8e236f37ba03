"""The small words that tie findings, sites and sides together, and those that part them."""

from __future__ import annotations

from popliteal.knowledge import Knowledge
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.sentence import Hit, Place, Sentence, covered
from popliteal.reading.tokens import NUMBER, written

#: What leads to a side has at most so many words.
_LED = 4


class Grammar:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        words = knowledge.words
        self.gap = lexicon.skippable
        self.prepositions = lexicon.word_set(words.prepositions)
        self.joiners = lexicon.word_set(words.joiners)
        self.linking = lexicon.word_set(words.linking)
        self.breakers = lexicon.word_set(words.breakers)
        self.negations = self.joiners & lexicon.word_set(words.classes["negating"])
        self.part_of, self.pairing = frozenset(words.classes["part_of"]), frozenset(words.classes["pairing"])
        plurals = knowledge.sides.plural_is_both
        self.both = frozenset(plurals) | {word.lower() for word in plurals if not word.isupper()}
        self._longest_both = max(phrase.count(" ") + 1 for phrase in self.both)
        self._opens_both = frozenset(written(phrase, 0, len(phrase))[0].lower() for phrase in self.both)
        self._lengths = frozenset(words.classes["length"])
        self.letters, self.articles = frozenset(knowledge.sides.letters), frozenset(words.classes["article"])
        self.versus, self.spans = frozenset(knowledge.sides.versus), frozenset(knowledge.sides.spans)
        self.healthy = lexicon.word_set(words.classes["intact"])
        self.spared = lexicon.word_set(words.classes["spared"])
        self._well = frozenset(words.classes["spared_in_capitals"])
        self.compared = lexicon.word_set(words.classes["compared"])
        self.leads = self.gap | self.prepositions
        self.joins = self.gap | self.joiners
        self.joins_onset = self.joins | lexicon.word_set(words.classes["coming_on"])
        self.ties = self.leads | self.linking
        self.ends = self.joins | self.linking | self.breakers
        self._unpaired = frozenset(one.id for one in knowledge.concepts.values() if not one.plural_side)
        self._well_there = frozenset(one.id for one in knowledge.concepts.values() if one.normal)
        self._excepting = lexicon.word_set(words.classes["excepting"])
        self.moments = frozenset(words.classes["moments"])
        self._everywhere = lexicon.word_set(words.classes["everywhere"])
        self._sets_off = self.joiners | lexicon.word_set(words.classes["setting_off"])
        self.alone = frozenset(words.classes["side_alone"])
        self.serving = lexicon.word_set(words.classes["serving"])
        self._turns = frozenset(words.classes["turns_to_denial"])
        self._denies = frozenset(words.classes["denies_again"])
        self._leads_there = frozenset(words.classes["before_denial"])
        self._goes_on = frozenset(words.classes["after_turn"])
        self._marks = frozenset({";", ","}) | frozenset(words.classes["pairing"])
        self._side_led = [phrase.split() for phrase in words.classes["side_led"]]
        self._parts_of_time = frozenset(knowledge.timing.uk_units)

    def breaks(self, sentence: Sentence, first: int, last: int) -> bool:
        """Whether what stands from token ``first`` to ``last`` (exclusive) ends what is said of the subject before it.

        What is denied behind "but" is of the same subject ("the knee is warm but not swollen"), and so is what
        follows it without another subject ("does not hurt but is swollen").
        """
        return any(
            sentence.words[token] in self.breakers
            and not (
                self._turns_to_denial(sentence, token)
                or self.turns_to_more(sentence, token, last)
                or self._lists_on(sentence, token, last)
            )
            for token in range(first, last)
        )

    def parts(self, sentence: Sentence, hit: Hit, token: int) -> bool:
        """Whether the word at ``token`` parts a finding from what stands on its other side. An exception names a place
        where something is, not where all is well ("no weakness except in the left foot", "normal except at the ankle").
        """
        word = sentence.words[token]
        return word in self.breakers or (hit.entry.id in self._well_there and word in self._excepting)

    def _turns_to_denial(self, sentence: Sentence, token: int) -> bool:
        if sentence.raw(token).lower() not in self._turns:
            return False
        behind = (raw.lower() for raw in sentence.tokens[token + 1 :])
        return next((raw for raw in behind if raw not in self._leads_there), "") in self._denies

    def turns_to_more(self, sentence: Sentence, token: int, last: int) -> bool:
        """Whether a "but" at ``token`` goes on about the same subject as far as token ``last``."""
        if sentence.raw(token).lower() not in self._turns:
            return False
        taken = covered(sentence.content)
        return all(t in taken or sentence.raw(t).lower() in self._goes_on for t in range(token + 1, last))

    def _lists_on(self, sentence: Sentence, token: int, last: int) -> bool:
        """Whether a semicolon at ``token`` parts what is only listed ("knee hot; red; swollen")."""
        if sentence.words[token] != ";":
            return False
        taken = covered(sentence.content)
        return all(t in taken or sentence.words[t] in self._marks for t in range(token + 1, last))

    def is_span(self, sentence: Sentence, token: int) -> bool:
        """Whether a time such as "3/52" begins at a token."""
        parts = sentence.tokens[token : token + 3]
        return len(parts) == 3 and parts[1] == "/" and parts[0].isdigit() and parts[2] in self._parts_of_time

    def leads_side(self, sentence: Sentence, token: int) -> bool:
        """Whether what stands before a side leads to one that needs no noun behind it ("foot drop on the left")."""
        before = [raw.lower() for raw in sentence.tokens[max(0, token - _LED) : token]]
        return any(before[-len(words) :] == words for words in self._side_led)

    def unpaired_in(self, hit: Hit) -> bool:
        """Whether a plural in words that deny a finding says nothing of sides ("can walk on heels")."""
        return hit.entry.assertion == "absent" and hit.entry.id in self._unpaired

    def said_of_all(self, sentence: Sentence, hit: Hit) -> bool:
        """Whether the words of a finding end by saying that it is so in all limbs, and no place follows: what stands
        behind is another matter ("strength 5/5 throughout, numb left foot")."""
        last = hit.last
        if last < len(sentence.words) and sentence.words[last] in self._everywhere:
            last += 1
        ended = last >= len(sentence.words) or sentence.words[last] in self._sets_off
        return ended and not self._everywhere.isdisjoint(sentence.words[hit.first : last])

    def spares(self, sentence: Sentence, place: Place) -> bool:
        """Whether what stands behind a site says that nothing is wrong with it ("numb left foot, right foot fine")."""
        behind = sentence.words[place.last : place.last + 2]
        if not behind:
            return False
        linked = behind[0] in self.linking and behind[-1] in self.spared
        return linked or behind[0] in self.spared or sentence.raw(place.last) in self._well

    def is_length(self, sentence: Sentence, token: int) -> bool:
        """Whether a word that may name a part of the body tells how far something was ("fell 12 feet")."""
        if token == 0 or sentence.tokens[token].lower() not in self._lengths:
            return False
        return sentence.words[token - 1] == NUMBER or sentence.tokens[token - 1].isdigit()

    def names_both(self, sentence: Sentence, first: int, last: int) -> bool:
        """Whether a plural between two tokens means both sides ("pedal pulses palpable")."""
        for start in range(first, last):
            if sentence.tokens[start].lower() not in self._opens_both or self.is_length(sentence, start):
                continue
            for end in range(start + 1, min(last, start + self._longest_both) + 1):
                words = sentence.text[sentence.spans[start][0] : sentence.spans[end - 1][1]]
                if words in self.both or (not words.isupper() and words.lower() in self.both):
                    return True
        return False
