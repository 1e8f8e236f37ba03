"""Answers of forms, of any text."""

from functools import cache
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from popliteal.knowledge import load
from popliteal.reading.answers import Forms
from popliteal.reading.reader import Reader

PIECES = [
    "[ ]",
    "[x]",
    "( )",
    "(x)",
    "☐",
    "☑",
    "✗",
    "Yes",
    "no",
    "N",
    "unknown",
    "R",
    "left",
    "+",
    "-",
    ":",
    ",",
    "/",
    "|",
]
TEXTS = st.lists(
    st.sampled_from([*PIECES, "Foot drop", "numb foot", "...", "____", "(+)", "(-)", "\n", " ", "  ", "\t"])
).map(" ".join)


@cache
def forms() -> Forms:
    return Forms(load())


@cache
def reader() -> Reader:
    return Reader(load())


@given(TEXTS)
def test_answers_stand_in_order_within_their_lines(text: str) -> None:
    found = forms().answers(text)
    for one in found:
        assert 0 <= one.start <= one.end <= len(text)
        assert "\n" not in text[one.start : one.end]
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(TEXTS)
def test_a_finding_is_on_no_side_twice(text: str) -> None:
    found = [(one.start, one.end, one.concept, one.laterality) for one in reader().read(text)]
    assert len(found) == len(set(found))
