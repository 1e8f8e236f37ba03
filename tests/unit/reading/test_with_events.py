"""What began with an operation or an injury began when that did, wherever the note dates it."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.reader import Reader

CASES = {
    "4/52 post L ankle arthroscopy. Numb top of foot since op.": ("numbness", "subacute", 28),
    "L TKA 3 days ago. Foot drop since surgery.": ("foot_drop", "acute", 3),
    "Foot drop since the fall. He fell from a ladder 5 days ago.": ("foot_drop", "acute", 5),
    "Seen on day 8 after revision of the right TKR. Foot drop since surgery.": ("foot_drop", "acute", 8),
    "Day 3 following a fibular osteotomy. Numb shin since the operation.": ("numbness", "acute", 3),
    "Foot drop since the operation.": ("foot_drop", "unknown", None),
    "L TKA 3 days ago. Foot drop since childhood.": ("foot_drop", "chronic", None),
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load())


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_began_with_the_event(text: str, expected: tuple[str, str, float | None], reader: Reader) -> None:
    concept, onset, days = expected
    found = next(finding for finding in reader.read(text) if finding.concept == concept)
    assert (found.onset, found.onset_days) == (onset, days)
