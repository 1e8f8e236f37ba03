"""Findings in one line: ``[no|maybe|past|if|family] concept[@site][/L|R|B] [key=value ...]``.

``over=3`` is worsening over three days, ``over=0`` rapidly.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from popliteal.knowledge.decision_models import Decisions
from popliteal.knowledge.decisions import load_decisions
from popliteal.knowledge.layers import Layers
from popliteal.schema import WORSE_FOR

CASES = Path(__file__).resolve().parents[1] / "unit" / "mapping"
_ASSERTIONS = {"no": "absent", "maybe": "possible", "if": "hypothetical", "family": "family"}
_SIDES = {"L": "left", "R": "right", "B": "bilateral"}
_KEYS = {"days": "onset_days", "text": "value_text", "said": "text"}
_NUMBERS = {"onset_days", "value"}


@lru_cache(maxsize=1)
def decisions() -> Decisions:
    """The shipped decisions alone, without the phrases that only reading needs."""
    layers = Layers()
    return load_decisions(layers, set(layers.entries("concepts")), set(layers.entries("sites.yaml")))


def finding(line: str) -> dict[str, Any]:
    """One finding as the mapping takes it."""
    words = line.split()
    out: dict[str, Any] = {}
    if words[0] in _ASSERTIONS:
        out["assertion"] = _ASSERTIONS[words.pop(0)]
    elif words[0] == "past":
        out["temporality"] = "historical"
        words.pop(0)
    name, _, side = words.pop(0).partition("/")
    out["concept"], _, site = name.partition("@")
    if site:
        out["site"] = site
    if side:
        out["laterality"] = _SIDES[side]
    for word in words:
        key, _, value = word.partition("=")
        if key == "over":
            out |= {"course": "worsening", "cues": f"{WORSE_FOR}{value}"}
            continue
        key = _KEYS.get(key, key)
        out[key] = float(value) if key in _NUMBERS else value
    return out


def findings(lines: list[str]) -> list[dict[str, Any]]:
    """The findings of a case."""
    return [finding(line) for line in lines]


def cases(name: str) -> dict[str, dict[str, Any]]:
    """The cases of one file of the mapping's tests."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return found
