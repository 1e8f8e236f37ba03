"""The spaCy shell: the whole pipeline says what the reader says, and each component is good for something alone."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

import popliteal
from popliteal.errors import PoplitealError
from popliteal.evaluating.corpus import load as load_corpus
from popliteal.evaluating.markup import parse
from popliteal.knowledge import load
from popliteal.reading import Reader
from popliteal.reading.components import findings
from popliteal.reading.layout import sentences
from popliteal.running.engine import Engine
from popliteal.running.language import PIPELINE
from popliteal.schema import FINDING_COLUMNS, Note

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "corpora" / "notes"
REAL = Path(os.environ.get("POPLITEAL_SHARED", ROOT.parent / "shared")) / "data" / "mtsamples.jsonl.gz"

#: pieces of notes that ask something of every stage
PIECES = (
    "Left foot drop since Tuesday.",
    "Denies numbness, tingling or weakness in the legs.",
    "TA 3/5 L, EHL 4-/5 R",
    "HPI:",
    "PMH: diabetes, s/p L TKA 2019",
    "Family history: mother had stroke",
    "Return if saddle numbness or retention.",
    "Denies:",
    "- back pain",
    "• fever",
    "\n",
    "\n\n",
    "  ",
    "\t",
    "RIGHT KNEE: effusion, warm",
    "Power: | R | L\nTA | 5 | 3",
    "weakness of the leg and foot",
    "no pain",
    "AJ absent bilat",
    "PVR 250 ml",
    "T 38.9",
    "?CES",
    "cannot rule out DVT",
    "The foot is numb,",
    "bladder: normal",
    "bladder",
    "The drop foot persists.",
    "MRI: L4-5 disc compressing L5 root.",
    "Reflexes 2+ throughout",
    "seen.The patient",
    "Plan: ORIF tomorrow",
    "Sensation: reduced in first web space (L)>(R)",
    "½",
    "→",
    "foot_drop",
    "\u2028",
    "\x85",
    "é",
    "1.",
    "a)",
    "x" * 2100,
    "N/T b/l",
    "Homans neg",
    "pain in left knee:",
    "numb-\nness of the foot, no weak- \n  ness",
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return popliteal.load()


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load())


def read(nlp: Language, text: str, note_date: str | None = None) -> Doc:
    doc = nlp.make_doc(text)
    doc._.note_date = note_date
    return nlp(doc)


def columns(spans: Any) -> list[dict[str, Any]]:
    return [{name: span._.get(name) for name in FINDING_COLUMNS} for span in spans]


# ---------- the whole


def same(nlp: Language, reader: Reader, text: str, note_date: str | None = None) -> None:
    doc = read(nlp, text, note_date)
    expected = reader.read(text, note_date) if text.strip() else []
    assert doc.text == text
    assert findings(doc) == expected
    assert columns(doc.spans["findings"]) == [one.to_dict() for one in expected]
    assert all(text[one.start : one.end] == one.text for one in expected)
    for span, one in zip(doc.spans["findings"], expected, strict=True):
        outside = (text[span.start_char : one.start], text[one.end : span.end_char])
        assert not any(part[:1].isspace() or part[-1:].isspace() for part in outside)  # a measurement in a word: "3TA"


def test_the_pipeline_reads_what_the_reader_reads(nlp: Language, reader: Reader) -> None:
    for number, gold in enumerate(load_corpus(CORPUS)):
        if number % 3 == 0:
            same(nlp, reader, gold.note.text, gold.note.note_date)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from([" ", "\n", "", ", "]))
def test_the_pipeline_reads_what_the_reader_reads_of_anything(
    nlp: Language, reader: Reader, pieces: list[str], joint: str
) -> None:
    same(nlp, reader, joint.join(pieces), "2024-03-15")


@pytest.mark.skipif(not REAL.is_file(), reason="no shared data: set POPLITEAL_SHARED to the folder that holds data/")
def test_the_pipeline_reads_what_the_reader_reads_of_real_notes(nlp: Language, reader: Reader) -> None:
    with gzip.open(REAL, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 40 == 0:
                same(nlp, reader, json.loads(line)["text"])


def test_the_assessment_is_that_of_popliteal_note(nlp: Language) -> None:
    text = "Left foot drop since Tuesday. TA 2/5, EHL 2/5 on the left. Denies bladder or bowel symptoms."
    doc = read(nlp, text, "2024-03-15")
    assert doc._.assessment == Engine().assess_note(Note(note_id="text", text=text, note_date="2024-03-15"))
    doc = nlp.make_doc(text)
    doc._.note_id, doc._.note_date, doc._.birth_date = "007", "2024-03-15", "1940-01-01"
    note = Note(note_id="007", text=text, note_date="2024-03-15", birth_date="1940-01-01")
    assert nlp(doc)._.assessment == Engine().assess_note(note)


def test_columns_of_the_note_are_those_of_its_findings(nlp: Language) -> None:
    doc = nlp.make_doc("Left foot drop.")
    doc._.note_id, doc._.patient_id = "007", "p1"
    (span,) = nlp(doc).spans["findings"]
    assert (span._.note_id, span._.patient_id, span._.note_date) == ("007", "p1", None)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "x", "."])
def test_notes_without_findings(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert doc.text == text
    assert len(doc.spans["findings"]) == 0
    assert doc._.assessment["urgency"]["tier"] == "NONE"


def test_findings_on_the_same_words_are_told_apart(nlp: Language) -> None:
    doc = nlp("Denies bladder or bowel symptoms. Numbness of the left leg and foot.")
    spans = list(doc.spans["findings"])
    assert len({(span.start, span.end) for span in spans}) < len(spans)
    assert len({span.id_ for span in spans}) == len(spans)
    assert [(span.label_, span._.site) for span in spans if not span._.is_negated] == [
        ("numbness", "leg"),
        ("numbness", "foot"),
    ]


# ---------- each component


@pytest.mark.parametrize("name", PIPELINE)
def test_every_component_runs_alone(name: str) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe(name)
    doc = nlp("HPI:\nLeft foot drop, TA 3/5.\nNo numbness.")
    found = [span.label_ for span in doc.spans["findings"]] if "findings" in doc.spans else []
    assert found == {
        "popliteal_findings": ["foot_drop", "numbness"],
        "popliteal_measurements": ["ankle_dorsiflexion_weakness"],
    }.get(name, [])
    assert doc.has_annotation("SENT_START") == (name == "popliteal_sentences")
    assert ("sections" in doc.spans) == (name == "popliteal_sections")
    assert (doc._.assessment is not None) == (name == "popliteal_assessment")


#: entities in the markup of the corpora: any label; ``assertion`` is what the component should say
ASSERTED = [
    "denies <f concept=SYMPTOM assertion=absent>numbness</f>",
    "<f concept=SYMPTOM assertion=absent>Wheezing</f>: denied",
    "no improvement in <f concept=X>leg pain</f>",
    "denies fever, has <f concept=X>numbness</f>",
    "cannot rule out <f concept=DISEASE assertion=possible>septic arthritis</f>",
    "<f concept=T assertion=absent>ankle jerk</f> absent",
    "no <f concept=a assertion=absent>cough</f>, <f concept=b assertion=absent>rash</f> or "
    "<f concept=b assertion=absent>x</f>",
    "Mother had a <f concept=DISEASE assertion=family>stroke</f>.",
    "Return if <f concept=numbness assertion=hypothetical>numbness</f> develops.",
    "? <f concept=DISEASE assertion=possible>gout</f>",
    "<f concept=foot_drop>foot drop</f> on the left",
]
FLAG = {"absent": "is_negated", "possible": "is_uncertain", "family": "is_family", "hypothetical": "is_hypothetical"}


@pytest.mark.parametrize("group", [None, "x"])
@pytest.mark.parametrize("case", ASSERTED)
def test_assertion_of_anybodys_spans(case: str, group: str | None) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("popliteal_assertion", config={"spans_key": group})
    marked = parse(case)
    doc = nlp.make_doc(marked.text)
    whole = (doc.char_span(one.start, one.end, label=one.concept) for one in marked.findings)
    spans = [span for span in whole if span is not None]
    if group is None:
        doc.ents = spans
    else:
        doc.spans[group] = spans
    doc = nlp(doc)
    told = doc.ents if group is None else doc.spans[group]
    assert [span._.assertion for span in told] == [one.assertion for one in marked.findings]
    for span, gold in zip(told, marked.findings, strict=True):
        assert (
            {flag for flag in FLAG.values() if span._.get(flag)} == {FLAG[gold.assertion]} - {None}
            if (gold.assertion in FLAG)
            else not any(span._.get(flag) for flag in FLAG.values())
        )


def test_sentences_are_whose_they_are() -> None:
    text = "no fever numbness"
    nlp = spacy.blank("en")
    nlp.add_pipe("popliteal_assertion", config={"spans_key": None})
    for second, expected in ((False, "absent"), (True, "present")):
        doc = Doc(nlp.vocab, words=text.split(), sent_starts=[True, False, second])
        doc.ents = [Span(doc, 2, 3, label="X")]
        assert nlp(doc).ents[0]._.assertion == expected


def test_sections_count_where_they_are_set() -> None:
    text = "Discharge instructions:\nNumbness."
    for names, expected in ((["popliteal_sections"], "hypothetical"), ([], "present")):
        nlp = spacy.blank("en")
        for name in (*names, "popliteal_findings", "popliteal_assertion"):
            nlp.add_pipe(name)
        doc = nlp(text)
        assert [span._.assertion for span in doc.spans["findings"]] == [expected]


def test_site_side_and_time_of_anybodys_spans() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("popliteal_timing", config={"spans_key": "mine"})
    nlp.add_pipe("popliteal_anatomy", config={"spans_key": "mine"})
    doc = nlp.make_doc("Sudden fizzing of the left foot. Resolved buzzing.")
    doc.spans["mine"] = [doc[1:2], Span(doc, 8, 9, label="BUZZ", span_id="mine")]
    fizz, buzz = nlp(doc).spans["mine"]
    assert (fizz._.site, fizz._.laterality, fizz._.onset) == ("foot", "left", "sudden")
    assert (buzz.label_, buzz.id_, buzz._.course, buzz._.is_historical) == ("BUZZ", "mine", "resolved", True)


def test_measurements_win_over_phrases_in_either_order() -> None:
    text = "Ankle jerks absent. Foot drop with dorsiflexion 2/5."
    both = []
    for order in (("measurements", "findings"), ("findings", "measurements")):
        nlp = spacy.blank("en")
        for name in order:
            nlp.add_pipe(f"popliteal_{name}")
        doc = nlp(text)
        both.append([(span.text, span.label_) for span in doc.spans["findings"]])
    assert both[0] == both[1]
    assert len(both[0]) == len({start for start, _ in both[0]})


def test_findings_hold_their_characters_whatever_the_tokens(reader: Reader) -> None:
    nlp = spacy.blank("en")
    nlp.tokenizer = spacy.util.DummyTokenizer()
    for name in PIPELINE[2:-1]:
        nlp.add_pipe(name)
    words = ["Left", "foot", "drop;denies", "numbness.Power", "TA=3/5"]
    doc = nlp(Doc(nlp.vocab, words=words))
    for span in doc.spans["findings"]:
        assert span._.text == doc.text[span._.start : span._.end]
        assert span.start_char <= span._.start < span._.end <= span.end_char
    assert [(span.text, span._.text) for span in doc.spans["findings"]][:2] == [
        ("foot drop;denies", "foot drop"),
        ("numbness.Power", "numbness"),
    ]


def test_sentences_are_those_of_the_layout(nlp: Language) -> None:
    text = load_corpus(CORPUS)[0].note.text
    doc = nlp(text)
    spans = [(sent.start_char, sent.start_char + len(sent.text.rstrip())) for sent in doc.sents]
    assert spans == sentences(text, load().sentence_words)


def test_sentences_after_a_parser_are_refused() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("popliteal_sentences")
    doc = Doc(nlp.vocab, words=["foot", "drop"], heads=[1, 1], deps=["amod", "ROOT"])
    with pytest.raises(PoplitealError, match="before it"):
        nlp(doc)


def test_entities_cannot_hold_new_findings() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("popliteal_findings", config={"spans_key": None})
    with pytest.raises(PoplitealError, match="spans_key"):
        nlp("foot drop")


def test_sections_have_kind_and_title(nlp: Language) -> None:
    doc = nlp("HPI:\nfoot drop\n\n   RIGHT KNEE EXAM: effusion")
    assert [(span.label_, span._.title, span._.side) for span in doc.spans["sections"]] == [
        ("hpi", "HPI", None),
        ("exam", "RIGHT KNEE EXAM", "right"),
    ]
    assert "".join(span.text_with_ws for span in doc.spans["sections"]) == doc.text


def test_running_twice_changes_nothing(nlp: Language) -> None:
    doc = read(nlp, "Hx: numbness of left leg and foot for 2 weeks. No weakness, TA 5/5. ?CES", "2024-03-15")
    once = columns(doc.spans["findings"])
    keys = set(doc.user_data)
    doc = nlp(doc)
    assert columns(doc.spans["findings"]) == once
    assert set(doc.user_data) == keys


# ---------- extensions


def test_values_can_be_set(nlp: Language) -> None:
    doc = nlp("Left foot drop.")
    (span,) = doc.spans["findings"]
    span._.is_negated = True
    span._.site = "foot_dorsum"
    span._.cues = "mine"
    assert (span._.is_negated, span._.assertion, span._.site, span._.cues) == (True, "present", "foot_dorsum", "mine")
    with pytest.raises(AttributeError, match="make another span"):
        span._.text = "other"
    with pytest.raises(AttributeError, match=r"doc\._\.note_id"):
        span._.note_id = "1"


def test_other_spans_have_defaults(nlp: Language) -> None:
    doc = nlp("Left foot drop.")
    span = doc[0:1]
    assert (span._.assertion, span._.temporality, span._.laterality, span._.cues) == (
        "present",
        "current",
        "unspecified",
        "",
    )
    assert (span._.text, span._.start, span._.concept, span._.finding_id) == ("Left", 0, "", None)


def test_patterns_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "concepts").mkdir()
    (tmp_path / "concepts" / "local.yaml").write_text(
        'zorbling:\n  label: Zorbling\n  category: sensory\n  src: "local"\n  phrases: [zorbling]\n', encoding="utf-8"
    )
    doc = popliteal.load(tmp_path)("No zorbling.")
    (span,) = doc.spans["findings"]
    assert (span.label_, span._.category, span._.assertion) == ("zorbling", "sensory", "absent")
