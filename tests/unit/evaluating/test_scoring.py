"""From notes and outputs to a report: the arithmetic, on notes small enough to count by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from rich.console import Console

from popliteal.evaluating.from_gold import GoldEngine, as_finding
from popliteal.evaluating.gold import GoldDecision, GoldNote
from popliteal.evaluating.markup import parse
from popliteal.evaluating.mechanisms import against_gold, group, reading_errors
from popliteal.evaluating.metrics import Counts, Decision, summarise
from popliteal.evaluating.report import decision_errors, error_tables, style_table, tables, tier_causes, to_json
from popliteal.evaluating.scoring import Report, evaluate
from popliteal.knowledge.concepts import Concept
from popliteal.schema import Finding, Note


class Script:
    """An engine that says of each note what it was told to say; of a note it does not know, it raises."""

    def __init__(self, said: dict[str, tuple[str, Decision]]) -> None:
        self.said = said

    def assess_note(self, note: Note) -> dict[str, Any]:
        markup, decision = self.said[note.note_id]
        findings = [as_finding(index, gold).to_dict() for index, gold in enumerate(parse(markup).findings)]
        return {"findings": findings, **output(decision, list(range(len(findings))))}


def output(decision: Decision, findings: Sequence[int] = ()) -> dict[str, Any]:
    rules = [
        {"id": "R1", "tier": decision.urgency, "findings": findings},
        {"id": "R2", "tier": "LATER", "findings": []},
    ]
    primary = {"hypothesis": decision.hypothesis, "side": decision.side, "grade": "likely"}
    return {"primary": primary, "urgency": {"tier": decision.urgency, "rules": rules}}


def gold_note(note_id: str, markup: str, decision: GoldDecision, style: str = "plain") -> GoldNote:
    marked = parse(markup)
    assert not marked.problems
    return GoldNote(Note(note_id, marked.text), marked.findings, decision, style=style)


def want(hypothesis: str, side: str, urgency: str, *, also: str = "", tiers: str = "") -> GoldDecision:
    acceptable = frozenset({hypothesis, *also.split()})
    return GoldDecision(hypothesis, acceptable, side, urgency, frozenset({urgency, *tiers.split()}))


CORPUS = (
    gold_note(
        "one",
        "No <f concept=numbness assertion=absent>numbness</f>. L <f concept=foot_drop side=left>foot drop</f>, "
        '<f concept=weak value="4/5">4/5</f>.',
        want("common_peroneal", "left", "URGENT", also="l5", tiers="EMERGENCY"),
    ),
    gold_note(
        "two", "Old <f concept=numbness time=historical>numb</f> toe.", want("none", "unspecified", "NONE"), "terse"
    ),
    gold_note("three", "<f concept=retention>Retention</f>", want("cauda", "bilateral", "EMERGENCY")),
)
ENGINE = Script(
    {
        "one": (
            "No <f concept=numbness>numbness</f>. L <f concept=foot_drop side=left>foot drop</f>, "
            '<f concept=weak value="3/5">4/5</f>.',
            Decision("l5", "left", "EMERGENCY"),
        ),
        "two": ("Old <f concept=pain>numb</f> <f concept=pain>toe</f>.", Decision("none", "none", "EMERGENCY")),
        "three": ("Retention", Decision("none", "unspecified", "ROUTINE")),
    }
)


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(CORPUS, ENGINE)


EXPECTED = {
    "concept.precision": (3, 5),
    "concept.recall": (3, 5),
    "concept.f1": (6, 10),
    "concept+assertion.precision": (2, 5),
    "concept+assertion.f1": (4, 10),
    "concept+assertion+time+side+site.recall": (2, 5),
    "attribute.assertion": (2, 3),
    "attribute.laterality": (3, 3),
    "attribute.value": (0, 1),
    "onset.stated": (0, 0),
    "hypothesis.acceptable": (2, 3),
    "hypothesis.exact": (1, 3),
    "side.overall": (2, 3),
    "side.given_hypothesis": (2, 2),
    "urgency.acceptable": (1, 3),
    "urgency.exact": (0, 3),
    "emergency.recall": (0, 1),
    "emergency.precision": (1, 2),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_metrics(report: Report, name: str) -> None:
    hits, total = EXPECTED[name]
    metric = report.metrics[name]
    assert (metric.hits, metric.total) == (hits, total)
    assert metric.value == (hits / total if total else None)


def test_lists(report: Report) -> None:
    assert [note.note_id for note in report.missed_emergencies] == ["three"]
    assert [note.note_id for note in report.false_alarms] == ["two"]
    assert report.concepts["numbness"] == Counts(tp=1, fn=1)
    assert report.concepts["pain"] == Counts(fp=2)
    assert report.assertions == {("absent", "present"): 1, ("present", "present"): 2}
    assert report.tiers[("EMERGENCY", "ROUTINE")] == 1
    assert {style: len(part.notes) for style, part in report.by_style().items()} == {"plain": 2, "terse": 1}


def test_errors_by_mechanism(report: Report) -> None:
    errors = group(error for note in report.notes for error in reading_errors(note))
    assert [(one.mechanism, one.detail, len(one.errors)) for one in errors] == [
        ("missed", "retention", 1),
        ("spurious", "pain", 1),
        ("wrong concept", "numbness → pain", 1),
        ("assertion", "absent → present (cue: none)", 1),
        ("value", "weak: number or wording", 1),
    ]


@pytest.mark.parametrize(
    ("gold", "said", "mechanism"),
    [
        ("<f concept=a>one</f> two", "one <f concept=a>two</f>", "apart"),
        ("<f concept=a>one two</f>", "<f concept=a>one</f> <f concept=a>two</f>", "duplicate"),
        ("<f concept=a>one</f>", "<f concept=a site=knee>one</f>", "site"),
        ("<f concept=a time=historical>one</f>", "<f concept=a>one</f>", "temporality"),
        ("<f concept=a>one</f>" + " " * 60 + "two", "one" + " " * 60 + "<f concept=a>two</f>", "missed"),
    ],
)
def test_mechanism(gold: str, said: str, mechanism: str) -> None:
    corpus = [gold_note("x", gold, GoldDecision())]
    (note,) = evaluate(corpus, Script({"x": (said, Decision())})).notes
    assert mechanism in {error.mechanism for error in reading_errors(note)}


def test_a_note_that_fails_counts_as_wrong_and_is_listed() -> None:
    report = evaluate(CORPUS, Script({}))
    assert [note.note_id for note in report.failed] == ["one", "two", "three"]
    assert str(report.notes[0].failed).startswith("KeyError at ")
    assert "one" not in str(report.notes[0].failed).split()
    assert report.metrics["concept.recall"].value == 0
    assert report.metrics["hypothesis.acceptable"].value == 0  # even of the note whose hypothesis is none
    assert report.metrics["urgency.exact"].value == 0


def test_gold_without_decisions_counts_for_findings_only() -> None:
    corpus = [gold_note("x", "<f concept=a>one</f>", GoldDecision())]
    report = evaluate(corpus, Script({"x": ("one", Decision("l5", "left", "SOON"))}))
    assert not any(name.startswith(("hypothesis", "side", "urgency")) for name in report.metrics)
    assert report.missed_emergencies == report.false_alarms == ()


def test_no_primary_hypothesis_is_none() -> None:
    class Silent:
        def assess_note(self, note: Note) -> dict[str, Any]:
            return {"findings": [], "primary": None, "urgency": {"tier": "NONE", "rules": []}}

    (note,) = evaluate(CORPUS[:1], Silent()).notes
    assert note.decision == Decision("none", "unspecified", "NONE")


def test_bootstrap_is_seeded_and_holds_the_value() -> None:
    first, again = evaluate(CORPUS, ENGINE, bootstrap=200), evaluate(CORPUS, ENGINE, bootstrap=200)
    assert first.metrics == again.metrics
    metric = first.metrics["concept.f1"]
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low < 0.6 < metric.high
    assert first.metrics["onset.stated"].low is None  # nothing counted, nothing to resample


def test_no_notes() -> None:
    assert summarise([], bootstrap=10) == {}


class Mapper:
    """Maps by counting: what reached it is what the test looks at."""

    def assess(self, note: Note, findings: Sequence[Finding]) -> dict[str, Any]:
        return {
            "findings": [finding.to_dict() for finding in findings],
            **output(Decision(f"{note.note_id}-{len(findings)}", "left", "SOON")),
        }


def test_from_gold_reads_perfectly_and_maps() -> None:
    engine = GoldEngine(CORPUS, Mapper(), {"weak": Concept(id="weak", category="motor", label="weak", src="")})
    report = evaluate(CORPUS, engine)
    assert report.metrics["concept+assertion+time+side+site.f1"].value == 1
    assert report.metrics["attribute.value"].value == 1
    assert report.notes[0].decision.hypothesis == "one-3"
    weak = engine.assess_note(CORPUS[0].note)["findings"][-1]
    assert (weak["category"], weak["value"], weak["value_text"]) == ("motor", 4.0, "4/5")


def test_json_holds_no_text_of_notes(report: Report) -> None:
    errors = group(error for note in report.notes for error in reading_errors(note))
    written = json.dumps(to_json(report, errors))
    assert "Old" not in written
    assert "foot drop" not in written
    assert json.loads(written)["metrics"]["concept.f1"] == {
        "value": 0.6,
        "hits": 6,
        "total": 10,
        "low": None,
        "high": None,
    }
    assert json.loads(written)["tiers"]["EMERGENCY"] == {"ROUTINE": 1}


def printed(things: list[Any]) -> str:
    console = Console(width=160)
    with console.capture() as capture:
        for thing in things:
            console.print(thing)
    return capture.get()


def test_tables(report: Report) -> None:
    shown = printed([*tables(report, per_concept=True), style_table(report.by_style())])
    assert "3 notes, 5 gold, 3 matched" in shown
    assert "EMERGENCY given another tier" in shown
    assert "foot drop" not in shown


def test_error_tables_show_context_on_request(report: Report) -> None:
    errors = group(error for note in report.notes for error in reading_errors(note))
    assert "[numb]" not in printed([decision_errors(report), *error_tables(errors, 0)])
    assert "Old [numb] toe." in printed(list(error_tables(errors, 1)))
    assert "cauda → none" in printed([decision_errors(report)])


def test_what_gave_a_tier_is_told_without_text(report: Report) -> None:
    shown = printed([tier_causes(report)])
    assert "EMERGENCY → ROUTINE" in shown
    assert "pain 4-8" in shown
    assert "spurious" in shown
    assert "R2" not in shown
    assert "toe" not in shown
    note = report.notes[0]
    assert [against_gold(note, got) for _, got in note.matching.pairs] == [
        "assertion absent → present (cue: none)",
        "right",
        "value weak: number or wording",
    ]


def test_failures_are_shown() -> None:
    assert "KeyError" in printed(list(tables(evaluate(CORPUS, Script({})))))
