"""Many strings looked for at once give what looking for each gives."""

import pytest

from popliteal.knowledge.literals import Literals

STRINGS = ("case report", "we report", "reported here", "ab", "the authors")


@pytest.mark.parametrize(
    "text", ["", "a", "ab", "report", "we repor", "it is reported here", "the author", "the authors", "A CASE REPORT"]
)
def test_what_several_share_leaves_none_out(text):
    assert Literals(STRINGS).stand_in(text) is any(one in text for one in STRINGS)


def test_nothing_stands_in_a_text_where_nothing_is_looked_for():
    assert not Literals(()).stand_in("foot drop")
