"""``popliteal review``: what it refuses before it serves anything, each with what to do."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from popliteal.cli import app


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["review", *map(str, arguments)], catch_exceptions=False)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sample", "some"], "--sample: expected a number of charts"),
        (["--sample", "near_misses=3"], "near_miss"),
        (["--reviewer", ""], "--reviewer: expected a name"),
        (["--notes", "none.csv"], "none.csv: no such file"),
        (["--port", "99999"], "--port"),
        (["--export", "excel"], "labelstudio"),
    ],
)
def test_what_cannot_be_says_why(cohort: Path, arguments: list[str], message: str) -> None:
    assert message in refused(cohort, *arguments)


def test_a_port_that_is_taken_is_told_before_charts_are_drawn(cohort: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"--port {port}: cannot be used" in refused(cohort, "--port", port)
    assert not list(cohort.glob("adjudications*"))


def test_a_folder_that_is_no_cohort(tmp_path: Path) -> None:
    assert "popliteal screen" in refused(tmp_path)
    assert not list(tmp_path.iterdir())


def test_notes_that_have_changed_are_refused(cohort: Path, demo_cohort: Path, tmp_path: Path) -> None:
    changed = tmp_path / "notes.csv"
    text = (demo_cohort.parent / "notes.csv").read_text(encoding="utf-8")
    changed.write_text(text.replace("foot drop", "foot pain", 1), encoding="utf-8")
    said = refused(cohort, "--notes", changed)
    assert "other notes than those that the batch read" in said
    assert "foot pain" not in said


def test_notes_of_another_shape_are_refused_with_an_option_that_review_has(cohort: Path, tmp_path: Path) -> None:
    other = tmp_path / "letters.csv"
    other.write_text("number,letter\n1,Left foot pain.\n", encoding="utf-8")
    said = refused(cohort, "--notes", other)
    assert "other columns" in said
    assert "--notes" in said
    assert "--text-column" not in said
