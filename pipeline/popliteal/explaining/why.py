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
    for item in reported:
        _arithmetic(item, view, names, decisions, console)
    if not reported:
        _not_reported(key, names, decisions, console)
    _rules(key, view, names, decisions, console)
    if entry.against:
        console.print(Text("\nWhat argues against it in general", "bold"))
        for line in entry.against:
            console.print(Text(f"  {line}"))
    console.print(Text(f"\n{NOT_A_DIAGNOSIS}", "dim"))


def _arithmetic(item: Hypothesis, view: View, names: Names, decisions: Decisions, console: Console) -> None:
    setting = decisions.scoring
    prior = decisions.hypotheses[item.hypothesis].prior
    side = "" if item.side == "unspecified" else f" {item.side},"
    console.print(Text(f"\nIn this note:{side} {item.grade}, rank {item.rank}, score {item.score:g}"))
    console.print(evidence_table(item, view, names))
    total = prior + sum(part.weight for part in (*item.supporting, *item.opposing))
    console.print(Text(f"  {signed(prior):>4}  prior: how common it is"))
    console.print(Text(f"  {signed(total):>4}  sum" + ("" if total == item.score else f", counted as {item.score:g}")))
    console.print(
        Text(
            f"Likely from {setting.likely:g}, possible from {setting.possible:g} points. Suspected findings count by "
            f"{setting.uncertain_factor:g}, findings of both legs for a one-leg cause by {setting.bilateral_factor:g}; "
            f"causes and risks together give at most {setting.risk_cap:g}; the sum is rounded toward zero.",
            "dim",
        )
    )


def _not_reported(key: str, names: Names, decisions: Decisions, console: Console) -> None:
    entry, setting = decisions.hypotheses[key], decisions.scoring
    weights = [(feature, item.weights[key]) for feature, item in decisions.features.items() if item.weights.get(key)]
    console.print(
        Text(
            f"\nNot reported for this note. It takes {setting.possible:g} points, and one of the findings marked * "
            "(a cause or risk alone never puts it on the list)."
        )
    )
    for title, ours in (
        ("Counts for it", [pair for pair in weights if pair[1] > 0]),
        ("Counts against it", [pair for pair in weights if pair[1] < 0]),
    ):
        console.print(Text(f"\n{title}", "bold") if ours else Text())
        for weight in sorted({weight for _, weight in ours}, key=abs, reverse=True):
            same = sorted(feature for feature, its in ours if its == weight)
            listed = (f"{names.feature(feature)}{'*' if feature in entry.gate else ''}" for feature in same)
            console.print(Padding(Text(f"{signed(weight):>4}  {'; '.join(listed)}"), (0, 0, 0, 1)))


def _rules(key: str, view: View, names: Names, decisions: Decisions, console: Console) -> None:
    """The urgency rules that fired and put this hypothesis on the table whatever its score."""
    naming = {rule.id for rule in decisions.rules.values() if any(named.hypothesis == key for named in rule.names)}
    fired = [rule for rule in view.rules if rule.id in naming]
    if fired:
        console.print(Text("\nNamed by rules of urgency that fired", "bold"))
    for rule in fired:
        line = Text(f"  {rule.tier.title()}: {rule.why} ({rule.id}) ")
        console.print(line.append_text(quoted(view, rule.findings)))
