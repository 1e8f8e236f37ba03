"""``popliteal.summarise``: findings, strength, urgency and hypotheses over the notes of a patient."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import popliteal
from popliteal.cohort.over_time import PatientSummary, summarise
from popliteal.errors import PatternError, SourceError
from popliteal.running.tables import SCHEMAS
from support.batch_tables import N, f, write_batch
from support.shorthand import decisions, finding

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = yaml.load((HERE / "over_time.yaml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - strings only
TABLES = ("findings", "strength", "urgency", "hypotheses")
Row = dict[str, Any]


def said(given: str | Row) -> Row:
    """One finding of the shorthand as a row of the table."""
    more = dict(given) if isinstance(given, dict) else {"is": given}
    row = finding(more.pop("is")) | more
    return f(row.pop("concept"), row.pop("laterality", "unspecified"), **row)


def tables(notes: list[N]) -> SimpleNamespace:
    """What ``popliteal.extract`` would give of these notes."""
    out: dict[str, list[Row]] = {"notes": [], "findings": [], "hypotheses": []}
    for number, note in enumerate(notes):
        keys = {"note_id": note.id or f"n{number}", "patient_id": note.patient, "note_date": note.day}
        out["notes"].append({**keys, "urgency": note.urgency, "urgency_rules": list(note.rules)})
        out["findings"] += [{**keys, "finding_id": at, **row} for at, row in enumerate(note.found)]
        out["hypotheses"] += [
            {**keys, "side": side, "rank": rank, "hypothesis": name, "grade": grade, "score": 9.0 - rank}
            for rank, (name, side, grade) in enumerate(note.hypotheses, start=1)
        ]
    return SimpleNamespace(**{name: pd.DataFrame(rows, columns=SCHEMAS[name].names) for name, rows in out.items()})


def summary(notes: list[N]) -> PatientSummary:
    return summarise(tables(notes), decisions())


def rows(table: pd.DataFrame) -> list[Row]:
    """Rows with None for what is not known."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


def plain(value: object) -> object:
    """A cell as the cases write it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:g}" if isinstance(value, int | float) else str(value)


@pytest.mark.parametrize("name", CASES)
def test_courses(name: str) -> None:
    case = CASES[name]
    notes = [N("p", None if day == "-" else day, [said(one) for one in found]) for day, found in case["notes"].items()]
    told = summary(notes)
    got = {f"{row['finding']}/{row['side']}": row for row in rows(told.findings)}
    assert set(got) == set(case["findings"])
    for thread, expected in case["findings"].items():
        assert {column: plain(got[thread][column]) for column in expected} == expected, thread
    if "strength" in case:
        columns = ["side", "movement", "note_date", "mrc", "change"]
        measured = [[plain(row[column]) for column in columns] for row in rows(told.strength)]
        assert measured == [
            [plain(float(one)) if one.replace(".", "").isdigit() else one for one in row] for row in case["strength"]
        ]


def test_urgency_is_the_highest_and_when_it_was_reached_first() -> None:
    told = summary(
        [
            N("a", "2024-03-01", urgency="EMERGENCY", rules=["E05"], id="third"),
            N("a", "2024-01-01", urgency="SOON", id="first"),
            N("a", "2024-02-01", urgency="EMERGENCY", rules=["E01", "S02"], id="second"),
            N("a", "2024-04-01", urgency="NONE", id="fourth"),
            N("b", None, urgency="URGENT", rules=["U01"], id="undated"),
            N("b", "2024-01-01", urgency="ROUTINE", id="dated"),
            N(None, "2024-01-01", urgency="EMERGENCY", id="nobody"),
        ]
    )
    a, b = rows(told.urgency)
    assert (a["highest"], a["highest_on"], a["highest_note_id"]) == ("EMERGENCY", "2024-02-01", "second")
    assert (a["highest_rules"], a["highest_notes"], a["notes"]) == (["E01", "S02"], 2, 4)
    assert (a["first_note"], a["last_note"]) == ("2024-01-01", "2024-04-01")
    assert (a["last"], a["last_on"], a["last_note_id"]) == ("NONE", "2024-04-01", "fourth")
    assert (b["highest"], b["highest_on"], b["highest_note_id"]) == ("URGENT", None, "undated")
    assert (b["first_note"], b["last"]) == ("2024-01-01", "ROUTINE")
    assert told.left_out == 1


def test_changes_of_the_leading_hypothesis() -> None:
    peroneal, root = ("common_peroneal", "left", "possible"), ("l5_radiculopathy", "left", "likely")
    other = ("length_dependent_polyneuropathy", "bilateral", "likely")
    told = summary(
        [
            N("a", "2024-01-01", hypotheses=[root, peroneal, other], id="1"),
            N("a", "2024-02-01", hypotheses=[peroneal], id="2"),
            N("a", "2024-03-01", hypotheses=[("common_peroneal", "left", "likely"), root], id="3"),
            N("a", "2024-03-15", id="nothing of it"),
            N("a", None, hypotheses=[root], id="undated"),
            N("a", "2024-04-01", hypotheses=[root], id="4"),
        ]
    )
    left = [row for row in rows(told.hypotheses) if row["side"] == "left"]
    assert [(row["hypothesis"], row["previous"], row["grade"], row["notes"]) for row in left] == [
        ("l5_radiculopathy", None, "likely", 1),
        ("common_peroneal", "l5_radiculopathy", "likely", 2),
        ("l5_radiculopathy", "common_peroneal", "likely", 1),
    ]
    assert (left[1]["first_seen"], left[1]["last_seen"], left[1]["last_note_id"]) == ("2024-02-01", "2024-03-01", "3")
    (both,) = [row for row in rows(told.hypotheses) if row["side"] == "bilateral"]
    assert (both["first_seen"], both["last_seen"]) == ("2024-01-01", "2024-01-01")


def test_a_folder_of_batch_gives_what_its_tables_give(tmp_path: Path) -> None:
    notes = [
        N(
            "b",
            "2024-02-01",
            [f("foot_drop", "left", course="resolved")],
            [("common_peroneal", "left", "possible")],
            id="z",
        ),
        N("a", "2024-01-01", [f("back_pain"), f("diabetes")], id="y"),
        N("b", "2024-01-01", [f("foot_drop", "left")], [("common_peroneal", "left", "likely")], "x", urgency="URGENT"),
        N("a", "2024-03-01", [f("back_pain", assertion="absent")], id="w"),
        N(None, "2024-03-01", [f("back_pain")], [("cauda_equina", "left", "likely")], id="v", urgency="EMERGENCY"),
        N("b", None, [f("back_pain", assertion="family")], id="u"),
    ]
    folder = write_batch(tmp_path / "tables", notes, part_size=1)
    of_folder, of_tables = popliteal.summarise(folder), summary(notes)
    for name in TABLES:
        assert rows(getattr(of_folder, name)) == rows(getattr(of_tables, name)), name
    assert repr(of_folder) == "PatientSummary(patients=2, findings=2, strength=0, hypotheses=1, left_out=1)"


def test_words_of_notes_are_read_the_whole_way() -> None:
    texts = {
        "2024-01-02": "Left foot drop since Monday. Left ankle dorsiflexion 2/5.",
        "2024-04-02": "Foot drop has resolved. Left dorsiflexion 5/5.",
    }
    notes = [{"note_id": day, "patient_id": "p", "note_date": day, "text": text} for day, text in texts.items()]
    told = popliteal.summarise(popliteal.extract(notes))
    drop = next(row for row in rows(told.findings) if row["finding"] == "foot_drop")
    assert (drop["side"], drop["state"], drop["onset_date"], drop["resolved_on"]) == (
        "left", "resolved", "2024-01-01", "2024-04-02",
    )  # fmt: skip
    assert list(told.strength.mrc) == [2.0, 5.0]
    assert list(told.urgency.highest_on) == ["2024-01-02"]


@pytest.mark.parametrize(
    "notes", [[], [N(None, "2024-01-01", [f("foot_drop", "left")], [("sciatic", "left", "likely")])]]
)
def test_nothing_in_nothing_out(notes: list[N]) -> None:
    told = summary(notes)
    assert told.left_out == len(notes)
    for name in TABLES:
        assert getattr(told, name).empty, name
        assert "patient_id" in getattr(told, name).columns


@pytest.mark.parametrize("given", [5, [{"note_id": 1}], pd.DataFrame()], ids=lambda given: type(given).__name__)
def test_what_is_no_result_is_told(given: Any) -> None:
    with pytest.raises(SourceError, match="no result of popliteal"):
        popliteal.summarise(given)


def test_a_folder_that_is_none_and_a_table_that_lacks_a_column(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no tables of popliteal batch"):
        popliteal.summarise(tmp_path)
    lacking = tables([N("a", "2024-01-01")])
    lacking.findings = lacking.findings.drop(columns="course")
    with pytest.raises(SourceError, match="findings: has no column 'course'"):
        popliteal.summarise(lacking)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{label: x, side: one, find: [], source: [GK]}", "finds nothing"),
        ("{label: x, side: one, find: [{find: [foot_drop], new: 3}], source: [GK]}", "no qualifiers but site and text"),
        ("{label: x, side: one, find: [{find: [foot_dorp]}], source: [GK]}", "foot_dorp"),
        ("{label: x, side: one, movement: hopping, find: [{find: [foot_drop]}], source: [GK]}", "no action 'hopping'"),
        ("{label: x, side: two, find: [{find: [foot_drop]}], source: [GK]}", "side"),
    ],
)
def test_mistakes_in_key_findings_are_told(entry: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "key_findings.yaml").write_text(f"mine: {entry}\n", encoding="utf-8")
    with pytest.raises(PatternError, match=message):
        popliteal.summarise(tables([]), patterns=tmp_path)


def test_key_findings_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "key_findings.yaml").write_text(
        "sugar: {label: Diabetes, side: any, find: [{find: [diabetes]}], source: [GK]}\n", encoding="utf-8"
    )
    told = popliteal.summarise(tables([N("a", "2024-01-01", [f("diabetes")])]), patterns=tmp_path)
    assert list(told.findings.label) == ["Diabetes"]


LINES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "no ", "maybe ", "past "]),
    st.sampled_from(
        ["foot_drop", "numbness@foot", "sensation_normal", "ankle_dorsiflexion_weakness", "bladder_retention"]
    ),
    st.sampled_from(["", "/L", "/R", "/B"]),
    st.sampled_from(["", " days=4", " course=resolved", " course=improving", " value=3"]),
)
DAYS = st.sampled_from([None, "2024-01-01", "2024-01-02", "2024-02-01", "2024-03-01"])
CHARTS = st.lists(
    st.builds(
        N,
        st.sampled_from(["a", "b"]),
        DAYS,
        st.lists(LINES.map(said), max_size=4),
        urgency=st.sampled_from(["NONE", "SOON", "EMERGENCY"]),
    ),
    max_size=8,
).map(lambda notes: [_named(note, number) for number, note in enumerate(notes)])


def _named(note: N, number: int) -> N:
    note.id = f"n{number}"
    return note


@settings(max_examples=40)
@given(chart=CHARTS, seed=st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(chart: list[N], seed: Any) -> None:
    mixed = chart[:]
    seed.shuffle(mixed)
    one, other = summary(chart), summary(mixed)
    for name in TABLES:
        assert rows(getattr(one, name)) == rows(getattr(other, name)), name


@settings(max_examples=40)
@given(chart=CHARTS)
def test_sides_are_alike(chart: list[N]) -> None:
    swap = {"left": "right", "right": "left"}

    def turned(row: Row, column: str) -> Row:
        return row | {column: swap.get(row[column], row[column])}

    other = [N(note.patient, note.day, [turned(row, "laterality") for row in note.found], id=note.id) for note in chart]

    def key(row: Row) -> tuple[str, str, str]:
        return row["patient_id"], row["finding"], row["side"]

    expected = [turned(row, "side") for row in rows(summary(chart).findings)]
    assert sorted(rows(summary(other).findings), key=key) == sorted(expected, key=key)


@settings(max_examples=40)
@given(chart=CHARTS)
def test_dates_are_in_order_and_what_is_there_last_is_not_over(chart: list[N]) -> None:
    for row in rows(summary(chart).findings):
        if row["first_seen"]:
            assert row["first_seen"] <= row["last_seen"]
            assert row["notes"] >= 1
        if row["resolved_on"] and row["last_seen"]:
            assert row["resolved_on"] > row["last_seen"]
        assert (row["resolved_on"] is not None) <= (row["state"] == "resolved")
        assert row["returned"] == 0 or row["notes"] >= 2


@settings(max_examples=40)
@given(chart=CHARTS)
def test_no_emergency_is_lost(chart: list[N]) -> None:
    told = {row["patient_id"]: row["highest"] for row in rows(summary(chart).urgency)}
    for note in chart:
        if note.urgency == "EMERGENCY":
            assert told[str(note.patient)] == "EMERGENCY"
