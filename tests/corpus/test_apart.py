"""What is told of something else, before an emergency or behind it, leaves it one: ``apart.yaml``."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
import yaml

from popliteal.running.engine import Engine
from popliteal.schema import Note

CASES = yaml.safe_load(Path(__file__).with_name("apart.yaml").read_text(encoding="utf-8"))
TEXTS = [
    *(f"{before} {emergency}" for before, emergency in product(CASES["before"], CASES["emergencies"])),
    *(f"{emergency} {behind}" for behind, emergency in product(CASES["behind"], CASES["emergencies"])),
]


@pytest.mark.parametrize("text", TEXTS)
def test_it_stays_an_emergency(text: str) -> None:
    result = Engine().assess_note(Note(note_id="n", text=text, note_date="2026-03-01"))
    assert result["urgency"]["tier"] == "EMERGENCY", [one["cues"] for one in result["findings"]]
