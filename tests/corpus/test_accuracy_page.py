"""What docs/accuracy.md says of popliteal is what it does now (the peers are pinned, and are not run here)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.mark.slow
def test_assertion_of_given_spans() -> None:
    command = [sys.executable, "-m", "assertion.run", "--check"]
    done = subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
