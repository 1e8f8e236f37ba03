"""Terms and clauses as SQL: the rows of the tables that are evidence, each with its side, strength and days.

The SQL keeps to what DuckDB and Spark SQL both read. ``lo`` and ``hi`` are the first and last day (counted from
1970-01-01) on which the evidence can lie: equal where the date is known, far apart where it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from popliteal.knowledge.cohorts import Clause, Range, Term
from popliteal.schema import URGENCIES

#: Days that stand for "some time before" and "some time after" anything that a note can be about.
EARLY, LATE = -1_000_000, 1_000_000

#: The columns of evidence, ``words`` is the text.
COLUMNS = (
    "patient_id", "note_id", "note_date", "note_key", "lo", "hi", "side", "strength", "finding_id", "span_start",
    "span_end", "what", "site", "laterality", "assertion", "words",
)  # fmt: skip

_PLAIN = re.compile(r"[^'\\\x00-\x1f]*")
_NOTE = "{a}.patient_id = {b}.patient_id AND {a}.note_id = {b}.note_id AND {a}.note_key = {b}.note_key"
_NO_FINDING = "CAST(NULL AS BIGINT) AS finding_id, CAST(NULL AS BIGINT) AS span_start, CAST(NULL AS BIGINT) AS span_end"
_NO_WORDS = "CAST(NULL AS STRING) AS words"


def literal(value: str) -> str:
    """A string as SQL that means the same in every dialect: quotes, backslashes and control characters are spelled."""
    if _PLAIN.fullmatch(value):
        return f"'{value}'"
    parts = re.findall(r"[^'\\\x00-\x1f]+|['\\\x00-\x1f]", value)
    spelled = [f"'{part}'" if _PLAIN.fullmatch(part) else f"chr({ord(part)})" for part in parts]
    return f"concat({', '.join(spelled)})"


def listed(values: Iterable[str]) -> str:
    """Strings as the inside of an ``IN``."""
    return ", ".join(map(literal, values))


def same_note(a: str, b: str) -> str:
    """The condition that two tables speak of one note."""
    return _NOTE.format(a=a, b=b)


def compatible(a: str, b: str) -> str:
    """The condition that two sides do not contradict each other."""
    return f"({a} = {b} OR {a} IN ('bilateral', 'unspecified') OR {b} IN ('bilateral', 'unspecified'))"


def evidence(clauses: Sequence[Clause]) -> str:
    """A SELECT of all rows that make some clause true, in :data:`COLUMNS`."""
    tables: list[tuple[str, str]] = []
    parts = [part for number, clause in enumerate(clauses) for part in _clause(number, clause, tables)]
    union = "\nUNION ALL\n".join(parts)
    if not tables:
        return union
    with_ = ",\n".join(f"{name} AS (\n{_indented(select)}\n)" for name, select in tables)
    return f"WITH {with_}\n{union}"


def _clause(number: int, clause: Clause, tables: list[tuple[str, str]]) -> Iterator[str]:
    selects = [_term(term) for term in clause.all]
    if len(selects) == 1 and not clause.unless:
        yield selects[0]
        return
    names = [f"term_{number}_{index}" for index in range(len(selects))]
    tables += zip(names, selects, strict=True)
    both = names[0]
    for index, name in enumerate(names[1:], start=1):
        tables.append((f"both_{number}_{index}", _together(both, name)))
        both = f"both_{number}_{index}"
    if clause.unless:
        unless = "\nUNION ALL\n".join(_term(term) for term in clause.unless)
        tables += [(f"unless_{number}", unless), (f"kept_{number}", _without(both, f"unless_{number}"))]
        both = f"kept_{number}"
    for name in names:
        columns = ", ".join(f"{'m' if c in ('lo', 'hi', 'side', 'strength') else 'h'}.{c}" for c in COLUMNS)
        yield (
            f"SELECT DISTINCT {columns}\nFROM {name} h JOIN {both} m ON {same_note('h', 'm')}\n"
            f"  AND {compatible('h.side', 'm.side')}"
        )


def _together(a: str, b: str) -> str:
    """Two things in one note and not on different sides; the side is the more exact one, the strength the lower."""
    return (
        "SELECT DISTINCT a.patient_id, a.note_id, a.note_key, a.lo, a.hi,\n"
        "  CASE WHEN a.side = b.side OR b.side = 'unspecified' THEN a.side\n"
        "       WHEN a.side IN ('unspecified', 'bilateral') THEN b.side ELSE a.side END AS side,\n"
        "  least(a.strength, b.strength) AS strength\n"
        f"FROM {a} a JOIN {b} b ON {same_note('a', 'b')}\n  AND {compatible('a.side', 'b.side')}"
    )


def _without(a: str, unless: str) -> str:
    """What ``unless`` does not rule out in the same note; where it may, the rest is uncertain."""
    return (
        "SELECT a.patient_id, a.note_id, a.note_key, a.lo, a.hi, a.side,\n"
        "  CASE WHEN max(u.strength) = 1 THEN 1 ELSE max(a.strength) END AS strength\n"
        f"FROM {a} a LEFT JOIN {unless} u ON {same_note('a', 'u')}\n  AND {compatible('a.side', 'u.side')}\n"
        "GROUP BY a.patient_id, a.note_id, a.note_key, a.lo, a.hi, a.side\nHAVING coalesce(max(u.strength), 0) < 2"
    )


def _term(term: Term) -> str:
    select, table, where = _KINDS[term.kind](term)
    lo, hi = "c.lo", "c.hi"
    if term.dated == "event":
        days = "CAST(round(t.onset_days) AS BIGINT)"
        lo = (
            f"CASE WHEN t.onset_days IS NOT NULL THEN c.lo - {days}\n"
            f"       WHEN t.temporality = 'historical' THEN {EARLY} ELSE c.lo END"
        )
        hi = f"CASE WHEN t.onset_days IS NOT NULL THEN c.hi - {days} ELSE c.hi END"
    if term.note_type:
        kinds = " OR ".join(f"instr(lower(c.note_type), {literal(kind.lower())}) > 0" for kind in term.note_type)
        where = [*where, f"({kinds})"]
    join = "" if table is None else f"\nJOIN {table} t ON {same_note('t', 'c')}"
    condition = "".join(f"\n  {'WHERE' if not index else 'AND'} {one}" for index, one in enumerate(where))
    return (
        f"SELECT DISTINCT c.patient_id, c.note_id, c.note_date, c.note_key,\n  {lo} AS lo,\n  {hi} AS hi,\n  {select}\n"
        f"FROM chart c{join}{condition}"
    )


Parts = tuple[str, str | None, list[str]]


def _finding(term: Term) -> Parts:
    doubtful = term.doubt and "present" in term.assertion and "possible" not in term.assertion
    asserted = [*term.assertion, "possible"] if doubtful else term.assertion
    where = [f"t.assertion IN ({listed(asserted)})", f"t.temporality IN ({listed(term.temporality)})"]
    named = [f"t.concept IN ({listed(term.find)})"] if term.find else []
    named += [f"t.category IN ({listed(term.category)})"] if term.category else []
    where.insert(0, f"({' OR '.join(named)})" if len(named) > 1 else named[0])
    if term.site:
        sites = [f"t.site IN ({listed(filter(None, term.site))})"] if any(term.site) else []
        sites += ["t.site IS NULL"] if None in term.site else []
        where.append(f"({' OR '.join(sites)})")
    for column, values in (
        ("laterality", term.side),
        ("onset", term.onset),
        ("course", term.course),
        ("value_text", term.text),
    ):
        if values:
            where.append(f"t.{column} IN ({listed(values)})")
    where += _within("t.onset_days", term.onset_days)
    bounds = _within("t.value", term.value)
    if bounds and term.unmeasured:
        bounds = [f"(t.value IS NULL OR ({' AND '.join(bounds)}))"]
    unsure = ["t.assertion = 'possible'"] if doubtful else []
    if term.words:
        held = " OR ".join(f"instr(lower(t.words), {literal(word.lower())}) > 0" for word in term.words)
        bounds.append(f"(t.words IS NULL OR {held})")
        unsure.append("t.words IS NULL")
    strength = f"CASE WHEN {' OR '.join(unsure)} THEN 1 ELSE 2 END" if unsure else "2"
    select = (
        f"t.laterality AS side, {strength} AS strength, t.finding_id, t.span_start, t.span_end,\n"
        "  t.concept AS what, t.site, t.laterality, t.assertion, t.words"
    )
    return select, "findings", where + bounds


def _within(column: str, bounds: Range | None) -> list[str]:
    """The conditions that a number lies in a range; numbers are written so that every dialect reads a double."""
    if bounds is None:
        return []
    low = [f"{column} >= {float(bounds.min)!r}"] if bounds.min is not None else []
    return low + ([f"{column} <= {float(bounds.max)!r}"] if bounds.max is not None else [])


def _whole_note(what: str, side: str, strength: str, assertion: str = "CAST(NULL AS STRING)") -> str:
    return (
        f"{side} AS side, {strength} AS strength, {_NO_FINDING},\n  {what} AS what, CAST(NULL AS STRING) AS site, "
        f"{side} AS laterality, {assertion} AS assertion, {_NO_WORDS}"
    )


def _hypothesis(term: Term) -> Parts:
    grades = ["likely", "possible"] if term.grade == "possible" or term.doubt else ["likely"]
    strength = "2" if term.grade == "possible" else "CASE WHEN t.grade = 'likely' THEN 2 ELSE 1 END"
    where = [f"t.hypothesis IN ({listed(term.hypothesis)})", f"t.grade IN ({listed(grades)})"]
    where += [f"t.rank <= {term.rank}"] if term.rank is not None else []
    return _whole_note("t.hypothesis", "coalesce(t.side, 'unspecified')", strength), "hypotheses", where


def _rule(term: Term) -> Parts:
    fired = " OR ".join(f"array_contains(t.urgency_rules, {literal(rule)})" for rule in term.rule)
    which = " ".join(
        f"WHEN array_contains(t.urgency_rules, {literal(rule)}) THEN {literal(rule)}" for rule in term.rule
    )
    return _whole_note(f"CASE {which} END", "coalesce(t.side, 'unspecified')", "2"), "notes", [f"({fired})"]


def _tier(term: Term) -> Parts:
    order = list(URGENCIES)
    wanted = order[: order.index(term.tier or URGENCIES[0]) + 1]
    strength = "CASE WHEN t.needs_review THEN 1 ELSE 2 END" if term.doubt else "2"
    select = _whole_note("t.urgency", "coalesce(t.side, 'unspecified')", strength)
    return select, "notes", [f"t.urgency IN ({listed(wanted)})"]


def _red_flag(term: Term) -> Parts:
    """The column is a JSON object as ``json.dumps`` writes it, so a name with its status can be looked for as text."""
    doubtful = term.doubt and "present" in term.status and "possible" not in term.status

    def said(status: Sequence[str]) -> str:
        wanted = [f'"{flag}": "{one}"' for flag in term.red_flag for one in status]
        return " OR ".join(f"instr(t.red_flags, {literal(one)}) > 0" for one in wanted)

    anyhow = said([*term.status, "possible"] if doubtful else term.status)
    strength = f"CASE WHEN {said(term.status)} THEN 2 ELSE 1 END" if doubtful else "2"
    what = literal(", ".join(term.red_flag))
    return _whole_note(what, "coalesce(t.side, 'unspecified')", strength), "notes", [f"({anyhow})"]


def _note_type(_: Term) -> Parts:
    return _whole_note("c.note_type", "'unspecified'", "2"), None, []


_KINDS = {
    "finding": _finding, "hypothesis": _hypothesis, "rule": _rule, "tier": _tier, "red_flag": _red_flag,
    "note_type": _note_type,
}  # fmt: skip


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
