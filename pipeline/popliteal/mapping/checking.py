"""Findings from elsewhere, looked at before they are weighed: what nothing can know would be passed over in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from popliteal.errors import SourceError
from popliteal.knowledge.source import near
from popliteal.schema import CLOSED_COLUMNS, Finding

Given = Finding | Mapping[str, Any]


def checked(findings: Iterable[Given], concepts: Collection[str], sites: Collection[str]) -> list[Given]:
    """The findings, if each names a concept of the patterns and its attributes are words of the schema.

    Raises:
        SourceError: one does not; a misspelt red flag is not to look like a note without one.
    """
    known: dict[str, Collection[str]] = {"concept": concepts, "site": sites, **CLOSED_COLUMNS}
    taken = list(findings)
    for number, finding in enumerate(taken):
        if not isinstance(finding, Finding | Mapping):
            kind = type(finding).__name__
            raise SourceError(f"finding {number}: is of type {kind}; expected a Finding or its columns")
        for column, words in known.items():
            value = finding.get(column) if isinstance(finding, Mapping) else getattr(finding, column)
            if isinstance(value, str) and value not in words:
                hint = f"; expected {', '.join(words)}" if column in CLOSED_COLUMNS else near(value, words)
                raise SourceError(f"finding {number}: no {column} {value!r}{hint or '; the patterns have none'}")
    return taken
