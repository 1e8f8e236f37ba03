"""Needle electromyography: which muscles of a list are denervated and which are quiet, told before or behind it."""

from __future__ import annotations

from dataclasses import dataclass

from popliteal.knowledge.measurement_rules import MeasurementRules
from popliteal.knowledge.studies import NeedleExamination
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
        self.name, self._joins = name, entry.joins
        muscle = need(*(form for one in entry.muscles.values() if one.concept is not None for form in one.forms))
        self.needs: tuple[Needs, ...] = tuple(
            (muscle, need(*words)) for words in (entry.finding, entry.context, entry.quiet)
        )
        vocabulary = shared(rules)
        for one in entry.muscles.values():
            vocabulary.add(one.forms, Entry("muscle", one.concept or ""))
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
        return _List(tokens, self.name, self._joins).read()


class _List:
    """Reads the muscles of one sentence; ``joins`` are words that stand between them."""

    def __init__(self, tokens: list[Token], name: str, joins: frozenset[str]) -> None:
        self._tokens, self._name, self._joins = tokens, name, joins
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
                before = self._tokens[at - 1].wording if at else ""
                abnormal, verdict = self._lead or (None, None)
                self._open.append(_Muscle(token, abnormal, verdict, before == ",", self._side))
            elif token.kind == "side" and self._leads(at):
                self._side = token.side
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
        self._found.append(Mention(start, end, token.id, self._name, laterality=muscle.side, assertion=assertion))
