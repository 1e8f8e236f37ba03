"""Runs a pipeline over a gold corpus and scores it: ``evaluate(corpus, engine) -> Report``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from popliteal.evaluating.gold import NO_HYPOTHESIS, GoldNote, plain_side
from popliteal.evaluating.matching import Matching, Predicted, match
from popliteal.evaluating.metrics import (
    EMERGENCY,
    SEED,
    Counts,
    Decision,
    Metric,
    Ratio,
    concept_counts,
    decision_ratios,
    finding_ratios,
    summarise,
)
from popliteal.running.faults import location
from popliteal.schema import Note

#: stands where a decision would, for a note on which the pipeline raised
FAILED = "failed"


class Engine(Protocol):
    """What is evaluated: ``popliteal.running.engine.Engine``, or anything that answers as it does."""

    def assess_note(self, note: Note) -> dict[str, Any]:
        """The JSON of one note (``findings``, ``primary``, ``urgency`` are looked at)."""
        ...


@dataclass(frozen=True, slots=True)
class NoteScore:
    """One note: gold, what the pipeline said, how they match.

    ``fired``: the urgency rules of the tier that was given, each with the findings that made it fire. ``failed``: the
    type and place of the error where the pipeline raised; then nothing was found and every decision is wrong.
    """

    gold: GoldNote
    matching: Matching
    decision: Decision
    ratios: Mapping[str, Ratio]
    fired: tuple[tuple[str, tuple[Predicted, ...]], ...] = ()
    failed: str | None = None

    @property
    def note_id(self) -> str:
        return self.gold.note.note_id


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of a corpus. Metrics are named as in ``metrics``; the rest is what explains them."""

    notes: tuple[NoteScore, ...]
    metrics: Mapping[str, Metric]
    concepts: Mapping[str, Counts]
    assertions: Mapping[tuple[str, str], int] = field(repr=False)
    tiers: Mapping[tuple[str, str], int] = field(repr=False)

    @classmethod
    def of(cls, notes: Iterable[NoteScore], *, bootstrap: int = 0, seed: int = SEED) -> Report:
        """The report of some scored notes; ``assertions`` and ``tiers`` count ``(gold, predicted)``."""
        kept = tuple(notes)
        return cls(
            notes=kept,
            metrics=summarise([note.ratios for note in kept], bootstrap, seed),
            concepts=concept_counts(note.matching for note in kept),
            assertions=Counter((gold.assertion, got.assertion) for note in kept for gold, got in note.matching.pairs),
            tiers=Counter(
                (note.gold.decision.urgency, note.decision.urgency) for note in kept if note.gold.decision.urgency
            ),
        )

    @property
    def failed(self) -> tuple[NoteScore, ...]:
        """Notes on which the pipeline raised; all their gold findings count as missed."""
        return tuple(note for note in self.notes if note.failed)

    @property
    def missed_emergencies(self) -> tuple[NoteScore, ...]:
        """Notes that are EMERGENCY and were given another tier."""
        return tuple(
            note
            for note in self.notes
            if note.gold.decision.urgency == EMERGENCY and note.decision.urgency != EMERGENCY
        )

    @property
    def false_alarms(self) -> tuple[NoteScore, ...]:
        """Notes given EMERGENCY for which no expert would accept it."""
        return tuple(
            note
            for note in self.notes
            if note.decision.urgency == EMERGENCY
            and note.gold.decision.urgency is not None
            and EMERGENCY not in note.gold.decision.urgency_ok
        )

    def by_style(self) -> dict[str, Report]:
        """A report for each style of note, by name."""
        styles = sorted({note.gold.style for note in self.notes})
        return {style: Report.of(note for note in self.notes if note.gold.style == style) for style in styles}


def evaluate(
    corpus: Sequence[GoldNote],
    engine: Engine,
    *,
    bootstrap: int = 0,
    seed: int = SEED,
    progress: Callable[[], None] | None = None,
) -> Report:
    """Scores ``engine`` on ``corpus``; ``progress`` is called after each note.

    A note on which the engine raises is not an end: nothing found, every decision wrong, and it is listed.
    """
    notes = []
    for gold in corpus:
        notes.append(score(gold, engine))
        if progress is not None:
            progress()
    return Report.of(notes, bootstrap=bootstrap, seed=seed)


def score(gold: GoldNote, engine: Engine) -> NoteScore:
    """One note, read and compared."""
    failed = None
    predicted: list[Predicted] = []
    decision = Decision()
    fired: tuple[tuple[str, tuple[Predicted, ...]], ...] = ()
    try:
        output = engine.assess_note(gold.note)
    except Exception as error:  # whatever a note provokes is a result of the evaluation; messages may quote the note
        failed = f"{type(error).__name__} at {location(error)}"
        decision = Decision(FAILED, FAILED, FAILED)
    else:
        predicted = sorted(map(Predicted.of, output["findings"]), key=lambda got: (got.start, -got.end, got.concept))
        primary = output["primary"] or {}
        decision = Decision(
            hypothesis=primary.get("hypothesis") or NO_HYPOTHESIS,
            side=plain_side(primary.get("side")) or "unspecified",
            urgency=output["urgency"]["tier"],
        )
        fired = _fired(output)
    matching = match(gold.findings, predicted)
    ratios = finding_ratios(matching) | decision_ratios(gold, decision)
    return NoteScore(gold, matching, decision, ratios, fired, failed)


def _fired(output: Mapping[str, Any]) -> tuple[tuple[str, tuple[Predicted, ...]], ...]:
    by_id = {finding["finding_id"]: Predicted.of(finding) for finding in output["findings"]}
    tier = output["urgency"]["tier"]
    rules = [rule for rule in output["urgency"]["rules"] if rule["tier"] == tier]
    return tuple((rule["id"], tuple(by_id[number] for number in rule["findings"])) for rule in rules)
