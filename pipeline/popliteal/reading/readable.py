"""The text that the stages read, every character in its place: what is written in several ways is written in one."""

from __future__ import annotations

from operator import attrgetter

from popliteal.knowledge import Knowledge
from popliteal.reading.asides import Asides
from popliteal.reading.broken import Parted, broken, dotted, joined, undotted
from popliteal.reading.columns import with_sides
from popliteal.reading.coupled import Coupled
from popliteal.reading.elliptic import Elliptic
from popliteal.reading.evened import evener
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.litotes import Litotes
from popliteal.reading.measurements import Measurer
from popliteal.reading.short_names import without_short_names


class Readable:
    """Built once from the patterns; keeps nothing of a note."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon, measurer: Measurer) -> None:
        self._acronyms = frozenset((*lexicon.acronyms(), *measurer.acronyms(), *knowledge.sides.limbs))
        self._short_names, self._knows = lexicon.short_names(), lexicon.knows
        self._evened, self._coupled = evener(knowledge, self._acronyms), Coupled(knowledge)
        self._asides = Asides(knowledge.words.classes)
        self._elliptic, self._litotes = Elliptic(knowledge.words.classes), Litotes(knowledge.words.classes)

    def __call__(self, text: str) -> tuple[str, list[Parted]]:
        """What the stages read: as long as ``text``, with spaces, dashes and capitals as the patterns have them, and
        whole words where a hyphen or stops part them; and these words."""
        stopped = dotted(text, self._acronyms)
        text = undotted(text, stopped) if stopped else text
        text = with_sides(self._coupled(without_short_names(self._evened(text), self._short_names)))
        text = self._asides(self._litotes(self._elliptic(text)))
        words = broken(text, self._knows)
        return joined(text, words), sorted((*stopped, *words), key=attrgetter("start"))
