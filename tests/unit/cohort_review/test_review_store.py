"""What reviewers decide: kept at once, private, undone step by step, whole after a kill."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from popliteal.cohort.review.sampling import Draw
from popliteal.cohort.review.store import ANSWERS, REVIEWER, THIRD, Adjudications, Chart, Mark
from popliteal.errors import OutputError

DRAWS = [
    Draw(f"p{number}", where, where) for number, where in enumerate(("included", "uncertain", "near_miss", "excluded"))
]
MARK = Mark("n1", 0, 3, 10, 19, "foot_drop", "assertion", "present", "absent")


def opened(folder: Path) -> Adjudications:
    store = Adjudications(folder)
    store.add_charts(DRAWS, seed="3")
    store.join("alice", REVIEWER)
    return store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Adjudications]:
    with closing(opened(tmp_path)) as store:
        yield store


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_all_its_files_are_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = opened(tmp_path)
        store.answer("alice", 1, "accept")
        files = list(tmp_path.glob("adjudications*"))
        assert len(files) >= 2, "the write-ahead log is there while it is open"
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    finally:
        os.umask(before)
        store.close()


def test_the_newest_answer_counts_and_undo_gives_the_one_before(store: Adjudications) -> None:
    for number, answer in ((1, "accept"), (2, "reject"), (1, "unsure")):
        store.answer("alice", number, answer)

    def now() -> dict[int, str]:
        return {number: given.answer for number, given in store.answers("alice").items()}

    assert now() == {1: "unsure", 2: "reject"}
    assert [store.undo("alice"), now()] == [1, {1: "accept", 2: "reject"}]
    assert [store.undo("alice"), now()] == [2, {1: "accept"}]
    store.answer("alice", 2, "accept")
    assert [store.undo("alice"), now()] == [2, {1: "accept"}]
    assert [store.undo("alice"), now()] == [1, {}]
    assert store.undo("alice") is None


@settings(max_examples=40)
@given(steps=st.lists(st.one_of(st.just("undo"), st.tuples(st.integers(1, 4), st.sampled_from(ANSWERS))), max_size=25))
def test_undo_is_a_stack(steps: list[str | tuple[int, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    stack: list[dict[int, str]] = [{}]
    with closing(opened(tmp_path_factory.mktemp("store"))) as store:
        for step in steps:
            if isinstance(step, tuple):
                store.answer("alice", *step)
                stack.append({**stack[-1], step[0]: step[1]})
            else:
                store.undo("alice")
                stack = stack[:-1] or [{}]
            assert {number: given.answer for number, given in store.answers("alice").items()} == stack[-1]


def test_reviewers_do_not_touch_each_other(store: Adjudications) -> None:
    store.join("bob", REVIEWER)
    store.answer("alice", 1, "accept")
    store.comment("alice", 1, " hers ")
    store.mark("alice", 1, MARK)
    assert (store.answers("bob"), store.comments("bob"), store.marks("bob")) == ({}, {}, {})
    store.unmark("bob", store.marks("alice")[1][0].id)
    assert store.undo("bob") is None
    assert (store.comments("alice"), len(store.marks("alice")[1])) == ({1: "hers"}, 1)


def test_who_reviewed_cannot_settle(store: Adjudications) -> None:
    with pytest.raises(OutputError, match="alice has reviewed"):
        store.join("alice", THIRD)
    for name in ("", "a\nb", "x" * 65, "<b>"):
        with pytest.raises(OutputError, match="--reviewer"):
            store.join(name, REVIEWER)


def test_a_mark_is_kept_once_a_mechanism(store: Adjudications) -> None:
    store.mark("alice", 1, MARK)
    store.mark("alice", 1, Mark("n1", 0, 3, 10, 19, "foot_drop", "assertion", "present", "family"))
    store.mark("alice", 1, Mark("n1", 0, 3, 10, 19, "foot_drop", "laterality", "left", "right"))
    for end in (40, 45):
        store.mark("alice", 1, Mark("n1", 0, None, 30, end, "numbness", "missed"))
    found = store.marks("alice")[1]
    assert [(mark.mechanism, mark.should_be) for mark in found] == [
        ("assertion", "family"), ("laterality", "right"), ("missed", ""), ("missed", ""),
    ]  # fmt: skip
    store.unmark("alice", found[0].id)
    assert len(store.marks("alice")[1]) == 3
    store.comment("alice", 1, "x")
    store.comment("alice", 1, "  ")
    assert store.comments("alice") == {}


def test_what_an_answer_says_of_the_patient() -> None:
    said = {
        where: [Chart(1, "p", where, where).belongs(answer) for answer in ANSWERS]
        for where in ("included", "uncertain", "near_miss", "excluded")
    }
    assert said["included"] == said["uncertain"] == ["in", "out", "unsure"]
    assert said["near_miss"] == said["excluded"] == ["out", "in", "unsure"]


KILLED = """
import sys, time
from pathlib import Path
from popliteal.cohort.review.store import Adjudications
store = Adjudications(Path(sys.argv[1]))
for number in (1, 2, 3):
    store.answer("alice", number, "accept")
    print(number, flush=True)
time.sleep(60)
"""


def test_nothing_is_lost_when_it_is_killed(tmp_path: Path) -> None:
    opened(tmp_path).close()
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with_log = Adjudications(tmp_path)
    assert sorted(with_log.answers("alice")) == [1, 2, 3]
    with_log.close()


def test_a_file_of_another_kind_or_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="popliteal review"):
        Adjudications(tmp_path, create=False)
    store = opened(tmp_path)
    store.add_charts([], format="99")
    store.close()
    with pytest.raises(OutputError, match="another version"):
        Adjudications(tmp_path)
    (tmp_path / "adjudications.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(OutputError, match="cannot be used"):
        Adjudications(tmp_path)
