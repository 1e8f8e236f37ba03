"""``popliteal batch`` as it runs: its manifest tells how far it is, ``/proc`` how much memory its processes have."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Moment:
    """How far a run was: seconds since its start, notes in whole parts, MB of all its processes."""

    seconds: float
    notes: int
    memory: float


@dataclass(frozen=True, slots=True)
class Run:
    """One way of running, and what was seen of it: a moment for each part that became whole."""

    way: str
    moments: Sequence[Moment]
    seconds: float

    @property
    def speed(self) -> float:
        """Notes a second from the first whole part to the last."""
        first, last = self.moments[0], self.moments[-1]
        return (last.notes - first.notes) / (last.seconds - first.seconds)

    def memory_after(self, notes: float) -> float:
        """MB when so many notes were read."""
        return next(moment.memory for moment in self.moments if moment.notes >= notes)


def watch(way: str, options: Sequence[str], folder: Path, count: int) -> Run:
    """Run ``popliteal batch`` with ``options`` on the ``notes.jsonl.gz`` of ``folder``, which holds ``count`` notes.

    Raises:
        SystemExit: the run failed.
    """
    out = folder / way.replace(" ", "-")
    command = [sys.executable, "-m", "popliteal", "batch", str(folder / "notes.jsonl.gz"), "--out", str(out), "--quiet"]
    part = max(1, min(2_000, count // 20))
    start = time.perf_counter()
    process = subprocess.Popen([*command, "--part-size", str(part), *options], stderr=subprocess.DEVNULL)  # noqa: S603  # our own command
    moments: list[Moment] = []
    while process.poll() is None:
        time.sleep(0.1)
        notes = _notes_done(out)
        if notes > (moments[-1].notes if moments else 0):
            moments.append(Moment(time.perf_counter() - start, notes, resident(process.pid)))
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{way}: the run ended with {process.returncode}")
    return Run(way, moments, time.perf_counter() - start)


def _notes_done(out: Path) -> int:
    try:
        return int(json.loads((out / "manifest.json").read_text(encoding="utf-8"))["items"])
    except FileNotFoundError:
        return 0


def resident(pid: int) -> float:
    """MB of a process and all below it, as /proc has it; pages that they share count once for each."""
    return sum(_resident(one) for one in (pid, *_below(pid))) / 1024


def _below(pid: int) -> Iterator[int]:
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in tasks.read_text(encoding="utf-8").split()]
        except OSError:  # it has ended meanwhile
            continue
        for child in children:
            yield child
            yield from _below(child)


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)
