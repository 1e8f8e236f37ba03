"""negspaCy: spaCy's sentencizer, an entity ruler with the lexicon, NegEx with the termset ``en_clinical``."""

from collections.abc import Callable

import spacy
from negspacy.negation import Negex
from negspacy.termsets import termset
from serve import serve


def build(lexicon: dict[str, list[str]]) -> Callable[[str], int]:
    """The pipeline with the lexicon as patterns of the ruler."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(
        [{"label": concept, "pattern": phrase} for concept, phrases in lexicon.items() for phrase in phrases]
    )
    nlp.add_pipe("negex", config={"neg_termset": termset("en_clinical").get_patterns()})
    assert isinstance(nlp.get_pipe("negex"), Negex)  # noqa: S101  # its import is what makes spaCy know the component

    def read(text: str) -> int:
        found = [(ent.start_char, ent.end_char, ent.label_, ent._.negex) for ent in nlp(text).ents]
        return len(found)

    return read


serve(build)
