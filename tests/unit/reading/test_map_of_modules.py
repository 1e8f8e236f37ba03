"""The map of modules in the documentation names those that there are."""

from __future__ import annotations

import re
from pathlib import Path

import popliteal.reading

MAP = Path(__file__).resolve().parents[3] / "docs" / "architecture.md"


def test_the_map_names_every_module_of_reading_and_no_other() -> None:
    named = set(re.findall(r"`(?:reading/)?(\w+\.py)`", MAP.read_text(encoding="utf-8")))
    there = {path.name for path in Path(popliteal.reading.__file__).parent.glob("*.py")} - {"__init__.py"}
    assert named == there, f"put into {MAP.name} or take out: {sorted(named ^ there)}"
