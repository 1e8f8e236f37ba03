"""``popliteal compare``: what it prints, writes and refuses."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from popliteal.cli import app
from popliteal.evaluating.differences import SAID
from popliteal.running.files import write
from support.runs import finding, note, write_run

HERE = finding(start=10, end=18, text="Zaphod!!")


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    first = [note("1", HERE), note("\x1b[31m2", HERE), note("3")]
    second = [
        note("1", HERE | {"assertion": "absent", "cues": "Trillian"}, urgency="NONE"),
        note("\x1b[31m2"),
        note("3"),
    ]
    return write_run(tmp_path / "a", first), write_run(tmp_path / "b", second)


def run(*arguments: object, status: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["compare", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == status, result.stderr
    return result.stdout, result.stderr


def test_tables(runs: tuple[Path, Path]) -> None:
    out, err = run(*runs)
    for expected in ("numbness", "present → absent", "lost", "1 10-18", "ROUTINE → NONE", "patterns_version"):
        assert expected in out
    assert "Zaphod" not in out
    assert "\x1b" not in out
    assert err == ""
    assert "Zaphod!!" in run(*runs, "--text")[0]
    assert "rows not shown: --top 0" in run(*runs, "--top", 1)[0]
    assert "10-18" not in run(*runs, "--examples", 0)[0]


def test_json(runs: tuple[Path, Path], tmp_path: Path) -> None:
    out, _ = run(*runs, "--json", "-")
    data = json.loads(out)
    assert (data["notes"]["in both"], data["notes"]["with other findings"]) == (3, 2)
    assert (data["findings"]["changed"], data["findings"]["lost"], data["findings"]["added"]) == (1, 1, 0)
    first = next(row for row in data["attributes"] if row["attribute"] == "assertion")
    assert first == {
        "concept": "numbness", "attribute": "assertion", "first": "present", "second": "absent", "count": 1,
        "examples": [{"note_id": "1", "start": 10, "end": 18}],
    }  # fmt: skip
    run(*runs, "--json", tmp_path / "c.json")
    assert json.loads((tmp_path / "c.json").read_text(encoding="utf-8")) == data
    assert stat.S_IMODE((tmp_path / "c.json").stat().st_mode) == 0o600


def test_every_change_on_a_line(runs: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "changes.jsonl"
    file.touch(mode=0o644)
    run(*runs, "--changes", file)
    changes = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(change["note_id"], change["change"]) for change in changes] == [
        ("1", "changed"), ("1", "tier"), ("\x1b[31m2", "lost"),
    ]  # fmt: skip
    assert changes[0]["attributes"] == ["assertion", "cues"]
    assert (changes[0]["first"]["assertion"], changes[0]["second"]["assertion"]) == ("present", "absent")
    assert changes[2]["second"] is None
    assert not any(word in file.read_text(encoding="utf-8") for word in ("Zaphod", "Trillian"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    run(*runs, "--changes", file, "--text")
    assert all(word in file.read_text(encoding="utf-8") for word in ("Zaphod", "Trillian"))


def test_nothing_changed(runs: tuple[Path, Path]) -> None:
    out, _ = run(runs[0], runs[0])
    assert "all" in out
    assert "otherwise" not in out.replace("concluded otherwise", "")


def test_a_note_that_fails_in_one_run_only(tmp_path: Path) -> None:
    first = write_run(tmp_path / "a", [note("1"), note("2", failed=True)])
    second = write_run(tmp_path / "b", [note("1", failed=True), note("2", failed=True)])
    out, _ = run(first, second, status=1)
    assert "failed in the second only" in out
    run(first, first)


def test_a_run_that_is_not_finished_is_told(tmp_path: Path) -> None:
    first = write_run(tmp_path / "a", [note("1")], finish=False)
    _, err = run(first, first)
    assert "is not finished" in err


@pytest.mark.parametrize("name", ["nowhere", "a_file", "empty"])
def test_what_is_no_run_is_refused(runs: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    (tmp_path / "a_file").touch()
    (tmp_path / "empty").mkdir()
    _, err = run(runs[0], tmp_path / name, status=2)
    assert name in err


def test_every_option_is_told() -> None:
    root = Path(__file__).resolve().parents[2]
    code = (root / "pipeline" / "popliteal" / "cli" / "compare.py").read_text(encoding="utf-8")
    guide = (root / "docs" / "compare.md").read_text(encoding="utf-8")
    parameters = set(re.findall(r"^    (\w+): (?:Annotated|options)", code, re.M)) - {"first", "second", "json_file"}
    assert parameters >= {"examples", "text", "quiet"}
    assert {name for name in parameters if f"`--{name}" not in guide} == set()
    assert set(SAID) <= set(re.findall(r"\w+", guide))


def test_a_file_takes_the_place_of_another_only_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "changes.jsonl"
    write(file, "before")
    with pytest.raises(UnicodeEncodeError):
        write(file, "half \ud800")
    assert (file.read_text(encoding="utf-8"), [*tmp_path.iterdir()]) == ("before", [file])
    mode = Path(os.devnull).stat().st_mode
    write(Path(os.devnull), "gone")
    assert Path(os.devnull).stat().st_mode == mode
