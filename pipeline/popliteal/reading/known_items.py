"""What a cue passes over although it stands in its scope: what was known before, or is not what the cue is about."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from popliteal.knowledge import Knowledge
from popliteal.reading.item import Item
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.sentence import Hit, Sentence, covered
from popliteal.reading.tokens import NUMBER, UNKNOWN

#: What cannot be done stands at most so many tokens before its "without".
_DOUBLED = 8
#: What an item is compared with begins at most so many tokens behind it.
_COMPARED = 6
_FIELD = frozenset({"-", "–", ":", "=", "?"})  #: what may stand before an answer


class KnownItems:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        words = knowledge.words
        self._gap = lexicon.skippable
        self._possessives, self._settled, self._says, self._causal, self._opined = (
            lexicon.word_set(words.classes[name]) for name in ("possessive", "settled", "says", "causal", "opined_of")
        )
        self._definite = self._possessives | lexicon.word_set(words.classes["definite"])
        self._unsaid = frozenset({UNKNOWN, NUMBER, *words.classes["counted"]})
        self._passed = (lexicon.word_set(words.prepositions) | self._gap) - self._says
        self._ties, self._itself, self._articles, self._within, self._beside, self._until, self._caused = (
            frozenset(words.classes[name])
            for name in ("tying", "itself", "article", "place_of_denied", "beside_of_denied", "until", "caused_by")
        )
        self._remedies, self._having, self._until_now, self._before, self._these_days = (
            frozenset(words.classes[name])
            for name in ("remedy", "having_remedy", "until_now", "before_then", "day_of_these")
        )
        self._cannot, self._treating, self._acting, self._turning, self._admitting, self._owned, self._answer_yes = (
            frozenset(words.classes[name])
            for name in ("cannot_do", "treating", "acting_on", "turning", "admitting", "owned", "answer_yes")
        )
        self._bearing_on, self._bearing_to, self._becoming, self._to_come, self._expecting = (
            frozenset(words.classes[name]) for name in ("bearing_on", "bearing_to", "becoming", "to_come", "expecting")
        )
        self._more, self._then, self._excepting, self._excepting_of, self._where, self._so_bad = (
            frozenset(words.classes[name])
            for name in ("more_than", "compared_then", "excepting", "excepting_of", "excepted_where", "so_bad")
        )
        self._noted = frozenset(words.classes["noted_of_denied"])
        self._to, self._for, self._lacking, self._never, self._earlier = (
            frozenset(words.classes[name]) for name in ("leading_to", "remedy_for", "lacking", "never_yet", "earlier")
        )
        self._this_one = frozenset(words.classes["this_one"])
        self._asking, self._person, self._asking_open, self._asking_all = (
            frozenset(words.classes[name]) for name in ("asking_known", "known_person", "asking_open", "asking_of_all")
        )
        self._tests = (
            self.until, self.within, self._doubled, self._taken_back, self._never_before, self.explained, self._treated,
            self._affected, self._becomes, self._compared, self._excepted,
        )  # fmt: skip

    def from_denial(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a denial before an item does not deny it."""
        return any(test(sentence, hit, item) for test in self._tests)

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
            and (token in places or words[token] in self._gap or words[token] in self._unsaid)
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

    def operated_for(self, sentence: Sentence, hit: Hit, item: Item, items: Sequence[Item]) -> bool:
        """Whether a disease is why an operation is to be done ("consent for decompression for cauda equina")."""
        token = item.first - 1
        while token > hit.last and sentence.words[token] in self._gap and sentence.raw(token).lower() not in self._for:
            token -= 1
        remedy = item.diagnosis and token > hit.last and sentence.raw(token).lower() in self._for
        return remedy and any(one.event and hit.last <= one.first and one.last == token for one in items)

    def answered(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether "yes" stands right behind an item that a list asks for."""
        at = item.last + (item.last < len(sentence.words) and sentence.raw(item.last) in _FIELD)
        return at < len(sentence.words) and sentence.raw(at).lower() in self._answer_yes

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
        while (
            token >= hit.last
            and (words[token] in self._gap or words[token] in self._unsaid)
            and words[token] not in self._definite
        ):
            token -= 1
        if token < hit.last or words[token] not in self._definite:
            return False
        owned, source = words[token] in self._possessives, words[token - 1] in self._caused
        if source and token > hit.last:
            return True
        return owned and self._gap.issuperset(words[hit.last : token])

    def explained(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a doubt or denial is about what a known item comes from ("I suspect the pain in his knee is
        referred", "I do not think the foot drop is due to the back"), or what it asks for ("... needs surgery")."""
        words, after = sentence.words, item.last
        token = item.first if words[item.first] in self._definite else item.first - 1  # "this swelling"
        while token >= hit.last and words[token] in self._gap and words[token] not in self._definite:
            token -= 1
        if token < hit.last or words[token] not in self._definite:
            return False
        places = covered((*sentence.sites, *sentence.sides))
        while after < len(words) and (after in places or words[after] in self._passed):
            after += 1
        if after < len(words) and words[after] in self._opined:
            return True
        says = after < len(words) and words[after] in self._says
        return says and not self._causal.isdisjoint(words[after + 1 : after + 4])

    def presupposed(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a question asks of something that is there ("Why is his foot numb?", "What explains the foot drop?",
        "Which nerve is injured in a man with foot drop?"), not whether it is ("What about the numbness?")."""
        if sentence.raw(hit.first) != "?" or sentence.raw(0).lower() not in self._asking:
            return False
        said = [sentence.raw(token).lower() for token in range(1, item.first)]
        between = set(said)
        if any(one in self._asking_all and following == "of" for one, following in pairwise(said)):
            return True  # "What are the causes of foot drop?" is general
        if not between.isdisjoint(self._asking_open):
            return False
        beside = sentence.words[max(item.first - 2, 0) : item.first]
        definite = not self._definite.isdisjoint(beside) and "," not in beside
        return definite or not between.isdisjoint(self._person)

    def until(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a negation held only until then ("no back pain until Tuesday", "no foot drop before yesterday")."""
        behind = [sentence.raw(token).lower() for token in range(item.last, min(item.last + 4, len(sentence.words)))]
        behind = behind[: behind.index(",") if "," in behind else None]
        before = any(one in self._before and moment in self._these_days for one, moment in pairwise(behind))
        return before or not self._until.isdisjoint(behind)

    def within(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a bare name is only where something else is denied ("no stone in the bladder")."""
        return item.bare and self._led(sentence, hit, item) in self._within

    def _led(self, sentence: Sentence, hit: Hit, item: Item) -> str | None:
        """The word that leads from a denial to an item: "in" of "no stone in the bladder"."""
        words = (sentence.raw(token).lower() for token in range(item.first - 1, hit.last - 1, -1))
        return next((word for word in words if word not in self._articles), None)

    def _taken_back(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether who denied an item owns to it later ("denied numbness at triage but later admitted to it")."""
        words = [sentence.raw(token).lower() for token in range(item.last, len(sentence.words))]
        turned = next((at for at, word in enumerate(words) if word in self._turning), len(words))
        for at in range(turned + 1, len(words)):
            if words[at] in self._admitting:
                owned = at + 1 + (not self._to.isdisjoint(words[at + 1 : at + 2]))
                ends = words[owned + 1 : owned + 2]
                return not self._owned.isdisjoint(words[owned : owned + 1]) and not "".join(ends).isalpha()
        return False

    def _treated(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether it is a treatment for an item that is denied ("does not prescribe opiates for back pain", "is not
        taking his diabetes medications")."""
        if item.diagnosis and item.last < len(sentence.words) and sentence.raw(item.last).lower() in self._remedies:
            said = {sentence.raw(at).lower() for at in range(hit.first, item.first)}
            return not self._having.isdisjoint(said)
        words, token = sentence.words, item.first - 1
        behind = [sentence.raw(at).lower() for at in range(hit.last, min(hit.last + 3, item.first))]
        if item.event or self._treating.isdisjoint(behind):
            return False
        while token > hit.last and words[token] in self._gap and words[token] not in self._for:
            token -= 1
        return words[token] in self._for

    def _affected(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether it is what would bear on a known item that is denied ("nothing that relieves his back pain")."""
        token = self._article(sentence, hit, item)
        if token is None or token - 1 < hit.last or item.event:
            return False
        verb = sentence.raw(token - 1).lower()
        before = sentence.raw(token - 2).lower() if token - 2 >= hit.last else ""
        return verb in self._bearing_on or before in self._bearing_to

    def _becomes(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether it is denied what will become of an item ("I doubt that the numbness will resolve")."""
        words, at = sentence.words, item.last
        places = covered((*sentence.sites, *sentence.sides))
        while at < len(words) and at in places:
            at += 1
        behind = [sentence.raw(token).lower() for token in range(at, min(at + 4, len(words)))]
        expected = any(sentence.raw(token).lower() in self._expecting for token in range(hit.last, item.first))
        led = not self._to.isdisjoint(behind[:1]) if expected else not self._to_come.isdisjoint(behind[:1])
        return led and not self._becoming.isdisjoint(behind[1:])

    def _article(self, sentence: Sentence, hit: Hit, item: Item) -> int | None:
        """The token of the word that makes an item a known one ("the", "his"), behind a cue; None without one."""
        words, token = sentence.words, item.first - 1
        if words[item.first] in self._definite:
            return item.first
        passed = covered((*sentence.sites, *sentence.sides))
        while token > hit.last and words[token] not in self._definite:
            if token not in passed and words[token] not in self._gap:
                return None
            token -= 1
        return token if token >= hit.last and words[token] in self._definite else None

    def _doubled(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether "without" stands behind what cannot be done ("unable to wear shoes without pain")."""
        before = [sentence.raw(token).lower() for token in range(max(0, hit.first - _DOUBLED), hit.first)]
        return sentence.words[hit.first] in self._lacking and "," not in before and not self._cannot.isdisjoint(before)

    def _never_before(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item is new for the patient ("never had incontinence before", "never had back pain this bad", "has
        not had this pain before")."""
        behind = [sentence.raw(token).lower() for token in range(item.last, min(item.last + 2, len(sentence.words)))]
        never = any(sentence.words[token] in self._never for token in range(hit.first, hit.last))
        if never and not self._so_bad.isdisjoint(behind[:1]) and len(behind) > 1:
            return True
        ends = not behind[1:] or behind[1] in self._until_now or not behind[1].isalpha()
        this = {sentence.raw(token).lower() for token in range(max(hit.last, item.first - 1), item.first + 1)}
        never = never or not self._this_one.isdisjoint(this)
        return never and not self._earlier.isdisjoint(behind[:1]) and ends

    def _compared(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether it is only denied that an item is more than it was ("no more numb than last week", "no weaker than
        before"); of what is compared with somebody or something else none may be there."""
        said = {sentence.raw(token).lower() for token in range(hit.first, item.last)}
        last = min(item.last + _COMPARED, len(sentence.words))
        words = [sentence.raw(token).lower() for token in range(item.last, last)]
        than = words.index("than") if "than" in words else len(words)
        return not self._more.isdisjoint(said) and not self._then.isdisjoint(words[than + 1 : than + 2])

    def _excepted(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item is there at one place or time ("no numbness except over the big toe", "no wasting was noted,
        except for the left calf")."""
        if item.event or item.diagnosis or item.bare or item.normal:
            return False
        words, at = sentence.words, self._behind_places(sentence, item.last, self._gap | self._noted)
        behind = [sentence.raw(token).lower() for token in range(at, min(at + 3, len(words)))]
        if self._excepting.isdisjoint(behind[:1]):
            return False
        at += 1 + (not self._excepting_of.isdisjoint(behind[1:2]))
        if at < len(words) and sentence.raw(at).lower() in self._where:
            return True
        ends = self._behind_places(sentence, at, self._gap)
        named, found = covered(sentence.sites), covered(sentence.content)
        return not named.isdisjoint(range(at, ends)) and found.isdisjoint(range(at, ends + 1))

    @staticmethod
    def _behind_places(sentence: Sentence, at: int, passed: frozenset[str]) -> int:
        """The token behind the places and sides that stand at ``at``, and the words ``passed``."""
        places = covered((*sentence.sites, *sentence.sides))
        while at < len(sentence.words) and (at in places or sentence.words[at] in passed):
            at += 1
        return at
