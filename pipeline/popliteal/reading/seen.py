"""Diseases that a report names: what a scan shows is a finding of the scan ("MRI: discitis"), not a diagnosis made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from popliteal.knowledge import Knowledge
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece
from popliteal.reading.tokens import any_of

#: Sections of a report that tell what is seen in it; the indication asks for it.
_TELLING = frozenset({"imaging", "assessment"})
#: Behind a disease: it has a statement of its own ("... and thrombosis was ruled out").
_STATED = re.compile(r"[\s,]*(?:\([^)]*\)\s*)?(?:was|were|is|are|has been|have been)\b")


class Seen:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._concepts = knowledge.concepts
        words = knowledge.words
        study, verb = any_of(words.classes["shown_in"]), any_of(words.classes["showing"])
        reason, other = any_of(("to", "for", "because")), any_of(words.classes["not_showing"])
        # a study and the verb that says what it shows, up to the finding: no other verb and no reason between
        between = r"(?:(?!{})[^.;?]){{0,80}}?"
        self._shown = re.compile(rf"{study}{between.format(reason)}(?:{verb}|:){between.format(other)}$", re.IGNORECASE)

    def rename(self, text: str, pieces: Iterable[Piece]) -> None:
        """Call a disease what a study shows of it (``seen_as`` of its concept) where a study shows it."""
        for piece in pieces:
            for mention in piece.mentions:
                seen = self._concepts[mention.concept].seen_as
                if seen is not None and (_reported(piece) or self._is_shown(text, piece, mention)):
                    mention.concept = seen
                    mention.site = None if self._concepts[seen].sites == "none" else mention.site

    def _is_shown(self, text: str, piece: Piece, mention: Mention) -> bool:
        """Whether a study of the sentence shows a disease, or that it is not there."""
        shown = self._shown.search(text, piece.start, mention.start) is not None
        return shown and not _STATED.match(text, mention.end)


def _reported(piece: Piece) -> bool:
    """Whether a sentence stands in a report and tells what is seen."""
    return bool(piece.section.report) and piece.section.kind in _TELLING
