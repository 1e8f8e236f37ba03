"""Misspelled words are read as what they stand for, and ordinary words are not misspelled ones."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.knowledge import load
from popliteal.reading.lexicon import Lexicon

LEXICON = Lexicon(load())
CLINICAL = ["incontinence", "neuropathy", "anesthesia", "dorsiflexion", "cellulitis"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("numbnes", "numbness"),
        ("radiclopathy", "radiculopathy"),
        ("incontinance", "incontinence"),
        ("celulitis", "cellulitis"),
    ],
)
def test_slip_of_the_pen(written: str, meant: str) -> None:
    assert LEXICON.slip(written) == meant


@pytest.mark.parametrize(
    "word", ["chromic", "caliber", "lability", "warming", "tropical", "spending", "humoral", "stooling"]
)
def test_ordinary_word(word: str) -> None:
    assert LEXICON.slip(word) is None


@given(st.sampled_from(CLINICAL), st.data())
def test_neighbours_swapped_are_found(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 2))
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert LEXICON.slip(swapped) == word or swapped == word


@given(st.sampled_from(CLINICAL))
def test_what_is_spelled_right_is_no_slip(word: str) -> None:
    assert LEXICON.slip(word) is None
    assert LEXICON.slip(word.upper()) is None


def test_a_word_without_end_costs_no_more_than_its_letters() -> None:
    word = "x" * 20_000
    tracemalloc.start()
    try:
        assert LEXICON.slip(word) is None
        assert tracemalloc.get_traced_memory()[1] < 50 * len(word)
    finally:
        tracemalloc.stop()
