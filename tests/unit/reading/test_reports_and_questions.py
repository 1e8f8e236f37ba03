"""Whose findings they are: choices of a question, diseases that a scan shows, names said twice, movements in a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from popliteal.knowledge import load
from popliteal.reading.reader import Reader

GIVEN: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("reports_and_questions.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load())


@pytest.mark.parametrize(
    ("text", "reads"),
    [pytest.param(one["text"], one["reads"], id=one["text"][:50]) for kind in GIVEN.values() for one in kind],
)
def test_read_as(reader: Reader, text: str, reads: dict[str, list[str] | None]) -> None:
    found = reader.read(text)
    for concept, assertions in reads.items():
        assert [one.assertion for one in found if one.concept == concept] == (assertions or []), concept
