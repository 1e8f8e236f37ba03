"""A chart review as gold: statements about findings, case by case, and ``popliteal evaluate COHORT`` as a whole."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from popliteal.cli import app
from popliteal.cohort.folder import open_cohort
from popliteal.cohort.review.charts import Charts
from popliteal.cohort.review.mechanisms import MECHANISMS
from popliteal.cohort.review.review import Review, prepare
from popliteal.cohort.review.store import REVIEWER, THIRD, Adjudications, Mark
from popliteal.cohort.review.texts import batch_of, read_texts
from popliteal.errors import OutputError
from popliteal.evaluating.adjudicated import CONFIRMED, Statement
from popliteal.evaluating.mechanisms import MECHANISMS as KNOWN
from popliteal.schema import Finding


def finding(concept: str = "foot_drop", start: int = 10, end: int = 19, **attributes: object) -> Finding:
    return Finding(0, start, end, "x", concept, "motor", **attributes)  # type: ignore[arg-type]  # by name


def said(mechanism: str, *was: str, should_be: str = "") -> Statement:
    return Statement("p", "n", 0, 10, 19, "foot_drop", mechanism, was, should_be)


HERE, ABSENT, ELSEWHERE = finding(), finding(assertion="absent"), finding(start=19, end=28)
HOLDS: list[tuple[Statement, list[Finding], bool]] = [
    (said("spurious"), [], True),
    (said("spurious"), [HERE], False),
    (said("spurious"), [ELSEWHERE], True),
    (said("spurious"), [finding("numbness")], True),
    (said("missed"), [], False),
    (said("missed"), [ELSEWHERE], False),
    (said("missed"), [ABSENT], True),
    (said("wrong concept", "foot_drop", should_be="numbness"), [finding("numbness")], True),
    (said("wrong concept", "foot_drop", should_be="numbness"), [finding("numbness"), HERE], False),
    (said("wrong concept", "foot_drop", should_be="numbness"), [], False),
    (said("wrong concept", "foot_drop"), [], True),
    (said("assertion", "present", should_be="absent"), [ABSENT], True),
    (said("assertion", "present", should_be="absent"), [HERE], False),
    (said("assertion", "present", should_be="absent"), [], False),
    (said("assertion", "present"), [HERE], False),
    (said("assertion", "present"), [ABSENT], True),
    (said("assertion", "present"), [], False),
    (said("site", "foot", should_be="leg"), [finding(site="leg")], True),
    (said("value", "2/5"), [finding(value_text="3/5")], True),
    (said("value", "2/5"), [finding(value_text="2/5")], False),
    (said(CONFIRMED, "present", "current", "left"), [finding(laterality="left")], True),
    (said(CONFIRMED, "present", "current", "left"), [finding(laterality="right")], False),
    (said(CONFIRMED, "present", "current", "left"), [], False),
]


@pytest.mark.parametrize(("statement", "findings", "holds"), HOLDS)
def test_a_statement_holds_or_not(statement: Statement, findings: list[Finding], holds: bool) -> None:
    assert statement.holds(findings) is holds


def test_the_mechanisms_are_those_of_evaluate() -> None:
    assert set(MECHANISMS) <= set(KNOWN)
    with pytest.raises(KeyError):
        MECHANISMS["apart"]


# ---------- as a whole
#: More charts than there are patients.
EVERYBODY = 9_999


@pytest.fixture
def reviewed(cohort: Path) -> Path:
    """Everybody reviewed by two, who differ on the first included patient; marks on the first three."""
    opened, store = open_cohort(cohort), Adjudications(cohort)
    prepare(opened, store, EVERYBODY, 1)
    batch = batch_of(opened)
    included = [chart for chart in store.charts() if chart.stratum == "included"]
    charts = Charts(opened, batch, read_texts(batch, [chart.patient_id for chart in included]))
    for name in ("alice", "bob"):
        store.join(name, REVIEWER)
        for chart in store.charts():
            store.answer(name, chart.number, "accept")
    store.answer("bob", included[0].number, "reject")
    store.answer("alice", included[1].number, "unsure")
    store.answer("bob", included[1].number, "unsure")
    for chart, (mechanism, should_be) in zip(
        included, [("spurious", ""), ("assertion", "absent"), ("onset", "")], strict=False
    ):
        evidence = charts.chart(chart.patient_id).evidence[0]
        note = charts.chart(chart.patient_id).notes[evidence.note or 0]
        item = note.finding(evidence.findings[0])
        assert item is not None
        mark = Mark(
            note.note.note_id, note.copy, item.finding_id, item.start, item.end, item.concept, mechanism,
            str(getattr(item, mechanism, "")), should_be,
        )  # fmt: skip
        store.mark("alice", chart.number, mark)
        if mechanism == "assertion":  # and one that contradicts it makes no statement
            store.mark("bob", chart.number, replace(mark, should_be="family"))
    store.close()
    return cohort


def run(*arguments: object, status: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == status, result.stderr
    return result.stdout, result.stderr


def test_evaluate_reads_the_answers_as_gold(reviewed: Path) -> None:
    out, _ = run(reviewed, "--json", "-")
    data = json.loads(out)
    sizes = Counter(row["verdict"] for row in open_cohort(reviewed).patients().to_pylist())
    counts = {(row["verdict"], row["belongs"]): row["count"] for row in data["verdicts"]}
    assert counts == {
        ("included", "in"): sizes["included"] - 2,
        ("uncertain", "in"): sizes["uncertain"],
        ("excluded", "out"): sizes["excluded"],
    }
    assert (data["open"], data["unsure"], data["mended"], data["broken"]) == (1, 1, [], [])
    assert data["measures"]["PPV"]["value"] == 1
    assert data["measures"]["sensitivity"]["value"] == pytest.approx(
        sizes["included"] / (sizes["included"] + sizes["uncertain"])
    )
    assert data["statements"]["spurious"] == {"holds": 0, "said": 1}
    assert data["statements"]["onset"] == {"holds": 0, "said": 1}
    assert "assertion" not in data["statements"], "two reviewers contradict each other"
    confirmed = data["statements"]["confirmed"]
    assert confirmed["holds"] == confirmed["said"] > 30, "what was found by the same patterns is found again"
    tables, err = run(reviewed)
    for expected in ("belongs", "PPV", "sensitivity", "confirmed", "What does not hold"):
        assert expected in tables
    assert "foot drop" not in (tables + err).lower().replace("foot_drop", "")


def test_what_a_change_mends_and_breaks(reviewed: Path, demo_cohort: Path, tmp_path: Path) -> None:
    """The answers of one cohort judge the verdicts of another."""
    import shutil

    import pyarrow.parquet as pq

    newer = Path(shutil.copytree(demo_cohort, tmp_path / "newer"))
    table = pq.read_table(newer / "patients.parquet")
    rows = table.to_pylist()
    lost = next(row for row in rows if row["verdict"] == "included" and row["patient_id"] == "hostile")
    lost["verdict"] = "excluded"
    won = next(row for row in rows if row["verdict"] == "uncertain")
    won["verdict"] = "included"
    pq.write_table(table.from_pylist(rows, table.schema), newer / "patients.parquet")
    data = json.loads(run(newer, "--adjudications", reviewed, "--json", "-")[0])
    assert (data["broken"], data["mended"]) == (["hostile"], [won["patient_id"]])


def test_what_says_nothing_about_a_cohort_is_refused(reviewed: Path, demo_cohort: Path) -> None:
    for option in (["--per-concept"], ["--split", 2], ["--from-gold"], ["--errors", 0]):
        assert "is for a corpus of notes" in run(reviewed, *option, status=2)[1]
    assert "popliteal review" in run(reviewed, "--adjudications", demo_cohort, status=2)[1]


# ---------- the answers that count, and who may change the sample
def test_the_third_decides_and_agreement_counts(reviewed: Path) -> None:
    store = Adjudications(reviewed)
    found = Review.of(store)
    (first,) = found.disagreements()
    assert found.final(first.chart.number) is None
    assert {name: given.answer for name, given in first.answers.items()} == {"alice": "accept", "bob": "reject"}
    store.join("carol", THIRD)
    store.answer("carol", first.chart.number, "reject")
    found = Review.of(store)
    assert found.final(first.chart.number) == "reject"
    ((one, other, agreement),) = found.agreement()
    assert (one, other, agreement.charts - agreement.agreed) == ("alice", "bob", 1)
    store.close()


def test_a_sample_grows_and_nothing_else(cohort: Path) -> None:
    opened, store = open_cohort(cohort), Adjudications(cohort)
    prepare(opened, store, {"included": 5, "random": 5}, 3)
    first = store.charts()
    prepare(opened, store)
    assert store.charts() == first
    prepare(opened, store, {"included": 9, "random": 5}, 3)
    assert (store.charts()[:10], len(store.charts())) == (first, 14)
    for sample, seed, message in (({"included": 4}, None, "only grow"), (None, 4, "--seed")):
        with pytest.raises(OutputError, match=message):
            prepare(opened, store, sample, seed)
    store.close()


def test_other_verdicts_need_another_review(cohort: Path) -> None:
    import pyarrow.parquet as pq

    opened, store = open_cohort(cohort), Adjudications(cohort)
    prepare(opened, store, 10)
    table = pq.read_table(cohort / "patients.parquet")
    rows = table.to_pylist()
    rows[0]["near_miss"] = not rows[0]["near_miss"]
    rows[0]["verdict"] = "uncertain"
    pq.write_table(table.from_pylist(rows, table.schema), cohort / "patients.parquet")
    with pytest.raises(OutputError, match="screened anew"):
        prepare(opened, store)
    store.close()
