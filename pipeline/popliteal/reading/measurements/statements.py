"""Statements of nerve conduction studies, needle examinations and imaging: several words of one clause together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.studies import Statement
from popliteal.reading.measurements.context import Context
from popliteal.reading.measurements.lexer import Entry, Lexer, Token, Vocabulary
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.vocabulary import shared
from popliteal.reading.mention import Mention

_CLAUSE_ENDS = frozenset({";", "."})
_LEVEL = re.compile(r"([LS])\s?(\d)(?:\s?[-–/]\s?([LS]?)\s?(\d))?")
_REGIONS = {"<lumbar level>": "LS", "<cervical level>": "C", "<thoracic level>": "T"}
_NO = (None, "")
#: Later words are taken for earlier ones if they lie closer together by so many words.
_CLOSER = 4


class StatementGrammar:
    """Finds one statement."""

    def __init__(self, name: str, rules: MeasurementRules, entry: Statement) -> None:
        self.name = name
        self.entry = entry
        self.needs: tuple[Needs, ...] = (_needs(entry.all_of),)
        self._groups = [Lexer(_one(forms, str(n)), "", lambda *_: _NO) for n, forms in enumerate(entry.all_of)]
        self._context = Lexer(_one(entry.context, "context"), "", lambda *_: _NO)
        self._none = Lexer(_one(entry.none_of, "none"), "", lambda *_: _NO)
        self._sides = Lexer(shared(rules), "", lambda *_: _NO)
        self._possible = Lexer(_one(entry.possible, "possible"), "", lambda *_: _NO)

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """At most one mention per clause of ``text[start:end]``."""
        found: list[Mention] = []
        for first, last in _clauses(self._groups[0], text, start, end):
            mention = self._clause(text, first, last)
            if mention is not None:
                found.append(mention)
        return found

    def _clause(self, text: str, start: int, end: int) -> Mention | None:
        hits: list[list[Token]] = []
        for lexer, forms in zip(self._groups, self.entry.all_of, strict=True):
            group = _hits(lexer, text, start, end, forms)
            if not group:
                return None
            hits.append(group)
        if _hits(self._none, text, start, end, self.entry.none_of):
            return None
        if self.entry.context and not _hits(self._context, text, start, end, self.entry.context):
            return None
        chosen = self._nearest(hits, text)
        return self._mention(text, start, end, chosen) if chosen is not None else None

    def _nearest(self, hits: Sequence[list[Token]], text: str) -> list[Token] | None:
        """One hit per group: the first that lie close enough, or later ones much closer together; None if none do."""
        best: list[Token] | None = None
        reach = self.entry.within
        for anchor in hits[0]:
            chosen = [anchor]
            for group in hits[1:]:
                later = [token for token in group if not self.entry.ordered or token.start >= chosen[-1].start]
                apart = [token for token in later if all(t.end <= token.start or token.end <= t.start for t in chosen)]
                if not apart:
                    break
                chosen.append(min(apart, key=lambda token: abs(token.start - anchor.start)))
            low, high = min(token.start for token in chosen), max(token.end for token in chosen)
            words = text.count(" ", low, high)
            if len(chosen) == len(hits) and words <= reach:
                best, reach = chosen, words - _CLOSER
        return best

    def _mention(self, text: str, start: int, end: int, chosen: list[Token]) -> Mention | None:
        span = [chosen[n] for n in self.entry.span] if self.entry.span else chosen
        doubtful = bool(_hits(self._possible, text, start, end, self.entry.possible))
        assertion = "possible" if doubtful else self.entry.assertion
        value_text = None
        if self.entry.root is not None:
            value_text = _root(self.entry.root, text, start, end, chosen)
            if value_text is None:
                return None
        elif self.entry.level:
            found = _LEVEL.search(text, start, end)
            value_text = found[0] if found else None
        low, high = min(token.start for token in span), max(token.end for token in span)
        return Mention(
            low,
            high,
            self.entry.concept,
            self.name,
            site=self.entry.site,
            laterality=self.entry.laterality or self._side(text, low, high) or self._side(text, start, end),
            assertion=assertion,
            value_text=value_text,
        )

    def _side(self, text: str, start: int, end: int) -> str | None:
        """The one side that a clause, or a part of it, names."""
        if not self.entry.sided:
            return None
        tokens = self._sides.tokens(text, start, end)
        follows = [*(token.wording.casefold() for token in tokens[1:]), ""]
        sides = {t.side for t, word in zip(tokens, follows, strict=True) if t.kind == "side" and word != "spine"}
        return sides.pop() if len(sides) == 1 else None


def _one(forms: tuple[str, ...], name: str) -> Vocabulary:
    vocabulary = Vocabulary()
    vocabulary.add((form for form in forms if form not in _REGIONS), Entry("hit", name))
    return vocabulary


def _needs(groups: tuple[tuple[str, ...], ...]) -> Needs:
    """The words of each group of words, first the group that fewest sentences name: whose shortest is longest."""
    known = [need(*group) for group in groups if not any(form in _REGIONS for form in group)]
    return tuple(sorted(known, key=lambda words: -min(len(word) for word in words)))


def _hits(lexer: Lexer, text: str, start: int, end: int, forms: tuple[str, ...]) -> list[Token]:
    """The tokens that are one of the forms, a level where the forms ask for one."""
    letters = "".join(_REGIONS[form] for form in forms if form in _REGIONS)
    return [
        token
        for token in lexer.tokens(text, start, end)
        if token.kind == "hit" or (token.kind == "level" and token.wording[0] in letters)
    ]


def _clauses(lexer: Lexer, text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of a sentence: what full stops and semicolons part."""
    cuts = [start]
    cuts += [t.end for t in lexer.tokens(text, start, end) if t.kind == "hard" or t.wording in _CLAUSE_ENDS]
    cuts.append(end)
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def _root(how: str, text: str, start: int, end: int, chosen: list[Token]) -> str | None:
    """The nerve root a disc meets: the one named, or the one that crosses or leaves at its level.

    A central or paracentral disc meets the root that crosses it (L4-5: L5), a foraminal one the root that leaves there
    (L4-5: L4) [GK].
    """
    levels = list(_LEVEL.finditer(text, start, end))
    if how == "named":
        anchor = chosen[0].start
        single = [m for m in levels if m[4] is None] or levels
        if not single:
            return None
        nearest = min(single, key=lambda m: abs(m.start() - anchor))
        return f"{nearest[1]}{nearest[2]}"
    pairs = [m for m in levels if m[4] is not None]
    if not pairs:
        return None
    upper = f"{pairs[0][1]}{pairs[0][2]}"
    lower = f"{pairs[0][3] or ('S' if pairs[0][2] == '5' else 'L')}{pairs[0][4]}"
    return lower if how == "traversing" else upper
