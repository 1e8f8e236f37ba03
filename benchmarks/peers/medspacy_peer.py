"""medspaCy as ``medspacy.load()`` gives it (PyRuSH, target matcher, ConText), or with spaCy's sentencizer."""

import sys
from collections.abc import Callable

import medspacy
from medspacy.ner import TargetRule
from serve import serve


def build(lexicon: dict[str, list[str]]) -> Callable[[str], int]:
    """The pipeline with the lexicon as target rules."""
    if "without-pyrush" in sys.argv[2:]:
        nlp = medspacy.load(medspacy_disable={"medspacy_pyrush"})
        nlp.add_pipe("sentencizer", first=True)
    else:
        nlp = medspacy.load()
    rules = [TargetRule(phrase, concept) for concept, phrases in lexicon.items() for phrase in phrases]
    nlp.get_pipe("medspacy_target_matcher").add(rules)

    def read(text: str) -> int:
        found = [
            (ent.start_char, ent.end_char, ent.label_, ent._.is_negated, ent._.is_uncertain, ent._.is_hypothetical)
            for ent in nlp(text).ents
        ]
        return len(found)

    return read


serve(build)
