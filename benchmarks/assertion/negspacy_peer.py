"""Runs in negspaCy's own environment: NegEx with the termset ``en_clinical`` over given spans in given sentences.

Speaks as ``medspacy_peer.py`` does; the only flag is ``is_negated``.
"""

import json
import sys

import spacy
from negspacy.negation import Negex
from negspacy.termsets import termset


def main() -> None:
    """One answer for all documents."""
    nlp = spacy.blank("en")
    nlp.add_pipe("negex", config={"neg_termset": termset("en_clinical").get_patterns()})
    negex = nlp.get_pipe("negex")
    assert isinstance(negex, Negex)  # noqa: S101  # its import is what makes spaCy know the component
    answers = []
    for case in json.load(sys.stdin):
        doc = nlp.make_doc(case["text"])
        starts = set(case["starts"])
        for token in doc:
            token.is_sent_start = token.i == 0 or token.idx in starts
        spans = [doc.char_span(start, end, label="FINDING", alignment_mode="expand") for start, end in case["spans"]]
        doc.ents = spans
        negex(doc)
        answers.append([{"is_negated": bool(span._.negex)} for span in spans])
    json.dump(answers, sys.stdout)


main()
