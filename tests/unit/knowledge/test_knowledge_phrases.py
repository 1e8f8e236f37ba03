"""Phrases as they are loaded, checked and found."""

from __future__ import annotations

from pathlib import Path

import pytest

from popliteal.errors import PatternError
from popliteal.knowledge import load
from popliteal.knowledge.phrases import PhraseError, check, elements, expand
from popliteal.reading.lexicon import Lexicon

CLASSES = {"low": ["low", "poor"]}


@pytest.mark.parametrize(
    ("phrase", "row"),
    [
        ("foot  drop", [("foot drop",)]),
        ("({low}|absent) reflex", [("low", "poor", "absent"), ("reflex",)]),
        ("foot (is|) ~ numb", [("foot",), ("is", ""), ("~",), ("numb",)]),
        ("a (pre|)patellar bursa", [("a",), ("prepatellar", "patellar"), ("bursa",)]),
        ("drop(ped|)(s|) foot", [("droppeds", "dropped", "drops", "drop"), ("foot",)]),
        ("", []),
        (r"\(L\) {low}", [("(L)",), ("low", "poor")]),
    ],
)
def test_elements(phrase: str, row: list[tuple[str, ...]]) -> None:
    assert elements(phrase, CLASSES) == row


@pytest.mark.parametrize(
    ("phrase", "complaint"),
    [
        ("foot (drop", "brackets do not match near character 5"),
        ("foot drop)", "brackets do not match near character 9"),
        ("((a|b)|c)", "brackets do not match near character 0"),
        ("{lowe} foot", "no word class 'lowe' in words.yaml"),
        ("({lowe}|a) foot", "no word class 'lowe' in words.yaml"),
        ("(a|b)" * 15, "stands for 32768 phrases; write it as several"),
    ],
)
def test_a_phrase_that_cannot_be_understood(phrase: str, complaint: str) -> None:
    for reading in (check, elements, expand):
        with pytest.raises(PhraseError) as caught:
            reading(phrase, CLASSES)
        assert complaint in str(caught.value)


def test_loading_names_the_line_of_each(tmp_path: Path) -> None:
    file = overlay(tmp_path, "  phrases:\n    - fine\n    - foot (drop\n  bare_phrases: ['{nowhere} foot']")
    with pytest.raises(PatternError) as caught:
        load(tmp_path)
    assert [problem.split(": ")[:2] for problem in caught.value.problems] == [
        [f"{file}:6", "mine"],
        [f"{file}:7", "mine"],
    ]


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ("th((ing)|x)", "brackets do not match near character 2; close each, put none inside another"),
        ("(a|b)" * 15, "stands for 32768 phrases; write it as several"),
        ("{nowhere} foot", "no word class 'nowhere' in words.yaml"),
    ],
)
def test_loading_names_the_line_of_an_ambiguous_form(tmp_path: Path, form: str, complaint: str) -> None:
    file = overlay(tmp_path, f"  phrases: [fine]\n  ambiguous:\n    - needs: [foot]\n      form: '{form}'")
    with pytest.raises(PatternError) as caught:
        load(tmp_path)
    (problem,) = caught.value.problems
    assert problem.startswith(f"{file}:7: mine: ")
    assert complaint in problem


def test_the_company_of_an_ambiguous_form_is_plain_words(tmp_path: Path) -> None:
    overlay(tmp_path, "  phrases: [fine]\n  ambiguous: [{form: thing, needs: ['(left|right) foot']}]")
    with pytest.raises(PatternError, match=r"no brackets, bars or classes here; write each word by itself"):
        load(tmp_path)


def test_acronyms_are_plain_words(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("acronyms: {never: [at], ambiguous: ['pa(d|l)']}\n", encoding="utf-8")
    with pytest.raises(PatternError, match=r"words.yaml:1: .*'pa\(d\|l\)': no brackets"):
        load(tmp_path)


def test_words_that_are_expressions_are_checked(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("classes: {told_back: ['plain', '(+)', 'then (']}\n", encoding="utf-8")
    with pytest.raises(PatternError, match=r"words.yaml:1: .*told_back: 'then \(' is no regular expression"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("text", "found"),
    [("QZX", True), ("qzx", False), ("Qzx", False), ("zany foot", True), ("ZANY FOOT", True), ("qzx again", True)],
)
def test_short_forms_in_capitals_count_only_as_written(text: str, found: bool, lexicon: Lexicon) -> None:
    content = lexicon.find(text, 0, len(text)).content
    assert any(hit.entry.id == "mine" and (hit.first, hit.last) == (0, len(text.split())) for hit in content) is found


def test_a_concept_has_what_is_said_of_its_category_unless_it_says_otherwise(tmp_path: Path) -> None:
    overlay(tmp_path, "  category: reflex\n  of_limb: false\n  phrases: [qzx]")
    mine = load(tmp_path).concepts["mine"]
    assert (mine.elicited, mine.names_place, mine.of_limb) == (True, False, False)


def test_what_nobody_knows_of_a_category_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "categories.yaml").write_text("reflex:\n  elicited: true\n  on_limb: true\n", encoding="utf-8")
    with pytest.raises(PatternError, match=r"categories\.yaml:3: reflex\.on_limb"):
        load(tmp_path)


def test_a_class_of_words_that_reading_needs_and_that_is_not_there_is_named() -> None:
    classes = load(None).words.classes
    assert classes["joining"] == ["and"]
    with pytest.raises(PatternError, match=r"words\.yaml: classes: qzx: missing"):
        classes["qzx"]


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    folder = tmp_path_factory.mktemp("patterns")
    overlay(folder, "  phrases: [(QZX|zany foot) (again|)]")
    return Lexicon(load(folder))


def overlay(folder: Path, lines: str) -> Path:
    """A folder of patterns with one concept; its ``lines`` begin in line 4 of the file returned."""
    file = folder / "concepts" / "mine.yaml"
    file.parent.mkdir()
    file.write_text(f"mine:\n  label: mine\n  src: test\n{lines}\n", encoding="utf-8")
    return file
