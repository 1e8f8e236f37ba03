"""A note costs no more than its length, whatever it is made of: shapes that nobody writes and every export holds."""

from __future__ import annotations

import time

import pytest

from popliteal.running.engine import Engine
from popliteal.schema import Note

LETTERS = 8_000
COMPLAINTS = ["foot drop", "numbness", "weakness", "back pain", "saddle numbness", "retention", "fever", "leg pain"]


def _repeated(items: list[str], between: str) -> str:
    text = between.join(items)
    return between.join([text] * (LETTERS // (len(text) + len(between)) + 1))[:LETTERS]


SHAPES = {
    "denials": _repeated([f"no {one}" for one in COMPLAINTS], ", "),
    "denials without commas": _repeated([f"no {one}" for one in COMPLAINTS], " "),
    "answers": _repeated([f"{one}=no" for one in COMPLAINTS], " "),
    "one denial": "Denies " + _repeated(COMPLAINTS, ", "),
    "complaints": _repeated(COMPLAINTS, " and "),
    "brackets": _repeated(["(numb"], " "),
    "boxes": _repeated(["[ ] numb"], " "),
    "grades": _repeated(["L DF 2/5", "L EHL 3/5", "R PF 5/5"], ", "),
    "rows of grades": _repeated(["DF 2/5", "EHL 3/5", "PF 5/5"], "\n"),
    "digits": _repeated(["1234567890"], ""),
    "signs": _repeated([".,;:!?-/()[]"], ""),
    "short lines": _repeated(["a"], "\n"),
    "one word": "a" * LETTERS,
    "one line": _repeated(["he walked to the shop and came back with pain"], " "),
    "past": _repeated(["s/p left knee replacement"], ", "),
    "relatives": _repeated(["mother had a stroke"], " "),
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine()
    for shape in SHAPES.values():  # what is compiled when it is first asked for
        engine.read(Note("0", shape[:100]))
    return engine


@pytest.mark.parametrize("shape", SHAPES)
def test_a_note_costs_its_length(engine: Engine, shape: str) -> None:
    start = time.process_time()
    engine.read(Note("1", SHAPES[shape]))
    assert time.process_time() - start < 5  # a second or two at most; where each item asks all others, ten and more
