"""The ``examples:`` of concepts and heads, run through the reader.

An example is a sentence in the markup of the corpora (``markup.py``). In it ``<f>`` without a concept means the entry's
own. ``assertion`` and ``time`` count as ``present`` and ``current`` where they are left out; any other attribute counts
where it is written. Whatever else the reader gives of the entry's concept, or by the entry's head, is an error, too;
findings of other concepts, which the sentence may hold, are nobody's business. So a sentence without a tag says that
there is nothing of the entry in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from popliteal.errors import PatternError
from popliteal.evaluating.gold import GoldFinding, Vocabulary
from popliteal.evaluating.markup import parse, render
from popliteal.evaluating.matching import AGREE, Predicted, match
from popliteal.knowledge import Knowledge
from popliteal.knowledge.layers import Layers
from popliteal.reading import Reader

#: files (or folders of files) whose entries have examples, and what such an entry is
KINDS = {"concepts": "concept", "heads.yaml": "head"}

_TAG = re.compile(r"<f(?P<rest>(?:\s[^<>]*)?)>")
_NAMED = re.compile(r"\sconcept\s*=")
_ALWAYS = ("assertion", "temporality")
_PLAIN = GoldFinding(0, 0, "", "")


@dataclass(frozen=True, slots=True)
class Example:
    """One example: whose it is, where it stands (``file:line``), and its markup."""

    kind: str
    entry: str
    place: str
    source: str

    @property
    def markup(self) -> str:
        """The markup with the entry's own concept in every tag that names none."""
        if self.kind != "concept":
            return self.source
        return _TAG.sub(
            lambda tag: tag[0] if _NAMED.search(tag["rest"]) else f"<f concept={self.entry}{tag['rest']}>", self.source
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that is read otherwise than it says: what differs, and the reading as markup."""

    example: Example
    problems: tuple[str, ...]
    got: str


def examples(layers: Layers) -> Iterator[Example]:
    """Every example of the patterns, in the order of the files."""
    for name, kind in KINDS.items():
        for entry, (source, path, data) in layers.entries(name).items():
            listed = data.get("examples") if isinstance(data, dict) else None
            for number, text in enumerate(listed or ()):
                yield Example(kind, entry, source.where((*path, "examples", number)), str(text))


class Examiner:
    """Reads examples and says what is wrong with the reading of each."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._vocabulary = Vocabulary.of(knowledge)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._knowledge)

    def check(self, chosen: Iterable[Example]) -> None:
        """Look at the markup alone.

        Raises:
            PatternError: some of it is wrong; names file and line of each problem.
        """
        problems = [
            f"{example.place}: {example.entry}: {one.message}"
            for example in chosen
            for one in parse(example.markup, self._vocabulary).problems
        ]
        if problems:
            raise PatternError(problems)

    def examine(self, example: Example) -> Failure | None:
        """Read one example: None if it is read as it says.

        Raises:
            PatternError: its markup is wrong; names file and line.
        """
        self.check([example])
        marked = parse(example.markup, self._vocabulary)
        mine = {one.concept for one in marked.findings} | ({example.entry} if example.kind == "concept" else set())
        found = [
            Predicted.of(one.to_dict())
            for one in self._reader.read(marked.text)
            if one.concept in mine or one.pattern == f"heads:{example.entry}"
        ]
        matching = match(marked.findings, found)
        problems = [f"not found: {one.concept}, {one.text!r}" for one in matching.missed]
        for gold, got in matching.pairs:
            problems += [
                f"{gold.concept}, {gold.text!r}: {name}: expected {getattr(gold, name)}, got {_got(got, name)}"
                for name, agree in AGREE.items()
                if (name in _ALWAYS or getattr(gold, name) != getattr(_PLAIN, name)) and not agree(gold, got)
            ]
        problems += [f"not expected: {one.concept}, {one.text!r}" for one in matching.spurious]
        return Failure(example, tuple(problems), _shown(marked.text, found)) if problems else None


def _got(found: Predicted, name: str) -> Any:
    return (found.value_text or found.value) if name == "value" else getattr(found, name)


def _shown(text: str, found: list[Predicted]) -> str:
    """What was read, as markup; plainly listed where spans cross."""
    as_gold = [
        GoldFinding(
            one.start, one.end, one.text, one.concept, one.site, one.laterality, one.assertion, one.temporality,
            one.onset, one.course, one.value_text,
        )
        for one in found
    ]  # fmt: skip
    try:
        return render(text, as_gold)
    except ValueError:
        return "; ".join(f"{one.concept} {one.text!r} {one.assertion}" for one in found)
