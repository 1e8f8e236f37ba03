"""The four tables and the pure step that fills them: notes in, rows out.

Columns that are not plain strings or numbers:

* ``notes.urgency_rules``: list of strings, the ids of the rules that fired
* ``notes.red_flags``: a JSON object as a string, red flag to present, possible, denied or not_documented
* ``notes.not_documented``: a JSON array as a string, of ``{"feature": ..., "why": ...}``
* ``notes.needs_review``: true where the tier is EMERGENCY by suspicion or by unknown timing alone, or
  URGENT since the note contradicts what an EMERGENCY rests on
* ``hypotheses.supporting``, ``hypotheses.opposing``: lists of integers, the finding_ids within the same note

Dates are strings (``YYYY-MM-DD``): de-identified notes live in years that nanosecond timestamps cannot hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.running.faults import describe
from popliteal.running.items import Item, Rejected
from popliteal.schema import Finding, Note

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Tables = dict[str, pa.Table]

_KEYS = ("note_id", "patient_id", "note_date")


def _schema(**types: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=name != "note_id") for name, kind in types.items()])


_S, _I, _F = pa.string(), pa.int64(), pa.float64()

SCHEMAS: dict[str, pa.Schema] = {
    "notes": _schema(
        note_id=_S, patient_id=_S, note_date=_S, note_type=_S, chars=_I, hypothesis=_S, side=_S, grade=_S, urgency=_S,
        urgency_rules=pa.list_(_S), red_flags=_S, not_documented=_S, pipeline_version=_S, patterns_version=_S,
        needs_review=pa.bool_(), sex=_S, birth_date=_S,
    ),
    "findings": _schema(
        note_id=_S, finding_id=_I, patient_id=_S, note_date=_S, start=_I, end=_I, text=_S, section=_S, category=_S,
        concept=_S, site=_S, laterality=_S, assertion=_S, temporality=_S, value=_F, value_text=_S, unit=_S, onset=_S,
        onset_days=_F, course=_S, cues=_S, pattern=_S,
    ),
    "hypotheses": _schema(
        note_id=_S, patient_id=_S, note_date=_S, side=_S, rank=_I, hypothesis=_S, grade=_S, score=_F,
        supporting=pa.list_(_I), opposing=pa.list_(_I),
    ),
    "errors": _schema(note_id=_S, stage=_S, error_type=_S, message=_S),
}  # fmt: skip


class Assessor(Protocol):
    """What the step needs of an engine; :class:`popliteal.running.engine.Engine` is the real one."""

    def read(self, note: Note) -> list[Finding]:
        """The findings of a note."""

    def assess(self, note: Note, findings: Sequence[Finding]) -> dict[str, Any]:
        """The contract's JSON of the note."""


def step(engine: Assessor, chunks: Iterable[Sequence[Item]], *, text: bool = True) -> Iterator[Tables]:
    """The whole of a batch: chunks of notes in, the four tables of each chunk out, in order.

    Every item ends as one row of ``notes`` or one row of ``errors``, whatever the note does to the engine.

    Args:
        engine: reads and assesses a note.
        chunks: the items, in any grouping.
        text: False leaves out the words of notes: ``text`` and ``cues`` of findings are null.
    """
    for chunk in chunks:
        each = [(item, _rows(engine, item, text=text)) for item in chunk]
        try:
            yield _tables(rows for _, rows in each)
        except Exception:  # some value does not fit its column: find whose it is, so that only that note is lost
            yield concat([_checked(item, rows) for item, rows in each])


def error_tables(item: Item, error_type: str, message: str, *, stage: str) -> Tables:
    """The tables of an item that only left an error."""
    return _tables([{"errors": [_error(item.note_id, stage, error_type, message)]}])


def concat(tables: Sequence[Tables]) -> Tables:
    """The same tables one under the other."""
    return {
        name: pa.concat_tables([schema.empty_table(), *(t[name] for t in tables)]).combine_chunks()
        for name, schema in SCHEMAS.items()
    }


def _rows(engine: Assessor, item: Item, *, text: bool) -> Rows:
    """The rows of one item. The only place that catches everything: one bad note must not end the run."""
    if isinstance(item, Rejected):
        return {"errors": [_error(item.note_id, item.stage, item.error_type, item.message)]}
    stage = "read"
    try:
        findings = engine.read(item)
        stage = "assess"
        assessment = engine.assess(item, findings)
        stage = "table"
        return note_rows(item, assessment, text=text)
    except Exception as error:
        return {"errors": [_error(item.note_id, stage, *describe(error))]}


def _tables(each: Iterable[Rows]) -> Tables:
    rows: Rows = {name: [] for name in SCHEMAS}
    for new in each:
        for name, more in new.items():
            rows[name].extend(more)
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in SCHEMAS.items()}


def _checked(item: Item, rows: Rows) -> Tables:
    try:
        return _tables([rows])
    except Exception as error:
        return error_tables(item, *describe(error), stage="table")


def _error(note_id: str, stage: str, error_type: str, message: str) -> Row:
    return {"note_id": note_id, "stage": stage, "error_type": error_type, "message": message}


def note_rows(note: Note, assessment: Mapping[str, Any], *, text: bool = True) -> Rows:
    """The rows that one note's JSON becomes."""
    keys = {key: getattr(note, key) for key in _KEYS}
    primary = assessment["primary"] or {}
    urgency = assessment["urgency"]
    return {
        "notes": [
            {
                **keys,
                "note_type": note.note_type,
                "chars": len(note.text),
                "hypothesis": primary.get("hypothesis"),
                "side": primary.get("side"),
                "grade": primary.get("grade"),
                "urgency": urgency["tier"],
                "urgency_rules": [rule["id"] for rule in urgency["rules"]],
                "red_flags": json.dumps(assessment["red_flags"]),
                "not_documented": json.dumps(assessment["not_documented"]),
                **assessment["provenance"],
                "needs_review": urgency["needs_review"],
                "sex": note.sex,
                "birth_date": note.birth_date,
            }
        ],
        "findings": [
            {**finding, **keys, **({} if text else {"text": None, "cues": None})} for finding in assessment["findings"]
        ],
        "hypotheses": [
            {
                **keys,
                **{key: hypothesis[key] for key in ("side", "rank", "hypothesis", "grade", "score")},
                "supporting": _ids(hypothesis["supporting"]),
                "opposing": _ids(hypothesis["opposing"]),
            }
            for hypothesis in assessment["hypotheses"]
        ],
    }


def _ids(evidence: Iterable[Mapping[str, Any]]) -> list[int]:
    """The finding_ids of a list of evidence, once each, in order."""
    return list(dict.fromkeys(item["finding_id"] for item in evidence if item.get("finding_id") is not None))
