"""What every entry of the patterns is built on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base of all models of pattern files: frozen, and an unknown key is an error.

    What checks an entry is built when the first one is checked: patterns that are kept have been, and to build it all
    took a tenth of the start.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
