"""Phrases that the others of their entry say as well."""

from __future__ import annotations

import pytest

from popliteal.knowledge import load
from popliteal.knowledge.layers import Layers
from popliteal.reading.repeated import repeated

#: The lines of an entry behind its first three, and which of them, counted from 0, say nothing new.
CASES: dict[str, tuple[list[str], set[int]]] = {
    "alternatives": (["phrases:", "- (quixotic|zany) foot", "- lilac foot", "- Zany foot"], {3}),
    "a_list_above": (["phrases: [lilac foot]", "absent_phrases: [lilac foot, no lilac]"], {1}),
    "hyphen_and_plural": (["phrases:", "- zany-foot", "- zany feet", "- zany foot"], {3}),
    "shorthand_behind": (["phrases:", "- lilac without zany", "- lilac w/o zany"], {2}),
    "shorthand_before": (["phrases:", "- lilac w/o zany", "- lilac without zany"], {1}),
    "contraction": (["phrases:", "- foot does not zany", "- foot (doesn't|does not) zany"], {2}),
    "sides": (["phrases:", "- (r|right) lilac", "- l lilac", "- left lilac", "- rt lilac"], {2, 4}),
    "gap": (["phrases:", "- pos lilac", "- positive ~ lilac"], set()),
    "capitals": (["phrases:", "- QZX", "- qzx", "- QZX"], {3}),
    "other_words": (["phrases:", "- zany left", "- zany right"], set()),
    "one_short_word": (["phrases: [left, lt]"], set()),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[int]]:
    """For each case the lines that say nothing new, counted as there."""
    folder = tmp_path_factory.mktemp("patterns")
    file = folder / "concepts" / "mine.yaml"
    file.parent.mkdir()
    written, starts = list[str](), dict[str, int]()
    for name, (lines, _) in CASES.items():
        starts[name] = len(written) + 4
        written += [f"{name}:", "  label: mine", "  src: test", *(f"  {line}" for line in lines)]
    file.write_text("\n".join(written) + "\n", encoding="utf-8")
    found: dict[str, set[int]] = {name: set() for name in CASES}
    for one in repeated(load(folder), Layers(folder)):
        if one.entry in CASES:
            where, _, line = one.where.rpartition(":")
            assert where == str(file)
            found[one.entry].add(int(line) - starts[one.entry])
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_phrase_goes_where_others_are_read_in_the_same_words(name: str, found: dict[str, set[int]]) -> None:
    assert found[name] == CASES[name][1]
