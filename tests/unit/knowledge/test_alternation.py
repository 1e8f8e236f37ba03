"""One pass of many regular expressions finds what ``re`` finds by trying them all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.knowledge import load
from popliteal.knowledge.alternation import Alternation, Seldom, beginnings, begun, infixes

GROUPS = (
    (r"(?:not|never) gone", r"n't"),
    (r"\d{1,3}(?: ?- ?\d)? (?:days?|weeks?)\b", r"\d/52"),
    (r"(?:is |was )*better", r"(?<=, )now"),
    (r"\w*(?:ectomy|plasty)", r"[\w.]+grade fever"),
    (r"(?i:Kelvin|straße)", r"↑ ?(?:pain|tone)"),
)
BEFORE, BEHIND = r"(?<![\w/])", r"(?:(?<!\w)|(?!\w))"
WORDS = [
    "not", "never", "gone", "isn't", "n't", "12", "3 - 4", "days", "week", "4/52", "is", "was", "better", ", ", "now",
    "arthroplasty", "Lumpectomy", "low-grade fever", "kelvin", "\u212aelvin", "STRASSE", "straße", "↑",
    "pain", "/", " ",
    "ſ",
    "\n",
]  # fmt: skip


def plain(text: str) -> list[tuple[int, int, int]]:
    these = "|".join(f"(?P<r{number}>{'|'.join(group)})" for number, group in enumerate(GROUPS))
    whole = re.compile(rf"{BEFORE}(?=\S)(?:{these}){BEHIND}", re.IGNORECASE)
    return [(m.start(), m.end(), int((m.lastgroup or "")[1:])) for m in whole.finditer(text)]


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(["", " "]))
def test_it_finds_what_trying_all_of_them_finds(words: list[str], glue: str) -> None:
    text = glue.join(words)
    assert list(Alternation(GROUPS, BEFORE, BEHIND).find(text)) == plain(text)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("gone", {"gone"}),
        ("(?:no|nil) pain", {"no p", "nil "}),
        (r"[ab]\d", {"a0", "b0"}),
        (r"x?\d{2}", {"x00", "00"}),
        (r"on\b.*", {"on"}),
        ("no|none", {"no"}),
        (r"(?<=, )(?:and )?now", {"and ", "now"}),
        (r"\w+itis", {""}),
    ],
)
def test_how_a_pattern_can_begin(pattern: str, expected: set[str]) -> None:
    assert beginnings(pattern) == expected


def test_many_beginnings_are_cut_shorter() -> None:
    pattern = "(?:one|two|six) (?:day|week|year)"
    assert beginnings(pattern, 6) == {f"{n} {u}" for n in ("one", "two", "six") for u in ("da", "we", "ye")}
    assert beginnings(pattern, 6, 4) == {"one ", "two ", "six "}
    assert beginnings(pattern, 6, 2) == {""}


def test_letters_that_are_the_same_without_case_begin_alike() -> None:
    for letter in "kKſsSıiİµμΜ":
        for pattern in "kKſsSıiİµμΜ":
            if re.match(pattern, letter, re.IGNORECASE):
                assert next(Alternation([[pattern]]).find(letter), None) == (0, 1, 0), (pattern, letter)


def test_what_begins_behind_the_last_place_is_not_found() -> None:
    cues = Alternation([["two days"], ["now"]])
    assert list(cues.find("two days, now", 9)) == [(0, 8, 0)]
    assert list(cues.find("two days, now", 10)) == [(0, 8, 0), (10, 13, 1)]


def test_what_must_stand_in_a_pattern_that_can_begin_with_anything() -> None:
    assert infixes(r"\w*(?:ectom(?:y|ies)|plasty)") == {"ectomy", "ectomies", "plasty"}


@pytest.mark.parametrize("pattern", [r"\w+", r"\w+\d", ".*(?:a|bcd)"])
def test_a_pattern_of_nothing_certain_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match="no letters that must stand in the text"):
        Alternation([[pattern]])


def test_the_cues_of_time_are_found_as_if_all_were_tried() -> None:
    cues = load().timing.cues
    text = "Numb for 3 weeks, now gone; s/p laminectomy on 12/3/2020, weak since Tuesday and not yet settled."
    assert [text[start:end] for start, end, _ in cues.find(text)] == [
        "for 3 weeks", "now gone", "s/p", "laminectomy", "on 12/3/2020", "since Tuesday", "not yet settled",
    ]  # fmt: skip


def test_a_seldom_expression_is_found_where_one_of_its_beginnings_stands() -> None:
    """Case and the stretch that is asked for count as they do in the expression itself."""
    rare = Seldom(r"(?i)\b(?:CMAPs?|nerve conduction)\b")
    assert rare.search("No fever.") is None
    assert rare.search("nerve block, condition") is None
    found = rare.search("Normal Nerve Conduction, cmap 2.1")
    assert found is not None
    assert found.start() == 7
    assert rare.search("CMAP 2.1", 1) is None


@pytest.mark.parametrize("pattern", [r"\w+ectomy", r"\d cm"])
def test_a_seldom_expression_has_letters_to_begin_with(pattern: str) -> None:
    """Else every text would have to be searched."""
    with pytest.raises(ValueError, match="does not begin with letters"):
        Seldom(pattern)


@pytest.mark.parametrize(
    "pattern",
    [r"\b(?:is|was|[0-4]/5|\d+ days) (?:gone|left)", r"(?<![\w-])(?:é|→ ?)\w+", r"\w+itis", "straße", r"(?:[^a]|b)c|-"],
)
def test_a_look_at_the_first_letter_changes_no_match(pattern: str) -> None:
    text = "he is gone, 3/5 left; 12 days left - arthritis, straße xc bc é1 → up was left"
    found = [one.span() for one in re.finditer(pattern, text)]
    assert [one.span() for one in re.finditer(begun(pattern), text)] == found
    assert found
