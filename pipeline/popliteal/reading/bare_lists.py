"""Lists of findings and the cue before them: whether it holds of a list, how far that goes, and what ends it."""

from __future__ import annotations

from collections.abc import Sequence

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Cue
from popliteal.reading.item import Item
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.sentence import OPPOSITE, Hit, Sentence
from popliteal.reading.tokens import UNKNOWN

_OPENS_LIST = frozenset({":", "=", "("})
#: At most so many words stand before the first of a list that opens its clause ("the use of alcohol, drugs").
_OPENING = 3
#: So many words before a finding may hold the verb that tells of it.
_BEFORE = 3
#: So many words has an item of a list between two ";".
_ITEM = 4


class BareLists:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        classes = knowledge.words.classes
        self._gap = lexicon.skippable
        self._or, self._and, self._bare_no, self._plural, self._versus = (
            frozenset(classes[name]) for name in ("alternatives", "joining", "bare_no", "plural_being", "versus")
        )
        self._listing = self._or | self._and | {"/", "&"}
        self._verbs = lexicon.word_set(knowledge.words.linking) - {","}
        self._affirming = lexicon.word_set(classes["affirming"])
        self._history = frozenset(classes["history_of"])
        self._narrating, self._calling, self._denies, self._subordinate, self._definite, self._finite = (
            frozenset(classes[name])
            for name in ("narrating", "calling", "denies_again", "opens_subordinate", "definite_subject", "finite_verb")
        )
        self._told_of, self._having = (lexicon.word_set(classes[name]) for name in ("told_of", "has_it"))

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

    def of_all(self, sentence: Sentence, hit: Hit, items: Sequence[Item], nearest: int) -> list[int]:
        """The items of a list that opens its clause and of which all is denied behind it, but the ``nearest`` one.

        "Retention, rash, or incontinence were not reported": no verb stands before the plural one of the denial.
        """
        words, last = sentence.words, items[nearest].first
        plural = next((t for t in range(max(hit.first - 1, 0), hit.last) if words[t] in self._plural), None)
        if plural is None:
            return []
        begin = max((token + 1 for token in range(last) if words[token] == ";"), default=0)
        rest = [index for index, item in enumerate(items) if begin <= item.first and item.last <= last]
        if not rest or items[rest[0]].first - begin > _OPENING or any(items[index].normal for index in rest):
            return []
        within = {token for item in items for token in range(item.first, item.last)}
        if any(words[token] in self._verbs for token in range(begin, plural) if token not in within):
            return []
        nexts = [*(items[index].first for index in rest[1:]), last]
        between = (words[items[index].last : behind] for index, behind in zip(rest, nexts, strict=True))
        return rest if all("," in parted or not self._or.isdisjoint(parted) for parted in between) else []

    def of_label(self, sentence: Sentence, hit: Hit, items: Sequence[Item], nearest: int) -> list[int]:
        """The items of a list that is the label of what is denied, whatever else it names, but the ``nearest`` one:
        "Alcohol, tobacco, drugs: none", "Diabetes, hypertension, stroke: denies"."""
        words, last = sentence.words, items[nearest].last
        if ":" not in words[last : hit.last]:
            return []
        begin = max((token + 1 for token in range(last) if words[token] in {":", ";", "."}), default=0)
        parting = [token for token in range(begin, last) if words[token] in self._listing or words[token] == ","]
        parts = zip([begin, *(token + 1 for token in parting)], [*parting, last], strict=True)
        if not parting or not all(self._is_item(sentence, *part) for part in parts):
            return []
        return [
            index
            for index, one in enumerate(items)
            if begin <= one.first
            and index != nearest
            and one.last <= last
            and not self.stated(sentence, one, items[nearest], items)
        ]

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

    def before_main(self, sentence: Sentence, hit: Hit, end: int) -> int:
        """Where a denial in a clause that opens its sentence ends, if before ``end``: where the main clause begins.

        "Although there is no block, the absent response is ...", "With no fever, the swollen knee was ..."
        """
        if sentence.raw(0).lower() not in self._subordinate or hit.first > _OPENING + 1:
            return end
        for token in range(hit.last, min(end, len(sentence.words) - 1)):
            if sentence.words[token] == "," and sentence.raw(token + 1).lower() in self._definite:
                rest = {sentence.raw(at).lower() for at in range(token + 2, len(sentence.words))}
                return end if rest.isdisjoint(self._finite) and not rest.isdisjoint(self._listing) else token
        return end

    def _is_item(self, sentence: Sentence, first: int, last: int) -> bool:
        """Whether tokens are no more than an item of a list: short, of no side and time, and nothing said of it."""
        raw = [word.lower() for word in sentence.tokens[first:last]]
        sided = any(first <= side.first < last and side.entry.id in OPPOSITE for side in sentence.sides)
        said = not self._narrating.isdisjoint(raw) or not self._affirming.isdisjoint(sentence.words[first:last])
        said &= self._history.isdisjoint(raw[:1])  # "no history of DVT; cancer; stroke"
        return last - first <= _ITEM and not (sided or said or any(word[:1].isdigit() for word in raw))

    def unclear(self, sentence: Sentence, hit: Hit, items: Sequence[Item], item: Item) -> bool:
        """Whether a grave item may be a statement of its own: "No swelling, saddle numbness" is hardly a list."""
        words = sentence.words
        if not item.grave or hit.last - hit.first > 1 or sentence.raw(hit.first).lower() not in self._bare_no:
            return False
        commas = [token for token in range(hit.last, len(words)) if words[token] == ","]
        if len(commas) != 1 or not self._gap.issuperset(words[commas[0] + 1 : item.first]) or commas[0] > item.first:
            return False
        listed = any(hit.last <= one.first < commas[0] for one in items)
        return not listed and self._listing.isdisjoint(words[hit.last :])

    def stated(self, sentence: Sentence, item: Item, after: Item, items: Sequence[Item]) -> bool:
        """Whether a finding before a comma is told by itself, not denied with the noun ``after`` it, both of ``items``.

        "Legs weak, fever nil", "left foot weakness, pain nil", "has back pain, fever nil"; not "numbness, pain nil".
        """
        words = sentence.words
        between = words[item.last : after.first]
        if "," not in between or not self._listing.isdisjoint(between) or item.elicited:
            return False
        if not self._told_of.isdisjoint(_own(words, after)):
            return False
        if after.systemic and not item.systemic and _complained(words, item, items):
            return True
        start = max(0, item.first - _BEFORE)
        end = item.last + between.index(",")
        sided = any(item.first - 2 < side.first < end and side.entry.id in OPPOSITE for side in sentence.sides)
        told = not self._told_of.isdisjoint(_own(words, item)) or not self._having.isdisjoint(words[start : item.first])
        return sided or told

    def apart(self, between: Sequence[str], *, again: bool) -> bool:
        """Whether a normal finding is a statement of its own behind a denial ("nil anorexia bowels normal")."""
        beside = again and self._or.isdisjoint(between)  # "nil numbness gait ok"
        return "," in between or beside or between[:1] == [UNKNOWN]

    def beside(self, cue: Cue, between: Sequence[str], doubted: Item, item: Item) -> bool:
        """Whether a finding only stands beside a disease that is in doubt ("possible DVT, left foot drop"); what a list
        of possibilities holds is all thought of ("possibilities include cancer, trauma")."""
        if cue.scope == "list":
            return False
        listed = between[:1] == [","] and self._versus.isdisjoint(between)
        return listed and doubted.diagnosis and not item.diagnosis

    def goes_past(self, sentence: Sentence, hit: Hit, denied: Sequence[Item]) -> bool:
        """Whether a denial among the words of a mention opens a list ("duplex was negative for DVT, abscess").

        A bare "no" does so only where its list has an "or" ("gait showed no deficit, left foot numb").
        """
        if not any(item.first < hit.first and hit.last < item.last for item in denied):
            return False
        return hit.last - hit.first > 1 or not self._or.isdisjoint(sentence.words[hit.last :])


def _complained(words: Sequence[str], item: Item, items: Sequence[Item]) -> bool:
    """Whether an item that stands before what is asked of the whole of somebody is what he complains of: by itself, or
    beside a pain; several others were asked for ("numbness, weakness, fever nil")."""
    begin = max((token + 1 for token in range(item.first) if words[token] in {";", ".", ":"}), default=0)
    run = [one for one in items if begin <= one.first <= item.first and not one.systemic]
    return len(run) == 1 or any(one.brings for one in run)


def _own(words: Sequence[str], item: Item) -> Sequence[str]:
    return words[item.first : item.last]


def offers_choice(sentence: Sentence, hit: Hit, items: Sequence[Item]) -> bool:
    """Whether a disease stands right before and right behind a cue ("cord compression, or acute neuropathy")."""
    before = hit.first - (hit.first > 0 and sentence.raw(hit.first - 1) == ",")
    ends = any(item.diagnosis and not item.normal and item.last == before for item in items)
    return ends and any(item.diagnosis and 0 <= item.first - hit.last < 3 for item in items)
