"""Sentences that go on about the finding before them."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load())


@pytest.mark.parametrize(
    ("text", "onset", "course"),
    [
        ("Left foot drop. Improving.", "unknown", "improving"),
        ("Numb left foot. Started 3 weeks ago.", "subacute", "unknown"),
        ("Numb left foot.\nDuration: 2 years", "chronic", "unknown"),
        ("Calf pain. The pain came on 3 days ago and is getting worse.", "acute", "worsening"),
        ("Knee pain. Present for 2 years. Getting worse.", "chronic", "worsening"),  # one after the other
        ("Calf pain. It started after a long flight 4 days ago.", "acute", "unknown"),
        # about something else, or nothing but a word of time
        ("Left foot drop. Started on vitamins 3 weeks ago.", "unknown", "unknown"),
        ("Left foot drop. This patient moved here 2 years ago.", "unknown", "unknown"),
        ("Left foot drop. The pain began a week ago.", "unknown", "unknown"),
        ("Left foot drop. He is improving.", "unknown", "unknown"),
    ],
)
def test_next_sentence_tells_of_the_finding(reader: Reader, text: str, onset: str, course: str) -> None:
    finding = reader.read(text)[0]
    assert (finding.onset, finding.course) == (onset, course)


def test_own_words_hold(reader: Reader) -> None:
    finding = reader.read("Left foot drop for 2 days. Present for years.")[0]
    assert finding.onset == "acute"


def test_resolved_in_the_next_sentence_is_past(reader: Reader) -> None:
    finding = reader.read("Tingling in both feet. Resolved.")[0]
    assert (finding.temporality, finding.course) == ("historical", "resolved")
