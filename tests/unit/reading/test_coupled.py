"""``reading/coupled.py``: "both" of two things, and "both" of two limbs."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.coupled import Coupled


@pytest.fixture(scope="module")
def coupled() -> Coupled:
    return Coupled(load())


@pytest.mark.parametrize(
    "text",
    [
        "The left leg is both weak and numb.",
        "Numb over both the dorsum and the sole.",
        "TA and EHL are both 4/5.",
        "DP and PT both absent.",
        "Both the right knee and ankle ache.",
    ],
)
def test_of_two_things(coupled: Coupled, text: str) -> None:
    read = coupled(text)
    assert "both" not in read.lower()
    assert len(read) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Both feet and hands are numb.",
        "The legs are both cold and blue.",
        "They are both weak and numb.",
        "Numbness and weakness both legs.",
        "Both leg weakness and numbness.",
        "Pain and swelling in both knees.",
        "The left leg and the right leg are both weak.",
        "Both the left and the right foot are numb.",
    ],
)
def test_of_two_limbs(coupled: Coupled, text: str) -> None:
    assert coupled(text) == text
