"""``popliteal.spark.extract``: a Spark DataFrame in, four Spark DataFrames out, with the rows of the local engine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import popliteal
from popliteal.errors import SourceError
from popliteal.running.tables import SCHEMAS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from popliteal.running.spark.dataframe import SparkResults

pytestmark = [pytest.mark.slow, pytest.mark.java, pytest.mark.xdist_group("spark")]

ROWS: list[tuple[Any, ...]] = [
    (7, "01", date(2024, 1, 5), "Left foot drop since Tuesday. Numb over the top of the left foot."),
    (8, "01", None, None),
    (9, None, date(2024, 1, 6), "New saddle numbness, cannot pass urine since this morning."),
    (9, None, None, ""),
    (2**60 + 1, "02", None, "Burning feet. \0 🦵"),
]
SCHEMA = "note_id bigint, patient_id string, note_date date, text string"


def extract(spark: SparkSession, rows: list[tuple[Any, ...]], schema: str, **more: Any) -> SparkResults:
    from popliteal.spark import extract

    return extract(spark.createDataFrame(rows, schema), **more)


def test_the_same_rows_as_the_local_engine(spark: SparkSession) -> None:
    names = ["note_id", "patient_id", "note_date", "text"]
    local = popliteal.extract([dict(zip(names, row, strict=True)) for row in ROWS])
    results = extract(spark, ROWS, SCHEMA)
    for name, schema in SCHEMAS.items():
        found = getattr(results, name).toArrow().cast(schema).to_pandas()
        assert list(getattr(results, name).columns) == schema.names
        pd.testing.assert_frame_equal(found, getattr(local, name))
    assert local.notes["note_id"].tolist() == ["7", "9", "9", str(2**60 + 1)]
    results.unpersist()


def test_bytes_that_are_not_utf_8_and_numbers(spark: SparkSession) -> None:
    df = spark.sql("select cast(x'6e61ef7665' as string) as text, 12.0D as id, cast(3.50 as decimal(5,2)) as mrn")
    from popliteal.spark import extract

    (note,) = extract(df).notes.collect()
    assert (note.note_id, note.patient_id, note.chars) == ("12", str(Decimal("3.50")), 5)


def test_rows_without_an_id_have_names_of_their_own(spark: SparkSession) -> None:
    results = extract(spark, [("Foot drop.",)] * 9, "text string", text=False)
    ids = [row.note_id for row in results.notes.collect()]
    assert len(set(ids)) == 9
    assert ids[0] == "row-1"
    assert {row.text for row in results.findings.collect()} == {None}


def test_giant_notes_do_not_fill_a_batch(spark: SparkSession) -> None:
    results = extract(spark, [("x" * 20_000_000 + " foot drop",)] * 8, "text string", persist=False)
    assert [row.chars for row in results.notes.collect()] == [20_000_010] * 8


def test_patterns_travel(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "concepts").mkdir()
    (tmp_path / "concepts" / "local.yaml").write_text(
        "sock_sign: {label: Sock sign, category: sensory, src: us, site: foot, phrases: [sock sign]}", encoding="utf-8"
    )
    results = extract(spark, [("Positive sock sign.",)], "body string", patterns=tmp_path, columns={"text": "body"})
    assert [row.concept for row in results.findings.collect()] == ["sock_sign"]


@pytest.mark.parametrize(
    ("schema", "message"),
    [("a string", "no column of note text was recognised"), ("text int", "is of type integer, expected string")],
)
def test_what_is_no_note_is_refused(spark: SparkSession, schema: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        extract(spark, [], schema)
