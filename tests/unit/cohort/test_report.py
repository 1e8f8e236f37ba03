"""The report of a cohort: what it says of the machine that it was made on."""

from __future__ import annotations

import pytest

from popliteal.cohort.report import _name


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("/home/anna/export/notes.csv.gz", "notes.csv.gz"),
        ("C:\\Users\\anna\\notes.csv", "notes.csv"),
        ("notes.csv", "notes.csv"),
        ("postgresql://db/notes", "postgresql://db/notes"),
    ],
)
def test_folders_of_the_machine_are_left_out(source: str, shown: str) -> None:
    assert _name(source) == shown
