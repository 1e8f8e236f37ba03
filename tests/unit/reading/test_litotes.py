"""What is said by denying its opposite, of tests of two things together."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.litotes import Litotes

LITOTES = Litotes(load().words.classes)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Neither the pulses nor the sensation were altered.", "    the the pulses and the sensation were  normal."),
        ("Neither power nor reflexes lost", "    the power and reflexes good"),
        ("Neither dorsalis pedis pulse was weak.", "    the dorsalis pedis pulse was good."),
    ],
)
def test_is_read_as_what_is_meant(text: str, read: str) -> None:
    assert LITOTES(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "Neither pulse was felt.",
        "Neither leg was weak.",
        "Neither ankle jerk could be elicited.",
        "Either reflex was lost.",
    ],
)
def test_is_left_alone(text: str) -> None:
    assert LITOTES(text) == text
