"""popliteal beside spaCy's bare tokenizer on the same notes, and its cost per character by length of note.

    python benchmarks/speed/run.py NOTES [--rounds 5] [--longest 5000000]

Both read the same notes chunk by chunk in turn, so that what else the machine does meets both; a round gives one ratio,
and the median of the rounds counts. Times are those of the processor. Prints Markdown.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import spacy

from popliteal.running.engine import Engine
from popliteal.running.sources import open_source
from popliteal.schema import Note

CHUNK = 40
LENGTHS = (5_000, 50_000, 500_000, 5_000_000)


def notes_of(path: Path) -> list[Note]:
    """The notes of a file as ``popliteal batch`` reads it."""
    return [item for item in open_source(str(path)).items() if isinstance(item, Note) and item.text.strip()]


def seconds(work: Callable[[Note], object], notes: list[Note]) -> float:
    """Processor time of ``work`` on each of ``notes``."""
    start = time.process_time()
    for note in notes:
        work(note)
    return time.process_time() - start


def beside_tokenizer(engine: Engine, notes: list[Note], rounds: int) -> None:
    """A table of notes a second and of the ratio to the tokenizer: of all notes, and of those with findings."""
    tokenizer = spacy.blank("en").tokenizer

    def tokenize(note: Note) -> object:
        return tokenizer(note.text)

    chunks = [notes[at : at + CHUNK] for at in range(0, len(notes), CHUNK)]
    found = [note for note in notes if engine.read(note)]
    say("| notes | popliteal, notes/s | MB/s | tokenizer, notes/s | ratio | spread |\n|---|---|---|---|---|---|")
    for name, chosen in (("all", chunks), ("with findings", [found])):
        count, size = sum(map(len, chosen)), sum(len(note.text) for chunk in chosen for note in chunk)
        ours, theirs = [], []
        for _ in range(rounds):
            times = [(seconds(tokenize, chunk), seconds(engine.assess_note, chunk)) for chunk in chosen]
            theirs.append(sum(one for one, _ in times))
            ours.append(sum(one for _, one in times))
        ratios = [one / other for one, other in zip(theirs, ours, strict=True)]
        speed, other = count / statistics.median(ours), count / statistics.median(theirs)
        ratio = f"{statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f}"
        say(f"| {name} ({count:,}) | {speed:,.0f} | {speed * size / count / 1e6:.2f} | {other:,.0f} | {ratio} |")


def by_length(engine: Engine, notes: list[Note], longest: int) -> None:
    """A table of the cost of a character in one long note, beside that of the same notes one by one."""
    say("\n| characters | one note, ns a character | the same as separate notes | ratio |\n|---|---|---|---|")
    for length in LENGTHS:
        if length > longest:
            break
        parts: list[Note] = []
        size = 0
        for note in itertools.cycle(notes):
            if size >= length:
                break
            parts.append(note)
            size += len(note.text) + 2
        whole = Note(note_id="whole", text="\n\n".join(note.text for note in parts))
        repeats = max(1, 200_000 // length)
        together = statistics.median(seconds(engine.assess_note, [whole]) for _ in range(repeats))
        apart = statistics.median(seconds(engine.assess_note, parts) for _ in range(repeats))
        say(f"| {size:,} | {together / size * 1e9:,.0f} | {apart / size * 1e9:,.0f} | {together / apart:.2f} |")


def say(line: str) -> None:
    """A line of the answer."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--longest", type=int, default=LENGTHS[-1])
    chosen = parser.parse_args()
    notes = notes_of(chosen.notes)
    engine = Engine()
    seconds(engine.assess_note, notes)  # what is worked out once is worked out
    characters = sum(len(note.text) for note in notes) // len(notes)
    versions = f"Python {sys.version.split()[0]}, spaCy {spacy.__version__}"
    say(f"{len(notes):,} notes of {characters:,} characters, {versions}\n")
    beside_tokenizer(engine, notes, chosen.rounds)
    by_length(engine, notes, chosen.longest)


if __name__ == "__main__":
    main()
