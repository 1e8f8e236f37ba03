"""Who has it, whether, and when, in sentences around a complaint: every frame says the same of every complaint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from popliteal import knowledge
from popliteal.reading import Reader

_DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("frames.yaml").read_text(encoding="utf-8"))
_FRAMES = [(frame, said) for said, frames in _DATA["frames"].items() for frame in frames]

_CLAUSE_FRAMES = [(frame, said) for said, frames in _DATA["clause_frames"].items() for frame in frames]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(knowledge.load())


@pytest.mark.parametrize(("frame", "said"), _FRAMES, ids=[frame for frame, _ in _FRAMES])
def test_a_frame_says_the_same_of_every_complaint(frame: str, said: str, reader: Reader) -> None:
    wrong = {}
    for complaint in _DATA["complaints"]:
        words = complaint["words"]
        text = frame.replace("\\n", "\n").replace("{x}", words).replace("{X}", words[0].upper() + words[1:])
        found = [one for one in reader.read(text, "2026-11-20") if one.concept == complaint["concept"]]
        if not found or not _says(found[0].assertion, found[0].temporality, said):
            wrong[words] = [(one.assertion, one.temporality) for one in found]
        elif complaint.get("side", found[0].laterality) != found[0].laterality:
            wrong[words] = [one.laterality for one in found]
    assert wrong == {}


@pytest.mark.parametrize(("frame", "said"), _CLAUSE_FRAMES, ids=[frame for frame, _ in _CLAUSE_FRAMES])
def test_a_frame_says_the_same_of_every_clause(frame: str, said: str, reader: Reader) -> None:
    wrong = {}
    for clause in _DATA["clauses"]:
        found = [one for one in reader.read(frame.replace("{x}", clause["words"])) if one.concept == clause["concept"]]
        if not found or not _says(found[0].assertion, found[0].temporality, said):
            wrong[clause["words"]] = [(one.assertion, one.temporality) for one in found]
    assert wrong == {}


def _says(assertion: str, temporality: str, said: str) -> bool:
    expected, _, when = said.partition(", ")
    return assertion == expected and when in {"", temporality}
