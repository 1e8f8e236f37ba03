"""Which column plays which role, and how a row becomes a note."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from popliteal.errors import ColumnError, SourceError
from popliteal.running.items import Item, Notices, Rejected
from popliteal.running.sources.base import Options
from popliteal.schema import Note

#: Names by which columns are recognised (case, spaces and hyphens do not matter); of several the first one wins,
#: except for the text, where several are an error. From this project's own names, the OMOP CDM v5.4 NOTE table,
#: MIMIC-III NOTEEVENTS, MIMIC-IV-Note, and the common spellings of hospital exports.
CONVENTIONS: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "note_text", "note", "report_text", "document_text", "clinical_note", "note_body", "full_text",
        "transcription", "narrative",
    ),
    "note_id": ("note_id", "row_id", "noteid", "document_id", "doc_id", "report_id", "id"),
    "patient_id": ("patient_id", "person_id", "subject_id", "patientid", "patient", "mrn"),
    "note_date": (
        "note_date", "note_datetime", "chartdate", "charttime", "document_date", "report_date", "service_date", "date",
    ),
    "note_type": (
        "note_type", "category", "note_title", "document_type", "doc_type", "note_class_concept_id",
        "note_type_concept_id", "type",
    ),
    "sex": ("sex", "gender", "gender_source_value"),
    "birth_date": ("birth_date", "date_of_birth", "birthdate", "birth_datetime", "dob"),
}  # fmt: skip

#: The command-line option that names the column of a role.
OPTION: dict[str, str] = {
    "text": "--text-column",
    "note_id": "--id-column",
    "patient_id": "--patient-column",
    "note_date": "--date-column",
    "note_type": "--type-column",
    "sex": "--sex-column",
    "birth_date": "--birth-date-column",
}

_ISO = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})(?:[T ].*)?", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def resolve(seen: Iterable[str], options: Options, where: str) -> dict[str, str]:
    """Role to column name, for the columns that an input has.

    Raises:
        ColumnError: a column that an option names is not there; the text is not there, or could be several columns; a
            column that is needed stands there twice.
    """
    columns = list(seen)
    listed = ", ".join(columns[:40]) + (", ..." if len(columns) > 40 else "") or "none"
    by_name: dict[str, list[str]] = {}
    for column in columns:
        by_name.setdefault(_plain(column), []).append(column)
    roles: dict[str, str] = {}
    for role, names in CONVENTIONS.items():
        wanted = options.columns.get(role)
        if wanted is not None:
            found = [wanted] * columns.count(wanted) or by_name.get(_plain(wanted), [])
            if not found:
                raise ColumnError(f"{where}: no column {wanted!r} ({OPTION[role]}); the columns are: {listed}")
        else:
            found = [column for name in names for column in by_name.get(name, [])]
        if role == "text" and len(found) > 1:
            several = ", ".join(found)
            raise ColumnError(f"{where}: several columns could hold the text ({several}); name one with --text-column")
        if found and found.count(found[0]) > 1:
            raise ColumnError(f"{where}: the column {found[0]!r} stands there twice; give each a name of its own")
        if found:
            roles[role] = found[0]
    if "text" not in roles:
        raise ColumnError(f"{where}: no column of note text was recognised; name it with --text-column: {listed}")
    return roles


def _plain(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().lower())


class RowReader:
    """Makes items of rows, once it is known which column plays which role."""

    def __init__(self, roles: Mapping[str, str], options: Options, notices: Notices) -> None:
        self._roles = roles
        self._options = options
        self._notices = notices

    @property
    def text_column(self) -> str:
        """The name of the column that holds the text."""
        return self._roles["text"]

    def item(self, number: int, row: Mapping[str, object]) -> Item:
        """The note in one row; ``number`` counts rows of the input from 1.

        Rejected is a row whose text is null, missing or not text. Blank text is a note, with nothing in it.
        """
        note_id = self.note_id(number, row)
        text = row.get(self.text_column)
        if text is None or text != text:  # only NaN, which is how data frames say null, differs from itself
            return Rejected(note_id, "MissingText", f"row {number}: the text is null")
        if isinstance(text, bytes | bytearray | memoryview):
            text = decode(bytes(text), self._options.encoding, self._notices)
        if not isinstance(text, str):
            kind = type(text).__name__
            return Rejected(note_id, "NotText", f"row {number}: the text is of type {kind}, expected a string")
        return Note(
            note_id=note_id,
            text=self._clean(text),
            patient_id=self._value(row, "patient_id"),
            note_date=self._date(row, "note_date"),
            note_type=self._value(row, "note_type"),
            sex=self._value(row, "sex"),
            birth_date=self._date(row, "birth_date"),
        )

    def note_id(self, number: int, row: Mapping[str, object]) -> str:
        """The row's own id exactly as given, or ``row-N`` where it has none."""
        note_id = self._value(row, "note_id")
        if note_id is None:
            self._notices["missing_id"] += 1
            return f"row-{number}"
        return note_id

    def _value(self, row: Mapping[str, object], role: str) -> str | None:
        column = self._roles.get(role)
        value = scalar(row.get(column)) if column is not None else None
        return self._clean(value) if value is not None and value.strip() else None

    def _date(self, row: Mapping[str, object], role: str) -> str | None:
        value = self._value(row, role)
        if value is None:
            return None
        iso = iso_date(value, self._options.date_format)
        if iso is None:
            self._notices["bad_date"] += 1
        return iso

    def _clean(self, value: str) -> str:
        """Lone surrogates cannot be written anywhere; one character each keeps the offsets as they are."""
        if value.isascii() or not _SURROGATE.search(value):
            return value
        self._notices["surrogate"] += 1
        return _SURROGATE.sub("\ufffd", value)


def scalar(value: object) -> str | None:
    """A cell as a string exactly as given: strings unchanged, integers (also 12.0) decimal, dates ISO, null None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float | Decimal):
        if value != value:
            return None
        return str(int(value)) if value == value // 1 else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def iso_date(value: str, date_format: str | None = None) -> str | None:
    """``YYYY-MM-DD`` of a date as exports write it (ISO with or without time, or ``date_format``), or None."""
    value = value.strip()
    if date_format is not None:
        with suppress(ValueError):
            return datetime.strptime(value, date_format).date().isoformat()  # noqa: DTZ007 - a calendar day has no zone
    match = _ISO.fullmatch(value)
    if match is None or (date_format is not None and value[:8].isdigit()):  # such digits may be in any order
        return None
    with suppress(ValueError):
        return date(*(int(part) for part in match.groups())).isoformat()
    return None


def check_date_format(date_format: str) -> None:
    """Raises SourceError where a format can give no day: nothing would be understood, and only counted."""
    day = date(2024, 3, 31)
    if iso_date(day.strftime(date_format), date_format) != day.isoformat():
        raise SourceError(f"--date-format: {date_format!r} names no day; expected e.g. %d.%m.%Y or %m/%d/%Y %H:%M")


def decode(data: bytes, encoding: str | None, notices: Notices) -> str:
    """Text of bytes: in ``encoding``, or else UTF-8, or else Windows-1252; bytes unknown to it become U+FFFD.

    A byte-order mark of UTF-16 is believed before either.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    if encoding is None:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            notices["other_encoding"] += 1
            encoding = "cp1252"
    text = data.decode(encoding, "replace")
    if "\ufffd" in text:
        notices["undecodable"] += 1
    return text
