"""``popliteal batch`` as its users run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from popliteal.cli import app

TEXTS = [
    "Left foot drop since Tuesday. Numbness on the top of the left foot. Denies bladder or bowel symptoms.",
    "New saddle numbness and cannot pass urine since this morning. Severe low back pain with bilateral sciatica.",
    "Sore throat and cough for three days. Lungs clear.",
    "Burning feet for years, worse at night. Diabetes. Ankle jerks absent.",
    "",
]
ROWS = [
    {"note_id": f"{n:04d}", "patient_id": f"p{n % 40:02d}", "note_date": "2151-08-04", "text": TEXTS[n % len(TEXTS)]}
    for n in range(150)
]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("input") / "notes.csv"
    pd.DataFrame(ROWS).to_csv(file, index=False)
    return file


def batch(*args: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["batch", *map(str, args)], input=stdin)


def table(out: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(out / name)


def parts(out: Path) -> dict[str, bytes]:
    return {str(f.relative_to(out)): f.read_bytes() for f in sorted(out.rglob("part-*.parquet"))}


@pytest.fixture(scope="module")
def run(export: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    out = tmp_path_factory.mktemp("out") / "o"
    result = batch(export, "--out", out, "--part-size", "15")
    assert (result.exit_code, result.stdout) == (0, "")
    return out, result


@pytest.fixture
def undisturbed(run: tuple[Path, Result]) -> Path:
    return run[0]


@pytest.fixture
def few(tmp_path: Path) -> Path:
    pd.DataFrame(ROWS[:5]).to_csv(tmp_path / "few.csv", index=False)
    return tmp_path / "few.csv"


def test_every_note_is_a_row(undisturbed: Path) -> None:
    notes = table(undisturbed, "notes")
    assert notes["note_id"].tolist() == [row["note_id"] for row in ROWS]
    tiers = notes["urgency"].tolist()
    assert [tiers[1], tiers[2], tiers[4]] == ["EMERGENCY", "NONE", "NONE"]
    rows = notes.to_dict("records")
    assert list(rows[1]["urgency_rules"])
    assert set(json.loads(rows[1]["red_flags"]).values()) <= {"present", "possible", "denied", "not_documented"}
    assert (rows[0]["hypothesis"], rows[0]["side"]) == ("common_peroneal", "left")


def test_findings_point_into_their_notes(undisturbed: Path) -> None:
    texts = {row["note_id"]: row["text"] for row in ROWS}
    findings = table(undisturbed, "findings")
    assert "foot_drop" in set(findings["concept"])
    rows = findings[["note_id", "start", "end", "text"]].to_dict("records")
    assert all(texts[row["note_id"]][row["start"] : row["end"]] == row["text"] for row in rows)


def test_the_summary_tells_tiers_and_emergencies_but_no_text(run: tuple[Path, Result], few: Path) -> None:
    stderr = run[1].stderr
    for expected in ("150 notes read", "EMERGENCY", "0001", "common_peroneal", "foot_drop"):
        assert expected in stderr
    assert "since this morning" not in stderr
    assert batch(few, "--out", few.parent / "o", "--quiet").stderr == ""


def test_two_processes_write_the_same_files(export: Path, undisturbed: Path, tmp_path: Path) -> None:
    assert batch(export, "--out", tmp_path / "o", "--part-size", "15", "--processes", "2").exit_code == 0
    assert parts(tmp_path / "o") == parts(undisturbed)


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("processes", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_killed_and_run_again_gives_the_same_files(
    export: Path, undisturbed: Path, tmp_path: Path, processes: str
) -> None:
    out = tmp_path / "o"
    command = [sys.executable, "-m", "popliteal", "batch", str(export), "--out", str(out), "--part-size", "15"]
    process = subprocess.Popen([*command, "--processes", processes], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (out / "notes" / "part-00002.parquet").exists() and time.monotonic() < deadline:
        assert process.poll() is None or (out / "notes" / "part-00002.parquet").exists()
        time.sleep(0.001)
    process.kill()
    process.wait()
    assert not json.loads((out / "manifest.json").read_text(encoding="utf-8"))["complete"]
    assert len(parts(out)) < len(parts(undisturbed))
    assert batch(export, "--out", out, "--part-size", "15").exit_code == 0
    assert parts(out) == parts(undisturbed)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_says_that_it_can_go_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "popliteal", "batch", "-", "--out", str(tmp_path / "o"), "--part-size", "1"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    )  # fmt: skip
    assert process.stdin is not None
    lines = [json.dumps({"note_id": n, "text": TEXTS[0]}) for n in range(300)]
    process.stdin.write("\n".join(lines) + "\n")
    process.stdin.flush()
    deadline = time.monotonic() + 60
    while not (tmp_path / "o" / "notes" / "part-00001.parquet").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    try:
        _, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "interrupted" in stderr
    assert "the same command goes on from there" in stderr
    assert "Traceback" not in stderr


def test_done_is_done_and_change_is_refused(few: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    assert batch(few, "--out", out).exit_code == 0
    before = {f: f.stat().st_mtime_ns for f in out.rglob("*.parquet")}
    assert batch(few, "--out", out).exit_code == 0
    assert {f: f.stat().st_mtime_ns for f in out.rglob("*.parquet")} == before
    with few.open("a", encoding="utf-8") as file:
        file.write("x,p,2151-08-04,more\n")
    refused = batch(few, "--out", out)
    assert refused.exit_code == 2
    assert "the input has changed" in refused.stderr
    assert batch(few, "--out", out, "--no-text").exit_code == 2
    assert batch(few, "--out", out, "--fresh").exit_code == 0
    assert len(table(out, "notes")) == 6


def test_an_input_that_cannot_be_read_takes_no_tables_along(few: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    assert batch(few, "--out", out).exit_code == 0
    before = parts(out), (out / "manifest.json").read_bytes()
    assert batch(few, "--out", out, "--fresh", "--text-column", "nosuch").exit_code == 2
    assert (parts(out), (out / "manifest.json").read_bytes()) == before
    assert batch(few, "--out", out, "--fresh").exit_code == 0
    assert (parts(out), (out / "manifest.json").read_bytes()) == before


def test_standard_input_goes_on_only_with_the_same_notes(tmp_path: Path) -> None:
    lines = [json.dumps(row) for row in ROWS[:5]]
    args = ("-", "--out", tmp_path / "o", "--part-size", "2")
    assert batch(*args, stdin="\n".join(lines)).exit_code == 0
    assert batch(*args, stdin="\n".join(lines)).exit_code == 0
    for other in (lines[1:], [*lines, lines[0]], lines[:-1]):
        refused = batch(*args, stdin="\n".join(other))
        assert refused.exit_code == 2
        assert "are not those that the input holds now" in refused.stderr


def test_bad_rows_are_accounted_for(tmp_path: Path) -> None:
    rows: list[object] = [*ROWS[:4], {"note_id": "x", "text": None}, ["ZAPHOD"], {"text": 5}, ROWS[0]]
    lines = [*map(json.dumps, rows), '{"text": "ZAPHOD']
    result = batch("-", "--out", tmp_path / "o", stdin="\n".join(lines))
    assert result.exit_code == 1
    notes, errors = table(tmp_path / "o", "notes"), table(tmp_path / "o", "errors")
    assert len(notes) + len(errors) == len(lines)
    assert errors["note_id"].tolist() == ["x", "row-6", "row-7", "row-9"]
    for expected in ("rows that failed: 4", "rows that repeat the note_id of another row: 1", "called row-N"):
        assert expected in result.stderr
    assert "ZAPHOD" not in result.stderr + errors.to_csv()


def test_text_can_be_left_out(few: Path, tmp_path: Path) -> None:
    assert batch(few, "--out", tmp_path / "o", "--no-text").exit_code == 0
    findings = table(tmp_path / "o", "findings")
    assert len(findings)
    assert findings["text"].isna().all()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere.csv", "--out", "o"], "nowhere.csv: no such file or folder"),
        (["notes.csv"], "--out"),
        (["notes.csv", "--out", "."], "is not empty and was not written by popliteal batch"),
        (["notes.csv", "--out", "o", "--engine", "abacus"], "abacus"),
        (["notes.csv", "--out", "o", "--patterns", "nowhere"], "nowhere: no such folder"),
        (["notes.csv", "--out", "o", "--text-column", "body"], "no column 'body' (--text-column)"),
        (["notes.csv", "--out", "o", "--processes", "0"], "--processes"),
    ],
)
def test_usage(export: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str) -> None:
    monkeypatch.chdir(export.parent)
    result = batch(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_columns_encoding_and_dates_by_option(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes("key|body|when\n1|Schwäche: foot drop|04.08.2151\n".encode("latin-1"))
    args = ("--text-column", "body", "--id-column", "key", "--date-column", "when", "--date-format", "%d.%m.%Y")
    result = batch(file, "--out", tmp_path / "o", "--encoding", "latin-1", *args)
    assert result.exit_code == 0, result.stderr
    (note,) = table(tmp_path / "o", "notes").itertuples()
    assert (note.note_id, note.note_date, note.chars) == ("1", "2151-08-04", 19)
