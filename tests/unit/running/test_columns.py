"""Columns are recognised by the usual names, and rows become notes without loss."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.errors import SourceError
from popliteal.running.items import Notices, Rejected
from popliteal.running.sources.base import Options
from popliteal.running.sources.columns import RowReader, decode, iso_date, resolve, scalar
from popliteal.schema import Note

OMOP = (
    "note_id person_id note_date note_datetime note_type_concept_id note_class_concept_id note_title note_text "
    "encoding_concept_id language_concept_id provider_id visit_occurrence_id note_source_value"
)
MIMIC3 = "ROW_ID SUBJECT_ID HADM_ID CHARTDATE CHARTTIME STORETIME CATEGORY DESCRIPTION CGID ISERROR TEXT"
MIMIC4 = "note_id subject_id hadm_id note_type note_seq charttime storetime text"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("note_id patient_id note_date note_type gender birth_date text",
         "text note_id patient_id note_date note_type gender birth_date"),
        (OMOP, "note_text note_id person_id note_date note_title - -"),
        (MIMIC3, "TEXT ROW_ID SUBJECT_ID CHARTDATE CATEGORY - -"),
        (MIMIC4, "text note_id subject_id charttime note_type - -"),
        ("Text Note-ID MRN DOB Sex", "Text Note-ID MRN - - Sex DOB"),
    ],
)  # fmt: skip
def test_usual_conventions(columns: str, expected: str) -> None:
    roles = ("text", "note_id", "patient_id", "note_date", "note_type", "sex", "birth_date")
    found = resolve(columns.split(), Options(), "x.csv")
    assert [found.get(role, "-") for role in roles] == expected.split()


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        (["a", "b"], {}, "x.csv: no column of note text was recognised; name it with --text-column: a, b"),
        ([], {}, "--text-column: none"),
        (
            ["text", "note_text"],
            {},
            "several columns could hold the text (text, note_text); name one with --text-column",
        ),
        (["text", "TEXT"], {}, "several columns could hold the text (text, TEXT)"),
        (["text", "text"], {}, "several columns could hold the text (text, text)"),
        (["text", "id", "id"], {}, "x.csv: the column 'id' stands there twice"),
        (["text", "id", "id"], {"note_id": "id"}, "x.csv: the column 'id' stands there twice"),
        (["text"], {"note_id": "key"}, "x.csv: no column 'key' (--id-column); the columns are: text"),
    ],
)
def test_what_cannot_be_told_is_an_error(columns: list[str], options: dict[str, str], message: str) -> None:
    with pytest.raises(SourceError) as error:
        resolve(columns, Options(options), "x.csv")
    assert message in str(error.value)


def test_options_win_over_names_and_settle_what_is_ambiguous() -> None:
    roles = resolve(["text", "note_text", "Body"], Options({"text": "body", "note_id": "text"}), "x.csv")
    assert roles == {"text": "Body", "note_id": "text"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("007", "007"), (" 7 ", " 7 "), (7, "7"), (7.0, "7"), (7.5, "7.5"), (Decimal("7.00"), "7"), (None, None),
        (float("nan"), None), (Decimal("NaN"), None), (float("inf"), "inf"), (2**70, str(2**70)), (b"7", "7"),
        (date(2151, 8, 4), "2151-08-04"), (True, "True"),
    ],
)  # fmt: skip
def test_ids_are_strings_exactly_as_given(value: object, expected: str | None) -> None:
    assert scalar(value) == expected


@pytest.mark.parametrize(
    ("value", "date_format", "expected"),
    [
        ("2151-08-04", None, "2151-08-04"),
        ("2151-08-04 00:00:00", None, "2151-08-04"),
        ("2151-08-04T10:30:00Z", None, "2151-08-04"),
        ("21510804", None, "2151-08-04"),
        ("2151/08/04", None, "2151-08-04"),
        (str(datetime(2151, 8, 4, tzinfo=UTC)), None, "2151-08-04"),
        ("04/08/2151", None, None),
        ("2151-02-30", None, None),
        ("2151-08-04xyz", None, None),
        ("04.08.2151", "%d.%m.%Y", "2151-08-04"),
        ("2151-08-04", "%d.%m.%Y", "2151-08-04"),
        ("21510804", "%d.%m.%Y", None),
    ],
)
def test_dates(value: str, date_format: str | None, expected: str | None) -> None:
    assert iso_date(value, date_format) == expected


def reader(notices: Notices | None = None) -> RowReader:
    columns = ["text", "note_id", "patient_id", "note_date"]
    return RowReader({name: name for name in columns}, Options(), Notices() if notices is None else notices)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"text": None}, "MissingText"),
        ({}, "MissingText"),
        ({"text": float("nan")}, "MissingText"),
        ({"text": 5}, "NotText"),
        ({"text": ["a"]}, "NotText"),
    ],
)
def test_rows_without_text_are_rejected(row: dict[str, object], kind: str) -> None:
    item = reader().item(3, {"note_id": "a", **row})
    assert isinstance(item, Rejected)
    assert (item.note_id, item.error_type) == ("a", kind)


@pytest.mark.parametrize("text", ["", "  \n", "a\0b", "\x07\x1b[31m", "é 🦵"])
def test_any_string_is_a_note_as_it_is(text: str) -> None:
    item = reader().item(1, {"note_id": "a", "text": text})
    assert item == Note("a", text)


def test_missing_ids_are_counted_and_called_by_their_row() -> None:
    notices = Notices()
    rows = reader(notices)
    assert [rows.item(n, {"note_id": value, "text": ""}).note_id for n, value in enumerate([None, " ", "x"], 1)] == [
        "row-1", "row-2", "x",
    ]  # fmt: skip
    assert notices == {"missing_id": 2}
    assert notices.sentences()[0].startswith("rows without a note_id: 2")


@given(st.text(st.characters(), max_size=50))
def test_notes_can_be_written_anywhere_and_keep_their_length(text: str) -> None:
    note = reader().item(1, {"note_id": text, "text": text})
    assert isinstance(note, Note)
    assert len(note.text) == len(text)
    note.text.encode()
    note.note_id.encode()


@pytest.mark.parametrize(
    ("data", "encoding", "text", "notice"),
    [
        ("naïve".encode(), None, "naïve", None),
        ("naïve “x”".encode("cp1252"), None, "naïve “x”", "other_encoding"),
        (b"\x81", None, "\ufffd", "undecodable"),
        ("naïve".encode("utf-16"), "utf-16", "naïve", None),
        ("naïve".encode(), "latin-1", "naÃ¯ve", None),
    ],
)
def test_bytes(data: bytes, encoding: str | None, text: str, notice: str | None) -> None:
    notices = Notices()
    assert decode(data, encoding, notices) == text
    assert notice is None or notices[notice] == 1
