"""The flow in numbers and as a figure, and who was found by group."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from popliteal.cohort import folder
from popliteal.cohort.flow import make_flow
from support.batch_tables import N, f, write_batch
from support.screened import definition, screened, write_criteria

BODY = """
index:
  label: "Foot drop & <weakness>"
  any: [{find: [foot_drop]}]
  washout: 30
include:
  adult: {label: Adult, age: {min: 18}}
exclude:
  stroke: {label: Stroke, any: [{find: [dx_stroke]}]}
"""
DROP = f("foot_drop", "left")
RISK = f("diabetes", category="cause_risk")
PERONEAL = [("common_peroneal", "left", "likely")]
NOTES = [
    N("a", "2023-01-01", [DROP, RISK], PERONEAL, born="1970-01-01", urgency="URGENT"),
    N("b", "2024-01-01", [DROP], born="1985-01-01"),
    N("c", "2024-01-01", [DROP]),
    N("d", "2024-01-01", [DROP], born="2020-01-01"),
    N("e", "2024-01-01", [DROP, f("dx_stroke")], born="1970-01-01"),
    N("f", "2024-01-01"),
]


@pytest.fixture
def cohort(tmp_path: Path) -> folder.Cohort:
    return screened(write_batch(tmp_path / "b", NOTES), write_criteria(tmp_path, BODY), tmp_path / "c")


def test_the_flow_as_a_table(cohort: folder.Cohort) -> None:
    with (cohort.folder / folder.FLOW_CSV).open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["role"] != "notes"]
    numbers = {
        row["step"]: tuple(int(row[key]) for key in ("before", "excluded", "uncertain", "after")) for row in rows
    }
    assert numbers == {
        "index": (6, 1, 0, 5), "adult": (5, 1, 1, 3), "washout": (3, 0, 0, 3), "stroke": (3, 1, 0, 2),
        "included": (2, 0, 0, 2),
    }  # fmt: skip


def test_the_figure_holds_every_number_as_text(cohort: folder.Cohort) -> None:
    svg = (cohort.folder / folder.FLOW_SVG).read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own figure
    assert root.get("role") == "img"
    said = " ".join("".join(root.itertext()).split())
    assert said.startswith("Flow of 6 patients: 2 included, 1 uncertain, 3 excluded")
    assert "Without: Foot drop & <weakness>" in said
    boxes = [int(number) for number in re.findall(r"\(n = (\d+)\)", said)]
    assert boxes == [6, 6, 1, 5, 1, 1, 3, 0, 1, 2], (
        "rows, patients, then what each step took and left, and the included"
    )
    height = float(str(root.get("height")))
    frames = root.iter("{http://www.w3.org/2000/svg}rect")
    ends = [float(str(box.get("y"))) + float(str(box.get("height"))) for box in frames]
    assert max(ends) < height
    assert ends == sorted(ends), "one below the other"


def test_who_was_found(cohort: folder.Cohort) -> None:
    summary = json.loads((cohort.folder / folder.SUMMARY_JSON).read_text(encoding="utf-8"))
    assert {group: found["included"] for group, found in summary.items()} == {
        "year": {"2023": 1, "2024": 1}, "hypothesis": {"common_peroneal": 1, "unknown": 1}, "cause": {"diabetes": 1},
        "urgency": {"ROUTINE": 1, "URGENT": 1}, "side": {"left": 2}, "age": {"30-39": 1, "50-59": 1},
    }  # fmt: skip
    assert summary["age"]["uncertain"] == {"unknown": 1}
    with (cohort.folder / folder.SUMMARY_CSV).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {"verdict": "included", "group": "year", "value": "2023", "patients": "1"} in rows


def test_patients_lost_on_the_way_are_an_error(cohort: folder.Cohort, tmp_path: Path) -> None:
    shorter = cohort.patients().slice(1)
    with pytest.raises(AssertionError, match="patients in 6"):
        make_flow(definition(tmp_path / "x.yaml").cohort, shorter, cohort.manifest.counts)


def test_the_report_names_what_reproduces_it(cohort: folder.Cohort) -> None:
    page = (cohort.folder / folder.REPORT).read_text(encoding="utf-8")
    manifest = cohort.manifest
    for fact in (manifest.criteria["sha256"], manifest.batch_digest, manifest.versions["pipeline"], manifest.as_of):
        assert fact in page
    assert "CASE WHEN" in page, "the SQL"
    assert "none in the 30 days before" in page
    assert [name in page for name in ('lang="en"', "<h1>", 'scope="row"', "Skip to")] == [True] * 4
