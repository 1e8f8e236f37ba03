"""The documentation shows what the commands answer now."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_every_answer_in_the_documentation_is_what_the_command_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "console.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
