"""The output folder: whole at every moment, for its owner only, never mixed with anything else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest
from engines import Plain

from popliteal.errors import OutputError
from popliteal.running.items import Feed
from popliteal.running.store import KIND, Store, read_manifest
from popliteal.running.tables import SCHEMAS, step
from popliteal.schema import Note

WHO: dict[str, object] = {"patterns_version": "1", "input_digest": "a"}


def fill(folder: Path, parts: int, *, finish: bool = False, fresh: bool = False) -> None:
    with Store(folder, WHO, source="x.csv", fresh=fresh) as store:
        feed = Feed([Note(str(n), "numb" if n % 3 else "RAISE") for n in range(5 * parts)], 5)
        for chunk in feed.chunks():
            (tables,) = step(Plain(), [chunk.items])
            store.add(tables)
            store.end_part(feed.position, chunk.digest)
        if finish:
            store.finish(feed.position, feed.digest, {"missing_id": 2, "bad_date": 0})


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(f.relative_to(folder)): f.read_bytes()
        for f in sorted(folder.rglob("*"))
        if f.is_file() and f.name != ".lock"
    }


def test_tables_can_be_read_by_folder(tmp_path: Path) -> None:
    fill(tmp_path / "o", 2, finish=True)
    counts = {name: len(pd.read_parquet(tmp_path / "o" / name)) for name in SCHEMAS}
    assert counts == {"notes": 6, "findings": 6, "hypotheses": 6, "errors": 4}
    manifest = read_manifest(tmp_path / "o")
    assert manifest is not None
    assert (manifest.rows, manifest.parts, manifest.items, manifest.complete) == (counts, 2, 10, True)
    assert (manifest.notices, manifest.source) == ({"missing_id": 2}, "x.csv")


def test_no_notes_still_make_tables(tmp_path: Path) -> None:
    fill(tmp_path / "o", 0, finish=True)
    assert [len(pd.read_parquet(tmp_path / "o" / name)) for name in SCHEMAS] == [0, 0, 0, 0]


@pytest.mark.skipif(os.name != "posix", reason="permissions of this kind")
def test_only_the_owner_may_look(tmp_path: Path) -> None:
    (tmp_path / "o").mkdir(mode=0o755)
    fill(tmp_path / "o", 1, finish=True)
    modes = {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "o").rglob("*") if path.is_file()}
    assert modes == {"0o600"}
    assert {oct(p.stat().st_mode & 0o777) for p in [tmp_path / "o", *(tmp_path / "o" / n for n in SCHEMAS)]} == {
        "0o700"
    }


def test_what_a_killed_run_left_behind_its_last_whole_part_goes(tmp_path: Path) -> None:
    fill(tmp_path / "o", 1)
    before = tree(tmp_path / "o")
    for name in ("notes/part-00001.parquet", "findings/.part-00001.parquet.tmp", ".manifest.json.tmp"):
        (tmp_path / "o" / name).write_bytes(b"half")
    with Store(tmp_path / "o", WHO) as store:
        assert store.manifest.parts == 1
        store.finish(5, store.manifest.digest, {})
    after = tree(tmp_path / "o")
    del before["manifest.json"], after["manifest.json"]
    assert after == before


def test_a_run_killed_before_its_first_manifest_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / ".lock").touch()
    (tmp_path / "o" / ".manifest.json.tmp").write_bytes(b"{")
    fill(tmp_path / "o", 1)


def test_fresh_starts_over(tmp_path: Path) -> None:
    fill(tmp_path / "o", 3, finish=True)
    fill(tmp_path / "o", 1, finish=True, fresh=True)
    fill(tmp_path / "p", 1, finish=True)
    assert tree(tmp_path / "o") == tree(tmp_path / "p")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"patterns_version": "2"}, "holds another run (patterns_version was 1, now 2); --fresh throws it away"),
        ({"input_digest": "b"}, "holds another run (the input has changed); --fresh"),
        ({"new_option": 1}, "holds another run (new_option was None, now 1)"),
    ],
)
def test_another_run_is_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    fill(tmp_path / "o", 1)
    with pytest.raises(OutputError) as error:
        Store(tmp_path / "o", {**WHO, **change})
    assert message in str(error.value)
    Store(tmp_path / "o", {**WHO, **change}, fresh=True).__exit__(None, None, None)


def test_a_run_that_got_nowhere_is_in_nobodys_way(tmp_path: Path) -> None:
    """The text column was misnamed, say; the same folder serves the command that is right. A finished one stays."""
    fill(tmp_path / "o", 0)
    Store(tmp_path / "o", {**WHO, "columns": {"text": "body"}}).__exit__(None, None, None)
    fill(tmp_path / "p", 0, finish=True)
    with pytest.raises(OutputError, match="holds another run"):
        Store(tmp_path / "p", {**WHO, "columns": {"text": "body"}})


def test_foreign_folders_are_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "part-00000.parquet").write_bytes(b"mine")
    for fresh in (False, True):
        with pytest.raises(
            OutputError, match=r"is not empty and was not written by popliteal batch \(it holds notes\)"
        ):
            Store(tmp_path, WHO, fresh=fresh)
    assert (tmp_path / "notes" / "part-00000.parquet").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "data",
    ["{", "[]", json.dumps({"kind": "other"}), json.dumps({"kind": KIND}), json.dumps({"kind": KIND, "format": 1})],
)
def test_foreign_manifests_are_refused(tmp_path: Path, data: str) -> None:
    (tmp_path / "manifest.json").write_text(data, encoding="utf-8")
    for fresh in (False, True):
        with pytest.raises(OutputError, match="name a new folder with --out"):
            Store(tmp_path, WHO, fresh=fresh)


def test_parts_that_are_gone_are_missed(tmp_path: Path) -> None:
    fill(tmp_path / "o", 2)
    (tmp_path / "o" / "errors" / "part-00001.parquet").unlink()
    with pytest.raises(OutputError, match=r"part-00001.parquet: is missing; --fresh starts over"):
        Store(tmp_path / "o", WHO)


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with Store(tmp_path / "o", WHO), pytest.raises(OutputError, match="another run is writing to this folder"):
        Store(tmp_path / "o", WHO)
    with Store(tmp_path / "o", WHO):
        pass


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "o").touch()
    with pytest.raises(OutputError, match="is a file; --out takes a folder"):
        Store(tmp_path / "o", WHO)
