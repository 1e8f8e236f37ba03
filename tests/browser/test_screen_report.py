"""The report of a cohort in a real browser: its style is allowed, text of notes is text, nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from popliteal.cohort import folder
from support.batch_tables import N, f, write_batch
from support.browser import CHROMIUM, DRIVER, MISSING, Browser
from support.screened import screened, write_criteria

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=MISSING),
]
EVIL = '<script>document.title = "owned"</script><img src=x onerror="document.title = 1"> & \u202egnorw'
BODY = """
index:
  label: "Foot drop <b>of any cause</b>"
  any: [{find: [foot_drop]}]
exclude:
  stroke: {label: Stroke, any: [{find: [dx_stroke]}]}
"""
NOTES = [
    N("<b>1</b>", "2024-01-01", [f("foot_drop", "left", text=EVIL)], type="<u>"),
    N("2", "2024-01-02", [f("foot_drop", "left"), f("dx_stroke", assertion="possible")]),
    N("3", "2024-01-03", [f("foot_drop", "left"), f("dx_stroke")]),
    N("4", "2024-01-03"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("report")
    screened(write_batch(place / "b", NOTES), write_criteria(place, BODY), place / "c")
    return place / "c" / folder.REPORT


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser() as started:
        started.window(1100)
        yield started


def test_the_page_is_styled_quiet_and_does_nothing(browser: Browser, report: Path) -> None:
    browser.open(report)
    assert browser.log() == []
    assert browser.run("return document.title") == "X · popliteal screen"
    assert browser.run("return getComputedStyle(document.querySelector('.tiles')).display") == "flex"
    assert browser.run("return document.querySelectorAll('script, img, iframe, u').length") == 0
    quoted = browser.run("return document.querySelector('#included q').textContent")
    assert quoted == EVIL
    assert browser.run("return document.querySelector('#included tbody th').textContent") == "<b>1</b>"


def test_what_it_says(browser: Browser, report: Path) -> None:
    browser.open(report)
    tiles = browser.run("return [...document.querySelectorAll('.tile')].map((tile) => tile.innerText)")
    assert [" ".join(tile.split()) for tile in tiles] == ["screened 4", "included 1", "uncertain 1", "excluded 2"]
    lists = browser.run(
        "return ['included', 'uncertain', 'near_miss'].map((id) =>"
        " [...document.querySelectorAll(`#${id} tbody th`)].map((cell) => cell.textContent))"
    )
    assert lists == [["<b>1</b>"], ["2"], ["3"]]
    assert "Undecided: Stroke" in browser.run("return document.querySelector('#uncertain').innerText")
    assert "Excluded by: Stroke" in browser.run("return document.querySelector('#near_miss').innerText")


@pytest.mark.parametrize("width", [480, 1100])
def test_nothing_is_cut_off(browser: Browser, report: Path, width: int) -> None:
    browser.window(width)
    browser.open(report)
    assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
    cut = browser.run(
        "return [...document.querySelectorAll('svg text')].filter((text) => {"
        " const box = text.previousElementSibling.getBBox(), words = text.getBBox();"
        " return words.x + words.width > box.x + box.width || words.y + words.height > box.y + box.height})"
        ".map((text) => text.textContent)"
    )
    assert cut == [], "words of the figure stay inside their boxes"


def test_it_can_be_walked_through_by_keyboard_and_told_by_headings(browser: Browser, report: Path) -> None:
    browser.open(report)
    headings = browser.run("return [...document.querySelectorAll('h1, h2')].map((one) => one.textContent)")
    assert headings[0] == "X"
    assert "Flow of patients" in headings
    unnamed = browser.run(
        "return [...document.querySelectorAll('[tabindex], section')].filter((one) =>"
        " !(one.ariaLabel || one.getAttribute('aria-labelledby') || one.tagName === 'PRE')).length"
    )
    assert unnamed == 0
    assert browser.run("return document.querySelector('svg title').textContent").startswith("Flow of 4 patients")
