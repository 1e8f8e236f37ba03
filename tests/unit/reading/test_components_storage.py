"""Docs and pipelines survive whatever spaCy does to them, with every attribute."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

import popliteal
from popliteal.reading.extensions import COLUMNS, FLAGS
from popliteal.reading.tokenizer import ClinicalTokenizer

NOTES = (
    "Left foot drop since Tuesday. TA 2/5. Denies bladder or bowel symptoms.\n\nPLAN:\n- return if saddle numbness",
    "Numbness of the right leg and foot for 3 weeks. Mother had a stroke. T 38.9. ?CES",
    "",
    "Nothing of note.",
)
DATE = "2024-03-15"


@pytest.fixture(scope="module")
def nlp() -> Language:
    return popliteal.load()


@pytest.fixture(scope="module")
def docs(nlp: Language) -> list[Doc]:
    return list(nlp.pipe(dated(nlp)))


def dated(nlp: Language) -> list[Doc]:
    made = [nlp.make_doc(text) for text in NOTES]
    for number, doc in enumerate(made):
        doc._.note_id, doc._.note_date = str(number), DATE
    return made


def everything(doc: Doc) -> dict[str, Any]:
    """All that our components left."""
    findings = [
        (span.label_, span.id_, span.text, [span._.get(name) for name in (*COLUMNS, *FLAGS)])
        for span in doc.spans["findings"]
    ]
    sections = [(span.label_, span.text, span._.title, span._.side) for span in doc.spans["sections"]]
    starts = [token.is_sent_start for token in doc]
    return {"text": doc.text, "findings": findings, "sections": sections, "starts": starts, "is": doc._.assessment}


def through_docbin(docs: list[Doc], nlp: Language) -> list[Doc]:
    data = DocBin(store_user_data=True, docs=docs).to_bytes()
    return list(DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab))


def through_pickle(docs: list[Doc], nlp: Language) -> list[Doc]:
    loaded: list[Doc] = pickle.loads(pickle.dumps(docs))  # noqa: S301  # our own
    return loaded


def through_bytes(docs: list[Doc], nlp: Language) -> list[Doc]:
    return [Doc(spacy.blank("en").vocab).from_bytes(doc.to_bytes()) for doc in docs]


def through_processes(docs: list[Doc], nlp: Language) -> list[Doc]:
    return list(nlp.pipe(dated(nlp), n_process=2, batch_size=2))


def through_a_pickled_pipeline(docs: list[Doc], nlp: Language) -> list[Doc]:
    copies = pickle.loads(pickle.dumps([component for _, component in nlp.pipeline]))  # noqa: S301  # our own
    again = dated(nlp)
    for copy in copies:
        again = [copy(doc) for doc in again]
    return again


@pytest.mark.parametrize(
    "through", [through_docbin, through_pickle, through_bytes, through_processes, through_a_pickled_pipeline]
)
def test_docs_survive(through: Callable[[list[Doc], Language], list[Doc]], docs: list[Doc], nlp: Language) -> None:
    assert sum(len(doc.spans["findings"]) for doc in docs) > 8
    assert [everything(doc) for doc in through(docs, nlp)] == [everything(doc) for doc in docs]


def test_user_data_is_plain(docs: list[Doc]) -> None:
    def plain(value: object) -> bool:
        if isinstance(value, dict):
            return all(isinstance(name, str) and plain(one) for name, one in value.items())
        if isinstance(value, list):
            return all(map(plain, value))
        return value is None or type(value) in {str, int, float, bool}

    for doc in docs:
        assert all(map(plain, doc.user_data.values()))
        assert all(type(part) in {str, int, type(None)} for key in doc.user_data for part in key)


def test_a_part_of_a_doc_can_be_a_doc(docs: list[Doc]) -> None:
    assert docs[0][:4].as_doc(copy_user_data=True).text.startswith(docs[0][:4].text)


PROGRAM = """
import sys, spacy
nlp = spacy.load(sys.argv[1])
doc = nlp("Left foot drop. Denies numbness.")
print(*((span.label_, span._.assertion) for span in doc.spans["findings"]))
"""
FROM_CONFIG = "spacy.util.load_model_from_config(spacy.util.load_config(sys.argv[1]))"


@pytest.mark.parametrize("where", ["disk", "config"])
def test_a_fresh_process_loads_the_pipeline_by_its_entry_points(where: str, nlp: Language, tmp_path: Path) -> None:
    program = PROGRAM
    if where == "disk":
        nlp.to_disk(tmp_path / "pipe")
    else:
        nlp.config.to_disk(tmp_path / "pipe")
        program = program.replace("spacy.load(sys.argv[1])", FROM_CONFIG)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "pipe")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "('foot_drop', 'present') ('numbness', 'absent')\n"


def test_the_pipeline_goes_through_bytes(nlp: Language, docs: list[Doc]) -> None:
    copy = spacy.blank("en", config=nlp.config).from_bytes(nlp.to_bytes())
    assert isinstance(copy.tokenizer, ClinicalTokenizer)
    assert [everything(copy(doc)) for doc in dated(copy)] == [everything(doc) for doc in docs]


FOREIGN = """
from spacy.tokens import Span
Span.set_extension("is_negated", default=False)          # as medspaCy does
Span.set_extension("is_family", getter=lambda span: "theirs")
Span.set_extension("site", method=lambda span: "theirs")
import popliteal
doc = popliteal.load()("Denies numbness in the left foot. Weakness of the leg.")
one, two = doc.spans["findings"]
print(one._.is_negated, two._.is_negated, one._.is_uncertain, one._.is_family, one._.site(), one._.laterality)
print(doc.user_data[("._.", "is_negated", one.start_char, one.end_char)])
"""


def test_what_others_have_registered_stays_theirs() -> None:
    done = subprocess.run([sys.executable, "-c", FOREIGN], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "True False False theirs theirs left\nTrue\n"


def test_a_component_that_sets_flags_is_heard(nlp: Language) -> None:
    """medspaCy's ConText, run behind ours, sets the flags by name: our setters take them."""
    doc = nlp("Left foot drop.")
    for span in doc.spans["findings"]:
        setattr(span._, "is_historical", True)  # noqa: B010  # as medspaCy does
    assert [span._.is_historical for span in doc.spans["findings"]] == [True]
