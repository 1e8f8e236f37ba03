"""A chart review as gold: what reviewers said of patients, and of findings, against what stands there now.

Of *patients* the gold is the answer that counts in the end: the third's, or the one on which all reviewers of the chart
agree. Of *findings* it is partial, one statement for each thing that somebody said:

============ =====================================================================================================
confirmed    a finding that was evidence of a verdict that was accepted, marked as wrong by nobody: it still is found,
             with the same assertion, temporality and side
spurious     no finding of this concept shares a character with the words
wrong concept likewise, and one of the right concept does, where the reviewer named it
assertion …  (also temporality, laterality, site, onset, course) a finding of the concept is there and has the right
             value, or where none was named another than it had; value: another than it had
missed       a finding of the concept is there
============ =====================================================================================================

Marks on the same finding and mechanism that contradict each other make no statement. Nothing here is a recall: what
nobody looked at is not in this gold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from popliteal.cohort.review import mechanisms
from popliteal.cohort.review.charts import Charts
from popliteal.cohort.review.estimates import BELONGS, MEASURES, NOT, Measure, measure
from popliteal.cohort.review.mechanisms import MECHANISMS, attribute
from popliteal.cohort.review.review import Review
from popliteal.cohort.review.store import Adjudications, Chart, Mark
from popliteal.schema import Finding, Note

CONFIRMED = "confirmed"
#: The kinds of statements, in the order of reports.
KINDS = (CONFIRMED, *MECHANISMS)
#: Where a finding is, and of what: note_id, copy, start, end, concept.
_Place = tuple[str, int, int, int, str]
_KEPT = ("assertion", "temporality", "laterality")


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a reviewer said of a note: ``said`` is what stood there, ``should_be`` what is right, if named.

    ``said`` of a confirmed finding is its assertion, temporality and side.
    """

    patient_id: str
    note_id: str
    copy: int
    start: int
    end: int
    concept: str
    mechanism: str
    said: tuple[str, ...] = ()
    should_be: str = ""

    def holds(self, findings: Iterable[Finding]) -> bool:
        """Whether the findings that the note has now are as the reviewer says."""
        here = [item for item in findings if item.start < self.end and item.end > self.start]
        same = [item for item in here if item.concept == self.concept]
        match self.mechanism:
            case mechanisms.SPURIOUS:
                return not same
            case mechanisms.WRONG_CONCEPT:
                return not same and (not self.should_be or any(item.concept == self.should_be for item in here))
            case mechanisms.MISSED:
                return bool(same)
        if self.mechanism == CONFIRMED:
            return any(tuple(attribute(item, name) for name in _KEPT) == self.said for item in same)
        values = [attribute(item, self.mechanism) for item in same]
        return self.should_be in values if self.should_be else any((value,) != self.said for value in values)


@dataclass(frozen=True, slots=True)
class Scored:
    """A statement, and whether it holds now."""

    statement: Statement
    holds: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """The patients: what reviewers found, by verdict; those whose verdict is another than the one reviewed."""

    table: Mapping[tuple[str, str], int]
    unsure: int
    open: int
    mended: tuple[str, ...]
    broken: tuple[str, ...]


def judge(found: Review, verdicts: Mapping[str, str]) -> Judged:
    """What the verdicts of now are worth.

    Args:
        found: the answers.
        verdicts: verdict by patient, of the cohort that is evaluated; who is not in it counts as ``missing``.
    """
    final = {chart: found.final(chart.number) for chart in found.charts}
    known = {chart: chart.belongs(answer) for chart, answer in final.items() if answer}
    decided = {chart: said for chart, said in known.items() if said in (BELONGS, NOT)}
    right = {chart: _right(_verdict(chart), said) for chart, said in decided.items()}
    now = {chart: _right(verdicts.get(chart.patient_id, "missing"), said) for chart, said in decided.items()}
    return Judged(
        table=Counter((verdicts.get(chart.patient_id, "missing"), said) for chart, said in decided.items()),
        unsure=len(known) - len(decided),
        open=len(found.charts) - len(known),
        mended=tuple(chart.patient_id for chart in decided if now[chart] and not right[chart]),
        broken=tuple(chart.patient_id for chart in decided if right[chart] and not now[chart]),
    )


def _verdict(chart: Chart) -> str:
    return "excluded" if chart.stratum == "near_miss" else chart.stratum


def _right(verdict: str, said: str) -> bool:
    return verdict == ("included" if said == BELONGS else "excluded")


def measures(found: Review) -> list[Measure]:
    """PPV, NPV and sensitivity of the screen that was reviewed, weighted by its strata."""
    parts = found.strata()
    return [measure(name, parts) for name in MEASURES]


# ---------- findings
def statements(store: Adjudications, found: Review, charts: Charts) -> list[Statement]:
    """Everything that reviewers said of findings, once each, in the order of charts and notes."""
    marks = _marks(store, found)
    patients = {chart.number: chart.patient_id for chart in found.charts}
    made = list(_confirmed(found, charts, {(number, place) for number, place, _ in marks}))
    for (number, place, mechanism), said in marks.items():
        if len({mark.should_be for mark in said}) == 1:
            made.append(Statement(patients[number], *place, mechanism, (said[0].said,), said[0].should_be))
    return made


def _marks(store: Adjudications, found: Review) -> dict[tuple[int, _Place, str], list[Mark]]:
    """The marks of all reviewers by chart, place and mechanism."""
    marks: dict[tuple[int, _Place, str], list[Mark]] = {}
    for name in found.roles:
        for number, made in store.marks(name).items():
            for mark in made:
                place = (mark.note_id, mark.copy, mark.start, mark.end, mark.concept)
                marks.setdefault((number, place, mark.mechanism), []).append(mark)
    return marks


def _confirmed(found: Review, charts: Charts, wrong: set[tuple[int, _Place]]) -> Iterator[Statement]:
    for chart in found.charts:
        if found.final(chart.number) != "accept":
            continue
        content = charts.chart(chart.patient_id)
        seen = {(item.note, number) for item in content.evidence for number in item.findings if item.words}
        for index, number in sorted((note, number) for note, number in seen if note is not None):
            note = content.notes[index]
            finding = note.finding(number)
            if finding is None:
                continue
            place = (note.note.note_id, note.copy, finding.start, finding.end, finding.concept)
            if (chart.number, place) not in wrong:
                said = tuple(attribute(finding, name) for name in _KEPT)
                yield Statement(chart.patient_id, *place, CONFIRMED, said)


class Reader(Protocol):
    """What reads a note; :class:`popliteal.running.engine.Engine` does."""

    def read(self, note: Note) -> list[Finding]:
        """The findings of a note."""


def score(made: Sequence[Statement], charts: Charts, reader: Reader) -> list[Scored]:
    """Read each note that something was said of, once, and see what holds."""
    places = {(item.patient_id, item.note_id, item.copy) for item in made}
    read: dict[tuple[str, str, int], list[Finding]] = {}
    for patient, note_id, copy in places:
        note = charts.chart(patient).note_of(note_id, copy)
        read[patient, note_id, copy] = reader.read(note.note) if note else []
    return [Scored(item, item.holds(read[item.patient_id, item.note_id, item.copy])) for item in made]


def by_kind(scored: Iterable[Scored]) -> dict[str, tuple[int, int]]:
    """Statements that hold, and all, of each kind that occurs."""
    listed = list(scored)
    counts = {kind: [item.holds for item in listed if item.statement.mechanism == kind] for kind in KINDS}
    return {kind: (sum(holds), len(holds)) for kind, holds in counts.items() if holds}
