"""``measurements.yaml``: forms, and errors that say file, line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from popliteal.errors import PatternError
from popliteal.knowledge.forms import expand
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.measurement_rules import load_measurements
from popliteal.knowledge.measurements import Quantity
from popliteal.reading.measurements import Measurer


@pytest.mark.parametrize(
    ("form", "spellings"),
    [
        ("EHL", ["EHL"]),
        ("quad[s]", ["quads", "quad"]),
        ("tib[ialis] ant[erior]", ["tibialis anterior", "tibialis ant", "tib anterior", "tib ant"]),
        ("(hip|knee) flex(ion|ors)", ["hip flexion", "hip flexors", "knee flexion", "knee flexors"]),
        (r"\(R\)", ["(R)"]),
        ("[left ]calf", ["left calf", "calf"]),
        ("a[b|c]", ["ab", "ac", "a"]),
    ],
)
def test_expand(form: str, spellings: list[str]) -> None:
    assert list(expand(form)) == spellings


@pytest.mark.parametrize("form", ["a[b", "a)b", "(a|b", "a]", "".join(f"({n}|x{n}|y{n}|z{n})" for n in range(9))])
def test_expand_refuses(form: str) -> None:
    with pytest.raises(ValueError, match=r"bracket|unmatched|split it"):
        expand(form)


BAD = [
    ("x: {kind: what}\n", r"measurements\.yaml:1: x: kind: expected one of sides"),
    ("x: [1]\n", r"measurements\.yaml:1: x: kind: expected one of"),
    ("\nx:\n  kind: quantity\n  concept: fever\n  names: ['a[b']\n  plausible: [0, 1]\n", r":5: x\.names: .*bracket"),
    ("x:\n  kind: quantity\n  concept: fever\n  names: ['a']\n", r"x\.plausible: Field required"),
    ("x:\n  kind: quantity\n  concept: nonsense\n  names: [a]\n  plausible: [0, 1]\n", r"'nonsense' is not a concept"),
    ("x:\n  kind: quantity\n  concept: fever\n  names: [a]\n  plausible: [0, 1]\n  more: 1\n", r":6: x\.more: "),
    (
        "x:\n  kind: sides\n  left: [l]\n  right: [r]\n  bilateral: [b]\n  order: []\n",
        r"one entry of kind sides; found 2",
    ),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_errors_name_the_place(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "measurements.yaml").write_text(content, encoding="utf-8")
    known = set(_concepts_of_shipped())
    with pytest.raises(PatternError, match=message):
        load_measurements(Layers(tmp_path), known)


def test_an_overlay_adds_a_quantity(tmp_path: Path) -> None:
    """A name of one's own is found without anything else to keep."""
    entry = "creatine_kinase:\n  kind: quantity\n  concept: fever\n  names: [myokinase]\n  plausible: [0, 9]\n"
    (tmp_path / "measurements.yaml").write_text(entry, encoding="utf-8")
    measurer = Measurer(load_measurements(Layers(tmp_path)))
    text = "Myokinase of 3 today"
    assert [(m.pattern, m.value) for m in measurer.find(text, 0, len(text))] == [("creatine_kinase", 3.0)]


def test_shipped_rules_name_their_sources() -> None:
    rules = load_measurements(Layers())
    assert [key for key, entry in rules.entries.items() if not entry.src] == []
    assert rules.of(Quantity)


def _concepts_of_shipped() -> list[str]:
    return [str(key) for key in Layers().entries("concepts")]
