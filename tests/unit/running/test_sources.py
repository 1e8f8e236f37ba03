"""Every kind of source gives the same notes back, and says of its bad rows what is wrong."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popliteal.errors import SourceError
from popliteal.running.items import Item, Rejected
from popliteal.running.sources import Options, Source, open_source
from popliteal.running.sources import parquet as parquet_source
from popliteal.running.sources.frame import Dicts, Frame
from popliteal.schema import Note

EXTENSIONS = ["csv", "tsv", "jsonl"]
ROWS: list[dict[str, object]] = [
    {"note_id": "007", "patient_id": "01", "note_date": "2151-08-04", "note_type": "Clinic", "text": 'a "b",\r\nc\td'},
    {"note_id": "8", "patient_id": None, "note_date": None, "note_type": None, "text": "naïve 🦵\n"},
    {"note_id": "x/9", "patient_id": "02", "note_date": "2000-01-01", "note_type": "ED", "text": ""},
]
NOTES = [
    Note("007", 'a "b",\r\nc\td', "01", "2151-08-04", "Clinic"),
    Note("8", "naïve 🦵\n"),
    Note("x/9", "", "02", "2000-01-01", "ED"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


def frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS)


def csv(folder: Path) -> Source:
    frame().to_csv(folder / "n.csv", index=False, lineterminator="\n")
    return open_source(str(folder / "n.csv"))


def tsv_gz(folder: Path) -> Source:
    gz = {"method": "gzip", "mtime": 0}  # the same bytes whenever they are written
    frame().to_csv(folder / "n.tsv.gz", index=False, sep="\t", lineterminator="\n", compression=gz)
    return open_source(str(folder / "n.tsv.gz"))


def jsonl(folder: Path) -> Source:
    (folder / "n.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return open_source(str(folder / "n.jsonl"))


def jsonl_gz(folder: Path) -> Source:
    lines = [json.dumps({key: value for key, value in row.items() if value is not None}) for row in ROWS]
    (folder / "n.JSONL.GZ").write_bytes(gzip.compress("\n\n".join(lines).encode(), mtime=0))
    return open_source(str(folder / "n.JSONL.GZ"))


def jsonl_zst(folder: Path) -> Source:
    zstandard = pytest.importorskip("zstandard")
    (folder / "n.jsonl.zst").write_bytes(zstandard.compress("\n".join(map(json.dumps, ROWS)).encode()))
    return open_source(str(folder / "n.jsonl.zst"))


def parquet(folder: Path) -> Source:
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "n.parquet", row_group_size=2)
    return open_source(str(folder / "n.parquet"))


def parquet_gz(folder: Path) -> Source:
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "n.parquet")
    (folder / "n.parquet.gz").write_bytes(gzip.compress((folder / "n.parquet").read_bytes(), mtime=0))
    return open_source(str(folder / "n.parquet.gz"))


def database(folder: Path) -> Source:
    pytest.importorskip("sqlalchemy")
    (folder / "n.db").unlink(missing_ok=True)
    connection = sqlite3.connect(folder / "n.db")
    connection.execute("create table n (note_id text, patient_id text, note_date text, note_type text, text text)")
    connection.executemany("insert into n values (:note_id, :patient_id, :note_date, :note_type, :text)", ROWS)
    connection.commit()
    connection.close()
    return open_source(f"sqlite:///{folder / 'n.db'}", query="select * from n order by rowid")


def duck(folder: Path) -> Source:
    (folder / "n.duckdb").unlink(missing_ok=True)
    with duckdb.connect(folder / "n.duckdb") as connection:
        connection.execute(
            "create table n (place int, note_id text, patient_id text, note_date date, note_type text, text text)"
        )
        values = [[at, *(row.get(key) for key in ROWS[0])] for at, row in enumerate(ROWS)]
        connection.executemany("insert into n values (?, ?, ?, ?, ?, ?)", values)
    return open_source(f"duckdb:///{folder / 'n.duckdb'}", query="select * from n order by place")


def data_frame(_: Path) -> Source:
    return Frame(frame().set_index(pd.Index([5, 5, 5])), Options())


def dictionaries(_: Path) -> Source:
    return Dicts(iter(ROWS), Options())


KINDS: list[Callable[[Path], Source]] = [
    csv, tsv_gz, jsonl, jsonl_gz, jsonl_zst, parquet, parquet_gz, database, duck, data_frame, dictionaries,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_round_trip(kind: Callable[[Path], Source], tmp_path: Path) -> None:
    source = kind(tmp_path)
    assert list(source.items()) == NOTES
    assert source.fraction() in {None, 1.0}
    assert source.fingerprint() == kind(tmp_path).fingerprint()


GIANT = "numb ☂ " * 3_000_000  # 27 MB in UTF-8


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_giant_notes(kind: Callable[[Path], Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROWS[1], "text", GIANT)
    texts = [item.text if isinstance(item, Note) else "" for item in kind(tmp_path).items()]
    assert [len(text) for text in texts] == [len(NOTES[0].text), len(GIANT), 0]
    assert texts[1] == GIANT


def test_long_rows_of_parquet_are_read_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"note_id": n, "text": f"{n} {chr(97 + n % 26) * 100_000}"} for n in range(600)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "n.parquet")
    most = 0

    def watched(batch: pa.RecordBatch) -> list[dict[str, object]]:
        nonlocal most
        most = max(most, batch.nbytes)
        return batch.to_pylist()  # type: ignore[no-any-return]  # pyarrow ships no types

    monkeypatch.setattr(parquet_source, "_rows", watched)
    assert len(list(open_source(str(tmp_path / "n.parquet")).items())) == 600
    assert most < 1 << 26


def test_zstandard_that_grows_a_lot_is_read_in_time(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    lines = '{"text": "%s"}\n' % ("a" * 1_000_000)
    (tmp_path / "n.jsonl.zst").write_bytes(zstandard.compress(lines.encode() * 100))
    start = time.process_time()
    assert sum(len(item.text) for item in open_source(str(tmp_path / "n.jsonl.zst")).items()) == 10**8
    assert time.process_time() - start < 30  # a second or two; copying the rest each time, minutes


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO("\n".join(map(json.dumps, ROWS)).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    source = open_source("-")
    assert list(source.items()) == NOTES
    assert source.fingerprint() is None


def test_a_folder_of_texts(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name, data in {
        "b/2.txt": "naïve".encode("cp1252"),
        "a.TXT": b"\xef\xbb\xbfx\r\ny",
        ".b/c.txt": b"",
        "c.txt": "naïve\r\n".encode("utf-16"),
        "d.md": b"",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    source = open_source(str(tmp_path))
    assert list(source.items()) == [Note("a", "x\r\ny"), Note("b/2", "naïve"), Note("c", "naïve\r\n")]
    before = source.fingerprint()
    (tmp_path / "a.TXT").write_bytes(b"changed")
    assert source.fingerprint() != before


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are no text")
def test_file_names_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"n\xef.txt")).write_bytes(b"x")
    source = open_source(str(tmp_path))
    assert list(source.items()) == [Note("n\ufffd", "x")]
    assert source.fingerprint()


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "n.jsonl")
    writer = threading.Thread(target=(tmp_path / "n.jsonl").write_text, args=('{"note_id": 1, "text": "a"}',))
    writer.start()
    source = open_source(str(tmp_path / "n.jsonl"))
    assert source.fingerprint() is None
    assert list(source.items()) == [Note("1", "a")]
    writer.join()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "a.txt").chmod(0)
    assert list(open_source(str(tmp_path)).items()) == [Rejected("a", "Unreadable", "Permission denied")]


def rejected(items: list[Item]) -> list[tuple[str, str]]:
    return [(item.note_id, item.message) for item in items if isinstance(item, Rejected)]


def test_json_lines_that_are_none(tmp_path: Path) -> None:
    lines = [
        '{"note_id": 1, "text": "a"}',
        '{"note_id": 2, "text": "ZAPHOD',
        '["text"]',
        "[" * 100_000,
        '{"note_id": 5}',
        '{"text": {"ZAPHOD": 1}, "note_id": 6}',
        '{"note_id": 1.0, "text": "\\ud800"}',
        '{"n": ' + "9" * 5000 + "}",
    ]
    (tmp_path / "n.jsonl").write_text("\n".join(lines), encoding="utf-8")
    source = open_source(str(tmp_path / "n.jsonl"))
    items = list(source.items())
    assert [item for item in items if isinstance(item, Note)] == [Note("1", "a"), Note("1", "\ufffd")]
    assert rejected(items) == [
        ("row-2", "row 2, line 2: not valid JSON at column 24"),
        ("row-3", "row 3, line 3: a JSON list, expected an object"),
        ("row-4", "row 4, line 4: JSON with a number too long or nested too deep"),
        ("5", "row 5: the text is null"),
        ("6", "row 6: the text is of type dict, expected a string"),
        ("row-8", "row 8, line 8: JSON with a number too long or nested too deep"),
    ]
    assert source.notices == {"surrogate": 1}


@pytest.mark.parametrize(
    ("lines", "message"), [("[1]\n2", "expected one JSON object a line"), ('{"a": 1}', "text-column: a")]
)
def test_json_lines_without_notes(tmp_path: Path, lines: str, message: str) -> None:
    (tmp_path / "n.jsonl").write_text(lines, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        list(open_source(str(tmp_path / "n.jsonl")).items())


def test_parquet_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "ROW_ID": pa.array([7, None], pa.int32()),
            "SUBJECT_ID": pa.array([3.0, None], pa.float64()),
            "CHARTDATE": pa.array([0, None], pa.timestamp("ns")),
            "CATEGORY": pa.array(["ED", None]).dictionary_encode(),
            "TEXT": pa.array([b"na\xefve", None], pa.binary()),
            "unused": pa.array([{"a": 1}, None]),
        }
    )
    pq.write_table(table, tmp_path / "n.parquet")
    assert list(open_source(str(tmp_path / "n.parquet")).items()) == [
        Note("7", "naïve", "3", "1970-01-01", "ED"),
        Rejected("row-2", "MissingText", "row 2: the text is null"),
    ]


def test_parquet_strings_that_are_not_utf_8(tmp_path: Path) -> None:
    bad = pa.Array.from_buffers(pa.string(), 1, pa.array([b"na\xefve"], pa.binary()).buffers())
    pq.write_table(pa.table({"note_id": ["1"], "text": bad}), tmp_path / "n.parquet")
    assert list(open_source(str(tmp_path / "n.parquet")).items()) == [Note("1", "naïve")]


@pytest.mark.parametrize("data", [b"", b"PAR1 but no more", b"x" * 5000])
def test_parquet_that_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "n.parquet").write_bytes(data)
    with pytest.raises(SourceError, match="is not a Parquet file or is cut short"):
        list(open_source(str(tmp_path / "n.parquet")).items())


def test_data_frame_nulls_and_numbers() -> None:
    data = pd.DataFrame(
        {
            "note_id": pd.array([7, None], "Int64"),
            "patient_id": [3.0, float("nan")],
            "note_date": [pd.Timestamp("2020-01-02"), pd.NaT],
            "text": ["a", pd.NA],
        }
    )
    assert list(Frame(data, Options()).items()) == [
        Note("7", "a", "3", "2020-01-02"),
        Rejected("row-2", "MissingText", "row 2: the text is null"),
    ]


def test_dictionaries_that_are_none() -> None:
    items = list(Dicts([{"text": "a"}, "b"], Options()).items())  # type: ignore[list-item]  # the mistake under test
    assert items == [Note("row-1", "a"), Rejected("row-2", "BadRow", "row 2: of type str, expected a dictionary")]
    with pytest.raises(SourceError, match="takes a DataFrame, a path, or an iterable of dictionaries"):
        list(Dicts(["a"], Options()).items())  # type: ignore[list-item]  # the mistake under test
    assert list(Dicts([], Options()).items()) == []


def test_sqlite_text_that_is_not_utf_8(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    connection = sqlite3.connect(tmp_path / "n.db")
    connection.execute("create table n (id integer, text text)")
    connection.execute("insert into n values (1, cast(x'6e61ef7665' as text)), (2, null)")
    connection.commit()
    connection.close()
    items = list(open_source(f"sqlite:///{tmp_path / 'n.db'}", query="select id, text from n").items())
    assert items == [Note("1", "naïve"), Rejected("2", "MissingText", "row 2: the text is null")]


def test_sqlite_makes_no_file_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    with pytest.raises(SourceError, match=r"absent\.db: no such file"):
        open_source(f"sqlite:///{tmp_path / 'absent.db'}", query="select 1 as text")
    assert not list(tmp_path.iterdir())
    assert len(list(open_source("sqlite://", query="select 'a' as text").items())) == 1


def test_duckdb_reads_files_that_the_query_names_a_few_rows_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("note_id,text\n1,numb\n", encoding="utf-8")
    assert list(open_source("duckdb://", query=f"from '{tmp_path}/n.csv'").items()) == [Note("1", "numb")]
    endless = "select i as note_id, 'a' as text from range(9000000000000) t(i)"
    items = open_source("duckdb://", query=endless).items()
    assert [next(items) for _ in range(120)][-1] == Note("119", "a")
    items.close()  # type: ignore[attr-defined]  # a generator, which the signature does not promise


@pytest.mark.parametrize(
    ("url", "query", "message"),
    [
        ("duckdb:///{}/absent.db", "select 1 as text", "no such file"),
        ("duckdb:///{}/no.db", "select 1 as text", "cannot be opened; is it a DuckDB file"),
        ("duckdb://", "select * from nowhere", "Table with name nowhere does not exist"),
        ("duckdb://", "selct 1", "syntax error"),
        ("duckdb://", "create table n (id int)", "the query gives no rows"),
        ("duckdb://", "select 1 as text; select 2 as text", "the query gives no rows"),
        ("duckdb://", "select 1 as x", "no column of note text was recognised"),
        ("duckdb://", "select cast('Left foot drop' as int) as text", "broke off after row 0"),
        ("duckdb://", "select * from read_parquet('s3://bucket/notes.parquet')", "duckdb://"),
    ],
)  # fmt: skip
def test_duckdb_that_cannot_be_read(url: str, query: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("no database at all" * 100, encoding="utf-8")
    with pytest.raises(SourceError, match=message) as told:
        list(open_source(url.format(tmp_path), query=query).items())
    assert "foot drop" not in str(told.value)
    assert told.value.__cause__ is None
    assert not list(tmp_path.glob("absent*"))


@pytest.mark.parametrize("wrong", ["nonsense", "%m/%Y", "dd.mm.yyyy", "%Q"])
def test_a_format_that_names_no_day_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SourceError, match=r"--date-format: .* names no day"):
        open_source(str(tmp_path), Options(date_format=wrong))
    for right in ("%d.%m.%Y", "%m/%d/%y %H:%M", "%d-%b-%Y"):
        open_source(str(tmp_path), Options(date_format=right))


def test_a_query_is_read_as_it_comes(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    sqlite3.connect(tmp_path / "n.db").close()
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select x as note_id, 'a' as text from n"
    items = open_source(f"sqlite:///{tmp_path / 'n.db'}", query=endless).items()
    assert [next(items) for _ in range(120)][-1] == Note("120", "a")
    items.close()  # type: ignore[attr-defined]  # a generator, which the signature does not promise


@pytest.mark.parametrize(
    ("url", "query", "message"),
    [
        ("sqlite:///{}/n.db", "create table n (id)", "the query gives no rows; --query takes a SELECT"),
        ("sqlite:///{}/n.db", "", "the query gives no rows"),
        ("sqlite:///{}/n.db", "select * from nowhere", "no such table: nowhere"),
        ("sqlite:///{}/n.db", None, "a database URL needs --query"),
        ("nosuch://x", "select 1", "needs the package with its SQLAlchemy dialect"),
        ("://x", "select 1", "the database URL is not one"),
        ("postgresql+psycopg2://u:secret@h/d", "select 1", "this database needs its driver: pip install psycopg2"),
    ],
)
def test_databases_that_cannot_be_read(tmp_path: Path, url: str, query: str | None, message: str) -> None:
    pytest.importorskip("sqlalchemy")
    (tmp_path / "n.db").touch()
    with pytest.raises(SourceError) as error:
        list(open_source(url.format(tmp_path), query=query).items())
    assert message in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("where", "options", "query", "message"),
    [
        ("nowhere.csv", Options(), None, "nowhere.csv: no such file or folder"),
        ("", Options(), None, "the input is empty"),
        ("-", Options(), "select 1", "--query goes with a database URL only"),
        ("-", Options(encoding="klingon"), None, "--encoding klingon: no such encoding"),
        ("-", Options(delimiter="||"), None, "--delimiter '||': expected one character"),
        (".", Options(), None, "no .txt files in this folder"),
    ],
)
def test_inputs_that_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, options: Options, query: str | None, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError) as error:
        list(open_source(where, options, query).items())
    assert message in str(error.value)


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from([*'a1"",,\r\n\n{}[]:\0', "\xe9", "\u2028"]) | st.characters(), max_size=60),
    st.sampled_from(EXTENSIONS),
)
def test_no_bytes_break_a_source(folder: Path, characters: list[str], extension: str) -> None:
    data = "".join(characters).encode("latin-1" if len(characters) % 2 else "utf-8", "replace")
    head = b'{"text": "a"}\n' if extension == "jsonl" else b"text,note_id\n"
    (folder / f"n.{extension}").write_bytes(head + data)
    for item in open_source(str(folder / f"n.{extension}")).items():
        repr(item).encode()
