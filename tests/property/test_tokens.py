"""Words of any text: where they start and end, and how they are written."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from popliteal.reading.tokens import split, written

#: A word, with inner apostrophes and in parts where hyphens join it, or one other visible character.
PLAIN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s‐‑-]|[‐‑-](?![^\W_])|(?<![^\s_])[‐‑-]")
TEXTS = st.text(st.sampled_from("aB1_-' \t\n\x1c\x85.,/(‐’é٣")) | st.text(st.characters(max_codepoint=127))


@given(TEXTS, st.integers(0, 3))
@example("1'_", 0)  # Python 3.11.2 took the apostrophe for a part of the word
def test_words_are_those_of_the_plain_definition(text: str, start: int) -> None:
    found = [(start + match.start(), start + match.end()) for match in PLAIN.finditer(text[start:])]
    assert split(text, start, len(text)) == found
    assert written(text, start, len(text)) == [text[a:b] for a, b in found]
