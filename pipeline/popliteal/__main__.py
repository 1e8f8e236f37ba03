"""``python -m popliteal``: the same as ``popliteal``."""

from __future__ import annotations

from popliteal.cli import main

if __name__ == "__main__":
    main()
