"""Environments of the systems that popliteal is compared with: one each, under ``benchmarks/.venvs``."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

VENVS = Path(__file__).resolve().parent / ".venvs"


class NotInstalledError(Exception):
    """A peer cannot be installed here; says why."""


def python_of(requirements: Path) -> Path:
    """The interpreter of the environment for a file of requirements, which is made the first time.

    Raises:
        NotInstalledError: pip could not install them for this Python.
    """
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = VENVS / f"{requirements.stem}-{sys.version_info.major}.{sys.version_info.minor}"
    python, stamp = folder / "bin" / "python", folder / f"installed-{digest}"
    if stamp.exists():
        return python
    venv.create(folder, clear=True, with_pip=True)
    pip: list[str | Path] = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "-r", requirements], capture_output=True, text=True, check=False)  # noqa: S603  # pip, on our own file
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise NotInstalledError(last[0] if last else f"pip ended with {done.returncode}")
    stamp.touch()
    return python


def version(requirements: Path) -> str:
    """The installed version of a peer, and of its spaCy."""
    code = f"import importlib.metadata as m; print(m.version('{requirements.stem}'), m.version('spacy'))"
    answer = subprocess.run(  # noqa: S603  # our own one-liner
        [python_of(requirements), "-c", code], capture_output=True, text=True, check=True
    )
    own, engine = answer.stdout.split()
    return f"{own} (spaCy {engine})"
