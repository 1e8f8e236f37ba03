"""Of whom it is told: whether a relative who is named is the patient, of whom another relative tells ("the husband says
his wife fell"), and whether what follows is still of the relative ("mother is diabetic and had a stroke")."""

from __future__ import annotations

from collections.abc import Sequence

from popliteal.knowledge.concepts import Words
from popliteal.reading.item import Item
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.sentence import Hit, Sentence
from popliteal.reading.tokens import NUMBER, UNKNOWN

_BRIEF = 5  # words between a disease of a relative and why he has it
_HELPED = 7  # words behind a relative in which it is told whom he helps
_FROM = 2  # words back to where "according to the daughter, ..." says so


class Informants:
    """``counterparts`` of ``words.yaml``: who tells of a "wife" by that name is her husband, of a "mother" a child."""

    def __init__(self, words: Words, lexicon: Lexicon) -> None:
        self._tellers = {
            kin: lexicon.word_set(tellers)
            for name, tellers in words.counterparts.items()
            for kin in lexicon.word_set([name])
        }
        self._of_somebody = lexicon.word_set(words.classes["of_somebody"])
        self._told_by = lexicon.word_set(words.classes["told_by"])
        self._of_kin = lexicon.word_set(words.classes["of_kin"])
        self._kin, self._then, self._did, self._does, self._why = (
            lexicon.word_set(words.classes[name])
            for name in ("kin", "same_subject", "subject_did", "subject_does", "why_of_kin")
        )
        self._joins = frozenset(words.classes["joining"]) | frozenset(words.classes["alternatives"]) | {"&", "/"}
        self._helped, self._helped_alone, self._beside = (
            frozenset(words.classes[name]) for name in ("helped_by_kin", "helped_alone", "beside_helped")
        )
        self._subjects = frozenset(words.classes["new_subject"])
        self._passed = lexicon.skippable | lexicon.word_set(words.prepositions) | self._then | {UNKNOWN, NUMBER}

    def tell_of(self, sentence: Sentence, hit: Hit, items: Sequence[Item]) -> bool:
        """Whether the relative of a cue is the patient: "his wife" behind a husband who does not himself have it, or
        whom the note calls so, since somebody tells of the patient; or does something for the patient."""
        words = sentence.words
        if self._helps(sentence, hit, items):
            return True
        if sentence.patient and any(_named(sentence.raw(t)) == sentence.patient for t in range(hit.first, hit.last)):
            return True
        for token in range(max(hit.first, 1), hit.last):
            tellers = self._tellers.get(words[token])
            if tellers and words[token - 1] in self._of_somebody:
                return any(words[at] in tellers and self._tells(words, at) for at in range(token - 1))
        return False

    def _helps(self, sentence: Sentence, hit: Hit, items: Sequence[Item]) -> bool:
        """Whether a relative does something for somebody else ("his wife had difficulty getting him up due to leg
        weakness", "her daughter found her on the floor"), and nothing is told of himself before."""
        said = [sentence.raw(token).lower() for token in range(hit.first, min(hit.last + _HELPED, len(sentence.words)))]
        for at, word in enumerate(said):
            if word in self._subjects or not word.isalpha():
                return False
            behind = said[at + 1] if at + 1 < len(said) else ""
            if word in self._helped and (word in self._helped_alone or behind in self._beside):
                return not any(hit.first <= one.first and one.last <= hit.first + at for one in items)
        return False

    def go_on(self, sentence: Sentence, hit: Hit, start: int, end: int) -> bool:
        """Whether tokens ``start`` to ``end`` between two items go on with what is told of the relative of a cue: why
        the first is so ("paralysed by a tumour"), or what else he had ("is diabetic and had a stroke").

        Behind a comma only what somebody had is his, and without a verb before it nothing that somebody has: "Sister
        DVT and has calf pain" may well tell of the patient.
        """
        words = sentence.words[start:end]
        if not self._subjects.isdisjoint(sentence.raw(token).lower() for token in range(start, end)):
            return False
        if not words or words[0] in self._why:
            return len(words) < _BRIEF
        if len(words) == 1 and words[0] in self._joins:
            return True
        if words[0] not in self._then and words[0] != ",":
            return False
        did, does = not self._did.isdisjoint(words), not self._does.isdisjoint(words)
        verbless = sentence.words[hit.last - 1] in self._kin
        if not did and (not does or verbless or words[0] == ","):
            return False
        return all(word in self._passed or word in self._did or word in self._does or word == "," for word in words)

    def _tells(self, words: list[str], at: int) -> bool:
        """Not of a list of relatives ("husband with gout, his wife has ...", "mother: stroke")."""
        behind = words[at + 1]
        if behind == ",":
            return not self._told_by.isdisjoint(words[max(at - _FROM, 0) : at])
        return behind not in self._of_kin


def _named(word: str) -> str:
    """Who a word names, possessive or not ("Daughter on the phone: dad's leg is cold")."""
    low = word.lower()
    return low[:-2] if low.endswith(("'s", "’s")) else low
