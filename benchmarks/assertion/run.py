"""Assertion of given spans: popliteal beside medspaCy's ConText and negspaCy. Writes its section of docs/accuracy.md.

Each peer runs in an environment of its own (``benchmarks/.venvs``), which is made the first time. With ``--check`` no
peer runs and nothing is written: it fails where popliteal's own column is no longer what the page says.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from assertion.spans import Case, Span, cases
from assertion.systems import Verdict, peer, popliteal, version
from environments import NotInstalledError
from rich.console import Console

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
COMMAND = "make -C benchmarks assertion"
BEGIN, END = f"<!-- assertion: begin, written by `{COMMAND}` -->", "<!-- assertion: end -->"
TITLE = "# Accuracy\n\nEvery table here is written by the command that stands above it.\n"

System = Callable[[Sequence[Case]], list[list[Verdict]]]
SYSTEMS: dict[str, System] = {
    "popliteal": popliteal,
    "medspaCy": partial(peer, "medspacy"),
    "negspaCy": partial(peer, "negspacy"),
}
PEERS = {"medspaCy": "medspacy", "negspaCy": "negspacy"}
KINDS = ("absent", "possible", "hypothetical", "family", "historical")
#: what negspaCy does not speak of
ONLY_NEGATION = "negspaCy"

#: every span that was judged, with the verdict
Judged = list[tuple[Span, Verdict]]


def main() -> None:
    """Runs what can be run and writes the page."""
    console = Console(stderr=True)
    asked, left_out = cases()
    whole = [replace(case, starts=(0,)) for case in asked]
    judged: dict[str, Judged] = {}
    in_one: dict[str, Judged] = {}
    missing: dict[str, str] = {}
    for name, system in SYSTEMS.items():
        console.print(f"{name} ...")
        try:
            judged[name], in_one[name] = _pair(asked, system(asked)), _pair(whole, system(whole))
        except NotInstalledError as error:
            missing[name] = str(error)
    lines = [*_explained(missing, left_out), *_totals(judged, in_one), "", *_themes(judged)]
    section = "\n".join(lines)
    _write(section)
    Console(width=160).print(section, markup=False, highlight=False)


def check() -> None:
    """Ends with 1 and the rows that differ where popliteal's column of the page is stale."""
    asked, _ = cases()
    whole = [replace(case, starts=(0,)) for case in asked]
    judged = {"popliteal": _pair(asked, popliteal(asked))}
    in_one = {"popliteal": _pair(whole, popliteal(whole))}
    stands = PAGE.read_text(encoding="utf-8").splitlines()
    # of a row: its name and the first column; for themes the number of spans stands between
    rows = [row for row in _totals(judged, in_one) if not row.startswith("|---")]
    rows += [row.rsplit("|", 2)[0] + "|" for row in _themes(judged) if not row.startswith("|---")]
    stale = [row for row in rows if not any(line.startswith(row) for line in stands)]
    if stale:
        sys.exit("\n".join([f"{PAGE.name} is stale; run {COMMAND}. Now:", *stale]))


def _pair(asked: Sequence[Case], answers: Sequence[Sequence[Verdict]]) -> Judged:
    return [
        pair for case, verdicts in zip(asked, answers, strict=True) for pair in zip(case.spans, verdicts, strict=True)
    ]


def _explained(missing: dict[str, str], left_out: int) -> Iterator[str]:
    peers = [f"{name} {version(package)}" for name, package in PEERS.items() if name not in missing]
    yield "## Assertion of given spans\n"
    yield f"Written by `{COMMAND}`.\n"
    yield (
        "The spans of [corpora/assertion](../corpora/README.md) are given to each system, which says whether they are "
        "negated, uncertain, hypothetical, historical or somebody else's. popliteal is `popliteal_assertion` and "
        "`popliteal_timing` in a blank pipeline (`spans_key`), without its sections and without knowing what the spans "
        "are."
    )
    if peers:
        yield f"Peers: {', '.join(peers)}, with the rules they come with (negspaCy: termset `en_clinical`)."
    for name, reason in missing.items():
        yield f"{name} could not be installed for this Python, so it has no column: `{reason}`."
    yield ""
    yield (
        "**Read it with care.** The cases were written for popliteal, and popliteal was mended where it failed them; "
        "the peers have never seen them. The table shows which mechanisms each system handles as it comes, not how "
        "they would rank on the notes of a hospital. The cases lean on what is known to be hard.\n"
    )
    yield (
        "Sentences are the same for all: those of `popliteal_sentences`; the last row takes every case as one "
        "sentence. Where a peer sets several flags, family counts before hypothetical, negated, uncertain. "
        f"{left_out} spans whose words alone say the assertion (“afebrile”, “toes down-going”) are left out.\n"
    )


def _totals(judged: dict[str, Judged], in_one: dict[str, Judged]) -> Iterator[str]:
    spans = len(next(iter(judged.values())))
    yield f"| {spans} spans | {' | '.join(judged)} |"
    yield "|---" * (len(judged) + 1) + "|"
    yield _row("assertion right", [_share(pairs, _right) for pairs in judged.values()])
    yield _row("negated or not", [_share(pairs, _negation) for pairs in judged.values()])
    for kind in KINDS:
        scores = ["-" if name == ONLY_NEGATION and kind != "absent" else _f1(of, kind) for name, of in judged.items()]
        yield _row(f"{kind}: precision, recall, F1", scores)
    yield _row("assertion right, every case one sentence", [_share(pairs, _right) for pairs in in_one.values()])


def _themes(judged: dict[str, Judged]) -> Iterator[str]:
    names = list(judged)
    yield f"| theme | spans | {' | '.join(names)} | {' | '.join(f'{name}, negated or not' for name in names)} |"
    yield "|---" * (2 * len(names) + 2) + "|"
    for theme in sorted({span.theme for pairs in judged.values() for span, _ in pairs}):
        parts = [[pair for pair in pairs if pair[0].theme == theme] for pairs in judged.values()]
        cells = [*(_share(part, _right) for part in parts), *(_share(part, _negation) for part in parts)]
        yield _row(f"{theme} | {len(parts[0])}", cells)


def _right(span: Span, verdict: Verdict) -> bool:
    return span.assertion == verdict.assertion


def _negation(span: Span, verdict: Verdict) -> bool:
    return (span.assertion == "absent") == (verdict.assertion == "absent")


def _share(pairs: Judged, right: Callable[[Span, Verdict], bool]) -> str:
    return f"{sum(right(span, verdict) for span, verdict in pairs) / len(pairs):.3f}"


def _f1(pairs: Judged, kind: str) -> str:
    def is_kind(one: Span | Verdict) -> bool:
        return one.historical if kind == "historical" else one.assertion == kind

    hits = sum(is_kind(span) and is_kind(verdict) for span, verdict in pairs)
    said = sum(is_kind(verdict) for _, verdict in pairs)
    wanted = sum(is_kind(span) for span, _ in pairs)
    parts = (hits / said if said else 0.0, hits / wanted if wanted else 0.0, 2 * hits / (said + wanted))
    return ", ".join(f"{part:.3f}" for part in parts)


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _write(section: str) -> None:
    """Puts the section in the place of the one that stands in the page, or at its end."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else TITLE
    block = f"{BEGIN}\n\n{section}\n\n{END}"
    stands = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    page = stands.sub(lambda _: block, page) if stands.search(page) else f"{page.rstrip()}\n\n{block}\n"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        check()
    else:
        main()
