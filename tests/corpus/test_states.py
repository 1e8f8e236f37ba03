"""What is examined and what it is: power, feeling, reflexes and pulses, in all orders of words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml

from popliteal import knowledge
from popliteal.reading import Reader

_DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("states.yaml").read_text(encoding="utf-8"))


def _texts(function: dict[str, Any], state: str) -> Iterator[str]:
    """Every form of what is examined with one state, its names and places in turn."""
    names, places = cycle(function["named"]), cycle(function["places"])
    for form in _DATA["forms"]:
        name, place = next(names), next(places)
        yield form.format(f=name, F=name[0].upper() + name[1:], p=place, P=place[0].upper() + place[1:], s=state)


def _cases() -> Iterator[tuple[str, str, str]]:
    for examined, function in _DATA["functions"].items():
        for found, states in function["states"].items():
            yield from ((examined, found, state) for state in states)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(knowledge.load())


@pytest.mark.parametrize(("examined", "found", "state"), list(_cases()))
def test_every_form_says_the_same_of_a_state(examined: str, found: str, state: str, reader: Reader) -> None:
    function = _DATA["functions"][examined]
    wrong = {}
    for text in _texts(function, state):
        read = {(one.concept, one.assertion, one.laterality) for one in reader.read(text)}
        expected = function["lost"] if found == "lost" else [function["normal"]]
        if len(read) != 1 or not read <= {(concept, "present", "left") for concept in expected}:
            wrong[text] = read
    assert wrong == {}


@pytest.mark.parametrize("text", _DATA["complaints_that_end"])
def test_what_ends_is_the_complaint_and_no_weakness(text: str, reader: Reader) -> None:
    assert not [one.concept for one in reader.read(text) if one.concept.endswith("_weakness")]
