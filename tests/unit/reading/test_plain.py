"""HTML, RTF and unseen characters in a note: what is read, and that findings stand where they stand in the note."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.reading.plain import Plain, plain
from popliteal.running.engine import Engine
from popliteal.schema import Note

RTF = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fswiss Arial;}}{\*\generator Drop foot 1.0;}" + "\n"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("<p>No numbness.</p><p>Left&nbsp;foot<br/>drop</p>", "\nNo numbness.\n\nLeft\xa0foot\ndrop\n"),
        ("<b>N&amp;T</b> of the <I class='x'>left</I> foot &gt; right", "N&T of the left foot > right"),
        ("<table><tr><td>EHL</td><td>4/5</td></tr></table>", "\n\n\tEHL\t\t4/5\t\n\n"),
        ("<html><head><title>foot drop</title></head><body>x</body></html>", "\n\nx\n\n"),
        ("a<style>p {x}</style><!-- foot drop --><script>1 < 2</script>b<br>", "ab\n"),
        ("a<!-- never closed <br>b", "a never closed \nb"),
        ("a<style>never closed<br>b</p>", "anever closed\nb\n"),
        ("BP <120, &amp; <5 cm, <left> leg</p>", "BP <120, & <5 cm, <left> leg\n"),
        ("&#8211;&#x2013;&nosuch;&amp", "––&nosuch;&amp"),
        (RTF + r"\f0\fs20 Left foot drop.\par No \b numb\b0 ness.\par}", "Left foot drop.\nNo numbness.\n"),
        (RTF + r"na\'efve \'93x\'94 \u8211?\u-3913?y\{\}\\\~z\_w}", "naïve “x” –\uf0b7y{}\\\xa0z-w"),
        (RTF + r"{\uc2\u8211\'96\'96 a}\u8211 ?b}", "– a–b"),
        (RTF + r"a{\pict\wmetafile8 0102ff}b{\*\nosuch{c}d}e\tab f\line g}", "abe\tf\ng"),
        (RTF + "no end\\par and{\\info", "no end\nand"),
        (RTF + "a}} after it", "a after it"),
        ("numb\xadness, \u200efoot\u200f \u202bdrop\u202c\ufeff", "numbness, foot drop"),
        ("foot\0drop\x07\x1b[1m", "foot drop  [1m"),
        (
            'Case: {"Past_History": "DM, \\"well\\"", "Signs": ["No fever", "Foot drop"], "Tone": {"Left": 1}}',
            'Case: \nPast History: DM, "well"\nSigns: \nNo fever\nFoot drop\nTone: \nLeft: 1\n',
        ),
        ("{'a_b': 'can't', 'Pain': 'no', 'Tone': 'n'}", "\na b: can't\nPain: no\nTone: n\n"),
    ],
)
def test_what_is_read(given: str, read: str) -> None:
    words = plain(given)
    assert words is not None
    assert words.text == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BP <120 and a<b and c>d, R&D; N&T",
        "{\\rt}",
        "a\tb\r\nc\f\v",
        "Schwäche – 🦵 5′",
        "<Dr Smith> came",
        'He says "numb", "weak" {x}',
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert plain(text) is None


PIECES = [
    "<br>", "</b>", "<b>", "&amp;", "&#0;", "<!--", "-->", "<style>", "</style>", "<td>", "{\\rtf1 ", "{", "}",
    "\\par ", "\\'e9", "\\u8211?", "\\uc2 ", "\\*", "{\\info ", "\\", "\0", "\u200b", "\ufeff", "foot ", "drop. ", "\n",
    "<", "&", ";", "é", "🦵",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join), st.booleans())
def test_every_character_leads_back(text: str, rtf: bool) -> None:
    given_ = "{\\rtf1 " + text if rtf else text
    words = plain(given_)
    if words is None:
        return
    places = [words.span(at, at + 1) for at in range(len(words.text))]
    assert all(0 <= start < end <= len(given_) for start, end in places)
    assert all(one <= other for one, other in pairwise(places))


@given(st.text(st.sampled_from("ab \n\t\0\x1b\x7f\xad\u200b\u202e\ufeffé🦵"), max_size=30))
def test_without_markup_a_character_is_itself_a_blank_or_nothing(text: str) -> None:
    words = plain(text) or Plain(text, [])
    seen = [(at, char) for at, char in enumerate(text) if char not in "\xad\u200b\u202e\ufeff"]
    assert words.text == "".join(" " if char in "\0\x1b\x7f" else char for _, char in seen)
    assert [words.span(at, at + 1)[0] for at in range(len(seen))] == [at for at, _ in seen]


@pytest.mark.parametrize(
    "piece",
    [
        "<b",
        "<!--",
        "<style>",
        "<br>",
        "&amp;",
        "{\\*",
        "{\\pict 0",
        "\\u1 ",
        "}",
        "\u200b",
        '"',
        '"a b": {',
        "it's ",
        " }x",
    ],
)
@pytest.mark.parametrize("head", ["</p>", "{\\rtf1 ", '{"ab": "x", "cd": "y", "ef": "z"} '])
def test_no_text_takes_long(piece: str, head: str) -> None:
    start = time.process_time()
    plain(head + piece * 100_000)
    assert time.process_time() - start < 20  # half a second; anything quadratic takes minutes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"Signs": "Left foot drop", "Denied": ["No numbness"], "PMH": "nil", "x": 1}', ["foot drop", "numbness"]),
        ("<div>Left foot&nbsp;drop.</div><div>No numb\xadness of the leg.</div>", ["foot&nbsp;drop", "numb\xadness"]),
        (RTF + r"Left foot \b drop\b0 .\par No numbness of the leg.}", ["foot \\b drop", "numbness"]),
        ("Left foot\0drop. No \u200bnumb\u200bness of the leg.", ["foot\0drop", "numb\u200bness"]),
    ],
)
def test_findings_stand_in_the_note_as_it_was_given(text: str, words: list[str]) -> None:
    findings = Engine().read(Note("1", text))
    assert [finding.text for finding in findings] == words
    assert [text[finding.start : finding.end] for finding in findings] == words
    assert [(finding.concept, finding.assertion) for finding in findings] == [
        ("foot_drop", "present"), ("numbness", "absent"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("run", "read"),
    [
        (" " * 120, " " * 120),
        (" " * 4000, " " * 120),
        ("\0" * 4000, " " * 120),
        ("\t-" * 2000, "\t-" * 60),
        (" " * 300 + "\r\n" + "_" * 300, " " * 60 + "\n" + "_" * 60),
        (" " * 70 + "\n \n\n" + " " * 70, " " * 60 + "\n\n" + " " * 60),
    ],
)
def test_of_a_long_run_without_a_word_the_ends_are_read(run: str, read: str) -> None:
    text = f"Numb foot{run}Left foot drop"
    words = plain(text) or Plain(text, [])
    assert words.text == f"Numb foot{read}Left foot drop"
    at = words.text.index("foot drop")
    assert words.span(at, at + 9) == (len(text) - 9, len(text))
    assert [finding.text for finding in Engine().read(Note("1", text))] == ["Numb", "foot drop"]


@pytest.mark.parametrize("run", [" ", "\t", "\xa0", "\0", " \n", "-", "_", "- ", ". ", "| "])
@pytest.mark.parametrize("around", ["foot drop{}", "Left numb{}foot", "Numbness:{}no", "DF{}2/5", "No pain.{}FH"])
def test_a_field_that_was_filled_up_is_read_in_no_time(run: str, around: str) -> None:
    engine = Engine()
    engine.read(
        Note("0", "Left foot drop since Tuesday, DF 2/5. No pain: no.")
    )  # what is compiled when first asked for
    start = time.process_time()
    engine.read(Note("1", around.format(run * 10_000)))
    assert time.process_time() - start < 4  # some milliseconds; what tries every blank anew, minutes


def test_a_text_without_edits_is_itself() -> None:
    words = Plain("foot drop", [])
    assert (words.text, words.span(0, 4), words.span(5, 9)) == ("foot drop", (0, 4), (5, 9))
