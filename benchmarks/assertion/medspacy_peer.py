"""Runs in medspaCy's own environment: its ConText, default rules, over given spans in given sentences.

Reads a JSON list of documents on standard input (``text``, ``starts``: where sentences start, ``spans``: pairs of
offsets, none of which overlap), writes a list with the flags of each document's spans.
"""

import json
import sys

import medspacy

FLAGS = ("is_negated", "is_uncertain", "is_hypothetical", "is_historical", "is_family")


def main() -> None:
    """One answer for all documents."""
    nlp = medspacy.load(medspacy_enable={"medspacy_tokenizer", "medspacy_context"})
    context = nlp.get_pipe("medspacy_context")
    answers = []
    for case in json.load(sys.stdin):
        doc = nlp.make_doc(case["text"])
        starts = set(case["starts"])
        for token in doc:
            token.is_sent_start = token.i == 0 or token.idx in starts
        spans = [doc.char_span(start, end, label="FINDING", alignment_mode="expand") for start, end in case["spans"]]
        doc.ents = spans
        doc = context(doc)
        answers.append([{flag: bool(getattr(span._, flag)) for flag in FLAGS} for span in spans])
    json.dump(answers, sys.stdout)


main()
