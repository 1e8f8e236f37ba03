"""The tokenizer keeps every character and cuts shorthand where the reader does."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from popliteal.reading.tokenizer import ClinicalTokenizer
from popliteal.reading.tokens import split

TOKENIZER = ClinicalTokenizer(spacy.blank("en").vocab)

CASES = {
    "N/T": "N / T",
    "TA 4-/5": "TA 4 - / 5",
    "L4-5 disc": "L4 - 5 disc",
    "b/l, s/p": "b / l , s / p",
    "?foot drop": "? foot drop",
    "(L)>(R)": "( L ) > ( R )",
    "power ↓↓": "power ↓ ↓",
    "pt's 4½ hrs": "pt's 4½ hrs",
    "foot_drop": "foot _ drop",
    "seen.The": "seen . The",
    "well-being": "well - being",
}


@pytest.mark.parametrize("text", CASES)
def test_shorthand(text: str) -> None:
    assert " ".join(token.text for token in TOKENIZER(text)) == CASES[text]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a b", ["a ", "b"]),
        ("a  b", ["a ", " ", "b"]),
        (" a", [" ", "a"]),
        ("a\n\n  b", ["a", "\n", "\n ", " ", "b"]),
        ("a \r\nb", ["a ", "\r\n", "b"]),
        ("a\t b", ["a", "\t ", "b"]),
        ("a\x85b", ["a", "\x85", "b"]),
    ],
)
def test_white_space(text: str, tokens: list[str]) -> None:
    assert [token.text_with_ws for token in TOKENIZER(text)] == tokens


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text(" \n\r\t\x85\x1c\xa0_'’-aé1½"))
def test_every_character_stays_and_words_are_tokens(text: str) -> None:
    doc = TOKENIZER(text)
    assert doc.text == text
    ours = {(token.idx, token.idx + len(token)) for token in doc}
    assert ours >= {(start, end) for start, end in split(text, 0, len(text))}
