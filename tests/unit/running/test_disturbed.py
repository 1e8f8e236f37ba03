"""Runs that are killed, starved or robbed of their workers: run again, they leave the tables of a run left in peace."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from popliteal.running.tables import SCHEMAS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")]

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
COUNT = 400
#: ``popliteal batch`` with an engine that takes no time, so that most of a run is writing.
SCRIPT = """
import resource, sys
from pathlib import Path
from engines import Plain
from popliteal.errors import PoplitealError
from popliteal.running import batch
from popliteal.running.sources import open_source
source, out, processes, limit = sys.argv[1:]
if limit != "none":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
settings = batch.Settings(processes=int(processes), part_size=10, factory=Plain)
try:
    batch.run(open_source(source), Path(out), settings)
except PoplitealError as error:
    sys.exit(str(error))
"""


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("input") / "notes.csv"
    texts = ["numb", "well", "RAISE", "numb " * 200, ""]
    rows = [{"note_id": n, "text": texts[n % len(texts)]} for n in range(COUNT)]
    pd.DataFrame(rows).to_csv(file, index=False)
    return file


@pytest.fixture(scope="module")
def undisturbed(notes: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed") / "o"
    assert end(start(notes, out)) == (0, "")
    return tree(out)


def start(notes: Path, out: Path, processes: int = 1, limit: int | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, str(notes), str(out), str(processes), str(limit or "none")]
    path = os.pathsep.join((str(Path(__file__).parent), *(path for path in sys.path if path)))
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE, text=True)


def end(run: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit status, and what was told."""
    _, told = run.communicate()
    return run.returncode, told


def tree(out: Path) -> dict[str, bytes]:
    """All files that a reader of the folder sees, but the lock."""
    files = (file for file in sorted(out.rglob("*")) if file.is_file() and file.name != ".lock")
    return {str(file.relative_to(out)): file.read_bytes() for file in files}


def whole(out: Path) -> int:
    """How many items the manifest counts, having made sure that each of its parts can be read and holds them."""
    if not (out / "manifest.json").exists():
        return 0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    parts = [f"part-{number:05d}.parquet" for number in range(manifest["parts"])]
    rows = {name: sum(len(pd.read_parquet(out / name / part)) for part in parts) for name in SCHEMAS}
    assert rows == manifest["rows"]
    assert rows["notes"] + rows["errors"] == manifest["items"]
    return int(manifest["items"])


@pytest.mark.parametrize("processes", [1, 2])
def test_killed_again_and_again(notes: Path, undisturbed: dict[str, bytes], tmp_path: Path, processes: int) -> None:
    out, moments = tmp_path / "o", random.Random(processes)  # noqa: S311  # moments need not be secret
    kills = done = 0
    longest = 0.3
    while kills < 40:
        run = start(notes, out, processes)
        longest *= 1.25  # on a busy machine nothing is done in a moment: the run has to come to its end some day
        try:
            run.wait(timeout=moments.uniform(0.1, longest))
        except subprocess.TimeoutExpired:
            run.kill()
        if end(run)[0] == 0:
            break
        kills += 1
        assert whole(out) >= done  # nothing that was done is lost
        done = whole(out)
    assert kills >= 3
    assert tree(out) == undisturbed


@LINUX
def test_workers_that_are_killed(notes: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    run = start(notes, tmp_path / "o", 2)
    for part in (3, 20):  # each time a worker that has read notes already
        while run.poll() is None and not (tmp_path / "o" / "notes" / f"part-{part:05d}.parquet").exists():
            time.sleep(0.005)
        os.kill(int(children(run)[0]), signal.SIGKILL)
    assert end(run) == (0, "")
    assert tree(tmp_path / "o") == undisturbed


def test_a_disk_that_is_full(notes: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "o"
    largest = max(len(data) for data in undisturbed.values())
    code, told = end(start(notes, out, limit=largest - 1))
    assert code == 1
    assert "cannot be written (File too large); the same command goes on from here" in told
    assert 0 < whole(out) < COUNT
    assert end(start(notes, out)) == (0, "")
    assert tree(out) == undisturbed


def test_two_runs_at_once(notes: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    runs = [start(notes, tmp_path / "o") for _ in range(4)]
    ends = [end(run) for run in runs]
    assert 0 in {code for code, _ in ends}
    assert all("another run is writing" in told for code, told in ends if code)
    assert tree(tmp_path / "o") == undisturbed


@LINUX
def test_workers_do_not_outlive_a_run_that_is_killed(notes: Path, tmp_path: Path) -> None:
    run = start(notes, tmp_path / "o", 2)
    deadline = time.monotonic() + 60
    while len(workers := children(run)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    run.kill()
    end(run)
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers) == 2
    assert not any(alive(pid) for pid in workers)


def children(run: subprocess.Popen[str]) -> list[str]:
    """The ids of the processes that a run has started and that are there still."""
    try:
        return Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        return []


def alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
