"""``popliteal summarise``: what it writes, says and refuses."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from popliteal.cli import app
from support.batch_tables import N, f, write_batch

NOTES = (
    N("p1", "2024-03-01", [f("foot_drop", "left")], [("common_peroneal", "left", "likely")], urgency="URGENT",
      rules=["U1", "U2"]),
    N("p1", "2024-05-01", [f("foot_drop", "left", course="resolved")]),
    N(None, "2024-05-02", [f("foot_drop", "left")]),
)  # fmt: skip


def run(*arguments: object, status: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["summarise", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == status, result.stderr
    return result.stdout, result.stderr


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    return write_batch(tmp_path / "tables", NOTES)


def test_the_tables_of_each_patient(batch: Path, tmp_path: Path) -> None:
    out, err = run(batch, "--out", tmp_path / "patients")
    assert (out, "notes without a patient id, left out: 1" in err, "1 patients" in err) == ("", True, True)
    (drop,) = rows(tmp_path / "patients" / "findings.csv")
    assert (drop["patient_id"], drop["side"], drop["finding"], drop["state"]) == ("p1", "left", "foot_drop", "resolved")
    assert (drop["last_seen"], drop["resolved_on"], drop["onset_date"]) == ("2024-03-01", "2024-05-01", "")
    (urgency,) = rows(tmp_path / "patients" / "urgency.csv")
    assert (urgency["highest"], urgency["highest_rules"], urgency["last"]) == ("URGENT", "U1 U2", "ROUTINE")
    (leading,) = rows(tmp_path / "patients" / "hypotheses.csv")
    assert leading["hypothesis"] == "common_peroneal"
    assert rows(tmp_path / "patients" / "strength.csv") == []


def test_the_files_are_their_owners_alone(batch: Path, tmp_path: Path) -> None:
    _, err = run(batch, "--out", tmp_path / "patients", "--quiet")
    assert "patients in" not in err
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "patients").iterdir()}
    assert modes == dict.fromkeys(("findings.csv", "strength.csv", "urgency.csv", "hypotheses.csv"), 0o600)


def test_what_is_no_batch_is_refused(tmp_path: Path) -> None:
    _, err = run(tmp_path / "nothing", "--out", tmp_path / "patients", status=2)
    assert "nothing" in err
    assert not (tmp_path / "patients").exists()
