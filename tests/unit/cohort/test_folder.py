"""The cohort folder as a contract: what goes in comes out, and what is not a finished cohort is refused."""

from __future__ import annotations

import stat
from pathlib import Path

import pyarrow as pa
import pytest

from popliteal.cohort import folder
from popliteal.errors import OutputError, SourceError

PATIENT = {
    "patient_id": "00’7", "verdict": "included", "reason": None, "near_miss": False, "index_date": "2024-02-03",
    "index_note_id": "n1", "side": "left", "age": 61, "notes": 2,
}  # fmt: skip
EVIDENCE = {
    "patient_id": "00’7", "criterion": "index", "role": "index", "strength": "certain", "note_id": "n1",
    "note_date": "2024-02-03", "finding_id": 0, "start": 5, "end": 14, "what": "foot_drop", "site": None,
    "laterality": "left", "assertion": "present", "text": "foot drop",
}  # fmt: skip


def manifest() -> folder.CohortManifest:
    criteria = {"id": "x", "name": "X", "sha256": "0" * 64}
    return folder.CohortManifest("/tables", "notes.csv", criteria, {"pipeline": "1", "patterns": "2"}, "f" * 64)


def write(path: Path, *, fresh: bool = False) -> None:
    made = manifest()
    folder.begin(path, made, fresh=fresh)
    tables = {
        folder.PATIENTS: pa.Table.from_pylist([PATIENT], schema=folder.PATIENT_SCHEMA),
        folder.EVIDENCE: pa.Table.from_pylist([EVIDENCE], schema=folder.EVIDENCE_SCHEMA),
    }
    folder.finish(path, made, {folder.CRITERIA: b"name: X\n"}, tables)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write(tmp_path / "c")
    cohort = folder.open_cohort(tmp_path / "c")
    assert cohort.manifest.criteria["id"] == "x"
    assert cohort.patients().to_pylist() == [PATIENT]
    assert cohort.evidence().to_pylist() == [EVIDENCE]


def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    write(tmp_path / "c")
    assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "c").iterdir()} == {0o600}


def test_a_finished_cohort_is_replaced_on_request_only_and_a_review_beside_it_stays(tmp_path: Path) -> None:
    write(tmp_path / "c")
    (tmp_path / "c" / "review.sqlite").write_bytes(b"kept")
    with pytest.raises(OutputError, match="--fresh"):
        write(tmp_path / "c")
    write(tmp_path / "c", fresh=True)
    assert (tmp_path / "c" / "review.sqlite").read_bytes() == b"kept"


def test_an_unfinished_one_is_no_cohort_but_may_be_written_again(tmp_path: Path) -> None:
    folder.begin(tmp_path / "c", manifest())
    with pytest.raises(SourceError, match="not finished"):
        folder.open_cohort(tmp_path / "c")
    write(tmp_path / "c")
    assert folder.open_cohort(tmp_path / "c").manifest.complete


@pytest.mark.parametrize("content", ["", "[]", '{"kind": "popliteal batch", "format": 1}', "{"])
def test_other_folders_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(SourceError, match=r"manifest\.json"):
        folder.open_cohort(tmp_path)
    with pytest.raises(OutputError, match="--out"):
        write(tmp_path)


def test_a_folder_with_other_things_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_bytes(b"")
    with pytest.raises(OutputError, match=r"thesis\.docx"):
        write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["thesis.docx"]


def test_a_table_that_is_gone_or_changed_is_told(tmp_path: Path) -> None:
    write(tmp_path / "c")
    cohort = folder.open_cohort(tmp_path / "c")
    (tmp_path / "c" / folder.PATIENTS).unlink()
    (tmp_path / "c" / folder.EVIDENCE).write_bytes(b"no parquet")
    with pytest.raises(SourceError, match=folder.PATIENTS):
        cohort.patients()
    with pytest.raises(SourceError, match=folder.EVIDENCE):
        cohort.evidence()
