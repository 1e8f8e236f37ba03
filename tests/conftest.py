"""What all tests share."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no defect of the code: no example is failed for the time that it took.
settings.register_profile("popliteal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("popliteal")

_CACHE = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Patterns checked by tests are kept in a folder of the run, which its worker processes share."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.stash[_CACHE] = tempfile.mkdtemp(prefix="popliteal-tests-")
        os.environ["POPLITEAL_CACHE"] = config.stash[_CACHE]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leaves nothing behind."""
    if _CACHE in config.stash:
        shutil.rmtree(config.stash[_CACHE], ignore_errors=True)


@pytest.fixture(scope="session")
def demo_cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo notes read and screened: ``tables`` and ``notes.csv`` are beside it. Not to be written to."""
    from support.cohorts import make_batch, make_cohort, make_notes

    folder = tmp_path_factory.mktemp("demo")
    notes = make_notes(folder)
    return make_cohort(make_batch(notes, folder / "tables"), notes, folder / "cohort")


@pytest.fixture
def cohort(demo_cohort: Path, tmp_path: Path) -> Path:
    """A copy of the cohort folder, for one test."""
    return Path(shutil.copytree(demo_cohort, tmp_path / "cohort"))
