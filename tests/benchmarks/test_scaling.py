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
    from scaling.run import _page
    from scaling.watch import Moment, Run

    moments = [Moment(5.0, 100, 200.0), Moment(7.0, 200, 210.0), Moment(9.0, 300, 220.0), Moment(10.0, 400, 50.0)]
    run = Run("1 process", moments, 11.0)
    assert run.speed == 60
    assert (run.memory_after(20), run.memory_after(200)) == (200.0, 210.0)
    twice = Run("2 processes", [Moment(m.seconds / 2, m.notes, m.memory) for m in moments], 6.0)
    page = "\n".join(_page([run, twice], "n.csv", 400, 4000))
    assert "| 1 process | 60 | 1.00 × | 0.50 × | 11 | 200 | 220 | +10% |" in page
    assert "| 2 processes | 120 | 2.00 × | 1.00 × | 6 | 200 | 220 | +10% |" in page


def test_memory_is_set_beside_that_after_the_first_notes() -> None:
    from scaling.memory import _page
    from scaling.watch import Moment, Run

    run = Run("1 process", [Moment(1.0, n, mb) for n, mb in [(50_000, 200.0), (100_000, 210.0), (110_000, 10.0)]], 2.0)
    page = "\n".join(_page(run, "n.csv", 110_000, 11_000_000))
    assert "| 50,000 | 200 | +0% |\n| 100,000 | 210 | +5% |" in page
    assert "110,000 sentences" in page


def test_sentences_of_notes(tmp_path: Path) -> None:
    from scaling.run import write_notes

    write_notes(str(NOTES), 50, tmp_path / "n.jsonl.gz", range(60, 161))
    with gzip.open(tmp_path / "n.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"].rsplit("\n", 1)[0] for line in file]
    assert texts
    assert all(60 <= len(text) <= 160 for text in texts)


def test_notes_over_and_over_each_with_a_word_of_its_own(tmp_path: Path) -> None:
    from scaling.run import write_notes

    characters = write_notes(str(NOTES), 700, tmp_path / "n.jsonl.gz")
    with gzip.open(tmp_path / "n.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    assert (len(texts), sum(map(len, texts))) == (700, characters)
    assert len({text.split()[-1] for text in texts}) == 700


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_that_of_all_processes() -> None:
    from scaling.watch import resident

    assert 10 < resident(os.getpid()) < 10_000
