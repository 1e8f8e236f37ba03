"""The longest hit wins; of the same words, what their company makes a finding wins over a bare name."""

from __future__ import annotations

from popliteal.reading.sentence import Entry, Hit, longest


def _hit(first: int, last: int, name: str, *, bare: bool = False) -> Hit:
    return Hit(first, last, Entry("concept", name, name, bare=bare))


def test_a_bare_name_gives_way_to_a_finding_of_the_same_words() -> None:
    bare, finding = _hit(0, 2, "anal_tone_reduced", bare=True), _hit(0, 2, "anal_tone_reduced")
    for hits in ([bare, finding], [finding, bare]):
        assert longest(hits) == [finding]


def test_a_longer_bare_name_wins_over_a_shorter_finding() -> None:
    assert longest([_hit(1, 2, "numbness"), bare := _hit(0, 2, "saddle_anesthesia", bare=True)]) == [bare]
