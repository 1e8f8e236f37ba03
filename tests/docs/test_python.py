"""The Python that README shows runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.mark.slow
def test_python_of_the_readme_runs(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("note_id,text\n007,Left foot drop\n", encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), flags=re.M | re.S)
    code += "\nassert list(results.notes.note_id) == ['007']\nassert assessment['urgency']['tier'] == 'EMERGENCY'\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
