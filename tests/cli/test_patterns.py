"""popliteal patterns: its exit codes, what it shows, and every example of the documentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from popliteal.cli import app
from popliteal.cli.patterns import FILES, Kind
from popliteal.errors import PatternError
from popliteal.knowledge import load
from popliteal.knowledge.audit import audit, makers, uses
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.parsing import read
from popliteal.reading import Reader

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Makes a folder of patterns from files given by name."""

    def make(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return make


def run(*args: object) -> Result:
    return CliRunner().invoke(app, ["patterns", *map(str, args)])


CONCEPT = """
zorbling:
  label: Zorbling
  category: sensory
  src: local
  phrases: [zorbling, zorbles]
  examples:
    - 'No <f assertion=absent>zorbling</f>.'
    - {example}
"""


# ---------- the shipped patterns


def test_every_example_is_read_as_it_says() -> None:
    result = run("test")
    assert result.exit_code == 0, result.stdout
    assert re.fullmatch(r"\d+ examples of \d+ entries: 0 failures\n", result.stderr)


def test_nothing_in_the_shipped_patterns_is_dead() -> None:
    result = run("check")
    assert result.exit_code == 0, result.stdout
    assert "problem:" not in result.stdout
    assert "has no examples" not in result.stdout


def test_every_concept_has_two_examples_or_more_and_one_that_is_present() -> None:
    for concept in load().concepts.values():
        assert len(concept.examples) >= 2, concept.id
        assert any("<f" in one and "assertion=" not in one for one in concept.examples), concept.id
    assert [head.id for head in load().heads.values() if not head.examples] == []


# ---------- test


#: examples of an invented concept, and what is wrong with the reading of each
CASES = {
    "'Zorbling.'": "not expected: case0, 'Zorbling'",
    "'<f>Fizz</f>'": "not found: case1, 'Fizz'",
    "'Fizz <f concept=numbness>numb</f>'": None,
    "'Numb, tingling.'": None,
    "'<f onset=sudden>Zorbling</f>'": "onset: expected sudden, got unknown",
    "'h/o <f time=historical>zorbling</f> in the past'": None,
    "'Denies <f>zorbling</f>.'": "assertion: expected present, got absent",
}


def test_what_counts_in_an_example(folder: Folder) -> None:
    head = "  label: Zorbling\n  category: sensory\n  src: local\n  phrases: [zorbling]\n"
    entries = [f"case{number}:\n{head}  examples: [{example}]\n" for number, example in enumerate(CASES)]
    names = [f"case{number}" for number in range(len(CASES))]
    result = run("test", *names, "--patterns", folder(concepts__local="".join(entries)))
    told = dict(re.findall(r"^\S+: (case\d):\n((?:    .*\n)+)", result.stdout, re.MULTILINE))
    assert [name in told for name in names] == [problem is not None for problem in CASES.values()]
    for name, problem in zip(names, CASES.values(), strict=True):
        assert problem is None or problem in told[name]
    assert result.exit_code == 1
    assert "expected: Denies <f concept=case6>zorbling</f>" in told["case6"]
    assert "got:      Denies <f concept=case6 assertion=absent>zorbling</f>" in told["case6"]
    assert result.stderr == "7 examples of 7 entries: 4 failures\n"


def test_malformed_markup_names_its_line(folder: Folder) -> None:
    mine = folder(concepts__local=CONCEPT.format(example="'<f assertion=maybe>zorbling</f>'"))
    result = run("test", "--patterns", mine)
    assert result.exit_code == 2
    assert f"{mine}/concepts/local.yaml:9: zorbling: assertion=maybe" in result.stderr


def test_examples_of_an_unknown_entry() -> None:
    result = run("test", "fot_drop")
    assert result.exit_code == 2
    assert "did you mean foot_drop" in result.stderr


# ---------- check


def test_a_concept_that_nothing_gives_and_what_hangs_on_it(folder: Folder) -> None:
    mine = folder(
        concepts__local="silent:\n  label: Silent\n  category: motor\n  src: local\n",
        urgency="silent_rule: {tier: SOON, name: Never, when: {find: [silent]}, source: [DES]}\n",
    )
    result = run("check", "--patterns", mine)
    assert result.exit_code == 1
    assert f"problem: {mine}/concepts/local.yaml:1: silent: no phrase, head or measurement gives it" in result.stdout
    assert f"problem: {mine}/urgency.yaml:1: silent_rule: can never hold, since nothing gives silent" in result.stdout


def test_phrases_of_two_concepts_are_noted(folder: Folder) -> None:
    mine = folder(
        concepts__local=CONCEPT.format(example="'<f>Zorbling</f>'")
        + "other:\n  label: Other\n  category: motor\n  src: local\n  phrases: [Zorbling]\n"
    )
    result = run("check", "--patterns", mine)
    assert result.exit_code == 0
    assert "note: zorbling and other share 1 phrase, such as 'zorbling'" in result.stdout
    assert f"note: {mine}/concepts/local.yaml:10: other: has no examples" in result.stdout


def test_a_phrase_that_says_nothing_new_is_noted(folder: Folder) -> None:
    mine = folder(concepts__local="x:\n  label: X\n  src: s\n  phrases:\n    - (zany|odd) foot\n    - Odd foot\n")
    result = run("check", "--patterns", mine)
    assert result.exit_code == 0, "it does not stand in the way of reading"
    assert f"note: {mine}/concepts/local.yaml:6: x: duplicate phrase 'Odd foot': others of the entry" in result.stdout


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("concepts__local", "x:\n  label: X\n  src: s\n  phrases: ['(a|b']\n", "local.yaml:4: x: "),
        ("concepts__local", "x:\n  label: X\n  src: s\n  phrase: [a]\n", "local.yaml:4: x.phrase: "),
        ("heads", "x:\n  src: s\n  phrases: [a]\n  by_site: {foot: nothing}\n", "unknown concept 'nothing'"),
        ("urgency", "x: {tier: SOON, name: X, when: {find: [nothing]}, source: [DES]}\n", "no concept 'nothing'"),
        ("concepts__local", "x: [", "not valid YAML"),
    ],
)
def test_patterns_that_cannot_be_loaded(file: str, text: str, message: str, folder: Folder) -> None:
    result = run("check", "--patterns", folder(**{file: text}))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert run("list", "--patterns", tmp_path / "none").exit_code == 2


# ---------- list and show


def test_list_counts_and_names_everything() -> None:
    result = run("list")
    assert result.exit_code == 0
    words = set(re.findall(r"\w+", result.stdout))
    assert words >= {str(kind) for kind in Kind}
    assert words >= set(load().concepts)


@pytest.mark.parametrize("kind", Kind)
def test_list_of_one_kind(kind: Kind) -> None:
    lines = run("list", kind).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == list(Layers().entries(FILES[kind]))


@pytest.mark.parametrize(
    ("entry", "lines"),
    [
        ("foot_drop", ["# concepts: foot_drop", "# icd10cm: M21.371", "# given by: phrases", "# red_flags: foot_drop"]),
        ("knee_warmth", ["# given by: phrases, head warmth"]),
        ("common_peroneal", ["# hypotheses: common_peroneal", "# weights: ", "# named by rules: "]),
        ("foot", ["# sites: foot", "# turns heads: pain as foot_pain"]),
    ],
)
def test_show(entry: str, lines: list[str]) -> None:
    shown = run("show", entry).stdout
    for line in lines:
        assert any(one.startswith(line) for one in shown.splitlines()), (line, shown)


@pytest.mark.parametrize("kind", Kind)
def test_show_prints_the_entry_as_it_stands(kind: Kind) -> None:
    entries = list(Layers().entries(FILES[kind]).items())
    for name, (source, _, _) in (entries[0], entries[-1]):
        shown = run("show", name).stdout.split(f"# {kind}: {name} (")[1].split("\n", 1)[1].split("\n# ")[0]
        assert shown.startswith(name)
        assert shown.rstrip() in source.file.read_text(encoding="utf-8")


def test_show_of_nothing() -> None:
    assert run("show").exit_code == 2
    result = run("show", "fot_drop")
    assert result.exit_code == 2
    assert "did you mean foot_drop" in result.stderr


def test_show_explains_the_language() -> None:
    result = run("show", "--language")
    assert result.exit_code == 0
    assert "{reduced} sensation" in result.stdout


def test_every_concept_is_given_and_users_are_known() -> None:
    knowledge = load()
    assert set(makers(knowledge)) == set(knowledge.concepts)
    assert set(uses(knowledge)) <= set(knowledge.concepts)
    assert audit(knowledge, Layers()).problems == ()


# ---------- documentation


def documented() -> Iterator[tuple[str, str]]:
    yield from re.findall(r"^```yaml file=(\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def documented_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mine = tmp_path_factory.mktemp("mine")
    for name, text in documented():
        (mine / name).parent.mkdir(exist_ok=True)
        (mine / name).write_text(text, encoding="utf-8")
        assert read(mine / name).data
    return mine


def test_the_documented_folder_works_but_for_the_example_that_is_said_to_fail(documented_folder: Path) -> None:
    names = ["sock_sign", "sock_level", "sock_test", "fizz"]
    result = run("test", *names, "--patterns", documented_folder)
    assert result.exit_code == 1
    assert result.stderr == "13 examples of 4 entries: 1 failure\n"
    assert "feels like he is wearing socks" in result.stdout
    assert run("check", "--patterns", documented_folder).exit_code == 0


def test_the_documented_cue(documented_folder: Path) -> None:
    text = "Quite bereft of foot drop, numbness or weakness of the leg"
    found = Reader(load(documented_folder)).read(text)
    assert [finding.assertion for finding in found] == ["absent"] * 3
    assert {finding.assertion for finding in Reader(load()).read(text)} == {"present"}


def rows() -> list[tuple[str, list[str], list[str]]]:
    table = PAGE.split("| phrase | reads | does not read |")[1].split("\n\n")[0]
    cells = [re.split(r"(?<!\\)\|", line)[1:4] for line in table.splitlines()[2:]]
    quoted = re.compile(r'"([^"]+)"')
    return [
        (phrase.strip().strip("`").replace("\\|", "|"), quoted.findall(yes), quoted.findall(no))
        for phrase, yes, no in cells
    ]


def test_the_documented_phrases(folder: Folder) -> None:
    head = {"label": "Z", "category": "motor", "src": "s"}
    entries = {f"row{number}": head | {"phrases": [phrase]} for number, (phrase, _, _) in enumerate(rows())}
    reader = Reader(load(folder(concepts__local=yaml.safe_dump(entries, allow_unicode=True))))
    for number, (_, yes, no) in enumerate(rows()):
        assert yes
        for text in (*yes, *no):
            found = {finding.concept for finding in reader.read(text)}
            assert (f"row{number}" in found) == (text in yes), text


def test_every_documented_command_is_one() -> None:
    for name in re.findall(r"`popliteal patterns (\w+)", PAGE):
        assert run(name, "--help").exit_code == 0


# ---------- files that nothing would read


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("concept/local.yaml", "is not read; entries lie in cohorts/ or concepts/"),
        ("concepts/ours/local.yaml", "is not read; entries lie in"),
        ("concepts/local.yml", "is not read; call it local.yaml"),
        ("word.yaml", "is not read; did you mean words.yaml"),
        ("zzz.yaml", "is not read; it needs a name of ours"),
    ],
)
def test_a_file_that_nothing_reads_is_a_mistake(tmp_path: Path, file: str, message: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("zorbling: {label: Zorbling, category: sensory, src: local, phrases: [zorbling]}\n")
    with pytest.raises(PatternError) as caught:
        Layers(tmp_path)
    assert f"{path}: {message}" in str(caught.value)


def test_hidden_files_and_other_kinds_beside_patterns_are_left_alone(tmp_path: Path) -> None:
    for name in (".github/workflows/ci.yml", ".hidden.yaml", "README.md", "manifest.yaml", "concepts/local.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n")
    assert Layers(tmp_path).folders[-1] == tmp_path
