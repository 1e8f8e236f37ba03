"""A definition as a list of named SELECTs, each over the tables of a batch and the SELECTs before it.

Truth has three values, as numbers: 2 certain, 1 uncertain, 0 no. Evidence has a strength; a window or a side that
cannot be decided makes it uncertain; a criterion is as true as its best evidence. What excludes is turned round.
Every index event is a *candidate*; a patient's verdict is that of the best candidate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from popliteal.cohort.folder import VERDICTS
from popliteal.cohort.terms import COLUMNS, EARLY, LATE, evidence, literal, same_note
from popliteal.knowledge.cohorts import Between, Clause, Cohort, Criterion, Window

EPOCH = date(1970, 1, 1)
_KEY = ("patient_id", "note_id", "note_key", "lo", "hi", "side")


@dataclass(frozen=True, slots=True)
class Step:
    """One SELECT: ``name`` is the table that it becomes, ``title`` what it is for."""

    name: str
    title: str
    select: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the flow: what is asked of every candidate."""

    id: str
    role: str
    label: str
    criterion: Criterion
    table: str


def lines(cohort: Cohort) -> list[Line]:
    """The criteria in order; the washout of the index event is the first that excludes."""
    found = [Line(name, role, one.label, one, f"evidence_{name}") for role, name, one in cohort.criteria]
    days = cohort.index.washout
    if days is None:
        return found
    low = None if days == "ever" else -days
    label = "An earlier event of the same kind" + ("" if low is None else f" in the {days} days before")
    washout = Criterion(label=label, any=cohort.index.any, when=Window(low, -1))
    first = next((index for index, line in enumerate(found) if line.role == "exclude"), len(found))
    return [*found[:first], Line("washout", "exclude", label, washout, "evidence_index"), *found[first:]]


def compile_cohort(cohort: Cohort, as_of: date | None) -> list[Step]:
    """The steps from the tables to ``patients``, ``evidence`` and the tables of the summary.

    Args:
        cohort: the definition.
        as_of: notes dated later are dated in the future: their date counts as unknown. None: no note is.
    """
    index = cohort.index
    flow = lines(cohort)
    steps = [
        Step("chart", "Notes of patients, copies once", _chart(as_of)),
        Step("people", "Patients", _people()),
        Step("evidence_index", f"Index event: {index.label}", evidence(index.any)),
        Step("candidates", "Every index event", _candidates(index.dates, first=index.which == "first")),
    ]
    for line in flow:
        one = line.criterion
        if one.any and line.table != "evidence_index":
            steps.append(Step(line.table, f"Evidence for {line.id}: {line.label}", evidence(one.any)))
        steps.append(Step(f"state_{line.id}", f"{line.role.capitalize()} {line.id}: {line.label}", _state(line)))
    steps += [
        Step("judged", "Every index event with its verdict", _judged(flow)),
        Step("chosen", "The best index event of each patient, with others of that day", _chosen()),
        Step("spoken", "Patients whose notes speak of the index event at all", _spoken(index.any)),
        Step("patients", "One row for each patient", _patients()),
        Step("evidence", "What counted", _evidence(flow)),
        Step("supporting", "The findings that hypotheses among it rest on", _supporting()),
    ]
    return steps + summary_steps()


# ---------------------------------------------------------------- notes and patients


#: The day of a note in the table ``notes``, as a number.
NOTE_DAY = "unix_date(try_cast(note_date AS DATE))"


def _chart(as_of: date | None) -> str:
    known = f"{NOTE_DAY} IS NOT NULL" if as_of is None else f"{NOTE_DAY} <= {(as_of - EPOCH).days}"
    told = "hypothesis, side, grade, urgency, red_flags, not_documented"
    return (
        "SELECT patient_id, min(note_id) AS note_id, note_date, coalesce(note_date, '') AS note_key,\n"
        f"  CASE WHEN {known} THEN {NOTE_DAY} ELSE {EARLY} END AS lo,\n"
        f"  CASE WHEN {known} THEN {NOTE_DAY} ELSE {LATE} END AS hi,\n"
        "  note_type, min(sex) AS sex, min(birth_date) AS birth_date\n"
        "FROM notes\nWHERE patient_id IS NOT NULL\n"
        f"GROUP BY patient_id, note_date, note_type, chars, md5(concat_ws('|', {told}))"
    )


def _people() -> str:
    """Birth date and sex of the patient table where there is one, or else of the notes if they agree."""
    return (
        "SELECT c.patient_id, c.notes, coalesce(p.birth_date, c.birth_date) AS birth_date,\n"
        "  coalesce(p.sex, c.sex) AS sex\n"
        "FROM (\n"
        "  SELECT patient_id, count(*) AS notes,\n"
        "    CASE WHEN min(birth_date) = max(birth_date) THEN min(birth_date) END AS birth_date,\n"
        "    CASE WHEN min(sex) = max(sex) THEN min(sex) END AS sex\n"
        "  FROM chart GROUP BY patient_id\n"
        ") c LEFT JOIN patient_table p ON c.patient_id = p.patient_id"
    )


# ---------------------------------------------------------------- candidates and states


def _candidates(dates: Between | None, *, first: bool) -> str:
    where, strength = [], "max(strength)"
    if dates is not None:
        inside = []
        if dates.first is not None:
            day = (date.fromisoformat(dates.first) - EPOCH).days
            where.append(f"hi >= {day}")
            inside.append(f"lo >= {day}")
        if dates.last is not None:
            day = (date.fromisoformat(dates.last) - EPOCH).days
            where.append(f"lo <= {day}")
            inside.append(f"hi <= {day}")
        if inside:
            strength = f"CASE WHEN {' AND '.join(inside)} THEN max(strength) ELSE 1 END"
    condition = f"\nWHERE {' AND '.join(where)}" if where else ""
    key = ", ".join(_KEY)
    select = f"SELECT {key}, {strength} AS strength\nFROM evidence_index{condition}\nGROUP BY {key}"
    if not first:
        return select
    return (
        f"SELECT {key}, strength FROM (\n"
        "  SELECT *, rank() OVER (PARTITION BY patient_id ORDER BY hi - lo, lo) AS place\n"
        f"  FROM (\n{select}\n  ) e\n) r WHERE place = 1"
    )


def _state(line: Line) -> str:
    one = line.criterion
    if one.age is not None or one.sex:
        return _state_of_person(one)
    keys = ", ".join(f"k.{key}" for key in _KEY)
    value = _value(line)
    of = "max(e.value)"
    if one.at_least is not None:
        needed = one.at_least.notes or one.at_least.days
        unit = "evidence_note" if one.at_least.notes else "evidence_day"
        counts = [f"count(DISTINCT CASE WHEN e.value >= {v} THEN e.{unit} END) >= {needed}" for v in (2, 1)]
        of = f"CASE WHEN {counts[0]} THEN 2 WHEN {counts[1]} THEN 1 ELSE 0 END"
    return (
        f"SELECT {', '.join(f'e.{key}' for key in _KEY)}, {of} AS state\nFROM (\n"
        f"  SELECT {keys}, concat(e.note_id, ' ', e.note_key) AS evidence_note,\n"
        f"    e.lo AS evidence_day, {value} AS value\n"
        f"  FROM candidates k JOIN {line.table} e ON e.patient_id = k.patient_id\n"
        f") e\nWHERE e.value >= {1 if one.doubt else 2}\nGROUP BY {', '.join(f'e.{key}' for key in _KEY)}"
    )


def _value(line: Line) -> str:
    """How far a piece of evidence ``e`` counts for a candidate ``k``."""
    one = line.criterion
    parts = ["e.strength", *_in_window(one.when)]
    if one.same_side:
        parts.append(
            "CASE WHEN k.side = 'unspecified' OR e.side = 'unspecified' THEN 1\n"
            "      WHEN k.side = e.side OR 'bilateral' IN (k.side, e.side) THEN 2 ELSE 0 END"
        )
    return parts[0] if len(parts) == 1 else "least(\n      " + ",\n      ".join(parts) + ")"


def _in_window(when: Window) -> Iterator[str]:
    if when.same_note:
        yield "CASE WHEN e.note_id = k.note_id AND e.note_key = k.note_key THEN 2 ELSE 0 END"
    sure, maybe = [], []
    if when.low is not None:
        sure.append(f"e.lo - k.hi >= {when.low}")
        maybe.append(f"e.hi - k.lo >= {when.low}")
    if when.high is not None:
        sure.append(f"e.hi - k.lo <= {when.high}")
        maybe.append(f"e.lo - k.hi <= {when.high}")
    if sure:
        yield f"CASE WHEN {' AND '.join(sure)} THEN 2\n      WHEN {' AND '.join(maybe)} THEN 1 ELSE 0 END"


def _state_of_person(one: Criterion) -> str:
    keys = ", ".join(f"k.{key}" for key in _KEY)
    if one.sex:
        given = ", ".join(literal(sex.lower()) for sex in one.sex)
        state = f"CASE WHEN p.sex IS NULL THEN 1 WHEN lower(p.sex) IN ({given}) THEN 2 ELSE 0 END"
        return f"SELECT {keys}, {state} AS state\nFROM candidates k JOIN people p ON p.patient_id = k.patient_id"
    bounds = one.age
    tests = []
    if bounds is not None and bounds.min is not None:
        tests.append(f"a.age >= {float(bounds.min)!r}")
    if bounds is not None and bounds.max is not None:
        tests.append(f"a.age <= {float(bounds.max)!r}")
    state = f"CASE WHEN a.age IS NULL THEN 1 WHEN {' AND '.join(tests) or 'TRUE'} THEN 2 ELSE 0 END"
    return (
        f"SELECT {', '.join(f'a.{key}' for key in _KEY)}, {state} AS state\nFROM (\n"
        f"  SELECT {keys}, {_age('k')} AS age\n"
        "  FROM candidates k JOIN people p ON p.patient_id = k.patient_id\n) a"
    )


def _age(k: str) -> str:
    """Whole years between the birth date of ``p`` and the day of ``k``; null where either is unknown or wrong."""
    born, seen = "try_cast(p.birth_date AS DATE)", f"date_from_unix_date(CAST({k}.lo AS INT))"
    later = f"month({seen}) * 100 + day({seen}) < month({born}) * 100 + day({born})"
    years = f"year({seen}) - year({born}) - CASE WHEN {later} THEN 1 ELSE 0 END"
    return f"CASE WHEN {k}.lo = {k}.hi AND {k}.lo >= unix_date({born}) THEN {years} END"


# ---------------------------------------------------------------- verdicts


def _judged(flow: Sequence[Line]) -> str:
    values = {"index": "k.strength"}
    for line in flow:
        state = f"coalesce(s_{line.id}.state, 0)"
        values[line.id] = state if line.role == "include" else f"2 - {state}"
    columns = ",\n    ".join(f"{value} AS v_{name}" for name, value in values.items())
    joins = "".join(f"\n  LEFT JOIN state_{line.id} s_{line.id} USING ({', '.join(_KEY)})" for line in flow)
    names = [f"v_{name}" for name in values]
    unmet = " + ".join(f"CASE WHEN {name} < 2 THEN 1 ELSE 0 END" for name in names)
    failed = " + ".join(f"CASE WHEN {name} = 0 THEN 1 ELSE 0 END" for name in names)
    fails = " ".join(f"WHEN v_{name} = 0 THEN {literal(name)}" for name in values)
    doubts = " ".join(f"WHEN v_{name} = 1 THEN {literal(name)}" for name in values)
    return (
        f"SELECT {', '.join(_KEY)}, unmet,\n"
        "  CASE WHEN failed > 0 THEN 2 WHEN unmet > 0 THEN 1 ELSE 0 END AS outcome,\n"
        f"  CASE {fails} {doubts} END AS reason\n"
        f"FROM (\n  SELECT v.*, {unmet} AS unmet,\n    {failed} AS failed\n"
        f"  FROM (\n  SELECT {', '.join(f'k.{key}' for key in _KEY)},\n    {columns}\n"
        f"  FROM candidates k{joins}\n  ) v\n) w"
    )


def _chosen() -> str:
    key = ", ".join(_KEY)
    return (
        "SELECT c.*, b.note_id AS index_note, b.note_key AS index_key\n"
        "FROM judged c JOIN (\n"
        f"  SELECT {key}, outcome, reason, row_number() OVER (\n"
        "    PARTITION BY patient_id ORDER BY outcome, unmet, hi - lo, lo, note_id, side) AS place\n"
        "  FROM judged\n"
        ") b ON b.patient_id = c.patient_id AND b.place = 1 AND c.lo = b.lo AND c.hi = b.hi AND c.outcome = b.outcome\n"
        "  AND (c.reason = b.reason OR c.outcome = 0)"
    )


def _spoken(clauses: Sequence[Clause]) -> str:
    """Whoever has what the index event names first in any state: denied, past, of a relative, a risk."""
    concepts = sorted({name for clause in clauses for name in clause.all[0].find})
    named = ", ".join(map(literal, concepts)) or "NULL"
    return f"SELECT DISTINCT patient_id FROM findings WHERE concept IN ({named}) AND patient_id IS NOT NULL"


def _patients() -> str:
    verdict = " ".join(f"WHEN {number} THEN {literal(name)}" for number, name in enumerate(VERDICTS))
    both = (
        "CASE WHEN max(CASE WHEN side = 'bilateral' THEN 1 ELSE 0 END) = 1\n"
        "      OR count(DISTINCT CASE WHEN side IN ('left', 'right') THEN side END) = 2 THEN 'bilateral'\n"
        "      ELSE coalesce(max(CASE WHEN side IN ('left', 'right') THEN side END), 'unspecified') END AS side"
    )
    return (
        f"SELECT p.patient_id, coalesce(CASE k.outcome {verdict} END, 'excluded') AS verdict,\n"
        "  CASE WHEN k.patient_id IS NULL THEN 'index' ELSE k.reason END AS reason,\n"
        "  CASE WHEN k.patient_id IS NULL THEN s.patient_id IS NOT NULL\n"
        "       ELSE k.outcome = 2 AND k.unmet = 1 END AS near_miss,\n"
        "  CASE WHEN k.lo = k.hi THEN k.lo END AS index_day, k.index_note AS index_note_id, k.index_key, k.side,\n"
        f"  {_age('k')} AS age, p.notes\n"
        "FROM people p LEFT JOIN (\n"
        "  SELECT patient_id, lo, hi, outcome, min(reason) AS reason, min(unmet) AS unmet,\n"
        "    min(index_note) AS index_note, min(index_key) AS index_key,\n"
        f"    {both}\n"
        "  FROM chosen GROUP BY patient_id, lo, hi, outcome\n"
        ") k ON k.patient_id = p.patient_id\nLEFT JOIN spoken s ON s.patient_id = p.patient_id"
    )


def _evidence(flow: Sequence[Line]) -> str:
    columns = ", ".join(f"e.{name}" for name in COLUMNS if name not in ("lo", "hi", "side", "strength"))
    same = "e.note_id = k.note_id AND e.note_key = k.note_key AND e.lo = k.lo AND e.hi = k.hi AND e.side = k.side"
    parts = [
        f"SELECT DISTINCT 'index' AS criterion, 'index' AS role, e.strength, {columns}\n"
        f"FROM evidence_index e JOIN chosen k ON e.patient_id = k.patient_id AND {same}"
    ]
    for line in flow:
        if not line.criterion.any:
            continue
        parts.append(
            f"SELECT {literal(line.id)} AS criterion, {literal(line.role)} AS role, max({_value(line)}) AS strength, "
            f"{columns}\nFROM {line.table} e JOIN chosen k ON e.patient_id = k.patient_id\n"
            f"WHERE {_value(line)} >= {1 if line.criterion.doubt else 2}\nGROUP BY {columns}"
        )
    return "\nUNION ALL\n".join(parts)


def _supporting() -> str:
    return (
        "SELECT DISTINCT e.patient_id, e.note_id, e.what, e.laterality, f.span_start, f.span_end, f.words\n"
        "FROM evidence e JOIN patients p ON p.patient_id = e.patient_id\n"
        f"JOIN hypotheses h ON {same_note('h', 'e')}\n"
        "  AND h.hypothesis = e.what AND coalesce(h.side, 'unspecified') = e.laterality\n"
        f"JOIN findings f ON {same_note('f', 'h')} AND array_contains(h.supporting, f.finding_id)\n"
        "WHERE e.finding_id IS NULL AND f.assertion IN ('present', 'possible')\n"
        "  AND (p.verdict <> 'excluded' OR p.near_miss)"
    )


# ---------------------------------------------------------------- summary


def summary_steps() -> list[Step]:
    """What the included and the uncertain look like: the index note's answer, and the causes that stand in it."""
    asked = (
        "FROM patients p JOIN chart c ON c.patient_id = p.patient_id AND c.note_id = p.index_note_id\n"
        "  AND c.note_key = p.index_key"
    )
    joined = same_note("t", "c")
    counted = "count(DISTINCT p.patient_id) AS patients"
    wanted = "WHERE p.verdict <> 'excluded'"
    return [
        Step(
            "by_note",
            "Hypothesis and urgency of the index note",
            f"SELECT p.verdict, t.hypothesis, t.urgency, {counted}\n{asked}\nJOIN notes t ON {joined}\n{wanted}\n"
            "GROUP BY p.verdict, t.hypothesis, t.urgency",
        ),
        Step(
            "by_cause",
            "Causes and risks present in the index note",
            f"SELECT p.verdict, t.concept AS cause, {counted}\n{asked}\nJOIN findings t ON {joined}\n{wanted}\n"
            "  AND t.category = 'cause_risk' AND t.assertion = 'present'\nGROUP BY p.verdict, t.concept",
        ),
    ]
