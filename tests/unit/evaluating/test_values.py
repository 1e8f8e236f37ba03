"""Gold wordings against the pipeline's numbers."""

from __future__ import annotations

import pytest

from popliteal.evaluating.values import agree, number


@pytest.mark.parametrize(
    ("wording", "reflex", "expected"),
    [
        ("4/5", False, 4.0),
        ("4+/5", False, 4 + 1 / 3),
        ("4-/5", False, 4 - 1 / 3),
        ("4 - / 5", False, 4 - 1 / 3),
        ("0", False, 0.0),
        ("2+", True, 2.0),
        ("absent", True, 0.0),
        ("absent", False, None),
        ("37.5", False, 37.5),
        ("98,6 F", False, 37.0),
        ("101", False, 101.0),
        ("450 mL", False, 450.0),
        ("all", False, None),
        ("L5", False, None),
        ("ESR 7 mm/hr", False, 7.0),
    ],
)
def test_number(wording: str, reflex: bool, expected: float | None) -> None:
    got = number(wording, pluses=reflex)
    assert got == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("gold", "value", "value_text", "expected"),
    [
        (None, None, None, True),
        (None, 3.0, "3/5", True),
        ("4/5", 4.0, "4/5", True),
        ("4/5", 4.0, None, True),
        ("4/5", 3.0, "3/5", False),
        ("4/5", None, None, False),
        ("4-4+", None, "4 - 4+", True),
        ("40°", 40.0, "40", True),
        ("98.6", 37.0, "98.6 F", True),
        ("98.6", 38.0, None, False),
        ("absent", 0.0, "0", True),
        ("1+", 1.0, "1+", True),
        ("all", None, "All", True),
        ("all", None, "hip_flexion", False),
        ("200–300 m", None, "200-300 m", True),
    ],
)
def test_agree(gold: str | None, value: float | None, value_text: str | None, expected: bool) -> None:
    assert agree(gold, value, value_text) is expected
