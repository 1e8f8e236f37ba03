"""The parts of ``benchmarks/peers`` that are ours: the lexicon given to peers, how systems answer, page and picture."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree  # it reads what the program made

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_the_lexicon_is_plain_phrases() -> None:
    from peers.lexicon import lexicon

    found = lexicon()
    assert "numb" in found["numbness"]
    assert not [phrase for phrases in found.values() for phrase in phrases if set(phrase) & set("~№{}|")]


def test_a_system_answers_each_round(tmp_path: Path) -> None:
    (tmp_path / "work.json").write_text(
        json.dumps({"lexicon": {}, "notes": ["Left foot drop.", "Well.", "Numb toes."]}), encoding="utf-8"
    )
    command = [sys.executable, str(BENCHMARKS / "peers" / "popliteal_peer.py"), str(tmp_path / "work.json")]
    done = subprocess.run(command, input="\n\n", capture_output=True, text=True, check=True)
    ready, *rounds = map(json.loads, done.stdout.splitlines())
    assert ready == {"ready": True}
    assert [answer["findings"] for answer in rounds] == [2, 2]
    assert all(answer["seconds"] > 0 and answer["memory"] >= answer["built"] > 0 for answer in rounds)


def test_page_and_picture() -> None:
    from peers.chart import bars
    from peers.page import Measured, Setting, page

    ours, peer = (
        Measured(name, "1.0 (spaCy 3.8)", speed, speed, speed, 0.5, 100.0, 200.0, 7)
        for name, speed in (("popliteal", 900.0), ("EDS-NLP", 30.0))
    )
    quiet = page([ours, peer], {"medspaCy": "no wheel"}, Setting(["abc"], "n.csv", 3, ""))
    assert "| EDS-NLP | 30.0 | 30.0 to 30.0 | 0.500 | 30.0 × as fast | 200 | 100 | 7 |" in quiet
    assert "medspaCy could not be installed" in quiet
    assert "shared" not in quiet
    assert "It was shared." in page([ours, peer], {}, Setting(["abc"], "n.csv", 3, "It was shared."))
    drawn = ElementTree.fromstring(bars({"a & b": 900.0, "c": 30.0}))  # noqa: S314  # made above
    widths = [float(box.attrib["width"]) for box in drawn.iter("{http://www.w3.org/2000/svg}rect")]
    assert widths[0] > widths[1] > 0
