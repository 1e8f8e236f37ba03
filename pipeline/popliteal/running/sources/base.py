"""What every source is: a stream of items that can be read again from the start, and says how far it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from popliteal.running.items import Item, Notices


@dataclass(frozen=True)
class Options:
    """How to read an input where it does not say so itself.

    Args:
        columns: role (one of the keys of ``columns.CONVENTIONS``) to the name of the column that plays it.
        encoding: of text files; None means UTF-8, and Windows-1252 for lines that are not.
        date_format: ``strptime`` format of dates that are not ``YYYY-MM-DD``.
        delimiter: of ``.csv`` and ``.tsv`` files; None means what the header line uses.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    date_format: str | None = None
    delimiter: str | None = None


class Source(ABC):
    """Notes in a fixed order, one at a time.

    ``name`` is what messages and the manifest call it; it holds no password. ``query`` is the SQL of a database.
    """

    name: str
    query: str | None = None

    def __init__(self, options: Options) -> None:
        self.options = options
        self.notices = Notices()

    @abstractmethod
    def items(self) -> Iterator[Item]:
        """Every row as a note or as a rejected row.

        Raises:
            SourceError: the input as a whole cannot be read (no such file, no text column, ...).
        """

    def fingerprint(self) -> str | None:
        """A digest that changes when the input does, or None where only reading it could tell."""
        return None

    def fraction(self) -> float | None:
        """How much of the input has been read, 0 to 1, or None where the end is not known."""
        return None
