"""Reads gold corpora: a folder of ``.txt`` notes and ``.yaml`` files of cases, one such file, or a ``.jsonl`` file.

A ``.txt`` note is YAML front matter between ``---`` lines, then the note in the markup of ``markup.py``. The newline
that ends the closing ``---`` belongs to the front matter; of the rest one last newline is dropped; everything else is
the note, character for character. A ``.jsonl`` note is one object a line with ``note_id``, ``text``, ``findings``
(``start``, ``end``, ``text``, ``concept``, ``site``, ``laterality``, ``assertion``, ``temporality``, ``onset``,
``course``, ``value``) and the same decision fields as the front matter; other keys are ignored. A ``.yaml`` file is a
list of cases of one theme, each a sentence or two: ``text`` in the markup, ``note_date`` and ``why`` if need be. Its
name is the ``style`` of its cases, and with a number their ``note_id``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from popliteal.errors import CorpusError
from popliteal.evaluating.gold import (
    GoldDecision,
    GoldFinding,
    GoldNote,
    Vocabulary,
    decision_problems,
    finding_problems,
    plain_side,
)
from popliteal.evaluating.markup import parse
from popliteal.knowledge.source import near
from popliteal.schema import Note

_FRONT = re.compile(r"\A---[ \t]*\r?\n(?P<yaml>.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_CASE = ("text", "note_date", "why")
_LISTS = ("acceptable", "urgency_ok", "tests")
_KNOWN = (
    "note_id", "patient_id", "note_date", "note_type", "sex", "birth_date", "style",
    "hypothesis", "acceptable", "side", "urgency", "urgency_ok", "why", "tests",
)  # fmt: skip
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_FINDING_FIELDS = tuple(GoldFinding.__dataclass_fields__)

#: what a loader gives for each note: the note, and its problems as ``file:line: message``
_Read = tuple[GoldNote | None, list[str]]


def load(path: Path, vocabulary: Vocabulary | None = None) -> tuple[GoldNote, ...]:
    """All notes of a corpus, in the order of their file names or lines.

    Args:
        path: a folder (searched recursively for ``*.txt`` and ``*.yaml``), one such file, or one ``.jsonl`` file.
        vocabulary: the ids that may be used; without it only the closed vocabularies are checked.

    Raises:
        CorpusError: nothing to read there, or a note is malformed; lists every problem with file and line.
    """
    notes, problems = [], []
    for note, wrong in _read(path, vocabulary):
        problems += wrong
        if note is not None:
            notes.append(note)
    places: dict[str, str] = {}
    for note in notes:
        if note.note.note_id in places:
            problems.append(f"{note.place}: note_id is already that of {places[note.note.note_id]}; ids must differ")
        places.setdefault(note.note.note_id, note.place)
    if problems:
        raise CorpusError("\n".join(problems))
    return tuple(notes)


def _read(path: Path, vocabulary: Vocabulary | None) -> Iterator[_Read]:
    if path.is_dir():
        files = sorted([*path.rglob("*.txt"), *path.rglob("*.yaml")])
        if not files:
            raise CorpusError(f"{path}: no .txt or .yaml file in this folder; a corpus has one note per .txt file")
        for file in files:
            yield from _read(file, vocabulary)
    elif path.suffix == ".jsonl" and path.is_file():
        for line, row in enumerate(_text(path).split("\n"), start=1):
            if row.strip():
                yield _jsonl(f"{path}:{line}", row, vocabulary)
    elif path.suffix == ".txt" and path.is_file():
        yield _txt(path, vocabulary)
    elif path.suffix == ".yaml" and path.is_file():
        yield from _cases(path, vocabulary)
    elif not path.exists():
        raise CorpusError(f"{path}: no such file or folder")
    else:
        raise CorpusError(
            f"{path}: not a corpus; expected a folder of .txt notes, one such note, a .yaml of cases or a .jsonl file"
        )


def _text(file: Path) -> str:
    """The file's text with its line ends as they are (offsets count them)."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file}: cannot be read ({type(error).__name__}); expected a UTF-8 file") from error


def _txt(file: Path, vocabulary: Vocabulary | None) -> _Read:
    whole = _text(file)
    front = _FRONT.match(whole)
    if front is None:
        return None, [f"{file}:1: no front matter; the first line and the line before the note must be ---"]
    try:
        data, lines = _front_matter(front["yaml"])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        return None, [f"{file}:{line}: front matter is not valid YAML: {error.problem}"]
    except CorpusError as error:
        return None, [f"{file}:2: {error}"]
    body = whole[front.end() :].removesuffix("\n").removesuffix("\r")
    marked = parse(body, vocabulary)
    problems = [
        f"{file}:{lines.get(field, 1)}: {field}: {message}" for field, message in _field_problems(data, vocabulary)
    ]
    first = whole.count("\n", 0, front.end()) + 1
    problems += [f"{file}:{first + body.count(chr(10), 0, p.offset)}: {p.message}" for p in marked.problems]
    return _gold(data, marked.text, marked.findings, f"{file}:1"), problems


def _cases(file: Path, vocabulary: Vocabulary | None) -> Iterator[_Read]:
    """The cases of one theme; every scalar counts as the string that stands there."""
    loader = yaml.BaseLoader(_text(file))
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        yield None, [f"{file}:{line}: not valid YAML: {error.problem}"]
        return
    finally:
        loader.dispose()
    if not isinstance(node, yaml.SequenceNode):
        yield None, [f"{file}:1: expected a list of cases, each `- text: …`"]
        return
    for number, case in enumerate(node.value, start=1):
        yield _case(case, f"{file.stem}-{number:02d}", file, vocabulary)


def _case(node: yaml.Node, note_id: str, file: Path, vocabulary: Vocabulary | None) -> _Read:
    place = f"{file}:{node.start_mark.line + 1}"
    given = {}
    if isinstance(node, yaml.MappingNode):
        given = {str(key.value): value.value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    if not given.get("text") or len(given) != len(node.value) or not set(given) <= set(_CASE):
        return None, [f"{place}: a case has a text, and {' and '.join(_CASE[1:])} if need be; each one string"]
    marked = parse(given.pop("text"), vocabulary)
    data = {"note_id": note_id, "style": file.stem, **given}
    problems = [f"{field}: {message}" for field, message in _field_problems(data, vocabulary)]
    problems += [problem.message for problem in marked.problems]
    return _gold(data, marked.text, marked.findings, place), [f"{place}: {problem}" for problem in problems]


def _front_matter(source: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The fields, every scalar as the string that stands there (``0012`` stays ``0012``), and each one's line."""
    loader = yaml.BaseLoader(source)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise CorpusError("front matter must be `name: value` lines")
        lines = {str(key.value): key.start_mark.line + 2 for key, _ in node.value}
        data = loader.construct_mapping(node, deep=True)
    finally:
        loader.dispose()
    return {str(key): None if value in ("", "null", "~") else value for key, value in data.items()}, lines


def _jsonl(place: str, row: str, vocabulary: Vocabulary | None) -> _Read:
    try:
        data = json.loads(row)
    except json.JSONDecodeError as error:
        return None, [f"{place}: not valid JSON at column {error.colno}: {error.msg}"]
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        return None, [f"{place}: expected an object with note_id, text and findings"]
    known = {"style": data.get("source"), **{name: value for name, value in data.items() if name in _KNOWN}}
    if isinstance(known.get("note_id"), int):
        known["note_id"] = str(known["note_id"])
    problems = [f"{place}: {field}: {message}" for field, message in _field_problems(known, vocabulary)]
    findings = []
    for index, item in enumerate(data.get("findings") or []):
        finding, wrong = _finding(item, data["text"])
        wrong += finding_problems(finding, vocabulary) if finding else []
        problems += [f"{place}: findings[{index}]: {message}" for message in wrong]
        if finding:
            findings.append(finding)
    ordered = tuple(sorted(findings, key=lambda finding: finding.order))
    return _gold(known, data["text"], ordered, place), problems


def _finding(item: object, text: str) -> tuple[GoldFinding | None, list[str]]:
    """One finding of a JSON note; ``text`` is that of the note."""
    if not isinstance(item, dict):
        return None, ["expected an object"]
    start, end, concept = item.get("start"), item.get("end"), item.get("concept")
    if not isinstance(start, int) or not isinstance(end, int) or not isinstance(concept, str):
        return None, ["needs whole numbers start and end, and a concept"]
    if not 0 <= start < end <= len(text):
        return None, [f"span {start}-{end} is empty or outside the note of {len(text)} characters"]
    given = {
        name: str(item[name]) for name in _FINDING_FIELDS if name not in {"start", "end"} and item.get(name) is not None
    }
    wrong = [] if given.get("text", text[start:end]) == text[start:end] else ["text is not what stands at start-end"]
    return GoldFinding(**{**given, "start": start, "end": end, "text": text[start:end]}), wrong  # type: ignore[arg-type]  # fields were checked by name


def _field_problems(data: Mapping[str, Any], vocabulary: Vocabulary | None) -> list[tuple[str, str]]:
    """``(field, what is wrong)`` of the fields beside the text."""
    problems = []
    if not data.get("note_id"):
        problems.append(("note_id", "is missing; every note needs one"))
    for field, value in data.items():
        if field not in _KNOWN:
            problems.append((field, f"unknown field{near(field, _KNOWN)}"))
        elif value is not None and isinstance(value, list) != (field in _LISTS):
            problems.append((field, f"expected {'a list' if field in _LISTS else 'one value'}"))
    problems += [
        (field, "expected YYYY-MM-DD")
        for field in ("note_date", "birth_date")
        if data.get(field) and not _DATE.match(str(data[field]))
    ]
    return problems + decision_problems(data, vocabulary)


def _gold(data: Mapping[str, Any], text: str, findings: Sequence[GoldFinding], place: str) -> GoldNote:
    def one(field: str) -> str | None:
        return None if data.get(field) is None else str(data[field])

    def many(field: str, best: str | None = None) -> frozenset[str]:
        listed = data.get(field) or []
        return frozenset([*(str(item) for item in listed), *([best] if best else [])])

    hypothesis, urgency, side = one("hypothesis"), one("urgency"), one("side")
    decision = GoldDecision(
        hypothesis=hypothesis,
        acceptable=many("acceptable", hypothesis),
        side=plain_side(side),
        urgency=urgency,
        urgency_ok=many("urgency_ok", urgency),
    )
    note = Note(
        one("note_id") or "",
        text,
        patient_id=one("patient_id"),
        note_date=one("note_date"),
        note_type=one("note_type"),
        sex=one("sex"),
        birth_date=one("birth_date"),
    )
    return GoldNote(
        note,
        tuple(findings),
        decision,
        style=one("style") or "",
        why=one("why") or "",
        tests=tuple(sorted(many("tests"))),
        place=place,
    )
