"""Words between a cue of time and a finding, and around the cue: what says whether the one is said of the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from popliteal.knowledge.expressions import Expression, expression
from popliteal.knowledge.forms import Regex
from popliteal.knowledge.model import Model


class GapEntry(Model):
    """``gap`` of ``timing.yaml``: words in the gap between a cue and a finding, and expressions without case.

    No cue passes ``stops``; ``verbs`` only those that may, and one behind a finding the ``linking`` ones;
    ``beginnings`` are verbs of beginning. ``light`` words are of the place of a finding or of a verb, and do not count
    between it and what is said of it ("the numbness in her right foot is new"). ``before_time`` are those before a time
    that it is not of ("finally six days ago"), ``leads`` open a phrase that only goes with one ("after lunch
    yesterday").

    ``joins`` lead to another finding, ``last_joins`` to the last one of a list, ``along`` means no more than "and"
    ("a week of back pain along with leg pain"). A course behind ``copulas`` is said of
    what stands before it ("the sciatica is improving and ..."), as is one with ``times`` ("diabetes x 20 years, PVD").
    ``lasting`` stands between a course and how long it has been one ("worse over the last 3 days"). ``foretold`` stands
    right before a course that is no worse and says that it is yet to come ("should have resolved by June"). ``rapid``
    words of a course say that it runs over hours or days without a number, ``how_long`` is what stands between a course
    and the number of its days, or nothing.

    ``anew`` is what sets a finding off from the past one that it is joined to ("previous TKA and left foot drop").
    ``later`` tells of another time, to which none at the opening of a clause reaches ("in May a TKR, and today ...").
    ``opened_by``: what stands before a cue that opens its clause. ``goes_on``: what may follow one that is said of what
    stands before it. ``asides`` stand behind a finding and are no gap ("the tingling he had then has gone").
    ``circumstances`` stand between commas behind a time that opens a clause, and are no gap ("yesterday, on getting out
    of bed, her foot dropped"). ``narrated``: what somebody did at such a time, before what came of it ("yesterday he
    got up from the sofa and his foot ...").
    ``restarts``: what tells of another finding than the one before it ("has diabetes and developed numbness today").
    ``told``: something is said of what stands before the gap, and another subject follows ("the foot drop persists and
    the pain"); ``apart``: so does one with a verb of its own, of one thing ("a foot drop, and the pain has").
    """

    stops: tuple[str, ...]
    verbs: tuple[str, ...]
    beginnings: tuple[str, ...]
    linking: tuple[str, ...]
    light: tuple[str, ...]
    before_time: tuple[str, ...]
    leads: Regex
    joins: tuple[str, ...]
    last_joins: tuple[str, ...]
    copulas: tuple[str, ...]
    lasting: tuple[str, ...]
    foretold: Regex
    rapid: Regex
    how_long: Regex
    along: Regex
    times: tuple[Regex, ...]
    anew: Regex
    later: Regex
    opened_by: tuple[Regex, ...]
    goes_on: tuple[Regex, ...]
    asides: tuple[Regex, ...]
    circumstances: Regex
    narrated: Regex
    restarts: Regex
    told: Regex
    apart: Regex


@dataclass(frozen=True, slots=True)
class GapRules:
    """What :class:`popliteal.reading.reach.Reach` is built from; see :class:`GapEntry`."""

    stops: frozenset[str]
    verbs: frozenset[str]
    beginnings: frozenset[str]
    linking: frozenset[str]
    light: frozenset[str]
    before_time: frozenset[str]
    leads: Expression
    joins: frozenset[str]
    copulas: frozenset[str]
    lasting: frozenset[str]
    foretold: Expression
    rapid: Expression
    how_long: Expression
    last_joins: Expression
    along: Expression
    times: Expression
    anew: Expression
    later: Expression
    opened_by: Expression
    goes_on: Expression
    asides: Expression
    circumstances: Expression
    narrated: Expression
    restarts: Expression
    told: Expression
    apart: Expression


def gap_rules(entry: GapEntry) -> GapRules:
    """The rules of an entry; signs that stand for words or end a clause are the same in every language."""
    sets: dict[str, Any] = {
        name: frozenset(getattr(entry, name))
        for name in ("stops", "verbs", "beginnings", "linking", "light", "before_time", "joins", "copulas", "lasting")
    }
    expressions = {
        "last_joins": rf"\b(?:{'|'.join(entry.last_joins)})\b|[/&+]",
        "times": "|".join(entry.times),
        "along": entry.along,
        "leads": entry.leads,
        "anew": entry.anew,
        "later": entry.later,
        "restarts": entry.restarts,
        "told": entry.told,
        "foretold": entry.foretold,
        "rapid": entry.rapid,
        "how_long": entry.how_long,
        "apart": entry.apart,
        "circumstances": entry.circumstances,
        "narrated": entry.narrated,
        "opened_by": rf"(?:^|[.;:,(–—•*-]|\b(?:{'|'.join(entry.opened_by)}))[\s\"“'~]*$",
        "goes_on": rf"\s*(?:$|[.,;:()\]–—\d-]|(?:{'|'.join(entry.goes_on)})\b)",
        "asides": rf"\s?\([^()]{{1,60}}\)|{'|'.join(entry.asides)}",
    }
    compiled: dict[str, Any] = {name: expression(one, re.IGNORECASE) for name, one in expressions.items()}
    return GapRules(**sets, **compiled)
