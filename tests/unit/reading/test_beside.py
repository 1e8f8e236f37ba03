"""A complaint of today stays one whatever stands beside it: history, denials, relatives, plans, results."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from popliteal.knowledge import Knowledge, load
from popliteal.reading.reader import Reader

GIVEN: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("beside.yaml").read_text(encoding="utf-8"))


def _sentences() -> Iterator[Any]:
    for complaint in GIVEN["complaints"]:
        for other in GIVEN["before"]:
            yield pytest.param([f"{other}{way}{_fit(complaint, way)}." for way in GIVEN["ways"]], complaint, id=other)
        for other in GIVEN["behind"]:
            texts = [f"{_capital(complaint)}{way}{_fit(other, way)}{_close(way)}." for way in GIVEN["ways_behind"]]
            yield pytest.param(texts, complaint, id=f"... {other}")


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _fit(words: str, way: str) -> str:
    return _capital(words) if way == ". " else words


def _close(way: str) -> str:
    return ")" if way.endswith("(") else ""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def reader(knowledge: Knowledge) -> Reader:
    return Reader(knowledge)


def _normals() -> Iterator[Any]:
    for complaint, side in GIVEN["sided"].items():
        for normal in GIVEN["normals"]:
            texts = [f"{_capital(complaint)}{way}{_fit(normal, way)}{_close(way)}." for way in GIVEN["ways_behind"]]
            texts += [f"{_capital(normal)}{way}{_fit(complaint, way)}." for way in GIVEN["ways_normal"]]
            yield pytest.param(texts, complaint, side, id=f"{complaint}, {normal}")


SIDES = {
    "left": {"side": "left", "letter": "L", "limb": "LLE"},
    "right": {"side": "right", "letter": "R", "limb": "RLE"},
}


def _pairs() -> Iterator[Any]:
    for first, concept in GIVEN["paired"].items():
        for second, other in GIVEN["paired"].items():
            if concept != other:
                yield pytest.param(first, concept, second, other, id=f"{first} | {second}")


@pytest.mark.parametrize(("first", "concept", "second", "other"), list(_pairs()))
def test_two_findings_of_two_sides(first: str, concept: str, second: str, other: str, reader: Reader) -> None:
    changed = []
    for way, (left, right) in itertools.product(GIVEN["ways_paired"], (("left", "right"), ("right", "left"))):
        begun = _capital(first.format(**SIDES[left])) + way
        text = begun + _fit(second.format(**SIDES[right]), way) + "."
        found = {(one.concept, one.laterality, one.start >= len(begun)) for one in reader.read(text)}
        if not found >= {(concept, left, False), (other, right, True)}:
            changed.append(text)
    assert changed == []


@pytest.mark.parametrize(("texts", "complaint", "side"), list(_normals()))
def test_a_complaint_beside_a_normal_finding(
    texts: list[str], complaint: str, side: str, reader: Reader, knowledge: Knowledge
) -> None:
    changed = []
    for text in texts:
        start = text.lower().index(complaint.lower())
        found = [one for one in reader.read(text) if start <= one.start < start + len(complaint)]
        said = [
            one for one in found if (one.assertion, one.temporality, one.laterality) == ("present", "current", side)
        ]
        if not any(not knowledge.concepts[one.concept].normal for one in said):
            changed.append(text)
    assert changed == []


@pytest.mark.parametrize(("texts", "complaint"), list(_sentences()))
def test_a_complaint_beside_something_else(texts: list[str], complaint: str, reader: Reader) -> None:
    changed = []
    for text in texts:
        start = text.lower().index(complaint)
        found = [one for one in reader.read(text) if start <= one.start < start + len(complaint)]
        if not any((one.assertion, one.temporality) == ("present", "current") for one in found):
            changed.append(text)
    assert changed == []
