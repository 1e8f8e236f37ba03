"""All phrases of ``patterns/`` in one tree, and what they find in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Ambiguous
from popliteal.knowledge.phrases import GAP, elements, expand
from popliteal.reading.tokens import Normaliser, singulars, split
from popliteal.reading.trie import Trie

_SHORT = 4
#: A phrase as a row of elements (see ``phrases.elements``).
_Row: TypeAlias = list[tuple[str, ...]]
#: The same with the number of its entry.
_Phrase: TypeAlias = tuple[_Row, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase stands for: ``kind`` is concept, head, blocker, site, side or cue; ``id`` is its name there."""

    kind: str
    id: str
    pattern: str
    exact: str | None = None
    only: Ambiguous | None = None
    assertion: str | None = None
    opening: bool = False
    closing: bool = False
    bare: bool = False
    sign: bool = False


@dataclass(slots=True)
class Hit:
    """A phrase found: tokens ``first`` to ``last`` (exclusive) of its sentence."""

    first: int
    last: int
    entry: Entry


@dataclass(slots=True)
class Sentence:
    """One sentence with its tokens and with every phrase found in it; offsets are into the note."""

    text: str
    start: int
    end: int
    spans: list[tuple[int, int]]
    words: list[str]
    content: list[Hit] = field(default_factory=list)
    sites: list[Hit] = field(default_factory=list)
    sides: list[Hit] = field(default_factory=list)
    outcomes: list[Hit] = field(default_factory=list)
    cues: list[Hit] = field(default_factory=list)
    every_cue: list[Hit] = field(default_factory=list)

    def with_content(self, content: list[Hit]) -> Sentence:
        """The same sentence with other content, and the cues that stand outside of it.

        A blocker inside a cue takes nothing from it ("red flags explained"), nor does a phrase that a cue begins ("no
        focal weakness or numbness").
        """
        cues = []
        for cue in self.every_cue:
            across = [hit for hit in content if hit.first < cue.last and cue.first < hit.last]
            if all(_leaves(hit, cue) for hit in across):
                cues.append(cue)
        return replace(self, content=content, cues=_longest(cues))

    def raw(self, token: int) -> str:
        """The token as written."""
        first, last = self.spans[token]
        return self.text[first:last]

    def between(self, token: int, other: int) -> str:
        """What stands between two tokens, as written."""
        return self.text[self.spans[token][1] : self.spans[other][0]]


class Lexicon:
    """Compiled once from the knowledge; ``find`` is then linear in the length of a sentence."""

    def __init__(self, knowledge: Knowledge) -> None:
        words = knowledge.words
        self._plain: dict[str, list[str]] = {}
        self._normaliser = Normaliser(words.spelling.items(), words.ordinary)
        self._entries: list[Entry] = []
        phrases = list(self._phrases(knowledge))
        self.patterns = frozenset(entry.pattern for entry in self._entries)
        company = {
            word: self._plain_words(word)
            for entry in self._entries
            if entry.only
            for word in (*entry.only.needs, *entry.only.unless)
        }
        groups = [words.gap, words.prepositions, words.joiners, words.linking, words.breakers]
        helpers = {word for group in groups for phrase in group for word in self._plain_words(phrase)}
        known = {fuzzy: self._words(phrases, fuzzy=fuzzy) for fuzzy in (False, True)}
        self._fold = _folding(known[False] | known[True] | helpers)
        self._normaliser.fold = self._fold
        self._normaliser.learn({self._folded(w) for phrase in company.values() for w in phrase}, fuzzy=False)
        self._normaliser.learn({self._folded(w) for w in helpers}, fuzzy=False)
        for fuzzy, found in known.items():
            self._normaliser.learn({self._folded(word) for word in found} - {GAP}, fuzzy=fuzzy)
        self.skippable = self.word_set(words.gap)
        self._company = {word: tuple(map(self._folded, phrase)) for word, phrase in company.items()}
        self._trie = self._grown(phrases)

    def _phrases(self, knowledge: Knowledge) -> Iterator[_Phrase]:
        """Every phrase of every source, with the number of its entry, which this makes."""
        classes = knowledge.words.classes
        for source, phrases in self._sources(knowledge):
            numbers: dict[str | None, int] = {}
            for phrase in phrases:
                for row, letters in _rows(source, phrase, classes):
                    if letters not in numbers:
                        numbers[letters] = len(self._entries)
                        self._entries.append(replace(source, exact=letters))
                    yield row, numbers[letters]

    def _words(self, phrases: Iterable[_Phrase], *, fuzzy: bool) -> set[str]:
        """The words of the phrases of entries whose words are also found when misspelled, or of the others."""
        alternatives = {
            alternative
            for row, index in phrases
            if (self._entries[index].kind in _FUZZY) is fuzzy
            for element in row
            for alternative in element
        }
        return {word for alternative in alternatives for word in self._plain_words(alternative)}

    def _grown(self, phrases: Iterable[_Phrase]) -> Trie:
        """The tree of ``phrases`` in the lexicon's forms; what many have in common is worked out once."""
        trie = Trie(self.skippable)
        forms: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
        for row, index in phrases:
            for element in row:
                if element not in forms:
                    every = (tuple(map(self._folded, self._plain_words(one))) for one in element)
                    forms[element] = tuple(dict.fromkeys(every))
            trie.add([forms[element] for element in row], index)
        return trie

    def word_set(self, words: Iterable[str]) -> frozenset[str]:
        """``words`` of a pattern file in the lexicon's form."""
        return frozenset(self._folded(part) for word in words for part in self._plain_words(word))

    def _sources(self, knowledge: Knowledge) -> Iterable[tuple[Entry, list[str]]]:
        for concept in knowledge.concepts.values():
            yield Entry("concept", concept.id, f"concepts/{concept.category}:{concept.id}"), concept.phrases
            if concept.absent_phrases:
                absent = Entry("concept", concept.id, f"concepts/{concept.category}:{concept.id}", assertion="absent")
                yield absent, concept.absent_phrases
            if concept.bare_phrases:
                bare = Entry("concept", concept.id, f"concepts/{concept.category}:{concept.id}", bare=True)
                yield bare, concept.bare_phrases
            for only in concept.ambiguous:
                yield Entry("concept", concept.id, f"concepts/{concept.category}:{concept.id}", only=only), [only.form]
        for head in knowledge.heads.values():
            yield Entry("head", head.id, f"heads:{head.id}"), head.phrases
            for only in head.ambiguous:
                yield Entry("head", head.id, f"heads:{head.id}", only=only), [only.form]
        for blocker in knowledge.blockers.values():
            yield Entry("blocker", blocker.id, f"blockers:{blocker.id}"), blocker.phrases
        for site in knowledge.sites.values():
            yield Entry("site", site.id, f"sites:{site.id}"), site.phrases
            for only in site.ambiguous:
                yield Entry("site", site.id, f"sites:{site.id}", only=only), [only.form]
        sides = knowledge.sides
        for side in ("left", "right", "bilateral", "same", "other"):
            yield Entry("side", side, f"laterality:{side}"), getattr(sides, side)
        for letter, side in sides.letters.items():
            yield Entry("side", side, f"laterality:{letter}", exact=letter), [letter]
        for joined, side in sides.joined.items():
            yield Entry("side", side, f"laterality:{joined}"), [joined]
        for cue in knowledge.cues.values():
            yield (
                Entry("cue", cue.id, f"assertion:{cue.id}", opening=cue.opening, closing=cue.closing, sign=cue.sign),
                cue.phrases,
            )
        for outcome in knowledge.outcomes.values():
            yield Entry("outcome", outcome.id, f"outcomes:{outcome.id}"), outcome.phrases

    def _plain_words(self, phrase: str) -> list[str]:
        found: list[str] = []
        for chunk in phrase.split():
            if chunk not in self._plain:
                self._plain[chunk] = [self._plain_word(chunk[a:b]) for a, b in split(chunk, 0, len(chunk))]
            found += self._plain[chunk]
        return found

    def _plain_word(self, token: str) -> str:
        return GAP if token == GAP else self._normaliser.plain(token)

    def _folded(self, word: str) -> str:
        return self._fold.get(word, word)

    def find(self, text: str, start: int, end: int) -> Sentence:
        """Every phrase in ``text[start:end]``, with overlaps within a layer resolved in favour of the longest."""
        spans = split(text, start, end)
        normalise = self._normaliser
        sentence = Sentence(text, start, end, spans, [normalise(text[a:b]) for a, b in spans])
        found: dict[str, list[Hit]] = {"content": [], "site": [], "side": [], "cue": [], "outcome": []}
        for first, last, entries in self._trie.find(sentence.words):
            for index in entries:
                entry = self._entries[index]
                if self._allowed(sentence, first, last, entry):
                    found[_LAYER[entry.kind]].append(Hit(first, last, entry))
        sentence.sites = _longest(found["site"])
        sentence.sides = _longest(found["side"])
        sentence.outcomes = _longest(found["outcome"])
        sentence.every_cue = found["cue"]
        return sentence.with_content(_longest(found["content"]))

    def _allowed(self, sentence: Sentence, first: int, last: int, entry: Entry) -> bool:
        if entry.exact is not None:
            written = sentence.text[sentence.spans[first][0] : sentence.spans[last - 1][1]]
            if written != entry.exact:
                return False
        if entry.closing and not _ends_field(sentence, last):
            return False
        if entry.opening and not _opens_clause(sentence, first):
            return False
        if entry.kind == "cue" and _in_number(sentence, first):
            return False
        if entry.sign and not _is_sign(sentence, first):
            return False
        if entry.kind == "concept" and last - first > 1 and _takes_for(sentence, last):
            return False
        only = entry.only
        if only is None or not (only.needs or only.unless):
            return True
        before = sentence.words[max(0, first - only.window) : first]
        near = [*before, "|", *sentence.words[last : last + only.window]]
        if only.needs and not any(self._holds(near, word) for word in only.needs):
            return False
        return not any(self._holds(near, word) for word in only.unless)

    def _holds(self, near: list[str], phrase: str) -> bool:
        wanted = self._company[phrase]
        if len(wanted) == 1:
            return wanted[0] in near
        return any(tuple(near[i : i + len(wanted)]) == wanted for i in range(len(near) - len(wanted) + 1))


_NEGATIVE = frozenset({"negative", "neg", "positive", "pos"})
_PLUS = re.compile(r"(?:\A|[;,:(]\s*|\bROS\s+)\+\s?[A-Za-z]{3}|\s\+[A-Za-z]{3}")
_FRACTION = re.compile(r"\d[.,]$")
_FUZZY = {"concept", "head", "site"}
_LAYER = {
    "concept": "content",
    "head": "content",
    "blocker": "content",
    "site": "site",
    "side": "side",
    "cue": "cue",
    "outcome": "outcome",
}
_ORDER = {"concept": 0, "blocker": 1, "head": 2, "site": 3, "side": 4, "cue": 5, "outcome": 6}


def _rows(entry: Entry, phrase: str, classes: Mapping[str, list[str]]) -> Iterator[tuple[_Row, str | None]]:
    """``phrase`` with the letters a hit must have; spelled out when these depend on the alternatives."""
    row = elements(phrase, classes)
    if _may_be_exact(entry, row):
        for plain in expand(phrase, classes):
            yield [(plain,)], _exact_form(entry, plain)
    elif all(row):  # a class without words makes a phrase that stands for nothing
        yield row, None


def _may_be_exact(entry: Entry, row: _Row) -> bool:
    """Whether ``_exact_form`` may be other than None for a phrase that takes one alternative of each element."""
    if entry.exact is not None:
        return True
    if entry.only:
        return entry.only.case
    needed = [element for element in row if "" not in element]
    return len(needed) < 2 and any(_exact_form(entry, one) for element in needed or row for one in element)


def _exact_form(entry: Entry, phrase: str) -> str | None:
    """The letters a hit must have: short forms in capitals count only as written (``FD``, but not ``fd``)."""
    if entry.exact is not None:
        return entry.exact
    short = 1 < len(phrase) <= _SHORT and phrase.isupper() and phrase.isalpha()
    wants_case = entry.only.case if entry.only else short and entry.kind != "cue"
    return phrase if wants_case else None


def _takes_for(sentence: Sentence, last: int) -> bool:
    """Whether a phrase ends in a word that asks for what follows ("joint fluid negative for crystals")."""
    return last < len(sentence.words) and sentence.words[last] == "for" and sentence.raw(last - 1).lower() in _NEGATIVE


def _is_sign(sentence: Sentence, token: int) -> bool:
    """Whether a minus is one: attached to a word inside a line, or in a line that has a plus as well."""
    start, end = sentence.spans[token]
    attached = token > 0 and end < sentence.end and sentence.text[end].isalpha() and sentence.text[start - 1].isspace()
    return attached or _PLUS.search(sentence.text[sentence.start : sentence.end]) is not None


def _opens_clause(sentence: Sentence, first: int) -> bool:
    """Whether nothing, a mark or the number of an item stands before token ``first``."""
    return first == 0 or not sentence.raw(first - 1)[-1].isalnum() or (first == 1 and sentence.raw(0).isdigit())


def _in_number(sentence: Sentence, token: int) -> bool:
    """Whether a token is a digit of a decimal fraction ("1.0 cm"), not the answer nought."""
    start = sentence.spans[token][0]
    return sentence.text[start].isdigit() and bool(_FRACTION.search(sentence.text, max(0, start - 2), start))


def _ends_field(sentence: Sentence, last: int) -> bool:
    """Whether nothing, punctuation or a gap as between columns follows token ``last - 1``."""
    if last == len(sentence.spans):
        return True
    gap = sentence.text[sentence.spans[last - 1][1] : sentence.spans[last][0]]
    return len(gap) > 1 or "\n" in gap or (not sentence.raw(last)[0].isalnum() and sentence.raw(last) not in "([")


def _folding(words: set[str]) -> dict[str, str]:
    """Plural to singular for words of the patterns that stand there in both numbers."""
    return {word: single for word in words for single in singulars(word) if single in words}


def _leaves(hit: Hit, cue: Hit) -> bool:
    if hit.entry.kind == "blocker" and cue.first <= hit.first and hit.last <= cue.last:
        return True
    return hit.entry.kind == "concept" and hit.first == cue.first and cue.last < hit.last


def _longest(hits: list[Hit]) -> list[Hit]:
    """The hits that are left when longer ones win over shorter ones they overlap; equal spans may share."""
    if len(hits) < 2:
        return hits
    hits.sort(key=lambda hit: (hit.first - hit.last, hit.first, _ORDER[hit.entry.kind]))
    kept: list[Hit] = []
    for hit in hits:
        for other in kept:
            same = other.first == hit.first and other.last == hit.last
            if same and other.entry.kind == hit.entry.kind and other.entry.id != hit.entry.id:
                continue
            if hit.first < other.last and other.first < hit.last:
                break
        else:
            kept.append(hit)
    kept.sort(key=lambda hit: hit.first)
    return kept
