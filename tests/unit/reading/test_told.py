"""Onset, course, the past, assertion and sides in the words in which notes tell them; the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from popliteal.knowledge import load
from popliteal.reading.reader import Reader
from popliteal.schema import ENDED

CASES: list[dict[str, Any]] = [
    case
    for path in sorted((Path(__file__).parent / "told").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load())


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_told(reader: Reader, case: dict[str, Any]) -> None:
    words = case["words"].casefold()
    finding = next(f for f in reader.read(case["text"], "2024-06-10") if words in f.text.casefold())
    expected = {name: value for name, value in case.items() if name not in {"text", "words", "ended"}}
    assert {name: getattr(finding, name) for name in expected} == expected
    if "ended" in case:  # by what is told far from it: its own words say nothing of a course
        assert ((ENDED in finding.cues), finding.course) == (case["ended"], "unknown")
