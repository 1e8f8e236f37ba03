"""Needle electromyography: which muscles of a list are denervated and which are quiet, told before or behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.studies import NeedledMuscle, NeedleExamination
from popliteal.reading.measurements.context import Context, paragraph
from popliteal.reading.measurements.lexer import Entry, Lexer, Token
from popliteal.reading.measurements.needs import Needs, need
from popliteal.reading.measurements.vocabulary import shared
from popliteal.reading.mention import Mention

#: Tokens between a word and the muscle it leads to: "no spontaneous activity *was seen in the right* soleus".
_LEADS_WITHIN = 8
_SMALL = frozenset({"link", "prep", "side", "word", "level", "num", "context"})
_BESIDE = frozenset({"link", "side", "denial", "level", "all", "rest"})
_VERDICTS = frozenset({"finding", "vague", "quiet"})


def _examined(tokens: list[Token]) -> bool:
    """Whether words name a needle examination or what only it finds."""
    return any(token.kind in {"finding", "context"} for token in tokens)


@dataclass(slots=True)
class _Muscle:
    """A muscle of the list being read, the verdict and side before it, and whether a comma alone parts it."""

    token: Token
    abnormal: bool | None
    verdict: Token | None
    after_comma: bool
    side: str | None


class NeedleGrammar:
    """Finds the muscles that tell a root from a nerve."""

    def __init__(self, name: str, rules: MeasurementRules, entry: NeedleExamination) -> None:
        self.name, self._joins, self._muscles, self._columns = name, entry.joins, entry.muscles, entry.columns
        self._cells, self._hit, self._row = map(re.compile, (entry.cells, entry.found, entry.rows))
        muscle = need(*(form for one in entry.muscles.values() if one.concept is not None for form in one.forms))
        self.needs: tuple[Needs, ...] = tuple(
            (muscle, need(*words)) for words in (entry.finding, entry.context, entry.quiet)
        )
        vocabulary = shared(rules)
        for known, one in entry.muscles.items():
            vocabulary.add(one.forms, Entry("muscle", known if one.concept else ""))
        for kind, words in (
            ("finding", entry.finding),
            ("vague", entry.vague),
            ("quiet", entry.quiet),
            ("context", entry.context),
            ("denial", entry.denial),
            ("except", entry.exception),
            ("same", entry.same),
            ("part", entry.part),
        ):
            vocabulary.add(words, Entry(kind))
        self.lexer = Lexer(vocabulary, "", lambda *_: (None, ""))

    def find(self, text: str, start: int, end: int, context: Context) -> list[Mention]:
        """Mentions in ``text[start:end]``; it names a needle examination or what only that finds, or stands below."""
        tokens = [t for t in self.lexer.tokens(text, start, end) if t.wording not in {"(", ")"}]
        if not any(t.kind == "muscle" and t.id for t in tokens):
            return []
        if not _examined(tokens):
            above = self.lexer.tokens(text, paragraph(text, start, context.since), start)
            if not _examined(above):
                return []
        return _List(tokens, self.name, self._joins, self._muscles).read()

    def find_rows(self, text: str) -> list[Mention]:
        """The muscles of lines of a table, each with its cells ("Right TibAnt L4-5 Incr 2+ 2+ Nml Nml 0 Red")."""
        found: list[Mention] = []
        for line in self._row.finditer(text):
            cells = self._cells.findall(text, line.start(), line.end())
            tokens = self.lexer.tokens(text, line.start(), line.end()) if len(cells) >= self._columns else []
            if any(token.kind == "muscle" for token in tokens):
                reader = _List(tokens, self.name, self._joins, self._muscles)
                found += reader.line(abnormal=any(map(self._hit.fullmatch, cells)))
        return found


class _List:
    """Reads the muscles of one sentence; ``joins`` are words that stand between them."""

    def __init__(
        self, tokens: list[Token], name: str, joins: frozenset[str], muscles: Mapping[str, NeedledMuscle]
    ) -> None:
        self._tokens, self._name, self._joins, self._muscles = tokens, name, joins, muscles
        self._open: list[_Muscle] = []
        self._lead: tuple[bool, Token] | None = None
        self._last: tuple[bool, Token] | None = None
        self._denied = any(t.kind in {"denial", "except"} for t in tokens)
        self._found: list[Mention] = []
        self._side: str | None = None  # of the muscles that follow: "fibs in L TA, tib post and paraspinals"

    def read(self) -> list[Mention]:
        """The mentions of all muscles that have a verdict."""
        denied = False
        for at, token in enumerate(self._tokens):
            if token.kind == "muscle":
                token = self._of_level(at)
                before = self._tokens[at - 1].wording if at else ""
                abnormal, verdict = self._lead or (None, None)
                self._open.append(_Muscle(token, abnormal, verdict, before == ",", self._side))
            elif token.kind == "side":
                self._sided(at)
            elif token.kind in _VERDICTS:
                self._judge(at, abnormal=(token.kind != "quiet") != denied)
                denied = False
            elif token.kind == "denial":
                denied = True
                if self._leads(at):  # "but not in the gluteus medius"
                    self._begin((False, token))
                    denied = False
            elif token.kind in {"except", "same"} and self._last is not None and self._leads(at):
                self._begin(((not self._last[0]) if token.kind == "except" else self._last[0], token))
            elif token.kind in {"part", "hard"} or token.wording == ";":
                self._begin(None)
                denied = False
        self._begin(None)
        return self._found

    def line(self, *, abnormal: bool) -> list[Mention]:
        """The first muscle of a line of a table, whose cells say whether it is ``abnormal``."""
        at = next(at for at, token in enumerate(self._tokens) if token.kind == "muscle")
        if (token := self._of_level(at)).id:
            side = next((t.side for t in self._tokens[max(0, at - 2) : at + 2] if t.kind == "side"), None)
            self._say(_Muscle(token, abnormal, token, after_comma=False, side=side), token, abnormal=abnormal)
        return self._found

    def _of_level(self, at: int) -> Token:
        """A muscle that has a vertebral level before it, as the muscle that it is there ("T9 paraspinals")."""
        token = self._tokens[at]
        known = self._muscles.get(token.id)
        level = self._tokens[at - 1].wording[:1].upper() if at and self._tokens[at - 1].kind == "level" else ""
        if known is None or level not in known.at_levels:
            return token
        other = known.at_levels[level]
        return token.into("muscle", other if self._muscles[other].concept else "")

    def _sided(self, at: int) -> None:
        """A side is that of the muscles that follow it, or else of the one right before it ("TA R: fibs 2+")."""
        if self._leads(at):
            self._side = self._tokens[at].side
        elif at and self._open and self._tokens[at - 1].end == self._open[-1].token.end:
            self._open[-1].side = self._tokens[at].side
        if self._tokens[at].side == "bilateral" and self._closes(at):
            for muscle in self._open:
                muscle.side = muscle.side or "bilateral"

    def _closes(self, at: int) -> bool:
        """Whether a side ends a list of muscles ("fibs in TA and EHL, on both sides")."""
        behind = self._tokens[at + 1].kind if at + 1 < len(self._tokens) else "hard"
        before = [token.kind for token in self._tokens[max(0, at - 3) : at] if token.kind not in {*_SMALL, "sep"}]
        return behind == "hard" and before[-1:] == ["muscle"]

    def _begin(self, lead: tuple[bool, Token] | None) -> None:
        """Close the list that is open and begin another, whose verdict is known where it stands before it."""
        for muscle in self._open:
            if muscle.abnormal is not None and muscle.verdict is not None:
                self._say(muscle, muscle.verdict, abnormal=muscle.abnormal)
        self._open, self._lead = [], lead

    def _judge(self, at: int, *, abnormal: bool) -> None:
        verdict = self._tokens[at]
        self._last = (abnormal, verdict)
        if not self._trails(at):
            self._begin((abnormal, verdict) if self._leads(at) else None)
            return
        joined = True
        while self._open:
            muscle = self._open[-1]
            if muscle.abnormal is not None and not joined:
                break
            self._say(self._open.pop(), verdict, abnormal=abnormal)
            joined = not muscle.after_comma
        self._begin(None)

    def _trails(self, at: int) -> bool:
        """Whether a verdict is said of the muscles before it ("tib post and glut med were normal")."""
        before = [t for t in self._tokens[max(0, at - 4) : at] if t.kind not in _BESIDE]
        if not (self._open and before and before[-1].kind == "muscle"):
            return False
        return self._open[-1].abnormal is None or not self._leads(at)  # "fibs in TA without denervation of tib post"

    def _leads(self, at: int) -> bool:
        """Whether small words alone stand between a word and the next muscle."""
        for token in self._tokens[at + 1 : at + 1 + _LEADS_WITHIN]:
            if token.kind == "muscle":
                return True
            if token.kind not in _SMALL and token.wording not in self._joins:
                return False
        return False

    def _say(self, muscle: _Muscle, verdict: Token, *, abnormal: bool) -> None:
        token = muscle.token
        if not token.id:
            return
        start, end = token.start, token.end
        if verdict.kind in _VERDICTS and min(abs(verdict.start - end), abs(start - verdict.end)) <= 1:
            start, end = min(start, verdict.start), max(end, verdict.end)
        assertion = "absent" if not abnormal else "present" if self._denied else None
        known = self._muscles[token.id]
        self._found.append(
            Mention(
                start,
                end,
                known.concept or "",
                self._name,
                laterality=muscle.side,
                assertion=assertion,
                value_text=known.value,
            )
        )
