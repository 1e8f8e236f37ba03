"""Findings laid over text: whatever their spans, every character of each is drawn exactly once."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from popliteal.explaining.spans import Node, forest, one_line, plain, visible
from popliteal.schema import Finding

LENGTH = 30
spans = st.lists(st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)), max_size=12)


def found(pairs: list[tuple[int, int]]) -> list[Finding]:
    return [Finding(number, start, end, "", "numbness", "sensory") for number, (start, end) in enumerate(pairs)]


def pieces(nodes: list[Node]) -> list[Node]:
    return [piece for node in nodes for piece in (node, *pieces(node.children))]


@given(spans)
def test_each_character_of_a_finding_is_covered_once(pairs: list[tuple[int, int]]) -> None:
    drawn = Counter(
        (node.finding_id, at) for node in pieces(forest(found(pairs), LENGTH)) for at in range(node.start, node.end)
    )
    wanted = {(number, at) for number, (start, end) in enumerate(pairs) for at in range(start, end)}
    assert set(drawn) == wanted
    assert set(drawn.values()) <= {1}


@given(spans)
def test_pieces_nest(pairs: list[tuple[int, int]]) -> None:
    def check(nodes: list[Node], start: int, end: int) -> None:
        at = start
        for node in nodes:
            assert at <= node.start < node.end <= end
            check(node.children, node.start, node.end)
            at = node.end

    check(forest(found(pairs), LENGTH), 0, LENGTH)


@given(spans)
def test_exactly_one_piece_of_a_finding_is_its_first(pairs: list[tuple[int, int]]) -> None:
    firsts = Counter(node.finding_id for node in pieces(forest(found(pairs), LENGTH)) if node.first)
    assert set(firsts) == {number for number, (start, end) in enumerate(pairs) if start < end}
    assert set(firsts.values()) <= {1}


@given(spans)
def test_plain_gives_the_text_in_order(pairs: list[tuple[int, int]]) -> None:
    parts = plain("", 0, LENGTH, forest(found(pairs), LENGTH))
    edges = [(part.start, part.end) if isinstance(part, Node) else part for part in parts]
    assert [0, *(end for _, end in edges)] == [*(start for start, _ in edges), LENGTH]


def test_spans_outside_the_text_are_cut() -> None:
    nodes = forest(found([(-3, 5), (25, 99), (40, 50)]), LENGTH)
    assert [(node.start, node.end) for node in nodes] == [(0, 5), (25, LENGTH)]


def test_the_same_span_twice_nests_in_the_order_of_the_ids() -> None:
    (outer,) = forest(found([(3, 8), (3, 8)]), LENGTH)
    assert (outer.finding_id, outer.children[0].finding_id, outer.height) == (0, 1, 1)


@given(st.text())
def test_what_is_visible_holds_nothing_that_acts(text: str) -> None:
    shown = "".join(part for _, part in visible(text))
    assert not any(letter in shown for letter in "\x00\x07\x08\x1b\x9b\r\u202e\u2066\u200b\ufeff\ud800")
    shown.encode()


def test_one_line() -> None:
    assert one_line("foot\n  drop\x1b[2J\u202e") == "foot drop[U+001B][2J[U+202E]"
