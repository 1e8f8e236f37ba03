"""Amplitudes of nerve conduction that are compared with those of the other side."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NCS: left peroneal CMAP amplitude 1.2 mV, right 5.4 mV.", [("ncs_peroneal_abnormal_nos", "left")]),
        ("Fibular motor amplitude 0.4 mV right vs 3.9 mV left.", [("ncs_peroneal_abnormal_nos", "right")]),
        ("Superficial peroneal SNAP: R 3 uV, L 14 uV.", [("sp_snap_reduced", "right")]),
        ("Sural 12 uV R, 13 uV L. Superficial peroneal 10 uV R, 4 uV L.", [("sp_snap_reduced", "left")]),
        ("Fibular CMAP 5.1 mV L, 4.0 mV R.", []),
        ("Peroneal motor velocity 44 m/s R, 20 m/s L, CMAP normal.", []),
        ("Left peroneal CMAP 4.2 mV at the ankle, 1.9 mV at the knee.", []),
    ],
)
def test_less_than_half_of_the_other_side(reader: Reader, text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.concept, one.laterality) for one in reader.read(text, None)] == found
