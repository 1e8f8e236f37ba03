"""Regular expressions that are compiled at first use."""

from __future__ import annotations

import pickle
import re

import pytest

from popliteal.knowledge.expressions import Expression, expression


def test_it_reads_as_what_re_compiles() -> None:
    lazy, compiled, text = Expression("l(e)g|foot", re.IGNORECASE), re.compile("l(e)g|foot", re.IGNORECASE), "foot, Leg"
    for method in ("search", "match", "fullmatch"):
        assert str(getattr(lazy, method)(text)) == str(getattr(compiled, method)(text))
    assert [one.span() for one in lazy.finditer(text, 1)] == [one.span() for one in compiled.finditer(text, 1)]
    assert lazy.findall(text) == compiled.findall(text)
    assert (lazy.split(text), lazy.sub("arm", text)) == (compiled.split(text), compiled.sub("arm", text))


def test_it_is_kept_as_it_is_written() -> None:
    used = Expression("drop", re.IGNORECASE)
    assert used.search("Drop") is not None
    again = pickle.loads(pickle.dumps(used))  # noqa: S301  # ours
    assert (again.pattern, again.flags) == ("drop", re.IGNORECASE)
    assert again.match("DROP") is not None


def test_a_wrong_one_is_found_when_patterns_are_checked() -> None:
    with pytest.raises(re.error):
        expression("(")


def test_it_has_no_other_methods() -> None:
    with pytest.raises(AttributeError):
        getattr(Expression("leg"), "groups")  # noqa: B009  # the checker knows that there is none
