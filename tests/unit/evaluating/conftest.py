"""Where the real notes are, for the tests that need them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real notes; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("POPLITEAL_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("no shared data: set POPLITEAL_SHARED to the folder that holds data/")
    return folder
