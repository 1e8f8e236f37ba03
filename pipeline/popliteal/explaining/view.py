"""The JSON of one note as typed objects: the only place of this room that knows its keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from popliteal.schema import FINDING_COLUMNS, Finding

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One feature that speaks for or against a hypothesis, with its weight and the findings that make it true."""

    feature: str
    weight: float
    findings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One candidate with what supports it and what opposes it.

    ``children``: hypotheses that tie or belong together in it; ``named_by``: urgency rules that put it on the table;
    ``tests``: what would settle it. In a trace: ``eligible``, whether a finding of its own opens it, and the features
    that rule it out.
    """

    rank: int
    hypothesis: str
    name: str
    side: str
    grade: str
    score: float
    supporting: tuple[Evidence, ...]
    opposing: tuple[Evidence, ...]
    children: tuple[str, ...] = ()
    named_by: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    eligible: bool = True
    excluded_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One urgency rule that fired: its tier, its sentence and the findings that caused it.

    ``possible``: it rests on suspected findings only.
    """

    id: str
    tier: str
    why: str
    findings: tuple[int, ...]
    possible: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One note with everything that was concluded from it.

    ``primary`` is (hypothesis, side, grade) or None, the grade empty where nothing stands out; ``needs_review``: the
    tier rests on suspected findings, unknown timing or contradicted words only. ``explained`` pairs an everyday
    explanation with the findings that it accounts for, which then count for less. ``contradictions`` are (kind,
    concept, findings): what the note says in two ways. ``red_flags`` are (flag, status, findings) in the
    order of the JSON; ``not_documented`` pairs what is missing with why it would matter. ``trace`` is the hypothesis
    that was asked about, for each side, reported or not.
    """

    note_id: str
    text: str
    note_date: str | None
    findings: tuple[Finding, ...]
    primary: tuple[str, str, str] | None
    hypotheses: tuple[Hypothesis, ...]
    tier: str
    needs_review: bool
    rules: tuple[Rule, ...]
    explained: tuple[tuple[str, tuple[int, ...]], ...]
    contradictions: tuple[tuple[str, str, tuple[int, ...]], ...]
    red_flags: tuple[tuple[str, str, tuple[int, ...]], ...]
    not_documented: tuple[tuple[str, str], ...]
    provenance: tuple[tuple[str, str], ...]
    trace: tuple[Hypothesis, ...] = ()

    @classmethod
    def of(cls, assessment: Json, text: str, note_date: str | None = None) -> View:
        """A view of the contract's JSON of one note and of the text that it was made from."""
        urgency = assessment["urgency"]
        primary = assessment.get("primary") or {}
        return cls(
            note_id=str(assessment["note_id"]),
            text=text,
            note_date=note_date,
            findings=tuple(_finding(item) for item in assessment["findings"]),
            primary=_primary(primary),
            hypotheses=tuple(_hypothesis(item) for item in assessment["hypotheses"]),
            tier=str(urgency["tier"]),
            needs_review=bool(urgency.get("needs_review")),
            rules=tuple(_rule(item) for item in urgency["rules"]),
            explained=tuple(
                (str(item["why"]), tuple(map(int, item["findings"]))) for item in assessment.get("competing") or ()
            ),
            contradictions=_contradictions(assessment),
            red_flags=_red_flags(assessment),
            not_documented=tuple((str(item["feature"]), str(item["why"])) for item in assessment["not_documented"]),
            provenance=tuple((str(key), str(value)) for key, value in assessment["provenance"].items()),
            trace=tuple(_hypothesis(item) for item in assessment.get("trace") or ()),
        )

    def finding(self, finding_id: int) -> Finding | None:
        """The finding with this id, if the note has it."""
        return next((item for item in self.findings if item.finding_id == finding_id), None)

    def words(self, finding_ids: Sequence[int]) -> list[tuple[int, str]]:
        """(finding id, words of the note on one line) of those findings that the note has."""
        found = ((number, self.finding(number)) for number in finding_ids)
        return [(number, " ".join(item.text.split())) for number, item in found if item is not None]


def _finding(item: Json) -> Finding:
    return Finding(**{column: item[column] for column in FINDING_COLUMNS if item.get(column) is not None})


def _primary(item: Json) -> tuple[str, str, str] | None:
    if not item.get("hypothesis") or item["hypothesis"] == "none":
        return None
    return str(item["hypothesis"]), str(item.get("side") or "unspecified"), str(item.get("grade") or "")


def _hypothesis(item: Json) -> Hypothesis:
    return Hypothesis(
        rank=int(item["rank"]),
        hypothesis=str(item["hypothesis"]),
        name=str(item.get("name") or item["hypothesis"]),
        side=str(item["side"]),
        grade=str(item["grade"]),
        score=float(item["score"]),
        supporting=_evidence(item["supporting"]),
        opposing=_evidence(item["opposing"]),
        children=tuple(map(str, item.get("children") or ())),
        named_by=tuple(map(str, item.get("named_by") or ())),
        tests=tuple(map(str, item.get("tests") or ())),
        eligible=bool(item.get("eligible", True)),
        excluded_by=tuple(map(str, item.get("excluded_by") or ())),
    )


def _evidence(items: Sequence[Json]) -> tuple[Evidence, ...]:
    """Features in the order of the JSON; a feature that several findings make true is one piece of evidence."""
    merged: dict[str, tuple[float, list[int]]] = {}
    for item in items:
        _, findings = merged.setdefault(str(item["feature"]), (float(item["weight"]), []))
        if item.get("finding_id") is not None and item["finding_id"] not in findings:
            findings.append(int(item["finding_id"]))
    return tuple(Evidence(feature, weight, tuple(findings)) for feature, (weight, findings) in merged.items())


def _rule(item: Json) -> Rule:
    return Rule(
        id=str(item["id"]),
        tier=str(item["tier"]),
        why=str(item["why"]),
        findings=tuple(int(number) for number in item["findings"]),
        possible=bool(item.get("possible")),
    )


def _contradictions(assessment: Json) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    said = assessment.get("contradictions") or ()
    found = [(str(one["kind"]), str(one.get("concept", "")), tuple(map(int, one["findings"]))) for one in said]
    return tuple(dict.fromkeys(found))  # several features may rest on the same two findings


def _red_flags(assessment: Json) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Flags with their words: those that the JSON names for them, or else the findings of a concept of the same id."""
    named: Mapping[str, Sequence[int]] = assessment.get("red_flag_findings") or {}

    def findings(flag: str, status: str) -> tuple[int, ...]:
        if flag in named:
            return tuple(named[flag])
        wanted = {"denied": "absent"}.get(status, status)
        same = (item for item in assessment["findings"] if item["concept"] == flag and item["assertion"] == wanted)
        return tuple(int(item["finding_id"]) for item in same)

    return tuple((str(flag), str(status), findings(flag, status)) for flag, status in assessment["red_flags"].items())
