"""Mentions that turn out to be no findings, once it is known what is asserted of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import takewhile

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Concept
from popliteal.reading.inline_lists import is_item
from popliteal.reading.mention import THERE, Mention
from popliteal.reading.piece import Piece
from popliteal.reading.short_names import without_repeats

#: What a label ends with: "Injection drug use -", "Trauma/surgery history:", "CES (screen):".
_LABELS = re.compile(r"(?:[ /]\w+){0,3}(?: \([^()\n]*\))?\s?(?:[:=–—]|\s-\s|-\s)")
#: What else the line of such a name may hold: "# CES (screen):".
_TITLE = re.compile(r"^[#*\s]+|(?: \([^()\n]*\))?\s?[:*–—-]*$")
_OPENS = re.compile(r"(?:\A|[\n\r])[\s•*–—#>-]*\Z")


@dataclass(frozen=True, slots=True)
class Idle:
    """What says nothing: ``signs`` written for a noun ("#") where they open lines, and what a head cannot deny
    (``undenied``: the concepts of a pattern, "nontender" of a knee that may hurt)."""

    signs: Set[str]
    undenied: Mapping[str, Set[str]]

    @classmethod
    def of(cls, knowledge: Knowledge) -> Idle:
        """What the patterns say of it."""
        undenied = {
            f"heads:{head.id}": frozenset(head.by_site.values()) - frozenset(head.denies)
            for head in knowledge.heads.values()
            if head.denies is not None
        }
        return cls(frozenset(knowledge.words.classes["sign_of_a_noun"]), undenied)

    def holds(self, text: str, mention: Mention) -> bool:
        """Whether a mention is no finding, once it is known what is asserted of it."""
        return (
            _says_nothing(mention)
            or (mention.assertion == "absent" and mention.concept in self.undenied.get(mention.pattern, ()))
            or _is_bullet(text, mention, self.signs)
        )


def weeded(text: str, mentions: list[Mention], concepts: Mapping[str, Concept], idle: Idle) -> list[Mention]:
    """The mentions of a sentence, in order, without those that say nothing, or nothing new."""
    saying = [m for m in mentions if not idle.holds(text, m) or _is_warned_of(m, mentions, concepts)]
    named = _without_what_yields(_without_labels(text, without_repeats(text, saying), concepts), concepts)
    return _without_what_is_to_come(named, concepts)


def drop_headings(text: str, pieces: list[Piece], concepts: Mapping[str, Concept]) -> None:
    """Take the names of what was asked about from lines of their own above items that deny all of it ("CES:")."""
    for index, piece in enumerate(pieces):
        if len(piece.mentions) != 1 or not concepts[piece.mentions[0].concept].screened:
            continue
        mention = piece.mentions[0]
        if (
            mention.assertion != "present"
            or _TITLE.sub("", text[piece.start : piece.end]) != text[mention.start : mention.end]
        ):
            continue
        items = takewhile(lambda below: is_item(text, below.start), pieces[index + 1 :])
        told = [m for item in items for m in item.mentions]
        if told and all(m.assertion == "absent" or concepts[m.concept].normal for m in told):
            piece.mentions = []


def drop_alone(pieces: list[Piece], beside: Mapping[str, Set[str]]) -> None:
    """Take the mentions that count only beside a finding which the note does not tell (a disc, where nothing of the
    bladder is disturbed)."""
    if not any(mention.concept in beside for piece in pieces for mention in piece.mentions):
        return
    there = {m.concept for piece in pieces for m in piece.mentions if m.assertion in THERE}
    for piece in pieces:
        piece.mentions = [m for m in piece.mentions if m.concept not in beside or beside[m.concept] & there]


class Namesakes:
    """Takes the bare names of diseases that the note has named elsewhere ("C6 radiculopathy. The radiculopathy")."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        self._of = {
            one.id: (
                re.compile(one.namesake.name, re.IGNORECASE),
                re.compile(one.namesake.other, re.IGNORECASE),
                frozenset(one.namesake.unless),
            )
            for one in concepts.values()
            if one.namesake is not None
        }

    def drop(self, text: str, pieces: list[Piece]) -> None:
        """Take them from the pieces of a note that tells nothing of the disease at a place of its own."""
        told = [mention for piece in pieces for mention in piece.mentions]
        for concept in {mention.concept for mention in told} & self._of.keys():
            name, other, unless = self._of[concept]
            elsewhere = other.search(text)
            own = [m for m in told if m.concept == concept and not name.fullmatch(text, m.start, m.end)]
            if elsewhere is None or own or any(m.concept in unless and m.assertion in THERE for m in told):
                continue
            for piece in pieces:
                piece.mentions = [m for m in piece.mentions if m.concept != concept or m.start < elsewhere.start()]


def _says_nothing(mention: Mention) -> bool:
    """Whether a mention is no finding: a bare name that is not said to be well, a test that was not done."""
    return mention.assertion == "untested" or (mention.bare and mention.assertion != "absent")


def _is_warned_of(mention: Mention, mentions: list[Mention], concepts: Mapping[str, Concept]) -> bool:
    """Whether a bare name is in a list of what to come back with ("ED if weak legs, saddle, bladder/bowel")."""
    if not mention.bare or mention.assertion != "hypothetical" or not concepts[mention.concept].warned:
        return False
    return any(other.assertion == "hypothetical" and not other.bare for other in mentions)


def _is_bullet(text: str, mention: Mention, signs: Set[str]) -> bool:
    """Whether a mention is only a sign that opens its line, as it opens another line of the note ("# R foot ulcer")."""
    sign = text[mention.start : mention.end]
    if sign not in signs:
        return False
    opened = re.compile(rf"^[ \t]*{re.escape(sign)}", re.MULTILINE)
    line = text.rfind("\n", 0, mention.start) + 1
    own = opened.match(text, line)
    if own is None or own.end() != mention.end:
        return False
    return opened.search(text, mention.end) is not None or opened.search(text, 0, line) is not None


def _without_labels(text: str, mentions: list[Mention], concepts: Mapping[str, Concept]) -> list[Mention]:
    """The mentions without the names under which it was asked: "Drug use - no drug use", "CES: no retention"."""

    def is_label(index: int, mention: Mention) -> bool:
        behind = mentions[index + 1 :]
        if not mention.pattern:  # somebody else's span, of which no more is known than that it is a finding
            return False
        if mention.assertion != "present" or not behind or behind[0].assertion not in {"absent", "family"}:
            return False
        again = behind[0].concept == mention.concept and "\n" not in text[mention.end : behind[0].start]
        if not again and (behind[0].assertion == "family" or not concepts[mention.concept].screened):
            return False
        if not _LABELS.match(text, mention.end) or not _OPENS.search(text, max(0, mention.start - 40), mention.start):
            return False
        return again or all(m.assertion == "absent" or concepts[m.concept].normal for m in behind)

    return [mention for index, mention in enumerate(mentions) if not is_label(index, mention)]


def _without_what_yields(mentions: list[Mention], concepts: Mapping[str, Concept]) -> list[Mention]:
    """The mentions without those of whose words another says more ("axonal neuropathy" as a study tells it)."""
    return [
        mention
        for mention in mentions
        if not (yields_to := concepts[mention.concept].yields_to)
        or not any(
            more.concept in yields_to and more.start < mention.end and mention.start < more.end for more in mentions
        )
    ]


def _without_what_is_to_come(mentions: list[Mention], concepts: Mapping[str, Concept]) -> list[Mention]:
    """The mentions without what an operation of the same words, planned or declined, has not left (no prosthesis)."""
    planned = {
        (m.start, m.end): m.assertion
        for m in mentions
        if m.assertion in {"hypothetical", "absent"} and concepts[m.concept].done and m.temporality != "historical"
    }
    return [
        m
        for m in mentions
        if not (
            concepts[m.concept].lasting
            and (m.start, m.end) in planned
            and not m.assertion == planned[m.start, m.end] == "absent"
        )
    ]
