"""Answers in a row behind what was asked."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.in_a_row import Rows

ROWS = Rows(load())


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Numbness N burning N tingling Y", [("Numbness", False), ("burning", False), ("tingling", True)]),
        ("Red flags: saddle n, bladder n, legs y", [("saddle", False), ("bladder", False), ("legs", True)]),
        (
            "Seen today. fever: no rigors: no back pain: yes.",
            [("fever", False), ("rigors", False), ("back pain", True)],
        ),
        ("Weak (N) numb (Y)", [("Weak", False), ("numb", True)]),
        ("No numbness no tingling", []),
        ("Numbness N", []),
        ("Tender over sural N and peroneal N.", []),
        ("Pins n needles n numbness y", []),
        ("Numb: Y/N tingling: Y/N", []),
    ],
)
def test_each_answer_is_of_the_words_before_it(text: str, answers: list[tuple[str, bool]]) -> None:
    assert [(text[one.start : one.end], one.yes) for one in ROWS.answers(text)] == answers
