"""Pattern files of layout and timing: layers over them, and errors that name file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from popliteal.errors import PatternError
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.sections import load_sections
from popliteal.knowledge.sentences import load_sentence_words
from popliteal.knowledge.timing import load_timing
from popliteal.reading.layout import sentences
from popliteal.reading.sections import find_sections

LOADERS = {"sentences.yaml": load_sentence_words, "sections.yaml": load_sections, "timing.yaml": load_timing}


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("sentences.yaml", "sometimes: {words: [dr]}", "sometimes: expected one of never, maybe"),
        ("sentences.yaml", "never: {words: dr}", "never.words"),
        ("sections.yaml", "prologue: {titles: [x]}", "prologue: no such kind of section"),
        ("sections.yaml", "consent:\n  titles: [hpi]", "belongs to hpi already"),
        ("sections.yaml", "consent:\n  assertion: maybe", "consent.assertion"),
        ("sections.yaml", "labels:\n  x: {titles: [zz], default: nowhere}", "'nowhere' is no kind of section"),
        ("sections.yaml", "labels:\n  x: {titles: [hpi]}", "title 'hpi' is defined elsewhere already"),
        ("timing.yaml", "rules:\n  x: {patterns: ['(']}", "x: not a regular expression"),
        ("timing.yaml", "rules:\n  x: {patterns: [a], onset: soon}", "rules.x.onset"),
        ("timing.yaml", "moods: {}", "moods"),
    ],
)
def test_errors_name_the_place(name: str, text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(PatternError) as caught:
        LOADERS[name](Layers(tmp_path))
    assert complaint in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)


def test_a_layer_replaces_one_kind(tmp_path: Path) -> None:
    (tmp_path / "sections.yaml").write_text(
        "consent:\n  assertion: hypothetical\n  titles: [Aufklaerung]\n", encoding="utf-8"
    )
    rules = load_sections(Layers(tmp_path))
    assert [s.kind for s in find_sections("Aufklaerung: foot drop\nPLAN: rest", rules)] == ["consent", "plan"]


@pytest.mark.parametrize("name", LOADERS)
def test_a_full_set_needs_every_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text("mode: replace\n", encoding="utf-8")
    with pytest.raises(PatternError, match="missing or empty"):
        LOADERS[name](Layers(tmp_path))


def test_a_layer_says_behind_which_words_a_line_goes_on(tmp_path: Path) -> None:
    lines = "Die linke Wade ist seit drei Tagen rot und\nDick"
    assert len(sentences(lines, load_sentence_words(Layers()))) == 2
    (tmp_path / "sentences.yaml").write_text("unfinished:\n  words: [und]\n", encoding="utf-8")
    words = load_sentence_words(Layers(tmp_path))
    assert sentences(lines, words) == [(0, len(lines))]
    assert words.counting == load_sentence_words(Layers()).counting
