"""What differs between two readings of one note: its findings, and what was concluded from them.

Findings are paired one to one: first those that are the same in every attribute, then those of one concept that share
most characters, then what is left over and shares characters, whose concept has changed. What then stands alone was
added or lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from popliteal.evaluating.runs import Row, RunNote

#: What a finding says, in the order in which differences are told; ``span`` is where it stands.
SAID = (
    "concept", "assertion", "temporality", "laterality", "site", "onset", "onset_days", "course", "value", "value_text",
    "unit", "span", "section", "category",
)  # fmt: skip
#: What it says this by: a finding that differs only here is told apart from one that reads otherwise.
EVIDENCE = ("pattern", "cues")
#: Kinds of :class:`DecisionChange`, the weightiest first.
KINDS = ("tier", "primary", "rule", "red flag", "hypothesis")
_all = itemgetter("start", "end", *(name for name in SAID if name != "span"), *EVIDENCE)


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding before and after; None where there is none. ``attributes`` differ, where there are both."""

    before: Row | None
    after: Row | None
    attributes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """``added``, ``lost``, ``changed``, or ``evidence`` where only pattern or cues differ."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "lost"
        return "changed" if any(name in SAID for name in self.attributes) else "evidence"

    @property
    def row(self) -> Row:
        """The finding as it is now, or as it was last."""
        row = self.after or self.before
        assert row is not None  # noqa: S101 - for the type checker: a change has one of them at least
        return row


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """One thing that was concluded otherwise: of one of :data:`KINDS`, about ``what``, before and after."""

    kind: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NoteChange:
    """All differences of one note; ``same`` are the findings that both have, as they are now."""

    note_id: str
    same: tuple[Row, ...]
    findings: tuple[FindingChange, ...]
    decisions: tuple[DecisionChange, ...]

    @property
    def reading(self) -> bool:
        """Whether a finding was added, lost or reads otherwise."""
        return any(change.kind != "evidence" for change in self.findings)


def compare(before: RunNote, after: RunNote) -> NoteChange:
    """The differences of one note that both runs have read."""
    same, changes = _findings(before.findings, after.findings)
    return NoteChange(after.note_id, same, tuple(changes), tuple(_decisions(before, after)))


def attribute(row: Row, name: str) -> object:
    """The value of one of :data:`SAID` or :data:`EVIDENCE`."""
    return (row["start"], row["end"]) if name == "span" else row[name]


def _findings(before: Sequence[Row], after: Sequence[Row]) -> tuple[tuple[Row, ...], list[FindingChange]]:
    """The findings that are the same, and the changes in the order of the text."""
    unmatched: dict[tuple[object, ...], list[Row]] = {}
    for row in before:
        unmatched.setdefault(_all(row), []).append(row)
    same, new = [], []
    for row in after:
        twins = unmatched.get(_all(row))
        if twins:
            twins.pop()
            same.append(row)
        else:
            new.append(row)
    old = [row for rows in unmatched.values() for row in rows]
    changes: list[FindingChange] = []
    for close in (_shared_of_one_concept, _shared):
        for one, other in _pairs(old, new, close):
            differ = tuple(name for name in (*SAID, *EVIDENCE) if attribute(one, name) != attribute(other, name))
            changes.append(FindingChange(one, other, differ))
            old = [row for row in old if row is not one]
            new = [row for row in new if row is not other]
    changes += [FindingChange(row, None) for row in old]
    changes += [FindingChange(None, row) for row in new]
    return tuple(same), sorted(changes, key=lambda change: (change.row["start"], change.row["end"]))


def _pairs(old: Sequence[Row], new: Sequence[Row], close: Callable[[Row, Row], int]) -> list[tuple[Row, Row]]:
    """One-to-one pairs, closest first, then those that agree most, then in the order of the text."""
    candidates = sorted(
        (-nearness, sum(attribute(one, name) != attribute(other, name) for name in SAID), left, right)
        for left, one in enumerate(old)
        for right, other in enumerate(new)
        if (nearness := close(one, other)) > 0
    )
    lefts: set[int] = set()
    rights: set[int] = set()
    pairs = []
    for _, _, left, right in candidates:
        if left not in lefts and right not in rights:
            lefts.add(left)
            rights.add(right)
            pairs.append((old[left], new[right]))
    return pairs


def _shared(one: Row, other: Row) -> int:
    """Characters that two findings share; negative or 0 where they do not meet."""
    return int(min(one["end"], other["end"]) - max(one["start"], other["start"]))


def _shared_of_one_concept(one: Row, other: Row) -> int:
    return _shared(one, other) if one["concept"] == other["concept"] else 0


def _decisions(before: RunNote, after: RunNote) -> Iterator[DecisionChange]:
    one, other = before.note or {}, after.note or {}
    told = {"tier": (one["urgency"], other["urgency"]), "primary": (_primary(one), _primary(other))}
    yield from (DecisionChange(kind, "", was, now) for kind, (was, now) in told.items() if was != now)
    for kind, was_all, now_all in (
        ("rule", dict.fromkeys(one["urgency_rules"], "fires"), dict.fromkeys(other["urgency_rules"], "fires")),
        ("red flag", json.loads(one["red_flags"]), json.loads(other["red_flags"])),
        ("hypothesis", _hypotheses(before), _hypotheses(after)),
    ):
        yield from _changed(kind, was_all, now_all)


def _changed(kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[DecisionChange]:
    for what in dict.fromkeys((*before, *after)):
        was, now = before.get(what, "none"), after.get(what, "none")
        if was != now:
            yield DecisionChange(kind, what, was, now)


def _primary(note: Row) -> str:
    if note["hypothesis"] in {None, "none"}:
        return "none"
    return " ".join(note[name] for name in ("hypothesis", "side", "grade") if note[name])


def _hypotheses(note: RunNote) -> dict[str, str]:
    """Hypothesis and side to its grade; scores are left aside, since any change of a weight moves them."""
    return {f"{row['hypothesis']} {row['side']}": row["grade"] or "ungraded" for row in note.hypotheses}
