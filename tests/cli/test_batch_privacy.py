"""What must never leave a note: a canary in every note, and a reader that fails quoting it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

CANARY = "ZAPHOD-7519"

#: An engine whose reader and whose mapping raise with the note in the message, for some notes.
ENGINE = """
from popliteal.running.engine import Engine

class Failing(Engine):
    def read(self, note):
        if note.note_id == "1":
            raise ValueError(f"cannot read {note.text}")
        if note.note_id == "2":
            raise UnicodeDecodeError("utf-8", note.text.encode(), 0, 1, note.text)
        return super().read(note)

    def assess(self, note, findings):
        if note.note_id == "3":
            raise KeyError(note.text) from ValueError(note.text)
        return super().assess(note, findings)
"""
PROGRAM = """
import failing
import popliteal.running.batch
from popliteal.cli import main

popliteal.running.batch.Engine = failing.Failing
main()
"""


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    (folder / "failing.py").write_text(ENGINE, encoding="utf-8")
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "tmp").mkdir()
    notes, out = folder / "notes.jsonl", folder / "out"
    command = [sys.executable, str(folder / "program.py"), "batch", str(notes), "--out", str(out), *args]
    env = {**os.environ, "TMPDIR": str(folder / "tmp")}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_no_text_of_a_note_leaks(tmp_path: Path, processes: str) -> None:
    lines = [json.dumps({"note_id": n, "text": f"{CANARY} has a left foot drop. {CANARY}"}) for n in range(6)]
    lines += [f'{{"text": "{CANARY}', f'["{CANARY}"]']
    (tmp_path / "notes.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run(tmp_path, "--processes", processes)
    assert done.returncode == 1, done.stderr
    errors = pd.read_parquet(tmp_path / "out" / "errors")
    assert errors["note_id"].tolist() == ["1", "2", "3", "row-7", "row-8"]
    assert errors["stage"].tolist() == ["read", "read", "assess", "source", "source"]
    assert CANARY not in done.stderr + done.stdout
    assert not list((tmp_path / "tmp").iterdir())
    for file in (tmp_path / "out").rglob("*"):
        assert not file.is_file() or CANARY not in file.read_bytes().decode("latin-1"), file
    for name in ("notes", "findings", "hypotheses", "errors"):
        assert CANARY not in pd.read_parquet(tmp_path / "out" / name).to_csv()
