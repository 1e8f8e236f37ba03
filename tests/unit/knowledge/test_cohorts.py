"""Definitions of cohorts as they are read: what is wrong is told with file, line and entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from popliteal.errors import PatternError
from popliteal.knowledge import load
from popliteal.knowledge.audit import audit
from popliteal.knowledge.cohorts import Window, load_cohorts, parse_window, read_cohort, vocabulary
from popliteal.knowledge.layers import Layers, shipped
from support.screened import write_criteria

GOOD = """
index:
  label: Foot drop
  any: [{find: [foot_drop]}]
include:
  op: {label: o, any: [{find: [knee_surgery]}], when: before index}
"""

#: (what is written in the place of what, the line that is named, what is said)
WRONG = {
    "an unknown concept": ("[knee_surgery]", "[knee_surgeri]", 9, "no concept 'knee_surgeri'"),
    "an unknown set": ("[knee_surgery]", "[$knees]", 9, "no set '$knees' in terms.yaml"),
    "an unknown site": ("[foot_drop]}", "[foot_drop], site: [elbow]}", 7, "no site 'elbow'"),
    "an unknown category": ("find: [foot_drop]", "category: [neuro]", 7, "no category 'neuro'"),
    "an unknown hypothesis": ("find: [foot_drop]", "hypothesis: [l9]", 7, "no hypothesis 'l9'"),
    "an unknown rule": ("find: [foot_drop]", "rule: [E99]", 7, "no rule 'E99'"),
    "an unknown red flag": ("find: [foot_drop]", "red_flag: [luck]", 7, "no red_flag 'luck'"),
    "an unknown tier": ("find: [foot_drop]", "tier: NOW", 7, "tier"),
    "an unknown key": ("when: before", "whence: before", 9, "whence"),
    "an unknown assertion": ("[foot_drop]}", "[foot_drop], assertion: [denied]}", 7, "assertion"),
    "a window nobody reads": ("before index", "90 days ago", 9, "within N days of index"),
    "a term of two kinds": ("[foot_drop]}", "[foot_drop], rule: [E02_saddle]}", 7, "expected one of find"),
    "a term of none": ("{find: [foot_drop]}", "{doubt: false}", 7, "expected one of find"),
    "a qualifier of another kind": (
        "find: [foot_drop]",
        "rule: [E02_saddle], value: {max: 3}",
        7,
        "value says nothing",
    ),
    "no clause": ("[{find: [foot_drop]}]", "[]", 7, "at least 1"),
    "a criterion of two kinds": ("label: o,", "label: o, age: {min: 3},", 9, "exactly one of any, age, sex"),
    "a criterion of none": ("any: [{find: [knee_surgery]}], ", "", 9, "exactly one of any, age, sex"),
    "a name that is taken": ("op:", "washout:", 9, "the name 'washout' is taken"),
    "a name that is none": ("op:", "Op-1:", 9, "expected small letters"),
    "notes and days": ("label: o,", "label: o, at_least: {notes: 1, days: 1},", 9, "expected notes: N or days: N"),
    "a washout of nothing": ("label: Foot drop", "label: x\n  washout: 0", 7, "washout"),
    "a day that is none": ("label: Foot drop", "label: x\n  dates: {first: '2024-02-30'}", 7, "first"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    old, new, line, said = WRONG[name]
    assert old in GOOD
    file = write_criteria(tmp_path, GOOD.replace(old, new))
    with pytest.raises(PatternError) as caught:
        read_cohort(file, vocabulary(load()))
    problem = caught.value.problems[0]
    assert all(one.startswith(f"{file}:{line}: x.") for one in caught.value.problems), problem
    assert said in problem


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    file = write_criteria(tmp_path, GOOD.replace("foot_drop", "a1").replace("knee_surgery", "a2"))
    with pytest.raises(PatternError) as caught:
        read_cohort(file, vocabulary(load()))
    assert len(caught.value.problems) == 2


def test_a_day_that_yaml_itself_refuses(tmp_path: Path) -> None:
    file = write_criteria(tmp_path, GOOD.replace("label: Foot drop", "label: x\n  dates: {first: 2024-02-30}"))
    with pytest.raises(PatternError, match=r"x\.yaml:7: '2024-02-30': day is out of range"):
        read_cohort(file, vocabulary(load()))


@pytest.mark.parametrize("text", ["", "[]", "a: {}\nb: {}\n", "x: 3\n", "x:\n  y: [\n"])
def test_a_file_is_one_definition(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PatternError, match=r"x\.yaml"):
        read_cohort(file, vocabulary(load()))


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ("within 90 days of index", Window(-90, 90)), ("within 1 day before index", Window(-1, 0)),
        ("within 30 days after index", Window(0, 30)), ("more than 90 days before index", Window(None, -91)),
        ("before index", Window(None, -1)), ("on or before index", Window(None, 0)), ("on index", Window(0, 0)),
        ("on or after index", Window(0, None)), ("after index", Window(1, None)),
        ("in the index note", Window(same_note=True)),
    ],
)  # fmt: skip
def test_windows(words: str, window: Window) -> None:
    assert parse_window(words) == window


@pytest.mark.parametrize(
    "words", ["", "within 90 days", "within -1 days of index", "before  index", "Before index", None, 3]
)
def test_other_windows_are_refused(words: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_window(words)


def test_sets_are_their_members(tmp_path: Path) -> None:
    cohort = read_cohort(
        write_criteria(tmp_path, GOOD.replace("[knee_surgery]", "[$umn_sign, clonus]")), vocabulary(load())
    )
    assert set(cohort.include["op"].any[0].all[0].find) == load().decisions.sets["umn_sign"]


def test_a_folder_of_ones_own_adds_and_replaces(tmp_path: Path) -> None:
    folder = tmp_path / "cohorts"
    folder.mkdir()
    write_criteria(folder, GOOD)
    mine = (folder / "x.yaml").read_text(encoding="utf-8").replace("x:\n", "foot_drop_any:\n", 1)
    (folder / "mine.yaml").write_text(mine, encoding="utf-8")
    found = load_cohorts(Layers(tmp_path), vocabulary(load()))
    assert set(found) == {*load_cohorts(Layers(), vocabulary(load())), "x"}
    assert found["foot_drop_any"].name == "X"


def test_the_check_of_patterns_covers_them(tmp_path: Path) -> None:
    folder = tmp_path / "cohorts"
    folder.mkdir()
    file = write_criteria(folder, GOOD.replace("foot_drop", "foot_dorp"))
    report = audit(load(), Layers(tmp_path))
    assert [problem for problem in report.problems if str(file) in problem and "foot_dorp" in problem]
    assert not audit(load(), Layers()).problems


def test_patterns_without_cohorts_and_the_version_of_patterns(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text("mode: replace\n", encoding="utf-8")
    assert load_cohorts(Layers(tmp_path), vocabulary(load())) == {}
    before = Layers(tmp_path).digest()
    (tmp_path / "cohorts").mkdir()
    write_criteria(tmp_path / "cohorts", GOOD)
    assert Layers(tmp_path).digest() == before, "criteria read no note"


def test_the_definition_in_the_documentation(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "screen.md").read_text(encoding="utf-8")
    (written,) = re.findall(r"^```yaml\n(.*?)^```$", page, re.M | re.S)
    (tmp_path / "x.yaml").write_text(written, encoding="utf-8")
    cohort = read_cohort(tmp_path / "x.yaml", vocabulary(load()))
    assert [name for _, name, _ in cohort.criteria] == ["adult", "stroke", "seen_twice", "radiculopathy"]


def test_shipped_definitions_name_their_sources() -> None:
    files = sorted((shipped() / "cohorts").glob("*.yaml"))
    found = load_cohorts(Layers(), vocabulary(load()))
    assert {file.stem for file in files} == set(found), "a definition stands in a file of its name"
    assert all(cohort.source and cohort.description for cohort in found.values())
