"""What the titles of sections mean: the kind or label that they stand for, and the side that they name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from popliteal.knowledge.sections import Label, SectionRules, normal

WORDS_IN_TITLE = 7
_PARENTHESES = re.compile(r"\([^()]*\)")
_EDGE_NUMBER = re.compile(r"^(?:#|\d+)\s|\s\d+(?:\s\d+)*$")
_WORD = re.compile(r"\S+")
#: Behind what a header may begin in a running line.
_AFTER_STOP = re.compile(r"[.;!?)\]](?:\s+|,\s*)")
_AFTER_COMMA = re.compile(r",(?=\S)|,\s*(?=[A-Z]{2})")
#: So many titles are kept with their meaning: writers of notes use the same ones over and over.
_MOST_TITLES = 4096


@dataclass(frozen=True, slots=True)
class Meaning:
    """The ``kind`` of section or the ``label`` that a title stands for, and the side that it names."""

    kind: str | None
    label: Label | None
    side: str | None


class Titles:
    """The titles of one set of rules."""

    def __init__(self, rules: SectionRules) -> None:
        self._rules = rules
        self.known = lru_cache(_MOST_TITLES)(self._known)

    def _known(self, title: str, *, prefix: bool) -> Meaning | None:
        """What ``title`` means, None if no rule knows it; with ``prefix`` it may only begin with what a rule knows."""
        plain = normal(_PARENTHESES.sub(" ", title)) or normal(title)
        words = plain.split()
        if not words or len(words) > WORDS_IN_TITLE + 3 or self._rules.never.intersection(words):
            return None
        kind, label = self.look_up(words)
        side = None
        if kind is None:
            side = self._side(words)
            unsided = [word for word in words if word not in self._rules.sides]
            if label is None and side is not None:
                kind, label = self.look_up(unsided) if unsided else (None, self._rules.side_alone)
        if kind is None and label is None:
            kind = self._combined(title) or (self._prefixed(words) if prefix else None)
        if kind is None and label is None:
            return None
        marked = self._marked(title)
        return Meaning(marked or kind, None if marked else label, side or self.side(title))

    def _marked(self, title: str) -> str | None:
        """The kind of section that a known title opens with words that mark it ("Exam (copied forward)")."""
        whole = f" {normal(title.replace('(', ' in '))} "
        return next((kind for words, kind in self._rules.marked if f" {words} " in whole), None)

    def side(self, title: str) -> str | None:
        """The side that a title names: left, right, bilateral or None."""
        return self._side(normal(title).split())

    def look_up(self, words: list[str]) -> tuple[str | None, Label | None]:
        """The kind or the label of a title, with words around it peeled off while it is unknown."""
        rules = self._rules
        plain = _EDGE_NUMBER.sub("", " ".join(words))
        low, parts = 0, plain.split()
        high = len(parts)
        while low < high:
            title = " ".join(parts[low:high])
            if title in rules.titles:
                return rules.titles[title], None
            if title in rules.labels:
                return None, rules.labels[title]
            if parts[high - 1] in rules.affixes:
                high -= 1
            elif parts[low] in rules.affixes:
                low += 1
            else:
                break
        return None, None

    def run_on(self, window: str) -> tuple[int, str] | None:
        """Where in the text before a colon a known title in capitals begins that runs on without a stop, and its kind
        ("foot drop Past Medical History: stroke")."""
        match = self._rules.run_on.search(window)
        for word in _WORD.finditer(window, match.start("title"), match.end("title")) if match else ():
            title, before = window[word.start() :].strip(), window[: word.start()].split()
            if before and len(title) > 3 and title[0].isupper() and before[-1].lower() not in self._rules.leads_on:
                kind, _ = self.look_up(normal(title).split())
                if kind is not None:
                    return word.start(), kind
        return None

    def _combined(self, title: str) -> str | None:
        """The kind of "Findings/procedure" or "Meds, allergies": the first, if every part is known."""
        chunks = self._rules.parted.split(_PARENTHESES.sub(" ", title))
        parts = [normal(part).split() for part in chunks if normal(part)]
        if not 1 < len(parts) <= 4:
            return None
        found = [self.look_up(part) for part in parts]
        kinds = [kind for kind, _ in found if kind is not None]
        if not kinds or any(kind is None and label is None for kind, label in found):
            return None
        return next((kind for kind in kinds if self._rules.kinds[kind].assertion != "family"), kinds[0])

    def _prefixed(self, words: list[str]) -> str | None:
        """The kind of "Plan back/sciatica today": a title that others may follow, at the start."""
        if len(words) > WORDS_IN_TITLE:
            return None
        for length in range(min(4, len(words) - 1), 0, -1):
            title = " ".join(words[:length])
            if title in self._rules.prefixes:
                return self._rules.titles.get(title)
        return None

    def _side(self, words: list[str]) -> str | None:
        known = self._rules.sides
        rules, beside = self._rules, zip(["", *words], words, [*words[1:], ""], strict=False)
        sides = {
            known[word]
            for before, word, behind in beside
            if word in known and behind not in rules.no_side_before and before not in rules.no_side_behind
        }
        return sides.pop() if len(sides) == 1 else "bilateral" if sides else None


@lru_cache(maxsize=4)
def titles_of(rules: SectionRules) -> Titles:
    """The titles of ``rules``, made once for each set of rules."""
    return Titles(rules)


def boundaries(window: str) -> list[int]:
    """Where a header may begin in the text before a colon: behind the last stop, then behind the last comma."""
    places = [match.end() for match in _AFTER_STOP.finditer(window)][-1:]
    floor = places[0] if places else 0
    return places + [match.end() for match in _AFTER_COMMA.finditer(window, floor)]
