"""Notes kept going by dated entries: what a later entry takes back was so then."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.reading.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load())


# text -> the words of the findings that are over
OVER = {
    "10/02/2025: R DF 1/5. Numb R foot.\n10/30/2025: R DF 2/5.\n11/20/2025: R DF 4/5. Numbness resolved.": {
        "DF 1/5",
        "DF 2/5",
        "Numb",
        "Numbness",
    },
    # the newest entry on top
    "2025-03-01: L EHL 5/5.\n2025-02-01: L EHL 3/5.": {"EHL 3/5"},
    # no year
    "10/28: L DF 2/5.\nToday 11/24: L DF 4/5.": {"DF 2/5"},
    # the day first
    "03/04/2025: saddle numbness\n21/04/2025: no saddle numbness": {"saddle numbness"},
    "3 Mar 2025: left foot drop\n7 Apr 2025: no foot drop on the left": {"foot drop"},
    # nothing is said of it again, or of the other side
    "10/02/2025: R DF 1/5.\n10/30/2025: no falls.": set(),
    "10/02/2025: R DF 1/5.\n10/30/2025: L DF 4/5.": set(),
    # what the last entry finds is of today
    "10/02/2025: no foot drop.\n10/30/2025: left foot drop.": set(),
    # one entry, entries in no order, a day that is none
    "10/02/2025: R DF 1/5. R DF 4/5 in clinic.": set(),
    "10/02/2025: R DF 1/5.\n12/30/2025: R DF 2/5.\n11/20/2025: R DF 4/5.": set(),
    "10/02/2025: R DF 1/5.\n45/45/2025: R DF 4/5.": set(),
}


@pytest.mark.parametrize("text", OVER)
def test_findings_of_an_earlier_entry(text: str, reader: Reader) -> None:
    findings = reader.read(text)
    assert {finding.text for finding in findings if finding.temporality == "historical"} == OVER[text]
