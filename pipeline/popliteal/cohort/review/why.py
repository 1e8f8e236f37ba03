"""Why a patient got the verdict: each criterion of the cohort, met or not, with the evidence for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import yaml

from popliteal.cohort.folder import CRITERIA, Cohort
from popliteal.cohort.review.charts import Evidence, PatientChart
from popliteal.errors import SourceError
from popliteal.explaining.names import sentence

#: What the screen itself calls the event that a patient enters with, and the time before it that must be free of one.
INDEX, WASHOUT = "index", "washout"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the cohort's definition: ``role`` is index, include or exclude."""

    role: str
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion for one patient: ``state`` in words, ``kind`` one of met, unmet, unclear, decided."""

    criterion: Criterion
    state: str
    kind: str
    evidence: tuple[Evidence, ...]


def criteria_of(cohort: Cohort) -> list[Criterion]:
    """The criteria of a cohort in the order of its definition, by the labels it gives them.

    Raises:
        SourceError: ``criteria.yaml`` is not there or is not what popliteal screen wrote.
    """
    path = cohort.folder / CRITERIA
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        (definition,) = data.values()
        found = [Criterion(INDEX, INDEX, str(definition[INDEX]["label"]))]
        for role in ("include", "exclude"):
            found += [Criterion(role, key, str(item["label"])) for key, item in (definition.get(role) or {}).items()]
    except (OSError, ValueError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: cannot be read ({type(error).__name__}); run popliteal screen again") from error
    if definition[INDEX].get(WASHOUT) is not None:
        found.insert(1, Criterion("exclude", WASHOUT, "An earlier event"))
    return found


def judge(chart: PatientChart, criteria: Iterable[Criterion]) -> list[Judged]:
    """Each criterion for the patient of a chart; what evidence names beside them comes last."""
    known = list(criteria)
    by_criterion: dict[str, list[Evidence]] = {}
    for item in chart.evidence:
        by_criterion.setdefault(item.criterion, []).append(item)
    ids = {item.id for item in known}
    known += [Criterion(items[0].role, key, sentence(key)) for key, items in by_criterion.items() if key not in ids]
    return [_judged(item, tuple(by_criterion.get(item.id, ())), chart.patient) for item in known]


def _judged(criterion: Criterion, evidence: tuple[Evidence, ...], patient: Mapping[str, object]) -> Judged:
    state, kind = _state(criterion, {item.strength for item in evidence}, patient)
    return Judged(criterion, state, kind, evidence)


def _state(criterion: Criterion, strengths: set[str], patient: Mapping[str, object]) -> tuple[str, str]:
    decided = patient["reason"] == criterion.id
    excludes = criterion.role == "exclude"
    if decided and patient["verdict"] == "uncertain":
        return "uncertain, so the patient is", "unclear"
    if decided:
        return ("applies, so excluded" if excludes else "not met, so excluded"), "decided"
    if patient["reason"] == INDEX and not strengths:
        return "not looked for, without an index event", "unmet"
    if excludes:
        states = {"certain": ("applies", "unmet"), "uncertain": ("uncertain", "unclear")}
        return next((states[name] for name in states if name in strengths), ("does not apply", "met"))
    if "certain" in strengths or (not strengths and patient["verdict"] == "included"):
        return "met", "met"
    return ("uncertain", "unclear") if strengths else ("no evidence", "unmet")
