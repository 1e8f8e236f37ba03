"""What was decided, as REDCap takes it: a data dictionary for a project, and the records to import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from popliteal.cohort.review.estimates import BELONGS, NOT, UNSURE
from popliteal.cohort.review.exports import Files, Row, adjudication, given_answers, table
from popliteal.cohort.review.review import Review
from popliteal.cohort.review.store import REVIEWER, THIRD, Adjudications

_COLUMNS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
_FORM = "chart_review"
_VERDICT = {"included": 1, "uncertain": 2, "excluded": 3}
_STRATUM = {"included": 1, "uncertain": 2, "near_miss": 3, "excluded": 4}
_ANSWER = {"accept": 1, "reject": 2, "unsure": 3}
_BELONGS = {BELONGS: 1, NOT: 0, UNSURE: 2}
_ROLE = {REVIEWER: 1, THIRD: 2}

#: field -> (type, label, choices or validation, is it an identifier)
_FIELDS: dict[str, tuple[str, str, Mapping[str, int] | str, bool]] = {
    "record_id": ("text", "Record", "", False),
    "chart": ("text", "Chart number", "integer", False),
    "patient_id": ("text", "Patient", "", True),
    "verdict": ("radio", "Verdict of the screen", _VERDICT, False),
    "stratum": ("radio", "Stratum that the chart stands for", _STRATUM, False),
    "weight": ("text", "Patients that the chart stands for", "number", False),
    "reviewer": ("text", "Reviewer", "", False),
    "role": ("radio", "Role of the reviewer", _ROLE, False),
    "answer": ("radio", "Answer: the verdict is right, wrong, or cannot be judged", _ANSWER, False),
    "belongs": ("radio", "The patient belongs in the cohort", _BELONGS, False),
    "answered_at": ("text", "Answered at (UTC)", "datetime_seconds_ymd", False),
    "wrong_findings": ("text", "Findings marked as wrong", "integer", False),
    "comment": ("notes", "Comment", "", False),
}
_CODED = {name: choices for name, (_, _, choices, _) in _FIELDS.items() if isinstance(choices, Mapping)}


def as_redcap(store: Adjudications, found: Review) -> Files:
    """``redcap_dictionary.csv`` for an empty project, and ``redcap_import.csv``: one record for each answer.

    The form is complete (2) and every choice is its code, as REDCap's import asks for.
    """
    columns = (*_FIELDS, f"{_FORM}_complete")
    names = list(found.roles)
    rows = []
    for given in given_answers(store, found):
        row = adjudication(*given)
        coded = {name: choices[str(row[name])] for name, choices in _CODED.items()}
        at = str(row["answered_at"])[:19].replace("T", " ")
        record = f"{row['chart']}-{names.index(str(row['reviewer'])) + 1}"
        rows.append({**row, **coded, "answered_at": at, "record_id": record, f"{_FORM}_complete": 2})
    return {"redcap_dictionary.csv": table(_COLUMNS, _dictionary()), "redcap_import.csv": table(columns, rows)}


def _dictionary() -> Iterator[Row]:
    for name, (kind, label, detail, identifier) in _FIELDS.items():
        choices = _CODED.get(name, {})
        yield {
            "Variable / Field Name": name,
            "Form Name": _FORM,
            "Field Type": kind,
            "Field Label": label,
            "Choices, Calculations, OR Slider Labels": " | ".join(f"{code}, {key}" for key, code in choices.items()),
            "Text Validation Type OR Show Slider Number": detail if isinstance(detail, str) else "",
            "Identifier?": "y" if identifier else "",
        }
