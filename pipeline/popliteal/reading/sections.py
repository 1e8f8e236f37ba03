"""Sections of a note: the kind of what stands under each header, and the side that it names.

Sections are flat and cover the note. A label inside a section ("Motor:" in an examination) opens a section of the same
kind, so that its title and side are at hand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from operator import attrgetter

from popliteal.knowledge.sections import SectionRules, normal
from popliteal.reading.headers import Header, headers
from popliteal.reading.sentence import OPPOSITE

_START = attrgetter("start")
_TITLE = 80  # letters at most of the title of a report


@dataclass(frozen=True, slots=True)
class Section:
    """One section: header ``start..body``, text ``body..end``; ``side`` is left, right, bilateral or None.

    ``report`` is the title of the report that the section is a part of ("MRI of the left knee"), ``under`` that of the
    part of the body whose examination it divides ("LEFT KNEE" above "Inspection:").
    """

    start: int
    body: int
    end: int
    kind: str
    title: str
    side: str | None
    report: str = ""
    under: str = ""


def find_sections(text: str, rules: SectionRules) -> list[Section]:
    """The sections of ``text`` in order; they do not overlap and cover it from 0 to its end.

    Before the first header the kind is ``unknown`` and the title empty.
    """
    found = headers(text, rules)
    opened: list[tuple[int, int, str, str, str | None, str]] = [(0, 0, "unknown", "", None, "")]
    over: Header | None = None  # the last title that heads labels
    divided = False  # whether nothing but labels stands under the last title that is none
    parent, answered = "unknown", False
    sided: str | None = None  # the side of the last title that is no label below another
    for header, below in zip_longest(found, found[1:]):
        above = parent if header.title == "" and header.until_blank else opened[-1][2]
        kind = _kind(header, above, rules)
        if (header.until_blank or header.answered) and header.title and not answered:
            # below "PMH: nil" and "Meds: nil" goes on what stood above both, but nothing of relatives or operations
            parent = "unknown" if rules.kinds[above].of_others else above
        answered = header.answered
        keeps = header.label is not None and (header.label.keeps_side or (divided and header.label.divides))
        if not keeps:
            divided = below is not None and not text[header.body : below.start].strip()
            last, sided = sided, header.side
            heads = header.alone or divided or _heads(text, header, below, last)
            over = header if heads else None
        under = over if keeps else None
        side = header.side or (under.side if under else None)
        opened.append((header.start, header.body, kind, header.title, side, under.title if under else ""))
    ends = [start for start, *_ in opened[1:]] + [len(text)]
    sections = [
        Section(start, body, end, kind, title, side, under=under)
        for (start, body, kind, title, side, under), end in zip(opened, ends, strict=True)
        if end > start
    ]
    sections = list(_in_reports(text, sections, rules))
    return sections or [Section(0, 0, len(text), "unknown", "", None)]


def _heads(text: str, header: Header, below: Header | None, last: str | None) -> bool:
    """Whether labels right below a limb with words of its own are of its side ("LLE: wound dry", "Motor: EHL 5/5"): not
    where the other side stands above, so that both are told."""
    if header.side not in OPPOSITE or header.label is None or below is None or last == OPPOSITE[header.side]:
        return False
    return "\n\n" not in text[header.body : below.start]


def _in_reports(text: str, sections: list[Section], rules: SectionRules) -> Iterator[Section]:
    """The sections, with those that are parts of a report marked with its title.

    The title is a header or the first line above the first part; impressions belong only where parts stand before them.
    """
    report, parts = "", False
    for section in sections:
        title = normal(section.title)
        if title in rules.parts or (title in rules.closing and parts):
            parts = bool(report)
            yield replace(section, report=report)
            continue
        report = section.title if title and _names_study(section.title, rules) else ""
        if not report and (not title or title in rules.named_by):
            first = text[section.body : section.end].strip().split("\n", 1)[0]
            report = first if _names_study(first, rules) else ""
        parts = False
        yield section


def _names_study(line: str, rules: SectionRules) -> bool:
    """Whether a line is short and begins with a study, as the title of a report does."""
    return len(line) <= _TITLE and f"{normal(line)} ".startswith(rules.studies)


def section_at(sections: list[Section], offset: int) -> Section:
    """The section that holds ``offset``; the last one for offsets at or behind the end of the note."""
    return sections[max(0, bisect_right(sections, offset, key=_START) - 1)]


def _kind(header: Header, above: str, rules: SectionRules) -> str:
    """The kind of a header under a section of kind ``above``."""
    rule = rules.kinds[above]
    if header.kind is not None:
        return above if rule.keeps and normal(header.title) in rule.keeps else header.kind
    if header.label is not None:
        if header.label.default is None or above in header.label.inside:
            return above
        if header.label.inside:
            return header.label.default
        return header.label.default if rule.inner == "none" or above == "unknown" else above
    return above if rule.inner == "any" or header.title == "" else "unknown"
