"""What a page of numbers has to say of the machine it was written on."""

from __future__ import annotations

import os
import platform


def described() -> str:
    """Python, cores and kind of machine, in a few words."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores ({platform.machine()})"


def shared(own: int) -> str:
    """A warning where others wanted cores in the last five minutes, beside ``own`` processes of ours; or nothing."""
    others = os.getloadavg()[1] - own
    if others < 0.5:
        return ""
    return (
        f"**The machine was shared**: besides, {others:.0f} processes of others wanted a core. Look at the ratios, not "
        "at the speeds."
    )
