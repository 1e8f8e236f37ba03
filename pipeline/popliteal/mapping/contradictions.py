"""What the note says in two ways, as the JSON of a note reports it; both ways stay among the findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from popliteal.mapping.facts import Fact


class Dropped(NamedTuple):
    """A feature that does not count since another, which contradicts it, is better founded."""

    kept: str
    dropped: str
    findings: tuple[int, ...]


def contradictions(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Pairs of findings that reading marked in their ``cues``: kind ``assertion`` (there and denied) or ``side``."""
    by_id = {fact.finding_id: fact for fact in facts}
    return [
        {
            "kind": "side" if fact.denied == by_id[other].denied else "assertion",
            "concept": fact.concept,
            "findings": [fact.finding_id, other],
        }
        for fact in by_id.values()
        for other in fact.contradicts
        if other > fact.finding_id and other in by_id
    ]


def of_features(dropped: Iterable[Dropped]) -> list[dict[str, Any]]:
    """The same for features, kind ``features``: measured weakness beside a template of normal strength."""
    return [
        {"kind": "features", "kept": one.kept, "dropped": one.dropped, "findings": list(one.findings)}
        for one in dropped
    ]
