"""The shell: quick, quiet about notes, exact about exit codes."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import popliteal
from popliteal.cli import app
from popliteal.cli.main import COMMANDS
from popliteal.errors import OutputError

HEAVY = {"spacy", "pandas", "pyarrow", "numpy", "pydantic", "yaml", "sqlalchemy"}


def test_help_names_every_command() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for name, line in COMMANDS.items():
        assert name in result.stdout
        assert line.split(".")[0][:30] in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0, result.stderr
    assert f"popliteal {name}" in result.stdout


def test_every_command_file_is_a_command() -> None:
    folder = Path(import_module("popliteal.cli").__file__ or "").parent
    commands = {file.stem for file in folder.glob("*.py") if "def register(" in file.read_text(encoding="utf-8")}
    assert commands == set(COMMANDS)


@pytest.mark.parametrize("code", ["import popliteal", "from popliteal.cli import app; app(['--help'])"])
def test_what_needs_no_patterns_loads_nothing_heavy(code: str) -> None:
    program = (
        f"import sys, contextlib\nwith contextlib.suppress(SystemExit):\n    {code}\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.splitlines()[-1].split())


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"popliteal {popliteal.__version__}\n"


@pytest.mark.parametrize("args", [[], ["nonsense"], ["--nonsense"]])
def test_usage_errors(args: list[str]) -> None:
    assert CliRunner().invoke(app, args).exit_code == 2


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OutputError("o: is a file"), 2, "popliteal: o: is a file\n"),
        (ValueError("ZAPHOD"), 2, "popliteal: internal error: ValueError at popliteal/cli/main.py:"),
        (typer.Exit(1), 1, ""),
    ],
)
def test_what_a_command_raises(monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, message: str) -> None:
    def command() -> None:
        raise error

    module = import_module("popliteal.cli.batch")
    monkeypatch.setattr(module, "register", lambda app: app.command("batch")(command))
    result = CliRunner().invoke(app, ["batch"])
    assert result.exit_code == code
    assert result.stderr.startswith(message)
    assert "ZAPHOD" not in result.stderr


def test_python_minus_m() -> None:
    done = subprocess.run([sys.executable, "-m", "popliteal", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"popliteal {popliteal.__version__}\n"
