"""One batch of the demo notes for all tests of this folder, and a cohort folder of its own for each that writes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.cohorts import make_batch, make_cohort, make_notes


@pytest.fixture(scope="session")
def demo_cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort folder; its batch is ``tables`` and its notes ``notes.csv`` beside it. Not to be written to."""
    folder = tmp_path_factory.mktemp("demo")
    notes = make_notes(folder)
    return make_cohort(make_batch(notes, folder / "tables"), notes, folder / "cohort")


@pytest.fixture
def cohort(demo_cohort: Path, tmp_path: Path) -> Path:
    """A copy of the cohort folder, for one test."""
    return Path(shutil.copytree(demo_cohort, tmp_path / "cohort"))
