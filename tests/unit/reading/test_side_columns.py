"""Rows under a column for each side get the sides in the blanks before their cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.reading.columns import with_sides

CASES = [
    ("Pulses    R         L\nDP        absent    present", "Pulses    R         L\nDP:     R absent, L present"),
    ("  Left | Right\nCRT | 5 sec | 2 sec |", "  Left | Right\nCRT L 5 sec R 2 sec |"),
    # rows of grades are those of another reader; no room, no side; no header, no columns
    ("MMT   R   L\nTA    3/5   5/5", "MMT   R   L\nTA    3/5   5/5"),
    ("Pulses   R   L\nDP  -  +", "Pulses   R   L\nDP  -  +"),
    ("DP        absent    present", "DP        absent    present"),
    # the columns end with an empty line
    ("      R     L\n\nDP        absent    present", "      R     L\n\nDP        absent    present"),
]


@pytest.mark.parametrize(("written", "read"), CASES)
def test_sides_stand_before_their_cells(written: str, read: str) -> None:
    assert with_sides(written) == read


@given(st.text(alphabet=st.sampled_from("RL |\nabc+-1"), max_size=80))
def test_every_character_keeps_its_place(text: str) -> None:
    read = with_sides("  R   L\n" + text)
    assert len(read) == len(text) + 8
    assert [at for at, sign in enumerate(read) if sign == "\n"] == [
        at for at, sign in enumerate("  R   L\n" + text) if sign == "\n"
    ]
