"""docs/spacy.md shows what the components do now, and leaves none of them out."""

from __future__ import annotations

import doctest
from pathlib import Path

from popliteal.reading.extensions import FLAGS
from popliteal.running.language import PIPELINE

PAGE = Path(__file__).resolve().parents[3] / "docs" / "spacy.md"


def test_the_examples_run() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 10
    assert result.failed == 0


def test_every_component_and_flag_is_documented() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `popliteal_")]
    assert tuple(rows) == PIPELINE
    assert all(flag in page for flag in FLAGS)
