"""Findings -> the nerve likely involved, how urgent the picture is, and what the note does not say."""

from popliteal.mapping.assess import assess, trace

__all__ = ["assess", "trace"]
