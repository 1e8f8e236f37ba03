"""One note as one page that needs nothing else: no network, no other file, and no script to be readable."""

from __future__ import annotations

from collections import Counter
from importlib import resources

from popliteal.explaining.marks import chips, ident, note_section, shown, style
from popliteal.explaining.markup import Child, Html, document, flat, tag
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
from popliteal.explaining.spans import one_line
from popliteal.explaining.view import Evidence, Hypothesis, Rule, View
from popliteal.schema import UNKNOWN_SECTION, Finding

LEVELS = {"NONE": 0, "ROUTINE": 1, "SOON": 2, "URGENT": 3, "EMERGENCY": 4}
NO_HYPOTHESIS = "No nerve, root or other cause is suggested by this note."
#: The status of a red flag of which the note says nothing.
SILENT = "not_documented"


def render_page(view: View, names: Names) -> str:
    """The page of one note, as a whole HTML document."""
    return document(
        f"Note {one_line(view.note_id)} · popliteal",
        _asset("page.css"),
        tag("a", {"class": "skip", "href": "#conclusions"}, "Skip to what follows from the note"),
        _header(view),
        tag(
            "main",
            None,
            note_section(view, names),
            tag(
                "div",
                {"class": "conclusions", "id": "conclusions"},
                _urgency(view, names),
                _hypotheses(view, names),
                _red_flags(view, names),
                _not_documented(view, names),
            ),
            _findings(view, names),
        ),
        _footer(view),
        script=_asset("page.js"),
    )


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _header(view: View) -> Html:
    return tag(
        "header",
        None,
        tag("p", {"class": "brand"}, "popliteal"),
        tag("h1", None, "Note ", tag("span", {"class": "id", "dir": "auto"}, shown(view.note_id))),
        tag("p", {"class": "dated"}, f"Written {view.note_date}" if view.note_date else "Date of the note not given"),
        tag("p", {"class": "disclaimer", "role": "note"}, NOT_A_DIAGNOSIS),
    )


# ---------- what follows
def _card(name: str, title: str, *children: Child, css: str = "") -> Html:
    return tag(
        "section",
        {"class": f"card {css}".strip(), "aria-labelledby": f"h-{name}"},
        tag("h2", {"id": f"h-{name}"}, title),
        *children,
    )


def _urgency(view: View, names: Names) -> Html:
    level = LEVELS.get(view.tier, 0)
    scale = [tag("i", {"class": "on" if step <= level else None}) for step in range(1, 5)]
    rules = tag("ol", {"class": "rules"}, [_rule(view, rule, names) for rule in view.rules]) if view.rules else None
    return _card(
        "urgency",
        "How urgent",
        tag("p", {"class": "tier"}, tag("span", {"class": "scale", "aria-hidden": "true"}, scale), view.tier.title()),
        tag("p", {"class": "action"}, ACTION.get(view.tier, "")),
        tag("p", {"class": "review"}, NEEDS_REVIEW) if view.needs_review else None,
        rules,
        _explained(view),
        _contradictions(view, names),
        css=f"urgency tier-{view.tier.lower()}",
    )


def _explained(view: View) -> Html | None:
    if not view.explained:
        return None
    rows = [tag("li", None, why, " ", tag("span", {"class": "chips"}, chips(view, ids))) for why, ids in view.explained]
    return tag("div", {"class": "explained"}, tag("h3", None, "Explained, and counted for less"), tag("ul", None, rows))


def _contradictions(view: View, names: Names) -> Html | None:
    if not view.contradictions:
        return None
    rows = [
        tag("li", None, f"{names.concept(concept)} " if concept else "", SAID.get(kind, ""), " ",
            tag("span", {"class": "chips"}, chips(view, ids)))
        for kind, concept, ids in view.contradictions
    ]  # fmt: skip
    return tag("div", {"class": "explained"}, tag("h3", None, "Said in two ways"), tag("ul", None, rows))


def _rule(view: View, rule: Rule, names: Names) -> Html:
    return tag(
        "li",
        {"class": f"rule tier-{rule.tier.lower()}"},
        tag("p", {"class": "why"}, rule.why),
        tag("p", {"class": "chips"}, chips(view, rule.findings)) if rule.findings else None,
        tag(
            "p",
            {"class": "meta"},
            tag("span", {"class": "badge"}, rule.tier.title()),
            tag("code", None, rule.id),
            tag("span", None, SUSPECTED) if rule.possible else None,
            _sources(names.cited(rule.id)),
        ),
    )


def _sources(cited: list[tuple[str, str]]) -> Html | None:
    if not cited:
        return None
    items = [tag("abbr", {"title": citation or None}, key) for key, citation in cited]
    return tag("span", None, "Source: ", [(", " if index else None, item) for index, item in enumerate(items)])


def _hypotheses(view: View, names: Names) -> Html:
    """All candidates, best first; a sentence takes the place of the first where nothing stands out."""
    lead = None
    if view.primary is None:
        lead = tag("p", {"class": "lead"}, NO_HYPOTHESIS)
    elif all(item.hypothesis != view.primary[0] for item in view.hypotheses):
        lead = tag("p", {"class": "lead"}, names.hypothesis(view.primary[0]))
    top = max((abs(item.score) for item in view.hypotheses), default=1.0) or 1.0
    items = [_hypothesis(view, item, names, top) for item in view.hypotheses]
    return _card(
        "hypotheses",
        "Where the problem may lie",
        lead,
        tag("ol", {"class": "hypotheses"}, items) if items else None,
        css="nerve",
    )


def _hypothesis(view: View, item: Hypothesis, names: Names, top: float) -> Html:
    tenths = max(0, min(10, round(10 * item.score / top)))
    return tag(
        "li",
        None,
        tag(
            "details",
            {"open": item.rank <= 2},
            tag(
                "summary",
                None,
                tag(
                    "span",
                    {"class": "what"},
                    tag("span", {"class": "name"}, item.name),
                    tag("span", {"class": "side"}, item.side) if item.side != "unspecified" else None,
                    tag("span", {"class": f"grade g-{ident(item.grade)}"}, item.grade),
                ),
                tag("span", {"class": "score"}, tag("span", {"class": f"bar w{tenths}"}), f"{item.score:g}"),
            ),
            _evidence(view, names, "For", item.supporting),
            _evidence(view, names, "Against", item.opposing),
            _aside(item, names),
        ),
    )


def _aside(item: Hypothesis, names: Names) -> Html:
    """What else is known of a hypothesis: what it stands for, what named it, what would settle it."""
    children = ", ".join(names.hypothesis(key) for key in item.children)
    rules = ", ".join(item.named_by)
    return flat([
        tag("p", {"class": "aside"}, f"Stands for: {children}") if children else None,
        tag("p", {"class": "aside"}, "Named by urgency rule ", tag("code", None, rules)) if rules else None,
        tag(
            "details",
            {"class": "tests"},
            tag("summary", None, tag("span", {"class": "what"}, "What would settle it")),
            tag("ul", None, [tag("li", None, test) for test in item.tests]),
        )
        if item.tests
        else None,
    ])  # fmt: skip


def _evidence(view: View, names: Names, title: str, evidence: tuple[Evidence, ...]) -> Html:
    rows = [
        tag(
            "li",
            None,
            tag("span", {"class": "weight"}, signed(item.weight)),
            tag("span", {"class": "feature"}, names.feature(item.feature)),
            tag("span", {"class": "chips"}, chips(view, item.findings)),
        )
        for item in evidence
    ]
    kind = title.lower()
    return tag(
        "div",
        {"class": f"evidence {kind}"},
        tag("h3", None, title),
        tag("ul", None, rows) if rows else tag("p", {"class": "empty"}, "nothing in this note"),
    )


def _red_flags(view: View, names: Names) -> Html:
    counts = Counter(status for _, status, _ in view.red_flags)
    summary = ", ".join(f"{counts[status]} {shown}" for status, shown in STATUS.items() if counts[status])
    cells = [
        tag(
            "li",
            {"class": f"flag s-{ident(status)}"},
            tag("span", {"class": "name"}, names.red_flag(flag)),
            tag("span", {"class": "status"}, STATUS[status]),
            tag("span", {"class": "chips"}, chips(view, findings)),
        )
        for wanted in STATUS
        for flag, status, findings in view.red_flags
        if status == wanted != SILENT
    ]
    silent = [tag("li", None, names.red_flag(flag)) for flag, status, _ in view.red_flags if status == SILENT]
    return _card(
        "flags",
        "Red flags",
        tag("p", {"class": "sub"}, summary),
        tag("ul", {"class": "flags"}, cells) if cells else None,
        (tag("h3", None, "Not documented"), tag("ul", {"class": "silent"}, silent)) if silent else None,
    )


def _not_documented(view: View, names: Names) -> Html:
    if not view.not_documented:
        return _card("missing", "Not documented", tag("p", {"class": "empty"}, "Nothing that would change the answer."))
    rows = [
        tag("li", None, tag("strong", None, names.feature(feature)), " ", tag("span", None, names.prose(why)))
        for feature, why in view.not_documented
    ]
    return _card("missing", "Not documented, and worth a look", tag("ul", {"class": "missing"}, rows))


# ---------- all findings
COLUMNS = ("#", "Words", "Finding", "Where", "Assertion", "Timing", "Value", "Section", "Cue", "Pattern")


def _findings(view: View, names: Names) -> Html:
    """The table of all findings, without the columns that this note leaves empty."""
    rows = [(item, _cells(item, names)) for item in view.findings]
    used = [index for index in range(len(COLUMNS)) if any(cells[index] for _, cells in rows)]
    head = tag("tr", None, [tag("th", {"scope": "col", "class": _column(index)}, COLUMNS[index]) for index in used])
    body = [
        tag(
            "tr",
            {"id": f"r{item.finding_id}", "data-f": str(item.finding_id)},
            [tag("td", {"class": _column(index)}, cells[index]) for index in used],
        )
        for item, cells in rows
    ]
    table = tag("table", {"id": "findings"}, tag("thead", None, head), tag("tbody", None, body))
    inner = (
        tag("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-labelledby": "h-findings"}, table)
        if body
        else tag("p", {"class": "empty"}, "None.")
    )
    return _card("findings", f"All findings ({len(view.findings)})", inner, css="findings")


def _column(index: int) -> str:
    return f"k-{COLUMNS[index].lower()}" if index else "k-number"


def _cells(item: Finding, names: Names) -> tuple[str, ...]:
    number = str(item.finding_id)
    return (
        number,
        tag("a", {"class": f"chip {style(item)}", "href": f"#m{number}", "data-f": number}, shown(item.text)),
        tag("span", {"title": item.concept}, names.concept(item.concept)),
        where(item),
        tag("span", {"class": f"assertion a-{ident(item.assertion)}"}, item.assertion),
        when(item),
        measured(item),
        "" if item.section == UNKNOWN_SECTION else words(item.section),
        one_line(item.cues),
        tag("code", None, item.pattern) if item.pattern else "",
    )


def _footer(view: View) -> Html:
    pairs = [
        (tag("dt", None, sentence(key)), tag("dd", None, tag("code", None, value))) for key, value in view.provenance
    ]
    return tag(
        "footer",
        None,
        tag("p", None, NOT_A_DIAGNOSIS),
        tag("dl", {"aria-label": "Provenance"}, pairs),
        tag("p", {"class": "private"}, "This page holds text of a patient's note: keep it as you keep the note."),
    )
