"""What real exports hold: ids of every kind, quotes in paths and criteria, copies, failed notes, notes of nobody."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.cohort import folder
from popliteal.cohort.tables import open_batch, read_people
from popliteal.cohort.terms import literal
from popliteal.errors import OutputError, SourceError
from popliteal.running.lock import Lock
from support.batch_tables import N, f, write_batch
from support.screened import by_patient, screened, verdicts, write_criteria

INDEX = "index:\n  label: Foot drop\n  any: [{find: [foot_drop]}]\n"
DROP = f("foot_drop", "left")
IDS = [
    "7", "007", "0007", "7.0", "-1", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "Ægir Øst", "患者1", "O'Hara", 'say "hi"',
    "a;DROP TABLE notes;--", "back\\slash", "line\nbreak", "<script>alert(1)</script>", " spaced ", "NULL", "nan",
    "\u202eevil", "é", "e\u0301", "😀", "x" * 5_000,
]  # fmt: skip


def test_every_id_stays_what_it_is(tmp_path: Path) -> None:
    notes = [N(name, "2024-01-01", [DROP], id=f"note of {name}") for name in IDS]
    cohort = screened(write_batch(tmp_path / "b", notes), write_criteria(tmp_path, INDEX), tmp_path / "c")
    assert verdicts(cohort) == dict.fromkeys(IDS, "included")
    assert {row["note_id"] for row in cohort.evidence().to_pylist()} == {f"note of {name}" for name in IDS}


@pytest.mark.parametrize(
    "name", ["it's", "a [b] {c} *d?", "sp ace", "ünï", "per%20cent", '"quoted"', "semi;colon", "back\\slash"]
)
def test_folders_with_any_name(tmp_path: Path, name: str) -> None:
    tables = write_batch(tmp_path / name / "b", [N("a", "2024-01-01", [DROP])])
    assert verdicts(screened(tables, write_criteria(tmp_path, INDEX), tmp_path / name / "c")) == {"a": "included"}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40))
def test_a_literal_is_the_string_that_it_stands_for(value: str) -> None:
    assert duckdb.sql(f"SELECT {literal(value)}").fetchall() == [(value,)]


@given(st.text(max_size=40))
def test_a_literal_holds_no_quote_and_no_backslash_of_its_own(value: str) -> None:
    inside = literal(value).removeprefix("concat(").replace(", '", "").replace("', ", "").strip("')(")
    assert "\\" not in literal(value)
    assert "'" not in inside.replace("chr(39)", "")


def test_hostile_values_in_criteria_find_what_they_say(tmp_path: Path) -> None:
    evil = "x') OR 1=1; DROP TABLE chart; --\\"
    body = f"index:\n  label: {json.dumps('<b>' + evil)}\n  any: [{{note_type: [{json.dumps(evil)}]}}]\n"
    notes = [N("a", "2024-01-01", type=f"Letter {evil}"), N("b", "2024-01-01", type="Letter")]
    cohort = screened(write_batch(tmp_path / "b", notes), write_criteria(tmp_path, body), tmp_path / "c")
    assert verdicts(cohort) == {"a": "included", "b": "excluded index"}


def test_text_of_notes_is_escaped_in_the_report_and_left_out_on_request(tmp_path: Path) -> None:
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    notes = [N("<i>p</i>", "2024-01-01", [f("foot_drop", text=evil)], type="<u>")]
    tables, criteria = write_batch(tmp_path / "b", notes), write_criteria(tmp_path, INDEX)
    screened(tables, criteria, tmp_path / "c")
    page = (tmp_path / "c" / folder.REPORT).read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "<i>p" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)" in page
    assert "default-src &#x27;none&#x27;; style-src &#x27;sha256-" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    bare = screened(tables, criteria, tmp_path / "bare", text=False)
    assert [row["text"] for row in bare.evidence().to_pylist()] == [None]
    assert all(b"alert" not in path.read_bytes() for path in (tmp_path / "bare").iterdir())


def test_counts_in_are_counts_out(tmp_path: Path) -> None:
    notes = [
        N("a", "2024-01-01", [DROP], chars=10), N("a", "2024-01-01", [DROP], chars=10),
        N(None, "2024-01-01", [DROP]), N(None, None),
        N("b", None), N("c", "2070-01-01", [DROP]), N("d", "not a date"), N("e", "2024-02-30"),
    ]  # fmt: skip
    cohort = screened(write_batch(tmp_path / "b", notes, failed=3), write_criteria(tmp_path, INDEX), tmp_path / "c")
    counts = cohort.manifest.counts
    expected = {
        "rows": 11, "notes_failed": 3, "notes_without_patient": 2, "notes_copies": 1, "notes": 5, "patients": 5,
        "notes_undated": 3, "notes_in_the_future": 1, "included": 2, "uncertain": 0, "excluded": 3,
    }  # fmt: skip
    assert {key: counts[key] for key in expected} == expected
    with (tmp_path / "c" / folder.FLOW_CSV).open(encoding="utf-8", newline="") as handle:
        flow = list(csv.DictReader(handle))
    lost = {row["step"]: int(row["excluded"]) for row in flow}
    assert lost == {"notes_failed": 3, "notes_without_patient": 2, "notes_copies": 1, "index": 3, "included": 0}
    assert all(int(row["before"]) - int(row["excluded"]) - int(row["uncertain"]) == int(row["after"]) for row in flow)


def test_shifted_dates_are_taken_as_they_are_but_a_typing_error_is_not(tmp_path: Path) -> None:
    shifted = [N("a", "2120-01-01", [DROP]), N("b", "2150-05-05", [DROP]), N("c", "2024-01-01", [DROP])]
    typed = [N("a", "2124-01-01", [DROP]), N("b", "2024-05-05", [DROP]), N("c", None, [DROP])]
    criteria = write_criteria(tmp_path, INDEX)
    for name, notes, days in (
        ("shifted", shifted, ["2120-01-01", "2150-05-05", "2024-01-01"]), ("typed", typed, [None, "2024-05-05", None]),
    ):  # fmt: skip
        cohort = screened(write_batch(tmp_path / name, notes), criteria, tmp_path / f"c-{name}", as_of=None)
        assert [row["index_date"] for row in cohort.patients().to_pylist()] == days
        assert bool(cohort.manifest.as_of) == (name == "typed")


def test_an_empty_batch(tmp_path: Path) -> None:
    cohort = screened(write_batch(tmp_path / "b", []), write_criteria(tmp_path, INDEX), tmp_path / "c")
    assert cohort.patients().num_rows == 0
    assert cohort.manifest.counts["patients"] == 0


def test_copies_are_one_note_and_near_copies_are_two(tmp_path: Path) -> None:
    notes = [
        N("same", "2024-01-01", [DROP], id="s1", chars=10), N("same", "2024-01-01", [DROP], id="s2", chars=10),
        N("id", "2024-01-01", [DROP], id="twice", chars=10), N("id", "2024-01-01", [DROP], id="twice", chars=10),
        N("day", "2024-01-01", [DROP], chars=10), N("day", "2024-01-02", [DROP], chars=10),
        N("type", "2024-01-01", [DROP], chars=10), N("type", "2024-01-01", [DROP], chars=10, type="Letter"),
        N("length", "2024-01-01", [DROP], chars=10), N("length", "2024-01-01", [DROP], chars=11),
        N("flags", "2024-01-01", [DROP], chars=10),
        N("flags", "2024-01-01", [DROP], chars=10, flags={"fever": "denied"}),
    ]  # fmt: skip
    cohort = screened(write_batch(tmp_path / "b", notes), write_criteria(tmp_path, INDEX), tmp_path / "c")
    counted = {name: row["notes"] for name, row in by_patient(cohort).items()}
    assert counted == {"same": 1, "id": 1, "day": 2, "type": 2, "length": 2, "flags": 2}
    assert len(cohort.evidence()) == 9, "every index note of the index day, copies once"


def test_two_patients_under_one_note_id(tmp_path: Path) -> None:
    notes = [N("a", "2024-01-01", [DROP], id="x"), N("b", "2024-01-01", [f("foot_drop", assertion="absent")], id="x")]
    cohort = screened(write_batch(tmp_path / "b", notes), write_criteria(tmp_path, INDEX), tmp_path / "c")
    assert verdicts(cohort) == {"a": "included", "b": "excluded index"}


def test_one_note_id_on_two_days_is_two_notes(tmp_path: Path) -> None:
    body = INDEX + "include:\n  op: {label: o, any: [{find: [knee_surgery]}], when: in the index note}\n"
    notes = [
        N("a", "2024-01-01", [DROP], id="x"), N("a", "2024-01-02", [f("knee_surgery")], id="x"),
        N("b", "2024-01-01", [f("knee_surgery")], id="y"), N("b", "2024-01-02", [DROP, f("knee_surgery")], id="y"),
    ]  # fmt: skip
    cohort = screened(write_batch(tmp_path / "b", notes), write_criteria(tmp_path, body), tmp_path / "c")
    assert verdicts(cohort) == {"a": "excluded op", "b": "included"}


PEOPLE = {
    "plain.csv": "person_id,dob,gender\n007,1980-05-05,F\n7,1990-05-05,M\nnobody,1950-01-01,F\n",
    "excel.csv": "\ufeffpatient_id,birth_date,sex\n007,19800505,F\n7,1990-05-05T00:00:00+02:00,M\nnobody,,\n",
    "tabs.tsv": "MRN\tDate of Birth\tSex\n007\t1980-05-05\tF\n7\t1990-05-05\tM\nnobody\t\t\n",
}


@pytest.mark.parametrize("name", PEOPLE)
def test_a_table_of_patients(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PEOPLE[name], encoding="utf-8")
    notes = [
        N("007", "2024-01-01", [DROP], born="1900-01-01"),
        N("7", "2024-01-01", [DROP]),
        N("8", "2024-01-01", [DROP]),
    ]
    tables, criteria = write_batch(tmp_path / "b", notes), write_criteria(tmp_path, INDEX)
    cohort = screened(tables, criteria, tmp_path / "c", people=tmp_path / name)
    assert {name: row["age"] for name, row in by_patient(cohort).items()} == {"007": 43, "7": 33, "8": None}
    assert cohort.manifest.counts["patients_without_notes"] == 1


def test_integers_in_a_parquet_table_of_patients(tmp_path: Path) -> None:
    import pyarrow as pa

    pq.write_table(pa.table({"person_id": [7, 8], "birth_date": ["1990-05-05", "soon"]}), tmp_path / "p.parquet")
    people = read_people(tmp_path / "p.parquet")
    assert people.table.to_pylist() == [
        {"patient_id": "7", "birth_date": "1990-05-05", "sex": None},
        {"patient_id": "8", "birth_date": None, "sex": None},
    ]
    assert people.bad_dates == 1


def test_rows_of_a_patient_that_contradict_each_other(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("patient_id,birth_date,sex\na,1990-01-01,F\na,1991-01-01,F\n", encoding="utf-8")
    people = read_people(tmp_path / "p.csv")
    assert people.table.to_pylist() == [{"patient_id": "a", "birth_date": None, "sex": "F"}]
    assert people.conflicts == 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("p.csv", b"name,age\nx,1\n", "has no column of patient ids"), ("p.xlsx", b"", "is .csv, .tsv or .parquet"),
     ("p.csv", b"", "is empty"), ("p.csv", b"patient_id\n\xff\xfe\n", "cannot be read"),
     ("p.parquet", b"no", "cannot be read")],
)  # fmt: skip
def test_other_tables_of_patients_are_refused(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=told):
        read_people(tmp_path / name)


def test_batches_that_are_none_or_not_whole(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no tables"):
        open_batch(tmp_path)
    tables = write_batch(tmp_path / "b", [N("a", "2024-01-01", [DROP])])
    (tables / "findings" / "part-00000.parquet").write_bytes(b"PAR1 broken PAR1")
    with pytest.raises(SourceError, match="part-00000"):
        screened(tables, write_criteria(tmp_path, INDEX), tmp_path / "c")
    assert not list((tmp_path / "c").glob(".scratch*")), "nothing is left behind"
    (tables / "findings" / "part-00000.parquet").unlink()
    with pytest.raises(SourceError, match="is missing"):
        open_batch(tables)
    manifest = json.loads((tables / "manifest.json").read_text())
    (tables / "manifest.json").write_text(json.dumps(manifest | {"complete": False}))
    with pytest.raises(SourceError, match="not finished"):
        open_batch(tables)


def test_files_are_private_and_the_same_every_time(tmp_path: Path) -> None:
    notes = [N(name, "2024-01-01", [DROP, f("foot_drop", "right")]) for name in "abcdefgh"]
    tables, criteria = write_batch(tmp_path / "b", notes), write_criteria(tmp_path, INDEX)
    (tmp_path / "d" / ".scratch-left").mkdir(parents=True)
    for name in ("c", "d"):
        screened(tables, criteria, tmp_path / name)
    first = {path.name: path.read_bytes() for path in (tmp_path / "c").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "d").iterdir()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "c").iterdir()} == {0o600}
    with pytest.raises(OutputError, match="--fresh"):
        screened(tables, criteria, tmp_path / "c")


def test_one_screening_at_a_time_in_a_folder(tmp_path: Path) -> None:
    tables, criteria = write_batch(tmp_path / "b", [N("a", "2024-01-01", [DROP])]), write_criteria(tmp_path, INDEX)
    (tmp_path / "c").mkdir()
    lock = Lock(tmp_path / "c" / ".lock")
    with pytest.raises(OutputError, match="another run"):
        screened(tables, criteria, tmp_path / "c")
    lock.release()
    assert verdicts(screened(tables, criteria, tmp_path / "c")) == {"a": "included"}
