"""``popliteal evaluate``: what it prints, writes and refuses."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from xml.etree import ElementTree  # it reads a file that the program wrote

import pytest
from typer.testing import CliRunner

from popliteal.cli import app
from support.batch_tables import N, f, write_batch

FIRST = """---
note_id: first
style: terse
hypothesis: none
acceptable: [none, indeterminate]
side: none
urgency: ROUTINE
urgency_ok: [ROUTINE, NONE]
---
Denies <f concept=numbness assertion=absent>numbness</f>. <f concept=back_pain site=low_back>Low back pain</f>.
"""
SECOND = """---
note_id: second
style: prose
---
He has a <f concept=foot_drop side=left site=foot>left foot drop</f>, which Zaphod noticed.
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "1.txt").write_text(FIRST, encoding="utf-8")
    (folder / "2.txt").write_text(SECOND, encoding="utf-8")
    return folder


def run(*arguments: object, status: int = 0) -> tuple[str, str]:
    """Standard output and standard error of a run of the program."""
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == status, result.stderr
    return result.stdout, result.stderr


def test_tables_name_no_text_unless_asked(corpus: Path) -> None:
    out, err = run(corpus, "--per-concept", "--by-style", "--split", 2, "--bootstrap", 20)
    for expected in ("1 notes, 2 gold", "foot_drop", "terse", "held out", "others", "Urgency"):
        assert expected in out
    assert "Zaphod" not in out + err


def test_errors_show_context_on_standard_output_only(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text(
        "---\nnote_id: x\n---\n<f concept=fasciculations>Zaphod</f> came.", encoding="utf-8"
    )
    out, err = run(tmp_path, "--errors", 2)
    assert "missed" in out
    assert "[Zaphod] came." in out
    assert "Zaphod" not in err
    out, _ = run(tmp_path, "--errors", 0)
    assert "missed" in out
    assert "Zaphod" not in out


def test_json(corpus: Path, tmp_path: Path) -> None:
    out, _ = run(corpus, "--json", "-", "--split", 2)
    data = json.loads(out)
    assert data["notes"] == 2
    assert data["metrics"]["concept.recall"]["total"] == 3
    assert data["parts"]["held out"]["notes"] == data["parts"]["others"]["notes"] == 1
    file = tmp_path / "report.json"
    file.write_text("old")
    file.chmod(0o644)
    printed, _ = run(corpus, "--json", file)
    assert "Findings" in printed
    assert json.loads(file.read_text())["metrics"] == data["metrics"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_figure(corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "confusion.svg"
    out, err = run(corpus, "--figure", file)
    assert "Findings" in out
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314  # a file of ours
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Zaphod" not in file.read_text(encoding="utf-8") + out + err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    _, err = run(corpus, "--figure", tmp_path / "missing" / "confusion.svg", status=2)
    assert "cannot be written" in err


def test_from_gold_reads_perfectly(corpus: Path) -> None:
    out, _ = run(corpus, "--from-gold", "--json", "-")
    metrics = json.loads(out)["metrics"]
    assert metrics["concept+assertion+time+side+site.f1"]["value"] == 1


def test_check(corpus: Path) -> None:
    out, err = run(corpus, "--check")
    assert out == ""
    assert "2 notes, 3 findings: nothing wrong" in err


def test_a_malformed_corpus_is_refused_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "1.txt"
    file.write_text("---\nnote_id: x\n---\nA <f concept=foot_dorp>Zaphod</f>.", encoding="utf-8")
    out, err = run(file, "--check", status=2)
    assert out == ""
    assert f"{file}:4: concept=foot_dorp is not a known concept; did you mean foot_drop" in err
    assert "Zaphod" not in err


def test_a_file_that_cannot_be_written(corpus: Path, tmp_path: Path) -> None:
    _, err = run(corpus, "--json", tmp_path / "missing" / "report.json", status=2)
    assert "cannot be written" in err


def test_quiet_says_nothing_of_progress(corpus: Path) -> None:
    assert run(corpus, "--check", "--quiet") == ("", "")


def test_a_cohort_that_nobody_reviewed_says_so(tmp_path: Path) -> None:
    tables, cohort = write_batch(tmp_path / "tables", [N("a", "2024-01-01", [f("foot_drop", "left")])]), tmp_path / "c"
    made = CliRunner().invoke(app, ["screen", str(tables), "-c", "foot_drop_any", "--out", str(cohort)])
    assert made.exit_code == 0
    _, err = run(cohort, status=2)
    assert f"popliteal review {cohort} makes it" in err
