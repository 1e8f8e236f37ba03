"""The examples in the documentation of corpora and of evaluation do what they say."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from popliteal.evaluating.corpus import load
from popliteal.evaluating.mechanisms import MECHANISMS
from popliteal.evaluating.metrics import LEVELS

ROOT = Path(__file__).resolve().parents[3]
HOWTO = (ROOT / "docs" / "evaluate.md").read_text(encoding="utf-8")
FORMAT = (ROOT / "corpora" / "README.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [body for of, body in fences if of == language]


def test_the_two_forms_of_the_example_note(tmp_path: Path) -> None:
    (txt,), (jsonl,) = blocks(FORMAT, ""), blocks(FORMAT, "json")
    (tmp_path / "a.txt").write_text(txt, encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(jsonl, encoding="utf-8")
    (marked,), (plain,) = load(tmp_path / "a.txt"), load(tmp_path / "a.jsonl")
    assert marked.note.note_id == plain.note.note_id == "drop-01"
    assert marked.findings[0] == plain.findings[0]
    assert marked.decision.urgency_ok == {"URGENT", "EMERGENCY"}


def test_the_cases(tmp_path: Path) -> None:
    (cases,) = blocks(FORMAT, "yaml")
    (tmp_path / "resolved.yaml").write_text(cases, encoding="utf-8")
    over, dated = load(tmp_path)
    assert (over.note.note_id, over.style) == ("resolved-01", "resolved")
    assert over.findings[0].temporality == "historical"
    assert dated.note.note_date == "2024-03-05"


def test_the_python_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = blocks(HOWTO, "python")
    monkeypatch.chdir(ROOT)
    (tmp_path / "example.py").write_text(code, encoding="utf-8")
    runpy.run_path(str(tmp_path / "example.py"))
    f1, emergencies = capsys.readouterr().out.splitlines()
    assert 0 <= float(f1) <= 1
    assert emergencies.startswith("[")


@pytest.mark.parametrize("word", [*MECHANISMS, *LEVELS])
def test_every_mechanism_and_level_is_documented(word: str) -> None:
    assert word in HOWTO
