"""The same criteria, the same statements, the same rows: Spark SQL on this machine beside DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.batch_tables import N, f, write_batch
from support.screened import screened, verdicts, write_criteria

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.slow, pytest.mark.java, pytest.mark.xdist_group("spark")]

DROP = f("foot_drop", "left")
#: Something of everything that the language has.
EVERYTHING = """
index:
  label: "It's a foot drop"
  any:
    - find: [foot_drop]
      words: [drop, "it's \\\\"]
      unless: [{find: [strength_normal], text: [all]}]
    - {category: [reflex], value: {max: 2}, unmeasured: true, note_type: ["op's"]}
    - {tier: EMERGENCY}
  washout: 30
  dates: {first: 2020-01-01}
include:
  adult: {label: a, age: {min: 18}}
  women: {label: w, sex: [F]}
  op:
    label: o
    any:
      - {find: [knee_surgery], temporality: [current, historical], dated: event}
      - all: [{find: [trauma]}, {find: [knee_pain], site: [knee, null]}, {hypothesis: [common_peroneal]}]
    when: within 90 days before index
    same_side: true
  twice: {label: t, any: [{find: [foot_drop]}, {red_flag: [fever]}], at_least: {days: 2}, when: on or after index}
exclude:
  rule: {label: r, any: [{rule: [E02_saddle]}], when: in the index note}
  stroke: {label: s, any: [{find: [dx_stroke]}], at_least: {notes: 2}}
"""
WHO = {"born": "1970-05-05", "sex": "F"}
OP = f("knee_surgery", "left", temporality="historical", onset_days=9.0)
PERONEAL = [("common_peroneal", "left", "likely")]
NOTES = [
    N("in", "2024-01-01", [DROP, OP], **WHO), N("in", "2024-01-02", [DROP], **WHO),
    N("copy", "2024-01-01", [DROP, OP], chars=5, **WHO), N("copy", "2024-01-01", [DROP, OP], chars=5, **WHO),
    N("old op", "2024-01-01", [DROP, f("knee_surgery", "left", temporality="historical")], **WHO),
    N("old op", "2024-01-03", flags={"fever": "present"}, **WHO),
    N("side", "2024-01-01", [DROP, f("knee_surgery", "right")], **WHO),
    N("trauma", "2024-01-01", [DROP, f("trauma"), f("knee_pain", "left")], PERONEAL, **WHO),
    N("trauma", "2024-01-09", [DROP], **WHO),
    N("undated", None, [DROP, OP], **WHO), N("future", "2071-01-01", [DROP, OP], **WHO),
    N("young", "2024-01-01", [DROP, OP], born="2015-01-01", sex="F"),
    N("man", "2024-01-01", [DROP, OP], born="1970-01-01", sex="M"), N("nobody", "2024-01-01", [DROP, OP]),
    N("O'Hara \\ 患者", "2024-01-01", [DROP, OP], rules=["E02_saddle"], **WHO),
    N("full", "2024-01-01", [DROP, f("strength_normal", value_text="all")], **WHO),
    N("stroke", "2024-01-01", [DROP, OP, f("dx_stroke")], **WHO),
    N("stroke", "2024-01-09", [DROP, f("dx_stroke")], **WHO),
    N("tier", "2024-01-01", urgency="EMERGENCY", review=True, **WHO), N("silent", "2024-01-01", **WHO),
    N("bad date", "2024-02-30", [DROP, OP], **WHO), N("again", "2024-01-01", [DROP, OP], **WHO),
    N("again", "2024-01-20", [DROP], **WHO), N(None, "2024-01-01", [DROP]),
    N("reflex", "2024-01-01", [f("clonus", category="reflex", value=2.0), OP], type="OP'S NOTE", **WHO),
]  # fmt: skip


def test_spark_gives_the_rows_of_duckdb(spark: SparkSession, tmp_path: Path) -> None:
    tables = write_batch(tmp_path / "it's [odd] {x}", NOTES, failed=2)
    criteria = write_criteria(tmp_path, EVERYTHING)
    duck = screened(tables, criteria, tmp_path / "duck")
    other = screened(tables, criteria, tmp_path / "spark", engine="spark")
    assert verdicts(duck)["in"] == "included"
    assert len(set(verdicts(duck).values())) >= 8, "the notes tell criteria apart"
    assert other.patients().equals(duck.patients())
    assert other.evidence().equals(duck.evidence())
    assert other.manifest.counts == duck.manifest.counts
    assert spark.sql("SHOW VIEWS").collect() == [], "the session of the caller is left as it was"
