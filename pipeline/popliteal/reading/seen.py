"""Diseases that a report names: what a scan shows is a finding of the scan ("MRI: discitis"), not a diagnosis made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from popliteal.knowledge.concepts import Concept
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece

#: Sections of a report that tell what is seen in it; the indication asks for it.
_TELLING = frozenset({"imaging", "assessment"})
#: A study and the verb that says what it shows, up to the finding: no other verb and no reason for the study between.
_SHOWN = re.compile(
    r"\b(?:MRIs?|MR|CTs?|CTA|MRA|duplex|ultraso\w+|USS?|doppler|venogra\w+|scans?|imaging|x-?rays?|radiographs?|myelogra\w+"
    r"|tomography)\b(?:(?!\b(?:to|for|because)\b)[^.;?]){0,80}?"
    r"(?:\b(?:show\w*|reveal\w*|demonstrat\w*|confirm\w*|disclos\w*|exclud\w*|identif\w*|found|detect\w*|report\w*)\b|:)"
    r"(?:(?!\b(?:was|were|is|are|who|because|due|for|to)\b)[^.;?]){0,80}$",
    re.IGNORECASE,
)
#: Behind a disease: it has a statement of its own ("... and thrombosis was ruled out").
_STATED = re.compile(r"[\s,]*(?:\([^)]*\)\s*)?(?:was|were|is|are|has been|have been)\b")


def name_as_seen(text: str, pieces: Iterable[Piece], concepts: Mapping[str, Concept]) -> None:
    """Call a disease what a study shows of it (``seen_as`` of its concept) where a study shows it."""
    for piece in pieces:
        for mention in piece.mentions:
            seen = concepts[mention.concept].seen_as
            if seen is not None and (_reported(piece) or _shown(text, piece, mention)):
                mention.concept = seen
                mention.site = None if concepts[seen].sites == "none" else mention.site


def _reported(piece: Piece) -> bool:
    """Whether a sentence stands in a report and tells what is seen."""
    return bool(piece.section.report) and piece.section.kind in _TELLING


def _shown(text: str, piece: Piece, mention: Mention) -> bool:
    """Whether a study of the sentence shows a disease, or that it is not there."""
    return _SHOWN.search(text, piece.start, mention.start) is not None and not _STATED.match(text, mention.end)
