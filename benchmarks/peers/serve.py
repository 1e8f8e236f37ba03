"""What every system does alike: build once, read the notes whenever it is told to, tell how long that took.

Standard library only: it runs in the environment of each peer.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path


def serve(build: Callable[[dict[str, list[str]]], Callable[[str], int]]) -> None:
    """Answer each line of standard input with one JSON line.

    ``build`` takes the lexicon (concept to phrases) and gives a function that reads a note and tells how many findings
    it has. The file named on the command line holds ``{"lexicon": ..., "notes": [...]}``.
    """
    answers = sys.stdout
    sys.stdout = sys.stderr  # whatever a system prints is no answer
    work = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    read = build(work["lexicon"])
    read(work["notes"][0])
    before = _memory()
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        found = sum(read(note) for note in work["notes"])
        seconds = time.perf_counter() - start
        answer = {"seconds": seconds, "findings": found, "built": before, "memory": _memory()}
        print(json.dumps(answer), file=answers, flush=True)


def _memory() -> float:
    """The most memory that the process has had so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / 1024
