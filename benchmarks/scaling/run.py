"""How ``popliteal batch`` scales: by processes, on Spark, and in memory over many notes. Writes docs/scaling.md.

The command itself is run on a file of so many notes; while it runs, its manifest tells how far it is and ``/proc`` how
much memory its processes have together. Speeds are steady ones, from the first whole part to the last.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path

import machine
from rich.console import Console

from popliteal.running.sources import open_source
from popliteal.schema import Note

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
COMMAND = "make -C benchmarks scaling"
WAYS = {
    "1 process": ("--processes", "1"),
    "2 processes": ("--processes", "2"),
    "Spark, local[2]": ("--processes", "2", "--engine", "spark"),
}
_EARLY = 0.05
_FEWEST = 20_000


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

    def memory_after(self, share: float) -> float:
        """MB when so much of the notes was read."""
        wanted = share * self.moments[-1].notes
        return next(moment.memory for moment in self.moments if moment.notes >= wanted)


def main() -> None:
    """Runs every way that this environment has and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", help="what popliteal batch reads: .csv, .jsonl, .parquet, ...")
    parser.add_argument("--count", type=int, default=20_000, help="how many notes; those of the file over and over")
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    options = parser.parse_args()
    console = Console(stderr=True)
    if options.count < _FEWEST:
        parser.error(f"--count: {_FEWEST:,} notes at least; Spark hands some thousand back at a time")
    ways = [way for way in WAYS if "Spark" not in way or find_spec("pyspark")]
    with tempfile.TemporaryDirectory() as folder:
        characters = _write_notes(options.notes, options.count, Path(folder) / "notes.jsonl.gz")
        runs = []
        for way in ways:
            runs.append(_run(way, Path(folder), options.count))
            console.print(f"{way}: {runs[-1].speed:,.0f} notes/s, {runs[-1].seconds:,.0f} s")
    text = "\n".join(_page(runs, Path(options.notes).name, options.count, characters)) + "\n"
    if options.print:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
        console.print(f"wrote {PAGE}")


def _write_notes(source: str, count: int, target: Path) -> int:
    """Notes over and over, each with a word of its own, as the notes of a hospital have; their characters."""
    texts = [item.text for item in open_source(source).items() if isinstance(item, Note) and item.text.strip()]
    characters = 0
    with gzip.open(target, "wt", compresslevel=1, encoding="utf-8") as file:
        for number, text in enumerate(islice(cycle(texts), count)):
            note = f"{text}\nSeen by Dr Q{number:x}y."
            characters += len(note)
            file.write(json.dumps({"note_id": number, "text": note}) + "\n")
    return characters


def _run(way: str, folder: Path, count: int) -> Run:
    out = folder / way.replace(" ", "-")
    command = [sys.executable, "-m", "popliteal", "batch", str(folder / "notes.jsonl.gz"), "--out", str(out), "--quiet"]
    part = max(1, min(2_000, count // 20))
    start = time.perf_counter()
    process = subprocess.Popen([*command, "--part-size", str(part), *WAYS[way]], stderr=subprocess.DEVNULL)  # noqa: S603  # our own command
    moments: list[Moment] = []
    while process.poll() is None:
        time.sleep(0.1)
        notes = _notes_done(out)
        if notes > (moments[-1].notes if moments else 0):
            moments.append(Moment(time.perf_counter() - start, notes, _memory(process.pid)))
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{way}: the run ended with {process.returncode}")
    return Run(way, moments, time.perf_counter() - start)


def _notes_done(out: Path) -> int:
    try:
        return int(json.loads((out / "manifest.json").read_text(encoding="utf-8"))["items"])
    except FileNotFoundError:
        return 0


def _memory(pid: int) -> float:
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


def _page(runs: Sequence[Run], source: str, count: int, characters: int) -> Iterator[str]:
    first = runs[0]
    local = next((run for run in runs if run.way == "2 processes"), first)
    yield "# How it scales\n"
    yield f"Written by `{COMMAND}`; nothing here is typed by hand.\n"
    yield (
        f"{count:,} notes: those of `{source}` over and over, each with a word of its own, {characters / count:,.0f} "
        f"characters on average. {machine.described()}.\n"
    )
    if warning := machine.shared(2):
        yield f"{warning}\n"
    yield (
        f"| | notes/s | beside {first.way} | beside {local.way} | whole run, s | MB after {_EARLY:.0%} | "
        "MB before the end | more by |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for run in runs:
        early, late = run.memory_after(_EARLY), run.moments[-2].memory  # with the last part its processes end
        yield (
            f"| {run.way} | {run.speed:,.0f} | {run.speed / first.speed:.2f} × | {run.speed / local.speed:.2f} × | "
            f"{run.seconds:,.0f} | {early:,.0f} | {late:,.0f} | {late / early - 1:+.0%} |"
        )
    yield ""
    yield (
        "Notes a second are steady ones, from the first whole part to the last; the whole run has the start in it. "
        "Memory is that of all processes together, Java among them."
    )
    yield ""
    yield f"On your notes: `{COMMAND} NOTES=notes.csv NUMBER=1000000`."


if __name__ == "__main__":
    main()
