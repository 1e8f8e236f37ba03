"""What a sentence must hold for a grammar of measurements, derived from its forms."""

import pytest

from popliteal.reading.measurements.needs import DIGIT, Wanted, literal, met, need, words_of
from popliteal.reading.tokens import written


@pytest.mark.parametrize(
    ("forms", "text", "holds"),
    [
        (("straight leg raise",), "Straight-leg raise neg", True),
        (("straight leg raise",), "He could raise a leg", False),
        (("(ankle|knee) jerk[s]",), "knee jerks brisk", True),
        (("(ankle|knee) jerk[s]",), "jerks of both arms", False),
        (("range of motion",), "RANGE  OF MOTION full", True),
        (("temp", "t"), "T 38.4", True),
        (("AT",), "seen at noon", False),
        (("AT",), "AT 5/5", True),
        (("AT reflex",), "at REFLEX", False),
    ],
)
def test_all_words_of_one_form_are_needed(forms: tuple[str, ...], text: str, holds: bool) -> None:
    assert met(need(*forms), words_of(text, 0, len(text))) is holds


def test_a_form_without_a_word_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one word"):
        need("4/5")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("power 4/5", [0, 1]),
        ("power four", []),
        ("4 over 5", [0]),
        ("5th of May", [3]),
        ("45 years", []),
        ("knee jerk 2+", [2]),
        ("the jerk", []),
        ("", []),
    ],
)
def test_which_grammars_a_sentence_calls_for(text: str, expected: list[int]) -> None:
    grammars = Wanted(
        [
            [(literal("/", "over"), literal(DIGIT))],
            [(need("power"), literal(DIGIT)), (need("plegia"),)],
            [(need("knee jerk"),)],
            [(literal("5"), need("May"))],
        ]
    )
    assert grammars.by(written(text, 0, len(text))) == expected
