"""What all tests share."""

from __future__ import annotations

import os
import shutil
import tempfile

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
