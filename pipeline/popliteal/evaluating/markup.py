"""Inline markup of gold findings: ``denies <f concept=numbness assertion=absent>numbness</f>``.

Grammar::

    tag    = "<f" (space name "=" value)+ ">" ... "</f>"
    name   = concept | site | side | assertion | time | onset | course | value
    value  = word | '"' anything but '"' '"'

``concept``, ``site`` and ``side`` take comma lists: the span then bears one finding per place of the longest list;
every list has that length or length one. Tags nest; they cannot cross. Any other ``<`` is text of the note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from popliteal.evaluating.gold import GoldFinding, Vocabulary, finding_problems

#: attribute in the markup -> field of GoldFinding, in the order in which they are written
FIELDS = {
    "concept": "concept",
    "site": "site",
    "side": "laterality",
    "assertion": "assertion",
    "time": "temporality",
    "onset": "onset",
    "course": "course",
    "value": "value",
}
_LISTS = ("concept", "site", "side")
_DEFAULTS = GoldFinding(0, 0, "", "")

_ATTRIBUTE = r"""\s+[A-Za-z_]+\s*=\s*(?:"[^"]*"|[^\s"<>]+)"""
_TAG = re.compile(
    rf"<f(?P<attributes>(?:{_ATTRIBUTE})+)\s*>|(?P<close></f>)|(?P<broken><f(?=[\s>]))|(?P<other></?[A-Za-z]+\s+concept\s*=|</[fF]\s+>|</F>)"
)
_PAIR = re.compile(r"""([A-Za-z_]+)\s*=\s*(?:"([^"]*)"|([^\s"<>]+))""")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in marked-up text, at an offset into the markup (not into the note)."""

    offset: int
    message: str


@dataclass(frozen=True, slots=True)
class Marked:
    """The plain text of a note, its findings in reading order, and what is wrong with the markup."""

    text: str
    findings: tuple[GoldFinding, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Open:
    """A tag that waits for its ``</f>``: where it stands in the markup, where in the text, what it says."""

    offset: int
    start: int
    fields: tuple[dict[str, str], ...]


def parse(source: str, vocabulary: Vocabulary | None = None) -> Marked:
    """The note and the gold findings of marked-up text; problems are collected, never raised."""
    problems: list[Problem] = []
    findings: list[tuple[int, GoldFinding]] = []
    waiting: list[_Open] = []
    plain: list[str] = []
    length = done = 0
    for tag in _TAG.finditer(source):
        if tag["broken"] or tag["other"]:
            problems.append(Problem(tag.start(), _broken(tag)))
            continue
        plain.append(source[done : tag.start()])
        length += tag.start() - done
        done = tag.end()
        if not tag["close"]:
            fields, wrong = _fields(tag["attributes"])
            problems += [Problem(tag.start(), message) for message in wrong]
            waiting.append(_Open(tag.start(), length, fields))
        elif waiting:
            opened = waiting.pop()
            text = "".join(plain)[opened.start :]
            findings += [
                (opened.offset, replace(GoldFinding(opened.start, length, text, ""), **fields))  # type: ignore[arg-type]  # fields were checked by name
                for fields in opened.fields
            ]
        else:
            problems.append(Problem(tag.start(), "</f> closes nothing"))
    plain.append(source[done:])
    problems += [Problem(opened.offset, "<f …> is never closed; add </f>") for opened in waiting]
    problems += [
        Problem(offset, message) for offset, finding in findings for message in finding_problems(finding, vocabulary)
    ]
    problems += _twice(findings)
    ordered = sorted((finding for _, finding in findings), key=lambda finding: finding.order)
    return Marked("".join(plain), tuple(ordered), tuple(sorted(problems, key=lambda problem: problem.offset)))


def render(text: str, findings: Sequence[GoldFinding]) -> str:
    """Marked-up text in normal form: tags in reading order, defaults left out, lists only for concepts.

    Raises:
        ValueError: spans cross, are empty or lie outside the text, or text or value would be read as markup.
    """
    if _TAG.search(text):
        raise ValueError("the text holds something that reads as a tag; this note needs the .jsonl form")
    events: list[tuple[int, int, int, str]] = []  # offset, closing before opening, outer before inner, tag
    open_ends: list[int] = []
    ordered = sorted(findings, key=lambda finding: (finding.start, -finding.end, _tail(finding), finding.concept))
    for rank, (_, group) in enumerate(groupby(ordered, key=lambda f: (f.start, f.end, _tail(f)))):
        same = list(group)
        start, end = same[0].start, same[0].end
        if not 0 <= start < end <= len(text):
            raise ValueError(f"span {start}-{end} is empty or outside the text of {len(text)} characters")
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and open_ends[-1] < end:
            raise ValueError(f"span {start}-{end} crosses another; this note needs the .jsonl form")
        open_ends.append(end)
        events.append((start, 1, rank, f"<f concept={','.join(f.concept for f in same)}{_tail(same[0])}>"))
        events.append((end, 0, -rank, "</f>"))
    pieces, done = [], 0
    for offset, _, _, tag in sorted(events):
        pieces += [text[done:offset], tag]
        done = offset
    return "".join([*pieces, text[done:]])


def _tail(finding: GoldFinding) -> str:
    """The attributes after the concept that differ from the defaults, as written in a tag."""
    written = ""
    for name, field in FIELDS.items():
        value = getattr(finding, field)
        if name == "concept" or value == getattr(_DEFAULTS, field):
            continue
        if '"' in value:
            raise ValueError("a value holds a double quote; this note needs the .jsonl form")
        written += f' {name}="{value}"' if name == "value" else f" {name}={value}"
    return written


def _broken(tag: re.Match[str]) -> str:
    if tag["broken"]:
        return "<f is not followed by name=value pairs and >; write <f concept=…>, quotes around values with spaces"
    return "unknown tag; findings are written <f concept=…>…</f>"


def _fields(attributes: str) -> tuple[tuple[dict[str, str], ...], list[str]]:
    """The fields of each finding of one tag, and what is wrong with the tag."""
    given: dict[str, str] = {}
    problems: list[str] = []
    for name, quoted, bare in _PAIR.findall(attributes):
        if name not in FIELDS:
            problems.append(f"unknown attribute {name}; expected one of {', '.join(FIELDS)}")
        elif name in given:
            problems.append(f"attribute {name} stands twice")
        else:
            given[name] = quoted or bare
    if not given.get("concept"):
        return (), [*problems, "the tag names no concept"]
    lists = {name: [part.strip() for part in given[name].split(",")] for name in _LISTS if name in given}
    count = max(len(parts) for parts in lists.values())
    for name, parts in lists.items():
        if len(parts) not in {1, count}:
            problems.append(f"{name} lists {len(parts)} values, another attribute {count}; make them equal or one")
            return (), problems
        if "" in parts:
            problems.append(f"{name} lists an empty value")
    single = {FIELDS[name]: value for name, value in given.items() if name not in _LISTS}
    return tuple(
        {**single, **{FIELDS[name]: parts[index % len(parts)] for name, parts in lists.items()}}
        for index in range(count)
    ), problems


def _twice(findings: Sequence[tuple[int, GoldFinding]]) -> list[Problem]:
    seen: set[GoldFinding] = set()
    problems = []
    for offset, finding in findings:
        if finding in seen:
            problems.append(Problem(offset, f"concept={finding.concept} is tagged twice on one span, the same way"))
        seen.add(finding)
    return problems
