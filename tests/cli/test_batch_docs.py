"""The guide to ``popliteal batch`` says what the command does: columns, options, code."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from popliteal.running.sources.columns import CONVENTIONS, OPTION
from popliteal.running.tables import SCHEMAS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "batch.md"


@pytest.fixture(scope="module")
def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("role", CONVENTIONS)
def test_every_recognised_name_is_told(guide: str, role: str) -> None:
    assert f"| {role} | {', '.join(CONVENTIONS[role])} | `{OPTION[role]}` |" in guide


@pytest.mark.parametrize("table", SCHEMAS)
def test_every_column_is_told(guide: str, table: str) -> None:
    told = guide[guide.index(f"* **{table}**") :].split("\n* **")[0]
    assert set(SCHEMAS[table].names) <= set(re.findall(r"\w+", told))


def test_every_option_is_told(guide: str) -> None:
    files = [import_module(f"popliteal.cli.{name}").__file__ for name in ("batch", "options")]
    text = "".join(Path(str(file)).read_text(encoding="utf-8") for file in files)
    options = set(re.findall(r'"(--[a-z-]+)"', text))
    assert "--no-text" in options
    assert {option for option in options if option not in guide} == set()


def test_the_code_runs(guide: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"note_id": ["1"], "text": ["Left foot drop."]}).to_csv("notes.csv.gz", index=False)
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    exec(code, {})  # noqa: S102 - our own guide
