"""How far a cue reaches forward: over its list or clause, until something else is stated or denied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Cue
from popliteal.reading.bare_lists import BareLists
from popliteal.reading.fields import before_field
from popliteal.reading.item import Item
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.sentence import Hit, Sentence

#: So many tokens a cue reaches whose entry says nothing else.
LIST_REACH = 60
_CLAUSE_REACH = 10
_TO_BRACKET = 3  # so many tokens behind a disease the brackets open that tell why
_SIZE = re.compile(r"\s*(?:an? )?\d+(?:\.\d+)?(?:\s?x\s?\d+(?:\.\d+)?)*\s?-?(?:cm|mm)\b", re.IGNORECASE)
_TO_COLON = 5  # so many tokens behind a "not" the colon stands before what is the case
_LISTED = 8  # a list goes on beyond that while its commas stand so close


class Scopes:
    """Built once from the cues of ``assertion.yaml`` and the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon, lists: BareLists) -> None:
        classes = knowledge.words.classes
        self._cues, self._lists = knowledge.cues, lists
        self._denials = lexicon.word_set(classes["denying"])
        self._why = lexicon.word_set(classes["why"])
        self._strong_stops = lexicon.word_set(classes["ending"])
        self._articles = frozenset(classes["article"])
        self._abnormal = frozenset(classes["found_abnormal"])
        self._positive = frozenset(classes["shown_positive"])
        self._by_mouth = frozenset(classes["denied_by_mouth"])
        self._or, self._and = frozenset(classes["alternatives"]), frozenset(classes["joining"])
        self._apart_from = frozenset(classes["without_beside"])
        self._not_that = frozenset(classes["not_that"])
        self._verbs = frozenset(classes["verb_of_finding"])
        self._parted = self._and | self._or | {",", ";", ".", "/"}
        self._of_person, self._injuries = (lexicon.word_set(classes[name]) for name in ("of_person", "injuries"))

    def end(self, sentence: Sentence, hit: Hit, cue: Cue, stops: list[tuple[int, str]]) -> int:
        """The token before which the forward scope of a cue ends."""
        words = sentence.words
        if cue.scope == "sentence":
            return self._end_of_sentence(words, hit, stops)
        if cue.effect == "family" and cue.reach is None:
            ends = [t for t, kind in stops if t >= hit.last and self._cues[kind].turns and words[t] not in self._why]
            ends += [t for t in range(hit.last, len(words)) if words[t] in self._denials and words[t - 1] in self._and]
            return min(ends, default=len(words))  # "her mother has foot drop, and denies weakness of her own legs"
        end = _farthest(sentence, hit, cue)
        if cue.effect == "absent" and cue.scope == "list":
            end = self._lists.before_main(sentence, hit, end)
        if cue.effect == "absent":
            end = self._before_truth(sentence, hit, end)
        end = _within_brackets(words, hit, self._stopped(sentence, hit, cue, stops, end))
        if cue.scope == "clause":
            commas = [token for token in range(hit.last, end) if words[token] == ","]
            if commas and not self._or.intersection(words[commas[0] : end]):
                return commas[0]
        return end

    def reach(self, sentence: Sentence, hit: Hit, cue: Cue, items: Sequence[Item], end: int) -> int:
        """The token before ``end`` at which a denial stops since something is told, and ``end`` for all other cues."""
        if cue.effect == "absent":
            for stop in (self._before_abnormal, self._before_verb, self._before_history, self._before_next_disease):
                end = stop(sentence, hit, items, end)
        return end

    def _before_abnormal(self, sentence: Sentence, hit: Hit, items: Sequence[Item], end: int) -> int:
        """The token before ``end`` at which a denial stops since something abnormal is found: "no weakness, reduced
        sensation", "no pain, Tinel positive", "negative Lachman and a positive drawer"."""
        words = sentence.words
        if not self._by_mouth.isdisjoint(words[hit.first : hit.last + 1]) or not self._or.isdisjoint(
            words[hit.last : end]
        ):
            return end
        end = self._before_size(sentence, hit, end)
        for item in items:
            if item.first >= end:
                break
            shown = not self._positive.isdisjoint(sentence.low[item.last - 1 : item.last + 1])
            if hit.last < item.first and (words[item.first] in self._abnormal or shown):
                before = words[item.first - 1] if words[item.first - 1] not in self._articles else words[item.first - 2]
                listed = words[hit.last : item.first].count(",") > 1  # "no numbness, tingling, reduced sensation"
                if (before == "," or before in self._and) and not listed:
                    return item.first
        return end

    def _before_truth(self, sentence: Sentence, hit: Hit, end: int) -> int:
        """The colon before ``end`` behind what something is not: what it is follows ("Not a UTI: retention")."""
        if sentence.raw(hit.first).lower() not in self._not_that:
            return end
        colons = (t for t in range(hit.last + 1, min(end, hit.last + _TO_COLON)) if sentence.raw(t) == ":")
        return next(colons, end)

    @staticmethod
    def _before_size(sentence: Sentence, hit: Hit, end: int) -> int:
        """The first comma before ``end`` behind which a size is told ("no DVT, 4 cm cyst")."""
        commas = (token for token in range(hit.last, end) if sentence.raw(token) == ",")
        return next((at for at in commas if _SIZE.match(sentence.text, sentence.spans[at][1])), end)

    def _before_verb(self, sentence: Sentence, hit: Hit, items: Sequence[Item], end: int) -> int:
        """The token before ``end`` at which a denial stops since a statement follows: "no numbness and drags her foot",
        "no trauma and woke with a numb leg"; not "never leaks urine and soils herself", "no numbness and trips"."""
        words = sentence.words
        by_mouth = not self._by_mouth.isdisjoint(words[hit.first : hit.last + 1])
        if hit.last >= end or self._is_verb(sentence, hit.last):
            return end
        for token in range(hit.last + 1, min(end, len(words) - 1)):
            joined = words[token - 1] in self._and and words[token + 1] not in self._parted
            if joined and self._is_verb(sentence, token):
                return token - 1
        if by_mouth:
            return end
        told = (item for item in items if hit.last < item.first < end and item.last - item.first > 1)
        # "no back pain, leaks urine"
        verbs = (one.first for one in told if words[one.first - 1] == "," and self._is_verb(sentence, one.first))
        return next((token - 1 for token in verbs), end)

    def _is_verb(self, sentence: Sentence, token: int) -> bool:
        return sentence.raw(token).lower() in self._verbs

    def _before_history(self, sentence: Sentence, hit: Hit, items: Sequence[Item], end: int) -> int:
        """The token before ``end`` at which a bare denial stops since what follows its first comma is who somebody is,
        or what he has had where an injury alone is denied: "no fever, diabetic", "nil trauma, IVDU"; not "no trauma,
        cancer, fever", a list of what was asked about."""
        words = sentence.words
        commas = [token for token in range(hit.last, end) if words[token] == ","]
        by_mouth = not self._by_mouth.isdisjoint(words[hit.first : hit.last + 1])
        if not commas or by_mouth or not self._or.isdisjoint(words[hit.last : end]):
            return end
        behind = commas[0] + 1
        if behind < end and words[behind] in self._of_person:
            return commas[0]
        had = any(item.first == behind and item.history for item in items)
        alone = len(commas) == 1 and not self._injuries.isdisjoint(words[hit.last : commas[0]])
        return commas[0] if had and alone else end

    def _before_next_disease(self, sentence: Sentence, hit: Hit, items: Sequence[Item], end: int) -> int:
        """The token before ``end`` at which what a disease is without ends, since the list of diseases goes on: "a
        stroke with no residual weakness and breast cancer"; not "... without weakness, numbness and cancer"."""
        words = sentence.words
        first = hit.first - (sentence.raw(hit.first - 1).lower() in self._apart_from)
        beside = any(sentence.raw(token).lower() in self._apart_from for token in range(first, hit.last))
        if not beside or not any(item.last == first and (item.diagnosis or item.history) for item in items):
            return end
        denied = [item for item in items if hit.last <= item.first < end]
        if len(denied) < 2 or denied[0].diagnosis or denied[0].history or not denied[1].history:
            return end
        between = words[hit.last : denied[1].first]
        joined = "," not in between and self._or.isdisjoint(between) and between[-1] in self._and
        return denied[1].first if joined else end

    def _end_of_sentence(self, words: Sequence[str], hit: Hit, stops: list[tuple[int, str]]) -> int:
        """The token before which a cue ends that reaches over what parts clauses, but not over a new statement."""
        # "Risks include bleeding; infection; foot drop", "told: leg pain → 000; numb legs → ED"
        listed = words[hit.last :].count(";") > 1 or (":" in words[hit.last - 1 : hit.last + 1])
        behind = ((t, self._cues[kind].firm) for t, kind in stops if t >= hit.last)
        strong = (t for t, firm in behind if firm or words[t] in self._strong_stops)
        return next((t for t in strong if not (listed and words[t] == ";")), len(words))

    def _stopped(self, sentence: Sentence, hit: Hit, cue: Cue, stops: list[tuple[int, str]], end: int) -> int:
        """The first token before ``end`` that stops a cue, or else ``end``."""
        words = sentence.words
        labelled = ":" in words[hit.last - 1 : hit.last + 1]  # "Denies: fever; chills; weight loss"
        listed_until = 0
        if cue.effect == "absent" and cue.scope == "list" and ";" in words[hit.last : end]:
            listed_until = self._lists.listed_until(sentence, hit.last, brief=hit.last - hit.first == 1)
        verbs = hit.last
        own = 1 if cue.embeds else 0  # so many verbs are of the clause that the cue opens ("think the foot is weak")
        for token, kind in stops:
            if token == verbs and self._cues[kind].affirms:
                verbs += 1  # verbs right behind the cue belong to it ("no noted weight loss", "unclear whether he has")
                continue
            if (words[token] == ";" and (labelled or token < listed_until)) or _in_passing(sentence, hit, token):
                continue
            if hit.last <= token < end:
                if own and self._cues[kind].affirms:
                    own -= 1
                    continue
                return token
        return end


def explains(sentence: Sentence, disease: Item, item: Item) -> bool:
    """Whether what is no disease stands in brackets behind a supposed one: "?CES (saddle numb)"."""
    if item.diagnosis or not disease.diagnosis:
        return False
    between = [sentence.raw(token) for token in range(disease.last, item.first)]
    return "(" in between[:_TO_BRACKET] and ")" not in between


def _within_brackets(words: Sequence[str], hit: Hit, end: int) -> int:
    """The token before ``end`` that closes the brackets of a cue: "L5 unlikely (no back pain), numb foot"."""
    closes = next((token for token in range(hit.last, end) if words[token] in {"(", ")"}), end)
    if closes == end or words[closes] == "(":
        return end
    before = next((words[token] for token in range(hit.first - 1, -1, -1) if words[token] in {"(", ")"}), "")
    return closes if before == "(" else end


def _farthest(sentence: Sentence, hit: Hit, cue: Cue) -> int:
    """The token before which a cue ends where nothing stops it: a denial goes on over its list."""
    reach = cue.reach or (_CLAUSE_REACH if cue.scope == "clause" else LIST_REACH)
    end = min(len(sentence.words), hit.last + reach)
    if cue.effect == "absent" and cue.scope == "list" and cue.reach is None:
        end = _listed_on(sentence.words, end)
    if cue.effect == "absent" and sentence.parted(hit.last - 1, end):
        end = before_field(sentence, hit, end)
    return end


def _listed_on(words: Sequence[str], end: int) -> int:
    """Where a list ends that goes on beyond the reach of its cue ("denies fever, chills, ..." and thirty more)."""
    while end < len(words) and "," in words[end - _LISTED : end]:
        commas = [token for token in range(end, min(end + _LISTED, len(words))) if words[token] == ","]
        if not commas:
            return min(end + _LISTED, len(words))
        end = commas[-1] + 1
    return end


def _in_passing(sentence: Sentence, cue: Hit, token: int) -> bool:
    """Whether a contrast stands between commas right behind a cue ("he denies, however, any weakness")."""
    beside = [sentence.raw(at) for at in (token - 1, token + 1) if at < len(sentence.words)]
    return token == cue.last + 1 and beside == [",", ","]
