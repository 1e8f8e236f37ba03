"""The date that a note itself gives."""

from __future__ import annotations

from datetime import date

import pytest

from popliteal.knowledge import load
from popliteal.reading.own_date import own_date

RULES = load().timing.own_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("22/11/25 09:12 42M left foot drop", date(2025, 11, 22)),
        ("Sat 22/11/2025: numb feet", date(2025, 11, 22)),
        ("2025-11-22 review", date(2025, 11, 22)),
        ("CLINIC NOTE\nDate of visit: 11/22/2025\nFoot drop.", date(2025, 11, 22)),
        ("DATE: November 22, 2025. Foot drop.", date(2025, 11, 22)),
        ("DATE OF ADMISSION: 07/01/2008\nDATE OF DISCHARGE: 07/29/2008", date(2008, 7, 29)),
        ("04/05/2025 foot drop since 28/4/2025.", date(2025, 5, 4)),
        ("04/05/2025 foot drop since 3/28/2025.", date(2025, 4, 5)),
        ("DOS: 1/17/92", date(1992, 1, 17)),
        ("04/05/2025 foot drop", None),
        ("Date of injury: 07/21/2008. Foot drop.", None),
        ("DATE OF BIRTH: 07/21/1968", None),
        ("On 22/11/2025 he fell.", None),
        ("31/02/2025 review", None),
        ("22/11/2025 - 25/11/2025 inpatient", None),
        ("Left foot drop.", None),
    ],
)
def test_own_date(text: str, day: date | None) -> None:
    assert own_date(text, RULES) == day
