"""Events that a note names again: "she fell eight years ago ... since the fall", "a fall. The fall was in 2012".

A later mention that points back ("the fall", "that accident") is the event told before, and was when that was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.narrative import RetoldRules
from popliteal.reading.mention import FRESH, Mention

#: Characters before a mention in which a word that points back is looked for.
_REACH = 40
#: Characters behind it in which it is said to be of now ("the infection has ...").
_BEHIND = 6
#: Where a date follows so soon, it is of the event just told.
_NEXT = 240


def retold(
    text: str, mentions: Sequence[Mention], concepts: Mapping[str, Concept], rules: RetoldRules
) -> Iterator[Mention]:
    """Those of a note's ``mentions``, in the order of the text, that are past since another mention of theirs is.

    A mention that has a time of its own keeps it; one that is only "after the fall" is no past if that fall is recent.
    """
    told: list[Mention] = []
    for mention in mentions:
        if not concepts[mention.concept].event or mention.assertion not in {None, "present"}:
            continue
        if _points_back(text, mention, rules):
            same = {mention.concept, *rules.same.get(mention.concept, ())}
            before = next((one for one in reversed(told) if one.concept in same and _before(text, one, mention)), None)
            if before is not None and _recent(before, mention):
                mention.temporality = None
            elif before is not None and (source := _dated(before, mention)) is not None:
                yield before if source is mention else mention
        told.append(mention)


def _dated(before: Mention, again: Mention) -> Mention | None:
    """The one of two mentions of an event that puts the other into the past."""
    if again.temporality == "historical" and not _timed(before):
        return again if again.start - before.end < _NEXT else None
    days = again.onset_days in {None, before.onset_days}  # "since the fall" has the days of the fall
    days = days or (before.onset_days is None and again.onset not in FRESH)
    return before if before.temporality == "historical" and again.temporality is None and days else None


def _recent(before: Mention, again: Mention) -> bool:
    """Whether the event told before is of these days, so that what only comes after it is no history.

    "She fell last night. After the fall she could not get up."
    """
    undated = again.temporality == "historical" and again.onset_days is None and again.onset in {None, "unknown"}
    return undated and before.temporality != "historical" and before.onset in FRESH


def _timed(mention: Mention) -> bool:
    """Whether a mention says when it was."""
    return mention.temporality is not None or mention.onset_days is not None or mention.onset not in {None, "unknown"}


def _before(text: str, earlier: Mention, again: Mention) -> bool:
    """Whether a mention is of an earlier sentence, or says when it was ("she struck her knee in the accident")."""
    return _timed(earlier) or text.find(". ", earlier.end, again.start) >= 0


def _points_back(text: str, mention: Mention, rules: RetoldRules) -> bool:
    if rules.unless.search(text, mention.start, mention.end + _BEHIND):
        return False
    return rules.definite.search(text, max(0, mention.start - _REACH), mention.start) is not None
