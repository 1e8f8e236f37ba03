"""``popliteal screen`` as a program: what it says where, and its exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from popliteal.cli import app
from popliteal.cohort import folder
from support.batch_tables import N, f, write_batch
from support.screened import write_criteria

INDEX = "index:\n  label: Foot drop\n  any: [{find: [foot_drop]}]\n"
NOTES = [
    N("a", "2024-01-01", [f("foot_drop", "left", text="SECRET foot drop")]),
    N("b", "2024-01-01", [f("foot_drop", "left", assertion="possible")]),
    N("c", "2071-01-01"), N("d", None), N(None, "2024-01-01"),
]  # fmt: skip


def call(*args: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["screen", *map(str, args)])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return write_batch(tmp_path / "tables", NOTES, failed=1)


def test_it_tells_the_flow_on_standard_error_and_nothing_on_standard_output(tables: Path, tmp_path: Path) -> None:
    criteria = write_criteria(tmp_path, INDEX)
    code, out, err = call(tables, "--criteria", criteria, "--out", tmp_path / "c", "--as-of", "2025-01-01")
    assert (code, out) == (0, "")
    told = [line.strip() for line in err.splitlines()]
    assert "popliteal: notes without a patient id, left out: 1" in told
    assert "popliteal: notes without a date: 1" in told
    assert "popliteal: notes dated after 2025-01-01, counted as undated: 1" in told
    assert "4  patients screened" in told
    assert "-2  index: Foot drop (1 uncertain)" in told
    assert told[-4:-1] == ["1  included", "1  uncertain", "2  excluded"]
    assert "SECRET" not in err
    wanted = {
        folder.MANIFEST, folder.CRITERIA, folder.PATIENTS, folder.EVIDENCE, folder.FLOW_CSV, folder.FLOW_SVG,
        folder.SUMMARY_JSON, folder.SUMMARY_CSV, folder.REPORT,
    }  # fmt: skip
    assert {path.name for path in (tmp_path / "c").glob("[!.]*")} == wanted


def test_quiet_still_tells_problems(tables: Path, tmp_path: Path) -> None:
    args = (tables, "-c", write_criteria(tmp_path, INDEX), "-o", tmp_path / "c", "--quiet")
    code, out, err = call(*args)
    assert (code, out) == (0, "")
    assert "without a patient id" in err
    assert "screened" not in err


def test_the_definition_in_a_cohort_makes_the_same_cohort(tables: Path, tmp_path: Path) -> None:
    assert call(tables, "-c", "foot_drop_any", "-o", tmp_path / "c", "--as-of", "2025-01-01")[0] == 0
    again = tmp_path / "c" / folder.CRITERIA
    assert call(tables, "-c", again, "-o", tmp_path / "d", "--as-of", "2025-01-01")[0] == 0
    for name in (folder.PATIENTS, folder.EVIDENCE, folder.REPORT):
        assert (tmp_path / "c" / name).read_bytes() == (tmp_path / "d" / name).read_bytes()


def test_criteria_of_a_folder_of_patterns_are_known_by_their_id(tables: Path, tmp_path: Path) -> None:
    (tmp_path / "mine" / "cohorts").mkdir(parents=True)
    write_criteria(tmp_path / "mine" / "cohorts", INDEX)
    code, _, err = call(tables, "-c", "x", "-o", tmp_path / "c", "--patterns", tmp_path / "mine")
    assert (code, "1  included" in err) == (0, True)


def test_a_finished_cohort_stays_unless_fresh(tables: Path, tmp_path: Path) -> None:
    args = (tables, "-c", "foot_drop_any", "-o", tmp_path / "c")
    assert call(*args)[0] == 0
    code, _, err = call(*args)
    assert (code, "--fresh" in err) == (2, True)
    assert call(*args, "--fresh")[0] == 0


def test_show_sql_runs_over_views_of_the_tables(tables: Path) -> None:
    code, out, err = call(tables, "-c", "peroneal_after_knee", "--show-sql", "--as-of", "2025-01-01")
    assert (code, err) == (0, "")
    assert "-- Include knee_event: Surgery or injury of the same knee in the 90 days before" in out
    assert not (tables.parent / "c").exists()
    db = duckdb.connect()
    db.execute("CREATE MACRO unix_date(d) AS date_diff('day', DATE '1970-01-01', d)")
    db.execute("CREATE MACRO date_from_unix_date(n) AS DATE '1970-01-01' + CAST(n AS INTEGER)")
    spelled = 'EXCLUDE ("start", "end", text), "start" AS span_start, "end" AS span_end, text AS words'
    for name, columns in {"notes": "*", "hypotheses": "*", "findings": f"* {spelled}"}.items():
        key = f"{columns}, coalesce(note_date, '') AS note_key"
        db.execute(f"CREATE VIEW {name} AS SELECT {key} FROM '{tables}/{name}/*.parquet'")  # noqa: S608 - our own folder
    db.execute("CREATE TABLE patient_table (patient_id VARCHAR, birth_date VARCHAR, sex VARCHAR)")
    db.execute(out)
    assert db.sql("SELECT count(*) FROM patients").fetchall() == [(4,)]


WRONG = {
    "no out": (("-c", "foot_drop_any"), "--out"),
    "unknown id": (("-c", "foot_drop", "-o", "OUT"), "did you mean"),
    "no such file": (("-c", "x/none.yaml", "-o", "OUT"), "no such file"),
    "no such tables": (("-c", "foot_drop_any", "-o", "OUT", "elsewhere"), "holds no tables"),
    "no day": (("-c", "foot_drop_any", "-o", "OUT", "--as-of", "yesterday"), "2024-05-31"),
    "no patients": (("-c", "foot_drop_any", "-o", "OUT", "--patients", "none.csv"), "none.csv: no such file"),
    "patients without a table": (("-c", "foot_drop_any", "-o", "OUT", "--patients", "empty.csv"), "is empty"),
    "patients without ages": (("-c", "foot_drop_any", "-o", "OUT", "--patients", "ids.csv"), "neither birth dates nor"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_used_is_told(tables: Path, tmp_path: Path, name: str) -> None:
    args, said = WRONG[name]
    (tmp_path / "empty.csv").touch()
    (tmp_path / "ids.csv").write_text("patient,ward\np1,7\n")
    places = {"OUT": "c", "empty.csv": "empty.csv", "ids.csv": "ids.csv"}
    given = [str(tmp_path / places[arg]) if arg in places else arg for arg in args]
    given = [*given[:-1], str(tmp_path / "elsewhere")] if given[-1] == "elsewhere" else [*given, str(tables)]
    code, out, err = call(*given)
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("popliteal: ")


def test_a_file_or_another_folder_for_tables_is_told_without_a_remedy_that_is_not_one(
    tables: Path, tmp_path: Path
) -> None:
    file, cohort = tmp_path / "notes.csv", tmp_path / "c"
    file.touch()
    call(tables, "-c", "foot_drop_any", "-o", cohort)
    for wrong, said in ((file, "is a file; expected a folder"), (cohort, "was not written by this version")):
        code, _, err = call(wrong, "-c", "foot_drop_any", "-o", tmp_path / "other")
        assert code == 2
        assert said in err
        assert "--out" not in err


def test_a_damaged_part_names_its_table(tables: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(tables, damaged)
    (damaged / "findings" / "part-00000.parquet").write_bytes(b"PAR1 no more")
    code, _, err = call(damaged, "-c", "foot_drop_any", "-o", tmp_path / "c")
    assert code == 2
    assert "findings/part-00000.parquet of the batch cannot be read" in err


def test_a_definition_that_is_wrong_names_its_line(tables: Path, tmp_path: Path) -> None:
    file = write_criteria(tmp_path, INDEX.replace("foot_drop", "fot_drop"))
    code, _, err = call(tables, "-c", file, "-o", tmp_path / "c")
    assert code == 2
    assert f"{file}:7: x.index.any.0: no concept 'fot_drop'" in err


def test_the_manifest_names_what_reproduces_it(tables: Path, tmp_path: Path) -> None:
    call(tables, "-c", "foot_drop_any", "-o", tmp_path / "c", "--as-of", "2025-01-01", "--no-text")
    manifest = json.loads((tmp_path / "c" / folder.MANIFEST).read_text(encoding="utf-8"))
    assert manifest["batch"] == str(tables.resolve())
    assert manifest["source"] == "notes.csv"
    assert manifest["criteria"]["id"] == "foot_drop_any"
    assert len(manifest["criteria"]["sha256"]) == len(manifest["batch_digest"]) == 64
    assert (manifest["as_of"], manifest["text"], manifest["complete"]) == ("2025-01-01", False, True)
    assert set(manifest["versions"]) == {"pipeline", "patterns", "batch_pipeline", "batch_patterns"}


def test_from_a_raw_export_with_ids_and_dates_of_every_kind(tmp_path: Path) -> None:
    rows = [
        {"patient_id": 12, "note_date": "2024-03-01T23:30:00+05:00", "text": "Left foot drop."},
        {"patient_id": "0012", "note_date": "2024-03-01T23:30:00Z", "text": "Right foot drop since Monday."},
        {"patient_id": "患者-7", "note_date": "20240302", "text": "No foot drop."},
        {"patient_id": "6e0c2b9e-9c2b-4a54-8f0e-0b7c1d2e3f40", "note_date": None, "text": "Left foot drop."},
        {"patient_id": "O'Hara", "note_date": "31.12.2024", "text": "?Left foot drop"},
        {"patient_id": "late", "note_date": "2091-01-01", "text": "Left foot drop."},
        {"patient_id": None, "note_date": "2024-03-01", "text": "Left foot drop."},
        {"patient_id": "lost", "note_date": "2024-03-01", "text": None},
    ]
    lines = [json.dumps({"note_id": f"n{number}"} | row) for number, row in enumerate(rows)]
    (tmp_path / "notes.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = CliRunner().invoke(app, ["batch", str(tmp_path / "notes.jsonl"), "--out", str(tmp_path / "t"), "--quiet"])
    assert done.exit_code == 1, "one row has no text"
    code, _, err = call(tmp_path / "t", "-c", "foot_drop_any", "-o", tmp_path / "c", "--as-of", "2025-01-01")
    assert code == 0
    found = folder.open_cohort(tmp_path / "c").patients().to_pylist()
    asked = ("patient_id", "verdict", "index_date", "side")
    assert [tuple(row[key] for key in asked) for row in found] == [
        ("0012", "included", "2024-03-01", "right"),
        ("12", "included", "2024-03-01", "left"),
        ("6e0c2b9e-9c2b-4a54-8f0e-0b7c1d2e3f40", "included", None, "left"),
        ("O'Hara", "uncertain", None, "left"),
        ("late", "included", None, "left"),
        ("患者-7", "excluded", None, None),
    ]
    counts = folder.open_cohort(tmp_path / "c").manifest.counts
    assert (counts["rows"], counts["notes"], counts["notes_without_patient"], counts["notes_failed"]) == (8, 6, 1, 1)
    assert "notes without a date: 2" in err
