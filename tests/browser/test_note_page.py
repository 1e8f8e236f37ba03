"""The page of one note in a real browser: what a reader can point at, tab to, print and read in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from popliteal.explaining import render_page
from support.browser import CHROMIUM, DRIVER, MISSING, Browser
from support.note_samples import FOOT_DROP, HOSTILE, NAMES, foot_drop, hostile, view

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=MISSING),
]
TAB, ESCAPE = "\ue004", "\ue00c"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    chromium.window(1280)
    chromium.scheme("light")
    chromium.open(Path("/"))  # away from the page of the test before
    chromium.log()
    return chromium


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "foot_drop": render_page(view(foot_drop(), FOOT_DROP, "2024-03-04"), NAMES),
        "hostile": render_page(view(hostile(), HOSTILE), NAMES),
    }
    made["no_script"] = re.sub(r"<script>.*</script>", "", made["foot_drop"], flags=re.S)
    for name, source in made.items():
        (folder / f"{name}.html").write_text(source, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


def lit(browser: Browser) -> list[str]:
    found: list[str] = browser.run("return [...document.querySelectorAll('mark.lit')].map((mark) => mark.id)")
    return found


def tip(browser: Browser) -> str | None:
    found: str | None = browser.run(
        "const tip = document.getElementById('tip'); return tip.hidden ? null : tip.innerText"
    )
    return found


@pytest.mark.parametrize("name", ["foot_drop", "hostile"])
def test_runs_its_own_script_and_nothing_else(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.open(pages[name])
    assert browser.log() == []
    assert browser.run("return document.documentElement.className") == "js"
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    assert browser.run("return document.querySelectorAll('script, img, iframe').length") == 1


def test_the_policy_stops_what_is_put_in(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["foot_drop"])
    browser.run(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = 1\"><i style=color:red>')"
    )
    assert browser.logged("Content Security Policy", times=2)
    assert browser.run("return document.title") == "Note 0042 · popliteal"


def test_words_light_up_with_their_evidence(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["foot_drop"])
    browser.hover(".evidence .chip[data-f='0 2']")
    assert lit(browser) == ["m0", "m2"]
    assert tip(browser) is None
    browser.hover("h1")
    assert lit(browser) == []


def test_a_mark_tells_what_it_is_inside_the_window(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["foot_drop"])
    browser.window(400)
    for number in (2, 5, 25):
        browser.hover(f"#m{number}")
        box = browser.run(
            "const box = document.getElementById('tip').getBoundingClientRect(); return [box.left, box.right, box.top]"
        )
        assert box[0] >= 0
        assert box[1] <= 400
        assert box[2] >= 0
    assert tip(browser) == "Saddle anesthesia\nassertion\nhypothetical\npattern\nsaddle_anesthesia.1"


def test_a_mark_within_a_mark_tells_of_both(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["foot_drop"])
    browser.hover("#m7")  # the same words as 6
    shown = tip(browser)
    assert shown is not None
    assert "Bladder incontinence" in shown
    assert "Bowel incontinence" in shown


def test_the_keyboard_reaches_the_marks(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["foot_drop"])
    browser.run("document.querySelector('.text').focus()")
    browser.keys(TAB + TAB)
    assert browser.run("return document.activeElement.id") == "m1"
    assert "peroneal neuropathy" in str(tip(browser))
    browser.keys(ESCAPE)
    assert tip(browser) is None


def test_without_a_script_focus_and_links_do(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["no_script"])
    browser.click("h1")  # a window that nobody has touched may lack the focus, and so has every mark in it
    browser.run("document.querySelector('#m2').focus()")
    content = browser.run("return getComputedStyle(document.querySelector('#m2'), '::after').content")
    assert "Foot drop" in content
    plain = browser.run("return getComputedStyle(document.querySelector('#m2')).backgroundColor")
    browser.run("document.activeElement.blur()")
    browser.click(".evidence .chip[data-f='20']")
    assert browser.run("return location.hash") == "#m20"
    target = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
    assert browser.run(target, "#m20") not in {plain, browser.run(target, "#m21")}


def test_the_table_sorts_both_ways(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["foot_drop"])

    def names() -> list[str]:
        found: list[str] = browser.run(
            "return [...document.querySelectorAll('td.k-finding')].map((cell) => cell.innerText)"
        )
        return found

    unsorted = names()
    browser.click("th.k-finding button")
    assert names() == sorted(unsorted, key=str.casefold)
    assert browser.run("return document.querySelector('th.k-finding').getAttribute('aria-sort')") == "ascending"
    browser.click("th.k-finding button")
    assert names() == sorted(unsorted, key=str.casefold, reverse=True)


@pytest.mark.parametrize("name", ["foot_drop", "hostile"])
@pytest.mark.parametrize("width", [320, 390, 820, 1440])
def test_nothing_is_wider_than_the_window(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    browser.open(pages[name])
    browser.window(width)
    assert browser.run("return document.documentElement.scrollWidth") <= width


#: Text whose contrast with what lies behind it is below WCAG AA, by drawing both colours on a canvas.
CONTRAST = """
const canvas = document.createElement("canvas");
canvas.width = canvas.height = 1;
const pen = canvas.getContext("2d", {willReadFrequently: true});
const over = (colours) => {
  pen.clearRect(0, 0, 1, 1);
  for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const light = (rgb) => {
  const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const poor = {};
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !element.checkVisibility() || element.closest("script, .skip")) continue;
  const behind = [];
  for (let at = element; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
  const [a, b] = [over(behind), over([...behind, getComputedStyle(element).color])].map(light);
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) poor[element.tagName + "." + element.className] = ratio.toFixed(2);
}
return poor;
"""


@pytest.mark.parametrize("name", ["foot_drop", "hostile"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(browser: Browser, pages: dict[str, Path], name: str, scheme: str) -> None:
    browser.scheme(scheme)
    browser.open(pages[name])
    found: dict[str, Any] = browser.run(CONTRAST)
    assert found == {}
    dark = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(15, 20, 25)") == (scheme == "dark")


def test_printed_it_is_whole_and_light(browser: Browser, pages: dict[str, Path]) -> None:
    browser.scheme("dark", media="print")
    browser.open(pages["foot_drop"])
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.run("return getComputedStyle(document.querySelector('.note')).position") == "static"
    assert browser.run("return getComputedStyle(document.querySelector('.text')).overflowY") == "visible"
    assert browser.run(CONTRAST) == {}
    browser.scheme("light")
    assert browser.pdf().startswith(b"%PDF")


def test_every_control_has_a_name(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["foot_drop"])
    tree = browser.cdp("Accessibility.getFullAXTree")["nodes"]
    nameless = [
        node["role"]["value"]
        for node in tree
        if node.get("role", {}).get("value") in {"button", "link", "heading", "region", "columnheader"}
        and not node.get("name", {}).get("value", "").strip()
    ]
    assert nameless == []
