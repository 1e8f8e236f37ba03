"""What sentences hand on to those behind them, worked out only as far back as somebody asks, and once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from popliteal.knowledge import Knowledge
from popliteal.knowledge.alternation import begun, small
from popliteal.knowledge.expressions import Expression
from popliteal.reading.anatomy import Anatomy
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Piece, opens_paragraph
from popliteal.reading.places import NOWHERE, Antecedent
from popliteal.reading.sentence import Place, Sentence, covered

T = TypeVar("T")
#: The part of the body whose sides are those of the legs that its roots go to.
_BACK = "back"
#: A sentence that says no more than a side has at most so many tokens.
_LONE = 12
_NOTHING: tuple[str | None, str | None] = (None, None)


class Trail:
    """What stands before a sentence, or anywhere in a note; ``phrases`` gives a sentence with its phrases."""

    def __init__(self, phrases: Callable[[str, Piece], Sentence], anatomy: Anatomy, knowledge: Knowledge) -> None:
        self._phrases = phrases
        self._anatomy = anatomy
        self._kinds = knowledge.sections.kinds
        self._vague = frozenset(site.id for site in knowledge.sites.values() if site.vague)
        self._off = frozenset(site.id for site in knowledge.sites.values() if site.midline and site.outside)
        sides = knowledge.sides
        self._examined = _opening(sides.examined)
        self._described = _opening(sides.described)
        left_by = rf"\b(?:{'|'.join(sides.left_by)})\b" if sides.left_by else r"(?!)"
        self._left_by = Expression(left_by, re.IGNORECASE)
        asides = rf"\b(?:{'|'.join(sides.asides)})\b" if sides.asides else r"(?!)"
        self._asides = Expression(begun(small(asides)))
        classes = knowledge.words.classes
        self._lone_leads = frozenset(classes["lone_side_lead"])
        self._root_words = frozenset(classes["sided_of_root"])
        self._other_roots = frozenset(classes["sided_of_other_root"])
        self._spine = [site.id for site in knowledge.sites.values() if site.midline and site.part == _BACK]
        self._lone_words = self._lone_leads | frozenset(classes["lone_side"])

    def walk(self, text: str, pieces: list[Piece]) -> None:
        """Look for all there is in every sentence and hand it on, whether or not anything will ask for it."""
        for piece in pieces:
            sentence = self._phrases(text, piece)
            _ = sentence.content, sentence.sites, sentence.sides, sentence.cues, sentence.outcomes
            self.side(text, piece)
            self.site(text, piece)
            self.antecedent(text, piece)

    def antecedent(self, text: str, piece: Piece) -> Antecedent:
        """What "it" and "the joint" mean in a sentence: not what another before it tells of old, in passing."""

        def step(one: Piece, before: Antecedent) -> Antecedent:
            named = one.holds("site") and (before is NOWHERE or not self._is_aside(one))
            one.antecedent = self._anatomy.antecedent(self._phrases(text, one), before) if named else before.later()
            return one.antecedent

        return handed_on(piece, lambda one: one.antecedent, step, NOWHERE)

    def _is_aside(self, piece: Piece) -> bool:
        """Whether a sentence tells of old, in passing."""
        return self._asides.search(piece.words.low, piece.start, piece.end) is not None

    def side(self, text: str, piece: Piece) -> str | None:
        """The side named last before a sentence: what "the other leg" goes by."""

        def step(one: Piece, before: str) -> str:
            one.named = (one.holds("side") and self._phrases(text, one).named_last()) or before
            return one.named

        return handed_on(piece, lambda one: one.named, step, "") or None

    def examined(self, text: str, piece: Piece) -> tuple[str | None, str | None]:
        """Site and side of the part whose examination a paragraph tells ("Examination of the left knee shows ...")."""

        def step(one: Piece, before: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
            if opens_paragraph(text, one):
                before = _NOTHING
            if one.number in opened or one.number in described:
                sided = [place for place in self._anatomy.places(self._phrases(text, one)) if place.side]
                one.examined = (sided[0].site, sided[0].side) if sided else _NOTHING
            elif before != _NOTHING and self._elsewhere(text, one, before):
                one.examined = _NOTHING
            else:
                one.examined = before
            return one.examined

        opened = piece.words.opened_by(self._examined)
        examines = self._kinds[piece.section.kind].examines
        described = piece.words.opened_by(self._described) if examines else frozenset[int]()
        if not (opened or described) or opens_paragraph(text, piece):
            return _NOTHING
        before = handed_on(piece, lambda one: one.examined, step, _NOTHING)
        return _NOTHING if before == _NOTHING or self._elsewhere(text, piece, before) else before

    def _elsewhere(self, text: str, piece: Piece, part: tuple[str | None, str | None]) -> bool:
        """Whether a sentence turns to the patient, another side, or a part of the body that is none of the leg."""
        if self._left_by.search(text, piece.start, piece.end):
            return True
        if not piece.holds("site") and not piece.holds("side"):
            return False
        sentence = self._phrases(text, piece)
        if not sentence.sites and not sentence.sides:
            return False
        passed = {None, part[1]} if sentence.sides else {None, part[1], "bilateral"}  # "walks on heels and toes"
        return any(
            place.side not in passed or not self._anatomy.of_leg(place.site) for place in self._anatomy.places(sentence)
        ) or any(hit.entry.id != part[1] for hit in sentence.sides)

    def site(self, text: str, piece: Piece) -> str:
        """The site named last before a sentence, "" if there is none."""

        def step(one: Piece, before: str) -> str:
            named = self._phrases(text, one).sites if one.holds("site") else ()
            sites = [hit.entry.id for hit in named if not before or hit.entry.id not in self._vague]
            one.site = sites[-1] if sites else before
            return one.site

        return handed_on(piece, lambda one: one.site, step, "")

    def site_of(self, text: str, piece: Piece, part: str) -> str:
        """The last site of a part of the body that a sentence or one before it names, "" if there is none.

        Nor is there one where the sentence itself names only other parts ("cervical laminectomy"), or where a vague one
        ("the disc") stands behind another part of the trunk ("Cervical fusion. The disc was removed.").
        """
        one: Piece | None = piece
        here = {self._anatomy.part(site) for site in self._plain(text, piece)}
        if here and part not in here:
            return ""
        vague = ""
        while one is not None:
            for site in reversed(self._plain(text, one) if one.holds("site") else ()):
                if self._anatomy.part(site) == part and site not in self._vague:
                    return site
                if vague and site in self._off:
                    return ""
                if self._anatomy.part(site) == part:
                    vague = vague or site
            one = one.previous
        return vague

    def _plain(self, text: str, piece: Piece) -> list[str]:
        """The sites of a sentence, without the vague ones beside others ("disc protrusion at C5-6")."""
        sites = [hit.entry.id for hit in self._phrases(text, piece).sites]
        plain = [site for site in sites if site not in self._vague]
        return plain or sites

    def places(self, text: str, pieces: list[Piece]) -> Iterator[Place]:
        """All ailing parts of the body that the note names with a side, found on them or not ("hit on the left knee").

        The sides that a sentence spares are those that its mentions have now; its places are looked for when asked for.
        """
        if not pieces:
            return
        having = pieces[0].words.having
        yield from self._lone(text, pieces)
        yield from self._of_roots(text, pieces)
        with_both = having("side").keys() & having("site").keys()
        spared = [_spared(piece.mentions) if piece.mentions else frozenset() for piece in pieces]
        for piece, sides in zip(pieces, spared, strict=True):
            if piece.number not in with_both:
                continue
            sentence = self._phrases(text, piece)
            if sentence.sides and sentence.sites:
                yield from (place for place in self._anatomy.ill(sentence) if place.side not in sides)

    def _lone(self, text: str, pieces: list[Piece]) -> Iterator[Place]:
        """The sides that sentences name of nothing but what the note tells ("It is on the left.", "Side: right")."""
        having = pieces[0].words.having
        for number in having("side").keys() - having("site").keys() - having("content").keys():
            sentence = self._phrases(text, pieces[number])
            sides = sentence.sides
            if len(sides) != 1 or len(sentence.tokens) > _LONE:
                continue
            others = {*sentence.low[: sides[0].first], *sentence.low[sides[0].last :]}
            said = sides[0].last - sides[0].first > 1 or not self._lone_leads.isdisjoint(others)
            if said and all(raw in self._lone_words for raw in others if raw[0].isalnum()):
                yield Place(sides[0].first, sides[0].last, "", sides[0].entry.id)

    def _of_roots(self, text: str, pieces: list[Piece]) -> Iterator[Place]:
        """The sides of discs and roots ("a left posterolateral extrusion"), as those of the back."""
        for number in pieces[0].words.having("side") if self._spine else ():
            tokens = pieces[number].words.tokens(number)
            words = {token.lower() for token in tokens}
            if self._root_words.isdisjoint(words) or not self._other_roots.isdisjoint(words):
                continue
            sentence = self._phrases(text, pieces[number])
            taken = covered(sentence.sites)  # "L-spine" names no side
            sides = {hit.entry.id for hit in sentence.sides if hit.first not in taken}
            if len(sides) == 1 and all(self._anatomy.part(hit.entry.id) == _BACK for hit in sentence.sites):
                yield Place(0, 0, self._spine[0], *sides)


def _spared(mentions: list[Mention]) -> frozenset[str | None]:
    """The sides on which a sentence denies and tells nothing else."""
    denied = frozenset(mention.laterality for mention in mentions if mention.assertion == "absent")
    return denied - {mention.laterality for mention in mentions if mention.assertion != "absent"}


def _opening(phrases: Sequence[str]) -> Expression:
    """What a sentence that one of the regular expressions opens begins with, behind a title or not; for a text in small
    letters."""
    opened = "|".join(phrases).replace(" ", " +")  # "The (L) leg": two where brackets stood
    return Expression(rf"[^\w]*(?:[\w/&' -]{{1,40}}+:\s*)?(?:{begun(small(opened))})\b" if phrases else r"(?!)")


def handed_on(piece: Piece, known: Callable[[Piece], T | None], step: Callable[[Piece, T], T], start: T) -> T:
    """What the sentences before ``piece`` hand on to it, each worked out once.

    ``known`` gives what a sentence is known to hand on, None if that was never asked; ``step`` works it out from what
    it was handed itself, and notes it down.
    """
    waiting: list[Piece] = []
    one = piece.previous
    while one is not None and (handed := known(one)) is None:
        waiting.append(one)
        one = one.previous
    value = start if one is None or handed is None else handed
    for one in reversed(waiting):
        value = step(one, value)
    return value
