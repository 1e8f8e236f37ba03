"""Inline markup: what it means, what is refused, and that writing undoes reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.evaluating.gold import GoldFinding, Vocabulary
from popliteal.evaluating.markup import FIELDS, parse, render
from popliteal.schema import ASSERTIONS, COURSES, LATERALITIES, ONSETS, TEMPORALITIES

VOCABULARY = Vocabulary({"numbness", "foot_drop", "paresthesia"}, {"foot", "leg"}, {"none", "common_peroneal"})


def read(source: str) -> list[tuple[object, ...]]:
    """``(text, concept, site, laterality)`` of each finding."""
    marked = parse(source)
    assert marked.problems == ()
    assert all(marked.text[f.start : f.end] == f.text for f in marked.findings)
    return [(f.text, f.concept, f.site, f.laterality) for f in marked.findings]


MEANINGS = {
    "<f concept=numbness>numb</f>": [("numb", "numbness", None, "unspecified")],
    "L <f concept=numbness site=foot side=left>foot numb</f>.": [("foot numb", "numbness", "foot", "left")],
    "<f concept=a,b>NVI</f>": [("NVI", "a", None, "unspecified"), ("NVI", "b", None, "unspecified")],
    "<f concept=a site=leg,foot>x</f>": [("x", "a", "foot", "unspecified"), ("x", "a", "leg", "unspecified")],
    "<f concept=a,b site=leg,foot>x</f>": [("x", "a", "leg", "unspecified"), ("x", "b", "foot", "unspecified")],
    "<f concept=a side=left,right>x</f>": [("x", "a", None, "left"), ("x", "a", None, "right")],
    "<f concept=a>x or <f concept=b>y z</f></f>": [
        ("x or y z", "a", None, "unspecified"),
        ("y z", "b", None, "unspecified"),
    ],
    '<f  concept = a\n site="leg" >x</f>': [("x", "a", "leg", "unspecified")],
    "PVR <50 ml, K <foo> 3 < 4, </b>": [],
}


@pytest.mark.parametrize("source", MEANINGS)
def test_meaning(source: str) -> None:
    assert read(source) == MEANINGS[source]


def test_every_attribute_and_default() -> None:
    source = '<f concept=a site=b side=left assertion=absent time=historical onset=acute course=new value="4/5">w</f>'
    (full,) = parse(source).findings
    assert full == GoldFinding(0, 1, "w", "a", "b", "left", "absent", "historical", "acute", "new", "4/5")
    (bare,) = parse("<f concept=a>w</f>").findings
    assert bare == GoldFinding(0, 1, "w", "a", None, "unspecified", "present", "current", "unknown", "unknown", None)


def test_literal_less_than_stays() -> None:
    assert parse("CRP <5, <f concept=a>T</f> <38").text == "CRP <5, T <38"


REFUSED = {
    "a <f concept=numbness>b": (2, "never closed"),
    "a</f>": (1, "closes nothing"),
    "<f>a</f>": (0, "name=value"),
    "<f concept=>a</f>": (0, "name=value"),
    '<f concept="numbness>a</f>': (0, "name=value"),
    "<f site=foot>a</f>": (0, "names no concept"),
    "<F concept=numbness>a": (0, "unknown tag"),
    "<g concept=numbness>a": (0, "unknown tag"),
    "<f concept=numbness laterality=left>a</f>": (0, "unknown attribute laterality"),
    "<f concept=numbness side=left side=right>a</f>": (0, "stands twice"),
    "<f concept=numbness,foot_drop site=leg,foot,leg>a</f>": (0, "make them equal or one"),
    "<f concept=numbness,>a</f>": (0, "empty value"),
    "<f concept=numbnes>a</f>": (0, "did you mean numbness"),
    "<f concept=numbness site=feet>a</f>": (0, "site=feet is not a known site"),
    "<f concept=numbness side=both>a</f>": (0, "side=both"),
    "<f concept=numbness assertion=negated>a</f>": (0, "assertion=negated"),
    "<f concept=numbness time=past>a</f>": (0, "time=past"),
    "<f concept=numbness onset=fast>a</f>": (0, "onset=fast"),
    "<f concept=numbness course=bad>a</f>": (0, "course=bad"),
    "a <f concept=numbness></f>": (2, "empty span"),
    "<f concept=numbness> a</f>": (0, "white space"),
    "<f concept=numbness assertion=absent>no numbness</f>": (0, "negation cue"),
    "<f concept=numbness><f concept=numbness>a</f></f>": (0, "tagged twice"),
}


@pytest.mark.parametrize("source", REFUSED)
def test_refused(source: str) -> None:
    offset, words = REFUSED[source]
    problems = parse(source, VOCABULARY).problems
    assert any(words in problem.message and problem.offset == offset for problem in problems), problems


def test_a_problem_quotes_no_text_of_the_note() -> None:
    for source in REFUSED:
        marked = source.replace(">a<", ">Zaphod<")
        assert not any("Zaphod" in problem.message for problem in parse(marked, VOCABULARY).problems)


@st.composite
def marked_notes(draw: st.DrawFn) -> tuple[str, list[GoldFinding]]:
    """A text, and findings on spans of it that nest or lie apart, without white space at their ends."""
    text = draw(
        st.text(st.sampled_from("ab <>/f\n=é\"'"), min_size=1, max_size=30).filter(lambda t: not parse(t).problems)
    )
    spans = draw(st.lists(st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))), max_size=5))
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        words = text[start:end]
        crosses = any(a < start < b < end or start < a < end < b for a, b in kept)
        if words and words == words.strip() and not crosses:
            kept.append((start, end))
    word = st.sampled_from(["x", "y_z", "knee"])
    value = st.none() | st.text(st.sampled_from("4/5+- ><a,"), min_size=1, max_size=4)
    findings = [
        GoldFinding(
            start, end, text[start:end], draw(word), draw(st.none() | word), draw(st.sampled_from(LATERALITIES)),
            draw(st.sampled_from(ASSERTIONS)), draw(st.sampled_from(TEMPORALITIES)), draw(st.sampled_from(ONSETS)),
            draw(st.sampled_from(COURSES)), draw(value),
        )
        for start, end in kept
    ]  # fmt: skip
    return text, list(dict.fromkeys(findings))


@given(marked_notes())
def test_reading_undoes_writing(case: tuple[str, list[GoldFinding]]) -> None:
    text, findings = case
    source = render(text, findings)
    marked = parse(source)
    assert marked.text == text
    assert sorted(marked.findings, key=repr) == sorted(findings, key=repr)
    assert all(text[f.start : f.end] == f.text for f in marked.findings)
    assert render(marked.text, marked.findings) == source


@pytest.mark.parametrize("source", [source for source in MEANINGS if "<f" in source])
def test_normal_form_is_stable(source: str) -> None:
    once = parse(source)
    normal = render(once.text, once.findings)
    assert parse(normal) == once
    assert render(once.text, parse(normal).findings) == normal


@pytest.mark.parametrize(
    ("text", "findings", "words"),
    [
        ("abcd", [GoldFinding(0, 3, "abc", "x"), GoldFinding(1, 4, "bcd", "y")], "crosses"),
        ("abcd", [GoldFinding(2, 2, "", "x")], "empty"),
        ("abcd", [GoldFinding(2, 9, "cd", "x")], "outside"),
        ("a </f> b", [], "reads as a tag"),
        ("ab", [GoldFinding(0, 1, "a", "x", value='5"')], "double quote"),
    ],
)
def test_what_cannot_be_written(text: str, findings: list[GoldFinding], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        render(text, findings)


def test_the_documented_attributes_are_all_there_are() -> None:
    assert set(FIELDS.values()) == set(GoldFinding.__dataclass_fields__) - {"start", "end", "text"}
