"""Note in, findings out."""

from popliteal.reading.reader import Reader

__all__ = ["Reader"]
