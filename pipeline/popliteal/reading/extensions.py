"""What the spaCy components leave on a Doc, and the extensions that read it.

Values are plain (strings, numbers, None, lists of strings) and stand in ``doc.user_data`` under
``("popliteal", start_char, end_char, label, id)`` of their span: spaCy's own keys hold only where a span stands, so two
findings on the same words would share their values. Hence the extensions have getters and setters, and a Doc survives
pickling, ``DocBin(store_user_data=True)`` and worker processes with all of it.

An extension of the same name that another package has registered (medspaCy's ``is_negated``) is left as it is: getters
there are the other's, and what a component finds out is written into it where that is possible.
"""

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import partial
from typing import Any

from spacy.tokens import Doc, Span

from popliteal.schema import Finding

Key = tuple[str, int, int, str, str]

#: medspaCy's names, the column that decides each, and the value of it that makes the flag true
FLAGS: dict[str, tuple[str, str]] = {
    "is_negated": ("assertion", "absent"),
    "is_uncertain": ("assertion", "possible"),
    "is_hypothetical": ("assertion", "hypothetical"),
    "is_family": ("assertion", "family"),
    "is_historical": ("temporality", "historical"),
}
#: what a note is called, whose it is and when it was written; set these on a Doc before the components run
DOCUMENT = ("note_id", "patient_id", "note_date", "birth_date")

_ROOM = "popliteal"
_ASSESSMENT = (_ROOM, "assessment")
_DEFAULTS: dict[str, Any] = {f.name: None if f.default is MISSING else f.default for f in fields(Finding)}
_OF_SPAN = frozenset({"start", "end", "text", "concept"})
#: one extension of spans for each column of the ``findings`` table
COLUMNS = (*_DEFAULTS, "note_id", "patient_id", "note_date")
_OF_SECTION: dict[str, Any] = {"title": "", "side": None, "body": None}


def key(span: Span) -> Key:
    """Where the values of a span stand in ``doc.user_data``."""
    return (_ROOM, span.start_char, span.end_char, span.label_, span.id_)


def _room(doc: Doc) -> dict[Any, Any]:
    return doc.user_data


def values(span: Span) -> dict[str, Any]:
    """A copy of what stands there; empty for a span that no component has seen."""
    return dict(_room(span.doc).get(key(span), {}))


def foreign() -> tuple[str, ...]:
    """Names of ours that somebody else has registered, and that can be written."""
    return tuple(n for n in (*FLAGS, *_DEFAULTS) if n not in _OF_SPAN and _is_foreign(Span.get_extension(n)))


def store(span: Span, found: dict[str, Any], others: tuple[str, ...] = ()) -> None:
    """Leave values of a span, for our extensions and for those of ``others`` (see :func:`foreign`)."""
    _room(span.doc)[key(span)] = found
    for name in others:
        span._.set(name, _get(name, span))


def drop(span: Span) -> None:
    """Forget the values of a span."""
    _room(span.doc).pop(key(span), None)


def offsets(span: Span) -> tuple[int, int]:
    """The characters that a finding holds; other tokenizers than ours may not end a token there."""
    found = _room(span.doc).get(key(span), {})
    return found.get("start", span.start_char), found.get("end", span.end_char)


def column(span: Span, name: str) -> Any:
    """The value of an extension as we know it, whoever has registered its name."""
    return _get(name, span)


def keep_assessment(doc: Doc, assessment: dict[str, Any]) -> None:
    """Leave the assessment of the note; as text, since DocBin turns lists into tuples."""
    _room(doc)[_ASSESSMENT] = json.dumps(assessment, ensure_ascii=False)


def _get_assessment(doc: Doc) -> dict[str, Any] | None:
    found = _room(doc).get(_ASSESSMENT)
    return None if found is None else json.loads(found)


def _get(name: str, span: Span) -> Any:
    found = _room(span.doc).get(key(span), {})
    if name in DOCUMENT:
        return span.doc._.get(name)
    if name in found and name not in _OF_SPAN:
        value = found[name]
        return "; ".join(dict.fromkeys(value)) if name == "cues" else _DEFAULTS.get(name) if value is None else value
    if name in FLAGS:
        column, value = FLAGS[name]
        return _get(column, span) == value
    start, end = offsets(span)
    own = {"start": start, "end": end, "concept": span.label_}
    if name == "text":
        return span.text[start - span.start_char : end - span.start_char]
    return own.get(name, _DEFAULTS.get(name, _OF_SECTION.get(name)))


def _set(name: str, span: Span, value: Any) -> None:
    if name in _OF_SPAN or name in DOCUMENT:
        raise AttributeError(f"{name} is a matter of the span or of the Doc; make another span, or set doc._.{name}")
    _room(span.doc)[key(span)] = {**values(span), name: [value] if name == "cues" else value}


def _is_foreign(extension: tuple[Any, Any, Callable[..., Any] | None, Callable[..., Any] | None]) -> bool:
    """Whether somebody else has registered an extension, and one that can be written."""
    _, method, getter, setter = extension
    ours = isinstance(getter, partial) and getter.func is _get
    return not ours and (setter is not None or (method is None and getter is None))


def register() -> None:
    """Register the extensions that nobody has registered yet. Importing the components does it."""
    for name in DOCUMENT:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)
    if not Doc.has_extension("assessment"):
        Doc.set_extension("assessment", getter=_get_assessment)
    for name in (*COLUMNS, *FLAGS, *_OF_SECTION):
        if not Span.has_extension(name):
            Span.set_extension(name, getter=partial(_get, name), setter=partial(_set, name))
