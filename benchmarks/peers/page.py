"""The page that a run of the benchmark writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import machine
import spacy

from popliteal.version import __version__

COMMAND = "make -C benchmarks peers"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one system: notes and MB a second (medians), most memory in MB, findings in all notes."""

    name: str
    version: str
    per_second: float
    slowest: float
    fastest: float
    megabytes: float
    built: float
    memory: float
    findings: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What was read, how often, and what has to be said of the machine, if anything."""

    notes: Sequence[str]
    source: str
    rounds: int
    warning: str


def page(measured: Sequence[Measured], missing: Mapping[str, str], setting: Setting) -> str:
    """The page as Markdown."""
    return "\n".join(_lines(measured, missing, setting)) + "\n"


def _lines(measured: Sequence[Measured], missing: Mapping[str, str], setting: Setting) -> Iterator[str]:
    notes = setting.notes
    length = sum(map(len, notes)) / len(notes)
    ours = measured[0]
    yield "# Speed beside its peers\n"
    yield f"Written by `{COMMAND}`; nothing here is typed by hand.\n"
    yield "![Notes a second of each system, on a logarithmic scale](peers.svg)\n"
    yield (
        f"{len(notes):,} notes of `{setting.source}`, {length:,.0f} characters on average; one process each, in turns, "
        f"medians of {setting.rounds} rounds (slowest to fastest). {machine.described()}.\n"
    )
    if setting.warning:
        yield f"{setting.warning}\n"
    yield "| system | notes/s | rounds | MB/s | popliteal is | memory, MB | of it before the first note | findings |"
    yield "|---|---:|---|---:|---:|---:|---:|---:|"
    for one in measured:
        ratio = "" if one is ours else f"{ours.per_second / one.per_second:,.1f} × as fast"
        yield (
            f"| {one.name} | {one.per_second:,.1f} | {one.slowest:,.1f} to {one.fastest:,.1f} | {one.megabytes:.3f} | "
            f"{ratio} | {one.memory:,.0f} | {one.built:,.0f} | {one.findings:,} |"
        )
    yield ""
    for name, reason in missing.items():
        yield f"{name} could not be installed for this Python: `{reason}`.\n"
    yield "## What each does\n"
    yield (
        f"- **popliteal** {__version__} (spaCy {spacy.__version__}): all of `popliteal batch`, to the rows of its four "
        "tables: findings with assertion, site, side, time and value, hypotheses, urgency."
    )
    for one in measured[1:]:
        yield f"- **{one.name}** {one.version}: {_DOES[one.name]}"
    yield ""
    yield (
        "All peers look for the same phrases: those of popliteal's concepts, spelled out, but for phrases with gaps "
        "and numbers, which plain phrases cannot say. They find less for that and for want of what popliteal composes, "
        "so the numbers of findings compare work, not accuracy; for that see [accuracy.md](accuracy.md)."
    )
    yield ""
    yield (
        f"On your notes: `{COMMAND} NOTES=notes.csv COUNT=300 ROUNDS=5`. Each peer is installed in an environment of "
        "its own the first time. Numbers of a machine that does other things at the same time are of little worth; "
        "their ratios, from rounds in turns, of more."
    )


_DOES = {
    "medspaCy": "as `medspacy.load()` gives it: sentences by PyRuSH, target matcher, ConText",
    "medspaCy without PyRuSH": "the same with spaCy's sentencizer",
    "EDS-NLP": "its tokenizer and sentences, terms matched in any letter case, negation, hypothesis, family and "
    "history with its own cues, which are French and so have little to do here",
    "negspaCy, entity ruler": "spaCy's tokenizer and sentencizer, entity ruler, NegEx with the termset `en_clinical`: "
    "negation alone",
}
