"""The text form: in colour, without, at 80 columns and on hostile text."""

from io import StringIO

import pytest
from rich.console import Console

from popliteal.explaining import render_terminal
from popliteal.explaining.names import NOT_A_DIAGNOSIS, details, when
from popliteal.explaining.view import View
from popliteal.schema import Finding
from support.note_samples import FOOT_DROP, HOSTILE, NAMES, assessment, foot_drop, hostile, view


def drawn(shown: View, *, colour: bool = False, width: int = 80) -> str:
    screen = Console(
        file=StringIO(),
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        no_color=False,
    )
    with screen.capture() as captured:
        render_terminal(shown, NAMES, screen)
    return captured.get()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = drawn(view(foot_drop(), FOOT_DROP), width=width).splitlines()
    assert max(map(len, lines)) <= width


def test_everything_that_was_concluded_is_there() -> None:
    text = " ".join(drawn(view(foot_drop(), FOOT_DROP, "2024-03-04"), width=200).split())
    for wanted in (
        "Note 0042, written 2024-03-04",
        "EMERGENCY",
        "Common peroneal (fibular) neuropathy at the fibular neck (left, likely)",
        "Acute foot drop or MRC 3 or less",
        "rule E05_acute_severe_motor; source seed, NG127",
        "rule S02_focal_sensory; on suspicion only",
        "−2",
        '"SLR negative" #19',
        "Weakness of a leg or foot",
        "not documented Fever or rigors",
        "Hip abd weak separates common peroneal from l5 root",
        "named by urgency rule E05_acute_severe_motor",
        'Explained, and counted for less: Knee replaced years ago: "knee replacement" #11',
        "patterns version 0123456789ab",
        NOT_A_DIAGNOSIS,
    ):
        assert wanted in text


def test_without_colour_signs_mark_the_findings() -> None:
    text = drawn(view(foot_drop(), FOOT_DROP))
    assert "\x1b" not in text
    for wanted in ("left [foot drop]", "No [-back pain]", "[?common peroneal", "[~AFO]", "[fam:diabetic", "[-absent]"):
        assert wanted in text


def test_with_colour_styles_do() -> None:
    text = drawn(view(foot_drop(), FOOT_DROP), colour=True)
    assert "[-back pain]" not in text
    assert "\x1b[2;9;33mback pain\x1b[0m" in text  # dim, struck, in the colour of pain


def test_text_of_a_note_cannot_move_the_cursor_or_be_markup() -> None:
    text = drawn(view(hostile(), HOSTILE), width=160)
    assert not any(letter in text for letter in "\x1b\u202e\u200b\ufeff\r")
    assert "[U+001B][31mfoot" in text
    assert "[bold]not bold[/bold]" in text


def test_a_note_about_something_else() -> None:
    text = drawn(view(assessment("1", []), "Sore throat."))
    assert "Nothing about legs, back, sphincters or their risks was found" in text
    assert "NONE" in text


@pytest.mark.parametrize(
    ("days", "shown"),
    [(0, "same day"), (1, "1 day before"), (6, "6 days before"), (21, "3 weeks before"), (800, "2 years before")],
)
def test_days_in_words(days: float, shown: str) -> None:
    assert when(Finding(0, 0, 1, "x", "numbness", "sensory", onset_days=days)) == shown


def test_details_leave_out_what_is_unknown() -> None:
    assert details(Finding(0, 0, 1, "x", "numbness", "sensory")) == [("assertion", "present")]
