"""Words that a hyphen breaks and acronyms with stops, in any text."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from popliteal.reading.broken import broken, dotted, in_joined, in_written, joined, undotted

TEXTS = st.lists(st.sampled_from(["numb", "ness", "-\n", "- \n  ", " ", "Foot", "left", ".", "\n", "L5", "-"])).map(
    "".join
)


@given(TEXTS)
def test_broken_words_are_joined_in_their_place(text: str) -> None:
    words = broken(text, lambda word: word == "numbness")
    whole = joined(text, words)
    assert len(whole) == len(text)
    for word in words:
        start, end = word.start + 1, word.start + 1 + word.head + word.tail
        assert whole[start:end] == "numbness"
        part = text[word.back(start) : word.back(end)]
        assert (part[:4], part[-4:], part.count("\n")) == ("numb", "ness", 1)


@given(TEXTS)
def test_places_go_there_and_back(text: str) -> None:
    words = broken(text, lambda word: word == "numbness")
    gaps = {at for word in words for at in range(word.start + word.head, word.start + word.head + word.gap)}
    for start, end in combinations([at for at in range(len(text) + 1) if at not in gaps], 2):
        if end - 1 not in gaps:
            assert in_written(*in_joined(start, end, words), words) == (start, end)


@given(TEXTS)
def test_other_offsets_stay(text: str) -> None:
    words = broken(text, lambda word: word == "numbness")
    whole = joined(text, words)
    for at, sign in enumerate(whole):
        back = at
        for word in words:
            back = word.back(back)
        assert sign == " " or text[back] == sign


STOPPED = st.lists(st.sampled_from(["D.V.T.", "d.v.t", "D.V.", "A.", " ", "Foot", ".", "\n", "No", "5."])).map("".join)


@given(STOPPED)
def test_acronyms_with_stops_are_whole_in_their_place(text: str) -> None:
    words = dotted(text, {"DVT"})
    whole = undotted(text, words)
    assert len(whole) == len(text)
    for word in words:
        start, end = in_written(word.start, word.start + word.letters, words)
        assert whole[word.start : word.start + word.letters] == "DVT"
        assert text[start:end].upper() == "D.V.T"
        assert in_joined(start, end, words) == (word.start, word.start + 3)


@given(STOPPED)
def test_what_is_no_part_of_an_acronym_stays(text: str) -> None:
    words = dotted(text, {"DVT"})
    whole = undotted(text, words)
    inside = {at for word in words for at in range(word.start, word.start + word.length)}
    for at, sign in enumerate(text):
        if at not in inside:
            assert whole[at] == sign
            assert in_written(at, at + 1, words) == (at, at + 1) == in_joined(at, at + 1, words)
