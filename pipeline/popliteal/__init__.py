"""popliteal reads clinical notes about legs: what was found, which nerve is likely involved, how urgent it is.

Importing this package is cheap; spaCy, pandas and the patterns are loaded by the first call that needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from popliteal.version import __version__

if TYPE_CHECKING:
    import pandas as pd
    from spacy.language import Language

    from popliteal.cohort.over_time import PatientSummary, Tables
    from popliteal.running.memory import Results
    from popliteal.schema import Finding

__all__ = ["__version__", "assess", "extract", "load", "summarise"]


def load(patterns: str | PathLike[str] | None = None) -> Language:
    """A spaCy pipeline of registered components that reads notes.

    ``doc.spans["findings"]`` holds the findings (the label is the concept; ``span._`` has a plain value for each column
    of the ``findings`` table and medspaCy's flags), ``doc.spans["sections"]`` the sections, ``doc._.assessment`` what
    ``popliteal note --format json`` prints. ``doc._.note_date`` (``YYYY-MM-DD``) counts if it is set on a Doc made by
    ``nlp.make_doc(text)`` before that Doc goes through ``nlp``.

    Args:
        patterns: a folder of patterns over, or instead of, the shipped ones.

    Raises:
        PatternError: the patterns are wrong.
    """
    from popliteal.running.language import language

    return language(Path(patterns) if patterns is not None else None)


def extract(
    source: pd.DataFrame | Iterable[Mapping[str, object]] | str | PathLike[str],
    *,
    processes: int = 1,
    patterns: str | PathLike[str] | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    date_format: str | None = None,
) -> Results:
    """Read every note of a source and give the four tables as DataFrames, in memory.

    Args:
        source: a DataFrame, an iterable of dictionaries, or a path to anything that ``popliteal batch`` reads.
        processes: how many processes read notes; the tables are the same for any number.
        patterns: a folder of patterns over, or instead of, the shipped ones.
        columns: role to column name where the names are unusual, e.g. ``{"text": "body", "note_id": "key"}``; roles
            are text, note_id, patient_id, note_date, note_type, sex, birth_date.
        encoding: of text files; without it UTF-8, and Windows-1252 for lines that are not.
        date_format: ``strptime`` format of dates that are not ``YYYY-MM-DD``.

    Returns:
        An object with ``.notes``, ``.findings``, ``.hypotheses`` and ``.errors`` (columns as in
        :mod:`popliteal.running.tables`). A note that fails is a row of ``.errors``; it does not raise.

    Raises:
        SourceError: the source as a whole cannot be read.
        PatternError: the patterns are wrong.
    """
    from popliteal.running.memory import extract as run
    from popliteal.running.sources import Options

    options = Options(columns=columns or {}, encoding=encoding, date_format=date_format)
    return run(source, processes=processes, patterns=Path(patterns) if patterns is not None else None, options=options)


def assess(
    findings: Iterable[Finding | Mapping[str, Any]],
    note_date: str | None = None,
    *,
    patterns: str | PathLike[str] | None = None,
    age: int | None = None,
) -> dict[str, Any]:
    """The mapping alone: findings, however they were made, to hypotheses, urgency, red flags and what is missing.

    Args:
        findings: the findings of one note as :class:`popliteal.schema.Finding` or dictionaries with its columns.
        note_date: ``YYYY-MM-DD``.
        patterns: a folder of patterns over, or instead of, the shipped ones.
        age: of the patient in whole years.

    Returns:
        A dictionary with primary, hypotheses, urgency, red_flags and not_documented.

    Raises:
        SourceError: a finding names no concept of the patterns, or an attribute says what the schema has no word for.
        PatternError: the patterns are wrong.
    """
    from popliteal.knowledge import load as load_knowledge
    from popliteal.mapping import assess as run
    from popliteal.mapping.checking import checked

    knowledge = load_knowledge(Path(patterns) if patterns is not None else None)
    taken = checked(findings, knowledge.concepts, knowledge.sites)
    return run(taken, note_date, decisions=knowledge.decisions, age=age)


def summarise(results: Tables | str | PathLike[str], *, patterns: str | PathLike[str] | None = None) -> PatientSummary:
    """The notes of each patient put together: courses of key findings, strength, urgency and hypotheses over time.

    Args:
        results: what :func:`extract` gave, or the folder of a finished ``popliteal batch``.
        patterns: a folder of patterns over, or instead of, the shipped ones; its ``key_findings.yaml`` says what is
            followed.

    Returns:
        An object with the DataFrames ``.findings``, ``.strength``, ``.urgency`` and ``.hypotheses`` and the number
        ``.left_out`` of notes without a patient; see :class:`popliteal.cohort.over_time.PatientSummary`.

    Raises:
        SourceError: ``results`` is neither, or a batch that was not finished.
        PatternError: the patterns are wrong.
    """
    from popliteal.cohort.over_time import summarise as run
    from popliteal.knowledge import load as load_knowledge

    return run(results, load_knowledge(Path(patterns) if patterns is not None else None).decisions)
