"""What is compiled of patterns once and kept on disk: a command that reads one note takes longer to make it."""

from __future__ import annotations

from popliteal.knowledge import Knowledge
from popliteal.knowledge.cache import Kind, get, put
from popliteal.reading.focus import check
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.measurements import Measurer
from popliteal.reading.measurements.needs import Wanted

_LEXICON = Kind(".lexicon", ("knowledge", "reading"))
_WANTED = Kind(".wanted", ("knowledge", "reading"))


def lexicon(knowledge: Knowledge) -> Lexicon:
    """The lexicon of patterns; of a copy of them with changes, which has the same version, none is kept.

    Raises:
        PatternError: a phrase holds no word that must stand in the text, so that no text could be passed over.
    """
    kept = get(knowledge.version, _LEXICON) if knowledge.intact else None
    if isinstance(kept, Lexicon):
        return kept
    made = Lexicon(knowledge)
    check(made)
    if knowledge.intact:
        put(knowledge.version, _LEXICON, made)
    return made


def measurer(knowledge: Knowledge) -> Measurer:
    """The measurer of patterns, of which is kept what tells where it is called for; its grammars are made there.

    Raises:
        ValueError: a form of a measurement has no word, and so cannot be looked for by words.
    """
    kept = get(knowledge.version, _WANTED) if knowledge.intact else None
    if isinstance(kept, Wanted):
        return Measurer(knowledge.measurements, kept)
    made = Measurer(knowledge.measurements)
    if knowledge.intact:
        put(knowledge.version, _WANTED, made.wanted)
    return made
