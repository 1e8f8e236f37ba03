"""Red flags: each one present, possible, denied or not documented."""

from __future__ import annotations

from popliteal.knowledge.conditions import triggers
from popliteal.knowledge.decision_models import Decisions
from popliteal.mapping.facts import Triggered, View
from popliteal.mapping.predicates import SUSPECTED, compiled


class RedFlags:
    """The red flags of a set of decisions, compiled."""

    def __init__(self, decisions: Decisions) -> None:
        flags = list(decisions.red_flags.values())
        self.silent = dict.fromkeys((flag.id for flag in flags), "not_documented")
        self.flags = [(flag.id, compiled(flag.when), compiled(flag.denied)) for flag in flags]
        self.triggered = Triggered([triggers(flag.when) | triggers(flag.denied) for flag in flags])

    def status(self, whole: View) -> dict[str, str]:
        """``{red flag: present | possible | denied | not_documented}``; an asserted one outweighs a denial."""
        out = dict(self.silent)
        for number in self.triggered.candidates(whole):
            key, when, denied = self.flags[number]
            hit = when(whole)
            if hit is not None:
                out[key] = "possible" if hit.weakness & SUSPECTED else "present"
            elif denied(whole) is not None:
                out[key] = "denied"
        return out
