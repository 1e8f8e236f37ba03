"""One note as one page that needs nothing else: no network, no other file, and no script to be readable.

The page's policy allows its own style sheet and script by their digests and nothing more, so text of a note that looks
like markup could not act even if it were not escaped. It is.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import resources

from popliteal.explaining.markup import Child, Html, flat, tag
from popliteal.explaining.names import (
    ACTION,
    NEEDS_REVIEW,
    NOT_A_DIAGNOSIS,
    STATUS,
    SUSPECTED,
    Names,
    details,
    measured,
    sentence,
    signed,
    when,
    where,
    words,
)
from popliteal.explaining.spans import Node, forest, one_line, plain, visible
from popliteal.explaining.view import Evidence, Hypothesis, Rule, View
from popliteal.schema import ASSERTIONS, UNKNOWN_SECTION, Finding

LEVELS = {"NONE": 0, "ROUTINE": 1, "SOON": 2, "URGENT": 3, "EMERGENCY": 4}
NO_HYPOTHESIS = "No nerve, root or other cause is suggested by this note."
#: The status of a red flag of which the note says nothing.
SILENT = "not_documented"
#: Pieces that lie in each other are told apart by underlines below each other, down to this many.
DEEPEST = 5


def render_page(view: View, names: Names) -> str:
    """The page of one note, as a whole HTML document."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        None,
        tag("meta", {"charset": "utf-8"}),
        tag("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        tag("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        tag("meta", {"name": "referrer", "content": "no-referrer"}),
        tag("meta", {"name": "color-scheme", "content": "light dark"}),
        tag("title", None, f"Note {one_line(view.note_id)} · popliteal"),
        tag("style", None, Html(style)),
    )
    body = tag(
        "body",
        None,
        tag("a", {"class": "skip", "href": "#conclusions"}, "Skip to what follows from the note"),
        _header(view),
        tag(
            "main",
            None,
            _note(view, names),
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
        tag("script", None, Html(script)),
    )
    return "<!doctype html>\n" + tag("html", {"lang": "en"}, head, body) + "\n"


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


# ---------- the note's text
def _shown(text: str) -> Html:
    """Text of the note, with characters that would not show, or would act, written as their code."""
    return flat(
        part if kind == "text" else tag("span", {"class": "code", "title": "invisible character"}, part)
        for kind, part in visible(text)
    )


def _header(view: View) -> Html:
    return tag(
        "header",
        None,
        tag("p", {"class": "brand"}, "popliteal"),
        tag("h1", None, "Note ", tag("span", {"class": "id", "dir": "auto"}, _shown(view.note_id))),
        tag("p", {"class": "dated"}, f"Written {view.note_date}" if view.note_date else "Date of the note not given"),
        tag("p", {"class": "disclaimer", "role": "note"}, NOT_A_DIAGNOSIS),
    )


def _note(view: View, names: Names) -> Html:
    nodes = forest(view.findings, len(view.text))
    return tag(
        "section",
        {"class": "note", "aria-labelledby": "h-note"},
        tag("h2", {"id": "h-note"}, "The note"),
        _legend(view),
        tag(
            "div",
            {"class": "text", "tabindex": "0", "role": "region", "aria-label": "Text of the note", "dir": "ltr"},
            _pieces(view, names, 0, len(view.text), nodes, ()),
        ),
    )


def _pieces(view: View, names: Names, start: int, end: int, nodes: list[Node], over: tuple[Finding, ...]) -> Html:
    return flat(
        _mark(view, names, piece, over) if isinstance(piece, Node) else _shown(view.text[slice(*piece)])
        for piece in plain(view.text, start, end, nodes)
    )


def _mark(view: View, names: Names, node: Node, over: tuple[Finding, ...]) -> Html:
    finding = view.finding(node.finding_id)
    if finding is None:  # pragma: no cover - nodes are made of the view's own findings
        return _shown(view.text[node.start : node.end])
    here = (finding, *over)
    number = str(finding.finding_id)
    return tag(
        "mark",
        {
            "class": f"{_style(finding)} h{min(node.height, DEEPEST)} f{number}",
            "id": f"m{number}" if node.first else None,
            "data-f": number,
            "data-tip": "\n\n".join(_tip(item, names) for item in here),
            "tabindex": "0" if node.first else None,
            "aria-describedby": f"r{number}" if node.first else None,
        },
        _pieces(view, names, node.start, node.end, node.children, here),
    )


def _style(finding: Finding) -> str:
    past = " past" if finding.temporality == "historical" else ""
    return f"m c-{_ident(finding.category)} a-{_ident(finding.assertion)}{past}"


def _ident(value: str) -> str:
    """A category that somebody's own patterns bring along, as part of a class name."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in value)


def _tip(finding: Finding, names: Names) -> str:
    return "\n".join([names.concept(finding.concept), *(f"{key}: {value}" for key, value in details(finding))])


def _legend(view: View) -> Html:
    categories = Counter(item.category for item in view.findings)
    assertions = Counter[str](item.assertion for item in view.findings)
    if not categories:
        return tag("p", {"class": "empty"}, "Nothing in this note is about legs, back, sphincters or their risks.")
    colours = (
        tag("li", None, tag("span", {"class": f"swatch c-{_ident(name)}"}), f"{words(name)} ", _count(count))
        for name, count in sorted(categories.items())
    )
    shapes = (
        tag("li", None, tag("span", {"class": f"m sample a-{name}"}, name), " ", _count(assertions[name]))
        for name in ASSERTIONS
        if assertions[name]
    )
    past = sum(item.temporality == "historical" for item in view.findings)
    historical = (
        tag("li", None, tag("span", {"class": "m sample past"}, "historical"), " ", _count(past)) if past else None
    )
    return tag(
        "div",
        {"class": "legend"},
        tag("ul", {"aria-label": "Colours of the categories"}, colours),
        tag("ul", {"aria-label": "How assertion is drawn"}, shapes, historical),
    )


def _count(number: int) -> Html:
    return tag("span", {"class": "count"}, str(number))


# ---------- what follows
def _card(name: str, title: str, *children: Child, css: str = "") -> Html:
    return tag(
        "section",
        {"class": f"card {css}".strip(), "aria-labelledby": f"h-{name}"},
        tag("h2", {"id": f"h-{name}"}, title),
        *children,
    )


def _chips(view: View, finding_ids: Iterable[int]) -> Iterator[Html]:
    """The words that a conclusion rests on, each a link to where they stand; what is said twice is one chip."""
    same: dict[tuple[str, str], list[int]] = {}
    for number, text in view.words(tuple(finding_ids)):
        finding = view.finding(number)
        css = f"chip c-{_ident(finding.category)} a-{_ident(finding.assertion)}" if finding else "chip"
        same.setdefault((text.casefold(), css), []).append(number)
    for (_, css), numbers in same.items():
        (_, text), *_ = view.words(numbers)
        yield tag(
            "a",
            {"class": css, "href": f"#m{numbers[0]}", "data-f": " ".join(map(str, numbers))},
            tag("q", None, _shown(text)),
            tag("span", {"class": "times"}, f" ×{len(numbers)}") if len(numbers) > 1 else None,
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
        css=f"urgency tier-{view.tier.lower()}",
    )


def _rule(view: View, rule: Rule, names: Names) -> Html:
    return tag(
        "li",
        {"class": f"rule tier-{rule.tier.lower()}"},
        tag("p", {"class": "why"}, rule.why),
        tag("p", {"class": "chips"}, _chips(view, rule.findings)) if rule.findings else None,
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
                    tag("span", {"class": f"grade g-{_ident(item.grade)}"}, item.grade),
                ),
                tag("span", {"class": "score"}, tag("span", {"class": f"bar w{tenths}"}), f"{item.score:g}"),
            ),
            _evidence(view, names, "For", item.supporting),
            _evidence(view, names, "Against", item.opposing),
        ),
    )


def _evidence(view: View, names: Names, title: str, evidence: tuple[Evidence, ...]) -> Html:
    rows = [
        tag(
            "li",
            None,
            tag("span", {"class": "weight"}, signed(item.weight)),
            tag("span", {"class": "feature"}, names.feature(item.feature)),
            tag("span", {"class": "chips"}, _chips(view, item.findings)),
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
            {"class": f"flag s-{_ident(status)}"},
            tag("span", {"class": "name"}, names.red_flag(flag)),
            tag("span", {"class": "status"}, STATUS[status]),
            tag("span", {"class": "chips"}, _chips(view, findings)),
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
        tag("li", None, tag("strong", None, names.feature(feature)), " ", tag("span", None, why))
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
        tag("a", {"class": f"chip {_style(item)}", "href": f"#m{number}", "data-f": number}, _shown(item.text)),
        tag("span", {"title": item.concept}, names.concept(item.concept)),
        where(item),
        tag("span", {"class": f"assertion a-{_ident(item.assertion)}"}, item.assertion),
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
