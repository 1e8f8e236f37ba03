"""Memory of ``popliteal batch`` over a million notes. Writes docs/memory.md.

The notes are sentences, since a million whole notes take hours: those of a file over and over, each with a word of its
own, which is what would fill a memory that keeps words.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import machine
from rich.console import Console
from scaling.run import write_notes
from scaling.watch import Run, watch

PAGE = Path(__file__).resolve().parents[2] / "docs" / "memory.md"
COMMAND = "make -C benchmarks memory"
_EARLY = 50_000
_LOOKS = (10_000, _EARLY, 100_000, 200_000, 500_000, 1_000_000)
_LENGTH = range(60, 161)


def main() -> None:
    """Runs one process and two, and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", help="what popliteal batch reads: .csv, .jsonl, .parquet, ...")
    parser.add_argument("--count", type=int, default=_LOOKS[-1], help="how many sentences")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    options = parser.parse_args()
    if options.count < 2 * _EARLY:
        parser.error(f"--count: {2 * _EARLY:,} sentences at least")
    way = f"{options.processes} process{'es' * (options.processes > 1)}"
    with tempfile.TemporaryDirectory() as folder:
        characters = write_notes(options.notes, options.count, Path(folder) / "notes.jsonl.gz", _LENGTH)
        run = watch(way, ("--processes", str(options.processes)), Path(folder), options.count)
    text = "\n".join(_page(run, Path(options.notes).name, options.count, characters)) + "\n"
    if options.print:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
        Console(stderr=True).print(f"wrote {PAGE}")


def _page(run: Run, source: str, count: int, characters: int) -> Iterator[str]:
    early = run.memory_after(_EARLY)
    yield "# Memory\n"
    yield f"Written by `{COMMAND}`; nothing here is typed by hand.\n"
    yield (
        f"`popliteal batch`, {run.way}, {count:,} sentences of `{source}`, each with a word of its own, "
        f"{characters / count:,.0f} characters on average. {machine.described()}. Memory is that of all processes "
        "together.\n"
    )
    yield f"| notes read | MB | beside {_EARLY:,} |"
    yield "|---:|---:|---:|"
    for notes in (*(look for look in _LOOKS if look < count), run.moments[-2].notes):  # with the last part they end
        memory = run.memory_after(notes)
        yield f"| {notes:,} | {memory:,.0f} | {memory / early - 1:+.0%} |"
    yield ""
    yield f"On your notes: `{COMMAND} NOTES=notes.csv`."


if __name__ == "__main__":
    main()
