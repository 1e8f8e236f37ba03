"""What ends the scope of a denial before an item: the item is a statement of its own ("no fever, left foot drop")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from popliteal.knowledge import Knowledge
from popliteal.reading.item import Item
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.sentence import Hit, Sentence, covered

#: How long, as it is written short: "3/7", "2/52", "6h", "10d".
_SHORT_SPAN = re.compile(
    r"(?:\d{1,2}(?:-\d{1,2})?/(?:7|12|52|24)|\d{1,3}(?:h|hrs?|d|wks?|months?|yrs?))\b", re.IGNORECASE
)
_LEVEL = re.compile(r"[LST]\d{1,2}", re.IGNORECASE)
#: A place of an item begins at most so many tokens behind it.
_NEAR = 4
#: So many words stand at most between "is" and what something is like ("was currently well controlled").
_BETWEEN = 2
_DASHES = frozenset({"-", "–", "—"})
_MARKS = frozenset({",", "/"}) | _DASHES


class OwnStatements:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        classes = knowledge.words.classes
        self._gap = lexicon.skippable
        self._or, self._and, self._bare_no, self._lasting_be = (
            frozenset(classes[name]) for name in ("alternatives", "joining", "bare_no", "still_being")
        )
        self._or_title, self._joins = self._or | {":"}, self._or | self._and
        self._listing = self._or_title | self._and
        self._predicates, self._comparatives, self._affirming, self._failing, self._auxiliaries, self._lasting = (
            lexicon.word_set(classes[name])
            for name in ("predicate", "comparative", "affirming", "failing", "auxiliary", "lasting")
        )
        self._possessives, self._stating, self._says, self._reduced, self._states_of = (
            lexicon.word_set(classes[name]) for name in ("possessive", "stating", "says", "reduced", "described")
        )
        self._not_of = [(word, lexicon.word_set(classes[f"not_{word}"])) for word in ("he", "she")]
        self._prepositions = lexicon.word_set(knowledge.words.prepositions)
        self._definite = self._possessives | lexicon.word_set(classes["definite"])
        self._dating, self._spanning, self._counting, self._beginning, self._moments, self._doing, self._placing = (
            frozenset(classes[name])
            for name in ("dating", "spanning", "counting", "beginning", "moments", "doing", "placing")
        )
        self._unable, self._not, self._habits = (
            frozenset(classes[name]) for name in ("not_able", "not_itself", "of_habit")
        )
        self._goes_on, self._like, self._being, self._denying, self._comes = (
            lexicon.word_set(classes[name])
            for name in ("going_on", "how_it_is", "being_like", "denying_word", "coming_about")
        )
        self._units, self._as_written = frozenset(classes["units_of_time"]), frozenset(classes["stating_as_written"])
        self._of_today, self._having = frozenset(classes["of_today"]), frozenset(classes["having"])
        self._begins = self._definite | frozenset(classes["article"])
        self._verbs = self._says | self._stating | self._goes_on | lexicon.word_set(classes["acting"])
        self._tests = (
            self._fails, self._does, self._affirmed, self._sided, self._states,
            self._dated, self._clause, self._begun, self._less,
            self._is, self._described, self._told_how, self._habit, self._says_no,
        )  # fmt: skip

    def own_statement(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a list under a negation has ended before an item: it is a value out of range ("no rash, T 38.4"), or
        one of the tests finds that it is said to be there."""
        if item.found:
            return "," in sentence.words[hit.last : item.first]
        return any(test(sentence, hit, item) for test in self._tests)

    def own(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item behind a relative is the patient's: it alone has a side, or a time since when it is there.

        Operations and what closes a list ("mother has diabetes, neuropathy and a left foot ulcer") are the relative's;
        what is told of "him" behind a mother is not.
        """
        between = sentence.words[hit.last : item.first]
        relative = frozenset(sentence.words[hit.first : hit.last])
        if any(other in between and not kin.isdisjoint(relative) for other, kin in self._not_of):
            return True
        closes = item.event or "and" in sentence.words[hit.last : item.first]
        return self._dated(sentence, hit, item) or (not closes and self._sided(sentence, hit, item))

    def _says_no(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item begins with a "no" of its own ("never had surgery - no movement in the foot")."""
        own = sentence.words[item.first] in self._bare_no and item.last - item.first > 1
        return own and item.first > hit.last and not self._or.intersection(sentence.words[hit.last : item.first])

    def _described(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item is a part of the body with what it is like ("no injury, knee swollen")."""
        words = sentence.words
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
        return named and token > hit.last and not self._or.intersection(words[hit.last :])

    def _habit(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item behind a comma tells what somebody does or is ("denies tobacco, drinks 12 beers a week")."""
        ends = {sentence.raw(item.first).lower(), sentence.raw(item.last - 1).lower()}
        return sentence.words[item.first - 1] == "," and not self._habits.isdisjoint(ends)

    def _less(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether something is less, and where ("no motor deficit, decreased pinprick L5")."""
        words = sentence.words
        if (
            words[item.first] not in self._reduced
            or words[hit.first] not in self._bare_no
            or not self._alone(words, hit, item)
        ):
            return False
        behind = range(item.last, min(item.last + _NEAR, len(words)))
        placed = any(place.first in behind for place in (*sentence.sites, *sentence.sides))
        return placed or any(_LEVEL.fullmatch(sentence.raw(token)) for token in behind)

    def _is(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item tells what somebody is, and how far ("no injury, unsteady on her feet"; "no rash, weak")."""
        words = sentence.words
        if self._states_of.isdisjoint(words[item.first : item.first + 1]) or not self._alone(words, hit, item):
            return False
        more = words[item.first + 1 : item.first + 2]
        denied = not self._states_of.isdisjoint(words[hit.last : item.first])  # "no numb, weak to the knee"
        return bool(more) and not denied and (more[0] in self._prepositions or more[0][:1].isdigit())

    def _clause(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item is told of in a clause of its own ("does not smoke and his leg is weak"; "no redness, and the
        swelling is minimal"; "no fall and the foot simply went numb"; "no strength to push off and calf is shrinking":
        its verb is its own), or is what somebody has ("neither diabetic nor unwell, and has numb feet")."""
        words = sentence.words
        joined = max((t for t in range(hit.last + 1, item.first) if words[t] in self._and), default=item.first)
        if joined + 1 < item.first and words[joined + 1] in self._having:
            return True
        finite = self._finite(sentence, item)
        verbs = finite or not self._verbs.isdisjoint(words[item.first : item.last + 1])
        if not verbs or not self._or.isdisjoint(words[hit.last :]):
            return False
        if finite and words[item.first - 1] in self._and:  # "no back pain and foot slaps"
            return True
        if words[item.first - 1] in self._and and not self._says.isdisjoint(words[item.first + 1 : item.last]):
            return True
        begins = {side.first for side in sentence.sides}
        begins.update(t for t in range(hit.last + 2, item.first + 1) if words[t] in self._begins)
        begun = [t for t in range(hit.last + 1, item.first) if words[t] in self._and and t + 1 in begins]
        if not begun:
            return False
        places = covered(sentence.sites)
        more = [t for t in range(begun[-1] + 2, item.first) if t not in places and words[t] not in self._gap]
        return len(more) < _BETWEEN  # "and the foot simply went numb"

    def _told_how(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item begins a clause that tells how it is or goes on ("no numbness and leg pain is better", "no
        incontinence and foot drop remains"), not merely that it was looked for ("no numbness and weakness was noted").
        """
        words = sentence.words
        before = item.first - 1
        while before > hit.last and words[before] in self._gap:
            before -= 1
        comma = words[before] == ","
        if before <= hit.last or not (comma or words[before] in self._and):
            return False
        verb = self._placed(sentence, item.last)
        if not self._or.isdisjoint(words[before:verb]) or verb >= len(words):
            return False
        if words[verb] in self._goes_on:
            return self._denying.isdisjoint(words[verb + 1 : verb + 2])
        if words[verb] in self._comes:  # "no bladder symptoms and saddle numbness developed today"
            return not self._of_today.isdisjoint(words[verb + 1 : verb + 2 + _BETWEEN])
        if words[verb] not in self._being:
            return comma and words[verb] in self._like and self._alone(words, hit, item)
        for word in words[verb + 1 : verb + 2 + _BETWEEN]:
            if word in self._denying:
                return False
            if word in self._like or word[:1].isdigit():
                return True
        return False

    def _dated(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item behind a comma says since when it is there ("no injury, chills last 2 nights")."""
        words = sentence.words
        if not _parts(sentence, hit, item) or not self._or_title.isdisjoint(words[hit.last - 1 :]):
            return False
        return self._since(sentence, self._placed(sentence, item.last))

    def _placed(self, sentence: Sentence, at: int) -> int:
        """The token behind the places that stand at ``at`` ("numbness of the left foot for 3 days")."""
        places = covered((*sentence.sites, *sentence.sides))
        while at < len(sentence.words) and (at in places or sentence.words[at] in self._placing):
            if self._since(sentence, at):  # "over 2 weeks" is no place
                break
            at += 1
        return at

    def _since(self, sentence: Sentence, at: int) -> bool:
        """Whether a time since when something is there begins at token ``at``."""
        behind = [sentence.raw(token).lower() for token in range(at, min(at + 2, len(sentence.words)))]
        first, then = (*behind, "", "")[:2]
        if first[:1].isdigit() and (then in self._units or _SHORT_SPAN.match(sentence.text, sentence.spans[at][0])):
            return True
        return first in self._dating or (first in self._spanning and (then[:1].isdigit() or then in self._counting))

    def _begun(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether what stands behind the last comma tells how an item began, and where or when ("denies trauma, sudden
        numbness in left foot today"); "denies fever, chills, sudden weight loss" goes on with the list."""
        words = sentence.words
        commas = [token for token in range(hit.last, item.first) if words[token] == ","]
        if not commas or not self._listing.isdisjoint(words[hit.last - 1 : item.first]):
            return False
        first = commas[-1] + 1
        opening, before = (
            {sentence.raw(token).lower() for token in range(*part)}
            for part in ((first, min(first + 2, item.last)), (hit.first, first))
        )
        listed = not self._beginning.isdisjoint(before) or not self._or.isdisjoint(words[item.last :])
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
        comma = max(_parts(sentence, hit, item), default=None)
        sides = {token: one.entry.id for one in sentence.sides for token in range(one.first, one.last)}
        if comma is None or not self._or_title.isdisjoint(words[hit.last - 1 :]):
            return False
        last = item.last
        if words[last - 1] in self._predicates:  # "no fever, hot swollen left knee"
            said = covered(sentence.content) - sides.keys()
            while last in said:
                last += 1
            last += 1
        own = [sides[token] for token in range(comma, last) if token in sides]
        return bool(own) and "bilateral" not in own and not any(token in sides for token in range(hit.last, comma))

    def _fails(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item says itself what cannot be done ("denies back pain and cannot lift the foot")."""
        words = sentence.words
        between = words[hit.last : item.first]
        if not between or not self._or.isdisjoint(between):
            return False
        said = words[item.first : item.last]
        if said[0] in self._unable:
            return between[-1] in self._and
        nots = any(word in self._auxiliaries and after in self._not for word, after in pairwise(said))
        return nots or not self._failing.isdisjoint(said)

    def _does(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item says itself what somebody does ("denies drug use and drinks two beers a day")."""
        between = sentence.words[hit.last : item.first]
        closed = not self._and.isdisjoint(between[-1:]) and self._or.isdisjoint(between)
        return closed and sentence.raw(item.first).lower() in self._doing

    def _states(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item behind a comma has a verb of its own ("no crystals, culture grew staphylococci")."""
        words = sentence.words
        token = item.first - 1
        while token > hit.last and words[token] in self._gap:
            token -= 1
        said = self._finite(sentence, item) or not self._stating.isdisjoint(words[item.first : item.last])
        return said and token >= hit.last and words[token] == ","

    def _finite(self, sentence: Sentence, item: Item) -> bool:
        """Whether a finite verb, which is no noun in this form, is among the words of an item ("foot drops")."""
        return any(sentence.raw(token).lower() in self._as_written for token in range(item.first, item.last))

    def _affirmed(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether an item behind a closed list is said to be there ("nil fever or rash, night pain present"), or is
        set in brackets as what was there all along ("no new weakness (chronic numbness unchanged)")."""
        words = sentence.words
        opened = [token for token in range(hit.last, item.first) if sentence.raw(token) == "("]
        if opened and words[opened[-1] + 1] in self._lasting and ")" not in words[opened[-1] : item.first]:
            return True
        commas = [token for token in range(hit.last, item.first) if words[token] == ","]
        after = item.last
        while after < len(words) and words[after] in self._lasting_be:
            after += 1
        if not commas or after == len(words) or words[after] not in self._affirming:
            return False
        answered = any(hit.last <= cue.first < commas[-1] and cue.entry.id == "negation_after" for cue in sentence.cues)
        closed = answered or len(commas) == 1 or not self._joins.isdisjoint(words[hit.last : commas[-1]])
        return closed and not self._or.intersection(words[commas[-1] : item.first])

    def _alone(self, words: Sequence[str], hit: Hit, item: Item) -> bool:
        """Whether an item stands behind the only comma of a denial, and nothing closes a list of its."""
        commas = [token for token in range(hit.last, item.first) if words[token] == ","]
        return commas == [item.first - 1] and self._listing.isdisjoint(words[hit.last - 1 :])


def _parts(sentence: Sentence, hit: Hit, item: Item) -> list[int]:
    """The tokens between a cue and an item that part statements or the items of a list."""
    marks = (token for token in range(hit.last, item.first) if sentence.words[token] in _MARKS)
    return [token for token in marks if sentence.words[token] == "," or _apart(sentence, hit, token)]


def _apart(sentence: Sentence, hit: Hit, token: int) -> bool:
    """Whether a stroke, or the only dash behind a cue, with blanks around it parts two statements ("no back pain / left
    foot drop"); several dashes part the items of a list."""
    if not (sentence.between(token - 1, token) and sentence.between(token, token + 1)):
        return False
    dashes = [at for at in range(hit.last, len(sentence.words)) if sentence.words[at] in _DASHES]
    return sentence.words[token] == "/" or (dashes == [token] and token > hit.last)
