"""The mapping alone, on perfect reading: an engine whose findings are the gold ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from popliteal.evaluating.gold import GoldFinding, GoldNote
from popliteal.evaluating.values import number
from popliteal.knowledge.concepts import Concept
from popliteal.schema import Assertion, Course, Finding, Laterality, Note, Onset, Temporality


class Mapper(Protocol):
    """What maps: ``popliteal.running.engine.Engine``."""

    def assess(self, note: Note, findings: Sequence[Finding]) -> dict[str, Any]:
        """The JSON of one note, made of findings."""
        ...


class GoldEngine:
    """Answers like an ``Engine``, with the gold findings of ``corpus`` in the place of reading.

    Gold has no days of onset, no section and no cues, so rules that need those see less than they would after reading.

    Args:
        corpus: the notes it will be asked about, by note_id.
        mapper: maps findings to the assessment.
        concepts: what the patterns say of each concept; one that is not there is mapped without a category.
    """

    def __init__(self, corpus: Sequence[GoldNote], mapper: Mapper, concepts: Mapping[str, Concept]) -> None:
        self._gold = {gold.note.note_id: gold.findings for gold in corpus}
        self._mapper = mapper
        self._concepts = concepts

    def assess_note(self, note: Note) -> dict[str, Any]:
        """The JSON of one note of the corpus.

        Raises:
            KeyError: the note is not of the corpus.
        """
        findings = [
            as_finding(index, gold, self._concepts.get(gold.concept))
            for index, gold in enumerate(self._gold[note.note_id])
        ]
        return self._mapper.assess(note, findings)


def as_finding(finding_id: int, gold: GoldFinding, concept: Concept | None = None) -> Finding:
    """A gold finding as reading would have given it, by what the patterns say of its ``concept``."""
    return Finding(
        finding_id=finding_id,
        start=gold.start,
        end=gold.end,
        text=gold.text,
        concept=gold.concept,
        category=concept.category if concept is not None else "",
        site=gold.site,
        laterality=cast("Laterality", gold.laterality),  # the loader checked these against the vocabularies
        assertion=cast("Assertion", gold.assertion),
        temporality=cast("Temporality", gold.temporality),
        value=None if gold.value is None else number(gold.value, pluses=concept is not None and concept.pluses),
        value_text=gold.value,
        onset=cast("Onset", gold.onset),
        course=cast("Course", gold.course),
    )
