"""What a cue does not reach although it stands in its scope: what is said to be there, or was known before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Cue
from popliteal.reading.item import Item
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.sentence import OPPOSITE, PLACING, Hit, Sentence, covered
from popliteal.reading.tokens import UNKNOWN

#: What cannot be done stands at most so many tokens before its "without".
_DOUBLED = 8
_LEVEL = re.compile(r"[LST]\d{1,2}", re.IGNORECASE)
#: A place of an item begins at most so many tokens behind it.
_NEAR = 4
_NOW = frozenset({"now", "today", "this", "and", "but"})
_BARE_NO = frozenset({"no", "nil"})
_OPENS_LIST = frozenset({":", "=", "("})
_FIELD = frozenset({"-", "–", ":", "=", "?"})  #: what may stand before an answer

#: So many words has an item of a list between two ";".
_ITEM = 4


class Exemptions:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        words = knowledge.words
        self._gap = lexicon.skippable
        self._prepositions = lexicon.word_set(words.prepositions)
        self._predicates = lexicon.word_set(words.classes["predicate"])
        self._comparatives = lexicon.word_set(words.classes["comparative"])
        self._affirming = lexicon.word_set(words.classes["affirming"])
        self._failing = lexicon.word_set(words.classes["failing"])
        self._auxiliaries = lexicon.word_set(words.classes["auxiliary"])
        self._lasting = lexicon.word_set(words.classes["lasting"])
        self._settled = lexicon.word_set(words.classes["settled"])
        self._possessives = lexicon.word_set(words.classes["possessive"])
        self._definite = self._possessives | lexicon.word_set(words.classes["definite"])
        self._ties, self._itself = (frozenset(words.classes[name]) for name in ("tying", "itself"))
        self._dating, self._spanning, self._counting = (
            frozenset(words.classes[name]) for name in ("dating", "spanning", "counting")
        )
        self._beginning, self._moments = (frozenset(words.classes[name]) for name in ("beginning", "moments"))
        self._doing, self._cannot = (frozenset(words.classes[name]) for name in ("doing", "cannot_do"))
        self._articles, self._within, self._beside, self._until, self._caused = (
            frozenset(words.classes[name])
            for name in ("article", "place_of_denied", "beside_of_denied", "until", "caused_by")
        )
        self._narrating, self._calling = (frozenset(words.classes[name]) for name in ("narrating", "calling"))
        self._stating = lexicon.word_set(words.classes["stating"])
        self._says = lexicon.word_set(words.classes["says"])
        self._treating, self._acting = (frozenset(words.classes[name]) for name in ("treating", "acting_on"))
        self._causal = lexicon.word_set(words.classes["causal"])
        self._denies = frozenset(words.classes["denies_again"])
        self._turning, self._admitting, self._owned, self._answer_yes = (
            frozenset(words.classes[name]) for name in ("turning", "admitting", "owned", "answer_yes")
        )
        self._passed = (self._prepositions | self._gap) - self._says
        self._reduced, self._described = (lexicon.word_set(words.classes[name]) for name in ("reduced", "described"))

    def bare_list(self, sentence: Sentence, hit: Hit, items: Sequence[Item], *, marked: bool) -> bool:
        """Whether a cue stands before a list of findings that says nothing of when, on which side or in whom.

        "Ring if fever, leg cold or numb"; ``marked`` asks for a colon, a bracket or an equals sign before the list,
        which otherwise are those of a title ("Call: ...").
        """
        listed = [item for item in items if item.first >= hit.last]
        before = sentence.raw(hit.first - 1).lower() if hit.first else ""
        if len(listed) < 2 or before in self._calling or any(item.found for item in listed):
            return False
        start, end = hit.last, listed[-1].last
        if not marked and sentence.raw(hit.first).lower().endswith("s"):
            return False  # "calls with numb legs"
        if marked == _OPENS_LIST.isdisjoint(sentence.words[hit.first : listed[0].first]):
            return False
        within = {token for item in listed for token in range(item.first, item.last)}
        if any(sentence.raw(token).lower() in self._narrating for token in range(start, end) if token not in within):
            return False
        return not any(start <= side.first < end and side.entry.id in OPPOSITE for side in sentence.sides)

    def listed_until(self, sentence: Sentence, start: int, *, brief: bool) -> int:
        """Where a bare list parted by ";" behind a denial ends ("no known DM; CVA; TB"): ``start`` where none is.

        Two ";" make a list; behind a ``brief`` "no", which may deny the first part alone, it takes three.
        """
        words = sentence.words
        marks = [token for token in range(start, len(words)) if words[token] == ";"]
        parts = [*zip([start, *(mark + 1 for mark in marks)], [*marks, len(words)], strict=True)]
        short = next((at for at, part in enumerate(parts) if not self._is_item(sentence, *part)), len(parts))
        least = 3 if brief and sentence.raw(start - 1).lower() in self._denies else 2
        return parts[short - 1][0] if short > least else start

    def _is_item(self, sentence: Sentence, first: int, last: int) -> bool:
        """Whether tokens are no more than an item of a list: short, of no side and time, and nothing said of it."""
        raw = [word.lower() for word in sentence.tokens[first:last]]
        sided = any(first <= side.first < last and side.entry.id in OPPOSITE for side in sentence.sides)
        said = not self._narrating.isdisjoint(raw) or not self._affirming.isdisjoint(sentence.words[first:last])
        said &= raw[:1] not in (["history"], ["hx"])  # "no history of DVT; cancer; stroke"
        return last - first <= _ITEM and not (sided or said or any(word[:1].isdigit() for word in raw))

    @staticmethod
    def apart(between: Sequence[str], *, again: bool) -> bool:
        """Whether a normal finding is a statement of its own behind a denial ("nil anorexia bowels normal")."""
        beside = again and {"or", "nor"}.isdisjoint(between)  # "nil numbness gait ok"
        return "," in between or beside or between[:1] == [UNKNOWN]

    def own_statement(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a list under a negation has ended before an item: a value out of range ("no rash, T 38.4"), a part
        of the body with what it is like ("no injury, knee swollen"), or what is said to be there."""
        words = sentence.words
        if item.found:
            return "," in words[hit.last : item.first]
        if self._fails(words, hit, item) or self._does(sentence, hit, item) or self._affirmed(sentence, hit, item):
            return True
        if self._sided(sentence, hit, item) or self._states(words, hit, item) or self._dated(sentence, hit, item):
            return True
        if self._clause(words, hit, item) or self._begun(sentence, hit, item) or self._less(sentence, hit, item):
            return True
        if self._is(sentence, hit, item):
            return True
        if words[item.last - 1] not in self._predicates and words[item.first] not in self._comparatives:
            return False
        starts = {place.first: place.last for place in sentence.sites}
        token, named = item.first, any(item.first <= first < item.last for first in starts)
        if words[token - 1] == "," and token + 1 < item.last and words[item.last - 1] in self._predicates:
            named = True  # "no fever, ROM limited": the item says what of
        while token > hit.last and words[token - 1] != ",":
            token -= 1
            if token in starts and starts[token] <= item.first:
                named = True
            elif words[token] not in self._gap and not named:
                return False
        return named and token > hit.last and not {"or", "nor"}.intersection(words[hit.last :])

    def _less(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether something is less, and where ("no motor deficit, decreased pinprick L5")."""
        words = sentence.words
        if words[item.first] not in self._reduced or words[hit.first] not in _BARE_NO or not _alone(words, hit, item):
            return False
        behind = range(item.last, min(item.last + _NEAR, len(words)))
        placed = any(place.first in behind for place in (*sentence.sites, *sentence.sides))
        return placed or any(_LEVEL.fullmatch(sentence.raw(token)) for token in behind)

    def _is(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item tells what somebody is, and how far ("no injury, unsteady on her feet"; "no rash, weak")."""
        words = sentence.words
        if self._described.isdisjoint(words[item.first : item.first + 1]) or not _alone(words, hit, item):
            return False
        more = words[item.first + 1 : item.first + 2]
        denied = not self._described.isdisjoint(words[hit.last : item.first])  # "no numb, weak to the knee"
        return bool(more) and not denied and (more[0] in self._prepositions or more[0][:1].isdigit())

    def _clause(self, words: Sequence[str], hit: Hit, item: Item) -> bool:
        """Whether an item is told of in a clause of its own ("does not smoke and his leg is weak")."""
        if self._says.isdisjoint(words[item.first : item.last + 1]) or not {"or", "nor"}.isdisjoint(words[hit.last :]):
            return False
        begun = [t for t in range(hit.last + 1, item.first) if words[t] == "and" and words[t + 1] in self._possessives]
        return bool(begun) and self._gap.issuperset(words[begun[-1] + 2 : item.first])

    def own(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item behind a relative is the patient's: it alone has a side, or a time since when it is there.

        Operations and what closes a list ("mother has diabetes, neuropathy and a left foot ulcer") are the relative's.
        """
        closes = item.event or "and" in sentence.words[hit.last : item.first]
        return self._dated(sentence, hit, item) or (not closes and self._sided(sentence, hit, item))

    def _dated(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item behind a comma says since when it is there ("no injury, chills last 2 nights")."""
        words = sentence.words
        if "," not in words[hit.last : item.first] or not {"or", "nor", ":"}.isdisjoint(words[hit.last - 1 :]):
            return False
        return self._since(sentence, self._placed(sentence, item.last))

    def _placed(self, sentence: Sentence, at: int) -> int:
        """The token behind the places that stand at ``at`` ("numbness of the left foot for 3 days")."""
        places = covered((*sentence.sites, *sentence.sides))
        while at < len(sentence.words) and (at in places or sentence.words[at] in PLACING):
            if self._since(sentence, at):  # "over 2 weeks" is no place
                break
            at += 1
        return at

    def _since(self, sentence: Sentence, at: int) -> bool:
        """Whether a time since when something is there begins at token ``at``."""
        behind = [sentence.raw(token).lower() for token in range(at, min(at + 2, len(sentence.words)))]
        first, then = (*behind, "", "")[:2]
        return first in self._dating or (first in self._spanning and (then[:1].isdigit() or then in self._counting))

    def _begun(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether what stands behind the last comma tells how an item began, and where or when ("denies trauma, sudden
        numbness in left foot today"); "denies fever, chills, sudden weight loss" goes on with the list."""
        words = sentence.words
        commas = [token for token in range(hit.last, item.first) if words[token] == ","]
        if not commas or not {"or", "nor", ":", "and"}.isdisjoint(words[hit.last - 1 : item.first]):
            return False
        first = commas[-1] + 1
        opening, before = (
            {sentence.raw(token).lower() for token in range(*part)}
            for part in ((first, min(first + 2, item.last)), (hit.first, first))
        )
        listed = not self._beginning.isdisjoint(before) or not {"or", "nor"}.isdisjoint(words[item.last :])
        if listed or self._beginning.isdisjoint(opening):
            return False  # "no new weakness, new numbness today"
        behind = self._placed(sentence, item.last)
        moment = behind < len(words) and sentence.raw(behind).lower() in self._moments
        sided = any(first <= side.first < behind for side in sentence.sides)
        return sided or moment or self._since(sentence, behind)

    def _sided(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item alone has a side behind a comma: "no fever, left foot drop"; complaints that are denied in a
        row have none, or all have one."""
        words = sentence.words
        parts = (token for token in range(hit.last, item.first) if words[token] == "," or _apart(sentence, token))
        comma = max(parts, default=None)
        sides = {token: one.entry.id for one in sentence.sides for token in range(one.first, one.last)}
        if comma is None or not {"or", "nor", ":"}.isdisjoint(words[hit.last - 1 :]):
            return False
        last = item.last
        if words[last - 1] in self._predicates:  # "no fever, hot swollen left knee"
            said = covered(sentence.content) - sides.keys()
            while last in said:
                last += 1
            last += 1
        own = [sides[token] for token in range(comma, last) if token in sides]
        return bool(own) and "bilateral" not in own and not any(token in sides for token in range(hit.last, comma))

    def _fails(self, words: Sequence[str], hit: Hit, item: Item) -> bool:
        """Whether an item says itself what cannot be done ("denies back pain and cannot lift the foot")."""
        between = words[hit.last : item.first]
        if not between or not {"or", "nor"}.isdisjoint(between):
            return False
        said = words[item.first : item.last]
        if said[0] == "unable":
            return between[-1] == "and"
        nots = any(word in self._auxiliaries and after == "not" for word, after in pairwise(said))
        return nots or not self._failing.isdisjoint(said)

    def _does(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item says itself what somebody does ("denies drug use and drinks two beers a day")."""
        between = sentence.words[hit.last : item.first]
        closed = between[-1:] == ["and"] and {"or", "nor"}.isdisjoint(between)
        return closed and sentence.raw(item.first).lower() in self._doing

    def _states(self, words: Sequence[str], hit: Hit, item: Item) -> bool:
        """Whether an item behind a comma has a verb of its own ("no crystals, culture grew staphylococci")."""
        token = item.first - 1
        while token > hit.last and words[token] in self._gap:
            token -= 1
        return token >= hit.last and words[token] == "," and not self._stating.isdisjoint(words[item.first : item.last])

    def _affirmed(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item behind a closed list is said to be there ("nil fever or rash, night pain present"), or is
        set in brackets as what was there all along ("no new weakness (chronic numbness unchanged)")."""
        words = sentence.words
        opened = [token for token in range(hit.last, item.first) if sentence.raw(token) == "("]
        if opened and words[opened[-1] + 1] in self._lasting and ")" not in words[opened[-1] : item.first]:
            return True
        commas = [token for token in range(hit.last, item.first) if words[token] == ","]
        after = item.last
        while after < len(words) and words[after] in {"is", "are", "was", "were", "still"}:
            after += 1
        if not commas or after == len(words) or words[after] not in self._affirming:
            return False
        answered = any(hit.last <= cue.first < commas[-1] and cue.entry.id == "negation_after" for cue in sentence.cues)
        closed = answered or len(commas) == 1 or bool({"or", "nor", "and"}.intersection(words[hit.last : commas[-1]]))
        return closed and not {"or", "nor"}.intersection(words[commas[-1] : item.first])

    def from_denial(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a denial before an item does not deny it."""
        if self.until(sentence, item) or self.within(sentence, hit, item) or self._doubled(sentence, hit):
            return True
        if self._taken_back(sentence, item) or _never_before(sentence, hit, item):
            return True
        return self.explained(sentence, hit, item) or self._treated(sentence, hit, item)

    def _taken_back(self, sentence: Sentence, item: Item) -> bool:
        """Whether who denied an item owns to it later ("denied numbness at triage but later admitted to it")."""
        words = [sentence.raw(token).lower() for token in range(item.last, len(sentence.words))]
        turned = next((at for at, word in enumerate(words) if word in self._turning), len(words))
        for at in range(turned + 1, len(words)):
            if words[at] in self._admitting:
                owned = at + 1 + (words[at + 1 : at + 2] == ["to"])
                ends = words[owned + 1 : owned + 2]
                return self._owned.issuperset(words[owned : owned + 1] or ["no"]) and not "".join(ends).isalpha()
        return False

    def unclear(self, sentence: Sentence, hit: Hit, items: Sequence[Item], item: Item) -> bool:
        """Whether a grave item may be a statement of its own: "No swelling, saddle numbness" is hardly a list."""
        words = sentence.words
        if not item.grave or hit.last - hit.first > 1 or sentence.raw(hit.first).lower() not in _BARE_NO:
            return False
        commas = [token for token in range(hit.last, len(words)) if words[token] == ","]
        if len(commas) != 1 or not self._gap.issuperset(words[commas[0] + 1 : item.first]) or commas[0] > item.first:
            return False
        listed = any(hit.last <= one.first < commas[0] for one in items)
        return not listed and {"or", "nor", "and", "/", "&"}.isdisjoint(words[hit.last :])

    def answered(self, sentence: Sentence, item: Item) -> bool:
        """Whether "yes" stands right behind an item that a list asks for."""
        at = item.last + (item.last < len(sentence.words) and sentence.raw(item.last) in _FIELD)
        return at < len(sentence.words) and sentence.raw(at).lower() in self._answer_yes

    def _treated(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether it is a treatment for an item that is denied ("does not prescribe opiates for back pain")."""
        words, token = sentence.words, item.first - 1
        behind = [sentence.raw(at).lower() for at in range(hit.last, min(hit.last + 3, item.first))]
        if item.event or self._treating.isdisjoint(behind):
            return False
        while token > hit.last and words[token] in self._gap and words[token] != "for":
            token -= 1
        return words[token] == "for"

    def of_known(self, sentence: Sentence, hit: Hit, item: Item, items: Sequence[Item], *, verb: bool) -> bool:
        """Whether something else is denied of an item that is known to be there ("no drainage from the ulcer").

        A noun and a preposition stand between the denial and the item, which is a definite one. Behind a ``verb`` that
        denies the noun is definite too ("does not recall the details of the accident").
        """
        if item.bare:
            return verb and self._led(sentence, hit, item) in self._beside  # "not exposed to the bowel"
        words, token = sentence.words, item.first - 1
        places = covered((*sentence.sites, *sentence.sides))
        while (
            token > hit.last + 1
            and words[token] not in self._definite
            and (token in places or words[token] in self._gap or words[token] == UNKNOWN)
        ):
            token -= 1
        noun = token - 2
        if item.normal or noun < hit.last or words[token] not in self._definite:
            return False
        raw = sentence.raw(noun).lower()
        if sentence.raw(token - 1).lower() not in self._ties or not raw.isalpha():
            return False
        if raw in self._itself or words[noun] in self._gap or noun in places:
            return False
        if verb and words[noun - 1] not in self._definite:
            return False
        led = [one for one in items if one.first <= noun < one.last and one is not item]
        if any(one.last == item.first for one in led):
            return True  # "drainage from the foot" stands before "ulcer"
        return not led or places.isdisjoint(range(token, item.first))  # "no pain in the knee swelling"

    def within(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a bare name is only where something else is denied ("no stone in the bladder")."""
        return item.bare and self._led(sentence, hit, item) in self._within

    def _led(self, sentence: Sentence, hit: Hit, item: Item) -> str | None:
        """The word that leads from a denial to an item: "in" of "no stone in the bladder"."""
        words = (sentence.raw(token).lower() for token in range(item.first - 1, hit.last - 1, -1))
        return next((word for word in words if word not in self._articles), None)

    def indication(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item is what something is done for or to, so that it is there ("risks of surgery for his foot
        drop", "if we can heal the ulcer", "if this contributes to his falls")."""
        words, token = sentence.words, item.first - 1
        while token > hit.last and words[token] in self._gap and words[token] not in self._definite:
            token -= 1
        if token <= hit.last or words[token] not in self._definite:
            return False
        purpose = words[token] in self._possessives and words[token - 1] in self._caused
        return purpose or sentence.raw(token - 1).lower() in self._acting

    def his_own(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a doubt is about what an item does, not about the item: "may be related to his diabetes", "likely due
        to longstanding hypertension and diabetes", "due to dysreflexia from her quadriplegia", "liver
        metastasis from the breast cancer"."""
        words, token = sentence.words, item.first - 1
        if (
            item.diagnosis
            and words[hit.last - 1] in self._caused
            and not self._settled.isdisjoint(words[hit.last : item.last])
        ):
            return True
        while token >= hit.last and words[token] in self._gap and words[token] not in self._definite:
            token -= 1
        if token < hit.last or words[token] not in self._definite:
            return False
        owned, source = words[token] in self._possessives, words[token - 1] in self._caused
        if source and token > hit.last:
            return True
        return owned and self._gap.issuperset(words[hit.last : token])

    def explained(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a doubt or denial is about what a known item comes from ("I suspect the pain in his knee is
        referred", "I do not think the foot drop is due to the back")."""
        words, after = sentence.words, item.last
        token = item.first if words[item.first] in self._definite else item.first - 1  # "this swelling"
        while token >= hit.last and words[token] in self._gap and words[token] not in self._definite:
            token -= 1
        if token < hit.last or words[token] not in self._definite:
            return False
        places = covered((*sentence.sites, *sentence.sides))
        while after < len(words) and (after in places or words[after] in self._passed):
            after += 1
        says = after < len(words) and words[after] in self._says
        return says and not self._causal.isdisjoint(words[after + 1 : after + 4])

    @staticmethod
    def beside(cue: Cue, between: Sequence[str], doubted: Item, item: Item) -> bool:
        """Whether a finding only stands beside a disease that is in doubt ("possible DVT, left foot drop"); what a list
        of possibilities holds is all thought of ("possibilities include cancer, trauma")."""
        if cue.scope == "list":
            return False
        listed = between[:1] == [","] and {"or", "vs", "versus"}.isdisjoint(between)
        return listed and doubted.diagnosis and not item.diagnosis

    def until(self, sentence: Sentence, item: Item) -> bool:
        """Whether a negation held only until then ("no back pain until Tuesday", "not diabetic until this year")."""
        behind = [sentence.raw(token).lower() for token in range(item.last, min(item.last + 4, len(sentence.words)))]
        return bool(self._until.intersection(behind[: behind.index(",") if "," in behind else None]))

    def _doubled(self, sentence: Sentence, hit: Hit) -> bool:
        """Whether "without" stands behind what cannot be done ("unable to wear shoes without pain")."""
        before = [sentence.raw(token).lower() for token in range(max(0, hit.first - _DOUBLED), hit.first)]
        return sentence.words[hit.first] == "without" and "," not in before and not self._cannot.isdisjoint(before)


def _alone(words: Sequence[str], hit: Hit, item: Item) -> bool:
    """Whether an item stands behind the only comma of a denial, and nothing closes a list of its."""
    commas = [token for token in range(hit.last, item.first) if words[token] == ","]
    return commas == [item.first - 1] and {"or", "nor", "and", ":"}.isdisjoint(words[hit.last - 1 :])


def _apart(sentence: Sentence, token: int) -> bool:
    """Whether a stroke with blanks around it parts two statements ("no back pain / left foot drop")."""
    blanks = sentence.between(token - 1, token), sentence.between(token, token + 1)
    return sentence.raw(token) == "/" and all(blanks)


def _never_before(sentence: Sentence, hit: Hit, item: Item) -> bool:
    """Whether an item is new for the patient ("never had incontinence before")."""
    behind = [sentence.raw(token).lower() for token in range(item.last, min(item.last + 2, len(sentence.words)))]
    never = any(sentence.words[token] == "never" for token in range(hit.first, hit.last))
    return never and behind[:1] == ["before"] and (not behind[1:] or behind[1] in _NOW or not behind[1].isalpha())
