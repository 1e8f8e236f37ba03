"""Findings -> the nerve likely involved, how urgent the picture is, and what the note does not say."""

from popliteal.mapping.assess import assess

__all__ = ["assess"]
