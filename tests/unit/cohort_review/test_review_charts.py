"""Charts: the right notes with the right findings, offsets found again on a page, and what is refused."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from popliteal.cli import app
from popliteal.cohort.folder import open_cohort
from popliteal.cohort.review.charts import Charts, PatientChart
from popliteal.cohort.review.marking import Shown, note_text, offset_of
from popliteal.cohort.review.texts import batch_of, read_texts
from popliteal.cohort.review.timeline import Lane, Point, between, draw
from popliteal.cohort.review.why import criteria_of, judge
from popliteal.errors import SourceError
from popliteal.explaining.spans import visible
from popliteal.running.batch import Settings, run
from popliteal.running.sources import Options, open_source
from support.cohorts import HOSTILE, make_cohort


def charts_of(cohort: Path, patients: list[str], where: str | None = None) -> Charts:
    opened = open_cohort(cohort)
    batch = batch_of(opened)
    return Charts(opened, batch, read_texts(batch, patients, where))


def test_a_chart_has_all_notes_by_date_with_their_findings(demo_cohort: Path) -> None:
    rows = pq.read_table(demo_cohort.parent / "tables" / "findings").to_pylist()
    patients = sorted({row["patient_id"] for row in rows})
    charts = charts_of(demo_cohort, patients)
    seen = 0
    for patient in patients:
        chart = charts.chart(patient)
        days = [note.note.note_date or "9" for note in chart.notes]
        assert days == sorted(days)
        for note in chart.notes:
            assert all(item.text == note.note.text[item.start : item.end] for item in note.findings)
            assert note.decided["note_id"] == note.note.note_id
            seen += len(note.findings)
    assert seen == len(rows)


def test_evidence_leads_to_its_words(demo_cohort: Path) -> None:
    evidence = pq.read_table(demo_cohort / "evidence.parquet").to_pylist()
    charts = charts_of(demo_cohort, sorted({row["patient_id"] for row in evidence}))
    for row in evidence:
        chart = charts.chart(row["patient_id"])
        assert any(
            item.words == row["text"]
            and item.note is not None
            and chart.notes[item.note].note.note_id == row["note_id"]
            for item in chart.evidence
        )


def test_notes_that_share_an_id(tmp_path: Path) -> None:
    notes = tmp_path / "notes.csv"
    rows = [
        ("1", "p", "2024-01-01", "Left foot drop."),
        ("1", "p", "2024-02-01", "Denies numbness. Right foot drop since Monday."),
        ("1", "q", "2024-02-01", "Right foot drop."),
        ("2", "p", "", "Left foot drop."),
        ("1", "p", "2024-01-01", "Left foot drop."),
    ]
    with notes.open("w", newline="") as file:
        csv.writer(file).writerows([("note_id", "patient_id", "note_date", "text"), *rows])
    run(open_source(str(notes)), tmp_path / "tables", Settings())
    cohort = make_cohort(tmp_path / "tables", notes, tmp_path / "cohort")
    chart = charts_of(cohort, ["p"]).chart("p")
    assert [(note.note.note_date, note.copy, len(note.findings)) for note in chart.notes] == [
        ("2024-01-01", 0, 1), ("2024-01-01", 2, 1), ("2024-02-01", 1, 2), (None, 0, 1),
    ]  # fmt: skip


def test_the_input_may_move_and_be_packed_but_not_change(demo_cohort: Path, tmp_path: Path) -> None:
    source = demo_cohort.parent / "notes.csv"
    packed = tmp_path / "elsewhere.csv.gz"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    assert charts_of(demo_cohort, ["hostile"], str(packed)).chart("hostile").notes[0].note.text == HOSTILE
    changed = tmp_path / "changed.csv"
    changed.write_text(
        source.read_text(encoding="utf-8").replace("Left foot drop", "Right foot drop", 1), encoding="utf-8"
    )
    with pytest.raises(SourceError, match=r"other notes .* --notes"):
        charts_of(demo_cohort, ["hostile"], str(changed))
    with pytest.raises(SourceError, match="no such file"):
        charts_of(demo_cohort, ["hostile"], str(tmp_path / "none.csv"))


def edit(cohort: Path, **values: object) -> None:
    path = cohort / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "the batch has gone": (
        lambda cohort: edit(cohort, batch=str(cohort / "none")),
        "batch of this cohort is not there",
    ),
    "another batch": (lambda cohort: edit(cohort, batch_digest="0" * 64), "holds another batch"),
    "no cohort": (lambda cohort: (cohort / "manifest.json").unlink(), "is no cohort"),
    "not finished": (lambda cohort: edit(cohort, complete=False), "was not finished"),
    "no criteria": (lambda cohort: (cohort / "criteria.yaml").write_text("- none"), "criteria.yaml: cannot be read"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_reviewed_says_why(cohort: Path, case: str) -> None:
    spoil, message = REFUSED[case]
    spoil(cohort)
    with pytest.raises(SourceError, match=message):
        (charts_of(cohort, ["hostile"]), criteria_of(open_cohort(cohort)))


def test_notes_that_were_piped_in_have_to_be_named(tmp_path: Path) -> None:
    notes = tmp_path / "notes.jsonl"
    notes.write_text('{"id": "1", "who": "p", "body": "Left foot drop."}\n')
    options = Options(columns={"text": "body", "patient_id": "who"})
    run(open_source(str(notes), options), tmp_path / "tables", Settings())
    gone = notes.rename(tmp_path / "moved.jsonl")
    cohort = make_cohort(tmp_path / "tables", notes, tmp_path / "cohort")
    with pytest.raises(SourceError, match="--notes"):
        charts_of(cohort, ["p"])
    chart = charts_of(cohort, ["p"], str(gone)).chart("p")
    assert chart.notes[0].findings[0].text == "foot drop"


# ---------- why
def test_each_criterion_is_judged(demo_cohort: Path) -> None:
    patients = {row["patient_id"]: row for row in pq.read_table(demo_cohort / "patients.parquet").to_pylist()}
    charts = charts_of(demo_cohort, list(patients))
    criteria = criteria_of(open_cohort(demo_cohort))
    seen = set()
    for patient, row in patients.items():
        states = {item.criterion.id: (item.state, item.kind) for item in judge(charts.chart(patient), criteria)}
        assert list(states) == ["index", "adult", "asked_and_denied"]
        match row["verdict"], row["near_miss"]:
            case "included", _:
                assert states["index"] == ("met", "met")
            case "uncertain", _:
                assert states["index"] == ("uncertain, so the patient is", "unclear")
            case _, True:
                assert states["asked_and_denied"] == ("applies, so excluded", "decided")
            case _:
                assert states["index"] == ("not met, so excluded", "decided")
        seen.add((row["verdict"], row["near_miss"]))
    assert len(seen) == 4


SHIPPED = [
    "peroneal_after_knee", "suspected_cauda_equina", "lumbar_radiculopathy_l4_s1", "diabetic_neuropathy_with_knee_oa",
    "foot_drop_any", "hot_swollen_knee",
]  # fmt: skip


@pytest.mark.parametrize("criteria", SHIPPED)
def test_what_popliteal_screen_leaves_can_be_reviewed(demo_cohort: Path, tmp_path: Path, criteria: str) -> None:
    """Every patient of a real screen: all evidence is found in its note, and what decided is shown as what decided."""
    tables, out = demo_cohort.parent / "tables", tmp_path / "cohort"
    command = ["screen", str(tables), "--criteria", criteria, "--out", str(out), "--quiet"]
    assert CliRunner().invoke(app, command, catch_exceptions=False).exit_code == 0
    opened = open_cohort(out)
    patients = opened.patients().to_pylist()
    charts = charts_of(out, [row["patient_id"] for row in patients])
    known = criteria_of(opened)
    kinds = set()
    for row in patients:
        chart = charts.chart(row["patient_id"])
        assert all(item.note is not None for item in chart.evidence)
        judged = {item.criterion.id: item.kind for item in judge(chart, known)}
        assert set(judged) == {item.id for item in known}
        if row["verdict"] == "included":
            assert set(judged.values()) == {"met"}
        else:
            assert judged[row["reason"]] == ("decided" if row["verdict"] == "excluded" else "unclear")
        kinds.add(row["verdict"])
    assert {"included", "excluded"} <= kinds


# ---------- on the page
def test_markup_in_a_note_is_text(demo_cohort: Path) -> None:
    chart: PatientChart = charts_of(demo_cohort, ["hostile"]).chart("hostile")
    html = note_text(chart.notes[0], Shown({}, {}))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert "&amp;lt;i&amp;gt;" in html
    assert 'class="code" title="invisible character">U+202E<' in html


PAGE = st.text(st.sampled_from("ab\r\n\u202e\u200b\x00é𝄞 "), max_size=30)


@given(PAGE, st.data())
def test_a_place_on_the_page_is_found_in_the_note(text: str, data: st.DataObject) -> None:
    page = "".join(part for _, part in visible(text))
    offsets = [offset_of(text, place) for place in range(len(page) + 1)]
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)
    place = data.draw(st.integers(0, len(page)))
    if place < len(page) and page[place] in "abé𝄞 " and "U+" not in page[max(0, place - 6) : place + 1]:
        assert text[offset_of(text, place)] == page[place]


# ---------- the course
def test_the_course_in_lanes() -> None:
    lanes = [
        Lane("Notes", (Point("2024-01-01", "note", "a", "#a"), Point(None, "note", "b", "#b"))),
        Lane("<Drop>", (Point("2024-03-01", "event certain", '"x" <b>', "#c"),)),
    ]
    drawn = draw(lanes, "2024-02-01")
    assert [lane.label for lane in drawn] == ["Notes", "<Drop>", ""]
    assert drawn[0].svg.count("<circle") == 1
    assert '<circle class="dot note" cx="3.00%"' in drawn[0].svg
    assert 'cx="97.00%"' in drawn[1].svg
    assert "<b>" not in drawn[1].svg
    assert "index 2024-02-01" in drawn[2].svg
    assert draw([Lane("Notes", (Point(None, "note", "b", "#b"), Point("soon", "note", "c", "#c")))], None) == []


DAYS = st.dates().map(lambda day: day.isoformat())


@given(st.lists(st.one_of(st.none(), DAYS), max_size=6), st.one_of(st.none(), DAYS))
def test_any_days_can_be_drawn(days: list[str | None], index: str | None) -> None:
    drawn = draw([Lane("Notes", tuple(Point(day, "note", "x", "#x") for day in days))], index)
    assert bool(drawn) == any([*days, index])
    if drawn:
        assert drawn[-1].svg.count("<text") <= 8
        assert drawn[0].svg.count("<circle") == sum(day is not None for day in days)


def test_days_between() -> None:
    assert between("2024-01-01", "2024-01-13") == "12 days after"
    assert between("2024-01-02", "2024-01-01") == "1 day before"
    assert between("2024-01-02", "2024-01-02") == "same day"
    assert between(None, "2024-01-02") is None
    assert between("2024-01-02", "in May") is None
