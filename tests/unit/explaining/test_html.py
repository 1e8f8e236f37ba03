"""The page: whole, escaped whatever the note holds, and bound to its own style sheet and script."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popliteal.explaining import render_page
from popliteal.explaining.html import NO_HYPOTHESIS
from popliteal.explaining.markup import VOID, Html, tag
from popliteal.explaining.names import NOT_A_DIAGNOSIS
from support.note_samples import FOOT_DROP, HOSTILE, NAMES, assessment, foot_drop, hostile, view

#: Everything that a page is made of; anything else came out of a note.
KNOWN_TAGS = {
    "a", "abbr", "b", "body", "code", "dd", "details", "div", "dl", "dt", "footer", "h1", "h2", "h3", "head", "header",
    "html", "i", "li", "main", "mark", "meta", "ol", "p", "q", "script", "section", "span", "strong", "style",
    "summary", "table", "tbody", "td", "th", "thead", "title", "tr", "ul",
}  # fmt: skip


class Page(HTMLParser):
    """Checks that elements close in order, and keeps what a reader would meet."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.note = ""
        self.raw: dict[str, str] = {}
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag + (".text" if dict(attrs).get("class") == "text" else ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().removesuffix(".text") == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"style", "script"}:
            self.raw[self.open[-1]] = data
            return
        self.text.append(data)
        if "div.text" in self.open:
            self.note += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


SAMPLES = [(foot_drop(), FOOT_DROP), (hostile(), HOSTILE), (assessment("1", []), "Sore throat.")]


@pytest.mark.parametrize(("json", "text"), SAMPLES, ids=["foot drop", "hostile", "nothing"])
def test_the_page_is_self_contained(json: dict[str, Any], text: str) -> None:
    page = Page(render_page(view(json, text), NAMES))
    assert {name for name, _ in page.tags} <= KNOWN_TAGS
    for name, attrs in page.tags:
        assert not {"src", "srcset", "style", "action", "data"} & attrs.keys(), name
        assert not any(key.startswith("on") for key in attrs), name
        assert (attrs.get("href") or "#").startswith("#")
    assert "".join(page.text).count(NOT_A_DIAGNOSIS) == 2


@pytest.mark.parametrize(("json", "text"), SAMPLES, ids=["foot drop", "hostile", "nothing"])
def test_the_policy_names_exactly_this_style_and_this_script(json: dict[str, Any], text: str) -> None:
    page = Page(render_page(view(json, text), NAMES))
    policy = next(str(item["content"]) for item in page.all("meta") if item.get("http-equiv"))
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["page.css", "page.js"])
def test_assets_reach_for_nothing_and_cannot_end_their_element(name: str) -> None:
    asset = resources.files("popliteal.explaining").joinpath(name).read_text(encoding="utf-8")
    assert not re.search(r"</|url\(|@import|https?:|fetch|XMLHttp|innerHTML|eval\(|document\.write", asset)


def test_the_text_of_the_note_stands_whole() -> None:
    assert Page(render_page(view(foot_drop(), FOOT_DROP), NAMES)).note == FOOT_DROP
    shown = Page(render_page(view(hostile(), HOSTILE), NAMES)).note
    assert "<script>alert(1)</script>" in shown
    assert "[bold]not bold[/bold]" in shown
    assert "U+202E" in shown
    assert "\u202e" not in shown


@settings(max_examples=60)
@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_any_text_and_any_spans_give_a_well_formed_page(text: str, spans: list[tuple[int, int]]) -> None:
    found = [
        {"finding_id": n, "start": a, "end": b, "text": text[a:b], "concept": text[:9] or "x", "category": text[-5:]}
        for n, (a, b) in enumerate(spans)
    ]
    page = Page(render_page(view(assessment(text, found), text), NAMES))
    assert {name for name, _ in page.tags} <= KNOWN_TAGS


def test_marks_link_to_their_rows_and_chips_to_their_marks() -> None:
    page = Page(render_page(view(foot_drop(), FOOT_DROP), NAMES))
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    for name, attrs in page.tags:
        for target in (attrs.get("aria-describedby"), attrs.get("aria-labelledby"), (attrs.get("href") or "")[1:]):
            assert not target or target in ids, (name, attrs)
    assert {attrs["id"] for attrs in page.all("mark")} == {f"m{n}" for n in range(27)}
    assert all(attrs["tabindex"] == "0" for attrs in page.all("mark"))


def test_a_crossing_finding_keeps_one_id() -> None:
    page = Page(render_page(view(hostile(), HOSTILE), NAMES))
    pieces = [attrs for attrs in page.all("mark") if attrs["data-f"] == "4"]
    assert [attrs.get("id") for attrs in pieces] == ["m4", None]


def test_words_said_twice_are_one_chip() -> None:
    source = render_page(view(foot_drop(), FOOT_DROP), NAMES)
    assert 'data-f="0 2"><q>foot drop</q><span class="times"> ×2</span>' in source


def test_a_rule_shows_its_sentence_source_and_suspicion() -> None:
    text = "".join(Page(render_page(view(foot_drop(), FOOT_DROP), NAMES)).text)
    for wanted in (
        "Acute foot drop or MRC 3 or less",
        "E05_acute_severe_motor",
        "NG127",
        "on suspicion only",
        "Knee replaced",
    ):
        assert wanted in text
    assert "NICE guideline NG127" in render_page(view(foot_drop(), FOOT_DROP), NAMES)


@pytest.mark.parametrize(
    ("primary", "wanted"),
    [
        ({"hypothesis": "none", "side": "none", "grade": None}, NO_HYPOTHESIS),
        ({"hypothesis": "indeterminate", "side": "unspecified", "grade": None}, "Indeterminate"),
    ],
)
def test_where_nothing_stands_out_the_page_says_so(primary: dict[str, Any], wanted: str) -> None:
    text = "".join(Page(render_page(view(assessment("1", [], primary=primary), "x"), NAMES)).text)
    assert wanted in text


def test_strings_are_escaped_and_html_is_not() -> None:
    assert tag("p", {"title": '"<'}, "<b>", Html("<b>"), None, ["&"]) == '<p title="&quot;&lt;">&lt;b&gt;<b>&amp;</p>'
    assert tag("i", {"hidden": True, "id": None, "open": False}) == "<i hidden></i>"
