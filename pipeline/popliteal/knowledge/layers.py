"""Where pattern files come from: the shipped folder, and a folder of the user's over or instead of it.

A user's folder is an *overlay* unless its ``manifest.yaml`` says ``mode: replace``. In an overlay a file of the same
name adds entries and replaces entries of the same id; nothing else of the shipped patterns changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from popliteal.errors import PatternError
from popliteal.knowledge.source import Source, near

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped() -> Path:
    """The folder of patterns that came with this installation (inside the wheel, or beside ``pipeline/``)."""
    inside = _PACKAGE / "patterns"
    return inside if inside.is_dir() else _PACKAGE.parent.parent / "patterns"


class Layers:
    """The pattern folders in the order in which they are read; later ones win entry by entry. A file is read once."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folders: tuple[Path, ...] = (shipped(),)
        self._read: dict[Path, Source] = {}
        if folder is not None:
            if not folder.is_dir():
                raise PatternError([f"{folder}: no such folder; --patterns takes a folder of YAML files"])
            manifest = folder / "manifest.yaml"
            mode = (_parsed(manifest).data or {}).get("mode", "overlay") if manifest.is_file() else "overlay"
            if mode not in {"overlay", "replace"}:
                raise PatternError([f"{manifest}:1: mode: expected overlay or replace, got {mode!r}"])
            _known_names(folder)
            self.folders = (folder,) if mode == "replace" else (shipped(), folder)

    def files(self, name: str) -> Iterator[Source]:
        """The sources called ``name`` (``features.yaml``, or ``concepts`` for each file of that folder), base first."""
        for folder in self.folders:
            path = folder / name
            found = sorted(path.glob("*.yaml")) if path.is_dir() else [path] if path.is_file() else []
            for file in found:
                if file not in self._read:
                    self._read[file] = _parsed(file)
                yield self._read[file]

    def entries(self, name: str) -> dict[str, tuple[Source, tuple[str | int, ...], object]]:
        """``{entry id: (source, path in it, data)}`` over all layers of a file that maps ids to entries.

        Raises:
            PatternError: the file is missing everywhere, is not a mapping, or one layer defines an id twice.
        """
        merged: dict[str, tuple[Source, tuple[str | int, ...], object]] = {}
        owner: dict[str, tuple[Path, Source]] = {}
        problems: list[str] = []
        for source in self.files(name):
            if not isinstance(source.data, dict):
                problems.append(f"{source.file}:1: expected a mapping of ids to entries")
                continue
            layer = next(folder for folder in self.folders if source.file.is_relative_to(folder))
            for key, data in source.data.items():
                before = owner.get(key)
                if before and before[0] == layer:
                    problems.append(f"{source.where((key,))}: {key}: already defined at {before[1].where((key,))}")
                owner[key] = (layer, source)
                merged[key] = (source, (key,), data)
        if problems:
            raise PatternError(problems)
        if not merged:
            raise PatternError([f"{self.folders[-1] / name}: missing or empty; a full set of patterns needs it"])
        return merged

    def digest(self) -> str:
        """SHA-256 over every pattern file, by name and content: what ``patterns_version`` shows the first 12 of.

        Criteria of cohorts are left out: they read no note, and a cohort names the digest of its own.
        """
        total = hashlib.sha256()
        for folder in self.folders:
            for file in sorted(folder.rglob("*.yaml")):
                if file.parent == folder / "cohorts":
                    continue
                total.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes() + b"\0")
        return total.hexdigest()


def _parsed(file: Path) -> Source:
    from popliteal.knowledge.parsing import read  # YAML comes with it; what is kept of patterns needs none

    return read(file)


def _known_names(folder: Path) -> None:
    """A file that nothing reads is a mistake: patterns that are believed to be looked for would never be found.

    Raises:
        PatternError: a YAML file of a user's folder is called, or lies, as no pattern file does.
    """
    names = {path.name for path in shipped().iterdir()}
    files = {name for name in names if name.endswith(".yaml")} | {"manifest.yaml"}
    folders = names - files
    problems = []
    for file in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"))):
        where = file.relative_to(folder)
        if any(part.startswith(".") for part in where.parts):
            continue
        if file.suffix == ".yml":
            problems.append(f"{file}: is not read; call it {file.stem}.yaml")
        elif len(where.parts) == 1 and where.name not in files:
            expected = f"a name of ours, such as heads.yaml, or a place in {' or '.join(sorted(folders))}"
            problems.append(f"{file}: is not read{near(where.name, files) or f'; it needs {expected}'}")
        elif len(where.parts) > 2 or (len(where.parts) == 2 and where.parts[0] not in folders):
            places = " or ".join(f"{name}/" for name in sorted(folders))
            problems.append(f"{file}: is not read; entries lie in {places}, without folders in them")
    if problems:
        raise PatternError(problems)
