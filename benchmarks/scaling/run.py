"""How ``popliteal batch`` scales: by processes, on Spark, and in memory over many notes. Writes docs/scaling.md.

The command itself is run on a file of so many notes. Speeds are steady ones, from the first whole part to the last.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path

import machine
from rich.console import Console
from scaling.watch import Run, watch

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
_STOP = re.compile(r"(?<=\.)\s+")
_FEWEST = 20_000


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
        characters = write_notes(options.notes, options.count, Path(folder) / "notes.jsonl.gz")
        runs = []
        for way in ways:
            runs.append(watch(way, WAYS[way], Path(folder), options.count))
            console.print(f"{way}: {runs[-1].speed:,.0f} notes/s, {runs[-1].seconds:,.0f} s")
    text = "\n".join(_page(runs, Path(options.notes).name, options.count, characters)) + "\n"
    if options.print:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
        console.print(f"wrote {PAGE}")


def write_notes(source: str, count: int, target: Path, sentences: range | None = None) -> int:
    """Notes over and over, each with a word of its own, as the notes of a hospital have; their characters.

    ``sentences`` makes notes of the sentences that have such a length.
    """
    texts = [item.text for item in open_source(source).items() if isinstance(item, Note) and item.text.strip()]
    if sentences is not None:
        texts = [one for text in texts for one in _STOP.split(text) if len(one) in sentences]
    characters = 0
    with gzip.open(target, "wt", compresslevel=1, encoding="utf-8") as file:
        for number, text in enumerate(islice(cycle(texts), count)):
            note = f"{text}\nSeen by Dr Q{number:x}y."
            characters += len(note)
            file.write(json.dumps({"note_id": number, "text": note}) + "\n")
    return characters


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
        early, late = run.memory_after(_EARLY * count), run.moments[-2].memory  # with the last part its processes end
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
