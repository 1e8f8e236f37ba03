"""What reviewers decide, in one SQLite file in the cohort folder; it never holds text of a note.

``adjudications.sqlite`` has mode 0600 and a write-ahead log; an answer is on the disk before the page that follows it
is sent, so nothing is lost when the program is killed. Answers are only ever added: the newest of a reviewer for a
chart counts, undoing adds the answer that stood before.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from popliteal.cohort.review.estimates import BELONGS, NOT, UNSURE
from popliteal.cohort.review.sampling import Draw
from popliteal.errors import OutputError

FILE = "adjudications.sqlite"
_FORMAT = "1"
#: What a reviewer answers: the screen's verdict is right, is wrong, or cannot be judged. Of an uncertain patient, which
#: has no verdict yet: belongs in the cohort, does not, cannot be judged.
ANSWERS = ("accept", "reject", "unsure")
#: A reviewer is blind to the others; a third sees the disagreements of the others and settles them.
REVIEWER, THIRD = "reviewer", "third"
_NAME = re.compile(r"[\w][\w .@'-]{0,63}")

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE charts (
  number INTEGER PRIMARY KEY, patient_id TEXT NOT NULL UNIQUE, stratum TEXT NOT NULL, drawn TEXT NOT NULL) STRICT;
CREATE TABLE reviewers (name TEXT PRIMARY KEY, role TEXT NOT NULL, place INTEGER) STRICT;
CREATE TABLE answers (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, reviewer TEXT NOT NULL REFERENCES reviewers, number INTEGER NOT NULL
  REFERENCES charts, answer TEXT, undoes INTEGER) STRICT;
CREATE INDEX answers_of ON answers (reviewer, number);
CREATE TABLE comments (
  reviewer TEXT NOT NULL REFERENCES reviewers, number INTEGER NOT NULL REFERENCES charts, comment TEXT NOT NULL,
  PRIMARY KEY (reviewer, number)) STRICT;
CREATE TABLE marks (
  id INTEGER PRIMARY KEY, reviewer TEXT NOT NULL REFERENCES reviewers, number INTEGER NOT NULL REFERENCES charts,
  note_id TEXT NOT NULL, copy INTEGER NOT NULL, finding_id INTEGER, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  concept TEXT NOT NULL, mechanism TEXT NOT NULL, said TEXT NOT NULL, should_be TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX marks_once ON marks (
  reviewer, number, note_id, copy, coalesce(finding_id, -1), start, "end", mechanism);
"""


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of the sample; ``number`` counts from 1 in the order of review."""

    number: int
    patient_id: str
    stratum: str
    drawn: str

    def belongs(self, answer: str) -> str:
        """What an answer says of the patient: belongs in the cohort, does not, or unclear."""
        if answer == "unsure":
            return UNSURE
        return BELONGS if (answer == "accept") == (self.stratum in {"included", "uncertain"}) else NOT


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding that a reviewer marked as wrong, or one that is missing (``finding_id`` None, mechanism ``missed``).

    ``mechanism`` says in what it is wrong; ``said`` is what the pipeline has there and ``should_be`` what it should
    have (may be empty). Offsets are of the note, of which ``copy`` counts those with the same id; no words of it are
    kept. ``id`` is given by the store.
    """

    note_id: str
    copy: int
    finding_id: int | None
    start: int
    end: int
    concept: str
    mechanism: str
    said: str = ""
    should_be: str = ""
    id: int = 0


_MARK_FIELDS = tuple(name for name in Mark.__dataclass_fields__ if name != "id")
_MARK = ", ".join(f'"{name}"' for name in _MARK_FIELDS)
_PLACES = ", ".join("?" * len(_MARK_FIELDS))


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that counts, and when it was given (UTC, ISO 8601)."""

    answer: str
    at: str


class Adjudications:
    """The answers, comments and marks of a cohort's reviewers.

    Args:
        folder: the cohort folder.
        create: make the file if it is not there.

    Raises:
        OutputError: the file is not there, cannot be opened, or another version wrote it.
    """

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        self.path = folder / FILE
        if not create and not self.path.exists():
            raise OutputError(f"{self.path}: no such file; popliteal review {folder} makes it")
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # its log files inherit the mode
            self.path.chmod(0o600)
            self._db = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
            try:
                self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
                self._begin()
            except BaseException:
                self._db.close()
                raise
        except (OSError, sqlite3.Error) as error:
            raise OutputError(f"{self.path}: cannot be used ({type(error).__name__}); check its permissions") from error

    def _begin(self) -> None:
        with self._change() as db:
            if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    db.execute(statement)
                db.execute("INSERT INTO meta VALUES ('format', ?)", [_FORMAT])
        if self.meta("format") != _FORMAT:
            raise OutputError(f"{self.path}: was written by another version of popliteal; open it with that one")

    def close(self) -> None:
        """Close the file; nothing is pending."""
        self._db.close()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One change, whole or not at all; changes of other processes wait."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # ---------- the sample
    def meta(self, key: str) -> str | None:
        """A fact about the review, such as its ``seed``."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
        return row[0] if row else None

    def add_charts(self, draws: Sequence[Draw], **facts: str) -> None:
        """Put charts at the end of the queue, and keep facts about them."""
        with self._change() as db:
            last = db.execute("SELECT coalesce(max(number), 0) FROM charts").fetchone()[0]
            rows = [(last + index, item.patient_id, item.stratum, item.drawn) for index, item in enumerate(draws, 1)]
            db.executemany("INSERT INTO charts VALUES (?, ?, ?, ?)", rows)
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", facts.items())

    def charts(self) -> list[Chart]:
        """The queue, in the order of review."""
        rows = self._db.execute("SELECT number, patient_id, stratum, drawn FROM charts ORDER BY number")
        return [Chart(*row) for row in rows]

    def sizes(self) -> dict[str, int]:
        """Patients of each stratum of the whole cohort, as it was when the sample was drawn."""
        return dict(json.loads(self.meta("sizes") or "{}"))

    # ---------- reviewers
    def join(self, name: str, role: str) -> None:
        """Make a reviewer known.

        Raises:
            OutputError: the name cannot be one, or belongs to somebody of the other role.
        """
        if not _NAME.fullmatch(name):
            raise OutputError("--reviewer: expected a name of letters, digits and spaces, up to 64 of them")
        with self._change() as db:
            db.execute("INSERT OR IGNORE INTO reviewers VALUES (?, ?, NULL)", [name, role])
        known = self.reviewers()[name]
        if known != role:
            raise OutputError(f"{name} has reviewed this cohort as {known}; a third person settles disagreements")

    def reviewers(self) -> dict[str, str]:
        """Role by name, in the order in which they came."""
        return dict(self._db.execute("SELECT name, role FROM reviewers ORDER BY rowid"))

    def place(self, reviewer: str) -> int | None:
        """The chart that a reviewer looked at last."""
        row = self._db.execute("SELECT place FROM reviewers WHERE name = ?", [reviewer]).fetchone()
        return row[0] if row else None

    def set_place(self, reviewer: str, number: int) -> None:
        """Remember where a reviewer is."""
        with self._change() as db:
            db.execute("UPDATE reviewers SET place = ? WHERE name = ?", [number, reviewer])

    # ---------- answers
    def answer(self, reviewer: str, number: int, answer: str) -> None:
        """Record an answer; it is on the disk when this returns."""
        if answer not in ANSWERS:
            raise ValueError("no such answer")
        with self._change() as db:
            db.execute(
                "INSERT INTO answers (at, reviewer, number, answer) VALUES (?, ?, ?, ?)",
                [_now(), reviewer, number, answer],
            )

    def undo(self, reviewer: str) -> int | None:
        """Take the reviewer's newest answer back; the number of its chart, or None where nothing is left to undo."""
        with self._change() as db:
            row = db.execute(
                "SELECT id, number FROM answers WHERE reviewer = :who AND undoes IS NULL AND id NOT IN"
                " (SELECT undoes FROM answers WHERE reviewer = :who AND undoes IS NOT NULL) ORDER BY id DESC",
                {"who": reviewer},
            ).fetchone()
            if row is None:
                return None
            undone, number = row
            before = db.execute(
                "SELECT answer FROM answers WHERE reviewer = ? AND number = ? AND id < ? ORDER BY id DESC",
                [reviewer, number, undone],
            ).fetchone()
            db.execute(
                "INSERT INTO answers (at, reviewer, number, answer, undoes) VALUES (?, ?, ?, ?, ?)",
                [_now(), reviewer, number, before[0] if before else None, undone],
            )
            return int(number)

    def answers(self, reviewer: str) -> dict[int, Answer]:
        """The answers of a reviewer that count, by chart."""
        rows = self._db.execute(
            "SELECT number, answer, at FROM answers WHERE id IN"
            " (SELECT max(id) FROM answers WHERE reviewer = ? GROUP BY number) AND answer IS NOT NULL ORDER BY number",
            [reviewer],
        )
        return {number: Answer(answer, at) for number, answer, at in rows}

    # ---------- comments and wrong findings
    def comment(self, reviewer: str, number: int, comment: str) -> None:
        """Keep a comment; an empty one takes it away."""
        with self._change() as db:
            db.execute("DELETE FROM comments WHERE reviewer = ? AND number = ?", [reviewer, number])
            if comment.strip():
                db.execute("INSERT INTO comments VALUES (?, ?, ?)", [reviewer, number, comment.strip()])

    def comments(self, reviewer: str) -> dict[int, str]:
        """The comments of a reviewer, by chart."""
        rows = self._db.execute("SELECT number, comment FROM comments WHERE reviewer = ?", [reviewer])
        return dict(rows.fetchall())

    def mark(self, reviewer: str, number: int, mark: Mark) -> None:
        """Mark a finding as wrong; the same mechanism again replaces what it should be."""
        with self._change() as db:
            db.execute(
                f"INSERT OR REPLACE INTO marks (reviewer, number, {_MARK}) VALUES (?, ?, {_PLACES})",  # noqa: S608  # constants
                [reviewer, number, *(getattr(mark, name) for name in _MARK_FIELDS)],
            )

    def unmark(self, reviewer: str, mark_id: int) -> None:
        """Take a mark of a reviewer away."""
        with self._change() as db:
            db.execute("DELETE FROM marks WHERE reviewer = ? AND id = ?", [reviewer, mark_id])

    def marks(self, reviewer: str) -> dict[int, list[Mark]]:
        """The marks of a reviewer, by chart, in the order in which they were made."""
        found: dict[int, list[Mark]] = {}
        rows = self._db.execute(
            f"SELECT number, {_MARK}, id FROM marks WHERE reviewer = ? ORDER BY id",  # noqa: S608  # constants
            [reviewer],
        )
        for number, *values in rows:
            found.setdefault(number, []).append(Mark(*values))
        return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
