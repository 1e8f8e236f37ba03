"""Reading what can matter finds what reading everything finds."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popliteal.errors import PatternError
from popliteal.evaluating.corpus import load as read_corpus
from popliteal.knowledge import load
from popliteal.reading import Reader
from popliteal.reading.focus import Focus, literals

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("POPLITEAL_SHARED", ROOT.parent / "shared")) / "data" / "mtsamples.jsonl.gz"
PIECES = [
    "Left foot drop since Tuesday.", "It is worse today.", "The other leg is fine.", "Seen in clinic.", "Right knee:",
    "- swelling", "• numbness", "Denies:", "warm to touch", "The joint is red.", "Reflexes 2+ and symmetric.",
    "1+ leg oedema", "TA 3/5 R, 5/5 L", "HR 80", "ipsilateral calf pain", "numness of both feet", "haematomata",
    "No fever", "All resolved.", "this aches", "Pain?", "No.", "EXAM", "Plan: review in 2 weeks", "Feeding well.",
    "his mother had sciatica", "[x] Yes [ ] No", "back pain......No", "DF 4", "Saturday", "L5", "ﬁne", "İ", "\n",
    "weakness of dorsiflexion and eversion",
]  # fmt: skip


@pytest.fixture(scope="module")
def readers() -> tuple[Reader, Reader]:
    return Reader(load()), Reader(load(), focus=False)


def same(readers: tuple[Reader, Reader], text: str, note_date: str | None = None) -> None:
    focused, full = (reader.read(text, note_date) for reader in readers)
    assert focused == full
    assert all(text[finding.start : finding.end] == finding.text for finding in focused)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from([" ", "\n", "", ", "]))
def test_of_anything(readers: tuple[Reader, Reader], pieces: list[str], joint: str) -> None:
    same(readers, joint.join(pieces), "2024-03-15")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_of_any_characters(readers: tuple[Reader, Reader], text: str) -> None:
    same(readers, text)


def test_of_the_notes_of_the_project(readers: tuple[Reader, Reader]) -> None:
    notes = list(read_corpus(ROOT / "corpora" / "notes"))
    assert len(notes) > 20
    for gold in notes[::5]:
        same(readers, gold.note.text, gold.note.note_date)


@pytest.mark.skipif(not REAL.is_file(), reason="no shared data: set POPLITEAL_SHARED to the folder that holds data/")
def test_of_real_notes(readers: tuple[Reader, Reader]) -> None:
    with gzip.open(REAL, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 40 == 7:
                same(readers, json.loads(line)["text"])


@pytest.mark.parametrize(
    "text",
    ["", "Eat more bread.", "Zebras graze."],
)
def test_a_note_without_a_literal_is_passed_over(readers: tuple[Reader, Reader], text: str) -> None:
    focus = readers[0]._focus
    assert focus is not None
    assert not focus.holds(text)
    assert readers[1].read(text) == []


def test_the_first_note_is_read_whatever_it_holds_and_each_other_if_it_may_hold_a_finding(
    readers: tuple[Reader, Reader],
) -> None:
    focus = Focus(readers[0]._lexicon, readers[0]._measurer)
    assert [focus.passes_over(text) for text in ("Zebras graze.", "Zebras graze.", "Left foot drop.")] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("rows", "common", "expected"),
    [
        ([[[["foot"]], [["drop"]]]], {"drop"}, {"foot"}),
        ([[[["foot"]], [["drop"]]]], {"foot"}, {"drop"}),
        ([[[["numb"], ["tingling"]]]], set(), {"numb", "tingling"}),
        ([[[["pain"]]], [[["leg"], ["arm"]], [["pain"]]]], set(), {"pain"}),
        ([[[[], ["very"]], [["weak"]]]], set(), {"weak"}),
        ([[[["~"]], [["№"]], [["beats"]]]], set(), {"beats"}),
    ],
)
def test_the_literals_of_phrases(rows: list[list[list[list[str]]]], common: set[str], expected: set[str]) -> None:
    assert literals(rows, common) == expected


def test_a_phrase_without_a_literal_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "concepts").mkdir()
    entry = "quixotic:\n  label: Quixotic\n  category: sensory\n  src: test\n  phrases: ['№ ~ №']\n"
    (tmp_path / "concepts" / "quixotic.yaml").write_text(entry, encoding="utf-8")
    with pytest.raises(PatternError, match=r"quixotic: .*holds no word that must stand in the text"):
        Reader(load(tmp_path))
