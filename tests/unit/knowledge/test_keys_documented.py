"""The documentation of the patterns explains every key that an entry can have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from popliteal.knowledge.concepts import Ambiguous, Category, Concept, Cue, Head, Site
from popliteal.knowledge.sections import KindEntry, LabelEntry

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")


def _head(name: str) -> str:
    """The comments of a file of patterns."""
    text = (ROOT / "patterns" / name).read_text(encoding="utf-8")
    return "\n".join(re.findall(r"(?:^|\s)#.*", text))


@pytest.mark.parametrize("model", [Category, Concept, Head, Site, Ambiguous], ids=lambda model: model.__name__)
def test_the_page_of_patterns_names_every_key(model: type[BaseModel]) -> None:
    fence = re.compile(r"^```.*?^```", re.M | re.S)
    shown, told = " ".join(fence.findall(PAGE)), " ".join(re.findall(r"`[^`]+`", fence.sub("", PAGE)))
    named = {*re.findall(r"\b(\w+):", shown), *re.findall(r"\w+", told)}
    assert model.model_fields.keys() - named <= {"id", "note"}


@pytest.mark.parametrize(
    ("file", "model"),
    [("assertion.yaml", Cue), ("sections.yaml", KindEntry), ("sections.yaml", LabelEntry)],
    ids=["cues", "kinds", "labels"],
)
def test_the_head_of_a_file_names_every_key(file: str, model: type[BaseModel]) -> None:
    named = set(re.findall(r"\w+", _head(file)))
    assert model.model_fields.keys() - named <= {"id", "phrases", "titles"}
