"""Loading corpora: what a note is, character for character, and what is refused, with file and line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from popliteal.errors import CorpusError
from popliteal.evaluating.corpus import load
from popliteal.evaluating.gold import GoldDecision, GoldFinding, Vocabulary
from popliteal.evaluating.markup import parse, render

VOCABULARY = Vocabulary({"numbness"}, {"foot"}, {"none", "common_peroneal", "l5_radiculopathy"})

NOTE = """---
note_id: 0012
patient_id: 007
note_date: 2024-03-05
note_type: ED note
style: terse
hypothesis: common_peroneal
acceptable: [common_peroneal, l5_radiculopathy]
side: left
urgency: URGENT
urgency_ok:
- URGENT
- SOON
why: "why: because"
tests: [negation, lists]
---

L foot <f concept=numbness site=foot side=left>numb</f>.
"""


def write(folder: Path, text: str, name: str = "a.txt") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return file


def test_a_note(tmp_path: Path) -> None:
    (gold,) = load(write(tmp_path, NOTE), VOCABULARY)
    note = gold.note
    assert (note.note_id, note.patient_id, note.note_date, note.note_type) == ("0012", "007", "2024-03-05", "ED note")
    assert note.text == "\nL foot numb."  # the blank line after the front matter is the note's
    assert gold.findings == (GoldFinding(8, 12, "numb", "numbness", "foot", "left"),)
    assert gold.decision == GoldDecision(
        "common_peroneal",
        frozenset({"common_peroneal", "l5_radiculopathy"}),
        "left",
        "URGENT",
        frozenset({"URGENT", "SOON"}),
    )
    assert (gold.style, gold.why, gold.tests) == ("terse", "why: because", ("lists", "negation"))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("a\n", "a"),
        ("a", "a"),
        ("a\n\n", "a\n"),
        ("\ta \n \n", "\ta \n "),
        ("", ""),
        ("a\r\nb\r\n", "a\r\nb"),
        ("a\n---\nb\n", "a\n---\nb"),
        ("é \u2028 🦵\n", "é \u2028 🦵"),
    ],
)
def test_the_text_is_kept_character_for_character(tmp_path: Path, body: str, text: str) -> None:
    (gold,) = load(write(tmp_path, f"---\nnote_id: x\n---\n{body}"))
    assert gold.note.text == text


def test_a_folder_is_searched_recursively_in_order(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a/9.txt", "a/b/1.txt", "README.md"):
        write(tmp_path, f"---\nnote_id: {name}\n---\nx", name)
    assert [gold.note.note_id for gold in load(tmp_path)] == ["a/9.txt", "a/b/1.txt", "b/2.txt"]


def test_what_a_note_may_leave_out(tmp_path: Path) -> None:
    (gold,) = load(write(tmp_path, "---\nnote_id: x\nside:\n---\nwell"), VOCABULARY)
    assert gold.decision == GoldDecision()
    (gold,) = load(
        write(tmp_path, "---\nnote_id: x\nhypothesis: none\nside: none\nurgency: NONE\n---\nwell"), VOCABULARY
    )
    assert gold.decision == GoldDecision("none", frozenset({"none"}), "unspecified", "NONE", frozenset({"NONE"}))


REFUSED = {
    "no front matter": ("text only", "a.txt:1: no front matter"),
    "open front matter": ("---\nnote_id: x\ntext", "a.txt:1: no front matter"),
    "bad yaml": ("---\nnote_id: x\nwhy: [a\n---\nb", "a.txt:4: front matter is not valid YAML"),
    "no mapping": ("---\n- note_id\n---\nb", "a.txt:2: front matter must be"),
    "no id": ("---\nside: left\n---\nb", "note_id: is missing"),
    "unknown field": (
        "---\nnote_id: x\nurgencies: NONE\n---\nb",
        "a.txt:3: urgencies: unknown field; did you mean urgency",
    ),
    "list": ("---\nnote_id: x\nhypothesis: none\nacceptable: none\n---\nb", "a.txt:4: acceptable: expected a list"),
    "no list": ("---\nnote_id: [x]\n---\nb", "a.txt:2: note_id: expected one value"),
    "hypothesis": ("---\nnote_id: x\nhypothesis: peroneal\n---\nb", "a.txt:3: hypothesis: peroneal is not known"),
    "acceptable": (
        "---\nnote_id: x\nhypothesis: none\nacceptable: [none, l5]\n---\nb",
        "a.txt:4: acceptable: l5 is not",
    ),
    "best": (
        "---\nnote_id: x\nhypothesis: none\nacceptable: [common_peroneal]\n---\nb",
        "does not hold the hypothesis",
    ),
    "tier": ("---\nnote_id: x\nurgency: soon\n---\nb", "a.txt:3: urgency: soon is not known"),
    "side": ("---\nnote_id: x\nside: both\n---\nb", "a.txt:3: side: both is not known"),
    "date": ("---\nnote_id: x\nnote_date: 5.3.2024\n---\nb", "a.txt:3: note_date: expected YYYY-MM-DD"),
    "tag": ("---\nnote_id: x\n---\none\ntwo <f concept=numb>x</f>", "a.txt:5: concept=numb is not a known concept"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_file_and_line(tmp_path: Path, case: str) -> None:
    source, message = REFUSED[case]
    with pytest.raises(CorpusError) as caught:
        load(write(tmp_path, source), VOCABULARY)
    assert message in str(caught.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "---\nnote_id: x\nside: both\n---\na</f>", "1.txt")
    write(tmp_path, "---\nnote_id: x\n---\n<f concept=knee>a", "2.txt")
    with pytest.raises(CorpusError) as caught:
        load(tmp_path, VOCABULARY)
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(str(tmp_path) + os.sep)[:8] for line in lines] == [
        "1.txt:3:",
        "1.txt:5:",
        "2.txt:4:",
        "2.txt:1:",
    ]
    assert "note_id is already that of" in lines[-1]


@pytest.mark.parametrize("name", ["missing", "notes.csv", "empty"])
def test_no_corpus(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.csv").write_text("note_id,text\n")
    with pytest.raises(CorpusError, match=name):
        load(tmp_path / name)


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"---\nnote_id: x\n---\n\xff")
    with pytest.raises(CorpusError, match="expected a UTF-8 file"):
        load(tmp_path)


CASES = """# One theme.

- text: 'Denies <f concept=numbness assertion=absent>numbness</f>: "none".'
- text: |2-
      R    L
    <f concept=numbness side=right>numb</f>
  note_date: 2024-03-05
  why: 'A table: columns are sides.'
"""


def test_cases(tmp_path: Path) -> None:
    first, second = load(write(tmp_path, CASES, "lists/theme.yaml"), VOCABULARY)
    assert [gold.note.note_id for gold in (first, second)] == ["theme-01", "theme-02"]
    assert first.note.text == 'Denies numbness: "none".'
    assert first.findings == (GoldFinding(7, 15, "numbness", "numbness", assertion="absent"),)
    assert (second.note.text, second.note.note_date) == ("  R    L\nnumb", "2024-03-05")
    assert (second.style, second.why) == ("theme", "A table: columns are sides.")
    assert second.place.endswith("theme.yaml:4")
    assert first.decision == GoldDecision()


def test_cases_and_notes_in_one_folder(tmp_path: Path) -> None:
    write(tmp_path, NOTE, "b.txt")
    write(tmp_path, CASES, "a.yaml")
    assert [gold.note.note_id for gold in load(tmp_path)] == ["a-01", "a-02", "0012"]


CASES_REFUSED = {
    "text: numb": "theme.yaml:1: expected a list of cases",
    "- text: [numb]": "theme.yaml:1: a case has a text",
    "- why: nothing": "theme.yaml:1: a case has a text",
    "- numb": "theme.yaml:1: a case has a text",
    "- text: numb\n- text: numb\n  site: foot": "theme.yaml:2: a case has a text, and note_date and why",
    "- text: numb\n  note_date: 5/3/24": "theme.yaml:1: note_date: expected YYYY-MM-DD",
    "- text: 'numb": "theme.yaml:1: not valid YAML",
    "- text: <f concept=numb>numb</f>": "theme.yaml:1: concept=numb is not a known concept; did you mean numbness?",
}


@pytest.mark.parametrize("case", CASES_REFUSED)
def test_cases_refused(tmp_path: Path, case: str) -> None:
    with pytest.raises(CorpusError) as caught:
        load(write(tmp_path, case, "theme.yaml"), VOCABULARY)
    assert CASES_REFUSED[case] in str(caught.value)


def row(**fields: object) -> dict[str, object]:
    finding = {"start": 2, "end": 6, "text": "numb", "concept": "numbness", "site": "foot", "laterality": "left"}
    return {"note_id": "x", "text": "L numb\u2028", "findings": [finding], "source": "made up", **fields}


def test_jsonl(tmp_path: Path) -> None:
    rows = [row(side="none", hypothesis="none", acceptable=["none"]), row(note_id=7, findings=[], urgency=None)]
    file = write(tmp_path, "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), "a.jsonl")
    first, second = load(file, VOCABULARY)
    assert first.findings == (GoldFinding(2, 6, "numb", "numbness", "foot", "left"),)
    assert (first.decision.side, first.style, first.note.text) == ("unspecified", "made up", "L numb\u2028")
    assert (second.note.note_id, second.findings, second.decision.urgency) == ("7", (), None)
    assert second.place.endswith("a.jsonl:2")


JSON_REFUSED = {
    "not json": ("{", "a.jsonl:1: not valid JSON at column 2"),
    "no object": ("[]", "a.jsonl:1: expected an object"),
    "no text": ('{"note_id": "x"}', "a.jsonl:1: expected an object"),
    "no finding": (json.dumps(row(findings=["x"])), "findings[0]: expected an object"),
    "offsets": (json.dumps(row(findings=[{"start": "2", "end": 6, "concept": "numbness"}])), "whole numbers"),
    "outside": (json.dumps(row(findings=[{"start": 2, "end": 60, "concept": "numbness"}])), "outside the note"),
    "other text": (
        json.dumps(row(findings=[{"start": 2, "end": 6, "text": "dumb", "concept": "numbness"}])),
        "findings[0]: text is not what stands",
    ),
    "concept": (json.dumps(row(findings=[{"start": 2, "end": 6, "concept": "numb"}])), "not a known concept"),
    "urgency": (json.dumps(row(urgency="LATER")), "a.jsonl:1: urgency: LATER is not known"),
}


@pytest.mark.parametrize("case", JSON_REFUSED)
def test_jsonl_refused(tmp_path: Path, case: str) -> None:
    source, message = JSON_REFUSED[case]
    with pytest.raises(CorpusError) as caught:
        load(write(tmp_path, source, "a.jsonl"), VOCABULARY)
    assert message in str(caught.value)


def test_real_notes_survive_the_markup(shared_data: Path) -> None:
    """Every note whose spans do not cross can be written in the markup and read back the same."""
    crossing = 0
    corpus = load(shared_data / "dev.jsonl")
    for gold in corpus:
        try:
            source = render(gold.note.text, gold.findings)
        except ValueError:
            crossing += 1
            continue
        marked = parse(source)
        assert (marked.text, marked.findings, marked.problems) == (gold.note.text, gold.findings, ())
    assert crossing <= len(corpus) // 20
