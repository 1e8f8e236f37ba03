"""What was measured then and again now in one sentence: "pulses present yesterday, now absent", "SLR neg, today +".

The second value does not name again what it is of. So the sentence is read once more without the first value and the
words up to the word of now; every other character stays in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from popliteal.knowledge.alternation import lower
from popliteal.knowledge.narrative import ContrastRules
from popliteal.reading.mention import Mention


class Remeasured:
    """Built once from the rules of what was so then and is otherwise now."""

    def __init__(self, rules: ContrastRules) -> None:
        self._rules = rules

    def again(
        self, text: str, start: int, end: int, found: Sequence[Mention], read: Callable[[str], list[Mention]]
    ) -> list[Mention]:
        """What the sentence ``text[start:end]`` measures again, with the words of its value.

        ``found`` is what it measures as it stands; ``read`` gives what it does in a text of the same length.
        """
        now = self._now(text, start, end, found[-1].end) if found else None
        if now is None:
            return []
        last, (first, behind) = found[-1], now
        blank = _value_at(text, last)
        again = read(text[:blank] + " " * (first - blank) + text[first:])
        told = [one for one in again if one.end > blank or one.start == last.start]
        return [one for one in told if _narrowed(one, text, first, behind, end)]

    def _now(self, text: str, start: int, end: int, measured: int) -> tuple[int, int] | None:
        """The word of now that opens a clause behind the last of what is measured and a word of then."""
        low = lower(text[start:end])
        now = self._rules.now.search(low, measured - start)
        # a number before "-> 60" is of then by what stands right behind it
        if now is None or next(self._rules.then.within(low, 0, now.end("word") + len(" 0")), None) is None:
            return None
        behind = start + now.end("word")
        # an arrow is blanked, or it would be a part of the value ("> 60")
        return start + now.start("word") if now["word"][0].isalpha() else behind, behind


def _value_at(text: str, mention: Mention) -> int:
    """Where the value of a mention begins: by its wording, or else with its last word; behind a name without one."""
    words = text[mention.start : mention.end]
    value = mention.value_text or words.rsplit(None, 1)[-1]
    at = words.rfind(value)
    return mention.start + at if at > 0 else mention.end


def _narrowed(mention: Mention, text: str, first: int, behind: int, end: int) -> bool:
    """Whether a mention is of a value that stands from ``first`` on, where a word of now ends at ``behind``.

    The mention then is no more than the words of that value.
    """
    if mention.end > first:
        mention.start = behind if mention.end > behind else first
        mention.start += len(text[mention.start : mention.end]) - len(text[mention.start : mention.end].lstrip())
        return True
    at = text.find(mention.value_text, first, end) if mention.value_text else -1
    if at >= 0:
        mention.start, mention.end = at, at + len(mention.value_text or "")
    return at >= 0
