"""The shipped corpora are read as well as ``floors.yaml`` says, and are themselves in order."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from popliteal.evaluating.corpus import load
from popliteal.evaluating.gold import Vocabulary
from popliteal.evaluating.scoring import Report, evaluate
from popliteal.knowledge import load as load_knowledge
from popliteal.running.engine import Engine

HERE = Path(__file__).resolve().parent
CORPORA = HERE.parents[1] / "corpora"
FLOORS: dict[str, dict[str, float]] = yaml.safe_load((HERE / "floors.yaml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.xdist_group("corpora")  # what one worker has read, it need not read again
CASES = [(corpus, name) for corpus, floors in FLOORS.items() for name in floors]


@cache
def report(corpus: str) -> Report:
    gold = load(CORPORA / corpus, Vocabulary.of(load_knowledge()))
    return evaluate(gold, Engine())


@pytest.mark.parametrize(("corpus", "name"), CASES)
def test_floor(corpus: str, name: str) -> None:
    bound, got = FLOORS[corpus][name], report(corpus)
    if name.startswith("max_"):
        listed = [note.note_id for note in getattr(got, name.removeprefix("max_"))]
        assert len(listed) <= bound, f"{corpus}: {name.removeprefix('max_')}: {listed}"
    else:
        value = got.metrics[name].value
        assert value is not None, f"{corpus}: nothing in it counts for {name}"
        assert value >= bound, f"{corpus}: {name} is {value:.4f}, below its floor of {bound}"


def test_every_folder_of_notes_has_floors() -> None:
    folders = {file.relative_to(CORPORA).parts[0] for file in CORPORA.rglob("*.txt")}
    assert folders | {"assertion"} == set(FLOORS)
