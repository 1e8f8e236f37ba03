"""What a finished output folder holds, counted, for the summary at the end of a run; the text of notes is not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.running.store import Manifest, part_name
from popliteal.schema import URGENCIES

_NOTES = ["note_id", "hypothesis", "side", "grade", "urgency", "urgency_rules", "needs_review"]


@dataclass
class Summary:
    """Counts over all parts.

    ``hypotheses`` counts notes by (hypothesis, side) of their primary, where it is likely or possible; ``findings``
    counts mentions by (concept, assertion); ``emergencies`` lists (note_id, rule ids, needs_review) of the first so
    many notes of that tier.
    """

    tiers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(URGENCIES, 0))
    hypotheses: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)
    emergencies: list[tuple[str, list[str], bool]] = field(default_factory=list)
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    duplicates: int = 0

    @property
    def notes(self) -> int:
        """Notes that were read."""
        return sum(self.tiers.values())

    @property
    def relevant(self) -> int:
        """Notes that hold something about our subject."""
        return self.notes - self.tiers["NONE"]


def summarise(folder: Path, manifest: Manifest, *, listed: int = 20) -> Summary:
    """Count what stands in an output folder, part by part."""
    summary = Summary()
    ids: list[npt.NDArray[np.int64]] = []
    for notes in _parts(folder, manifest, "notes", _NOTES):
        ids.append(np.fromiter(map(hash, notes["note_id"].to_pylist()), np.int64, notes.num_rows))
        for row in notes.to_pylist():
            summary.tiers[row["urgency"]] += 1
            if row["grade"] is not None:
                summary.hypotheses[row["hypothesis"], row["side"] or ""] += 1
            if row["urgency"] == "EMERGENCY" and len(summary.emergencies) < listed:
                summary.emergencies.append((row["note_id"], row["urgency_rules"], row["needs_review"]))
    summary.duplicates = sum(map(len, ids)) - len(np.unique(np.concatenate(ids))) if ids else 0  # 8 bytes a note
    for findings in _parts(folder, manifest, "findings", ["concept", "assertion"]):
        summary.findings.update((row["concept"], row["assertion"]) for row in findings.to_pylist())
    for errors in _parts(folder, manifest, "errors", ["stage", "error_type"]):
        summary.errors.update((row["stage"], row["error_type"]) for row in errors.to_pylist())
    return summary


def _parts(folder: Path, manifest: Manifest, name: str, columns: list[str]) -> Iterator[pa.Table]:
    for number in range(manifest.parts):
        yield pq.read_table(folder / name / part_name(number), columns=columns)
