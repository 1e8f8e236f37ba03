"""The code of the guide to Spark runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.slow, pytest.mark.java, pytest.mark.xdist_group("spark")]
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "spark.md"


def test_the_code_runs(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pd.DataFrame({"note_id": ["1"], "text": ["Left foot drop."]}).to_parquet(tmp_path / "notes.parquet")
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    for name in ("notes.parquet", "tables/notes"):
        assert f'"{name}"' in code
        code = code.replace(f'"{name}"', repr(str(tmp_path / name)))  # Java does not follow a change of folder
    exec(code, {})  # noqa: S102 - our own guide
    assert "foot_drop" in capfd.readouterr().out
    assert pd.read_parquet(tmp_path / "tables" / "notes")["note_id"].tolist() == ["1"]
