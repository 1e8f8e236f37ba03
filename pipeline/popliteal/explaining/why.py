"""Why a hypothesis got its score, or why it was not reported: the arithmetic, line by line."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from popliteal.explaining.names import NOT_A_DIAGNOSIS, Names, signed
from popliteal.explaining.terminal import evidence_table, quoted
from popliteal.explaining.view import Hypothesis, View
from popliteal.knowledge.decisions import Decisions


def render_why(key: str, view: View, names: Names, decisions: Decisions, console: Console) -> None:
    """Print what the note says for and against the hypothesis ``key``, side by side with what could be said."""
    entry = decisions.hypotheses[key]
    console.print(Text(entry.name, "bold"))
    reported = [item for item in view.hypotheses if item.hypothesis == key]
    sides = {item.side for item in reported}
    silent = [item for item in view.trace if item.side not in sides]
    for item in reported:
        console.print(Text(f"\nIn this note:{_side(item)} {item.grade}, rank {item.rank}, score {item.score:g}"))
        _arithmetic(item, view, names, decisions, console)
    for item in silent if not entry.composite else ():
        _silent(item, view, names, decisions, console)
    if reported or silent:
        _reading_aid(decisions, console)
    if not reported:
        _not_reported(key, bool(silent), names, decisions, console)
    _rules(key, view, names, decisions, console)
    if entry.against:
        console.print(Text("\nWhat argues against it in general", "bold"))
        for line in entry.against:
            console.print(Text(f"  {line}"))
    console.print(Text(f"\n{NOT_A_DIAGNOSIS}", "dim"))


def _side(item: Hypothesis) -> str:
    return "" if item.side == "unspecified" else f" {item.side},"


def _arithmetic(item: Hypothesis, view: View, names: Names, decisions: Decisions, console: Console) -> None:
    prior = decisions.hypotheses[item.hypothesis].prior
    console.print(evidence_table(item, view, names))
    total = prior + sum(part.weight for part in (*item.supporting, *item.opposing))
    console.print(Text(f"  {signed(prior):>4}  prior: how common it is"))
    console.print(Text(f"  {signed(total):>4}  sum" + ("" if total == item.score else f", counted as {item.score:g}")))


def _silent(item: Hypothesis, view: View, names: Names, decisions: Decisions, console: Console) -> None:
    """A side on which it was weighed and not reported: why not, and the sum."""
    reasons = []
    if item.excluded_by:
        reasons.append(f"ruled out by: {'; '.join(names.feature(feature) for feature in item.excluded_by)}")
    elif not item.eligible:
        reasons.append("none of the findings marked * below is there")
    if item.score < decisions.scoring.possible:
        reasons.append(f"it takes {decisions.scoring.possible:g} points")
    console.print(Text(f"\nWeighed, not reported:{_side(item)} score {item.score:g}; {', and '.join(reasons)}"))
    _arithmetic(item, view, names, decisions, console)


def _reading_aid(decisions: Decisions, console: Console) -> None:
    setting = decisions.scoring
    console.print(
        Text(
            f"Likely from {setting.likely:g}, possible from {setting.possible:g} points. Suspected findings count by "
            f"{setting.uncertain_factor:g}, findings of both legs for a one-leg cause by {setting.bilateral_factor:g}; "
            f"causes and risks together give at most {setting.risk_cap:g}; the sum is rounded toward zero.",
            "dim",
        )
    )


def _not_reported(key: str, weighed: bool, names: Names, decisions: Decisions, console: Console) -> None:
    entry, setting = decisions.hypotheses[key], decisions.scoring
    if entry.kind == "none" or entry.composite:
        console.print(Text(f"\nNot the answer for this note. {names.prose(entry.note or '')}".rstrip()))
        if entry.composite:
            _composite(key, names, decisions, console)
        return
    nothing = "" if weighed else " Nothing in it counts for or against this."
    console.print(
        Text(
            f"\nNot reported for this note.{nothing} It takes {setting.possible:g} points, and one of the findings "
            "marked * (a cause or risk alone never puts it on the list)."
        )
    )
    weights = [(feature, item.weights[key]) for feature, item in decisions.features.items() if item.weights.get(key)]
    for title, ours in (
        ("Counts for it", [pair for pair in weights if pair[1] > 0]),
        ("Counts against it", [pair for pair in weights if pair[1] < 0]),
    ):
        if not ours:
            continue
        console.print(Text(f"\n{title}", "bold"))
        for weight in sorted({weight for _, weight in ours}, key=abs, reverse=True):
            same = sorted(feature for feature, its in ours if its == weight)
            listed = (f"{names.feature(feature)}{'*' if feature in entry.gate else ''}" for feature in same)
            console.print(Padding(Text(f"{signed(weight):>4}  {'; '.join(listed)}"), (0, 0, 0, 1)))


def _composite(key: str, names: Names, decisions: Decisions, console: Console) -> None:
    """When two things beside each other are reported as such: the rule of the pattern file in words."""
    rule = decisions.hypotheses[key].composite
    if rule is None:
        return
    listed = "; ".join(names.hypothesis(other) for other in (*rule.first, *rule.otherwise))
    console.print(
        Text(
            f"It is said where one of these leads with at least {rule.at_least:g} points, {rule.by:g} more than "
            f"{names.hypothesis(rule.ahead_of)}: {listed}. Beside it there must be: "
            f"{'; '.join(names.feature(feature) for feature in (*rule.evidence, *rule.evidence_otherwise))}. "
            f"Never with: {'; '.join(names.feature(feature) for feature in rule.without)}."
        )
    )


def _rules(key: str, view: View, names: Names, decisions: Decisions, console: Console) -> None:
    """The urgency rules that fired and put this hypothesis on the table whatever its score."""
    naming = {rule.id for rule in decisions.rules.values() if any(named.hypothesis == key for named in rule.names)}
    fired = [rule for rule in view.rules if rule.id in naming]
    if fired:
        console.print(Text("\nNamed by rules of urgency that fired", "bold"))
    for rule in fired:
        line = Text(f"  {rule.tier.title()}: {rule.why} ({rule.id}) ")
        console.print(line.append_text(quoted(view, rule.findings)))
