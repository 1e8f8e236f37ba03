"""Whatever the text: measurements stay inside their sentence, are the same twice, and take time in proportion."""

from __future__ import annotations

import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from popliteal.knowledge.layers import Layers
from popliteal.knowledge.measurement_rules import load_measurements
from popliteal.reading.measurements import Measurer
from popliteal.reading.mention import Mention
from popliteal.schema import ASSERTIONS, LATERALITIES

MEASURER = Measurer(load_measurements(Layers()))

WORDS = (
    "TA|EHL|dorsiflexion|quads|R|L|right|left|bilaterally|5/5|4-/5|3/5|0|4+/5-|throughout|except|otherwise|strength|RLE:|"
    "in|and|,|;|.|:|(|)||reflexes|AJ|patellar|2+|1+/2+|absent|-/-|++|↓↓|plantars|SLR|40°|positive|-ve|T|38.5|101|F|PVR|"
    "200|mL|WBC|16|K|CRP|SILT|SPN/DPN|intact|decreased|LT/PP|50%|monofilament|4/10|pulses|palpable|clonus|3 beats|L4-5|"
    "root|compressing|disc|no|stenosis|canal|pain|3/5/2020|lost|20 lb|calf|cm|HF KE DF: 5 5 3|R | L|1st|’s|\x00|é"
)
PIECES = st.sampled_from([*WORDS.split("|"), " ", "\n", "\t", " | ", "\n\n"])
LISTS = st.lists(PIECES, max_size=40)
TEXT = st.one_of(st.text(max_size=200), LISTS.map(" ".join), LISTS.map("".join))


def sound(mention: Mention, start: int, end: int) -> bool:
    return (
        start <= mention.start < mention.end <= end
        and mention.assertion in {None, *ASSERTIONS}
        and mention.laterality in {None, *LATERALITIES}
        and mention.pattern != ""
        and mention.concept != ""
    )


@given(TEXT, TEXT, TEXT)
@example("", 'AT/AT"0/0-', "")
@settings(max_examples=150, deadline=None)
def test_mentions_stay_in_their_sentence_and_are_the_same_twice(before: str, text: str, after: str) -> None:
    note, start, end = before + text + after, len(before), len(before) + len(text)
    found = MEASURER.find(note, start, end)
    assert all(sound(mention, start, end) for mention in found)
    assert found == MEASURER.find(note, start, end)


@given(TEXT)
@settings(max_examples=150, deadline=None)
def test_tables_stay_in_the_note(text: str) -> None:
    found = MEASURER.find_tables(text)
    assert all(sound(mention, 0, len(text)) for mention in found)
    assert found == MEASURER.find_tables(text)


@given(TEXT, TEXT)
@example('AT/AT"0/0-', "")
@settings(max_examples=60, deadline=None)
def test_what_follows_a_sentence_changes_nothing(text: str, after: str) -> None:
    assert MEASURER.find(text, 0, len(text)) == MEASURER.find(text + "\n\n" + after, 0, len(text))


def test_long_lines_take_time_in_proportion() -> None:
    """Twenty times the words must not take much more than twenty times the time (a square would take 400)."""
    for piece in ("TA 4/5 R, ", "5/5 5/5 ", "reflexes 2+ ", "no ", "5 ", "R | L ", "4-/", "T 3", "(", "root disc L5 "):
        short, long = piece * 50, piece * 1000
        small, large = (min(_seconds(text) for _ in range(3)) for text in (short, long))  # garbage is collected in one
        assert large < 100 * small + 0.2, piece


def _seconds(text: str) -> float:
    start = time.process_time()
    MEASURER.find(text, 0, len(text))
    MEASURER.find_tables(text)
    return time.process_time() - start
