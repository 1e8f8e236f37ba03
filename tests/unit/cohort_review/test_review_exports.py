"""The files of a review: CSV, REDCap's dictionary and import, Label Studio with the reviewers' corrections."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path
from xml.etree import ElementTree  # it reads a file that the program wrote

import pytest
from typer.testing import CliRunner

from popliteal.cli import app
from popliteal.cohort.folder import open_cohort
from popliteal.cohort.review.charts import Charts
from popliteal.cohort.review.review import prepare
from popliteal.cohort.review.store import REVIEWER, Adjudications, Mark
from popliteal.cohort.review.texts import batch_of, read_texts
from support.cohorts import HOSTILE

COMMENT = '=HYPERLINK("http://example.org"), "quoted"\nand a second line; naïve'


@pytest.fixture
def out(cohort: Path, tmp_path: Path) -> Path:
    """All exports of a review in which two charts were answered and the hostile note corrected."""
    opened, store = open_cohort(cohort), Adjudications(cohort)
    prepare(opened, store, 9_999)
    store.join("Zoë", REVIEWER)
    hostile = next(chart for chart in store.charts() if chart.patient_id == "hostile")
    other = next(chart for chart in store.charts() if chart.stratum == "near_miss")
    store.answer("Zoë", hostile.number, "reject")
    store.answer("Zoë", other.number, "unsure")
    store.comment("Zoë", hostile.number, COMMENT)
    batch = batch_of(opened)
    note = Charts(opened, batch, read_texts(batch, ["hostile"])).chart("hostile").notes[0]
    drop = next(item for item in note.findings if item.concept == "foot_drop")
    numb = next(item for item in note.findings if item.concept == "numbness")
    place = HOSTILE.index("quoted")
    for mark in (
        Mark("hostile-01", 0, drop.finding_id, drop.start, drop.end, "foot_drop", "assertion", "present", "possible"),
        Mark("hostile-01", 0, numb.finding_id, numb.start, numb.end, "numbness", "spurious"),
        Mark("hostile-01", 0, None, place, place + 6, "back_pain", "missed"),
    ):
        store.mark("Zoë", hostile.number, mark)
    store.close()
    folder = tmp_path / "out"
    forms = [item for form in ("csv", "redcap", "labelstudio") for item in ("--export", form)]
    result = CliRunner().invoke(app, ["review", str(cohort), *forms, "--to", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    assert "label_studio.json holds text of the notes" in result.stderr
    assert result.stdout == ""
    return folder


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))


def test_only_label_studio_holds_text_and_all_is_private(out: Path) -> None:
    assert {file.name for file in out.iterdir()} == {
        "adjudications.csv", "final.csv", "wrong_findings.csv", "estimates.csv", "redcap_dictionary.csv",
        "redcap_import.csv", "label_studio.json", "label_studio.xml",
    }  # fmt: skip
    for file in out.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert ("since Tuesday" in file.read_text(encoding="utf-8")) == (file.name == "label_studio.json")


def test_the_store_holds_no_text(out: Path, cohort: Path) -> None:
    for file in cohort.glob("adjudications*"):
        assert b"since Tuesday" not in file.read_bytes()
        assert b"ft foot drop" not in file.read_bytes()


def test_answers_with_stratum_and_weight(out: Path) -> None:
    first, second = sorted(rows(out / "adjudications.csv"), key=lambda row: row["answer"])
    assert (first["patient_id"], first["verdict"], first["belongs"]) == ("hostile", "included", "out")
    assert (first["weight"], first["wrong_findings"], first["reviewer"]) == ("1", "3", "Zoë")
    assert first["comment"] == "'" + COMMENT, "no formula in a spreadsheet, nothing else changed"
    assert (second["verdict"], second["stratum"], second["belongs"]) == ("excluded", "near_miss", "unsure")
    assert sum(row["answer"] != "" for row in rows(out / "final.csv")) == 2
    assert [row["mechanism"] for row in rows(out / "wrong_findings.csv")] == ["assertion", "spurious", "missed"]
    assert {row["measure"] for row in rows(out / "estimates.csv")} == {"PPV", "NPV", "sensitivity"}


def test_redcap_can_take_it(out: Path) -> None:
    """What REDCap asks of a dictionary and an import: known types, names, codes that the dictionary lists."""
    fields = rows(out / "redcap_dictionary.csv")
    assert len(fields[0]) == 18
    names = [field["Variable / Field Name"] for field in fields]
    assert names[0] == "record_id"
    assert all(name == name.lower() and name.replace("_", "").isalnum() for name in names)
    assert {field["Field Type"] for field in fields} <= {"text", "notes", "radio"}
    assert [field["Variable / Field Name"] for field in fields if field["Identifier?"] == "y"] == ["patient_id"]
    records = rows(out / "redcap_import.csv")
    assert list(records[0]) == [*names, "chart_review_complete"]
    codes = {
        field["Variable / Field Name"]: {
            choice.split(",")[0] for choice in field["Choices, Calculations, OR Slider Labels"].split(" | ")
        }
        for field in fields
        if field["Field Type"] == "radio"
    }
    for record in records:
        assert all(record[name] in allowed for name, allowed in codes.items())
        assert record["chart_review_complete"] == "2"
        assert len(record["answered_at"]) == 19
    assert len({record["record_id"] for record in records}) == 2


def test_label_studio_has_what_the_reviewer_corrected(out: Path) -> None:
    tasks = json.loads((out / "label_studio.json").read_text(encoding="utf-8"))
    task = next(task for task in tasks if task["data"]["note_id"] == "hostile-01")
    assert task["data"]["text"] == HOSTILE
    (annotation,) = task["annotations"]

    def spans(result: list[dict[str, object]]) -> dict[str, str]:
        found = {}
        for part in result:
            value = part["value"]
            assert isinstance(value, dict)
            if part["type"] == "labels":
                found[HOSTILE[value["start"] : value["end"]]] = value["labels"][0]
        return found

    assert spans(task["predictions"][0]["result"])["numbness"] == "numbness"
    corrected = spans(annotation["result"])
    assert (corrected["quoted"], corrected.get("numbness")) == ("back_pain", None)
    choices = [part["value"]["choices"] for part in annotation["result"] if part["type"] == "choices"]
    assert ["possible"] in choices
    assert ["out"] in choices
    config = ElementTree.fromstring((out / "label_studio.xml").read_text(encoding="utf-8"))  # noqa: S314  # ours
    labels = {label.get("value") for label in config.iter("Label")}
    assert {"foot_drop", "back_pain"} <= labels
    assert {element.get("name") for element in config.iter() if element.get("toName")} == {
        part["from_name"] for task in tasks for part in task["annotations"][0]["result"]
    }


def test_an_export_before_any_review_says_what_to_do(cohort: Path) -> None:
    result = CliRunner().invoke(app, ["review", str(cohort), "--export", "csv"])
    assert result.exit_code == 2
    assert "popliteal review" in result.stderr
    assert not (cohort / "exports").exists()
