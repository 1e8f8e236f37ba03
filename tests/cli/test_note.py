"""``popliteal note`` as somebody at a shell meets it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from popliteal.cli import app

NOTE = "HPI: Left foot drop since Tuesday. Denies saddle numbness.\r\nExam: left ankle dorsiflexion 2/5.\n"
CONTRACT = {
    "note_id", "findings", "primary", "hypotheses", "urgency", "red_flags", "not_documented", "provenance",
}  # fmt: skip


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["note", *arguments], input=stdin)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    file = tmp_path / "0042.txt"
    file.write_bytes(NOTE.encode())
    return file


def test_json_is_the_contract_and_nothing_else(note: Path) -> None:
    result = run(str(note), "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(result.stdout)
    assert answer.keys() >= CONTRACT
    assert answer["note_id"] == "0042"
    assert any(finding["concept"] == "foot_drop" for finding in answer["findings"])
    for finding in answer["findings"]:
        assert finding["text"] == NOTE[finding["start"] : finding["end"]]


@pytest.mark.parametrize("source", ["file", "stdin", "text"])
def test_every_way_to_give_a_note_reads_the_same(note: Path, source: str) -> None:
    given = {"file": [str(note)], "stdin": ["-"], "text": ["--text", NOTE]}[source]
    result = run(*given, "--format", "json", stdin=NOTE.encode())
    found = json.loads(result.stdout)["findings"]
    assert found == json.loads(run(str(note), "--format", "json").stdout)["findings"]


def test_the_date_of_the_note_is_used(note: Path) -> None:
    result = run("--text", "Left foot drop since 2024-03-01.", "--note-date", "2024-03-04", "--format", "json")
    (found,) = (item for item in json.loads(result.stdout)["findings"] if item["concept"] == "foot_drop")
    assert found["onset_days"] == 3


def test_table_is_plain_where_there_is_no_terminal(note: Path) -> None:
    result = run(str(note))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    for wanted in ("[foot drop]", "EMERGENCY", "Findings (", "Red flags", "not a diagnosis"):
        assert wanted in result.stdout


@pytest.mark.parametrize("form", ["table", "json", "html"])
def test_out_writes_a_file_for_its_owner_only(note: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / "answer"
    target.write_text("before")
    target.chmod(0o644)
    result = run(str(note), "--format", form, "--out", str(target))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "foot drop" in target.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0042.txt", "answer"]


@pytest.mark.parametrize(
    ("name", "options", "begins"),
    [
        ("page.html", [], "<!doctype html>"),
        ("page.HTM", [], "<!doctype html>"),
        ("answer.json", [], "{"),
        ("answer.txt", [], "note "),
        ("page.html", ["--format", "json"], "{"),
    ],
)
def test_the_name_of_the_file_says_the_form(
    note: Path, tmp_path: Path, name: str, options: list[str], begins: str
) -> None:
    assert run(str(note), "--out", str(tmp_path / name), *options).exit_code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").lower().startswith(begins)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told() -> None:
    command = [sys.executable, "-m", "popliteal", "note", "--text", "Left foot drop."]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "popliteal: the output cannot be written (No space left on device)"


def test_why_shows_the_arithmetic(note: Path) -> None:
    result = run(str(note), "--why", "common_peroneal")
    assert result.exit_code == 0
    for wanted in ("In this note: left", "prior", "sum", '"foot drop"', "argues against"):
        assert wanted in result.stdout


def test_why_of_what_was_not_reported_tells_what_would_count(note: Path) -> None:
    result = run(str(note), "--why", "septic_arthritis_knee")
    assert result.exit_code == 0
    assert "Not reported for this note" in result.stdout


def test_another_encoding_is_read_and_told() -> None:
    result = run("-", "--format", "json", stdin=b"Left foot drop, patient caf\xe9 owner")
    assert json.loads(result.stdout)["findings"][0]["concept"] == "foot_drop"
    assert result.stderr == "popliteal: standard input: not valid UTF-8, read as Windows-1252\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_an_editor_calls_unicode_is_read(encoding: str) -> None:
    result = run("-", "--format", "json", stdin="\ufeffLeft foot drop – café owner".encode(encoding))
    found = json.loads(result.stdout)["findings"][0]
    assert (found["concept"], found["start"], result.stderr) == ("foot_drop", 5, "")


@pytest.mark.parametrize("form", ["table", "html"])
def test_a_note_about_something_else(form: str) -> None:
    result = run("--text", "Sore throat for two days, no fever.", "--format", form)
    assert result.exit_code == 0


WRONG: list[tuple[str, list[str], bytes, str]] = [
    ("no note", [], b"", "give one note"),
    ("two notes", ["-", "--text", "SECRET"], b"SECRET", "give one note"),
    ("missing", ["absent.txt"], b"", "no such file"),
    ("folder", ["."], b"", "popliteal batch"),
    ("empty file", ["-"], b" \n", "empty"),
    ("empty text", ["--text", ""], b"", "empty"),
    ("binary", ["-"], b"SECRET\0\1\2", "not a text file"),
    ("date", ["--text", "SECRET", "--note-date", "04/03/2024"], b"", "YYYY-MM-DD"),
    ("hypothesis", ["--text", "SECRET", "--why", "gout"], b"", "common_peroneal"),
    ("misspelt hypothesis", ["--text", "SECRET", "--why", "cauda_equna"], b"", "did you mean cauda_equina"),
    ("patterns", ["--text", "SECRET", "--patterns", "absent"], b"", "--patterns takes a folder"),
    ("out", ["--text", "SECRET", "--out", "absent/page.html"], b"", "cannot be written"),
    ("format", ["--text", "SECRET", "--format", "pdf"], b"", "table"),
]


@pytest.mark.parametrize(
    ("arguments", "stdin", "wanted"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_what_cannot_be_read_says_what_to_do(
    arguments: list[str], stdin: bytes, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, stdin=stdin)
    assert (result.exit_code, result.stdout) == (2, "")
    assert wanted in result.stderr
    assert "SECRET" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_that_has_seen_enough_is_no_error(note: Path) -> None:
    command = f"'{sys.executable}' -m popliteal note '{note}' --format html | head -c 20"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert result.stdout == "<!doctype html>\n<htm"
    assert result.stderr == ""
