"""popliteal as ``popliteal batch`` runs it, to the rows of its tables; its lexicon is its own."""

from collections.abc import Callable

from serve import serve

from popliteal.running.engine import Engine
from popliteal.running.tables import step
from popliteal.schema import Note


def build(_: dict[str, list[str]]) -> Callable[[str], int]:
    """The whole way of a note."""
    engine = Engine()

    def read(text: str) -> int:
        (tables,) = step(engine, [[Note("1", text)]])
        return int(tables["findings"].num_rows)

    return read


serve(build)
