"""The parts of ``benchmarks/scaling`` that can be checked without running it for an hour."""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
NOTES = BENCHMARKS.parent / "corpora" / "demo" / "notes.csv"


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_speed_is_from_the_first_part_to_the_last_and_memory_before_the_end() -> None:
    from scaling.run import Moment, Run, _page

    moments = [Moment(5.0, 100, 200.0), Moment(7.0, 200, 210.0), Moment(9.0, 300, 220.0), Moment(10.0, 400, 50.0)]
    run = Run("1 process", moments, 11.0)
    assert run.speed == 60
    assert (run.memory_after(0.05), run.memory_after(0.5)) == (200.0, 210.0)
    twice = Run("2 processes", [Moment(m.seconds / 2, m.notes, m.memory) for m in moments], 6.0)
    page = "\n".join(_page([run, twice], "n.csv", 400, 4000))
    assert "| 1 process | 60 | 1.00 × | 0.50 × | 11 | 200 | 220 | +10% |" in page
    assert "| 2 processes | 120 | 2.00 × | 1.00 × | 6 | 200 | 220 | +10% |" in page


def test_notes_over_and_over_each_with_a_word_of_its_own(tmp_path: Path) -> None:
    from scaling.run import _write_notes

    characters = _write_notes(str(NOTES), 700, tmp_path / "n.jsonl.gz")
    with gzip.open(tmp_path / "n.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    assert (len(texts), sum(map(len, texts))) == (700, characters)
    assert len({text.split()[-1] for text in texts}) == 700


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_that_of_all_processes() -> None:
    from scaling.run import _memory

    assert 10 < _memory(os.getpid()) < 10_000
