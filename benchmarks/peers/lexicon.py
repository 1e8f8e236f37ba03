"""popliteal's phrases as plain lists, for systems that match plain phrases."""

from __future__ import annotations

from popliteal.knowledge import load
from popliteal.knowledge.phrases import GAP, expand

_NUMBER = "№"


def lexicon() -> dict[str, list[str]]:
    """Concept to the phrases that stand for it, alternatives and word classes spelled out.

    Phrases with a gap or a number are left out, since plain phrases cannot say them; so are the composed readings
    (heads and sites, measurements, misspellings), which popliteal has beside its phrases.
    """
    knowledge = load()
    return {
        name: sorted(
            {
                plain
                for phrase in concept.phrases
                for plain in expand(phrase, knowledge.words.classes)
                if plain and GAP not in plain and _NUMBER not in plain
            }
        )
        for name, concept in knowledge.concepts.items()
    }
