"""``popliteal evaluate``: precision, recall and F1 against gold, and how good the decisions are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType
from rich.progress import Progress
from rich.rule import Rule

from popliteal.cli.evaluate_review import evaluate_review, is_cohort
from popliteal.cli.main import FAILED_NOTES
from popliteal.cli.options import Patterns, Quiet
from popliteal.cli.output import give
from popliteal.errors import CorpusError
from popliteal.evaluating.corpus import load
from popliteal.evaluating.figure import confusions
from popliteal.evaluating.from_gold import GoldEngine
from popliteal.evaluating.gold import GoldNote, Vocabulary
from popliteal.evaluating.mechanisms import group, reading_errors
from popliteal.evaluating.report import decision_errors, error_tables, style_table, tables, tier_causes, to_json
from popliteal.evaluating.scoring import Engine as Evaluated
from popliteal.evaluating.scoring import Report, evaluate
from popliteal.knowledge import load as load_knowledge
from popliteal.running.engine import Engine
from popliteal.running.files import write

Corpus = Annotated[
    Path, typer.Argument(help="Folder of .txt notes with gold, one such note, a .jsonl file, or a reviewed cohort.")
]
PerConcept = Annotated[bool, typer.Option("--per-concept", help="A table with a row for each concept.")]
ByStyle = Annotated[bool, typer.Option("--by-style", help="A table with a row for each style of note.")]
Errors = Annotated[
    int | None,
    typer.Option(
        "--errors", help="List errors by mechanism with N examples of each. Shows text of the notes.", metavar="N"
    ),
]
Json = Annotated[
    Path | None, typer.Option("--json", help="Write the numbers to this file; - prints them instead of tables.")
]
Figure = Annotated[
    Path | None,
    typer.Option(
        "--figure",
        help="Draw what is taken for what, tiers and hypotheses, as an SVG file.",
        metavar="FILE.svg",
    ),
]
FromGold = Annotated[bool, typer.Option("--from-gold", help="Score the mapping alone: decide from the gold findings.")]
Split = Annotated[
    int | None,
    typer.Option(
        "--split",
        min=2,
        help="Hold out every K-th note: report it apart, and list errors of the others only.",
        metavar="K",
    ),
]
Bootstrap = Annotated[
    int, typer.Option("--bootstrap", min=0, help="95% intervals from N resamplings of notes.", metavar="N")
]
Check = Annotated[bool, typer.Option("--check", help="Only check the corpus itself.")]
ReviewedCohort = Annotated[
    Path | None,
    typer.Option(
        "--adjudications",
        help="A reviewed cohort whose answers are gold for the verdicts of this one.",
        metavar="COHORT",
    ),
]
Notes = Annotated[
    str | None,
    typer.Option("--notes", help="Of a cohort: the notes that were reviewed, if not where they were.", metavar="INPUT"),
]


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command("evaluate")(command)


def command(
    corpus: Corpus,
    patterns: Patterns = None,
    per_concept: PerConcept = False,
    by_style: ByStyle = False,
    errors: Errors = None,
    json_file: Json = None,
    figure: Figure = None,
    from_gold: FromGold = False,
    split: Split = None,
    bootstrap: Bootstrap = 0,
    check: Check = False,
    adjudications: ReviewedCohort = None,
    notes: Notes = None,
    quiet: Quiet = False,
) -> None:
    """Precision, recall and F1 of findings and the quality of decisions, against gold.

    Exit 0 done, 1 done with notes that failed, 2 a corpus or patterns that cannot be used.
    """
    progress = Console(stderr=True, quiet=quiet)
    if adjudications is not None or is_cohort(corpus):
        _only_for_notes(
            per_concept=per_concept, by_style=by_style, errors=errors, figure=figure, from_gold=from_gold, split=split,
            bootstrap=bootstrap or None, check=check,
        )  # fmt: skip
        give(*evaluate_review(corpus, adjudications or corpus, notes, patterns, progress), json_file)
        return
    knowledge = load_knowledge(patterns)
    gold = load(corpus, Vocabulary.of(knowledge))
    if check:
        progress.print(f"{len(gold)} notes, {sum(len(note.findings) for note in gold)} findings: nothing wrong")
        return
    engine = GoldEngine(gold, Engine(patterns), knowledge.concepts) if from_gold else Engine(patterns)
    report = _run(gold, engine, bootstrap, progress)
    parts = _parts(report, split, bootstrap)
    give(*_results(report, parts, errors, per_concept=per_concept, by_style=by_style), json_file)
    if figure is not None:
        write(figure, confusions(report, [*knowledge.decisions.hypotheses]))
    if report.failed:
        raise typer.Exit(FAILED_NOTES)


def _only_for_notes(**options: object) -> None:
    """Options that were given and say nothing about a cohort are an error, not silence."""
    for name, value in options.items():
        if value is not None and value is not False:
            raise CorpusError(f"--{name.replace('_', '-')}: is for a corpus of notes, and this is a cohort")


def _run(gold: Sequence[GoldNote], engine: Evaluated, bootstrap: int, console: Console) -> Report:
    with Progress(console=console, transient=True, disable=console.quiet or not console.is_terminal) as bar:
        task = bar.add_task("Notes", total=len(gold))
        return evaluate(gold, engine, bootstrap=bootstrap, progress=lambda: bar.advance(task))


def _parts(report: Report, split: int | None, bootstrap: int) -> dict[str, Report]:
    """``held out``: notes whose index is a multiple of K; ``others``: the rest. Nothing without a split."""
    if split is None:
        return {}
    chosen = {
        "held out": [note for index, note in enumerate(report.notes) if index % split == 0],
        "others": [note for index, note in enumerate(report.notes) if index % split != 0],
    }
    return {name: Report.of(notes, bootstrap=bootstrap) for name, notes in chosen.items()}


def _results(
    report: Report, parts: dict[str, Report], errors: int | None, *, per_concept: bool, by_style: bool
) -> tuple[list[RenderableType], dict[str, Any]]:
    """What is shown, with so many examples of each of the ``errors`` if they are asked for, and the same as data."""
    shown = parts.get("others", report)
    groups = group(error for note in shown.notes for error in reading_errors(note))
    printed = _tables(parts or {"": report}, per_concept=per_concept)
    printed += [style_table(report.by_style())] if by_style else []
    if errors is not None:
        printed += [decision_errors(shown), tier_causes(shown), *error_tables(groups, errors)]
    return printed, to_json(report, groups) | {"parts": {name: to_json(part) for name, part in parts.items()}}


def _tables(parts: dict[str, Report], *, per_concept: bool) -> list[RenderableType]:
    """The tables of each part under its name; one that has none stands alone."""
    found: list[RenderableType] = []
    for name, part in parts.items():
        found += [Rule(name)] if name else []
        found += tables(part, per_concept=per_concept)
    return found
