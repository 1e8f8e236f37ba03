"""Whole notes, short ones: every case of ``notes/*.yaml`` gives exactly the findings that it says.

A case is a ``text`` and its findings, one line each: ``concept <words> site side assertion``; ``-`` is no site, and a
finding that is present says nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from popliteal.knowledge import load
from popliteal.reading.reader import Reader
from popliteal.schema import Finding

CASES = Path(__file__).parent / "notes"


@dataclass(frozen=True)
class Case:
    """A short note and what it says."""

    file: str
    text: str
    find: list[str]


def cases() -> list[Case]:
    return [
        Case(path.stem, item["text"], item["find"])
        for path in sorted(CASES.glob("*.yaml"))
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load())


def said(finding: Finding) -> str:
    """A finding as a line of a case."""
    parts = [finding.concept, f"<{finding.text}>", finding.site or "-", finding.laterality]
    return " ".join(parts if finding.assertion == "present" else [*parts, finding.assertion])


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.file}: {case.text[:60]}")
def test_case(case: Case, reader: Reader) -> None:
    assert [said(finding) for finding in reader.read(case.text)] == case.find
