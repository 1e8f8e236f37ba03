"""Small engines with the interface of the real one: notes whose text says what should happen to the reader."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from typing import Any

from popliteal.errors import PatternError
from popliteal.schema import Finding, Note


class Plain:
    """Finds the word "numb"; text with RAISE makes it fail quoting the text, text with DIE kills the process."""

    def read(self, note: Note) -> list[Finding]:
        if "RAISE" in note.text:
            raise ValueError(f"cannot read {note.text!r}")
        if "DIE" in note.text:
            os.kill(os.getpid(), signal.SIGKILL)
        start = note.text.find("numb")
        if start < 0:
            return []
        return [Finding(0, start, start + 4, note.text[start : start + 4], "numbness", "sensory", site="foot")]

    def assess(self, note: Note, findings: Sequence[Finding]) -> dict[str, Any]:
        evidence = [{"finding_id": f.finding_id, "feature": "x", "weight": 1} for f in findings]
        hypothesis = {"side": "left", "rank": 1, "hypothesis": "tibial", "name": "Tibial", "grade": "possible"}
        return {
            "note_id": note.note_id,
            "findings": [finding.to_dict() for finding in findings],
            "primary": {"hypothesis": "tibial", "side": "left", "grade": "possible"} if findings else None,
            "hypotheses": [{**hypothesis, "score": 1.0, "supporting": evidence * 2, "opposing": []}]
            if findings
            else [],
            "urgency": {
                "tier": "SOON" if findings else "NONE",
                "rules": [{"id": "S1", "tier": "SOON", "why": "w", "findings": [0]}] if findings else [],
                "needs_review": False,
            },
            "red_flags": {"saddle_anesthesia": "not_documented"},
            "not_documented": [{"feature": "inversion_weak", "why": "w"}],
            "provenance": {"pipeline_version": "1", "patterns_version": "2"},
        }


class Misfit(Plain):
    """Gives a value that its column cannot hold, for notes with MISFIT."""

    def assess(self, note: Note, findings: Sequence[Finding]) -> dict[str, Any]:
        assessment = super().assess(note, findings)
        if "MISFIT" in note.text:
            assessment["urgency"] = {"tier": ["not", note.text], "rules": [], "needs_review": False}
        return assessment


class Broken(Plain):
    """Cannot be made."""

    def __init__(self) -> None:
        raise PatternError(["concepts/x.yaml:3: x: unknown site 'y'"])
