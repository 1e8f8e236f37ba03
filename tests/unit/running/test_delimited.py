"""CSV with everything that exports do to it: the bad rows are rejected, the others are read as they are."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popliteal.errors import SourceError
from popliteal.running.items import Item, Rejected
from popliteal.running.sources import Options, Source, delimited, open_source
from popliteal.schema import Note


def read(tmp_path: Path, data: str | bytes, name: str = "x.csv", **options: str) -> tuple[list[Item], Source]:
    file = tmp_path / name
    raw = data.encode() if isinstance(data, str) else data
    file.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    source = open_source(str(file), Options(**options))  # type: ignore[arg-type]  # the cases name options as strings
    return list(source.items()), source


def texts(items: list[Item]) -> list[str]:
    return [item.text if isinstance(item, Note) else item.message for item in items]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param("note_id,text\n1,a\n2,b\n", ["a", "b"], id="plain"),
        pytest.param("note_id,text\r\n1,a\r\n2,b", ["a", "b"], id="CRLF, no last line end"),
        pytest.param("\ufeffnote_id,text\n1,a\n", ["a"], id="byte-order mark"),
        pytest.param(
            'note_id,text\n1,"a\r\nb\n\nc"\n2,d\n', ["a\r\nb\n\nc", "d"], id="line breaks in a field, as they are"
        ),
        pytest.param('note_id,text\n1,"a ""b"", c"\n', ['a "b", c'], id="doubled quotes"),
        pytest.param("note_id,text\n1,6'2\" tall\n2,b\n", ["6'2\" tall", "b"], id="quote inside an unquoted field"),
        pytest.param("note_id,text\n\n1,a\n\n", ["a"], id="empty lines are no rows"),
        pytest.param("note_id;text\n1;a, b\n", ["a, b"], id="semicolons, told by the header"),
        pytest.param("text,x\na\n", ["a"], id="columns left out after the text"),
        pytest.param('note_id,text\n1,"a "b" c"\n2,d\n', ['a b" c"', "d"], id="undoubled quotes in one line"),
        pytest.param('note_id,text\n1,"a\0b\x07"\n', ["a\0b\x07"], id="NUL and control characters"),
        pytest.param('note_id,text\n1,""\n2,\n', ["", ""], id="empty text"),
        pytest.param("note_id,text\n", [], id="only a header"),
    ],
)
def test_reads(tmp_path: Path, data: str, expected: list[str]) -> None:
    assert texts(read(tmp_path, data)[0]) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            "note_id,text\n1,a, b, c\n2,d\n", ["row 1, line 2: 4 fields where the header has 2", "d"], id="no quotes"
        ),
        pytest.param("note_id,text\n1\n2,d\n", ["row 1, line 2: 1 fields where the header has 2", "d"], id="too short"),
        pytest.param(
            'note_id,text\n1,"a\n2,b\n3,c\n',
            ["row 1, line 2: a quote is opened and never closed; reading goes on at the next line", "b", "c"],
            id="quote never closed",
        ),
        pytest.param(
            'note_id,text\n1,"a\n2,"b"\n3,c\n',
            ["row 1, line 2: lines 2 to 3 cannot be read as one row: ',' expected after '\"'", "c"],
            id="two rows would run together",
        ),
        pytest.param("note_id,text\n1,a\rb\n2,c\n", ["row 1, line 2: line 2 cannot be read as one row: new-line", "c"],
                     id="lone carriage return outside quotes"),
    ],
)  # fmt: skip
def test_rejects_the_bad_row_only(tmp_path: Path, data: str, expected: list[str]) -> None:
    items, _ = read(tmp_path, data)
    assert len(items) == len(expected)
    for item, text in zip(items, expected, strict=True):
        assert texts([item])[0].startswith(text)
    assert [item.note_id for item in items if isinstance(item, Rejected)] == ["row-1"]


def test_a_quote_never_closed_does_not_swallow_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "FIELD_LIMIT", 1000)
    items, _ = read(tmp_path, 'note_id,text\n1,"a\n' + "".join(f"{n},text\n" for n in range(1000)) + 'x,"b"\n')
    assert isinstance(items[0], Rejected)
    assert len(items) == 1002
    assert texts(items[1:]) == ["text"] * 1000 + ["b"]


def test_a_broken_row_is_not_called_by_its_first_field_which_may_be_text(tmp_path: Path) -> None:
    items, _ = read(tmp_path, "note_id,text\n1,numbness of\nZAPHOD,the,left,foot\n")
    assert "ZAPHOD" not in repr(items[1])


@pytest.mark.parametrize(
    ("rest", "good"),
    [
        pytest.param(' ZAPHOD",2024-01-02\n', 1, id="its end"),
        pytest.param(' one,ZAPHOD,"two",2024\n ZAPHOD\n', 1, id="its middle, too long and too short"),
        pytest.param(' "ZAPHOD", a,2024-01-02\n', 1, id="a quote in the text"),
        pytest.param(' "ZAPHOD" b,a,2024-01-02\n', 1, id="a quote where the id should be"),
        pytest.param("4,d\n", 1, id="a shorter row looks like such a rest"),
        pytest.param("4,d,\n", 2, id="the next row"),
        pytest.param('4,"5\' 6"" tall",2024-01-02\n', 2, id="the next row, with a quote in its text"),
    ],
)
def test_the_rest_of_a_torn_text_is_no_row(tmp_path: Path, rest: str, good: int) -> None:
    torn = '2,"left foot drop\n for 2 days, "severe"\n'
    items, _ = read(tmp_path, f"note_id,text,date\n1,a,2024-01-02\n{torn}{rest}3,c,2024-01-02\n9,short\n")
    notes = [item for item in items if isinstance(item, Note)]
    assert "ZAPHOD" not in repr([item for item in items if item not in notes or "ZAPHOD" in item.note_id])
    assert [note.note_id for note in notes if "ZAPHOD" not in note.text][-2:] == ["3", "9"]
    assert len(notes) == good + 2


def test_mixed_encodings_are_told_apart_by_line(tmp_path: Path) -> None:
    items, source = read(tmp_path, "note_id,text\n1,naïve\n".encode() + "2,naïve\n".encode("cp1252"))
    assert texts(items) == ["naïve", "naïve"]
    assert source.notices == {"other_encoding": 1}


def test_undoubled_quotes_are_counted(tmp_path: Path) -> None:
    assert read(tmp_path, 'text\n"a "b" c"\n')[1].notices == {"missing_id": 1, "loose_quotes": 1}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252", "utf-8-sig"])
def test_encoding_named(tmp_path: Path, encoding: str) -> None:
    items, _ = read(tmp_path, 'note_id,text\r\n1,"naïve\r\nx"\r\n'.encode(encoding), encoding=encoding)
    assert texts(items) == ["naïve\r\nx"]


def test_utf_16_is_told_by_its_mark(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "note_id\ttext\n1\tnaïve\n".encode("utf-16"), "x.tsv")[0]) == ["naïve"]


def test_giant_fields(tmp_path: Path) -> None:
    (item,) = read(tmp_path, 'note_id,text\n1,"' + "word " * 400_000 + '"\n')[0]
    assert isinstance(item, Note)
    assert len(item.text) == 2_000_000


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_file_that_breaks_off_keeps_what_can_be_read(tmp_path: Path, suffix: str) -> None:
    rows = "".join(f"{n},text {n * n}\n" for n in range(100_000))
    compress = gzip.compress if suffix == "gz" else pytest.importorskip("zstandard").compress
    file = tmp_path / f"x.csv.{suffix}"
    file.write_bytes(compress(f"note_id,text\n{rows}".encode())[:-5000])
    *items, last = open_source(str(file)).items()
    assert len(items) > 1000
    assert all(isinstance(item, Note) and item.text == f"text {n * n}" for n, item in enumerate(items))
    assert isinstance(last, Rejected)
    assert "the file breaks off here (EOFError); what follows is missing" in last.message


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "x.csv", "x.csv: is empty"),
        (b"a,b\n1,2\n", "x.csv", "name it with --text-column: a, b"),
        (b"text\na\n", "x.doc", "cannot tell what this is by its name; expected .csv"),
    ],
)
def test_unusable_files(tmp_path: Path, data: bytes, name: str, message: str) -> None:
    with pytest.raises(SourceError) as error:
        read(tmp_path, data, name)
    assert message in str(error.value)


@pytest.mark.parametrize(("suffix", "kind"), [("gz", "BadGzipFile"), ("zst", "OSError")])
def test_a_compressed_file_that_is_none(tmp_path: Path, suffix: str, kind: str) -> None:
    file = tmp_path / f"x.csv.{suffix}"
    file.write_text("text\na\n", encoding="utf-8")
    with pytest.raises(SourceError, match=rf"cannot be read \({kind}\)"):
        list(open_source(str(file)).items())


@settings(max_examples=60)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=8), st.sampled_from([",", "\t"])
)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, values: list[str], mark: str
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=mark, quoting=csv.QUOTE_ALL)
    writer.writerows([("note_id", "text"), *((str(n), value) for n, value in enumerate(values))])
    items, _ = read(tmp_path_factory.mktemp("csv"), buffer.getvalue(), "x.csv" if mark == "," else "x.tsv")
    assert texts(items) == values
