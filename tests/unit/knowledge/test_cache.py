"""Checked patterns on disk: the same knowledge comes back, and nothing else ever does."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from popliteal import knowledge
from popliteal.knowledge import Knowledge, cache
from popliteal.reading import Reader

_TEXT = "Left foot drop since Tuesday, R knee flexion 4/5. Denies saddle numbness. No hx of DVT."

posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes of files are a matter of POSIX")


@pytest.fixture(autouse=True)
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    return folder


def _load(folder: Path | None = None) -> Knowledge:
    knowledge.load.cache_clear()
    return knowledge.load(folder)


def _kept(where: Path) -> list[Path]:
    return sorted(where.glob("*"))


def _overlay(folder: Path, number: int) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "laterality.yaml").write_text(f"left: [lft{number}]\n", encoding="utf-8")
    return folder


def test_what_is_kept_reads_as_what_was_made(where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _load()
    assert len(_kept(where)) == 1
    with monkeypatch.context() as patch:
        patch.setattr(knowledge, "_made", None)  # nothing is made a second time
        kept = _load()
    assert kept is not made
    assert kept.version == made.version
    assert Reader(kept).read(_TEXT, "2026-11-25") == Reader(made).read(_TEXT, "2026-11-25") != []


def test_other_patterns_are_another_file(where: Path, tmp_path: Path) -> None:
    first = _load(_overlay(tmp_path / "mine", 1)).sides
    second = _load(_overlay(tmp_path / "mine", 2)).sides
    assert "lft1" in first.left
    assert "lft1" not in second.left
    assert len(_kept(where)) == 2


def test_few_are_kept(where: Path, tmp_path: Path) -> None:
    for number in range(7):
        _load(_overlay(tmp_path / "mine", number))
    assert len(_kept(where)) == 4


@pytest.mark.parametrize("damage", [b"", b"\x80\x05garbage", b"not a pickle", None], ids=repr)
def test_a_damaged_file_is_made_anew(where: Path, damage: bytes | None) -> None:
    version = _load().version
    (file,) = _kept(where)
    file.write_bytes(file.read_bytes()[:1000] if damage is None else damage)
    assert _load().version == version
    assert len(file.read_bytes()) > 100_000


class _Command:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("make", [_Command, Path], ids=["command", "class"])
def test_a_file_can_make_nothing_but_knowledge(where: Path, tmp_path: Path, make: type) -> None:
    _load()
    (file,) = _kept(where)
    data = pickle.dumps(make(tmp_path / "touched"))
    pickle.loads(data)  # noqa: S301  # what an ordinary unpickler would do
    (tmp_path / "touched").unlink(missing_ok=True)
    file.write_bytes(data)
    assert isinstance(_load(), Knowledge)
    assert not (tmp_path / "touched").exists()


def test_knowledge_of_another_kind_is_not_taken(where: Path) -> None:
    made = _load()
    (file,) = _kept(where)
    file.write_bytes(pickle.dumps(made.words))
    assert isinstance(_load(), Knowledge)


@posix
def test_files_are_the_users_own(where: Path) -> None:
    _load()
    assert where.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in _kept(where)] == [0o600]


@posix
@pytest.mark.parametrize("others", ["folder", "file", "link"])
def test_what_others_can_write_is_not_read(where: Path, others: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _load()
    (file,) = _kept(where)
    if others == "link":
        file.rename(where / "elsewhere")
        file.symlink_to(where / "elsewhere")
    else:
        (where if others == "folder" else file).chmod(0o777)
    read: list[Path] = []
    monkeypatch.setattr(Path, "read_bytes", _noted(Path.read_bytes, read))
    assert isinstance(_load(), Knowledge)
    assert file not in read


def _noted(read_bytes: Callable[[Path], bytes], read: list[Path]) -> Callable[[Path], bytes]:
    def noted(path: Path) -> bytes:
        read.append(path)
        return read_bytes(path)

    return noted


@pytest.mark.parametrize("value", ["off", "OFF", "0", "no", ""])
def test_it_can_be_turned_off(value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(cache.VARIABLE, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert isinstance(_load(), Knowledge)
    assert list(tmp_path.iterdir()) == []


def test_without_the_variable_it_is_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cache.VARIABLE)
    folder = cache.folder()
    assert folder is not None
    assert folder.is_absolute()
    assert "popliteal" in folder.parts


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "cache"))
    assert isinstance(_load(), Knowledge)
