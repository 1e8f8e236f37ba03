"""Chart review in a real browser: twenty charts by keyboard, nothing lost, two reviewers and a third, hostile notes."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from popliteal.cohort.review.store import Adjudications
from support.browser import CHROMIUM, DRIVER, MISSING, Browser
from support.cohorts import HOSTILE, make_batch, make_cohort
from support.review_server import Hosted, Served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason=MISSING),
]
TAB, ENTER, ESCAPE, SPACE = "\ue004", "\ue007", "\ue00c", " "


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    chromium.window(1280)
    chromium.scheme("light")
    chromium.log()
    return chromium


def until(browser: Browser, script: str, wanted: object = True) -> None:
    """Wait until a script returns what is wanted: pages and saved comments take their moment."""
    for _ in range(200):
        found = browser.run(f"return document.readyState === 'complete' ? ({script}) : null")
        if found == wanted:
            return
        time.sleep(0.05)
    raise AssertionError(f"{script} gave {found!r}, not {wanted!r}")


def number(browser: Browser) -> int:
    """The chart that is shown."""
    return int(browser.run("return document.body.dataset.chart"))


def answer(browser: Browser, key: str) -> None:
    """Press a key on a chart and wait for the page that follows."""
    before = number(browser)
    browser.keys(key)
    until(browser, f"document.body.dataset.chart !== '{before}' || !document.body.dataset.chart")


def answers(cohort: Path, reviewer: str) -> dict[int, str]:
    store = Adjudications(cohort, create=False)
    try:
        return {chart: given.answer for chart, given in store.answers(reviewer).items()}
    finally:
        store.close()


NAME = {"a": "accept", "r": "reject", "u": "unsure"}


def test_twenty_charts_by_keyboard_with_a_crash_in_the_middle(browser: Browser, cohort: Path) -> None:
    keys = "aaraauaaraaaraauaaar"
    with Served(cohort, "--reviewer", "alice", "--sample", "20", "--seed", "4") as served:
        browser.visit(served.address)
        assert browser.run("return location.pathname") == "/chart/1"
        for key in keys[:9]:
            answer(browser, key)
        browser.visit(f"{served.origin}/chart/10")
        browser.keys("c")
        browser.keys("half a thou")
        until(browser, "document.getElementById('saved').textContent", "Saved")
        served.kill()
    with Served(cohort, "--reviewer", "alice") as served:
        browser.visit(served.address)
        assert number(browser) == 10, "it goes on where it stopped"
        assert browser.run("return document.getElementById('comment').value") == "half a thou"
        browser.visit(f"{served.origin}/chart/10")
        for key in keys[9:]:
            answer(browser, key)
        until(browser, "location.pathname", "/charts")
        assert "All 20 charts are reviewed" in browser.run("return document.body.innerText")
        assert browser.log() == []
    assert answers(cohort, "alice") == {place: NAME[key] for place, key in enumerate(keys, 1)}


def test_undo_by_keyboard(browser: Browser, cohort: Path) -> None:
    with Hosted(cohort, 8) as served:
        browser.visit(served.address)
        for key in "aru":
            answer(browser, key)
        until(browser, "document.querySelector('.status').textContent.trim()", "Chart 3 left as unsure.")
        answer(browser, "z")
        assert number(browser) == 3
        until(browser, "document.querySelector('.status').textContent.trim()", "Chart 3 is open again.")
        answer(browser, "z")
        assert (number(browser), answers(cohort, "alice")) == (2, {1: "accept"})
        assert browser.run("return document.querySelector('#progress').value") == 1


def test_typing_a_comment_answers_nothing(browser: Browser, cohort: Path) -> None:
    with Hosted(cohort, 3) as served:
        browser.visit(served.address)
        browser.keys("c")
        browser.keys("a rumour azure")
        browser.keys(ESCAPE)
        answer(browser, "a")
        browser.visit(f"{served.origin}/charts")
        assert "a rumour azure" in browser.run("return document.querySelector('tbody').innerText")
    assert answers(cohort, "alice") == {1: "accept"}


def test_a_comment_is_not_lost_to_the_next_form(browser: Browser, cohort: Path) -> None:
    """A finding is marked in the moment after a comment was typed: both are kept, and the page shows both."""
    with Hosted(cohort, {"included": 3}) as served:
        browser.visit(served.address)
        browser.keys("c")
        browser.run("document.querySelector('#finding input[name=mechanism]').checked = true")
        browser.keys("quick")
        browser.run(
            """
            const form = document.querySelector('#finding form');
            const button = document.querySelector('[data-open]');
            [form.elements.note.value, form.elements.finding.value] = button.dataset.open.split('-');
            form.requestSubmit();"""
        )
        until(browser, "document.querySelectorAll('#wrong li').length", 1)
        assert browser.run("return document.getElementById('comment').value") == "quick"


def review_all(browser: Browser, cohort: Path, reviewer: str, keys: str, comment: str = "") -> str:
    """A reviewer's whole review; the text of all pages that the reviewer saw."""
    seen = []
    with Hosted(cohort, len(keys), reviewer, seed=2) as served:
        browser.visit(served.address)
        for key in keys:
            seen.append(browser.run("return document.documentElement.outerHTML"))
            if comment:
                browser.keys("c")
                browser.keys(comment)
                browser.keys(ESCAPE)
            answer(browser, key)
        for page in ("charts", "estimates", "wrong", "chart/1", "disagreements"):
            browser.visit(f"{served.origin}/{page}")
            seen.append(browser.run("return document.documentElement.outerHTML"))
    return "\n".join(seen)


def test_two_reviewers_and_a_third(browser: Browser, cohort: Path, tmp_path: Path) -> None:
    first = review_all(browser, cohort, "alice", "aaraaaaauaaa", "xyzzy")
    second = review_all(browser, cohort, "bob", "aaaaaraauaaa")
    assert "alice" in first
    assert "alice" not in second
    assert "xyzzy" not in second
    assert "kappa" not in second.split("How they are made")[0]
    with Served(cohort, "--reviewer", "carol", "--third") as served:
        browser.visit(served.address)
        assert number(browser) == 3
        shown = browser.run("return document.querySelector('.others').innerText")
        assert "alice: reject" in shown
        assert "bob: accept" in shown
        assert "xyzzy" in shown
        answer(browser, "r")
        assert number(browser) == 6
        browser.visit(f"{served.origin}/disagreements")
        assert browser.run("return document.querySelectorAll('tbody tr').length") == 2
        assert "1 of 2 settled" in browser.run("return document.querySelector('h1').innerText")
        browser.visit(f"{served.origin}/chart/6")
        answer(browser, "a")
        browser.visit(f"{served.origin}/estimates")
        assert "alice, bob" in browser.run("return document.querySelector('[aria-labelledby=h-kappa]').innerText")
    run_export(cohort, tmp_path / "out", "csv", "redcap", "labelstudio")
    final = rows(tmp_path / "out" / "final.csv")
    assert [(row["answer"], row["by"]) for row in final if row["chart"] in {"3", "6", "9"}] == [
        ("reject", "third"), ("accept", "third"), ("unsure", "reviewers"),
    ]  # fmt: skip
    assert len(rows(tmp_path / "out" / "adjudications.csv")) == 26
    assert len(rows(tmp_path / "out" / "redcap_import.csv")) == 26
    tasks = json.loads((tmp_path / "out" / "label_studio.json").read_text(encoding="utf-8"))
    assert {len(task["annotations"]) for task in tasks} == {2, 3}


def run_export(cohort: Path, out: Path, *forms: str) -> str:
    arguments = [item for form in forms for item in ("--export", form)]
    done = subprocess.run(
        [sys.executable, "-m", "popliteal", "review", str(cohort), *arguments, "--to", str(out)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_who_reviewed_cannot_be_the_third(cohort: Path) -> None:
    with Served(cohort, "--reviewer", "alice", "--sample", "3"):
        pass
    with pytest.raises(AssertionError, match="alice has reviewed this cohort"):
        Served(cohort, "--reviewer", "alice", "--third")


# ---------- hostile notes
def hostile_chart(cohort: Path) -> int:
    store = Adjudications(cohort, create=False)
    try:
        return next(chart.number for chart in store.charts() if chart.patient_id == "hostile")
    finally:
        store.close()


#: More charts than there are patients.
EVERYBODY = 9_999


def test_markup_in_a_note_is_shown_as_text(browser: Browser, cohort: Path) -> None:
    with Hosted(cohort, EVERYBODY) as served:
        browser.visit(served.address)
        browser.visit(f"{served.origin}/chart/{hostile_chart(cohort)}")
        shown = browser.run("return document.querySelector('.text').textContent")
        assert shown.startswith("<script>document.title = 'taken'</script> <img src=x onerror=")
        assert "&lt;i&gt;" in shown
        assert "{{ 7 * 7 }}" in shown
        assert browser.run("return document.querySelectorAll('.text script, .text img, .text b, .text i').length") == 0
        assert browser.run("return document.querySelectorAll('script').length") == 1
        assert browser.run("return document.title").endswith("popliteal review")
        browser.hover(".text mark.ev")
        assert "taken" not in browser.run("return document.title")
        assert browser.log() == []
        browser.run("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = 1\">')")
        assert browser.logged("Content Security Policy"), "and the policy would stop it"


# ---------- wrong findings
def test_a_wrong_finding_is_marked_and_unmarked_by_keyboard(browser: Browser, cohort: Path) -> None:
    with Hosted(cohort, {"included": 6}) as served:
        browser.visit(served.address)
        browser.keys("j")
        assert browser.run("return document.activeElement.matches('mark.ev')")
        words = browser.run("return document.activeElement.textContent")
        browser.keys("w")
        assert browser.run("return document.querySelector('#finding').open")
        browser.keys("3")
        browser.run("document.activeElement.value = 'absent'")
        browser.keys(TAB)
        browser.run("document.querySelector('#finding .primary').focus()")
        browser.keys(ENTER)
        until(browser, "document.querySelectorAll('.text mark.wrong').length > 0")
        assert browser.run("return document.activeElement.matches('mark.wrong')"), "one is where one was"
        listed = browser.run("return document.querySelector('#wrong').innerText")
        assert "assertion" in listed
        assert words in listed
        assert "present → absent" in listed
        answer(browser, "r")
        browser.visit(f"{served.origin}/wrong")
        page = browser.run("return document.querySelector('main').innerText")
        assert "included, rejected" in page
        assert words in page
        browser.visit(f"{served.origin}/chart/1")
        browser.click("#wrong li button")
        until(browser, "document.querySelectorAll('.text mark.wrong').length", 0)
        assert browser.log() == []


def test_missed_words_are_found_in_the_note(browser: Browser, cohort: Path) -> None:
    """In a note of two kinds of line ends and invisible characters, the selected words are the words that are kept."""
    with Hosted(cohort, EVERYBODY) as served:
        browser.visit(served.address)
        chart = hostile_chart(cohort)
        browser.visit(f"{served.origin}/chart/{chart}")
        browser.run(
            """
            const walker = document.createTreeWalker(document.querySelector('.text'), NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
              const at = node.data.indexOf('7 * 7');
              if (at < 0) continue;
              getSelection().setBaseAndExtent(node, at - 1, node, at + 6);
            }"""
        )
        browser.keys("m")
        assert browser.run("return document.querySelector('#missed-words').textContent") == "7 * 7"
        browser.run("document.querySelector('#missed select').value = 'numbness'")
        browser.click("#missed .primary")
        until(browser, "document.querySelectorAll('#wrong li').length", 1)
        assert "7 * 7" in browser.run("return document.querySelector('#wrong').innerText")
    store = Adjudications(cohort, create=False)
    (mark,) = store.marks("alice")[chart]
    store.close()
    assert (mark.mechanism, mark.concept, HOSTILE[mark.start : mark.end]) == ("missed", "numbness", "7 * 7")


def test_notes_open_and_close(browser: Browser, tmp_path: Path) -> None:
    """Nine notes, evidence in one, one a copy: what is open at first, and after a key."""
    notes = tmp_path / "notes.csv"
    with notes.open("w", newline="") as file:
        texts = ["Left foot drop.", *(f"Visit {number}. Walks well." for number in range(7)), "Visit 3. Walks well."]
        rows = [(str(number), "p", f"2024-01-{number + 1:02d}", text) for number, text in enumerate(texts)]
        csv.writer(file).writerows([("note_id", "patient_id", "note_date", "text"), *rows])
    cohort = make_cohort(make_batch(notes, tmp_path / "tables"), notes, tmp_path / "cohort")
    opened = "[...document.querySelectorAll('details.note')].map((note) => Number(note.open)).join('')"
    with Hosted(cohort, 1) as served:
        browser.visit(served.address)
        assert browser.run(f"return {opened}") == "100000000"
        assert "same text as 4" in browser.run("return document.querySelector('#note-8').innerText")
        browser.keys("j")
        assert browser.run("return document.activeElement.textContent") == "foot drop"
        for wanted in ("111111111", "100000000"):
            browser.keys("o")
            assert browser.run(f"return {opened}") == wanted


# ---------- for everybody
def pages(served: Hosted) -> list[str]:
    return [f"{served.origin}/{page}" for page in ("chart/1", "chart/2", "charts", "estimates", "wrong")]


CONTRAST = """
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
const over = (colours) => {
  canvas.fillStyle = "#fff"; canvas.fillRect(0, 0, 1, 1);
  for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
  return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const light = (rgb) => {
  const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const poor = {};
for (const element of document.body.querySelectorAll("*")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !element.checkVisibility() || element.closest("svg, .skip, .hidden, option, progress")) continue;
  const behind = [];
  for (let at = element; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
  const [a, b] = [over(behind), over([...behind, getComputedStyle(element).color])].map(light);
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) poor[element.tagName + "." + element.className] = ratio.toFixed(2);
}
return poor;
"""


def nameless(browser: Browser) -> list[str]:
    """Controls without a name for a screen reader."""
    tree = browser.cdp("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "heading", "region", "textbox", "combobox", "radio", "checkbox", "progressbar", "image"}
    return [
        node["role"]["value"]
        for node in tree
        if node.get("role", {}).get("value") in roles and not node.get("name", {}).get("value", "").strip()
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_read_and_named(browser: Browser, cohort: Path, scheme: str) -> None:
    browser.scheme(scheme)
    with Hosted(cohort, 12) as served:
        browser.visit(served.address)
        for key in "aru":
            answer(browser, key)
        for page in pages(served):
            browser.visit(page)
            assert browser.run(CONTRAST) == {}, page
            assert nameless(browser) == [], page
            assert browser.run("return document.querySelectorAll('h1').length") == 1
            assert browser.run("return document.querySelectorAll('main, header nav').length") == 2
        assert browser.log() == []


@pytest.mark.parametrize("width", [1280, 700, 380])
def test_nothing_is_cut_off(browser: Browser, cohort: Path, width: int) -> None:
    browser.window(width)
    with Hosted(cohort, 12) as served:
        browser.visit(served.address)
        for page in pages(served):
            browser.visit(page)
            assert browser.run("return document.documentElement.scrollWidth") <= width, page


def test_the_first_stops_of_the_keyboard(browser: Browser, cohort: Path) -> None:
    with Hosted(cohort, 3) as served:
        browser.visit(served.address)
        browser.keys(TAB)
        assert browser.run("return document.activeElement.textContent") == "Skip to your answer"
        browser.keys(ENTER)
        browser.keys(TAB)
        assert browser.run("return document.activeElement.value") == "accept"
        browser.keys(SPACE)
        until(browser, "document.body.dataset.chart", "2")
    assert answers(cohort, "alice") == {1: "accept"}


def test_single_keys_can_be_turned_off(browser: Browser, cohort: Path) -> None:
    with Hosted(cohort, 3) as served:
        browser.visit(served.address)
        browser.keys("?")
        browser.click("#keys-on")
        browser.keys(ESCAPE)
        browser.keys("ar")
        assert number(browser) == 1
        browser.click("[data-key=a]")
        until(browser, "document.body.dataset.chart", "2")
    assert answers(cohort, "alice") == {1: "accept"}


def until_titled(browser: Browser, beginning: str) -> None:
    """Wait for a page by its title, where no script can tell."""
    for _ in range(200):
        if browser.title().startswith(beginning):
            return
        time.sleep(0.05)
    raise AssertionError(f"{browser.title()!r} does not begin with {beginning!r}")


def test_it_works_without_a_script(browser: Browser, cohort: Path) -> None:
    with Hosted(cohort, 3) as served:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
        try:
            browser.visit(served.address, scripted=False)
            for place in (1, 2, 3):
                until_titled(browser, f"Chart {place} of 3")
                browser.click("button[value=accept]")
            until_titled(browser, "Charts")
        finally:
            browser.cdp("Emulation.setScriptExecutionDisabled", value=False)
    assert answers(cohort, "alice") == {1: "accept", 2: "accept", 3: "accept"}
