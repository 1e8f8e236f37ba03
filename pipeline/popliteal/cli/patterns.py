"""``popliteal patterns``: what stands in the patterns, who uses it, whether it can work, and whether it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from popliteal.cli.options import Patterns
from popliteal.cli.output import show as show_tables
from popliteal.errors import SourceError
from popliteal.evaluating.examples import Examiner, Failure, examples
from popliteal.knowledge import Knowledge, load, phrases
from popliteal.knowledge.audit import Report, audit, makers, uses
from popliteal.knowledge.cohorts import load_cohorts, vocabulary
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.source import Source, near
from popliteal.reading.repeated import repeated


class Kind(StrEnum):
    """The kinds of entries, in the order in which they are gone through."""

    concepts = "concepts"
    heads = "heads"
    sites = "sites"
    hypotheses = "hypotheses"
    features = "features"
    rules = "rules"
    red_flags = "red_flags"
    key_findings = "key_findings"
    competing = "competing"
    terms = "terms"
    measurements = "measurements"
    actions = "actions"
    cues = "cues"
    blockers = "blockers"
    outcomes = "outcomes"
    references = "references"
    cohorts = "cohorts"


#: the files of kinds that are not called after their kind; concepts and cohorts have a folder
_FILES = {Kind.concepts: "concepts", Kind.cohorts: "cohorts", Kind.rules: "urgency.yaml", Kind.cues: "assertion.yaml"}
FILES = {kind: _FILES.get(kind, f"{kind}.yaml") for kind in Kind}
#: what the letter beside a code means
CONFIDENCE = {"V": "verified", "x": "by HPO cross-reference", "r": "unverified", "m": "unverified, from memory"}
_WIDTH = 120


HELP = "Looks after the patterns: what stands in them, who uses it, whether it can work, and whether it does."


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    commands = typer.Typer(name="patterns", help=HELP, no_args_is_help=True)
    commands.command("list")(list_entries)
    commands.command("show")(show)
    commands.command("check")(check)
    commands.command("test")(run_examples)
    app.add_typer(commands)


def list_entries(
    kind: Annotated[Kind | None, typer.Argument(help="Only entries of this kind, one a line.")] = None,
    patterns: Patterns = None,
) -> None:
    """What there is: how many entries of each kind and the concepts by category, or every entry of one kind."""
    knowledge, layers = _open(patterns)
    if kind is None:
        show_tables(_overview(knowledge, layers), width=_WIDTH)
        return
    labels = _labels(knowledge)
    if kind is Kind.cohorts:
        labels = {(kind, one.id): one.name for one in load_cohorts(layers, vocabulary(knowledge)).values()}
    for name in _entries(layers, kind):
        label = labels.get((kind, name), "")
        typer.echo(f"{name}\t{label}" if label else name)


def show(
    entry: Annotated[
        str | None, typer.Argument(metavar="ID", help="Of a concept, site, hypothesis, rule, feature, ...")
    ] = None,
    language: Annotated[bool, typer.Option("--language", help="Show how phrases are written.")] = False,
    patterns: Patterns = None,
) -> None:
    """One entry as it stands in its file, its codes, what gives it and what uses it."""
    if language:
        typer.echo(phrases.__doc__)
    if entry is None:
        if not language:
            raise SourceError("show which entry? Give its ID; popliteal patterns list shows all")
        return
    knowledge, layers = _open(patterns)
    tables = {kind: _entries(layers, kind) for kind in Kind}
    kinds = [kind for kind, table in tables.items() if entry in table]
    if not kinds:
        known = {name for table in tables.values() for name in table}
        raise SourceError(f"no entry {entry!r} in the patterns{near(entry, known)}; popliteal patterns list shows all")
    for kind in kinds:
        source, path, _ = tables[kind][entry]
        typer.echo(f"# {kind}: {entry} ({source.where(path)})")
        typer.echo(_written(source.file, source.line(path)))
        for line in _about(kind, entry, knowledge):
            typer.echo(line)


def check(patterns: Patterns = None) -> None:
    """Loads everything and looks for what can have no effect. Exit 0 nothing wrong, 1 problems, 2 cannot be loaded.

    With --patterns, only what that folder adds is noted.
    """
    knowledge, layers = _open(patterns)
    report = audit(knowledge, layers)
    for line in report.problems:
        typer.echo(f"problem: {line}")
    every = _notes(report, knowledge, layers)
    shipped = frozenset(_notes_of_shipped() if patterns is not None else ())
    notes = [line for line in every if line not in shipped]
    for line in notes:
        typer.echo(f"note: {line}")
    left_out = f" ({len(every) - len(notes)} more of the shipped patterns)" if len(notes) < len(every) else ""
    typer.echo(
        f"{len(knowledge.concepts)} concepts, {len(knowledge.decisions.hypotheses)} hypotheses, "
        f"{len(knowledge.decisions.rules)} rules, patterns {knowledge.version}: "
        f"{_count(len(report.problems), 'problem')}, {_count(len(notes), 'note')}{left_out}",
        err=True,
    )
    if report.problems:
        raise typer.Exit(1)


def _notes(report: Report, knowledge: Knowledge, layers: Layers) -> list[str]:
    """What the audit notes, and the phrases that others of their entry make needless."""
    needless = (
        f"{one.where}: {one.entry}: duplicate phrase {one.phrase!r}: others of the entry say the same; take it out"
        for one in repeated(knowledge, layers)
    )
    return [*report.notes, *needless]


def _notes_of_shipped() -> list[str]:
    knowledge, layers = _open(None)
    return _notes(audit(knowledge, layers), knowledge, layers)


def run_examples(
    entries: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only the examples of these concepts and heads.")
    ] = None,
    patterns: Patterns = None,
) -> None:
    """Reads the examples of every concept and head. Exit 0 all as they say, 1 some are not, 2 cannot be loaded."""
    knowledge, layers = _open(patterns)
    unknown = sorted(set(entries or ()) - knowledge.concepts.keys() - knowledge.heads.keys())
    if unknown:
        known = {*knowledge.concepts, *knowledge.heads}
        raise SourceError(f"no concept or head {unknown[0]!r}{near(unknown[0], known)}")
    chosen = [one for one in examples(layers) if not entries or one.entry in entries]
    examiner = Examiner(knowledge)
    examiner.check(chosen)
    failures = [failure for failure in map(examiner.examine, chosen) if failure is not None]
    for failure in failures:
        typer.echo(_told(failure))
    owners = {(one.kind, one.entry) for one in chosen}
    typer.echo(
        f"{_count(len(chosen), 'example')} of {_count(len(owners), 'entry', 'entries')}: "
        f"{_count(len(failures), 'failure')}",
        err=True,
    )
    if failures:
        raise typer.Exit(1)


# ---------- what is shown


def _open(patterns: Path | None) -> tuple[Knowledge, Layers]:
    return load(patterns), Layers(patterns)


def _entries(layers: Layers, kind: Kind) -> dict[str, tuple[Source, tuple[str | int, ...], object]]:
    """The entries of a kind. A set of patterns can do without cohorts."""
    if kind is Kind.cohorts and not any(True for _ in layers.files(FILES[kind])):
        return {}
    return layers.entries(FILES[kind])


def _overview(knowledge: Knowledge, layers: Layers) -> list[Table]:
    counts = Table("kind", "entries", "file", title=f"Patterns {knowledge.version}")
    for kind, file in FILES.items():
        counts.add_row(kind, str(len(_entries(layers, kind))), file)
    by_category = Table("category", "concepts", title="Concepts")
    for category in dict.fromkeys(concept.category for concept in knowledge.concepts.values()):
        names = [concept.id for concept in knowledge.concepts.values() if concept.category == category]
        by_category.add_row(f"{escape(category)} ({len(names)})", escape(", ".join(names)))
    return [counts, by_category]


def _labels(knowledge: Knowledge) -> Mapping[tuple[str, str], str]:
    """What an entry is called, where it has more of a name than its id."""
    decisions = knowledge.decisions
    return (
        {("concepts", one.id): f"{one.category}\t{one.label}" for one in knowledge.concepts.values()}
        | {("sites", one.id): one.label for one in knowledge.sites.values()}
        | {("hypotheses", name): f"{one.kind}\t{one.name}" for name, one in decisions.hypotheses.items()}
        | {("features", name): f"{one.group}\t{one.text}" for name, one in decisions.features.items()}
        | {("rules", name): f"{one.tier}\t{one.why}" for name, one in decisions.rules.items()}
        | {("red_flags", name): one.label for name, one in decisions.red_flags.items()}
        | {("key_findings", name): one.label for name, one in decisions.key_findings.items()}
        | {("references", name): one.citation for name, one in decisions.references.items()}
    )


def _written(file: Path, line: int) -> str:
    """The entry that begins at ``line`` of a file, as it stands there."""
    lines = file.read_text(encoding="utf-8").splitlines()[line - 1 :]
    body = [lines[0]]
    for one in lines[1:]:
        if one and not one.startswith((" ", "\t", "-")):
            break
        body.append(one)
    return "\n".join(body).rstrip()


def _about(kind: str, entry: str, knowledge: Knowledge) -> Iterable[str]:
    decisions = knowledge.decisions
    if kind == "concepts":
        codes = knowledge.concepts[entry].codes
        for system in ("icd10cm", "hpo", "snomed", "umls"):
            if listed := getattr(codes, system):
                confidence = CONFIDENCE.get(codes.confidence.get(system, ""), "unverified")
                yield f"# {system}: {', '.join(listed)} ({confidence})"
        yield _line("given by", makers(knowledge).get(entry, ()))
        yield _line("used by", uses(knowledge).get(entry, ()))
    elif kind == "hypotheses":
        weights = {name: one.weights[entry] for name, one in decisions.features.items() if entry in one.weights}
        ordered = sorted(weights.items(), key=lambda one: -one[1])
        yield _line("weights", [f"{name} {weight:+g}" for name, weight in ordered])
        named = [name for name, rule in decisions.rules.items() if any(one.hypothesis == entry for one in rule.names)]
        yield _line("named by rules", named)
    elif kind == "features":
        yield _line("weights", [f"{name} {weight:+g}" for name, weight in decisions.features[entry].weights.items()])
        gates = [name for name, one in decisions.hypotheses.items() if entry in {*one.gate, *one.gate_also}]
        yield _line("in the gate of", gates)
    elif kind == "sites":
        heads = [f"{one.id} as {one.by_site[entry]}" for one in knowledge.heads.values() if entry in one.by_site]
        yield _line("turns heads", heads)


def _line(title: str, names: Iterable[str]) -> str:
    return f"# {title}: {', '.join(names) or 'nothing'}"


def _told(failure: Failure) -> str:
    example = failure.example
    problems = "".join(f"\n    {problem}" for problem in failure.problems)
    return f"{example.place}: {example.entry}:{problems}\n    expected: {example.markup}\n    got:      {failure.got}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
