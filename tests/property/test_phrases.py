"""Whatever is written in the language of phrases: the tree finds what the phrases find when they are spelled out."""

from __future__ import annotations

import re
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from popliteal.knowledge.phrases import GAP, check, elements, expand
from popliteal.reading.tokens import NUMBER
from popliteal.reading.trie import Trie
from popliteal.reading.words import over

CLASSES = {"one": ["a", "b c"], "two": ["b", "", "ab"], "none": []}
SKIPPABLE = frozenset("cd")

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "ab", "2", NUMBER, GAP, r"\(", r"\|"]), max_size=3).map(" ".join)
CLASS = st.sampled_from(["{one}", "{two}"])
OPTION = st.one_of(WORDS, CLASS, WORDS.map(lambda words: f" {words} "))
GROUP = st.lists(OPTION, min_size=1, max_size=3).map(lambda options: f"({'|'.join(options)})")
PART = st.one_of(WORDS, WORDS, CLASS, GROUP, st.just(" "), st.just("{none}"))
PHRASE = st.one_of(st.lists(PART, max_size=5).map(" ".join), st.lists(PART, max_size=4).map("".join))
WORD = st.sampled_from(["a", "b", "c", "d", "ab", "2", "3", NUMBER, "(", "|", ""])


@st.composite
def notes(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Some phrases, and the words of a text that holds some of what they stand for, with gaps filled."""
    phrases = draw(st.lists(PHRASE, min_size=1, max_size=4))
    plain = [one for phrase in phrases for one in expand(phrase, CLASSES)]
    text = draw(st.lists(WORD, max_size=3))
    for one in draw(st.lists(st.sampled_from(plain), max_size=2)) if plain else []:
        for word in one.split():
            text += draw(st.lists(st.sampled_from("ccda"), max_size=5)) if word == GAP else [word]
        text += draw(st.lists(WORD, max_size=2))
    return phrases, text


@given(PHRASE)
@settings(max_examples=300, deadline=None)
def test_elements_multiply_out_to_the_phrase(phrase: str) -> None:
    check(phrase, CLASSES)
    row = elements(phrase, CLASSES)
    assert {" ".join(filter(None, choice)) for choice in product(*row)} == set(expand(phrase, CLASSES))


@given(notes())
@settings(max_examples=500, deadline=None)
def test_the_tree_finds_what_spelled_out_phrases_find(note: tuple[list[str], list[str]]) -> None:
    phrases, text = note
    trie = Trie(SKIPPABLE, frozenset("23"))
    for entry, phrase in enumerate(phrases):
        trie.add([[tuple(one.split()) for one in element] for element in elements(phrase, CLASSES)], entry)
    hits = trie.find(text)
    found = {(first, last, entry) for first, last, entries in hits for entry in entries}
    assert found == {hit for entry, phrase in enumerate(phrases) for hit in spelled_out(phrase, entry, text)}
    assert all(entries == sorted(set(entries)) for _, _, entries in hits), "not in the order of the patterns"
    assert trie.find(text) == hits, "another answer once the tree has grown"


def spelled_out(phrase: str, entry: int, text: list[str]) -> set[tuple[int, int, int]]:
    """What each plain phrase finds, by a regular expression; two gaps in a row are one, none may begin or end it."""
    found = set()
    for plain in expand(phrase, CLASSES):
        words = plain.split()
        words = words[:1] + [word for last, word in pairwise(words) if not last == word == GAP]
        if not words or GAP in (words[0], words[-1]):
            continue
        gap = f"(?:(?:{'|'.join(sorted(SKIPPABLE))}),){{0,4}}"
        known = {GAP: gap, NUMBER: rf"(?:\d+|{NUMBER}),"}
        wanted = re.compile("".join(known.get(word, re.escape(word) + ",") for word in words))
        for first in range(len(text)):
            for last in range(first + 1, len(text) + 1):
                if wanted.fullmatch("".join(f"{word}," for word in text[first:last])):
                    found.add((first, last, entry))
    return found


def test_a_part_left_out_between_two_gaps_leaves_one_gap() -> None:
    trie = Trie(SKIPPABLE, frozenset("23"))
    trie.add([[tuple(one.split()) for one in element] for element in elements("a ~ (b|) ~ (b b|) ~ 2", {})], 0)
    assert [hit[:2] for hit in trie.find(["a", "c", "2"])] == [(0, 3)]
    assert [hit[:2] for hit in trie.find(["a", "c", "d", "c", "b", "d", "2"])] == [(0, 7)]
    assert trie.find(["a", *"ccccc", "2"]) == [], "one gap passes over four words"


@given(notes(), st.sets(st.sampled_from("cd3"), min_size=1))
@settings(max_examples=300, deadline=None)
def test_adverbs_inside_a_phrase_are_passed_over(note: tuple[list[str], list[str]], some: set[str]) -> None:
    phrases, text = note
    trie = Trie(SKIPPABLE, frozenset("23"))
    for entry, phrase in enumerate(phrases):
        trie.add([[tuple(one.split()) for one in element] for element in elements(phrase, CLASSES)], entry)
    left = [at for at, word in enumerate(text) if word not in some]
    without = [text[at] for at in left]
    found = over(trie, text, frozenset(some), range(len(text)))
    assert {(first, last, entry) for first, last, entries in found for entry in entries} == {
        (left[first], left[last - 1] + 1, entry)
        for number, phrase in enumerate(phrases)
        for first, last, entry in spelled_out(phrase, number, without)
        if not some.isdisjoint(text[left[first] : left[last - 1] + 1])
    }
