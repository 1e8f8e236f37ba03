"""Red flags: each one present, possible, denied or not documented."""

from __future__ import annotations

from popliteal.knowledge.decisions import Decisions
from popliteal.mapping.facts import View
from popliteal.mapping.predicates import SUSPECTED, compiled


class RedFlags:
    """The red flags of a set of decisions, compiled."""

    def __init__(self, decisions: Decisions) -> None:
        self.tests = [(flag.id, compiled(flag.when), compiled(flag.denied)) for flag in decisions.red_flags.values()]

    def status(self, whole: View) -> dict[str, str]:
        """``{red flag: present | possible | denied | not_documented}``; an asserted one outweighs a denial."""
        out = {}
        for key, when, denied in self.tests:
            hit = when(whole)
            if hit is not None:
                out[key] = "possible" if hit.weakness & SUSPECTED else "present"
            else:
                out[key] = "not_documented" if denied(whole) is None else "denied"
        return out
