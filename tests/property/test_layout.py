"""Whatever the text: spans of sentences and sections are sound."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from popliteal.knowledge.layers import Layers
from popliteal.knowledge.sections import load_sections
from popliteal.knowledge.sentences import load_sentence_words
from popliteal.knowledge.timing import load_timing
from popliteal.reading.layout import sentences
from popliteal.reading.sections import find_sections, section_at
from popliteal.reading.timing import Timer
from popliteal.schema import COURSES, ONSETS

LAYERS = Layers()
SENTENCE_WORDS = load_sentence_words(LAYERS)
RULES = load_sections(LAYERS)
TIMER = Timer(load_timing(LAYERS))

WORDS = (
    "PMH:|Exam|**Plan**|S:|A|O/E|RLE:|numbness|3-day|2/52|.,|:,|.|1.|-|---|==|Dr.|0.5|if|FH:|…|?|(|/|Return if:|Monday"
)
MARKS = "1) (2) 2)Pain #1 #2 a) b) * •"
PIECES = st.sampled_from(
    [
        *WORDS.split("|"),
        *MARKS.split(),
        " - ",
        " ",
        "\n",
        "\r\n",
        "\t",
        "\u00a0",
        "\f",
        "since Monday",
        "x 3 days",
        ". ",
        "\n\n",
    ]
)
TEXT = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@given(TEXT)
@settings(max_examples=300, deadline=None)
def test_sentences_hold_every_character_once(text: str) -> None:
    before = 0
    for start, end in sentences(text, SENTENCE_WORDS):
        assert before <= start < end
        assert text[before:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        before = end
    assert text[before:].strip() == ""


@given(TEXT)
@settings(max_examples=300, deadline=None)
def test_sections_cover_the_note(text: str) -> None:
    sections = find_sections(text, RULES)
    assert sections[0].start == 0
    assert sections[-1].end == len(text)
    for one, following in pairwise(sections):
        assert one.end == following.start
    for section in sections:
        assert section.start <= section.body <= section.end
        assert section.kind in RULES.kinds
        assert section.title in text[section.start : section.body]
        assert section_at(sections, section.start).kind == section.kind


@given(TEXT, st.integers(0, 300), st.integers(1, 40), st.booleans())
@settings(max_examples=300, deadline=None)
def test_timing_speaks_the_vocabulary(text: str, start: int, length: int, event: bool) -> None:
    start = min(start, len(text))
    timing = TIMER.read(text, start, min(len(text), start + length), None, event=event)
    assert timing.onset in ONSETS
    assert timing.course in COURSES
    assert timing.temporality in {None, "historical"}
    assert timing.onset_days is None or timing.onset_days >= 0
