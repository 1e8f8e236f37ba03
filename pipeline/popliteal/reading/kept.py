"""What is compiled of patterns once and kept on disk: a command that reads one note takes longer to make it."""

from __future__ import annotations

from popliteal.knowledge import Knowledge
from popliteal.knowledge.cache import Kind, get, put
from popliteal.reading.lexicon import Lexicon

_LEXICON = Kind(".lexicon", ("knowledge", "reading"))


def lexicon(knowledge: Knowledge) -> Lexicon:
    """The lexicon of patterns; of a copy of them with changes, which has the same version, none is kept."""
    kept = get(knowledge.version, _LEXICON) if knowledge.intact else None
    if isinstance(kept, Lexicon):
        return kept
    made = Lexicon(knowledge)
    if knowledge.intact:
        put(knowledge.version, _LEXICON, made)
    return made
