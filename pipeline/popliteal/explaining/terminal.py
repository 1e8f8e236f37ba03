"""One note in a terminal: its text with the findings marked, and what follows from them with the words that say so.

Everything is drawn as plain ``Text``, so that brackets of a note are never taken for markup, and characters that could
move a terminal's cursor are written as their code. Where there is no colour, signs in the text take its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from popliteal.explaining.names import (
    ACTION,
    NEEDS_REVIEW,
    NOT_A_DIAGNOSIS,
    SAID,
    STATUS,
    SUSPECTED,
    Names,
    measured,
    sentence,
    signed,
    when,
    where,
    words,
)
from popliteal.explaining.spans import Node, forest, one_line, plain, visible
from popliteal.explaining.view import Evidence, Hypothesis, View
from popliteal.schema import ASSERTIONS, Finding

#: Colours by category; a category of somebody's own patterns gets the last.
COLOURS = {
    "sensory": "blue",
    "motor": "red",
    "reflex": "magenta",
    "sign": "bright_magenta",
    "pain": "yellow",
    "sphincter": "bright_red",
    "joint_infection": "bright_yellow",
    "vascular": "cyan",
    "cause_risk": "green",
    "test": "bright_blue",
    "diagnosis": "bright_green",
}
OTHER = "white"
STYLES = {
    "present": "bold underline",
    "absent": "strike dim",
    "possible": "underline italic",
    "hypothetical": "italic dim",
    "family": "dim underline",
}
#: What stands before a finding where colours and styles cannot.
SIGNS = {"present": "", "absent": "-", "possible": "?", "hypothetical": "~", "family": "fam:"}
TIERS = {
    "EMERGENCY": "bold white on red",
    "URGENT": "bold red",
    "SOON": "bold yellow",
    "ROUTINE": "green",
    "NONE": "dim",
}
FLAGS = {"present": "bold red", "possible": "yellow", "denied": "green", "not_documented": "dim"}


def render_terminal(view: View, names: Names, console: Console) -> None:
    """Print the note and everything that was concluded from it; works from 60 columns on."""
    signs = console.color_system is None or console.no_color
    parts: list[RenderableType] = [
        _title(view, names),
        Padding(_text(view, signs), (1, 0, 1, 1)),
        _legend(view, signs),
        _heading(f"Findings ({len(view.findings)})"),
        _findings(view, names),
        *_contradictions(view, names),
        _heading("Where the problem may lie"),
        *_hypotheses(view, names),
        _heading("How urgent"),
        *_urgency(view, names),
        _heading("Red flags"),
        _red_flags(view, names),
        _heading("Not documented, and worth a look"),
        _not_documented(view, names),
        _heading(""),
        Text(NOT_A_DIAGNOSIS, "dim"),
        Text(", ".join(f"{words(key)} {value}" for key, value in view.provenance), "dim"),
    ]
    console.print(Group(*parts))


def _heading(title: str) -> RenderableType:
    return Padding(Line(title, align="left", style="dim"), (1, 0, 0, 0))


def _title(view: View, names: Names) -> RenderableType:
    title = Text.assemble(("Note ", "bold"), (one_line(view.note_id), "bold"))
    title.append(f", written {view.note_date}" if view.note_date else ", date not given", "dim")
    title.append("\nUrgency: ")
    title.append(view.tier, TIERS.get(view.tier, ""))
    title.append("   Most likely: ")
    title.append_text(_primary(view, names))
    return title


def _primary(view: View, names: Names) -> Text:
    if view.primary is None:
        return Text("no nerve, root or other cause suggested", "dim")
    key, side, grade = view.primary
    title = next((item.name for item in view.hypotheses if item.hypothesis == key), names.hypothesis(key))
    shown = Text.assemble((title, "bold"))
    extra = ", ".join(part for part in ("" if side == "unspecified" else side, grade) if part)
    return shown.append(f" ({extra})" if extra else "", "")


# ---------- the note's text
def _style(finding: Finding) -> str:
    return f"{COLOURS.get(finding.category, OTHER)} {STYLES.get(finding.assertion, '')}".strip()


def _raw(text: str) -> Text:
    shown = Text()
    for kind, part in visible(text.expandtabs(4)):
        shown.append(part if kind == "text" else f"[{part}]", None if kind == "text" else "dim")
    return shown


def _text(view: View, signs: bool) -> Text:
    """The note; with ``signs`` each finding stands in brackets behind the sign of its assertion."""

    def draw(start: int, end: int, nodes: list[Node]) -> Text:
        out = Text()
        for piece in plain(view.text, start, end, nodes):
            if isinstance(piece, tuple):
                out.append_text(_raw(view.text[slice(*piece)]))
                continue
            finding = view.finding(piece.finding_id)
            inner = draw(piece.start, piece.end, piece.children)
            if finding is not None:
                inner = Text.assemble(*([f"[{SIGNS.get(finding.assertion, '')}", inner, "]"] if signs else [inner]))
                inner.stylize_before(_style(finding))
            out.append_text(inner)
        return out

    return draw(0, len(view.text), forest(view.findings, len(view.text)))


def _legend(view: View, signs: bool) -> RenderableType:
    if not view.findings:
        return Text("Nothing about legs, back, sphincters or their risks was found. Only English is read.", "dim")
    found = {item.assertion for item in view.findings}
    shown = Text(" ")
    for name in (name for name in ASSERTIONS if name in found):
        shown.append(f"[{SIGNS[name]}{name}]" if signs else name, STYLES[name])
        shown.append("   ")
    if not signs:
        shown.append("\n ")
        for category in sorted({item.category for item in view.findings}):
            shown.append(words(category), COLOURS.get(category, OTHER))
            shown.append("   ")
    return shown


# ---------- what was found
def _table(*columns: tuple[str, str]) -> Table:
    """A table without frame; ``l`` wraps, ``n`` is never cut, ``r`` is a number."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=False)
    for title, kind in columns:
        table.add_column(title, justify="right" if kind == "r" else "left", no_wrap=kind != "l", overflow="fold")
    return table


def quoted(view: View, findings: tuple[int, ...]) -> Text:
    """The words of findings with their numbers, styled as in the text."""
    shown = Text()
    for index, (number, quoted) in enumerate(view.words(findings)):
        finding = view.finding(number)
        shown.append(", " if index else "")
        shown.append(f'"{one_line(quoted)}"', _style(finding) if finding else "")
        shown.append(f" #{number}", "dim")
    return shown


def _findings(view: View, names: Names) -> RenderableType:
    if not view.findings:
        return Text("none", "dim")
    table = _table(("#", "r"), ("words", "l"), ("finding", "l"), ("assertion", "n"), ("timing, value", "l"))
    for item in view.findings:
        name = Text(names.concept(item.concept))
        name.append(f", {place}" if (place := where(item)) else "", "dim")
        extra = "; ".join(part for part in (when(item), measured(item)) if part)
        table.add_row(str(item.finding_id), Text(one_line(item.text), _style(item)), name, item.assertion, extra)
    return table


def _hypotheses(view: View, names: Names) -> Iterator[RenderableType]:
    if not view.hypotheses:
        yield _primary(view, names)
    for item in view.hypotheses:
        yield from _hypothesis(view, item, names)


def _hypothesis(view: View, item: Hypothesis, names: Names) -> Iterator[RenderableType]:
    title = Text(f"{item.rank}. ")
    title.append(item.name, "bold")
    title.append(f"{'' if item.side == 'unspecified' else ', ' + item.side}: {item.grade}, score {item.score:g}")
    yield title
    if item.children:
        yield Text(f"   stands for {', '.join(names.hypothesis(key) for key in item.children)}", "dim")
    if item.named_by:
        yield Text(f"   named by urgency rule {', '.join(item.named_by)}", "dim")
    yield Padding(evidence_table(item, view, names), (0, 0, 0, 3))


def evidence_table(item: Hypothesis, view: View, names: Names) -> Table:
    """What speaks for and against a hypothesis: weight, feature, words."""
    table = _table(("", "n"), ("", "r"), ("", "l"), ("", "l"))
    table.show_header = False
    _rows(table, "for", item.supporting, view, names)
    _rows(table, "against", item.opposing, view, names)
    return table


def _contradictions(view: View, names: Names) -> Iterator[RenderableType]:
    for kind, concept, findings in view.contradictions:
        what = f"{names.concept(concept)} " if concept else ""
        line = Text(f"Contradiction: {what}{SAID.get(kind, '')}: ", "yellow").append_text(quoted(view, findings))
        yield Padding(line, (1, 0, 0, 1))


def _rows(table: Table, kind: str, evidence: tuple[Evidence, ...], view: View, names: Names) -> None:
    colour = "green" if kind == "for" else "red"
    for index, item in enumerate(evidence):
        table.add_row(
            Text("" if index else kind, "dim"),
            Text(signed(item.weight), colour),
            names.feature(item.feature),
            quoted(view, item.findings),
        )


def _urgency(view: View, names: Names) -> Iterator[RenderableType]:
    line = Text.assemble((view.tier, TIERS.get(view.tier, "")))
    line.append(f"  {ACTION.get(view.tier, '')}", "")
    yield line
    if view.needs_review:
        yield Text(NEEDS_REVIEW, "bold")
    for rule in view.rules:
        tier = TIERS.get(rule.tier, "").replace(" on red", "").replace("white", "red")
        why = Text.assemble((f"{rule.tier.title()}: ", tier), (rule.why, "bold"))
        sources = ", ".join(tag for tag, _ in names.cited(rule.id))
        meta = Text(
            f"rule {rule.id}{f'; source {sources}' if sources else ''}{f'; {SUSPECTED}' if rule.possible else ''}",
            "dim",
        )
        yield Padding(Group(why, quoted(view, rule.findings), meta), (1, 0, 0, 1))
    for explanation, findings in view.explained:
        line = Text(f"Explained, and counted for less: {explanation}: ").append_text(quoted(view, findings))
        yield Padding(line, (1, 0, 0, 1))


def _red_flags(view: View, names: Names) -> RenderableType:
    table = _table(("", "n"), ("", "l"))
    table.show_header = False
    for status, shown in STATUS.items():
        flags = [(flag, findings) for flag, its, findings in view.red_flags if its == status]
        if not flags:
            continue
        cell = Text()
        for index, (flag, findings) in enumerate(flags):
            listed = status in {"present", "possible"}
            cell.append(("\n" if listed else "; ") if index else "")
            cell.append(names.red_flag(flag), FLAGS[status])
            if listed and findings:
                cell.append(": ").append_text(quoted(view, findings))
        table.add_row(Text(shown, FLAGS[status]), cell)
    return table


def _not_documented(view: View, names: Names) -> RenderableType:
    if not view.not_documented:
        return Text("nothing that would change the answer", "dim")
    table = _table(("", "l"), ("", "l"))
    table.show_header = False
    for feature, why in view.not_documented:
        table.add_row(sentence(names.feature(feature)), Text(names.prose(why), "dim"))
    return table
