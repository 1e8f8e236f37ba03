"""Two runs over one pile of notes, compared note by note in memory that does not grow with them.

The runs are read side by side. A note waits for its other half only where the runs hold their notes in different
orders; a note that one run alone holds is known beforehand (8 bytes a note) and waits for nothing.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from popliteal.evaluating.differences import FindingChange, NoteChange, attribute, compare
from popliteal.evaluating.runs import Row, Run, RunNote

#: What became of a note, in the order in which it is told.
NOTES = (
    "in both", "in the first only", "in the second only", "failed in the first only", "failed in the second only",
    "failed in both", "of different length",
)  # fmt: skip
#: What became of findings, one column each.
FINDINGS = ("first", "second", "same", "evidence", "changed", "lost", "added")
#: Attributes whose values are many, or words of the note: only whether there is one is told in groups.
_OPEN = {"onset_days", "value", "value_text", "cues"}
_NOTHING = (None, "")


_Key = TypeVar("_Key")


@dataclass(slots=True)
class Group:
    """Changes of one kind: how many, and where the first of them stand."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Example:
    """Where one change stands. ``text`` is text of the note, where it was asked for and the tables hold it."""

    note_id: str
    start: int | None = None
    end: int | None = None
    text: str | None = None


@dataclass
class Comparison:
    """Everything that was counted.

    ``findings`` counts by concept, for the keys :data:`FINDINGS`; ``attributes`` groups by (concept, attribute,
    before, after), ``gained`` by (kind, concept, assertion, pattern), ``decisions`` by (kind, what, before, after);
    ``tiers`` counts notes in both by their two tiers; ``unpaired`` has the other notes by what became of them.
    """

    examples: int = 3
    text: bool = False
    notes: Counter[str] = field(default_factory=Counter)
    changed_reading: int = 0
    changed_decision: int = 0
    findings: dict[str, Counter[str]] = field(default_factory=dict)
    attributes: dict[tuple[str, str, str, str], Group] = field(default_factory=dict)
    gained: dict[tuple[str, str, str, str], Group] = field(default_factory=dict)
    decisions: dict[tuple[str, str, str, str], Group] = field(default_factory=dict)
    tiers: Counter[tuple[str, str]] = field(default_factory=Counter)
    unpaired: dict[str, Group] = field(default_factory=dict)

    @property
    def total(self) -> Counter[str]:
        """The counts of ``findings`` over all concepts."""
        return sum(self.findings.values(), Counter())

    def add(self, before: RunNote | None, after: RunNote | None) -> NoteChange | None:
        """Count one row of the input; what differs, where both runs have read it."""
        fate = _fate(before, after)
        self.notes[fate] += 1
        if fate != "in both" or before is None or after is None:
            note = after or before
            if note is not None:
                self._example(self.unpaired, fate, Example(note.note_id))
            return None
        if before.note and after.note:
            self.tiers[before.note["urgency"], after.note["urgency"]] += 1
        change = compare(before, after)
        self.changed_reading += change.reading
        self.changed_decision += bool(change.decisions)
        for row in change.same:
            self._count(row["concept"], "first", "second", "same")
        for finding in change.findings:
            self._finding(change.note_id, finding)
        for decision in change.decisions:
            key = (decision.kind, decision.what, decision.before, decision.after)
            self._example(self.decisions, key, Example(change.note_id))
        return change

    def _finding(self, note_id: str, change: FindingChange) -> None:
        example = self._where(note_id, change.row)
        kind = change.kind
        if change.before is not None and change.after is not None:
            self._count(change.before["concept"], "first", kind)
            self._count(change.after["concept"], "second")
            for name in change.attributes:
                was, now = _told(name, change.before, change.after)
                self._example(self.attributes, (change.before["concept"], name, was, now), example)
        else:
            self._count(change.row["concept"], kind, "second" if kind == "added" else "first")
            key = (kind, change.row["concept"], change.row["assertion"], change.row["pattern"])
            self._example(self.gained, key, example)

    def _count(self, concept: str, *what: str) -> None:
        counts = self.findings.setdefault(concept, Counter())
        for name in what:
            counts[name] += 1

    def _example(self, groups: dict[_Key, Group], key: _Key, example: Example) -> None:
        group = groups.setdefault(key, Group())
        group.count += 1
        if len(group.examples) < self.examples:
            group.examples.append(example)

    def _where(self, note_id: str, row: Row) -> Example:
        return Example(note_id, row["start"], row["end"], row["text"] if self.text else None)


def side_by_side(first: Run, second: Run) -> Iterator[tuple[RunNote | None, RunNote | None]]:
    """Every row of two runs with its other half, or None where there is none; the n-th of an id with the n-th of it."""
    in_first, in_second = _hashes(first), _hashes(second)
    waiting: tuple[dict[str, deque[RunNote]], ...] = ({}, {})
    for pair in zip_longest(first.notes(), second.notes()):
        for which, (note, others) in enumerate(zip(pair, (in_second, in_first), strict=True)):
            if note is None:
                continue
            found = waiting[1 - which].get(note.note_id)
            if found:
                other = found.popleft()
                if not found:
                    del waiting[1 - which][note.note_id]
                yield (note, other) if which == 0 else (other, note)
            elif not _among(others, note.note_id):
                yield (note, None) if which == 0 else (None, note)
            else:
                waiting[which].setdefault(note.note_id, deque()).append(note)
    # what still waits are repetitions of an id of which the other run has fewer
    yield from ((note, None) for notes in waiting[0].values() for note in notes)
    yield from ((None, note) for notes in waiting[1].values() for note in notes)


def _hashes(run: Run) -> npt.NDArray[np.int64]:
    return np.unique(np.fromiter(map(hash, run.note_ids()), np.int64))


def _among(hashes: npt.NDArray[np.int64], note_id: str) -> bool:
    value = hash(note_id)
    at = int(np.searchsorted(hashes, value))
    return at < len(hashes) and int(hashes[at]) == value


def _fate(before: RunNote | None, after: RunNote | None) -> str:
    if after is None:
        return "in the first only"
    if before is None:
        return "in the second only"
    if before.note is None or after.note is None:
        if before.note is after.note:
            return "failed in both"
        return "failed in the first only" if before.note is None else "failed in the second only"
    return "in both" if before.note["chars"] == after.note["chars"] else "of different length"


def _told(name: str, before: Row, after: Row) -> tuple[str, str]:
    """How a change of an attribute is told in a group: its values, where they are few and no words of the note."""
    was, now = attribute(before, name), attribute(after, name)
    if name == "span":
        return "", _moved(before, after)
    if name in _OPEN:
        had, has = was not in _NOTHING, now not in _NOTHING
        return ("one" if had else "none"), ("none" if not has else "another" if had else "one")
    return str(was if was is not None else "none"), str(now if now is not None else "none")


def _moved(before: Row, after: Row) -> str:
    if before["start"] <= after["start"] and after["end"] <= before["end"]:
        return "shorter"
    return "longer" if after["start"] <= before["start"] and before["end"] <= after["end"] else "moved"
