"""Speed and memory of popliteal and its peers on the same notes, in turns. Writes docs/peers.md and docs/peers.svg.

Each system is a process of its own that builds its pipeline and then reads all notes whenever it is told to, alone on
the machine as far as we can see to it. Rounds go through the systems in turns, so that a machine that slows down slows
down all of them; medians are told.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, TextIO

import environments
import machine
from peers.chart import bars
from peers.lexicon import lexicon
from peers.page import Measured, Setting, page
from rich.console import Console

from popliteal.running.sources import open_source
from popliteal.schema import Note

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
REQUIREMENTS = HERE.parent / "requirements"


@dataclass(frozen=True, slots=True)
class System:
    """A system: its script with arguments, and the package in whose environment it runs (None: ours)."""

    name: str
    script: str
    package: str | None
    arguments: tuple[str, ...] = ()


SYSTEMS = (
    System("popliteal", "popliteal_peer.py", None),
    System("medspaCy", "medspacy_peer.py", "medspacy"),
    System("medspaCy without PyRuSH", "medspacy_peer.py", "medspacy", ("without-pyrush",)),
    System("EDS-NLP", "edsnlp_peer.py", "edsnlp"),
    System("negspaCy, entity ruler", "negspacy_peer.py", "negspacy"),
)


@dataclass(slots=True)
class Running:
    """A system at work, and what it has answered."""

    system: System
    process: subprocess.Popen[str]
    answers: list[dict[str, Any]] = field(default_factory=list)

    def ask(self) -> dict[str, Any]:
        """The next answer; for the first one the pipeline is built."""
        line = _stream(self.process.stdout).readline()
        if not line:
            raise SystemExit(f"{self.system.name} ended with {self.process.wait()}; run its script by hand to see why")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def read(self) -> None:
        """One round over all notes."""
        stream = _stream(self.process.stdin)
        stream.write("\n")
        stream.flush()
        self.answers.append(self.ask())


def main() -> None:
    """Runs the systems that can be installed and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", help="what popliteal batch reads: .csv, .jsonl, .parquet, ...")
    parser.add_argument("--count", type=int, default=300, help="how many notes, evenly over the file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    options = parser.parse_args()
    console = Console(stderr=True)
    notes = _notes(options.notes, options.count)
    measured, missing = _measure(notes, options.rounds, console)
    text = page(measured, missing, Setting(notes, Path(options.notes).name, options.rounds, machine.shared(1)))
    if options.print:
        sys.stdout.write(text)
        return
    (DOCS / "peers.md").write_text(text, encoding="utf-8")
    (DOCS / "peers.svg").write_text(bars({one.name: one.per_second for one in measured}), encoding="utf-8")
    console.print(f"wrote {DOCS / 'peers.md'} and peers.svg")


def _notes(where: str, count: int) -> list[str]:
    texts = [item.text for item in open_source(where).items() if isinstance(item, Note) and item.text.strip()]
    step = max(1, len(texts) // count)
    return texts[::step][:count]


def _measure(notes: Sequence[str], rounds: int, console: Console) -> tuple[list[Measured], dict[str, str]]:
    missing: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        work = Path(folder) / "work.json"
        work.write_text(json.dumps({"lexicon": lexicon(), "notes": list(notes)}), encoding="utf-8")
        running = []
        for system in SYSTEMS:
            console.print(f"{system.name}: building")
            try:
                running.append(stack.enter_context(_started(system, work)))
            except environments.NotInstalledError as error:
                missing[system.name] = str(error)
        for number in range(rounds):
            for one in running[number % len(running) :] + running[: number % len(running)]:
                one.read()
                console.print(f"round {number + 1}, {one.system.name}: {one.answers[-1]['seconds']:.1f} s")
        return [_measured(one, notes) for one in running], missing


@contextmanager
def _started(system: System, work: Path) -> Iterator[Running]:
    requirements = REQUIREMENTS / f"{system.package}.txt"
    python = environments.python_of(requirements) if system.package else Path(sys.executable)
    process = subprocess.Popen(  # noqa: S603  # our own scripts in environments made by us
        [python, HERE / system.script, work, *system.arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        running = Running(system, process)
        running.ask()
        yield running
    finally:
        process.kill()
        process.communicate()


def _measured(one: Running, notes: Sequence[str]) -> Measured:
    seconds = [answer["seconds"] for answer in one.answers]
    last = one.answers[-1]
    size = sum(len(note.encode()) for note in notes) / 1e6
    package = one.system.package
    return Measured(
        name=one.system.name,
        version=environments.version(REQUIREMENTS / f"{package}.txt") if package else "",
        per_second=len(notes) / median(seconds),
        slowest=len(notes) / max(seconds),
        fastest=len(notes) / min(seconds),
        megabytes=size / median(seconds),
        built=last["built"],
        memory=last["memory"],
        findings=last["findings"],
    )


def _stream(stream: TextIO | None) -> TextIO:
    if stream is None:
        raise ValueError("the process was started without pipes")
    return stream


if __name__ == "__main__":
    main()
