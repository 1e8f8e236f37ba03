"""Whether a relative who is named is the patient, of whom another relative tells ("the husband says his wife fell")."""

from __future__ import annotations

from popliteal.knowledge.concepts import Words
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.sentence import Hit, Sentence

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

    def tell_of(self, sentence: Sentence, hit: Hit) -> bool:
        """Whether the relative of a cue is the patient: "his wife" behind a husband who does not himself have it."""
        words = sentence.words
        for token in range(max(hit.first, 1), hit.last):
            tellers = self._tellers.get(words[token])
            if tellers and words[token - 1] in self._of_somebody:
                return any(words[at] in tellers and self._tells(words, at) for at in range(token - 1))
        return False

    def _tells(self, words: list[str], at: int) -> bool:
        """Not of a list of relatives ("husband with gout, his wife has ...", "mother: stroke")."""
        behind = words[at + 1]
        if behind == ",":
            return not self._told_by.isdisjoint(words[max(at - _FROM, 0) : at])
        return behind not in self._of_kin
