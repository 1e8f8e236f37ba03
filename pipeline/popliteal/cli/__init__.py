"""The command line: thin commands that parse, call and print."""

from __future__ import annotations

from popliteal.cli.main import app, main

__all__ = ["app", "main"]
