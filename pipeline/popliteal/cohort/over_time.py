"""Patients over time: the notes of each patient put together (``popliteal.summarise``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pandas as pd
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.cohort.courses import Row, by_side, course, graded_by_itself, grades
from popliteal.cohort.mentions import COLUMNS, Followed, Statement
from popliteal.cohort.tables import open_batch
from popliteal.errors import SourceError
from popliteal.knowledge.decision_models import Decisions
from popliteal.schema import GRADES, URGENCIES

_NOTES = ("note_id", "patient_id", "note_date", "urgency", "urgency_rules")
_HYPOTHESES = ("note_id", "patient_id", "note_date", "side", "rank", "hypothesis", "grade", "score")

_COURSES = (
    "patient_id", "side", "finding", "label", "state", "onset_date", "first_seen", "first_note_id", "last_seen",
    "last_note_id", "resolved_on", "resolved_note_id", "resolved_by", "returned", "course", "mrc_first", "mrc_worst",
    "mrc_last", "notes", "side_inferred",
)  # fmt: skip
_STRENGTH = (
    "patient_id", "side", "movement", "note_date", "note_id", "finding_id", "mrc", "value_text", "change",
    "side_inferred",
)  # fmt: skip
_URGENCY = (
    "patient_id", "notes", "first_note", "last_note", "highest", "highest_on", "highest_note_id", "highest_rules",
    "highest_notes", "last", "last_on", "last_note_id",
)  # fmt: skip
_CHANGES = (
    "patient_id", "side", "hypothesis", "grade", "first_seen", "first_note_id", "last_seen", "last_note_id", "notes",
    "previous",
)  # fmt: skip


@runtime_checkable
class Tables(Protocol):
    """What :func:`popliteal.extract` gives; the tables of ``popliteal batch`` read by hand will do, too."""

    notes: pd.DataFrame
    findings: pd.DataFrame
    hypotheses: pd.DataFrame


@dataclass(frozen=True)
class PatientSummary:
    """Four tables about patients; days are strings (``YYYY-MM-DD``), what is not known is null.

    ``findings`` has a row for each patient, side and key finding that was ever there:

    * ``patient_id``, ``side`` (left, right, unspecified), ``finding`` (an id of ``key_findings.yaml``), ``label``
    * ``state``: ``present`` or ``possible`` as seen last, ``resolved`` where a later day tells that it is not there
    * ``onset_date``: the first day on which it began, by what the notes say
    * ``first_seen``, ``last_seen``, ``first_note_id``, ``last_note_id``: the first and last day on which it was there
    * ``resolved_on``, ``resolved_note_id``: the first day after ``last_seen`` on which it was not; ``resolved_by``:
      ``resolved`` (said to be over), ``normal`` (examined and normal) or ``denied``
    * ``returned``: how often it came back after a day on which it was not there
    * ``course``: the last that was said of it; ``mrc_first``, ``mrc_worst``, ``mrc_last``: grades of a movement
    * ``notes``: how many notes tell that it is there; ``side_inferred``: a note that names no side counts for this one

    ``strength`` has the MRC grades: ``patient_id``, ``side``, ``movement``, ``note_date``, ``note_id``, ``finding_id``,
    ``mrc`` (0 to 5; + and - are thirds), ``value_text``, ``change`` (since the grade before), ``side_inferred``.

    ``urgency`` has a row for each patient: ``notes``, ``first_note``, ``last_note`` (days), ``highest`` (tier),
    ``highest_on``, ``highest_note_id``, ``highest_rules`` (of the first note that had it), ``highest_notes`` (how many
    had it), and ``last``, ``last_on``, ``last_note_id`` of the newest note.

    ``hypotheses`` has a row for each stretch of notes with one leading hypothesis of a side: ``patient_id``, ``side``,
    ``hypothesis``, ``grade`` (its best), ``first_seen``, ``first_note_id``, ``last_seen``, ``last_note_id``, ``notes``
    and ``previous``, the hypothesis before (null for the first).

    ``left_out`` counts the notes of no known patient.
    """

    findings: pd.DataFrame
    strength: pd.DataFrame
    urgency: pd.DataFrame
    hypotheses: pd.DataFrame
    left_out: int

    def __repr__(self) -> str:
        """Sizes only: a repr ends up in logs."""
        return (
            f"PatientSummary(patients={len(self.urgency)}, findings={len(self.findings)}, "
            f"strength={len(self.strength)}, hypotheses={len(self.hypotheses)}, left_out={self.left_out})"
        )


def summarise(results: Tables | str | PathLike[str], decisions: Decisions) -> PatientSummary:
    """See :func:`popliteal.summarise`."""
    followed = Followed(decisions)
    notes, findings, hypotheses = _read(results, followed.concepts)
    said = [one for part in findings for one in followed.statements(_rows(part))]
    courses, strength = _findings(said, followed)
    return PatientSummary(
        findings=_frame(courses, _COURSES),
        strength=_frame(strength, _STRENGTH),
        urgency=_frame(_urgency(_known(notes)), _URGENCY),
        hypotheses=_frame(_changes(_known(hypotheses)), _CHANGES),
        left_out=int(notes["patient_id"].isna().sum()),
    )


def as_csv(summary: PatientSummary) -> dict[str, str]:
    """The tables as CSV by the name of their file, of which none holds text of notes but the wording of grades; what is
    not known is empty, and blanks stand between rules."""
    tables = {
        "findings": summary.findings,
        "strength": summary.strength,
        "urgency": summary.urgency.assign(highest_rules=summary.urgency["highest_rules"].map(" ".join)),
        "hypotheses": summary.hypotheses,
    }
    return {f"{name}.csv": table.to_csv(index=False, lineterminator="\r\n") for name, table in tables.items()}


def _read(results: object, concepts: list[str]) -> tuple[pd.DataFrame, Iterable[pd.DataFrame], pd.DataFrame]:
    """Notes, findings in parts, hypotheses: of each the columns that are needed."""
    if isinstance(results, Tables):
        return (
            _columns(results.notes, _NOTES, "notes"),
            [_columns(results.findings, COLUMNS, "findings")],
            _columns(results.hypotheses, _HYPOTHESES, "hypotheses"),
        )
    if not isinstance(results, str | PathLike):
        kind = type(results).__name__
        raise SourceError(f"a {kind} is no result of popliteal.extract and no folder of popliteal batch")
    files = open_batch(Path(results)).files
    notes, hypotheses = (
        pd.concat([pq.read_table(file, columns=list(columns)).to_pandas() for file in files[name]], ignore_index=True)
        for name, columns in (("notes", _NOTES), ("hypotheses", _HYPOTHESES))
    )
    asked = [("concept", "in", concepts)]
    parts = (pq.read_table(file, columns=list(COLUMNS), filters=asked).to_pandas() for file in files["findings"])
    return notes, parts, hypotheses


def _columns(table: pd.DataFrame, columns: tuple[str, ...], name: str) -> pd.DataFrame:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise SourceError(f"{name}: has no column {missing[0]!r}; expected the {name} table of popliteal")
    return table[list(columns)]


def _known(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of known patients; an unknown day is empty, which sorts before every day."""
    known = table[table["patient_id"].notna()].reset_index(drop=True)
    return known.assign(note_date=known["note_date"].fillna(""))


def _frame(rows: Iterable[Row], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns))


def _rows(findings: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Rows of known patients with None for a word that is missing."""
    known = _known(findings)
    words = known[["site", "value_text", "cues"]].astype(object)
    known = known.assign(**words.where(words.notna(), None))
    return known[list(COLUMNS)].itertuples(index=False, name=None)


def _findings(said: list[Statement], followed: Followed) -> tuple[list[Row], list[Row]]:
    """Courses of key findings and grades of movements, by patient and in the order of ``key_findings.yaml``."""
    place = {key: number for number, key in enumerate(followed.keys)}
    courses, strength = list[Row](), list[Row]()
    said.sort(key=lambda one: (one.patient_id, place[one.key]))
    for (patient, key), group in groupby(said, key=itemgetter(0, 1)):
        one = followed.keys[key]
        for told, inferred in by_side(list(group)):
            here = {"patient_id": patient, "side": told[0].side, "side_inferred": inferred}
            found = course(told)
            if found is not None:
                courses.append(here | {"finding": key, "label": one.label} | found)
            if one.movement is not None and any(graded_by_itself(said, one.movement) for said in told):
                strength += [here | {"movement": one.movement} | grade for grade in grades(told)]
    return courses, strength


def _urgency(notes: pd.DataFrame) -> Iterator[Row]:
    """The highest tier of each patient; a note without a day counts, too, and comes first."""
    rank = {tier: number for number, tier in enumerate(URGENCIES)}
    rows = notes.sort_values(["patient_id", "note_date", "note_id"])
    for patient, group in groupby(rows.itertuples(index=False), key=lambda note: note.patient_id):
        told: list[Any] = list(group)
        tier = min((note.urgency for note in told), key=rank.__getitem__)
        highest = [note for note in told if note.urgency == tier]
        first = next((note for note in highest if note.note_date), highest[0])
        days = [note.note_date for note in told if note.note_date]
        yield {
            "patient_id": patient,
            "notes": len(told),
            "first_note": days[0] if days else None,
            "last_note": days[-1] if days else None,
            "highest": tier,
            "highest_on": first.note_date or None,
            "highest_note_id": first.note_id,
            "highest_rules": list(first.urgency_rules),
            "highest_notes": len(highest),
            "last": told[-1].urgency,
            "last_on": told[-1].note_date or None,
            "last_note_id": told[-1].note_id,
        }


def _changes(hypotheses: pd.DataFrame) -> Iterator[Row]:
    """Stretches of days with one leading hypothesis of a side; undated notes have no place in the order."""
    dated = hypotheses[hypotheses["note_date"] != ""]
    best = dated.sort_values(["patient_id", "side", "note_date", "score", "rank", "note_id"],
                             ascending=[True, True, True, False, True, True])  # fmt: skip
    best = best.drop_duplicates(["patient_id", "side", "note_date"])
    for (patient, side), thread in groupby(best.itertuples(index=False), key=lambda one: (one.patient_id, one.side)):
        previous = None
        for hypothesis, group in groupby(thread, key=lambda one: one.hypothesis):
            told: list[Any] = list(group)
            yield {
                "patient_id": patient,
                "side": side,
                "hypothesis": hypothesis,
                "grade": min((one.grade for one in told), key=GRADES.index),
                "first_seen": told[0].note_date,
                "first_note_id": told[0].note_id,
                "last_seen": told[-1].note_date,
                "last_note_id": told[-1].note_id,
                "notes": len(told),
                "previous": previous,
            }
            previous = hypothesis
