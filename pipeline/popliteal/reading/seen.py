"""Diseases that a report names: what a scan shows is a finding of the scan ("MRI: discitis"), not a diagnosis made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from popliteal.knowledge import Knowledge
from popliteal.knowledge.expressions import Expression
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece
from popliteal.reading.tokens import any_of


class Seen:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._concepts, self._kinds = knowledge.concepts, knowledge.sections.kinds
        study, verb, reason, other, evidence, on, being = (
            any_of(knowledge.words.classes[name])
            for name in ("shown_in", "showing", "reason", "not_showing", "evidence_of", "seen_on", "stated_being")
        )
        # a study and the verb that says what it shows, up to the finding: no other verb and no reason between
        between = r"(?:(?!{})(?:[^.;?]|(?<=\d)\.(?=\d))){{0,80}}?"
        told = rf"{between.format(reason)}(?:{verb}|:){between.format(other)}"
        self._shown = Expression(rf"{study}(?:{told}| {evidence} (?:\w+ ){{0,2}})$", re.IGNORECASE)
        # behind a disease: it has a statement of its own ("... and thrombosis was ruled out")
        self._stated = Expression(rf"[\s,]*(?:\([^)]*\)\s*)?{being}")
        # "discitis at L3/4 on MRI", "seen on the scan"
        self._on = Expression(rf"(?:(?!{verb}|{other})[^.;:?,]){{0,25}}? {on} (?:\w+ ){{0,2}}?{study}", re.IGNORECASE)

    def rename(self, text: str, pieces: Iterable[Piece]) -> None:
        """Call a disease what a study shows of it (``seen_as`` of its concept) where a study shows it."""
        for piece in pieces:
            for mention in piece.mentions:
                seen = self._concepts[mention.concept].seen_as
                if seen is not None and (self._reported(piece) or self._is_shown(text, piece, mention)):
                    mention.concept = seen
                    mention.site = None if self._concepts[seen].sites == "none" else mention.site

    def _reported(self, piece: Piece) -> bool:
        """Whether a sentence stands in a report and tells what is seen; the indication asks for it."""
        return bool(piece.section.report) and self._kinds[piece.section.kind].sees

    def _is_shown(self, text: str, piece: Piece, mention: Mention) -> bool:
        """Whether a study of the sentence shows a disease, or that it is not there."""
        if self._on.match(text, mention.end, piece.end):
            return True
        shown = self._shown.search(text, piece.start, mention.start) is not None
        return shown and not self._stated.match(text, mention.end)
