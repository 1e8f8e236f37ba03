"""EDS-NLP: its tokenizer and sentences, the lexicon as terms, its qualifiers with their own cues, which are French.

French cues are rare in English notes, so the qualifiers have less to do than they would have at home.
"""

from collections.abc import Callable

import edsnlp
from serve import serve

QUALIFIERS = ("negation", "hypothesis", "family", "history")


def build(lexicon: dict[str, list[str]]) -> Callable[[str], int]:
    """The pipeline with the lexicon as terms."""
    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.sentences")
    nlp.add_pipe("eds.matcher", config={"terms": lexicon, "attr": "LOWER"})
    for name in QUALIFIERS:
        nlp.add_pipe(f"eds.{name}")

    def read(text: str) -> int:
        found = [
            (ent.start_char, ent.end_char, ent.label_, *(getattr(ent._, name) for name in QUALIFIERS))
            for ent in nlp(text).ents
        ]
        return len(found)

    return read


serve(build)
