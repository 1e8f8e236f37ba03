"""The demo export: written again byte for byte, and every row accounted for."""

from __future__ import annotations

import csv
import gzip
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "corpora" / "demo"
FILES = ("notes.csv", "patients.csv", "gold.csv", "notes_gold.csv", "README.md")
COHORTS = (
    "peroneal_after_knee",
    "suspected_cauda_equina",
    "lumbar_radiculopathy_l4_s1",
    "diabetic_neuropathy_with_knee_oa",
    "foot_drop_any",
    "hot_swollen_knee",
)
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """The rows of one file of the demo."""
    with (DEMO / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def notes() -> list[Row]:
    return rows("notes.csv")


@pytest.fixture(scope="module")
def gold() -> list[Row]:
    return rows("gold.csv")


@pytest.fixture(scope="module")
def verdicts() -> list[Row]:
    return rows("notes_gold.csv")


def test_the_generator_writes_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "corpora" / "make_demo.py"), str(tmp_path)]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (DEMO / name).read_bytes(), f"{name}: run python corpora/make_demo.py"


def test_size(notes: list[Row]) -> None:
    per_patient = Counter(patient for patient, _ in {(row["patient_id"], row["note_id"]) for row in notes})
    assert sum(per_patient.values()) >= 220
    assert len(per_patient) >= 110
    assert min(per_patient.values()) == 1
    assert max(per_patient.values()) == 8
    assert len({row["text"] for row in notes}) >= 220


def test_notes_and_patients_agree(notes: list[Row]) -> None:
    patients = {row["patient_id"]: (row["sex"], row["birth_date"]) for row in rows("patients.csv")}
    assert {row["patient_id"]: (row["gender"], row["birth_date"]) for row in notes} == patients
    assert all(re.fullmatch(r"\d{6}", patient) for patient in patients)
    assert sum(patient.startswith("0") for patient in patients) > 30
    for row in notes:
        assert re.fullmatch(rf"{row['patient_id']}-\d\d", row["note_id"])
        assert (
            16 * 365 < (date.fromisoformat(row["note_date"]) - date.fromisoformat(row["birth_date"])).days < 101 * 366
        )
    assert notes == sorted(notes, key=lambda row: (row["note_date"], row["note_id"]))


def test_odd_rows(notes: list[Row]) -> None:
    raw = (DEMO / "notes.csv").read_text(encoding="utf-8").splitlines()
    readme = (DEMO / "README.md").read_text(encoding="utf-8")
    odd = {
        "null": [line.split(",")[0] for line in raw if re.fullmatch(r"\d{6}-\d\d,.*\d,", line)],
        "empty": [line.split(",")[0] for line in raw if re.fullmatch(r'\d{6}-\d\d,.*\d,""', line)],
        "twice": [note for note, count in Counter(row["note_id"] for row in notes).items() if count > 1],
        "script": [row["note_id"] for row in notes if "<script>" in row["text"]],
        "future": [row["note_id"] for row in notes if row["note_date"] > "2030"],
    }
    assert {name: len(found) for name, found in odd.items()} == dict.fromkeys(odd, 1)
    assert all(f"| `{note}` |" in readme for found in odd.values() for note in found)
    duplicates = [row for row in notes if row["note_id"] in odd["twice"]]
    assert duplicates[0] == duplicates[1]
    assert sum(re.search(r"[.:],", row["text"]) is not None and "\n" not in row["text"] for row in notes) >= 5


def test_every_patient_stands_somewhere_in_every_cohort(notes: list[Row], gold: list[Row]) -> None:
    patients = {row["patient_id"] for row in notes}
    assert len(gold) == len(patients) * len(COHORTS)
    assert {(row["patient_id"], row["cohort"]) for row in gold} == {(p, c) for p in patients for c in COHORTS}
    days = {(row["patient_id"], row["note_date"]) for row in notes}
    for row in gold:
        assert row["reason"]
        assert (row["status"] == "in") == ((row["patient_id"], row["index_date"]) in days)
        assert (row["status"] == "in") == (row["side"] in {"left", "right", "bilateral", "unspecified"})


@pytest.mark.parametrize("cohort", COHORTS)
def test_cohorts_are_large_enough_to_measure(gold: list[Row], cohort: str) -> None:
    count = Counter(row["status"] for row in gold if row["cohort"] == cohort)
    assert set(count) == {"in", "near_miss", "out"}
    assert count["in"] >= 15
    assert count["near_miss"] >= 6


def test_every_note_with_text_is_judged(notes: list[Row], verdicts: list[Row]) -> None:
    assert {row["note_id"] for row in verdicts} == {row["note_id"] for row in notes if row["text"]}
    assert len({row["note_id"] for row in verdicts}) == len(verdicts)
    for row in verdicts:
        assert row["hypothesis"] == row["acceptable"].split(";")[0]
        assert row["side"] == row["side_ok"].split(";")[0]
        assert row["urgency"] == row["urgency_ok"].split(";")[0]


def test_verdicts_use_the_ids_of_the_patterns(verdicts: list[Row]) -> None:
    known = set(yaml.safe_load((ROOT / "patterns" / "hypotheses.yaml").read_text(encoding="utf-8")))
    assert {name for row in verdicts for name in row["acceptable"].split(";")} <= known


def word_runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    """Every run of so many words, in lower case, without punctuation."""
    words = re.findall(r"\w+", text.lower())
    return (tuple(words[start : start + length]) for start in range(len(words) - length + 1))


def test_nothing_is_copied_from_real_notes(notes: list[Row]) -> None:
    folder = Path(os.environ.get("POPLITEAL_SHARED", ROOT.parent / "shared")) / "data"
    sources = [*folder.glob("*.jsonl"), *folder.glob("*.gz")]
    if not sources:
        pytest.skip("no shared data: set POPLITEAL_SHARED to the folder that holds data/")
    ours = {run for row in notes for run in word_runs(row["text"], 9)}
    for source in sources:
        raw = source.read_bytes()
        text = (gzip.decompress(raw) if source.suffix == ".gz" else raw).decode("utf-8").replace("\\n", " ")
        shared = ours.intersection(word_runs(text, 9))
        assert not shared, f"{source.name}: {len(shared)} runs of nine words stand in the demo too"
