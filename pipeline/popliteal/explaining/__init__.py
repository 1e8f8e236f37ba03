"""What was found in one note, shown to a person: in a terminal (:mod:`.terminal`) or as a page (:mod:`.html`).

Both draw the same :class:`~popliteal.explaining.view.View`, which is made of the contract's JSON of one note.
"""

from popliteal.explaining.html import render_page
from popliteal.explaining.names import Names
from popliteal.explaining.terminal import render_terminal
from popliteal.explaining.view import View

__all__ = ["Names", "View", "render_page", "render_terminal"]
