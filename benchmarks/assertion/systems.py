"""The systems that are compared: each judges spans in sentences that are given to it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import environments
import spacy
from assertion.spans import Case, Span
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a system says of a span, in our vocabulary."""

    assertion: str
    historical: bool


def popliteal(cases: Sequence[Case]) -> list[list[Verdict]]:
    """``popliteal_assertion`` and ``popliteal_timing`` in a blank pipeline; they know nothing of the spans' labels."""
    nlp = spacy.blank("en")
    for component in ("popliteal_assertion", "popliteal_timing"):
        nlp.add_pipe(component, config={"spans_key": "given"})
    answers = []
    for case in cases:
        doc = nlp.make_doc(case.text)
        _set_sentences(doc, case.starts)
        doc.spans["given"] = [_given(doc, span) for span in case.spans]
        for name in nlp.pipe_names:
            doc = nlp.get_pipe(name)(doc)
        answers.append([_mark(doc, span) for span in case.spans])
    return answers


def _given(doc: Doc, span: Span) -> DocSpan:
    given = doc.char_span(span.start, span.end, label="FINDING", alignment_mode="expand")
    if given is None:
        raise ValueError(f"no token at {span.start}-{span.end}")
    return given


def _mark(doc: Doc, span: Span) -> Verdict:
    """The verdict on one span; components may put others in the place of what was given, so they are found again."""
    (given,) = [one for one in doc.spans["given"] if one.start_char <= span.start and one.end_char >= span.end]
    return Verdict(given._.assertion, given._.temporality == "historical")


def _set_sentences(doc: Doc, starts: Sequence[int]) -> None:
    for token in doc:
        token.is_sent_start = token.i == 0 or token.idx in starts


def peer(name: str, cases: Sequence[Case]) -> list[list[Verdict]]:
    """A peer in an environment of its own, under ``benchmarks/.venvs``.

    Raises:
        NotInstalledError: pip could not install it for this Python.
    """
    python = environments.python_of(_requirements(name))
    asked = [
        {"text": case.text, "starts": case.starts, "spans": [(span.start, span.end) for span in case.spans]}
        for case in cases
    ]
    answer = subprocess.run(  # noqa: S603  # our own script in the environment made above
        [python, HERE / f"{name}_peer.py"], input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True
    )
    return [[_verdict(flags) for flags in spans] for spans in json.loads(answer.stdout)]


def version(name: str) -> str:
    """The installed version of a peer."""
    return environments.version(_requirements(name))


def _requirements(name: str) -> Path:
    return HERE.parent / "requirements" / f"{name}.txt"


def _verdict(flags: dict[str, bool]) -> Verdict:
    """medspaCy's flags in our vocabulary: whose it is comes first, then whether it is real, denied, doubted."""
    order = {
        "is_family": "family",
        "is_hypothetical": "hypothetical",
        "is_negated": "absent",
        "is_uncertain": "possible",
    }
    said = next((assertion for flag, assertion in order.items() if flags.get(flag)), "present")
    return Verdict(said, flags.get("is_historical", False))
