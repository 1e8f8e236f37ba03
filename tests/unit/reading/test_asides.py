"""Asides are blanks, as long as they were, and only where the subject's verb follows."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.asides import Asides


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("The foot, he says, is numb.", ", he says,"),
        ("Cauda equina syndrome (as before) has been excluded.", " (as before)"),
        ("The knee, according to his wife, was hot.", ", according to his wife,"),
        ("He said, on examination, numb.", ""),
        ("The foot (numb) is cold.", ""),
        ("No fever, no weakness, however, has numbness.", ""),
    ],
)
def test_asides_become_blanks(text: str, aside: str) -> None:
    read = Asides(load().words.classes)(text)
    assert len(read) == len(text)
    assert read == text.replace(aside, "\u00a0" * len(aside) if aside else "")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('Some "staggering" when walking.', "Some \u00a0staggering\u00a0 when walking."),
        ("A “foot drop” on the left.", "A \u00a0foot drop\u00a0 on the left."),
        ('After a "cold," weak.', "After a \u00a0cold,\u00a0 weak."),
        ('He said "I have not been able to walk since".', 'He said "I have not been able to walk since".'),
        ("Height 5'6\", foot weak, 6'2\".", "Height 5'6\", foot weak, 6'2\"."),
    ],
)
def test_marks_around_a_few_words_become_blanks(text: str, read: str) -> None:
    assert Asides(load().words.classes)(text) == read
