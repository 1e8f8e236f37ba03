"""What the page of one chart shows, as plain values for its template; nothing here knows HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from popliteal.cohort.review.charts import ChartNote, PatientChart
from popliteal.cohort.review.desk import STRATUM, Desk
from popliteal.cohort.review.marking import Shown, anchor, note_text, told
from popliteal.cohort.review.mechanisms import MECHANISMS, MISSED, attribute, choices
from popliteal.cohort.review.review import Review
from popliteal.cohort.review.store import THIRD, Chart, Mark
from popliteal.cohort.review.timeline import Lane, Point, between, draw
from popliteal.cohort.review.why import INDEX, Judged, judge
from popliteal.explaining.marks import shown
from popliteal.explaining.markup import Html
from popliteal.explaining.names import details, when, where
from popliteal.schema import Finding

Values = dict[str, Any]

#: Notes are shown open in charts of so few, or without evidence; in longer ones only those with evidence.
OPEN_NOTES = 6
#: Characters of evidence that the figure's tooltips quote.
_QUOTED = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it records, its key, and what it means for this chart."""

    answer: str
    key: str
    label: str
    meaning: str


def choices_for(chart: Chart) -> list[Choice]:
    """The three answers to a chart, in the words of its verdict."""
    if chart.stratum == "included":
        accept, reject = "included is right", "does not belong in the cohort"
    elif chart.stratum == "uncertain":
        accept, reject = "belongs in the cohort", "does not belong in the cohort"
    else:
        accept, reject = "excluded is right", "belongs in the cohort"
    return [
        Choice("accept", "A", "Accept", accept),
        Choice("reject", "R", "Reject", reject),
        Choice("unsure", "U", "Unsure", "these notes do not tell"),
    ]


def chart_page(desk: Desk, chart: Chart, just: int | None = None) -> Values:
    """One chart; ``just`` is the chart that was answered or opened again a moment ago."""
    content = desk.charts.chart(chart.patient_id)
    marks = desk.store.marks(desk.reviewer).get(chart.number, [])
    judged = judge(content, desk.criteria)
    decided = (item.criterion.label for item in judged if item.criterion.id == content.patient["reason"])
    return {
        **desk.frame(),
        **_position(desk, chart),
        "chart": chart,
        "stratum": STRATUM[chart.stratum],
        "patient": content.patient,
        "choices": choices_for(chart),
        "answer": desk.store.answers(desk.reviewer).get(chart.number),
        "comment": desk.store.comments(desk.reviewer).get(chart.number, ""),
        "judged": judged,
        "reason": next(decided, None),
        "chips": _chips(desk, judged),
        "timeline": draw(_lanes(content, judged), content.patient["index_date"]),
        "undated": sum(not note.note.note_date for note in content.notes),
        "notes": [_note(desk, note, content, marks) for note in content.notes],
        "marks": [mark_values(desk, mark, content) for mark in marks],
        "mechanisms": [(key, text, choices(key, desk.knowledge)) for key, text in MECHANISMS.items() if key != MISSED],
        "concepts": choices("wrong concept", desk.knowledge),
        "just": _just(desk, just),
        "others": _others(desk, chart) if desk.role == THIRD else [],
    }


def _position(desk: Desk, chart: Chart) -> Values:
    numbers = [item.number for item in desk.queue()]
    here = numbers.index(chart.number)
    return {
        "position": here + 1,
        "previous": numbers[here - 1] if here else None,
        "next": numbers[here + 1] if here + 1 < len(numbers) else None,
    }


def _just(desk: Desk, number: int | None) -> str | None:
    """What was done a moment ago, in words."""
    if number is None:
        return None
    given = desk.store.answers(desk.reviewer).get(number)
    if given is None:
        return f"Chart {number} is open again."
    said = {"accept": "accepted", "reject": "rejected", "unsure": "left as unsure"}[given.answer]
    return f"Chart {number} {said}."


def _others(desk: Desk, chart: Chart) -> list[Values]:
    meanings = {item.answer: item.meaning for item in choices_for(chart)}
    return [
        {
            "name": name,
            "answer": given.answer,
            "meaning": meanings[given.answer],
            "comment": desk.store.comments(name).get(chart.number, ""),
            "marks": desk.store.marks(name).get(chart.number, []),
        }
        for name, given in Review.of(desk.store).given(chart.number).items()
    ]


# ---------- why
def _chips(desk: Desk, judged: Iterable[Judged]) -> dict[str, list[Values]]:
    """The words of each criterion's evidence, each with where it stands; the same words in a note once."""
    found: dict[str, list[Values]] = {}
    for item in judged:
        seen: set[tuple[object, ...]] = set()
        for evidence in item.evidence:
            words = evidence.words or _named(desk, evidence.what)
            key = (evidence.note, words.casefold(), evidence.strength)
            if key not in seen:
                seen.add(key)
                found.setdefault(item.criterion.id, []).append({
                    "words": one_line(words),
                    "quoted": bool(evidence.words),
                    "day": evidence.note_date,
                    "strength": evidence.strength,
                    "href": _href(evidence.note, evidence.findings),
                })  # fmt: skip
    return found


def _named(desk: Desk, key: str | None) -> str:
    """Evidence by its label: a concept, hypothesis, red flag or rule."""
    tables: tuple[Mapping[str, str], ...] = (desk.names.concepts, desk.names.hypotheses, desk.names.red_flags)
    label = next((table[key] for table in tables if key in table), None) if key else ""
    return (key or "").replace("_", " ") if label is None else label


def _href(note: int | None, findings: tuple[int, ...]) -> str | None:
    """Where evidence stands: its first finding, or the note as a whole."""
    if note is None:
        return None
    return f"#{anchor(note, findings[0])}" if findings else f"#note-{note}"


def one_line(words: str) -> Html:
    """Words of a note on one line, escaped."""
    return shown(" ".join(words.split()))


def _lanes(content: PatientChart, judged: Iterable[Judged]) -> list[Lane]:
    """The notes, then each criterion that has evidence."""
    notes = [
        Point(item.note.note_date, "note", item.note.note_type or "note", f"#note-{item.index}")
        for item in content.notes
    ]
    lanes = [Lane("Notes", tuple(notes))]
    for item in judged:
        kind = "event" if item.criterion.role == INDEX else item.criterion.role
        points = [
            Point(
                evidence.note_date,
                f"{kind} {evidence.strength}",
                " ".join((evidence.words or evidence.what or "").split())[:_QUOTED],
                _href(evidence.note, evidence.findings) or "#why",
            )
            for evidence in item.evidence
        ]
        lanes += [Lane(item.criterion.label, tuple(points))] if points else []
    return lanes


# ---------- the notes
def _note(desk: Desk, note: ChartNote, content: PatientChart, marks: Iterable[Mark]) -> Values:
    evidence: dict[int, set[str]] = {}
    for item in content.evidence:
        if item.note == note.index:
            for number in item.findings:
                evidence.setdefault(number, set()).add(item.criterion)
    wrong: dict[int, list[Mark]] = {}
    for mark in marks:
        if (mark.note_id, mark.copy) == (note.note.note_id, note.copy) and mark.finding_id is not None:
            wrong.setdefault(mark.finding_id, []).append(mark)
    speaks = any(item.note == note.index for item in content.evidence)
    silent = all(item.note is None for item in content.evidence)
    same = next((other for other in content.notes[: note.index] if other.note.text == note.note.text), None)
    return {
        "index": note.index,
        "id": note.note.note_id,
        "day": note.note.note_date,
        "type": note.note.note_type,
        "distance": between(content.patient["index_date"], note.note.note_date),
        "is_index": note.note.note_id == content.patient["index_note_id"],
        "tier": note.decided.get("urgency"),
        "hypothesis": _hypothesis(desk, note),
        "evidence": speaks,
        "same": same.note.note_id if same else None,
        "open": speaks or (same is None and (silent or len(content.notes) <= OPEN_NOTES)),
        "text": note_text(note, Shown(evidence, wrong)),
        "findings": [_finding(desk, note, item) for item in note.findings],
    }


def _hypothesis(desk: Desk, note: ChartNote) -> str | None:
    if note.decided.get("grade") is None:
        return None
    side = note.decided.get("side")
    named = desk.names.hypothesis(str(note.decided.get("hypothesis")))
    return f"{named}{f', {side}' if side and side != 'unspecified' else ''} ({note.decided['grade']})"


def _finding(desk: Desk, note: ChartNote, finding: Finding) -> Values:
    return {
        "id": finding.finding_id,
        "anchor": anchor(note.index, finding.finding_id),
        "words": one_line(finding.text),
        "name": desk.names.concept(finding.concept),
        "where": where(finding),
        "assertion": finding.assertion,
        "told": told(finding),
        "when": when(finding),
        "details": details(finding),
        "attributes": {key: attribute(finding, key) for key in MECHANISMS},
    }


def mark_values(desk: Desk, mark: Mark, content: PatientChart) -> Values:
    """A mark with the words it is about and where they stand."""
    note = content.note_of(mark.note_id, mark.copy)
    return {
        "mark": mark,
        "words": one_line(note.note.text[mark.start : mark.end] if note else ""),
        "name": desk.names.concept(mark.concept),
        "href": _href(note.index if note else None, () if mark.finding_id is None else (mark.finding_id,)),
    }
