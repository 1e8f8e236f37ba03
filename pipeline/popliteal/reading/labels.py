"""What the titles of sections name: the site and side of all that stands below them ("RIGHT KNEE:")."""

from __future__ import annotations

import re
from collections.abc import Callable

from popliteal.knowledge.sections import SectionRules
from popliteal.reading.anatomy import Anatomy
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.piece import Piece
from popliteal.reading.places import NO_HEADING, Heading
from popliteal.reading.sections import Section
from popliteal.reading.titles import titles_of

_MOST_TITLES = 10_000
#: A word of a title in capitals, too long for an acronym: "LEGS" are both as "legs" are.
_LOUD = re.compile(r"\b[A-Z]{4,}\b")
#: Gives site and side of the part whose examination is being told in a sentence.
Examined = Callable[[str, Piece], tuple[str | None, str | None]]


class Labels:
    """Keeps what it found in a title."""

    def __init__(self, lexicon: Lexicon, anatomy: Anatomy, rules: SectionRules) -> None:
        self._lexicon = lexicon
        self._anatomy = anatomy
        self._titles = titles_of(rules)
        self._known: dict[str, tuple[str | None, str | None]] = {}

    def of(self, section: Section, before: str = "") -> Heading:
        """What a section's own title names ("RIGHT KNEE:"), or that of the report it is a part of.

        In the line of a label ("Inspection:"), ``before`` being what stands there behind it, the site is that of the
        title above it.
        """
        site, side = self._named(section.title)
        if site is None and section.under and "\n" not in before:
            site, _ = self._named(section.under)
        if site is None and section.side is None and section.report:
            site, side = self._named(section.report)
        return Heading(site, section.side or side, section.title)

    def over(self, text: str, piece: Piece, examined: Examined) -> Heading:
        """What the title above a sentence names, with the part that is being ``examined`` where it names no side."""
        label = self.of(piece.section, text[piece.section.body : piece.start])
        if label.side is not None and _is_left(text, piece):
            label = NO_HEADING
        if label.side is not None:
            return label
        site, side = examined(text, piece)
        if label.site is not None and not self._anatomy.of_leg(label.site):
            return label
        whole = label.site is None or self._anatomy.part(label.site) is None  # "EXTREMITIES: The left knee is warm."
        return label._replace(site=site or label.site if whole else label.site, side=side)

    def leaves_out(self, section: Section) -> tuple[str, ...]:
        """The concepts that do not count below a section's title ("XI: strength normal")."""
        known = self._titles.known(section.title, prefix=False) if section.title else None
        return known.label.leaves_out if known is not None and known.label is not None else ()

    def _named(self, title: str) -> tuple[str | None, str | None]:
        """The one site that a title names, and the side of the first."""
        known = self._known.get(title)
        if known is None:
            read = _LOUD.sub(lambda word: word[0].lower(), title)
            places = self._anatomy.places(self._lexicon.find(read, 0, len(read))) if title else []
            site = places[0].site if len(places) == 1 else None
            known = (site, places[0].side if places else None)
            if len(self._known) < _MOST_TITLES:
                self._known[title] = known
        return known


def _is_left(text: str, piece: Piece) -> bool:
    """Whether a sentence stands below the line in whose midst a part was named ("... no pain. L leg: BKA 2020")."""
    section = piece.section
    line = text.rfind("\n", 0, section.start) + 1
    return bool(text[line : section.start].strip(" \t-*•")) and "\n" in text[section.body : piece.start].rstrip()
