"""Questions and what is replied: "Saddle numbness? No.", "Q: any numbness? A: Yes, both feet".

What is looked for asks, too: "The foot was inspected for ulcers. None was found."
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from popliteal.knowledge import Knowledge
from popliteal.knowledge.expressions import Expression
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece
from popliteal.reading.sentence import Place
from popliteal.reading.tokens import any_of

_ASKED = frozenset({"possible", "present"})
#: What the search for a finding leaves open.
_OPEN = _ASKED | {"hypothetical"}
#: What ends a reply that says no, else it denies what follows ("No saddle numbness"), which may be the next question.
_ENDS = r"(?=[\"”’']?\s*(?:[.,;!)|/–-]|\s{2}|\n|$)|\s+[^.?!;\n]{2,60}\?)"


class Replies:
    """Compiled from the words of replies in ``words.yaml``."""

    def __init__(self, knowledge: Knowledge) -> None:
        classes, self._concepts = knowledge.words.classes, knowledge.concepts
        by, lead, yes, no = (any_of(classes[f"reply_{name}"]) for name in ("by", "lead", "yes", "no"))
        left_open = any_of(classes["reply_open"])
        side, part = any_of(classes["reply_side"]), any_of(classes["reply_part"])
        # a sign answers only where nothing but the end of a field stands behind it
        signs = r"(?=\s*(?:[.,;)]|\n|$))"
        where = rf"(?:{side}|{part})(?:\s+{part})?(?=\s*(?:[.,;)]|\n|$))"
        self._reply = Expression(
            rf"[\"”’'»]?\)?\s*(?P<open>[\[(*]*(?:{left_open})(?![\w/])(?!\s*[:=>→–-]+\s*\w)|_{{2,}})|"
            rf"[\"”’'»]?\)?\s*(?:[-–—:>→]+\s?)?(?:{by}\s?[:.)=-]\s*)?(?:{lead}[\s:,]*)?[\"“‘'(]?"
            rf"(?:(?P<yes>(?:{yes})(?![/’'\w])|\+{{1,3}}(?:ve)?{signs}|(?P<where>{where}))|[-−](?:ve)?{signs}|{no}{_ENDS})",
            re.IGNORECASE,
        )
        names = ("sought", "sought_then", "sought_none", "sought_be", "sought_seen")
        sought, then, none, be, seen = (any_of(classes[name]) for name in names)
        self._sought = Expression(sought, re.IGNORECASE)
        self._nothing = frozenset(word.split()[0] for word in classes["sought_none"])
        self._none = Expression(
            rf"[\s.;,:–—-]*(?:{then}\s+)*{none}(?:\s+{be})?(?:\s+{seen})?(?=\s*(?:[.,;)!]|$))", re.IGNORECASE
        )

    def decide(self, text: str, piece: Piece) -> None:
        """Let the replies to the questions of a sentence, in it or right behind it, decide of its mentions."""
        mark = text.find("?", piece.start, piece.end)
        if mark < 0:
            self._look(text, piece)
            return
        at, before = self._replied(text, piece)
        while mark >= 0:
            reply = self._reply.match(text, mark + 1)
            if reply is not None:
                words = reply[0].strip()
                for mention in piece.mentions:
                    asked = at <= mention.start < mark and self._takes(reply, mention)
                    if asked and (mention.assertion in _ASKED or mention.cues == [before]):
                        mention.assertion = _replied_with(reply)
                        mention.cues.append(words)
                before = words  # no denial of what is asked next: "back pain? no foot drop? yes"
            at = mark + 1 if reply is None else reply.end()
            mark = text.find("?", at, piece.end)

    def _takes(self, reply: re.Match[str], mention: Mention) -> bool:
        """Whether a reply can be of a mention: a place alone answers for no disease ("DVT? Left calf.")."""
        concept = self._concepts.get(mention.concept)
        return reply["where"] is None or concept is None or not concept.disease

    def _look(self, text: str, piece: Piece) -> None:
        """Let "None was found" deny what somebody looked for or asked about, in the sentence or in the one before."""
        if self._nothing.isdisjoint(piece.words.small) or not any(
            mention.assertion in _OPEN for mention in piece.mentions
        ):
            return
        last = max(mention.end for mention in piece.mentions)
        none = self._none.match(text, piece.end) or self._none.match(text, last)
        if none is None:
            return
        for mention in piece.mentions:
            if mention.assertion in _OPEN and self._sought.search(text, piece.start, mention.start):
                mention.assertion = "absent"
                mention.cues.append(none[0].strip(" .;,:–—-"))

    def _replied(self, text: str, piece: Piece) -> tuple[int, str]:
        """Where a sentence begins behind the reply to a question before it, and the words of that reply."""
        last = piece.previous
        reply = self._reply.match(text, last.end) if last is not None and _asks(text, last) else None
        return (piece.start, "") if reply is None else (reply.end(), reply[0].strip())

    def place(
        self,
        text: str,
        pieces: Sequence[Piece],
        places: Callable[[str, Piece], Sequence[Place]],
        report: Callable[[str | None], str | None],
    ) -> None:
        """Give what is there by a reply the place that the reply names ("Any numbness? Yes, both feet.").

        ``places`` are those of a sentence; ``report`` turns a site of the patterns into one of the inventory.
        """
        for asking, replying in pairwise(pieces):
            if not asking.mentions or replying.mentions or not _asks(text, asking):
                continue
            reply = self._reply.match(text, asking.end)
            if reply is None or not reply["yes"]:
                continue
            there = [one for one in asking.mentions if one.assertion == "present"]
            for place in places(text, replying)[:1] if there else ():
                for mention in there:
                    if mention.site is None and not mention.placed:
                        mention.site = report(place.site or None)
                    mention.laterality = mention.laterality or place.side


def _replied_with(reply: re.Match[str]) -> str:
    """What a reply says of what was asked; a form that nobody filled in says nothing."""
    return "hypothetical" if reply["open"] else "present" if reply["yes"] else "absent"


def _asks(text: str, piece: Piece) -> bool:
    """Whether a sentence ends as a question, be it in quotation marks."""
    return text[piece.start : piece.end].rstrip("\"”’'»)").endswith("?")
