"""Writes what commands answer into the documentation, so that it shows what the programs do now.

A block

    ```console
    $ popliteal note ...
    (what it answered)
    ```

of README.md or docs/*.md is run by bash in a folder that holds nothing but a link to ``corpora/``, and what it answers
takes the place of what stands there.
``python docs/console.py`` writes the files; ``--check`` changes nothing and fails where a block is out of date.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```console\n(?P<command>\$ (?:[^\n]*\\\n)*[^\n]*)\n(?P<answer>.*?)^```$", re.M | re.S)


def answer(command: str) -> str:
    """Standard output and standard error of a command, without spaces at the ends of lines."""
    places = [str(Path(sys.executable).parent), os.environ["PATH"]]
    plain = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "FORCE_COLOR"}}
    with tempfile.TemporaryDirectory() as empty:
        (Path(empty) / "corpora").symlink_to(ROOT / "corpora")
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=empty,
            env={**plain, "PATH": os.pathsep.join(places), "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if done.returncode not in {0, 141}:  # 141: head has seen enough
        raise SystemExit(f"{command}\nended with {done.returncode}:\n{done.stdout}")
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.rstrip().splitlines())


def renewed(text: str) -> str:
    """A document with the answers of its commands as they are now."""

    def block(found: re.Match[str]) -> str:
        return f"```console\n{found['command']}\n{answer(found['command'].removeprefix('$ '))}```"

    return BLOCK.sub(block, text)


def main() -> int:
    """Renew all documents, or tell which of them are out of date."""
    check = "--check" in sys.argv[1:]
    stale = 0
    for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        before = file.read_text(encoding="utf-8")
        after = renewed(before)
        if after == before:
            continue
        stale += 1
        if not check:
            file.write_text(after, encoding="utf-8")
        verb = "is out of date: run make docs" if check else "renewed"
        sys.stderr.write(f"{file.relative_to(ROOT)} {verb}\n")
    return stale if check else 0


if __name__ == "__main__":
    sys.exit(main())
