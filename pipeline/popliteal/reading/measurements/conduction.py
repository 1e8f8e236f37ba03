"""Nerve conduction: a response that falls across the head of the fibula, one that is missing, or one that is much
smaller than that of the other side ("left peroneal CMAP 1.2 mV, right 5.4 mV")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from popliteal.knowledge.alternation import Seldom
from popliteal.knowledge.studies import ConductionTable
from popliteal.reading.measurements.tables import SIDE, side_of
from popliteal.reading.mention import Mention

#: The title of a nerve stands at most so far above its sites, and a line of a table is no longer.
_ABOVE = 240
_SIDE = re.compile(rf"(?<![\w/]){SIDE}(?![\w/])")
#: Two amplitudes stand so near behind the name of their nerve, its side so near before it.
_BEHIND, _BEFORE = 90, 14
_ENDS = re.compile(r"[\n;]|\.(?!\d)")
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d+)?(?![\d.]|\s?%)")


class ConductionTables:
    """Reads the numbers of the sites of the peroneal nerve, and which sensory responses could not be recorded."""

    def __init__(self, name: str, entry: ConductionTable) -> None:
        self._name, self._entry = name, entry
        self._topic = Seldom(entry.topic)
        self._below, self._above = map(re.compile, (entry.below, entry.above))
        self._missing = {concept: re.compile(words) for concept, words in entry.missing.items()}
        number = r"(?<![\w.])(?P<number>\d{1,3}(?:\.\d+)?)(?![\d.])"
        self._compared = {
            concept: (re.compile(one.nerve), re.compile(rf"{number}(?P<unit>\s?(?:{one.unit}))?(?!\s?(?:%|m/s|ms\b))"))
            for concept, one in entry.compared.items()
        }

    def find(self, text: str) -> list[Mention]:
        """Mentions in a text that is about the conduction of nerves."""
        if not self._topic.search(text):
            return []
        return [*self._drops(text), *self._lost(text), *self._smaller(text)]

    def _drops(self, text: str) -> Iterator[Mention]:
        for below in self._below.finditer(text):
            above = self._above.search(text, below.end(), below.end() + _ABOVE)
            if above is None:
                continue
            before, after = _numbers(text, below.end(), above.start()), _numbers(text, above.end(), len(text))
            if self._falls(before, after):
                side = _side(text[max(0, below.start() - _ABOVE) : below.start()])
                yield Mention(above.start(), above.end(), self._entry.concept, self._name, laterality=side)

    def _falls(self, below: list[float], above: list[float]) -> bool:
        """Whether the amplitude or the velocity of the upper site is much less than that of the lower one."""
        entry, fast = self._entry, self._entry.velocity
        slow = [one for one in above if one >= fast][-1:], [one for one in below if one >= fast][-1:]
        if slow[0] and slow[1] and slow[1][0] - slow[0][0] > entry.slowing:
            return True
        low, high = ([one for one in row if one < fast] for row in (below, above))
        return len(low) == len(high) and any(a <= entry.remains * b for a, b in zip(high, low, strict=True) if b > 0.3)

    def _lost(self, text: str) -> Iterator[Mention]:
        for concept, words in self._missing.items():
            for match in words.finditer(text):
                around = match.group("side") or match.group("after")
                side = "bilateral" if match.group("both") else _side(around or "")
                if side is None:
                    side = _side(text[max(0, match.start() - 12) : match.start()].rpartition("\n")[2])
                yield Mention(match.start(), match.end(), concept, self._name, laterality=side, assertion="present")

    def _smaller(self, text: str) -> Iterator[Mention]:
        """Responses that are much smaller than those of the other side."""
        for concept, (nerve, amplitude) in self._compared.items():
            for named in nerve.finditer(text):
                end = _ENDS.search(text, named.end(), named.end() + _BEHIND)
                stop = end.start() if end else min(len(text), named.end() + _BEHIND)
                told = list(amplitude.finditer(text, named.end(), stop))[:2]
                if len(told) < 2 or not any(one["unit"] for one in told):
                    continue
                sides = self._sides(text, named, told, stop)
                low, high = sorted(zip(told, sides, strict=False), key=lambda one: float(one[0]["number"]))
                apart = {side for _, side in (low, high)} == {"left", "right"}
                if apart and float(low[0]["number"]) <= self._entry.remains * float(high[0]["number"]):
                    end_of = max(low[0].end(), named.end())
                    yield Mention(named.start(), end_of, concept, self._name, laterality=low[1], assertion="present")

    @staticmethod
    def _sides(text: str, named: re.Match[str], told: list[re.Match[str]], stop: int) -> tuple[str | None, str | None]:
        """The sides of two numbers: each before its number, or each behind it."""
        first, second = told
        before = _ENDS.split(text[max(0, named.start() - _BEFORE) : named.start()])[-1]
        ahead = _side(before + text[named.start() : first.start()]), _side(text[first.end() : second.start()])
        behind = ahead[1], _side(text[second.end() : stop])
        return ahead if None not in ahead else behind


def _numbers(text: str, start: int, end: int) -> list[float]:
    """The numbers of what is left of a line."""
    stop = min(at for at in (text.find("\n", start), text.find(";", start), end, len(text)) if at >= 0)
    return [float(one[0]) for one in _NUMBER.finditer(text, start, min(stop, end))]


def _side(text: str) -> str | None:
    """The side that is named last."""
    found = _SIDE.findall(text)
    return side_of(found[-1]) if found else None
