"""The stages of reading as spaCy components: each is a shell around a stage of :class:`Reader` and works alone.

============================  =========================================================================================
``popliteal_sentences``       sentence starts (``token.is_sent_start``) for notes: lists, headers, lost line breaks
``popliteal_sections``        ``doc.spans["sections"]``; the label is the kind, ``span._.title`` the words of the header
``popliteal_measurements``    grades, reflexes, temperatures, volumes and the like as findings with a value
``popliteal_findings``        what phrases say as findings; measurements that stand already win over phrases
``popliteal_assertion``       ``span._.assertion`` and medspaCy's flags (``is_negated``, ...)
``popliteal_timing``          ``span._.temporality``, ``onset``, ``onset_days``, ``course``
``popliteal_anatomy``         ``span._.site`` and ``laterality``; a finding at two sites becomes two
============================  =========================================================================================

That is also the order in which they run in :func:`popliteal.load`: what a note says once is carried to the findings
that need it at the end, when it is known which of them are asserted. So run, they give what ``Reader.read`` gives.

Components that work on findings take ``spans_key``: the group of ``doc.spans`` they read and write, or None for
``doc.ents``. Any span will do, whoever made it; labels that are concepts of the patterns get what the patterns say of
them. Sentence starts come from whoever set them; where nobody has, sentences are ours. Sections count if
``popliteal_sections`` ran before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from popliteal.errors import PoplitealError
from popliteal.knowledge import Knowledge, load
from popliteal.reading.broken import Parted, in_joined, in_written
from popliteal.reading.extensions import column, drop, foreign, offsets, register, store, values
from popliteal.reading.layout import pieces as trimmed
from popliteal.reading.layout import sentences, unwrapped
from popliteal.reading.mention import Mention, first_word
from popliteal.reading.piece import Piece
from popliteal.reading.reader import Reader
from popliteal.reading.sections import Section
from popliteal.reading.sentence import Sentence
from popliteal.schema import UNKNOWN_SECTION, Finding

#: the group of spans that our own pipeline fills
FINDINGS = "findings"
SECTIONS = "sections"

_FIELDS = tuple(f.name for f in fields(Mention))
_PATTERNS = {"patterns": None}
_SPANS = {"spans_key": FINDINGS, "patterns": None}

register()


@dataclass(slots=True)
class _Scans:
    """What the lexicon found in the sentences of the text that went through last: each component needs it."""

    text: str = ""
    read: str = ""
    parted: list[Parted] = field(default_factory=list)
    found: dict[tuple[int, int], Sentence] = field(default_factory=dict)


class Workbench:
    """A reader, and how the state of its stages is read from a Doc and written back to it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.reader = Reader(knowledge)
        self._scans = _Scans()

    def sentences(self, doc: Doc) -> Iterator[tuple[int, int]]:
        """Sentences as characters: those that stand in the Doc, or ours where nobody has set any."""
        text = self.text(doc)
        if not doc.has_annotation("SENT_START"):
            yield from sentences(text, self.knowledge.sentence_words)
            return
        for sentence in doc.sents:
            yield from trimmed(text, sentence.start_char, sentence.end_char)

    def sections(self, doc: Doc) -> list[Section]:
        """The sections that stand in the Doc; without any, one of unknown kind."""
        found = []
        for span in _spans(doc, SECTIONS):
            kind = span.label_ if span.label_ in self.knowledge.sections.kinds else UNKNOWN_SECTION
            start, end = offsets(span)
            known = values(span)
            title, side, report = known.get("title", ""), known.get("side"), known.get("report", "")
            found.append(
                Section(start, known.get("body", start), end, kind, title, side, report, known.get("under", ""))
            )
        return sorted(found, key=lambda section: section.start) or [
            Section(0, 0, len(doc.text), UNKNOWN_SECTION, "", None)
        ]

    def text(self, doc: Doc) -> str:
        """The text of a Doc as the stages read it, of the same length."""
        if self._scans.text != doc.text:
            self._scans = _Scans(doc.text, *self.reader.readable(doc.text))
        return self._scans.read

    def written(self, start: int, end: int) -> dict[str, int]:
        """Start and end, as it was written, of what the stages read there in the text that went through last."""
        start, end = in_written(start, end, self._scans.parted)
        return {"start": first_word(self._scans.text, start, end), "end": end}

    def pieces(self, doc: Doc, spans: Iterable[Span]) -> tuple[str, list[Piece], list[tuple[Mention, Span]]]:
        """The text that a stage reads, its sentences with ``spans`` as mentions in them, and which span each is."""
        stand = list(self.sentences(doc))
        text = unwrapped(self.text(doc), stand)
        pieces = self.reader.pieces(text, stand, self.sections(doc))
        made: list[tuple[Mention, Span]] = []
        places = ((*in_joined(*offsets(span), self._scans.parted), span) for span in spans)
        ordered = sorted(places, key=lambda one: one[:2])
        at = 0
        for piece in pieces:
            piece.scan = self._scans.found.get((piece.start, piece.end))
        for start, end, span in ordered:
            while at + 1 < len(pieces) and pieces[at + 1].start <= start:
                at += 1
            if pieces:
                mention = _mention(span, start, end, pieces[at].section.kind)
                made.append((mention, span))
                pieces[at].mentions.append(mention)
        return text, pieces, made

    def keep_scans(self, pieces: list[Piece]) -> None:
        """Remember what the lexicon found, for the next component."""
        self._scans.found.update({(piece.start, piece.end): piece.scan for piece in pieces if piece.scan is not None})

    def category(self, concept: str) -> str:
        """The category of a concept; nothing for a label that the patterns do not know."""
        return self.knowledge.concepts[concept].category if concept in self.knowledge.concepts else ""


@lru_cache(maxsize=4)
def workbench(patterns: str | None = None) -> Workbench:
    """The workbench for a folder of patterns, made once a process: it takes a second or two."""
    return Workbench(load(Path(patterns) if patterns else None))


def _mention(span: Span, start: int, end: int, section: str) -> Mention:
    known = values(span)
    given = {name: known[name] for name in _FIELDS if name in known}
    given["cues"] = list(given.get("cues", ()))
    given["section"] = given.get("section") or section
    return Mention(**{**given, "start": start, "end": end, "concept": span.label_, "pattern": given.get("pattern", "")})


def findings(doc: Doc, spans_key: str | None = FINDINGS) -> list[Finding]:
    """The findings of a Doc as plain objects, as ``Reader.read`` gives them."""
    found = []
    for number, span in enumerate(_spans(doc, spans_key)):
        columns = {f.name: column(span, f.name) for f in fields(Finding)}
        found.append(Finding(**{**columns, "finding_id": number}))
    return found


def _spans(doc: Doc, spans_key: str | None) -> list[Span]:
    if spans_key is None:
        return list(doc.ents)
    return list(doc.spans[spans_key]) if spans_key in doc.spans else []


# ---------------------------------------------------------------------- components


class _Component:
    """What all components share: a name, a workbench, and that they can be pickled for worker processes."""

    def __init__(self, name: str, patterns: str | None = None) -> None:
        self.name = name
        self.patterns = patterns
        self.bench = workbench(patterns)

    def __reduce__(self) -> tuple[type["_Component"], tuple[Any, ...]]:
        return type(self), (self.name, self.patterns)

    def __call__(self, doc: Doc) -> Doc:
        raise NotImplementedError


class Sentences(_Component):
    """Sets the start of each sentence."""

    def __call__(self, doc: Doc) -> Doc:
        if len(doc) == 0:
            return doc
        if doc.has_annotation("DEP"):
            raise PoplitealError(f"{self.name}: a parser has set the sentences; put this component before it")
        found = sentences(self.bench.text(doc), self.bench.knowledge.sentence_words)
        starts = {self.bench.written(start, end)["start"] for start, end in found}
        starts.discard(min(starts, default=0))  # white space at the beginning belongs to the first sentence
        marks = np.array([1 if token.idx in starts or token.i == 0 else -1 for token in doc], dtype="int64")
        return doc.from_array(["SENT_START"], marks.astype("uint64"))  # type: ignore[arg-type]  # an Ints1d by another name


class Sections(_Component):
    """Sets ``doc.spans["sections"]``."""

    def __call__(self, doc: Doc) -> Doc:
        for span in _spans(doc, SECTIONS):
            drop(span)
        found = []
        for number, section in enumerate(self.bench.reader.sections(self.bench.text(doc)) if len(doc) else ()):
            span = _span(doc, section.start, section.end, section.kind, str(number))
            store(span, {k: v for k, v in asdict(section).items() if k != "kind"} | {"section": section.kind})
            found.append(span)
        doc.spans[SECTIONS] = found
        return doc


class Stage(_Component):
    """A stage that reads spans and leaves spans."""

    def __init__(self, name: str, spans_key: str | None = FINDINGS, patterns: str | None = None) -> None:
        super().__init__(name, patterns)
        self.spans_key = spans_key

    def __reduce__(self) -> tuple[type["_Component"], tuple[Any, ...]]:
        return type(self), (self.name, self.spans_key, self.patterns)

    def __call__(self, doc: Doc) -> Doc:
        text, pieces, made = self.bench.pieces(doc, _spans(doc, self.spans_key))
        self.run(doc, text, pieces)
        self.bench.keep_scans(pieces)
        mentions = self.bench.reader.ordered(pieces)
        stands = self.spans_key is None or self.spans_key in doc.spans
        if stands and [id(mention) for mention in mentions] == [id(mention) for mention, _ in made]:
            others = foreign()
            for mention, span in made:
                store(span, {**values(span), **self._values(mention)}, others)
        else:
            self._rewrite(doc, mentions, made)
        return doc

    def run(self, doc: Doc, text: str, pieces: list[Piece]) -> None:
        """The stage itself, on the sentences of ``doc``, whose text it reads as ``text``."""
        raise NotImplementedError

    def _values(self, mention: Mention) -> dict[str, Any]:
        found = {name: getattr(mention, name) for name in _FIELDS} | self.bench.written(mention.start, mention.end)
        return {**found, "category": self.bench.category(mention.concept)}

    def _rewrite(self, doc: Doc, mentions: list[Mention], made: list[tuple[Mention, Span]]) -> None:
        """Put other spans in the place of those that stood there; a span of another maker keeps its name."""
        if self.spans_key is None:
            raise PoplitealError(f"{self.name}: doc.ents cannot hold what it finds; give it a spans_key")
        known = {(m.start, m.end, m.concept): (span.id_, values(span)) for m, span in made}
        for _, span in made:
            drop(span)
        others = foreign()
        group = []
        for number, mention in enumerate(mentions):
            name, before = known.get((mention.start, mention.end, mention.concept), ("", {}))
            own = mention.pattern or not name
            place = self.bench.written(mention.start, mention.end)
            span = _span(doc, place["start"], place["end"], mention.concept, str(number) if own else name)
            store(span, {**before, **self._values(mention), "finding_id": number}, others)
            group.append(span)
        doc.spans[self.spans_key] = group


def _span(doc: Doc, start: int, end: int, label: str, name: str) -> Span:
    """The tokens that hold the characters; with our tokenizer those and no others."""
    span = doc.char_span(start, end, label=label, span_id=name, alignment_mode="expand")
    assert span is not None  # noqa: S101  # the characters are in the text
    return span


class Measurements(Stage):
    """Adds measurements; phrases that one of them overlaps are gone."""

    def run(self, doc: Doc, text: str, pieces: list[Piece]) -> None:
        stood = {id(mention) for piece in pieces for mention in piece.mentions}
        self.bench.reader.measure(text, pieces)
        for piece in pieces:
            new = [mention for mention in piece.mentions if id(mention) not in stood]
            piece.mentions = [
                mention
                for mention in piece.mentions
                if id(mention) not in stood or not any(m.start < mention.end and mention.start < m.end for m in new)
            ]


class Findings(Stage):
    """Adds what phrases say."""

    def run(self, doc: Doc, text: str, pieces: list[Piece]) -> None:
        self.bench.reader.find(text, pieces)


class Assertion(Stage):
    """Judges spans."""

    def run(self, doc: Doc, text: str, pieces: list[Piece]) -> None:
        self.bench.reader.judge(text, pieces)


class Timing(Stage):
    """Dates spans; ``doc._.note_date`` (``YYYY-MM-DD``) makes dates and weekdays in the text count."""

    def run(self, doc: Doc, text: str, pieces: list[Piece]) -> None:
        self.bench.reader.time(text, pieces, doc._.get("note_date"))


class Anatomy(Stage):
    """Places spans."""

    def run(self, doc: Doc, text: str, pieces: list[Piece]) -> None:
        self.bench.reader.place(text, pieces)


# ---------------------------------------------------------------------- factories


@Language.factory("popliteal_sentences", default_config=_PATTERNS, assigns=["token.is_sent_start"])
def make_sentences(nlp: Language, name: str, patterns: str | None) -> Sentences:
    """Sentence starts for clinical notes."""
    return Sentences(name, patterns)


@Language.factory("popliteal_sections", default_config=_PATTERNS, assigns=["doc.spans"])
def make_sections(nlp: Language, name: str, patterns: str | None) -> Sections:
    """Sections as ``doc.spans["sections"]``."""
    return Sections(name, patterns)


@Language.factory("popliteal_measurements", default_config=_SPANS, assigns=["doc.spans", "span._.value"])
def make_measurements(nlp: Language, name: str, spans_key: str | None, patterns: str | None) -> Measurements:
    """Measurements as findings."""
    return Measurements(name, spans_key, patterns)


@Language.factory("popliteal_findings", default_config=_SPANS, assigns=["doc.spans", "span._.category"])
def make_findings(nlp: Language, name: str, spans_key: str | None, patterns: str | None) -> Findings:
    """Phrases as findings."""
    return Findings(name, spans_key, patterns)


@Language.factory("popliteal_assertion", default_config=_SPANS, assigns=["span._.assertion"])
def make_assertion(nlp: Language, name: str, spans_key: str | None, patterns: str | None) -> Assertion:
    """Assertion of findings, or of any spans."""
    return Assertion(name, spans_key, patterns)


@Language.factory("popliteal_timing", default_config=_SPANS, assigns=["span._.temporality", "span._.onset"])
def make_timing(nlp: Language, name: str, spans_key: str | None, patterns: str | None) -> Timing:
    """Timing of findings, or of any spans."""
    return Timing(name, spans_key, patterns)


@Language.factory("popliteal_anatomy", default_config=_SPANS, assigns=["span._.site", "span._.laterality"])
def make_anatomy(nlp: Language, name: str, spans_key: str | None, patterns: str | None) -> Anatomy:
    """Site and side of findings, or of any spans."""
    return Anatomy(name, spans_key, patterns)
