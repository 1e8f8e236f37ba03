"""Words by which is told where sentences end: at full stops, and where lines break."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields

from popliteal.errors import PatternError
from popliteal.knowledge.expressions import Expression, expression
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.model import Model
from popliteal.knowledge.source import validate


class WordList(Model):
    """One class of words as it stands in ``sentences.yaml``."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SentenceWords:
    """Words in lower case, abbreviations without their last stop.

    A full stop does not end a sentence behind those of the first three classes. ``leading`` abbreviations end none
    that they begin, nor behind one of the ``articles`` ("the Rt. Knee"). ``in_capitals`` are words of their own in
    capitals, behind which a sentence ends ("Mother has MS. left foot drop since").

    ``shortened`` are parts of the body and movements that many write with a stop, which is read as a blank within a
    sentence; ``shortened_behind`` only behind another word ("hip ext. 4/5", not "Ext. no edema").

    A line break does not end one behind a word that is ``unfinished`` without another, nor before a ``resuming`` one
    in small letters, nor behind a ``counting`` one if a number follows. The expressions are for what stands before
    the break.
    """

    never: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    before_number: frozenset[str] = frozenset()
    leading: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    shortened: frozenset[str] = frozenset()
    shortened_behind: frozenset[str] = frozenset()
    in_capitals: frozenset[str] = frozenset()
    unfinished: frozenset[str] = frozenset()
    counting: frozenset[str] = frozenset()
    resuming: frozenset[str] = frozenset()
    ends_unfinished: Expression = field(init=False)
    ends_counting: Expression = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ends_unfinished", expression(rf"(?:[,/&(–-]|{_last(self.unfinished)})$", re.I))
        object.__setattr__(self, "ends_counting", expression(rf"{_last(self.counting)}$", re.I))


def load_sentence_words(layers: Layers) -> SentenceWords:
    """``sentences.yaml`` of all layers.

    Raises:
        PatternError: the file is missing, or has an entry that is no class of words.
    """
    classes = [one.name for one in fields(SentenceWords) if one.init]
    read: dict[str, frozenset[str]] = {}
    for name, (source, path, data) in layers.entries("sentences.yaml").items():
        if name not in classes:
            raise PatternError([f"{source.where(path)}: {name}: expected one of {', '.join(classes)}"])
        words = validate(source, path, WordList, data).words
        read[name] = frozenset(word.lower() for word in words)
    return SentenceWords(**read)


def _last(words: frozenset[str]) -> str:
    return rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})" if words else "(?!)"
