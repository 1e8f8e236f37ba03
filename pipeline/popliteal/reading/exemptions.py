"""What a cue does not reach although it stands in its scope.

Every exemption is one test of a sentence, a cue and an item. Those that end a scope stand in one table, those of what
it passes over in another, each by the effect of the cue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Cue
from popliteal.reading.item import Item
from popliteal.reading.known_items import KnownItems
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.own_statements import OwnStatements
from popliteal.reading.part_states import PartStates
from popliteal.reading.sentence import Hit, Sentence

Test = Callable[[Sentence, Hit, Item], bool]


class Exemptions:
    """Compiled from the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        own, self._known = OwnStatements(knowledge, lexicon), KnownItems(knowledge, lexicon)
        states = PartStates(knowledge, lexicon)
        #: "no fever, left foot drop", "told to rest, left foot drop", "mother has MS, left foot drop since yesterday"
        self._ends: dict[str, tuple[Test, ...]] = {
            "absent": (own.own_statement, states.told), "hypothetical": (own.own_statement,), "family": (own.own,),
        }  # fmt: skip
        self._passes: dict[str, tuple[Test, ...]] = {
            "absent": (self._known.from_denial,),
            "hypothetical": (self._known.indication, self._known.answered),
            "possible": (self._known.his_own, self._known.explained),
        }

    def ends(self, cue: Cue, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether the scope of a cue ends before an item, which is a statement of its own.

        What is to come ends so only where it is of the next finding alone, a clause that a cue embeds nowhere.
        """
        whole = cue.effect == "hypothetical" and cue.scope != "next"
        tests = self._ends.get(cue.effect, ())
        if not tests or whole or (cue.embeds and cue.effect != "family"):
            return False
        return any(test(sentence, hit, item) for test in tests)

    def presupposed(self, sentence: Sentence, hit: Hit, item: Item) -> bool:
        """Whether a question takes an item before its mark for granted."""
        return self._known.presupposed(sentence, hit, item)

    def passes(self, cue: Cue, sentence: Sentence, hit: Hit, item: Item, items: Sequence[Item]) -> bool:
        """Whether a cue passes over an item, one of ``items``, and goes on behind it."""
        if any(test(sentence, hit, item) for test in self._passes.get(cue.effect, ())):
            return True
        if cue.effect == "hypothetical" and self._known.operated_for(sentence, hit, item, items):
            return True
        verb = cue.scope == "clause"
        return cue.effect == "absent" and self._known.of_known(sentence, hit, item, items, verb=verb)
