"""The note's text as HTML: findings as marks that nest, chips that point to them, and the legend of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from popliteal.explaining.markup import Html, flat, tag
from popliteal.explaining.names import Names, details, words
from popliteal.explaining.spans import Node, forest, plain, visible
from popliteal.explaining.view import View
from popliteal.schema import ASSERTIONS, Finding

#: Pieces that lie in each other are told apart by underlines below each other, down to this many.
DEEPEST = 5


def shown(text: str) -> Html:
    """Text of the note, with characters that would not show, or would act, written as their code."""
    return flat(
        part if kind == "text" else tag("span", {"class": "code", "title": "invisible character"}, part)
        for kind, part in visible(text)
    )


def note_section(view: View, names: Names) -> Html:
    """The note with its findings marked, and what the marks mean."""
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
        _mark(view, names, piece, over) if isinstance(piece, Node) else shown(view.text[slice(*piece)])
        for piece in plain(view.text, start, end, nodes)
    )


def _mark(view: View, names: Names, node: Node, over: tuple[Finding, ...]) -> Html:
    finding = view.finding(node.finding_id)
    if finding is None:  # pragma: no cover - nodes are made of the view's own findings
        return shown(view.text[node.start : node.end])
    here = (finding, *over)
    number = str(finding.finding_id)
    return tag(
        "mark",
        {
            "class": f"{style(finding)} h{min(node.height, DEEPEST)} f{number}",
            "id": f"m{number}" if node.first else None,
            "data-f": number,
            "data-tip": "\n\n".join(_tip(item, names) for item in here),
            "tabindex": "0" if node.first else None,
            "aria-describedby": f"r{number}" if node.first else None,
        },
        _pieces(view, names, node.start, node.end, node.children, here),
    )


def style(finding: Finding) -> str:
    """The class names of a mark: its category is its colour, its assertion the line below it."""
    past = " past" if finding.temporality == "historical" else ""
    return f"m c-{ident(finding.category)} a-{ident(finding.assertion)}{past}"


def ident(value: str) -> str:
    """A category that somebody's own patterns bring along, as part of a class name."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in value)


def _tip(finding: Finding, names: Names) -> str:
    return "\n".join([names.concept(finding.concept), *(f"{key}: {value}" for key, value in details(finding))])


def _legend(view: View) -> Html:
    categories = Counter(item.category for item in view.findings)
    assertions = Counter[str](item.assertion for item in view.findings)
    if not categories:
        return tag(
            "p",
            {"class": "empty"},
            "Nothing about legs, back, sphincters or their risks was found. Only English is read.",
        )
    colours = (
        tag("li", None, tag("span", {"class": f"swatch c-{ident(name)}"}), f"{words(name)} ", _count(count))
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


def chips(view: View, finding_ids: Iterable[int]) -> Iterator[Html]:
    """The words that a conclusion rests on, each a link to where they stand; what is said twice is one chip."""
    same: dict[tuple[str, str], list[int]] = {}
    for number, text in view.words(tuple(finding_ids)):
        finding = view.finding(number)
        css = f"chip c-{ident(finding.category)} a-{ident(finding.assertion)}" if finding else "chip"
        same.setdefault((text.casefold(), css), []).append(number)
    for (_, css), numbers in same.items():
        (_, text), *_ = view.words(numbers)
        yield tag(
            "a",
            {"class": css, "href": f"#m{numbers[0]}", "data-f": " ".join(map(str, numbers))},
            tag("q", None, shown(text)),
            tag("span", {"class": "times"}, f" ×{len(numbers)}") if len(numbers) > 1 else None,
        )
