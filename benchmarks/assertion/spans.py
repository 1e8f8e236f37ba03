"""The cases of ``corpora/assertion`` as spans to be judged, the same for every system."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import spacy
from spacy.tokens import Doc

from popliteal.evaluating.corpus import load
from popliteal.evaluating.gold import GoldFinding, GoldNote, Vocabulary
from popliteal.knowledge import load as load_knowledge
from popliteal.running.engine import Engine
from popliteal.schema import Note

CORPUS = Path(__file__).resolve().parents[2] / "corpora" / "assertion"


@dataclass(frozen=True, slots=True)
class Span:
    """One span with its gold."""

    theme: str
    start: int
    end: int
    assertion: str
    historical: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A text with spans that do not overlap, and where its sentences start (offsets)."""

    text: str
    starts: tuple[int, ...]
    spans: tuple[Span, ...]


def cases() -> tuple[list[Case], int]:
    """The cases, and how many spans were left out because their words alone say the assertion.

    "Afebrile" is an absent fever whatever stands around it: no context decides it, so it tells nothing here. Findings
    that share a span and its gold count once. Where spans overlap, the text comes again with the others.
    """
    sentences = spacy.blank("en")
    sentences.add_pipe("popliteal_sentences")
    words = spacy.blank("en").make_doc
    engine = Engine()
    kept: list[Case] = []
    left_out = 0
    for gold in load(CORPUS, Vocabulary.of(load_knowledge())):
        text = gold.note.text
        starts = tuple(sentence.start_char for sentence in sentences(text).sents)
        asked = [finding for finding in gold.findings if not _says_it_alone(finding, engine)]
        left_out += len(gold.findings) - len(asked)
        kept += [Case(text, starts, layer) for layer in _layers(_spans(gold, asked), words(text))]
    return kept, left_out


def _says_it_alone(finding: GoldFinding, engine: Engine) -> bool:
    if finding.assertion == "present":
        return False
    alone = engine.assess_note(Note("", finding.text))["findings"]
    return any(found["concept"] == finding.concept and found["assertion"] == finding.assertion for found in alone)


def _spans(gold: GoldNote, findings: Iterable[GoldFinding]) -> list[Span]:
    judged = {
        Span(gold.style, finding.start, finding.end, finding.assertion, finding.temporality == "historical")
        for finding in findings
    }
    once = {(span.start, span.end): span for span in sorted(judged, key=lambda span: (span.historical, span.assertion))}
    return sorted(once.values(), key=lambda span: (span.start, span.end))


def _layers(spans: list[Span], doc: Doc) -> list[tuple[Span, ...]]:
    """The spans in groups that share no token ("pain/numbness" is one): entities of a document may not overlap."""
    layers: list[list[Span]] = []
    ends: list[int] = []
    for span in spans:
        held = doc.char_span(span.start, span.end, alignment_mode="expand")
        assert held is not None  # noqa: S101  # expanded, it always holds a token
        first, last = held.start, held.end
        free = next((at for at, end in enumerate(ends) if end <= first), None)
        if free is None:
            layers.append([span])
            ends.append(last)
        else:
            layers[free].append(span)
            ends[free] = last
    return [tuple(layer) for layer in layers]
