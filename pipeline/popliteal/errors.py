"""Every error popliteal raises on purpose, as one tree; each message says what to do next.

    PoplitealError
    |-- PatternError      a pattern file is wrong (names file, line and entry)
    |-- SourceError       an input cannot be read (names file or row)
    |   `-- ColumnError   its columns are not those that are needed
    |-- CorpusError       a gold corpus is malformed (names file and line)
    `-- OutputError       an output folder cannot be used

No message ever holds text of a note.
"""

from __future__ import annotations


class PoplitealError(Exception):
    """Base of all errors that popliteal raises on purpose."""


class PatternError(PoplitealError):
    """One or more problems in pattern files, each as ``file:line: entry: what is wrong and what was expected``."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class SourceError(PoplitealError):
    """An input that cannot be read; names the file, and the row where there is one."""


class ColumnError(SourceError):
    """An input whose columns are not those that are needed, or stand there twice."""


class CorpusError(PoplitealError):
    """A gold corpus that is malformed; names the file and the line."""


class OutputError(PoplitealError):
    """An output folder that cannot be used, and what to do about it."""
