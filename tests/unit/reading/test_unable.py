"""Whatever word says that somebody cannot, and whatever it is that he cannot, the finding is there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from popliteal.knowledge import load
from popliteal.reading.reader import Reader

GIVEN: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("unable.yaml").read_text(encoding="utf-8"))


def _cases() -> Iterator[Any]:
    for words, verbs in ((GIVEN["unable"], GIVEN["movements"]), (GIVEN["wholly"], GIVEN["functions"])):
        for word, (verb, concept) in itertools.product(words, verbs.items()):
            yield pytest.param(f"{word} {verb}.", concept, id=f"{word} {verb}")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load())


@pytest.mark.parametrize(("text", "concept"), list(_cases()))
def test_unable(text: str, concept: str, reader: Reader) -> None:
    found = {one.concept for one in reader.read(text) if (one.assertion, one.temporality) == ("present", "current")}
    assert concept in found
