"""Findings that make a condition true, worked out from the condition itself: one set for each of its alternatives.

Of several concepts, sites or wordings the first serves; ``concepts`` says how to choose another one. What stands under
``none`` is left out, so a set may still be held back by it, or by an everyday explanation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any

from popliteal.knowledge.conditions import Age, All, AnyOf, Condition, Count, Find, NoneOf
from popliteal.schema import WORSE_FOR

Row = dict[str, Any]
Choose = Callable[[Find], str]

_STATES: dict[str, Row] = {
    "suspected": {"assertion": "possible"},
    "denied": {"assertion": "absent"},
    "excluded": {"assertion": "absent"},
    "past": {"temporality": "historical"},
    "conditional": {"assertion": "hypothetical"},
}


def first(find: Find) -> str:
    """The alphabetically first concept of a search."""
    return min(find.concepts)


def witnesses(condition: Condition, choose: Choose = first) -> Iterator[list[Row]]:
    """Each alternative of ``condition`` as the findings that fulfil it, minimal for that alternative."""
    if isinstance(condition, Find):
        yield [_row(condition, choose(condition))]
    elif isinstance(condition, NoneOf | Age):
        yield []
    elif isinstance(condition, AnyOf):
        for part in condition.parts:
            yield from witnesses(part, choose)
    elif isinstance(condition, All):
        for parts in product(*(tuple(witnesses(part, choose)) for part in condition.parts)):
            yield _merged(row for rows in parts for row in rows)
    elif isinstance(condition, Count):
        for chosen in combinations(condition.parts, condition.at_least):
            yield from witnesses(All(chosen), choose)


def asked(condition: Condition) -> Iterator[Find]:
    """Every search of ``condition`` that is not under ``none``."""
    if isinstance(condition, Find):
        yield condition
    elif isinstance(condition, All | AnyOf | Count):
        for part in condition.parts:
            yield from asked(part)


def _row(find: Find, concept: str) -> Row:
    row: Row = {"concept": concept, "laterality": "left", **_STATES.get(find.state, {})}
    if find.both:
        row["laterality"] = "bilateral"
    elif find.lateral is False:
        row["laterality"] = "unspecified"
    if find.sites is not None and None not in find.sites:
        row["site"] = min(site for site in find.sites if site is not None)
    if find.texts is not None:
        row["value_text"] = min(find.texts)
    if find.said is not None:
        row["text"] = min(find.said)
    if find.listed:
        row["section"] = "past_history"
    if find.low is not None or find.high is not None:
        row["value"] = find.low if find.low is not None else find.high
    return {**row, **_timing(find)}


def _timing(find: Find) -> Row:
    row: Row = {}
    if find.chronic:
        row |= {"onset": "chronic", "course": "stable"}
    if find.older is not None:
        row["onset_days"] = find.older + 1
    if find.new is not None:
        row["onset_days"] = 1.0
    if find.dated and not row:
        row["onset"] = "subacute"
    if find.sudden:
        row["onset"] = "sudden"
    if find.worse:
        row["course"] = "worsening"
    if find.worse_over is not None:
        row |= {"course": "worsening", "cues": f"{WORSE_FOR}{find.worse_over:g}"}
    if find.improving:
        row["course"] = "improving"
    return row


def _merged(rows: Iterator[Row]) -> list[Row]:
    """Each finding once."""
    out: list[Row] = []
    for row in rows:
        if row not in out:
            out.append(row)
    return out
