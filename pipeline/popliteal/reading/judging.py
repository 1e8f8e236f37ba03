"""Whether what is found is there: what the cues of its sentence, its section and an open line above say of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from popliteal.knowledge import Knowledge
from popliteal.knowledge.alternation import any_whole, lower
from popliteal.knowledge.sections import KindRule
from popliteal.reading.assertion import Assertion
from popliteal.reading.callers import Callers, Patient
from popliteal.reading.item import Item
from popliteal.reading.mention import Mention
from popliteal.reading.piece import Open, Piece, tokens
from popliteal.reading.sections import Section
from popliteal.reading.sentence import Sentence
from popliteal.reading.tokens import any_of
from popliteal.reading.verdict import Verdict

#: So many letters before a sentence are looked at for what its section has told.
_BEFORE = 300
#: So many letters before a value hold the "or" that it stands behind.
_NEAR = 60
#: What stands between a drug and what it did, in the last item of a list: "statins (", "oxybutynin - ", "codeine: ".
_DID = re.compile(r"(?:^|[\n;.,])[^\n;.,()]*\w\s*(?:\(|[-–—=>→:]+\s)[^()\n;.]*$")


class Judge:
    """Built once; ``phrases`` gives a sentence with its phrases and the mentions that stand already."""

    def __init__(self, knowledge: Knowledge, assertion: Assertion, phrases: Callable[[str, Piece], Sentence]) -> None:
        self._concepts, self._kinds = knowledge.concepts, knowledge.sections.kinds
        self._assertion, self._phrases = assertion, phrases
        self.callers = Callers(knowledge.words)
        self._qualifies = {
            one.id: re.compile(rf"(?:{'|'.join(one.qualifies)})", re.IGNORECASE)
            for one in self._concepts.values()
            if one.qualifies
        }
        self._caused = any_whole(knowledge.words.classes["caused"])
        self._tolerated = any_whole(knowledge.words.classes["tolerated"])
        self._narrating = frozenset(knowledge.words.classes["narrating"])
        alternative, denying = (any_of(knowledge.words.classes[name]) for name in ("alternatives", "denying_word"))
        self._or_before = re.compile(rf"\b{alternative}\s+$", re.IGNORECASE)
        self._or_behind = re.compile(rf"(?:[ ,]+(?!{denying}\b)[\w-]+){{0,4}}?,?\s+{alternative}\b", re.IGNORECASE)

    def sentence(self, text: str, piece: Piece, above: Open | None, patient: Patient | None = None) -> Open | None:
        """Set ``assertion`` and ``cues`` of the mentions of one sentence, below the cue that stood open ``above`` it.

        ``patient`` is what the note calls the patient where a relative tells.

        Returns:
            The cue, if any, that the sentence leaves open for the bullets below.
        """
        sentence = self._phrases(text, piece)
        if patient is not None and patient.start < piece.end:
            sentence.patient = patient.word
        items = [self._item(text, sentence, mention) for mention in piece.mentions]
        for mention, verdict in zip(piece.mentions, self._assertion.decide(sentence, items), strict=True):
            if verdict.assertion == "absent" and (
                mention.stands_behind(text, verdict.cues, piece.mentions) or self._is_alternative(text, piece, mention)
            ):
                mention.assertion = None
            _assert(mention, verdict, self._section_assertion(mention, text, piece), piece.section.kind, above)
        opened = self._assertion.open_effect(sentence, items) if text[piece.end - 1] == ":" else None
        return Open(*opened) if opened else None

    def _is_alternative(self, text: str, piece: Piece, mention: Mention) -> bool:
        """Whether a worded value stands in a denied list with "or" ("no clonus or positive Babinski", "no weakness,
        diminished reflexes or sensory loss"): the denial is of it, too."""
        if mention.assertion != "present" or not mention.value_text or any(map(str.isdigit, mention.value_text)):
            return False
        before = text[max(piece.start, mention.start - _NEAR) : mention.start].rstrip()
        if not (before.endswith(mention.value_text) or text.startswith(mention.value_text, mention.start)):
            return False  # "SLR positive on the left or right"
        before = before.removesuffix(mention.value_text)
        return bool(self._or_before.search(before + " ")) or bool(self._or_behind.match(text, mention.end, piece.end))

    def _item(self, text: str, sentence: Sentence, mention: Mention) -> Item:
        concept = self._concepts[mention.concept]
        known = mention.concept in self._concepts  # a span of another maker may well be a disease
        first, last = tokens(sentence, mention.start, mention.end)
        qualifies = self._qualifies.get(mention.concept)
        found = mention.value is not None and mention.assertion == "present"
        planned = concept.done or mention.done or concept.treatment is not None
        general = concept.sites == "none" and concept.sided is not True
        return Item(
            first,
            last,
            normal=concept.normal,
            event=planned,
            lasting=concept.lasting,
            bare=mention.bare,
            found=found,
            diagnosis=concept.disease or not known,
            denied=mention.assertion == "absent" and mention.value is None,
            general=general,
            elicited=concept.elicited,
            grave=concept.grave,
            history=general and concept.background and not concept.event,
            systemic=concept.systemic,
            brings=concept.brings,
            qualifies=bool(qualifies and qualifies.match(text, mention.start)),
        )

    def _section_assertion(self, mention: Mention, text: str, piece: Piece) -> str | None:
        """What the section says of a mention: somebody else's, a precaution, to come, a drug that is not tolerated, a
        disease that is thought of (in what begins a line, not in what is told behind)."""
        kind = self._kinds[piece.section.kind]
        concept = self._concepts[mention.concept]
        if kind.plans and (concept.done or mention.done or concept.treatment == "device"):
            return "hypothetical"
        if kind.assertion == "untested":
            given = concept.treatment is not None or self._is_reaction(text, mention, piece)
            return kind.assertion if given else None
        if kind.assertion == "possible":
            line = max(text.rfind("\n", 0, piece.start) + 1, piece.section.body)
            begun = text[line : piece.start]
            return kind.assertion if concept.disease and not any(map(str.isalpha, begun)) else None
        return kind.assertion

    def _is_reaction(self, text: str, mention: Mention, piece: Piece) -> bool:
        """Whether a mention among what is not tolerated is what a drug did ("codeine - urinary retention"), and not
        told behind it ("Allergies: nil. Urinary retention", "penicillin - foot drop since Monday", "left foot")."""
        before = text[piece.section.body : mention.start].rsplit("\n", 1)[-1]
        told = lower(text[piece.start : piece.end]).split()
        if (
            mention.laterality in {"left", "right"}
            or self._tolerated.search(before)
            or not self._narrating.isdisjoint(told)
        ):
            return False
        return _DID.search(before) is not None or self._caused.search(before.rsplit(".", 1)[-1]) is not None


def _assert(mention: Mention, verdict: Verdict, by_section: str | None, kind: str, still_open: Open | None) -> None:
    mention.cues.extend(verdict.cues)
    effect = verdict.assertion
    if effect == "untested":
        mention.assertion = effect
        return
    if still_open is not None and effect is None:
        effect = still_open.effect
        mention.cues.append(still_open.words)
    weak = by_section == "possible"  # what is thought of gives way to what is said of it ("DVT less likely")
    if by_section is not None and effect not in {"family", "present"} and not (weak and effect):
        mention.unsectioned, effect = effect, by_section
        mention.cues.append(f"section:{kind}")
    if effect in {None, "present"} or (effect in {"absent", "possible"} and mention.assertion is not None):
        effect = mention.assertion or "present"
    mention.assertion = effect


#: A line that begins, behind one that does not go on ("Family history: DM, stroke,").
_OPENED = re.compile(r"(?<![,;/&+\s])[ \t]*\n[\s•*–#>-]*\Z")


class Sectioned:
    """What only its section says of a mention, until a later sentence of the section is of the patient as he is now."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._kinds, self._concepts = knowledge.sections.kinds, knowledge.concepts
        classes = knowledge.words.classes
        named = {name for kind in self._kinds.values() for name in kind.ends_with}
        self._words = {name: any_whole(classes[name]) for name in named}
        self._goes_on = re.compile(any_of(classes["line_goes_on"]), re.IGNORECASE)
        self._nothing, self._relatives = any_whole(classes["nothing_told"]), any_whole(classes["relatives"])
        self._back, self._habits = any_whole(classes["told_back"]), any_whole(classes["told_of_habits"])

    def end(self, text: str, pieces: Iterable[Piece]) -> Iterator[tuple[Piece, bool]]:
        """Each sentence of a note, and whether its section says nothing of it any more: then its mentions are the
        patient's, and there, if only their section said otherwise. Unsure, a red flag is not put aside."""
        ended: Section | None = None
        for piece in pieces:
            ended = self._ended(text, piece, ended)
            yield piece, ended is piece.section

    def _ended(self, text: str, piece: Piece, before: Section | None) -> Section | None:
        """The section that has ended with this sentence, of whose mentions it says nothing, or ``before`` it."""
        section, kind = piece.section, self._kinds[piece.section.kind]
        if not kind.ends_with:
            return before
        cue = f"section:{section.kind}"
        mentions = [
            one for one in piece.mentions if kind.assertion is None or one.cues == [cue] or self._habit(one, cue)
        ]
        if before is not section and not self._ends(text, piece, mentions, kind):
            return before
        for mention in mentions:
            if mention.cues == [cue] or self._habit(mention, cue):
                mention.assertion = mention.unsectioned or "present"
                mention.cues.remove(cue)
        return section

    def _habit(self, mention: Mention, cue: str) -> bool:
        """Whether only its section takes what is denied of a habit for somebody else's ("FH: father with strokes. The
        patient does not drink"); the diseases that are denied there are those of the family."""
        concept = self._concepts[mention.concept]
        denied = mention.unsectioned == "absent" and mention.cues[-1:] == [cue]
        return denied and concept.background and not concept.disease

    def _ends(self, text: str, piece: Piece, mentions: list[Mention], kind: KindRule) -> bool:
        """Whether a sentence that is not the first of its section is of the patient: by its words, by what it tells, or
        because the section says first that there is nothing of its kind ("Family history: nil. Left foot drop.")."""
        before = lower(text[max(piece.section.body, piece.start - _BEFORE) : piece.start]).strip(" \t\n.:;,-")
        words = lower(text[piece.start : piece.end])
        if not before:
            return False
        if not mentions:  # "FHx: mum DVT. Non smoker. Calf swollen."
            own = not self._relatives.search(words) and not self._back.search(words)
            return own and kind.assertion == "family" and self._habits.search(words) is not None
        if self._nothing.fullmatch(before):
            return True
        if self._on_its_line(text, piece, kind, words):
            return True
        if self._relatives.match(words):  # below "FH: mother had a stroke" stands "brother: foot drop"
            return False
        if self._examined(text, piece, mentions, kind):
            return True
        if self._relatives.search(words):
            return False
        # who may be meant by "he", or be told of without a word for him
        somebody = self._back.search(words) is not None and self._relatives.search(before) is not None
        wanted = {"sentence"} if somebody else {"sentence", "section"}
        return any(self._words[name].search(words) for name, where in kind.ends_with.items() if where in wanted)

    def _on_its_line(self, text: str, piece: Piece, kind: KindRule, words: str) -> bool:
        """Whether a sentence on the line of the title tells of today ("PMH: asthma. Since Monday the foot is numb")."""
        if "\n" in text[piece.section.body : piece.start].strip():
            return False
        return any(self._words[name].search(words) for name, where in kind.ends_with.items() if where == "line")

    def _examined(self, text: str, piece: Piece, mentions: list[Mention], kind: KindRule) -> bool:
        """Whether a sentence grades something that is not merely past, or opens a line with a complaint below what the
        title's own line holds ("PSHx: appendix", "R foot drop"); where diseases alone are told, also one of a sign."""
        concepts = [self._concepts[mention.concept] for mention in mentions]
        valued = [concept for concept, mention in zip(concepts, mentions, strict=True) if mention.value is not None]
        if kind.assertion is not None and any(one.graded for one in valued):
            return True
        if kind.of_diseases and (valued or any(one.elicited for one in concepts)):
            return True
        if not kind.of_diseases and kind.temporality != "historical":
            return False
        own, line, below = text[piece.section.body : piece.start].partition("\n")
        opens = bool(line) and _OPENED.search(own + line + below) and not self._goes_on.match(text, piece.start)
        return bool(opens) and own.strip(" \t:-–") != "" and not any(one.disease or one.background for one in concepts)
