"""Pattern files with line numbers: what makes an error able to name file, line and entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from popliteal.errors import PatternError

Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Source:
    """One parsed pattern file: its plain data and the line of every node."""

    file: Path
    data: Any
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int:
        """The line of the node at ``path``, or of its nearest known parent."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def where(self, path: Path_) -> str:
        """``file:line`` of a node, for messages."""
        return f"{self.file}:{self.line(path)}"


def validate(source: Source, path: Path_, model: type[M], data: Any) -> M:
    """``data`` (found at ``path`` of ``source``) as a ``model``.

    Raises:
        PatternError: one problem per field, with file, line, entry and what was expected.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise PatternError([_problem(source, path, dict(item)) for item in error.errors()]) from error


def _problem(source: Source, path: Path_, item: dict[str, Any]) -> str:
    inner = tuple(part for part in item["loc"] if isinstance(part, str | int))
    entry = ".".join(str(part) for part in (*path, *inner))
    got = "" if item["type"] in {"missing", "extra_forbidden"} else f" (got {item['input']!r:.80})"
    return f"{source.where((*path, *inner))}: {entry}: {item['msg']}{got}"


def near(name: str, known: Collection[str]) -> str:
    """``; did you mean x, y?`` for an id that is not in ``known``, or nothing where no id is like it."""
    close = get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    return f"; did you mean {', '.join(close)}?" if close else ""
