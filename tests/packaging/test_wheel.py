"""The wheel that users get: what is in it, and that it works in an empty environment away from the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = ROOT / f"constraints-{sys.version_info.major}.{sys.version_info.minor}.txt"

#: Modules that need the extra ``[review]``: they are imported when pages are served.
SERVING = {f"popliteal.cohort.review.{name}" for name in ("app", "security", "server")}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, cwd: Path) -> str:
    """The standard output of a command that knows nothing of this checkout."""
    outside = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV", "COLUMNS"}}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=outside, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("popliteal-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("empty")
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "-qq", "--only-binary", ":all:", "-c", CONSTRAINTS, wheel, cwd=folder)
    return python.parent


def test_everything_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {f"popliteal/{path.relative_to(ROOT)}" for path in (ROOT / "patterns").rglob("*.yaml")}
    code = {
        f"popliteal/{p.relative_to(ROOT / 'pipeline' / 'popliteal')}" for p in ROOT.glob("pipeline/popliteal/**/*.py")
    }
    assert len(shipped) > 10
    assert shipped | code <= names
    assert {"popliteal/py.typed", "popliteal/explaining/page.css", "popliteal/explaining/page.js"} <= names
    assert "popliteal/running/spark/log4j2.properties" in names
    pages = ROOT / "pipeline" / "popliteal" / "cohort" / "review"
    kept = {
        f"popliteal/{p.relative_to(ROOT / 'pipeline' / 'popliteal')}" for p in pages.glob("*/*.*") if p.suffix != ".pyc"
    }
    assert len(kept) > 8
    assert kept <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"popliteal"}
    assert not [name for name in names if name.endswith(".pyc")]


def test_dependencies_fit_together(installed: Path, tmp_path: Path) -> None:
    assert "No broken requirements" in run(installed / "python", "-m", "pip", "check", cwd=tmp_path)


def test_no_dependency_is_missing_without_the_extras(installed: Path, tmp_path: Path) -> None:
    """Every module can be imported, but for those that only serve the pages of ``[review]``."""
    modules = run(
        installed / "python",
        "-W", "error",
        "-c", "import pkgutil, popliteal\n"
        "for module in pkgutil.walk_packages(popliteal.__path__, 'popliteal.'):\n"
        f"    if module.name in {SERVING} or module.name.endswith('__main__'): continue\n"
        "    __import__(module.name); print(module.name)",
        cwd=tmp_path,
    )  # fmt: skip
    assert {"popliteal.explaining.html", "popliteal.cohort.review.exports"} <= set(modules.split())


def test_a_review_without_the_extra_says_what_to_install(installed: Path, tmp_path: Path) -> None:
    serve = (
        "from popliteal.cli.review import _listening\n"
        "from popliteal.errors import OutputError\n"
        "try: _listening(0)\n"
        "except OutputError as error: print(error)"
    )
    assert 'pip install "popliteal[review]"' in run(installed / "python", "-c", serve, cwd=tmp_path)


def test_the_command_reads_a_note(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Left foot drop since Tuesday. Denies saddle numbness.", encoding="utf-8")
    answer = json.loads(run(installed / "popliteal", "note", "note.txt", "--format", "json", cwd=tmp_path))
    assert any(finding["concept"] == "foot_drop" for finding in answer["findings"])
    page = run(installed / "popliteal", "note", "note.txt", "--format", "html", cwd=tmp_path)
    assert page.startswith("<!doctype html>")


def test_the_command_reads_an_export(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("note_id,text\n007,Left foot drop\n008,Sore throat\n", encoding="utf-8")
    run(installed / "popliteal", "batch", "notes.csv", "--out", "out", cwd=tmp_path)
    ids = "import pandas as pd; print(*sorted(pd.read_parquet('out/notes').note_id))"
    assert run(installed / "python", "-c", ids, cwd=tmp_path).split() == ["007", "008"]
