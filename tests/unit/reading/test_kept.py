"""What is compiled and kept on disk: what comes back reads as what was made, and holds nothing of any note."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from popliteal import knowledge
from popliteal.knowledge import Knowledge, cache
from popliteal.reading import Reader, kept
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.measurements.strength import StrengthGrammar

_TEXT = "Left foot drop since Tuesday, numbnes of R big toe, type 2 diabetes, lost 12 pounds. Denies saddle numbness."


@pytest.fixture(autouse=True)
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    return folder


def _load() -> Knowledge:
    knowledge.load.cache_clear()
    return knowledge.load()


def _lexicons(where: Path) -> list[Path]:
    return sorted(where.glob("*.lexicon"))


def test_what_is_kept_reads_as_what_was_made(where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Reader(_load())
    assert len(_lexicons(where)) == 1
    monkeypatch.setattr(Lexicon, "__init__", None)  # none is made a second time
    again = Reader(_load())
    assert again.read(_TEXT, "2026-11-25") == made.read(_TEXT, "2026-11-25") != []


def test_of_changed_patterns_nothing_is_kept(where: Path) -> None:
    loaded = _load()
    concepts = {name: concept for name, concept in loaded.concepts.items() if name != "foot_drop"}
    changed = replace(loaded, concepts=concepts)
    assert changed.version == loaded.version
    assert [one.concept for one in Reader(changed).read("Left foot drop.")] == []
    assert _lexicons(where) == []
    assert [one.concept for one in Reader(loaded).read("Left foot drop.")] == ["foot_drop"]
    assert [one.concept for one in Reader(changed).read("Left foot drop.")] == []


def test_words_of_notes_stay_behind() -> None:
    lexicon = Lexicon(_load())
    before = pickle.dumps(lexicon)
    assert lexicon.find("Mrs Qwertzuiop has a foot drop.", 0, 31).content
    assert b"Qwertzuiop" not in pickle.dumps(lexicon)
    assert pickle.dumps(lexicon) == before


def test_no_grammar_is_made_before_a_text_calls_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made = kept.measurer(_load())
    monkeypatch.setattr(StrengthGrammar, "__init__", None)
    again = kept.measurer(_load())
    assert (again.wanted is made.wanted, again.wanted.known) == (False, made.wanted.known)
    assert again.find("CRP 180, temperature 39.1", 0, 25) == made.find("CRP 180, temperature 39.1", 0, 25) != []
    with pytest.raises(TypeError):
        again.find("EHL 3/5", 0, 7)


def test_words_of_measured_notes_stay_behind() -> None:
    wanted = kept.measurer(_load()).wanted
    before = pickle.dumps(wanted)
    assert wanted.by(["Qwertzuiop", "EHL", "3", "/", "5"])
    assert pickle.dumps(wanted) == before


@pytest.mark.parametrize("damage", [b"", b"\x80\x05garbage", None], ids=repr)
def test_a_damaged_file_is_made_anew(where: Path, damage: bytes | None) -> None:
    kept.lexicon(_load())
    (file,) = _lexicons(where)
    file.write_bytes(file.read_bytes()[:1000] if damage is None else damage)
    assert isinstance(kept.lexicon(_load()), Lexicon)
    assert len(file.read_bytes()) > 100_000


def test_another_thing_in_its_place_is_not_taken(where: Path) -> None:
    loaded = _load()
    kept.lexicon(loaded)
    (file,) = _lexicons(where)
    file.write_bytes(pickle.dumps(loaded.words))
    assert isinstance(kept.lexicon(loaded), Lexicon)
