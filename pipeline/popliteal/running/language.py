"""The spaCy pipeline of :func:`popliteal.load`, and its last component: what the findings of a Doc mean."""

from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from popliteal.knowledge import load
from popliteal.reading.components import FINDINGS, findings
from popliteal.reading.extensions import keep_assessment
from popliteal.reading.tokenizer import TOKENIZER
from popliteal.running.engine import assessment
from popliteal.schema import Note
from popliteal.version import __version__

#: what a note without a name is called, as in ``popliteal note --text``
NAMELESS = "text"

#: the components in the order in which they run
PIPELINE = (
    "popliteal_sentences",
    "popliteal_sections",
    "popliteal_measurements",
    "popliteal_findings",
    "popliteal_assertion",
    "popliteal_timing",
    "popliteal_anatomy",
    "popliteal_assessment",
)
#: spaCy's limit of a million characters is for its models, which take memory by the token; nothing here does
_LONGEST = 1 << 30


def language(patterns: Path | None = None) -> Language:
    """A spaCy pipeline that reads notes; see :func:`popliteal.load`."""
    nlp = spacy.blank(
        "en",
        config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}},
        meta={"name": "popliteal", "version": __version__},
    )
    nlp.max_length = _LONGEST
    for name in PIPELINE:
        nlp.add_pipe(name, config={"patterns": str(patterns.resolve()) if patterns else None})
    return nlp


class Assess:
    """Sets ``doc._.assessment`` from the findings in ``doc.spans[spans_key]``, whoever made them.

    ``doc._.note_id``, ``patient_id``, ``note_date`` and ``birth_date`` count where they are set.
    """

    def __init__(self, name: str, spans_key: str = FINDINGS, patterns: str | None = None) -> None:
        self.name = name
        self.spans_key = spans_key
        self.patterns = patterns
        self._knowledge = load(Path(patterns) if patterns else None)

    def __reduce__(self) -> tuple[type["Assess"], tuple[str, str, str | None]]:
        return Assess, (self.name, self.spans_key, self.patterns)

    def __call__(self, doc: Doc) -> Doc:
        known = {name: doc._.get(name) for name in ("patient_id", "note_date", "birth_date")}
        note = Note(note_id=doc._.get("note_id") or NAMELESS, text=doc.text, **known)
        keep_assessment(doc, assessment(note, findings(doc, self.spans_key), self._knowledge))
        return doc


@Language.factory(
    "popliteal_assessment",
    default_config={"spans_key": FINDINGS, "patterns": None},
    requires=["doc.spans"],
    assigns=["doc._.assessment"],
)
def make_assessment(nlp: Language, name: str, spans_key: str, patterns: str | None) -> Assess:
    """The assessment of the findings of a Doc."""
    return Assess(name, spans_key, patterns)
