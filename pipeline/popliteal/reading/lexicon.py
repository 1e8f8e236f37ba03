"""All phrases of ``patterns/``, a tree for each layer, and what they find in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import product
from typing import TypeAlias

from popliteal.knowledge import Knowledge
from popliteal.knowledge.phrases import GAP, elements, expand
from popliteal.reading.fields import closes_field, explained, opens_clause
from popliteal.reading.phrase_entries import entries
from popliteal.reading.sentence import LAYERS, Entry, Hit, Sentence
from popliteal.reading.tokens import Normaliser, singulars, written
from popliteal.reading.trie import Trie
from popliteal.reading.words import CUES, Words

_SHORT = 4
#: Letters that shorthand has at least where it is a whole phrase.
LEAST_ALONE = 3
#: More letters than shorthand has: sides are written as their phrases are ("swelling L and right knee pain").
_AS_WRITTEN = 99
#: A phrase as a row of elements (see ``phrases.elements``).
_Row: TypeAlias = list[tuple[str, ...]]
#: The same with the number of its entry.
_Phrase: TypeAlias = tuple[_Row, int]


class Lexicon:
    """Compiled once from the knowledge; what a sentence finds is then linear in its length."""

    def __init__(self, knowledge: Knowledge) -> None:
        words = knowledge.words
        self._plain: dict[str, list[str]] = {}
        self._normaliser = Normaliser(words.spelling.items(), words.ordinary)
        self._shorthand = {word: [*map(self._plain_words, short)] for word, short in words.shorthand.items()}
        self._entries: list[Entry] = []
        phrases = list(self._phrases(knowledge))
        self.patterns = frozenset(entry.pattern for entry in self._entries)
        company = {word: self._plain_words(word) for entry in self._entries for word in _company(entry)}
        groups = [words.gap, words.adverbs, words.prepositions, words.joiners, words.linking, words.breakers]
        helpers = {word for group in groups for phrase in group for word in self._plain_words(phrase)}
        known = {fuzzy: self._words(phrases, fuzzy=fuzzy) for fuzzy in (False, True)}
        self._fold = _folding(known[False] | known[True] | helpers)
        self._normaliser.fold = self._fold
        self._normaliser.learn({self._folded(w) for phrase in company.values() for w in phrase}, fuzzy=False)
        self._normaliser.learn({self._folded(w) for w in helpers}, fuzzy=False)
        for fuzzy, found in known.items():
            self._normaliser.learn({self._folded(word) for word in found} - {GAP}, fuzzy=fuzzy)
        self.skippable = self.word_set(words.gap)
        self._adverbs = self.word_set(words.adverbs)
        folded = {word: [*map(self._folded, phrase)] for word, phrase in company.items()}
        self._wanted = [_Company.of(entry, folded) if _company(entry) else None for entry in self._entries]
        layer_of = {kind: layer for layer, kinds in LAYERS.items() for kind in kinds}
        self._layers = [layer_of[entry.kind] for entry in self._entries]
        self._tree, self._cues = self._grown(phrases)
        self._conditional = [*map(_has_conditions, self._entries)]
        self._plain_spoken = [
            entry.kind not in _TAKERS and not conditional
            for entry, conditional in zip(self._entries, self._conditional, strict=True)
        ]
        self.small_words = frozenset(self._folded(word) for word in helpers)
        self._tested, self._tested_for = (frozenset(words.classes[name]) for name in ("tested", "tested_for"))
        self._backward = self.word_set((*knowledge.sides.same, *knowledge.sides.other))
        self._own_behind = {
            form: self.word_set(before) for word, before in words.own_behind.items() for form in self.word_set([word])
        }
        self._plain.clear()

    def _phrases(self, knowledge: Knowledge) -> Iterator[_Phrase]:
        """Every phrase of every source, with the number of its entry, which this makes."""
        classes = knowledge.words.classes
        for source, phrases in entries(knowledge):
            numbers: dict[str | None, int] = {}
            for phrase in phrases:
                for row, letters in rows_of(source, phrase, classes):
                    if letters not in numbers:
                        numbers[letters] = len(self._entries)
                        self._entries.append(replace(source, exact=letters))
                    yield row, numbers[letters]
                    if letters is None:
                        for other in _contractions(row, knowledge.words.contracted):
                            yield other, numbers[letters]

    def _words(self, phrases: Iterable[_Phrase], *, fuzzy: bool) -> set[str]:
        """The words of the phrases of entries whose words are also found when misspelled, or of the others."""
        alternatives = {
            alternative
            for row, index in phrases
            if (self._entries[index].kind in _FUZZY) is fuzzy
            for element in row
            for alternative in element
        }
        found = {word for alternative in alternatives for word in self._plain_words(alternative)}
        short = {} if fuzzy else self._shorthand
        return found.union(*[one for every in short.values() for one in every])

    def _grown(self, phrases: Iterable[_Phrase]) -> tuple[Trie, Trie]:
        """``phrases`` in the lexicon's forms, all but the cues and the cues; what many share is worked out once."""
        numbers = frozenset(filter(str.isdigit, self._normaliser.words))
        tree, cues = Trie(self.skippable, numbers), Trie(self.skippable, numbers)

        @cache
        def spelled(alternative: str, least: int) -> tuple[tuple[str, ...], ...]:
            return tuple(self._written(alternative, least))

        @cache
        def forms(element: tuple[str, ...], least: int) -> tuple[tuple[str, ...], ...]:
            return tuple(dict.fromkeys([one for alternative in element for one in spelled(alternative, least)]))

        for row, index in phrases:
            least = _AS_WRITTEN if self._entries[index].kind == "side" else LEAST_ALONE if len(row) == 1 else 1
            (cues if self._layers[index] == CUES else tree).add([forms(element, least) for element in row], index)
        return tree, cues

    def _written(self, alternative: str, least: int) -> Iterator[tuple[str, ...]]:
        """An alternative in the lexicon's forms, and with shorthand of its words, if one alone of ``least`` letters."""
        words = self._plain_words(alternative)
        least = 1 if len(words) > 1 and least == LEAST_ALONE else least
        every = [([word], *[s for s in self._shorthand.get(word, ()) if len(s[0]) >= least]) for word in words]
        for choice in product(*every):
            yield tuple([self._folded(word) for part in choice for word in part])

    def plain(self, phrase: str) -> tuple[str, ...]:
        """The words of a plain phrase (see ``phrases.expand``) in the lexicon's form, plurals left as they are."""
        return tuple(self._plain_words(phrase))

    @property
    def plurals(self) -> Mapping[str, str]:
        """Words of the patterns that are read as a singular that stands there, too."""
        return self._fold

    def acronyms(self) -> Iterator[str]:
        """Words in capitals of phrases that count only as written."""
        for exact in filter(None, [entry.exact for entry in self._entries if entry.kind != "side"]):
            yield from (word for word in _ACRONYM.findall(exact) if word.isupper())

    def short_names(self) -> frozenset[str]:
        """Words in capitals that are a whole phrase that counts only as written ("DVT", "CES")."""
        whole = (entry.exact for entry in self._entries if entry.kind != "side")
        return frozenset(exact for exact in whole if exact and _ACRONYM.fullmatch(exact) and exact.isupper())

    def slip(self, word: str) -> str | None:
        """The word of the patterns that ``word`` is taken for although it is not spelled so, or None."""
        return self._normaliser.slip(word)

    def knows(self, word: str) -> bool:
        """Whether a word, or what it is the plural of, stands in the patterns."""
        return self._normaliser.knows(word)

    def word_set(self, words: Iterable[str]) -> frozenset[str]:
        """``words`` of a pattern file in the lexicon's form."""
        return frozenset(self._folded(part) for word in words for part in self._plain_words(word))

    def _plain_words(self, phrase: str) -> list[str]:
        known = self._plain.get(phrase)
        if known is not None:
            return known
        found: list[str] = []
        for chunk in phrase.split():
            if chunk not in self._plain:
                self._plain[chunk] = [*map(self._plain_word, written(chunk, 0, len(chunk)))]
            found += self._plain[chunk]
        self._plain[phrase] = found
        return found

    def _plain_word(self, token: str) -> str:
        return GAP if token == GAP else self._normaliser.plain(token)

    def _folded(self, word: str) -> str:
        return self._fold.get(word, word)

    def find(self, text: str, start: int, end: int) -> Sentence:
        """The sentence ``text[start:end]`` by itself."""
        return self.sentence(self.read(text, [(start, end)]), 0)

    def read(self, text: str, spans: Sequence[tuple[int, int]]) -> Words:
        """The words of all sentences of a note; their phrases are looked for layer by layer, when they are asked for.

        Args:
            text: the note.
            spans: start and end of each sentence, in order.
        """
        return Words(text, spans, self._normaliser.forms, self._tree, self._cues, self._layers, self._adverbs)

    def sentence(self, words: Words, number: int) -> Sentence:
        """The sentence of that number."""
        start, end = words.spans[number]
        find = partial(self._hits, words, number)
        return Sentence(words.text, start, end, words.tokens(number), words.words(number), find)

    def forms(self, tokens: Iterable[str]) -> list[str]:
        """The lexicon's forms of tokens as they are written."""
        return self._normaliser.forms(tokens)

    def rows(self, layer: str) -> Iterator[tuple[list[tuple[tuple[str, ...], ...]], Entry]]:
        """Every phrase of a layer as a row of elements, each the alternatives of its words, with its entry."""
        rows = (self._cues if layer == CUES else self._tree).rows()
        return ((row, self._entries[entry]) for row, entry in rows if self._layers[entry] == layer)

    def points_back(self, sentence: Sentence) -> bool:
        """Whether a sentence may name a side by one named before ("the other leg")."""
        return not self._backward.isdisjoint(sentence.words)

    def _hits(self, words: Words, number: int, sentence: Sentence, layer: str) -> list[Hit]:
        found = words.phrases(number, layer)
        if not found:
            return []
        entries, plain = self._entries, self._plain_spoken
        return [
            Hit(first, last, entries[index])
            for first, last, index in found
            if plain[index] or self._allowed(sentence, first, last, index)
            if layer != "site" or not self._is_own_word(sentence.words, first)
        ]

    def _is_own_word(self, words: list[str], first: int) -> bool:
        """Whether shorthand that begins a site is a word of its own by what stands before it ("status post knee")."""
        before = self._own_behind.get(words[first]) if first else None
        return before is not None and (words[first - 1] in before or words[first - 1].isdigit())

    def _allowed(self, sentence: Sentence, first: int, last: int, index: int) -> bool:
        entry = self._entries[index]
        if self._conditional[index] and not self._meets(entry, sentence, first, last, index):
            return False
        if entry.kind not in _TAKERS:
            return True
        if entry.kind == "cue" and _in_number(sentence, first):
            return False
        return last - first == 1 or not self._takes_for(sentence, last)

    def _takes_for(self, sentence: Sentence, last: int) -> bool:
        """Whether a phrase ends in a result that asks for what follows ("joint fluid negative for crystals", "but
        x-rays were negative for fracture")."""
        asked = last < len(sentence.words) and sentence.words[last] in self._tested_for
        return asked and sentence.raw(last - 1).lower() in self._tested

    def _meets(self, entry: Entry, sentence: Sentence, first: int, last: int, index: int) -> bool:
        """Whether a hit meets the conditions that its own entry sets."""
        if entry.exact is not None and sentence.written(first, last) != entry.exact:
            return False
        if entry.closing and not (closes_field(sentence, last) or explained(sentence, first, last)):
            return False
        if entry.opening and not opens_clause(sentence, first):
            return False
        if entry.sign and not _is_sign(sentence, first):
            return False
        company = self._wanted[index]
        return company is None or company.allows(sentence.words, first, last)


_ACRONYM = re.compile(r"[A-Za-z0-9]{2,}")
_WORD_FOLLOWS = re.compile(r"\s\w")
#: The first of two words that a hyphen joins: what stands before it is a hyphen, too ("41 -year-old").
_HYPHENED = re.compile(r"[a-z]+-[a-z]")
_MINUSES = re.compile(r"[,;]\s*[-−][A-Za-z]")
_PLUS = re.compile(
    r"(?:\A|[;,:(/]\s*|\bROS\s+)\+{1,4}\s?[A-Za-z]{3}|\s\+{1,4}[A-Za-z]{3}|[A-Za-z]{3} ?\+{1,4}"
    r"(?=\s*(?:[,;.]|\Z|(?:[RL]|[Rr]ight|[Ll]eft|both|in|of|on|at|over)\b))"
)
_FRACTION = re.compile(r"\d[.,-]$")
_TAKERS = frozenset({"concept", "cue"})
_FUZZY = {"concept", "head", "site"}


class _Phrases:
    """Phrases that are looked for in a few words."""

    __slots__ = ("_firsts", "_longer", "_words")

    def __init__(self, phrases: Iterable[list[str]]) -> None:
        known = [*phrases]
        self._words = frozenset([phrase[0] for phrase in known if len(phrase) == 1])
        self._longer = [phrase for phrase in known if len(phrase) > 1]
        self._firsts = frozenset([phrase[0] for phrase in self._longer])

    def in_(self, words: list[str]) -> bool:
        """Whether one of them stands in ``words``."""
        if not self._words.isdisjoint(words):
            return True
        if self._firsts.isdisjoint(words):
            return False
        for phrase in self._longer:
            if phrase[0] in words:
                size = len(phrase)
                if any(words[at : at + size] == phrase for at in range(len(words) - size + 1)):
                    return True
        return False


@dataclass(slots=True)
class _Company:
    """What must and what must not stand so many words around a phrase."""

    window: int
    needs: _Phrases | None
    unless: _Phrases | None
    not_behind: list[list[str]]

    @classmethod
    def of(cls, entry: Entry, folded: Mapping[str, list[str]]) -> _Company | None:
        """What an entry asks for, with its words as ``folded`` has them."""
        only = entry.only
        if only is None:
            return None
        needs, unless = (
            _Phrases([folded[one] for one in some]) if some else None for some in (only.needs, only.unless)
        )
        return cls(only.window, needs, unless, [folded[one] for one in only.not_behind])

    def allows(self, words: list[str], first: int, last: int) -> bool:
        """Whether the words around ``words[first:last]`` let it stand."""
        near = [*words[max(0, first - self.window) : first], "|", *words[last : last + self.window]]
        if self.needs is not None and not self.needs.in_(near):
            return False
        if self.unless is not None and self.unless.in_(near):
            return False
        return not any(words[first - len(one) : first] == one for one in self.not_behind if len(one) <= first)


def _company(entry: Entry) -> tuple[str, ...]:
    """The phrases that an entry asks for, or that forbid it."""
    return entry.only.company if entry.only else ()


def rows_of(entry: Entry, phrase: str, classes: Mapping[str, list[str]]) -> Iterator[tuple[_Row, str | None]]:
    """``phrase`` with the letters a hit must have; spelled out when these depend on the alternatives."""
    row = elements(phrase, classes)
    if _may_be_exact(entry, row):
        for plain in expand(phrase, classes):
            yield [(plain,)], _exact_form(entry, plain)
    elif all(row):  # a class without words makes a phrase that stands for nothing
        yield row, None


def _contractions(row: _Row, contracted: Mapping[str, str]) -> Iterator[_Row]:
    """``row`` with a word and the "not" behind it as one word, wherever it has the two.

    >>> list(_contractions([("it", "she"), ("does not", "may"), ("move",)], {"does": "doesn't"}))
    [[('it', 'she'), ("doesn't",), ('move',)]]
    >>> list(_contractions([("does", "may"), ("not move", "stop")], {"does": "doesn't"}))
    [[("doesn't",), ('move',)]]
    """
    for at, element in enumerate(row):
        inside = [f" {one} " for one in element if " not " in f" {one} "]
        short = {
            one.replace(f" {word} not ", f" {small} ").strip()
            for one in inside
            for word, small in contracted.items()
            if f" {word} not " in one
        }
        if short:
            yield [*row[:at], tuple(sorted(short)), *row[at + 1 :]]
        if at and (rest := tuple([one[4:] for one in element if one == "not" or one.startswith("not ")])):
            words = [one.rpartition(" ") for one in row[at - 1]]
            joined = tuple([f"{before} {contracted[word]}".strip() for before, _, word in words if word in contracted])
            if joined:
                yield [*row[: at - 1], joined, *([rest] if any(rest) else []), *row[at + 1 :]]


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


def _has_conditions(entry: Entry) -> bool:
    """Whether an entry itself says where its hits count, and where not."""
    return entry.closing or entry.opening or entry.sign or entry.exact is not None or entry.only is not None


def _is_sign(sentence: Sentence, token: int) -> bool:
    """Whether a minus is one: attached to a word inside a line, or in a line that has a plus as well."""
    start, end = sentence.spans[token]
    loose = start == 0 or sentence.text[start - 1].isspace()
    attached = loose and end < sentence.end and sentence.text[end].isalpha() and not _HYPHENED.match(sentence.text, end)
    if attached and token == 0:  # "-CP" is an item of a list, "-CP, -SOB" are two denials
        attached = _MINUSES.search(sentence.text, end, sentence.end) is not None
    if not attached and token and sentence.raw(token - 1)[-1].isalnum() and _WORD_FOLLOWS.match(sentence.text, end):
        return False  # "R knee - mild effusion, + Tinel"
    return attached or _PLUS.search(sentence.text[sentence.start : sentence.end]) is not None


def _in_number(sentence: Sentence, token: int) -> bool:
    """Whether a token is a digit of a fraction ("1.0 cm") or of the size of a suture ("2-0"), not the answer nought."""
    if not sentence.tokens[token][0].isdigit():
        return False
    start = sentence.spans[token][0]
    return _FRACTION.search(sentence.text, max(0, start - 2), start) is not None


def _folding(words: set[str]) -> dict[str, str]:
    """Plural to singular for words of the patterns that stand there in both numbers."""
    return {word: single for word in words for single in singulars(word) if single in words}
