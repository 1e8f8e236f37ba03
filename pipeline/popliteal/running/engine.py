"""One note, the whole way: text to findings to assessment, with its provenance."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from popliteal.knowledge import Knowledge, load
from popliteal.mapping import assess, trace
from popliteal.reading import Reader
from popliteal.reading.plain import Plain, plain
from popliteal.schema import Finding, Note
from popliteal.version import __version__


class Engine:
    """The patterns, loaded once, and the two things they are for: reading a note and assessing what was read.

    Args:
        patterns: a folder of patterns over, or instead of, the shipped ones.
        knowledge: patterns that are loaded already, instead. Workers get those of the process that started them, so
            that a file edited during a run does not end up in half of its tables.

    Raises:
        PatternError: the patterns are wrong; names file, line and entry.
    """

    def __init__(self, patterns: Path | None = None, *, knowledge: Knowledge | None = None) -> None:
        with _no_collection():
            self.knowledge = knowledge or load(patterns)
            self._reader = _reader(self.knowledge)

    def read(self, note: Note) -> list[Finding]:
        """The findings of a note in the order of the text; a blank note has none."""
        if not note.text or note.text.isspace():
            return []
        words = plain(note.text)
        with _no_collection():
            if words is None:
                return self._reader.read(note.text, note.note_date)
            return [_back(finding, words, note.text) for finding in self._reader.read(words.text, note.note_date)]

    def assess(self, note: Note, findings: Sequence[Finding]) -> dict[str, Any]:
        """The contract's JSON of one note, made of findings that :meth:`read` gave."""
        return assessment(note, findings, self.knowledge)

    def trace(self, note: Note, findings: Sequence[Finding], hypothesis: str) -> list[dict[str, Any]]:
        """What the findings say for and against one hypothesis, reported or not: an item for each side."""
        return trace(findings, hypothesis, decisions=self.knowledge.decisions, age=age(note))

    def assess_note(self, note: Note) -> dict[str, Any]:
        """The whole JSON of one note: note_id, findings, primary, hypotheses, urgency, red_flags, provenance, ..."""
        return self.assess(note, self.read(note))


def _back(finding: Finding, words: Plain, text: str) -> Finding:
    """A finding in the text as it was given."""
    start, end = words.span(finding.start, finding.end)
    return replace(finding, start=start, end=end, text=text[start:end])


def assessment(note: Note, findings: Sequence[Finding], knowledge: Knowledge) -> dict[str, Any]:
    """The contract's JSON of one note, made of findings from anywhere."""
    mapped = assess(findings, note.note_date, decisions=knowledge.decisions, age=age(note))
    return {
        "note_id": note.note_id,
        "findings": [finding.to_dict() for finding in findings],
        **mapped,
        "provenance": {"pipeline_version": __version__, "patterns_version": knowledge.version},
    }


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without looking for garbage meanwhile.

    What loading makes is there to stay, and it is a lot to look through; what reading makes of a note is gone when the
    note is read, and of its own accord.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


_READERS: dict[str, Reader] = {}


def _reader(knowledge: Knowledge) -> Reader:
    """The reader of a set of patterns, built once a process: it takes a second, and keeps nothing of a note."""
    if knowledge.version not in _READERS:
        if len(_READERS) >= 4:
            _READERS.clear()
        _READERS[knowledge.version] = Reader(knowledge)
    return _READERS[knowledge.version]


def age(note: Note) -> int | None:
    """Whole years between birth and note, or None where either date is unknown or they contradict each other."""
    if note.birth_date is None or note.note_date is None:
        return None
    born, seen = date.fromisoformat(note.birth_date), date.fromisoformat(note.note_date)
    years = seen.year - born.year - ((seen.month, seen.day) < (born.month, born.day))
    return years if years >= 0 else None
