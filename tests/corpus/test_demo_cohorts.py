"""The six shipped criteria on the demo, from notes to cohort: every patient's verdict against the gold table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from popliteal.cohort.folder import Cohort
from popliteal.running.batch import Settings, run
from popliteal.running.sources import Options, open_source
from support.screened import by_patient, screened

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "corpora" / "demo"
MEASURED = yaml.safe_load((Path(__file__).parent / "cohorts.yaml").read_text(encoding="utf-8"))
CRITERIA = {file.stem: file for file in sorted((ROOT / "patterns" / "cohorts").glob("*.yaml"))}
Row = dict[str, str]

pytestmark = pytest.mark.xdist_group("demo_cohorts")  # the demo is read once


def gold(cohort: str) -> dict[str, Row]:
    """The gold rows of one cohort by patient."""
    with (DEMO / "gold.csv").open(encoding="utf-8", newline="") as handle:
        return {row["patient_id"]: row for row in csv.DictReader(handle) if row["cohort"] == cohort}


def expected(row: Row) -> str:
    """The verdict that a status of the gold table asks for."""
    return {"in": "included", "uncertain": "uncertain"}.get(row["status"], "excluded")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "tables"
    run(open_source(str(DEMO / "notes.csv"), Options(), None), folder, Settings())
    return folder


@pytest.fixture(scope="module")
def cohorts(tables: Path) -> dict[str, Cohort]:
    people = DEMO / "patients.csv"
    return {name: screened(tables, file, tables.parent / name, people=people) for name, file in CRITERIA.items()}


def test_every_definition_has_gold() -> None:
    assert set(CRITERIA) == set(MEASURED)
    assert all(gold(name) for name in CRITERIA)


@pytest.mark.parametrize("name", CRITERIA)
def test_every_verdict_is_right(cohorts: dict[str, Cohort], name: str) -> None:
    answers = by_patient(cohorts[name])
    asked = gold(name)
    assert set(answers) == set(asked), "patients in are patients out"
    assert {p: answer["verdict"] for p, answer in answers.items()} == {p: expected(row) for p, row in asked.items()}


@pytest.mark.parametrize("name", CRITERIA)
def test_index_dates_and_sides(cohorts: dict[str, Cohort], name: str) -> None:
    answers = by_patient(cohorts[name])
    both = [(row, answers[p]) for p, row in gold(name).items() if expected(row) == answers[p]["verdict"] == "included"]
    dates = sum(row["index_date"] == answer["index_date"] for row, answer in both)
    sides = sum(row["side"] == answer["side"] for row, answer in both)
    assert dates >= MEASURED[name]["dates"]
    assert sides >= MEASURED[name].get("sides", 0)


@pytest.mark.parametrize("name", CRITERIA)
def test_in_and_near_miss_are_enough_to_show_it(name: str) -> None:
    statuses = [row["status"] for row in gold(name).values()]
    assert statuses.count("in") >= 15
    assert statuses.count("near_miss") >= 6


@pytest.mark.parametrize("name", CRITERIA)
def test_every_included_patient_has_evidence_in_a_note(cohorts: dict[str, Cohort], name: str) -> None:
    with (DEMO / "notes.csv").open(encoding="utf-8", newline="") as handle:
        notes = {row["note_id"]: row for row in csv.DictReader(handle)}
    rows = cohorts[name].evidence().to_pylist()
    index = {row["patient_id"] for row in rows if row["role"] == "index"}
    assert {p for p, row in by_patient(cohorts[name]).items() if row["verdict"] == "included"} <= index
    for row in rows:
        note = notes[row["note_id"]]
        assert note["patient_id"] == row["patient_id"]
        assert row["text"] is None or note["text"][row["start"] : row["end"]] == row["text"]


def test_the_report_quotes_what_a_hypothesis_rests_on(cohorts: dict[str, Cohort]) -> None:
    page = (cohorts["peroneal_after_knee"].folder / "report.html").read_text(encoding="utf-8")
    row = page.split('dir="auto">077657</th>')[1].split("</tr>")[0]
    first = row.split("</li>")[0]
    assert "<b>common peroneal</b>" in first
    assert '<q dir="auto">foot is flopping</q>' in first


def test_a_patients_age_comes_from_the_table_beside(cohorts: dict[str, Cohort]) -> None:
    row = by_patient(cohorts["peroneal_after_knee"])["077657"]
    assert row["age"] == 59, "the note says 59M"
