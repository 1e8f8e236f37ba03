"""The report of a screening: one page for the appendix of a study. It needs no script and no network."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.cohort.flow import NOTE_LOSSES, Flow, FlowStep, flow_svg
from popliteal.cohort.folder import CohortManifest
from popliteal.cohort.sql import Step
from popliteal.cohort.summary import GROUPS, Summary
from popliteal.explaining.markup import Child, Html, document, tag
from popliteal.knowledge.cohorts import Cohort

#: The lists of patients, and how many each shows; all are in the tables.
LISTS = {
    "included": "Included patients",
    "uncertain": "Uncertain: a person has to decide",
    "near_miss": "Near misses: excluded by one criterion alone",
}
LISTED = {"included": 200, "uncertain": 200, "near_miss": 50}
#: So many pieces of evidence are shown for each criterion and patient.
SHOWN = 3

Row = dict[str, Any]
#: The steps of the flow by their id.
Asked = Mapping[str, FlowStep]


@dataclass(frozen=True)
class Lists:
    """The tables of the cohort folder, and ``supporting``: the places that hypotheses among the evidence rest on, as
    patient_id, note_id, what, laterality, span_start, span_end, words."""

    patients: pa.Table
    evidence: pa.Table
    supporting: pa.Table


def render_report(
    manifest: CohortManifest,
    cohort: Cohort,
    flow: Flow,
    summary: Summary,
    lists: Lists,
    steps: Sequence[Step],
) -> str:
    """The page of a cohort, as a whole HTML document."""
    sheet = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    asked = {step.id: step for step in flow.steps}
    return document(
        f"{cohort.name} · popliteal screen",
        sheet,
        tag("a", {"class": "skip", "href": "#flow"}, "Skip to the flow of patients"),
        _header(manifest, cohort, flow),
        tag(
            "main",
            None,
            _criteria(cohort),
            _flow(flow),
            _summary(summary),
            [_patients(name, lists, asked) for name in LISTS],
            _reproduce(manifest, steps),
        ),
        tag("footer", None, tag("p", None, NOT_A_REVIEW)),
        scheme="light",
    )


NOT_A_REVIEW = (
    "Made by rules from what notes say; a patient is in it for the words shown, and may still be wrong. Estimate "
    "how often by chart review before it is used."
)
_TILES = (("patients", "screened"), ("included", "included"), ("uncertain", "uncertain"), ("excluded", "excluded"))


def _header(manifest: CohortManifest, cohort: Cohort, flow: Flow) -> Html:
    numbers = {"patients": flow.counts["patients"], **flow.verdicts}
    tiles = [
        tag("div", {"class": f"tile {key}"}, tag("dt", None, word), tag("dd", None, f"{numbers[key]:,}"))
        for key, word in _TILES
    ]
    return tag(
        "header",
        None,
        tag("p", {"class": "brand"}, "popliteal screen"),
        tag("h1", None, cohort.name),
        tag("p", {"class": "lead"}, cohort.description),
        tag("dl", {"class": "tiles"}, tiles),
        tag(
            "p",
            {"class": "soft"},
            f"{flow.counts['notes']:,} notes from {_name(manifest.source)}; {_dated(manifest.as_of)}.",
        ),
    )


def _dated(as_of: str) -> str:
    return f"notes dated after {as_of} count as undated" if as_of else "dates are shifted, none counts as in the future"


def _section(name: str, title: str, *children: Child) -> Html:
    return tag(
        "section", {"id": name, "aria-labelledby": f"h-{name}"}, tag("h2", {"id": f"h-{name}"}, title), *children
    )


def _criteria(cohort: Cohort) -> Html:
    index = cohort.index
    rules = [
        None
        if index.washout is None
        else f"none in the {index.washout} days before"
        if index.washout != "ever"
        else "the first ever",
        None if index.dates is None else f"from {index.dates.first or 'any time'} to {index.dates.last or 'any time'}",
        "the first of several" if index.which == "first" else "of several, the first that meets every criterion",
    ]
    rows = [_criterion("index", "Index event", index.label, "; ".join(filter(None, rules)))]
    for role, name, one in cohort.criteria:
        rows.append(_criterion(name, role.capitalize(), one.label, one.why or ""))
    return _section("criteria", "Criteria", _table(("", "criterion", "what is asked", "note"), rows, "Criteria"))


def _criterion(name: str, role: str, label: str, note: str) -> Html:
    return tag(
        "tr",
        None,
        tag("td", None, tag("span", {"class": f"role {role.split()[0].lower()}"}, role)),
        tag("th", {"scope": "row"}, tag("code", None, name)),
        tag("td", None, label),
        tag("td", {"class": "soft"}, note),
    )


def _flow(flow: Flow) -> Html:
    counts = flow.counts
    losses = [
        tag("tr", None, tag("th", {"scope": "row"}, label), *_numbers("", counts[name], "", ""))
        for name, label in NOTE_LOSSES.items()
    ]
    rows = [
        tag(
            "tr",
            None,
            tag("th", {"scope": "row"}, step.label),
            *_numbers(step.before, step.excluded, step.uncertain, step.after),
        )
        for step in flow.steps
    ]
    more = (
        f"Undated notes: {counts['notes_undated']:,}; dated in the future: {counts['notes_in_the_future']:,}. "
        "Failed rows have no patient id, so a patient of whom every note failed is not among the screened."
    )
    return _section(
        "flow",
        "Flow of patients",
        tag("figure", {"class": "figure"}, Html(flow_svg(flow))),
        tag(
            "details",
            None,
            tag("summary", None, "The flow as a table"),
            _table(("", "before", "excluded", "uncertain", "after"), rows, "Flow of patients", number=True),
            _table(("notes left out", "", "notes", "", ""), losses, "Notes left out", number=True),
        ),
        tag("p", {"class": "soft"}, more),
    )


def _numbers(*values: int | str) -> list[Html]:
    return [tag("td", {"class": "n"}, value if isinstance(value, str) else f"{value:,}") for value in values]


def _table(head: Sequence[str], rows: Iterable[Html], label: str, *, number: bool = False) -> Html:
    cells = [
        tag("th", {"scope": "col", "class": "n" if number and index else None}, name) if name else tag("td")
        for index, name in enumerate(head)
    ]
    body = tag("table", None, tag("thead", None, tag("tr", None, cells)), tag("tbody", None, rows))
    return tag("div", {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": label}, body)


def _summary(summary: Summary) -> Html:
    cards = [_bars(group, summary[group]) for group in GROUPS if any(summary[group].values())]
    if not cards:
        return _section("summary", "Who was found", tag("p", {"class": "soft"}, "Nobody."))
    key = [tag("i", {"class": "key sure"}), " included ", tag("i", {"class": "key maybe"}), " + uncertain"]
    legend = tag("p", {"class": "soft"}, "Patients: ", key)
    return _section("summary", "Who was found", legend, tag("div", {"class": "cards"}, cards))


def _bars(group: str, verdicts: dict[str, dict[str, int]]) -> Html:
    included, uncertain = verdicts["included"], verdicts["uncertain"]
    values = list(dict.fromkeys([*included, *uncertain]))
    if group in {"year", "age"}:
        values.sort()
    most = max((included.get(v, 0) + uncertain.get(v, 0) for v in values), default=1)
    rows = []
    for value in values[:12]:
        sure, maybe = included.get(value, 0), uncertain.get(value, 0)
        steps = [
            tag("i", {"class": f"w{round(100 * number / most)} {kind}"})
            for number, kind in ((sure, "sure"), (maybe, "maybe"))
        ]
        said = f"{sure:,}" + (f" + {maybe:,}" if maybe else "")
        rows.append(
            tag(
                "tr",
                None,
                tag("th", {"scope": "row"}, value.replace("_", " ")),
                tag("td", {"class": "n"}, said),
                tag("td", {"class": "bar", "aria-hidden": "true"}, steps),
            )
        )
    note = f"and {len(values) - 12} more in summary.csv" if len(values) > 12 else None
    title = {"cause": "cause or risk in the index note", "urgency": "urgency of the index note"}.get(group, group)
    caption = tag("caption", None, title)
    return tag(
        "div",
        {"class": "card"},
        tag("table", None, caption, tag("tbody", None, rows)),
        tag("p", {"class": "soft"}, note) if note else None,
    )


def _patients(name: str, lists: Lists, asked: Asked) -> Html:
    title = LISTS[name]
    every = lists.patients
    chosen = every.filter(every["near_miss"] if name == "near_miss" else pc.equal(every["verdict"], name))
    order = [("index_date", "ascending"), ("patient_id", "ascending")]
    rows = chosen.sort_by(order).slice(0, LISTED[name]).to_pylist()
    if not rows:
        return _section(name, title, tag("p", {"class": "soft"}, "None."))
    ids = pa.array([row["patient_id"] for row in rows], pa.string())
    by_patient: dict[str, list[Row]] = defaultdict(list)
    for row in _with_words(lists, ids):
        by_patient[row["patient_id"]].append(row)
    listed = [_patient(row, by_patient[row["patient_id"]], asked) for row in rows]
    more = (
        f"The first {len(rows):,} of {chosen.num_rows:,} by index date; all are in patients.parquet."
        if chosen.num_rows > len(rows)
        else f"{chosen.num_rows:,} {'patient' if chosen.num_rows == 1 else 'patients'}, by index date."
    )
    head = ("patient", "index date", "side", "age", "evidence")
    return _section(name, title, tag("p", {"class": "soft"}, more), _table(head, listed, title))


def _with_words(lists: Lists, ids: pa.Array) -> list[Row]:
    """The evidence of these patients; ``words`` are what a finding, or the findings of a hypothesis, are said with."""
    places: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in lists.supporting.filter(pc.is_in(lists.supporting["patient_id"], ids)).to_pylist():
        places[row["patient_id"], row["note_id"], row["what"], row["laterality"]].append(row)
    rows: list[Row] = lists.evidence.filter(pc.is_in(lists.evidence["patient_id"], ids)).to_pylist()
    for row in rows:
        found = places[row["patient_id"], row["note_id"], row["what"], row["laterality"]]
        said = [one["words"] for one in sorted(found, key=lambda one: one["span_start"])]
        row["words"] = [row["text"]] if row["text"] else list(dict.fromkeys(filter(None, said)))[:SHOWN]
    return rows


def _patient(row: Row, evidence: list[Row], asked: Asked) -> Html:
    by_criterion: dict[str, list[Row]] = defaultdict(list)
    for one in evidence:
        by_criterion[one["criterion"]].append(one)
    groups = [
        tag(
            "div",
            {"class": "because"},
            tag("span", {"class": "crit", "title": asked[name].label}, name.replace("_", " ")),
            tag("ul", None, [_piece(one) for one in by_criterion[name][:SHOWN]], _more(by_criterion[name])),
        )
        for name in asked
        if name in by_criterion
    ]
    if row["reason"]:
        certain = "Excluded by" if asked[row["reason"]].role == "exclude" else "Not found"
        said = "Undecided" if row["verdict"] == "uncertain" else certain
        groups.insert(0, tag("p", {"class": "reason"}, f"{said}: {asked[row['reason']].label}"))
    return tag(
        "tr",
        None,
        tag("th", {"scope": "row", "dir": "auto"}, row["patient_id"]),
        tag("td", {"class": "date"}, row["index_date"] or ("unknown" if row["side"] else "none")),
        tag("td", None, row["side"] or ""),
        tag("td", {"class": "n"}, "" if row["age"] is None else str(row["age"])),
        tag("td", None, groups),
    )


def _more(pieces: list[Row]) -> Html | None:
    left = len(pieces) - SHOWN
    return tag("li", {"class": "soft"}, f"and {left} more") if left > 0 else None


def _piece(one: Row) -> Html:
    place = f" {one['start']}–{one['end']}" if one["start"] is not None else ""
    side = f", {one['laterality']}" if one["laterality"] in {"left", "right", "bilateral"} else ""
    doubt = " uncertain" if one["strength"] == "uncertain" else ""
    said = one["assertion"] if one["assertion"] not in {None, "present"} else ""
    what = (one["what"] or "").replace("_", " ")
    return tag(
        "li",
        {"class": f"piece{doubt}"},
        [tag("q", {"dir": "auto"}, words) for words in one["words"]],
        tag("b", None, what),
        f"{side}{f', {said}' if said else ''} ",
        tag("span", {"class": "soft"}, f"{one['note_date'] or 'undated'}, {one['note_id']}{place}"),
    )


def _reproduce(manifest: CohortManifest, steps: Sequence[Step]) -> Html:
    sql = "\n\n".join(f"-- {step.title}\n-- table: {step.name}\n{step.select}" for step in steps)
    facts = {
        "criteria": f"{manifest.criteria['id']}, SHA-256 {manifest.criteria['sha256']}",
        "tables": f"{manifest.batch}, SHA-256 of its manifest {manifest.batch_digest}",
        "notes": _name(manifest.source),
        "versions": ", ".join(f"{name} {value}" for name, value in manifest.versions.items()),
        "engine": manifest.engine,
        "as of": manifest.as_of or "any day",
        "SQL": f"SHA-256 {hashlib.sha256(sql.encode()).hexdigest()}",
    }
    rows = [tag("div", None, tag("dt", None, name), tag("dd", None, value)) for name, value in facts.items()]
    return _section(
        "reproduce",
        "To reproduce it",
        tag("dl", {"class": "facts"}, rows),
        tag("details", None, tag("summary", None, "The SQL, step by step"), tag("pre", {"tabindex": "0"}, sql)),
    )


def _name(source: str) -> str:
    """What notes were read from, without the folders of this machine: the page is made to be passed on."""
    return source if "://" in source else re.split(r"[\\/]", source)[-1]
