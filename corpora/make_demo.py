"""Writes ``corpora/demo`` from the storylines in ``corpora/demo_source``: a small hospital export of invented patients.

Run ``python corpora/make_demo.py [OUT]``. The output depends on the source files alone, so a second run writes the
same bytes; nothing is drawn from a clock or an unseeded generator. Standard library and PyYAML only.

Most notes are written by hand. A few patients are siblings of another storyline (``like:`` in ``variants.yaml``): other
dates, other birth date, other style and, where asked, the other side of the body.
"""

from __future__ import annotations

import hashlib
import re
import string
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "demo_source"
OUT = HERE / "demo"
#: Part of every patient number, so that numbers stay put when storylines are added.
SEED = "popliteal demo 1"
STATUSES = ("in", "near_miss", "out")
SIDES = ("left", "right", "bilateral", "unspecified", "none")
TIERS = ("EMERGENCY", "URGENT", "SOON", "ROUTINE", "NONE")
OTHER_SIDE = {"left": "right", "right": "left", "l": "r", "r": "l", "lle": "rle", "rle": "lle"}
#: A side word, or a lone L or R that is no unit (mmol/L), no bullet of risks (R/B/A) and no root (L5).
SIDE_WORD = re.compile(r"\b(?i:left|right|lle|rle)\b|(?<![\w/.&'])[LR](?![\w/&'’-])")
COHORT_LINE = re.compile(
    r"(?P<status>in|near_miss|out)(?: (?P<date>\d{4}-\d\d-\d\d) (?P<side>[a-z]+))?: (?P<reason>.+)", re.DOTALL
)
MARK = re.compile(r"<<(?P<what>age|\d{4}-\d\d-\d\d)(?:\|(?P<form>[^>]+))?>>")


class SourceError(ValueError):
    """A storyline that cannot be right; the message names its key."""


@dataclass(frozen=True)
class Verdict:
    """What a fair expert decides from one note alone; the first of each tuple is the answer, the rest is acceptable."""

    hypotheses: tuple[str, ...]
    sides: tuple[str, ...]
    tiers: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """One note of a storyline; ``odd`` names what is peculiar about its row, if anything."""

    day: date
    kind: str
    text: str | None
    verdict: Verdict | None
    layout: str = "plain"
    copies: int = 1
    odd: str = ""


class Membership(NamedTuple):
    """Where a patient stands in one cohort, in words, with the day and side when in."""

    status: str
    reason: str
    day: date | None = None
    side: str = ""


@dataclass(frozen=True)
class Patient:
    """A storyline."""

    key: str
    sex: str
    born: date
    notes: tuple[Note, ...]
    cohorts: dict[str, Membership]
    sibling_of: str = ""
    mirrored: bool = False
    number: str = ""

    def note_id(self, position: int) -> str:
        """The id of the note at a position (from 0), such as ``004711-02``."""
        return f"{self.number}-{position + 1:02d}"


@dataclass(frozen=True)
class Frame:
    """What the storylines are checked against: the hypotheses, and the cohorts with the reason of whoever is out."""

    hypotheses: frozenset[str]
    out_reasons: dict[str, str]


# ---------------------------------------------------------------- reading the source


def read_frame(path: Path) -> Frame:
    """Reads ``cohorts.yaml``."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Frame(frozenset(data["hypotheses"]), {name: item["out"] for name, item in data["cohorts"].items()})


def read_verdict(line: str, frame: Frame, where: str) -> Verdict:
    """Reads ``hypothesis/others side,others TIER/OTHERS``."""
    parts = line.split()
    if len(parts) != 3:
        raise SourceError(f"{where}: a verdict is 'hypothesis side TIER', got {line!r}")
    verdict = Verdict(tuple(parts[0].split("/")), tuple(parts[1].split(",")), tuple(parts[2].split("/")))
    for given, known in (
        (verdict.hypotheses, frame.hypotheses),
        (verdict.sides, frozenset(SIDES)),
        (verdict.tiers, frozenset(TIERS)),
    ):
        if unknown := set(given) - known:
            raise SourceError(f"{where}: unknown {sorted(unknown)} in {line!r}")
    return verdict


def read_membership(line: str, where: str) -> Membership:
    """Reads ``in 2023-05-10 left: why``, ``near_miss: why`` or ``out: why``."""
    match = COHORT_LINE.fullmatch(line.strip())
    if match is None:
        raise SourceError(f"{where}: cannot read {line!r}")
    status, day, side = match["status"], match["date"], match["side"]
    if (status == "in") != (day is not None):
        raise SourceError(f"{where}: a day and a side belong to 'in', and to it alone: {line!r}")
    if side is not None and side not in SIDES:
        raise SourceError(f"{where}: unknown side {side!r}")
    return Membership(status, match["reason"], date.fromisoformat(day) if day else None, side or "")


def read_note(data: dict[str, Any], frame: Frame, where: str) -> Note:
    """One note of a storyline. A note without text has no verdict."""
    text = data["text"]
    verdict = read_verdict(data["g"], frame, where) if "g" in data else None
    if bool(text) != (verdict is not None):
        raise SourceError(f"{where}: a note with text needs a verdict 'g', a note without has none")
    return Note(
        day=data["date"],
        kind=data["type"],
        text=text.rstrip("\n") if text else text,
        verdict=verdict,
        layout=data.get("layout", "plain"),
        copies=data.get("copies", 1),
        odd=data.get("odd", ""),
    )


def read_patient(data: dict[str, Any], frame: Frame) -> Patient:
    """One hand-written storyline, checked: cohorts exist, index days are days of notes, notes stand in order."""
    key = data["key"]
    notes = tuple(read_note(note, frame, f"{key} {note.get('date')}") for note in data["notes"])
    cohorts = {name: read_membership(line, f"{key} {name}") for name, line in data.get("cohorts", {}).items()}
    if unknown := set(cohorts) - set(frame.out_reasons):
        raise SourceError(f"{key}: unknown cohorts {sorted(unknown)}")
    days = [note.day for note in notes]
    if days != sorted(days):
        raise SourceError(f"{key}: the notes are not in order of date")
    for name, membership in cohorts.items():
        if membership.day is not None and membership.day not in days:
            raise SourceError(f"{key} {name}: no note on {membership.day}")
    return Patient(key, data["sex"], data["born"], notes, cohorts)


# ---------------------------------------------------------------- siblings

Rules = Sequence[tuple[str, str]]


def other_side(text: str) -> str:
    """The same text about the other leg: every side word is exchanged, in its own case."""

    def swap(match: re.Match[str]) -> str:
        word = match.group()
        twin = OTHER_SIDE[word.lower()]
        return twin.upper() if word.isupper() else twin.capitalize() if word[0].isupper() else twin

    return SIDE_WORD.sub(swap, text)


def reword(text: str, rules: Rules) -> str:
    """Applies the phrase pairs of a style in order, at word borders.

    An abbreviation in capitals stands for itself alone, other phrases match in any case. What starts a line or a
    sentence, or had a capital before, gets one.
    """
    for old, new in rules:
        flags = 0 if old.isupper() else re.IGNORECASE

        def put(match: re.Match[str], old: str = old, new: str = new) -> str:
            before = match.string[: match.start()].rstrip(" ")[-1:]
            starts = before in ("", "\n", ".", "!", "?") or (not old.isupper() and match.group()[0].isupper())
            return new[:1].upper() + new[1:] if starts else new

        text = re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", put, text, flags=flags)
    return text


def move_marks(text: str, shift: timedelta) -> str:
    """Shifts every ``<<date>>`` of a text."""

    def put(match: re.Match[str]) -> str:
        if match["what"] == "age":
            return match.group()
        moved = (date.fromisoformat(match["what"]) + shift).isoformat()
        return f"<<{moved}|{match['form']}>>" if match["form"] else f"<<{moved}>>"

    return MARK.sub(put, text)


def sibling(data: dict[str, Any], model: Patient, styles: dict[str, Rules]) -> Patient:
    """Another patient with the course of ``model``: dates, age, style and perhaps side differ, the decisions do not."""
    shift = timedelta(weeks=data["weeks"])
    mirrored: bool = data.get("mirror", False)
    turn: Callable[[str], str] = other_side if mirrored else str
    rules = [rule for name in data.get("style", ()) for rule in styles[name]]

    def retell(note: Note) -> Note:
        text = reword(turn(move_marks(note.text, shift)), rules) if note.text else note.text
        sides = tuple(turn(side) for side in note.verdict.sides) if note.verdict else ()
        verdict = replace(note.verdict, sides=sides) if note.verdict else None
        layout = data.get("layout", note.layout)
        return replace(note, day=note.day + shift, text=text, verdict=verdict, layout=layout, copies=1, odd="")

    cohorts = {
        name: Membership(m.status, turn(m.reason), m.day + shift if m.day else None, turn(m.side))
        for name, m in model.cohorts.items()
    }
    born = model.born + shift + timedelta(days=data.get("born_days", 0))
    kept = [retell(note) for position, note in enumerate(model.notes) if position not in data.get("without", ())]
    for name, membership in cohorts.items():
        if membership.day is not None and membership.day not in [note.day for note in kept]:
            raise SourceError(f"{data['key']} {name}: the note of the index day is left out")
    return Patient(data["key"], model.sex, born, tuple(kept), cohorts, model.key, mirrored)


# ---------------------------------------------------------------- putting together


def age_on(born: date, day: date) -> int:
    """Completed years of age."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def flatten(text: str) -> str:
    """Line breaks turned into commas, as some exports do: ``HISTORY:, The patient … .,EXAM:, …``."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    joined = "".join(line + (", " if line.endswith(":") else ",") for line in lines)
    return joined.rstrip(", ")


LAYOUTS: dict[str, Callable[[str], str]] = {"plain": str, "flat": flatten, "upper": str.upper}


def final_text(note: Note, patient: Patient) -> str | None:
    """The text as the export holds it: ages and dates filled in."""
    if not note.text:
        return note.text

    def fill(match: re.Match[str]) -> str:
        if match["what"] == "age":
            return str(age_on(patient.born, note.day))
        return date.fromisoformat(match["what"]).strftime(match["form"] or "%d/%m/%Y")

    text = MARK.sub(fill, note.text)
    return LAYOUTS[note.layout](text)


def numbered(patients: Iterable[Patient]) -> Iterator[Patient]:
    """Gives every patient a number of six digits (half have a leading zero) that depends on the key alone."""
    taken: dict[str, str] = {}
    for patient in patients:
        digest = hashlib.sha256(f"{SEED}:{patient.key}".encode()).digest()
        number = f"{int.from_bytes(digest[:8], 'big') % 200_000:06d}"
        if other := taken.get(number):
            raise SourceError(f"{patient.key} and {other} would share the number {number}: rename one of them")
        taken[number] = patient.key
        yield replace(patient, number=number)


def load(source: Path = SOURCE) -> tuple[Frame, list[Patient]]:
    """Reads every storyline and makes the siblings; patients come in order of their numbers."""
    frame = read_frame(source / "cohorts.yaml")
    variants = yaml.safe_load((source / "variants.yaml").read_text(encoding="utf-8"))
    styles: dict[str, Rules] = {
        name: [(str(old), str(new)) for old, new in pairs.items()] for name, pairs in variants["styles"].items()
    }
    patients: dict[str, Patient] = {}
    for path in sorted(source.glob("*.yaml")):
        if path.name in ("cohorts.yaml", "variants.yaml"):
            continue
        for data in yaml.safe_load(path.read_text(encoding="utf-8"))["patients"]:
            patient = read_patient(data, frame)
            if patient.key in patients:
                raise SourceError(f"{patient.key}: the key is used twice")
            patients[patient.key] = patient
    for data in variants["siblings"]:
        if data["key"] in patients:
            raise SourceError(f"{data['key']}: the key is used twice")
        patients[data["key"]] = sibling(data, patients[data["like"]], styles)
    return frame, sorted(numbered(patients.values()), key=lambda patient: patient.number)


# ---------------------------------------------------------------- writing


def csv_field(value: str | None, *, always: bool = False) -> str:
    """One CSV field; None is an empty unquoted field, an empty text a quoted one."""
    if value is None:
        return ""
    if always or any(mark in value for mark in ',"\n\r'):
        return '"' + value.replace('"', '""') + '"'
    return value


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """UTF-8, line feeds, a header; the column ``text`` is always quoted."""
    lines = [",".join(columns)]
    lines += [
        ",".join(csv_field(value, always=name == "text") for name, value in zip(columns, row, strict=True))
        for row in rows
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


NOTE_COLUMNS = ("note_id", "patient_id", "note_date", "note_type", "gender", "birth_date", "text")
NOTE_GOLD_COLUMNS = ("note_id", "hypothesis", "acceptable", "side", "side_ok", "urgency", "urgency_ok")
GOLD_COLUMNS = ("patient_id", "cohort", "status", "index_date", "side", "reason")


def note_rows(patients: Iterable[Patient]) -> list[tuple[str | None, ...]]:
    """The export, in order of date as a hospital would write it; a duplicated note follows its twin."""
    rows: list[tuple[str | None, ...]] = []
    for patient in patients:
        for position, note in enumerate(patient.notes):
            row = (
                patient.note_id(position),
                patient.number,
                note.day.isoformat(),
                note.kind,
                patient.sex,
                patient.born.isoformat(),
                final_text(note, patient),
            )
            rows += [row] * note.copies
    return sorted(rows, key=lambda row: (row[2] or "", row[0] or ""))


def note_gold_rows(patients: Iterable[Patient]) -> list[tuple[str, ...]]:
    """The verdict of every note that has text."""
    return sorted(
        (
            patient.note_id(position),
            note.verdict.hypotheses[0],
            ";".join(note.verdict.hypotheses),
            note.verdict.sides[0],
            ";".join(note.verdict.sides),
            note.verdict.tiers[0],
            ";".join(note.verdict.tiers),
        )
        for patient in patients
        for position, note in enumerate(patient.notes)
        if note.verdict is not None
    )


def gold_rows(frame: Frame, patients: Iterable[Patient]) -> list[tuple[str, ...]]:
    """One row for every patient and cohort."""
    rows: list[tuple[str, ...]] = []
    for patient in patients:
        for cohort, out_reason in frame.out_reasons.items():
            member = patient.cohorts.get(cohort, Membership("out", out_reason))
            day = member.day.isoformat() if member.day else ""
            rows.append((patient.number, cohort, member.status, day, member.side, member.reason))
    return rows


def readme(template: str, frame: Frame, patients: Sequence[Patient]) -> str:
    """Fills the counts into the template, so that they cannot go stale."""
    notes = [(patient, position, note) for patient in patients for position, note in enumerate(patient.notes)]
    count = Counter((row[1], row[2]) for row in gold_rows(frame, patients))
    tiers = Counter(note.verdict.tiers[0] for _, _, note in notes if note.verdict)
    by_hand = [note for patient, _, note in notes if not patient.sibling_of]
    return string.Template(template).substitute(
        rows=sum(note.copies for _, _, note in notes),
        notes=len(notes),
        patients=len(patients),
        by_hand=len({note.text for note in by_hand if note.text}),
        storylines=sum(not patient.sibling_of for patient in patients),
        siblings=sum(bool(patient.sibling_of) for patient in patients),
        mirrored=sum(patient.mirrored for patient in patients),
        judged=sum(note.verdict is not None for _, _, note in notes),
        tiers=", ".join(f"{tier} {tiers[tier]}" for tier in TIERS),
        cohorts="\n".join(
            f"| `{cohort}` | " + " | ".join(str(count[cohort, status]) for status in STATUSES) + " |"
            for cohort in frame.out_reasons
        ),
        odd="\n".join(f"| `{p.note_id(position)}` | {note.odd} |" for p, position, note in notes if note.odd),
        flat=sum(note.layout == "flat" for _, _, note in notes),
        upper=sum(note.layout == "upper" for _, _, note in notes),
    )


def write(out: Path = OUT, source: Path = SOURCE) -> None:
    """Writes notes.csv, patients.csv, gold.csv, notes_gold.csv and README.md into ``out``."""
    frame, patients = load(source)
    out.mkdir(parents=True, exist_ok=True)
    write_csv(out / "notes.csv", NOTE_COLUMNS, note_rows(patients))
    write_csv(
        out / "patients.csv",
        ("patient_id", "birth_date", "sex"),
        ((patient.number, patient.born.isoformat(), patient.sex) for patient in patients),
    )
    write_csv(out / "gold.csv", GOLD_COLUMNS, gold_rows(frame, patients))
    write_csv(out / "notes_gold.csv", NOTE_GOLD_COLUMNS, note_gold_rows(patients))
    text = readme((source / "readme.md").read_text(encoding="utf-8"), frame, patients)
    (out / "README.md").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
