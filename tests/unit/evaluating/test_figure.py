"""The picture of what is taken for what: the counts on notes small enough to count by hand, and the file as XML."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree  # it reads what was just written

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.evaluating.figure import Cell, Matrix, confusions, hypothesis_matrix, tier_matrix
from popliteal.evaluating.gold import GoldDecision, GoldNote
from popliteal.evaluating.matching import match
from popliteal.evaluating.metrics import Decision
from popliteal.evaluating.scoring import FAILED, NoteScore, Report
from popliteal.schema import URGENCIES, Note

SVG = "{http://www.w3.org/2000/svg}"


def want(hypothesis: str, urgency: str, *, also: str = "", tiers: str = "") -> GoldDecision:
    return GoldDecision(
        hypothesis, frozenset({hypothesis, *also.split()}), "left", urgency, frozenset({urgency, *tiers.split()})
    )


def report(decisions: Iterable[tuple[GoldDecision, Decision]]) -> Report:
    notes = (
        NoteScore(GoldNote(Note(str(index), ""), (), gold), match([], []), got, {})
        for index, (gold, got) in enumerate(decisions)
    )
    return Report.of(notes)


NOTES = [
    (want("cauda", "EMERGENCY"), Decision("cauda", "left", "EMERGENCY")),
    (want("cauda", "EMERGENCY", also="root", tiers="URGENT"), Decision("root", "left", "URGENT")),
    (want("cauda", "EMERGENCY"), Decision("root", "left", "URGENT")),
    (want("root", "SOON", also="cauda"), Decision("cauda", "left", "SOON")),
    (want("none", "NONE"), Decision(FAILED, FAILED, FAILED)),
    (GoldDecision(), Decision("cauda", "left", "EMERGENCY")),
]


def test_cells_count_notes_and_what_gold_accepts() -> None:
    matrix = hypothesis_matrix(report(NOTES), ["root", "unused", "cauda", "none"])
    assert matrix.names == ("root", "cauda", "none", FAILED)
    assert matrix.cells == {
        ("cauda", "cauda"): Cell(1, 1),
        ("cauda", "root"): Cell(2, 1),
        ("root", "cauda"): Cell(1, 1),
        ("none", FAILED): Cell(1, 0),
    }
    kinds = {pair: matrix.kind(*pair) for pair in matrix.cells}
    assert [*kinds.values()] == ["best", "wrong", "fine", "wrong"]
    assert matrix.row("cauda") == 3
    assert matrix.summary == "Hypotheses: 5 notes, 0.600 acceptable, 0.200 the best"


def test_tiers_stand_from_the_highest() -> None:
    matrix = tier_matrix(report(NOTES))
    assert matrix.names == ("EMERGENCY", "URGENT", "SOON", "NONE", FAILED)
    assert matrix.cells["EMERGENCY", "URGENT"] == Cell(2, 1)


@pytest.mark.parametrize("decisions", [NOTES, NOTES[:1], NOTES[-1:], []], ids=["all", "one", "undecided", "empty"])
def test_the_file_is_two_tables(decisions: list[tuple[GoldDecision, Decision]]) -> None:
    root = ElementTree.fromstring(confusions(report(decisions)))  # noqa: S314
    assert root.find(f"{SVG}title") is not None
    tables = root.findall(f".//{SVG}g[@role='table']")
    for table, matrix in zip(
        tables, [tier_matrix(report(decisions)), hypothesis_matrix(report(decisions), [])], strict=True
    ):
        rows = table.findall(f"{SVG}g[@role='row']")
        assert len(rows) == len(matrix.names) + 1 == int(table.attrib["aria-rowcount"])
        cells = table.findall(f".//{SVG}g[@role='cell']")
        assert sorted(int("".join(cell.findtext(f"{SVG}text") or "")) for cell in cells) == sorted(
            cell.notes for cell in matrix.cells.values()
        )


def test_a_cell_says_itself_in_words() -> None:
    text = confusions(report(NOTES))
    assert "<title>gold cauda, pipeline root: 2 notes, 1 acceptable</title>" in text
    assert "<title>gold root, pipeline cauda: 1 note, 1 acceptable</title>" in text


@given(st.lists(st.tuples(st.text("ab_<&\"'>é", min_size=1, max_size=60), st.text("ab<&]", min_size=1), st.booleans())))
def test_any_ids_give_well_formed_xml_within_the_picture(answers: list[tuple[str, str, bool]]) -> None:
    matrix = Matrix.of("Any", answers, URGENCIES)
    assert matrix.notes == len(answers)
    decisions = [
        (want(gold, "SOON", also=got if accepted and " " not in got else ""), Decision(got, "left", "SOON"))
        for gold, got, accepted in answers
    ]
    root = ElementTree.fromstring(confusions(report(decisions)))  # noqa: S314
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for box in root.iter(f"{SVG}rect"):
        assert 0 <= float(box.get("x", 0)) <= float(box.get("x", 0)) + float(box.attrib["width"]) <= width
        assert 0 <= float(box.get("y", 0)) <= float(box.get("y", 0)) + float(box.attrib["height"]) <= height
