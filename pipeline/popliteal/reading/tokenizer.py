"""A spaCy tokenizer for clinical shorthand, whose tokens are the words that the reader sees.

"N/T", "4-/5", "L4-5", "b/l", "?foot drop" and "(L)>(R)" fall into words and single marks, as in
:mod:`popliteal.reading.tokens`, so that a finding begins and ends where tokens do. White space ends a token at each
line break, so that sections do, too. The text of the Doc is exactly the text that went in.
"""

import re
from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

from popliteal.reading.tokens import TOKEN

_BREAK = r"(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])"
_ANY = re.compile(rf"{TOKEN.pattern}|_|[^\S\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*{_BREAK}|\s+?(?={_BREAK}|\S|$)")


#: the name that a config knows it by
TOKENIZER = "popliteal.tokenizer.v1"


class ClinicalTokenizer(DummyTokenizer):
    """Words, single marks, white space up to each line break; a blank behind a token belongs to it."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        at = 0
        while at < len(text):
            match = _ANY.match(text, at)
            at = match.end() if match else at + 1
            words.append(match[0] if match else text[at - 1])
            blank = at < len(text) and text[at] == " "
            spaces.append(blank)
            at += blank
        return Doc(self.vocab, words=words, spaces=spaces)

    def __reduce__(self) -> tuple[type["ClinicalTokenizer"], tuple[Vocab]]:
        return ClinicalTokenizer, (self.vocab,)


def make_tokenizer() -> Callable[[Language], ClinicalTokenizer]:
    """What ``@tokenizers = "popliteal.tokenizer.v1"`` in the ``[nlp.tokenizer]`` of a config means."""

    def make(nlp: Language) -> ClinicalTokenizer:
        return ClinicalTokenizer(nlp.vocab)

    return make


registry.tokenizers.register(TOKENIZER, func=make_tokenizer)
