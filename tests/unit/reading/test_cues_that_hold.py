"""A cue whose condition fails leaves its words to the shorter cues inside it."""

from __future__ import annotations

from popliteal.reading.sentence import Entry, Hit, Sentence


def _cue(first: int, last: int, name: str) -> Hit:
    return Hit(first, last, Entry("cue", name, name))


def test_the_longest_cue_that_holds_is_taken() -> None:
    words = ["told", "to", "call", "if", "numb"]
    every = [_cue(0, 4, "long"), _cue(0, 2, "first"), _cue(2, 4, "second"), _cue(3, 4, "third")]
    sentence = Sentence(" ".join(words), 0, 21, words, words, lambda _, layer: list(every) if layer == "cue" else [])
    assert [hit.entry.id for hit in sentence.cues_that(lambda _: True)] == ["long"]
    assert [hit.entry.id for hit in sentence.cues_that(lambda hit: hit.entry.id != "long")] == ["first", "second"]
    assert [hit.entry.id for hit in sentence.cues_that(lambda hit: hit.entry.id == "third")] == ["third"]
    assert sentence.cues_that(lambda _: False) == []
