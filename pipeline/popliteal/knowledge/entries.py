"""Reading pattern files into models: entry by entry, with all problems of a file in one error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from popliteal.errors import PatternError
from popliteal.knowledge.concepts import Category, Concept, Words
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.model import Model
from popliteal.knowledge.phrases import PhraseError, check
from popliteal.knowledge.source import Source, validate


def load_concepts(layers: Layers) -> dict[str, Concept]:
    """Every concept in file order, with what ``categories.yaml`` says of its category where it says nothing itself.

    Raises:
        PatternError: every problem found, one a line, each with file, line, entry and what was expected.
    """
    categories: dict[str, Category] = load_entries(layers, "categories.yaml", Category)
    shared = {name: one.model_dump(exclude={"id"}, exclude_unset=True) for name, one in categories.items()}
    return load_entries(layers, "concepts", Concept, shared)


def load_entries(
    layers: Layers, name: str, model: type[Model], shared: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """Every entry of ``name`` as a ``model``, in file order; ``shared`` is what entries of a category have in common.

    Raises:
        PatternError: every problem found, one a line, each with file, line, entry and what was expected.
    """
    found: dict[str, Any] = {}
    problems: list[str] = []
    for key, (source, path, data) in layers.entries(name).items():
        if not isinstance(data, dict):
            problems.append(f"{source.where(path)}: {key}: expected a mapping")
            continue
        fields: dict[str, Any] = {"id": key, **data}
        if "category" in model.model_fields:
            category = fields.setdefault("category", source.file.stem)
            fields = {**(shared or {}).get(str(category), {}), **fields}
        try:
            found[key] = validate(source, path, model, fields)
        except PatternError as error:
            problems.extend(error.problems)
    if problems:
        raise PatternError(problems)
    return found


def load_single(layers: Layers, name: str, model: type[Model]) -> Any:
    """A file that is one object; a later layer's top-level keys replace the earlier ones'.

    Raises:
        PatternError: the file is missing, or every problem with it, one a line.
    """
    merged: dict[str, Any] = {}
    last: Source | None = None
    for source in layers.files(name):
        if not isinstance(source.data, dict):
            raise PatternError([f"{source.file}:1: expected a mapping"])
        merged.update(source.data)
        last = source
    if last is None:
        raise PatternError([f"{layers.folders[-1] / name}: missing; a full set of patterns needs it"])
    return validate(last, (), model, merged)


#: The files whose entries have phrases.
PHRASED = ("concepts", "heads.yaml", "sites.yaml", "blockers.yaml", "assertion.yaml", "outcomes.yaml")


def phrase_lists(data: object) -> Iterator[tuple[str, int, str]]:
    """``(list, index in it, phrase)`` for every phrase of an entry as it stands in its file."""
    if isinstance(data, dict):
        for kind in ("phrases", "absent_phrases", "bare_phrases", "done_phrases"):
            for index, phrase in enumerate(data.get(kind, [])):
                yield kind, index, str(phrase)


def _ambiguous_forms(data: object) -> Iterator[tuple[tuple[str, int, str], str]]:
    """Where each ambiguous form of an entry stands in it, and the form."""
    if isinstance(data, dict):
        for index, one in enumerate(data.get("ambiguous", [])):
            yield ("ambiguous", index, "form"), str(one["form"])


def check_phrases(layers: Layers, name: str, words: Words) -> list[str]:
    """Problems with the phrases of ``name`` that do not parse."""
    problems: list[str] = []
    for key, (source, path, data) in layers.entries(name).items():
        lists = (((kind, index), phrase) for kind, index, phrase in phrase_lists(data))
        for at, phrase in (*lists, *_ambiguous_forms(data)):
            try:
                check(phrase, words.classes)
            except PhraseError as error:
                problems.append(f"{source.where((*path, *at))}: {key}: {error}")
    return problems
