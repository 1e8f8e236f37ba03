"""What docs/accuracy.md says of popliteal is what it does now (the peers are pinned, and are not run here)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[2] / "benchmarks" / "assertion" / "run.py"


@pytest.mark.slow
def test_assertion_of_given_spans() -> None:
    done = subprocess.run([sys.executable, str(RUN), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
