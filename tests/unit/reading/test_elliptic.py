"""Sentences that only go on about the one before them."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.elliptic import Elliptic

ELLIPTIC = Elliptic(load().words.classes)


@pytest.mark.parametrize(
    "text",
    [
        "The left knee jerk is absent. The right is 2+.",
        "The right foot moves. The left one does not.",
        "SLR on the left is negative. On the right it is positive.",
        "He reports weakness. It is mainly in the legs.",
        "Numbness since May. This began in the toes.",
    ],
)
def test_goes_on(text: str) -> None:
    joined = ELLIPTIC(text)
    at = text.index(".")
    assert joined == f"{text[:at]},{text[at + 1 :]}"


@pytest.mark.parametrize(
    "text",
    [
        "The left knee jerk is absent. The right knee is swollen.",
        "Both knees hurt. The right is worse.",
        "Left foot numb.\nThe right is fine.",
        "Numb foot. It is in keeping with a radiculopathy.",
        "Weak leg. This is at the present time mild.",
        "The right leg and the left leg ache. The right is worse.",
        "No deficit. The examination of the left leg was normal.",
    ],
)
def test_is_a_sentence_of_its_own(text: str) -> None:
    assert ELLIPTIC(text) == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Tone was normal, as were the reflexes.", "Tone was normal, normal      reflexes."),
        ("Jerks were absent at the knees, as was sensation.", "Jerks were absent at the knees, absent sensation."),
        ("Gait was normal, as was expected.", "Gait was normal, as was expected."),
        ("Pinprick was diminished, as was touch.", "Pinprick was diminished, as was touch."),
    ],
)
def test_says_again_where_there_is_room(text: str, read: str) -> None:
    assert ELLIPTIC(text) == read
    assert len(read) == len(text)
