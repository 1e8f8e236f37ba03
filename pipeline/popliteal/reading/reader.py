"""A note's text in, its findings out: the stages of reading in the order in which they run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Concept
from popliteal.reading.about import About
from popliteal.reading.anatomy import Anatomy
from popliteal.reading.answers import Doubts, Forms, settle
from popliteal.reading.assertion import Assertion
from popliteal.reading.broken import as_written
from popliteal.reading.carrying import Told, Unsided, carry_sides, look_back
from popliteal.reading.contradictions import mark
from popliteal.reading.contrast import Contrast
from popliteal.reading.each_side import EachSide
from popliteal.reading.entries import superseded
from popliteal.reading.episodes import Episodes
from popliteal.reading.focus import Focus
from popliteal.reading.follow_ups import FollowUps
from popliteal.reading.following import Following, add, complaints_of, goes_on
from popliteal.reading.general import General
from popliteal.reading.given import Given
from popliteal.reading.heard import Heard
from popliteal.reading.holding import Holding
from popliteal.reading.inline_lists import is_item
from popliteal.reading.judging import Judge, Sectioned
from popliteal.reading.kept import lexicon, measurer
from popliteal.reading.labels import Labels
from popliteal.reading.layout import sentences, unwrapped
from popliteal.reading.limb_meant import LimbMeant
from popliteal.reading.limb_shown import LimbShown
from popliteal.reading.lost import Lost
from popliteal.reading.mention import Mention, finding
from popliteal.reading.nearby import give_nearby, leg_operated_lately
from popliteal.reading.onsets import begin_with, date_falls, date_grades, last_point
from popliteal.reading.outcomes import Outcomes
from popliteal.reading.own_date import own_date
from popliteal.reading.past import course, of_other_kind, temporality
from popliteal.reading.piece import Open, Piece, cut, distinct, in_order, overlap
from popliteal.reading.questions import Questions
from popliteal.reading.readable import Readable
from popliteal.reading.remeasured import Remeasured
from popliteal.reading.replies import Replies
from popliteal.reading.retold import retold
from popliteal.reading.run_on import RunOn
from popliteal.reading.sections import Section, find_sections, section_at
from popliteal.reading.seen import Seen
from popliteal.reading.sentence import Place, Sentence
from popliteal.reading.sides import Located
from popliteal.reading.stories import Stories
from popliteal.reading.timing import Timer, Timing
from popliteal.reading.tokens import any_of
from popliteal.reading.trail import Trail
from popliteal.reading.weeding import Idle, Namesakes, drop_alone, drop_headings, weeded
from popliteal.schema import Finding

#: No first word of a sentence is longer, so far as it tells a time.
_FIRST_WORD = 20


class Reader:
    """Built once from the knowledge; ``read`` keeps nothing of a note.

    The stages are methods over all sentences of a note. Each needs what those before it left in ``mentions``, and
    nothing else: ``measure``, ``find``, ``judge``, ``time``, ``place``.
    """

    def __init__(self, knowledge: Knowledge, *, focus: bool = True) -> None:
        """With ``focus``, text that can hold no finding is passed over; without it all is read, to the same end.

        Raises:
            PatternError: a phrase holds no word that must stand in the text, so that no text could be passed over.
        """
        self._knowledge = replace(knowledge, concepts=_Concepts(knowledge.concepts))
        self._lexicon = lexicon(knowledge)
        self._anatomy = Anatomy(self._knowledge, self._lexicon)
        self._assertion = Assertion(self._knowledge, self._lexicon)
        self._judge = Judge(self._knowledge, self._assertion, self._phrases)
        self._sectioned = Sectioned(self._knowledge)
        self._measurer = measurer(knowledge)
        self._focus = Focus(self._lexicon, self._measurer) if focus else None
        self.readable = Readable(knowledge, self._lexicon, self._measurer)
        self._run_on = RunOn(knowledge.words, knowledge.sections.titles, knowledge.sides)
        concept, timing, kinds = self._knowledge.concepts.__getitem__, knowledge.timing, knowledge.sections.kinds
        self._timer = Timer(timing)
        self._following = Following(timing.following, self._timer, self._knowledge.concepts)
        self._contrast, self._remeasured = Contrast(timing.contrast, concept, kinds), Remeasured(timing.contrast)
        self._episodes = Episodes(timing.episodes, concept)
        self._follow_ups = FollowUps(timing.follow_ups, self._episodes, concept)
        self._stories = Stories(knowledge.reports.stories, self._episodes, concept, kinds)
        self._every = frozenset(knowledge.concepts)  # the company of what stands already
        self._lingers = frozenset(one.id for one in knowledge.concepts.values() if one.lingers)
        self._elsewhere = {site.id for site in knowledge.sites.values() if not site.leg}
        self._today = tuple(f"{word}{mark}" for word in knowledge.words.classes["at_present"] for mark in " :,")
        self._given = Given(self._knowledge.concepts, knowledge.heads, knowledge.words.classes)
        self._trail = Trail(self._phrases, self._anatomy, knowledge)
        self._about = About(self._trail, self._phrases, self._anatomy, knowledge)
        self._holding, self._lost = Holding(self._anatomy, self._knowledge), Lost(self._knowledge)
        self._outcomes = Outcomes(self._knowledge, self._assertion, self._trail, self._phrases)
        self._labels = Labels(self._lexicon, self._anatomy, knowledge.sections)
        self._general = General(knowledge.reports, {name for name, kind in kinds.items() if kind.examines})
        self._questions, self._seen = Questions(self._knowledge, self._general), Seen(self._knowledge)
        self._doubts, self._forms, self._replies = Doubts(knowledge), Forms(knowledge), Replies(knowledge)
        self._each_side = EachSide(knowledge, self._lexicon.patterns)
        self._idle, self._namesakes = Idle.of(knowledge), Namesakes(knowledge.concepts)
        self._beside = {one.id: frozenset(one.beside) for one in knowledge.concepts.values() if one.beside}
        self._limb_meant = LimbMeant(knowledge, self._places_of, self._anatomy.report)
        self._unsided = Unsided(self._knowledge.concepts)
        self._swollen = re.compile(any_of(knowledge.words.classes["limb_swollen"]), re.IGNORECASE)
        self._limb_shown = LimbShown(self._knowledge, self._places_of)

    def read(self, text: str, note_date: str | None = None) -> list[Finding]:
        """The findings of ``text`` in order; ``text[finding.start:finding.end] == finding.text`` for each.

        Args:
            text: the note exactly as it was read.
            note_date: ISO date of the note, for onsets given as dates ("since Tuesday"); without it that which the note
                itself gives at its head.
        """
        written = text
        text, words = self.readable(text)
        if self._focus is not None and self._focus.passes_over(text):
            return []
        spans, sections = sentences(text, self._knowledge.sentence_words), self.sections(text)
        text = unwrapped(text, spans)
        pieces = self.pieces(text, spans, sections)
        self.measure(text, pieces)
        self.find(text, pieces)
        self.judge(text, pieces)
        self.time(text, pieces, note_date)
        self.place(text, pieces)
        return [as_written(one, written, words) for one in self.findings(written, pieces)]

    # ------------------------------------------------------------------ stages

    def sections(self, text: str) -> list[Section]:
        """The sections of the note."""
        return find_sections(text, self._knowledge.sections)

    def pieces(self, text: str, spans: Iterable[tuple[int, int]], sections: list[Section]) -> list[Piece]:
        """Sentences ready for the stages; one that runs on into another section ends there."""
        found: list[Piece] = []
        last: Piece | None = None
        words = self._lexicon.read(text, [*cut(spans, sections)])
        apart = self._run_on.apart(words)
        words = words if apart is None else self._lexicon.read(text, apart)
        for number, (start, end) in enumerate(words.spans):
            last = Piece(start, end, section_at(sections, start), words, number, last)
            found.append(last)
        return found

    def measure(self, text: str, pieces: list[Piece]) -> None:
        """Add grades, reflexes, temperatures and other measurements."""
        tables = self._measurer.find_tables(text)[::-1]
        every = self._focus is None
        called = self._measurer.called(*pieces[0].words.as_written()) if pieces and not every else {}
        for piece in pieces:
            if not (tables or every or piece.number in called):
                continue
            found = self._measured(text, piece, piece.start, piece.end, called.get(piece.number, ()), every=every)
            while tables and tables[-1].start < piece.end:
                tables[-1].section = piece.section.kind
                piece.mentions.append(tables.pop())
            piece.mentions += [m for m in found if not any(overlap(m, other) for other in piece.mentions)]

    def _measured(
        self, text: str, piece: Piece, start: int, end: int, wanted: Sequence[int] | None = None, *, every: bool = False
    ) -> list[Mention]:
        """The measurements of a sentence, or of a part of it."""
        read = partial(self._measurer.find, start=start, end=end, wanted=wanted, every=every)
        found = read(text)
        found += self._remeasured.again(text, start, end, found, read)
        self._doubts.of(text, found)
        for mention in found:
            mention.section = piece.section.kind
        return found

    def find(self, text: str, pieces: list[Piece]) -> None:
        """Add what phrases say. Where one overlaps a mention that stands already, that mention is right."""
        if self._focus is None:
            self._trail.walk(text, pieces)
        with_content = pieces[0].words.having("content") if pieces else {}
        heard = Heard(self._knowledge, self._lingers, self._anatomy.again)
        for piece in pieces:
            if piece.mentions or piece.number in with_content or self._focus is None:
                piece.mentions = self._found(text, piece, heard)
            heard.hear(piece)

    def _found(self, text: str, piece: Piece, heard: Heard) -> list[Mention]:
        """The mentions of a sentence, of phrases and those given."""
        found: dict[tuple[int, int, str], Mention] = {}
        for one in self._located(text, piece, heard.company, heard.named):
            if id(one.hit) not in piece.given:
                mention = self._mention(text, piece, one)
                found.setdefault((mention.start, mention.end, mention.concept), mention)
        none, every = self._labels.leaves_out(piece.section), [*piece.given.values(), *found.values()]
        return in_order([mention for mention in every if mention.concept not in none])

    def judge(self, text: str, pieces: list[Piece]) -> None:
        """Say of each mention whether it is asserted."""
        still_open: Open | None = None
        forms = self._forms.answers(text)
        patient = self._judge.callers.patient(text, pieces[0].words.small) if pieces else None
        for index, piece in enumerate(pieces):
            above = still_open if still_open is not None and is_item(text, piece.start) else None
            still_open = above
            heads = text[piece.end - 1] == ":" and any(is_item(text, p.start) for p in pieces[index + 1 : index + 2])
            if piece.mentions or heads or self._focus is None:
                still_open = self._judge.sentence(text, piece, above, patient) or above
                self._replies.decide(text, piece)
                settle(text, piece.mentions, forms)
                piece.mentions = weeded(text, piece.mentions, self._knowledge.concepts, self._idle)
        drop_headings(text, pieces, self._knowledge.concepts)
        self._questions.teach(text, pieces)
        self._general.teach(text, pieces)

    def time(self, text: str, pieces: list[Piece], note_date: str | None) -> None:
        """Say of each mention when it began, how it goes and whether it is over."""
        day = date.fromisoformat(note_date[:10]) if note_date else own_date(text, self._knowledge.timing.own_date)
        waiting, concepts, today = [], self._knowledge.concepts, -1  # where the story of today begins
        for piece, ended in self._sectioned.end(text, pieces):
            kind = "unknown" if ended else piece.section.kind
            today = piece.start if ended and today < piece.section.start else today
            for mention in piece.mentions:
                mention.section = kind if ended else mention.section
                timing = self._time(text, piece, mention, kind, day)
                if timing.with_event or timing.with_last or timing.later is not None:
                    point = last_point(text, piece, (today, mention.start), day, self._timer)
                    waiting.append((mention, timing, point))
        for before, category, timing in self._following.told(text, pieces, day, self._outcomes.complains):
            told = [one for one in before.mentions if goes_on(one, concepts[one.concept], category, again=timing.again)]
            for mention in complaints_of(told, concepts) or told:
                add(mention, timing)
        for mention, timing in self._following.since_well(text, pieces, day, self._outcomes.complains):
            add(mention, timing)
        begin_with(waiting, self.ordered(pieces), concepts, self._timer.onset)
        for piece in pieces:
            if piece.mentions:
                date_grades(text, piece.mentions, concepts)
                date_falls(text, piece, day, self._timer)
        spans, mentions = [(piece.start, piece.end) for piece in pieces], [piece.mentions for piece in pieces]
        for mention, new in self._contrast.changed(text, spans, mentions):
            if new:
                mention.course = "new"
            else:
                mention.put_behind("then")
        for mention in self._episodes.past(text, pieces, day):
            mention.put_behind("episode")
        self._follow_ups.settle(text, pieces)
        long_after = self._stories.end(text, pieces)
        for mention in retold(text, self.ordered(pieces), concepts, self._knowledge.timing.retold):
            mention.put_behind("told before")
        self._outcomes.settle(text, pieces, every=self._focus is None)
        if long_after is not None:
            self._stories.age(pieces, long_after)

    def place(self, text: str, pieces: list[Piece]) -> None:
        """Give each mention its site and side; one that is at two sites becomes two."""
        heard = Heard(self._knowledge, self._lingers, self._anatomy.again)
        for piece in pieces:
            if piece.mentions:
                located = self._located(text, piece, self._every, heard.named)
                placed = in_order(self._placed(self._phrases(text, piece), piece, located))
                piece.mentions = in_order(list(self._each_side.apart(text, piece.end, placed)))
            heard.hear(piece)
        self._replies.place(text, pieces, self._reply_places, self._anatomy.report)
        last_site, last_of = partial(self._trail.site, text), partial(self._trail.site_of, text)
        mentions, concepts = self.ordered(pieces), self._knowledge.concepts
        self._seen.rename(text, pieces)
        self._holding.give(text, pieces)
        kinds = self._knowledge.sections.kinds
        look_back(pieces, concepts, self._anatomy.report, last_site, last_of, kinds)
        self._limb_meant.rename(text, pieces)
        days, told_days = self._knowledge.sides.operated_days, self._knowledge.sides.told_days
        operated = leg_operated_lately(mentions, concepts, days)
        give_nearby(text, pieces, concepts, self._knowledge.sites, kinds, told_days, self._swollen, operated)
        told = Told(self._trail.places(text, pieces), mentions, self._knowledge.sites, concepts)
        carry_sides(mentions, told, concepts, kinds, days)
        self._limb_shown.give(text, pieces)
        self._lost.clear(text, pieces)
        self._unsided.clear(text, mentions)
        drop_alone(pieces, self._beside)
        self._namesakes.drop(text, pieces)
        for piece in pieces:
            if len(piece.mentions) > 1:
                piece.mentions = distinct(text, piece.mentions, concepts)
        for mention in superseded(text, self.ordered(pieces), self._contrast):
            mention.put_behind("later entry")
        for mention in self._contrast.before_examination(text, pieces):
            mention.put_behind("examined since")
        self._follow_ups.recover(text, self.ordered(pieces))
        mark(text, pieces, self.ordered(pieces), concepts)

    def findings(self, text: str, pieces: list[Piece]) -> list[Finding]:
        """The mentions as findings, numbered in the order of the text."""
        return [
            finding(number, text, mention, self._knowledge.concepts[mention.concept])
            for number, mention in enumerate(self.ordered(pieces))
        ]

    @staticmethod
    def ordered(pieces: list[Piece]) -> list[Mention]:
        """The mentions of all sentences in the order of the text."""
        return in_order([mention for piece in pieces for mention in piece.mentions])

    # ------------------------------------------------------------------ one sentence

    def _phrases(self, text: str, piece: Piece) -> Sentence:
        """The phrases of a sentence, with the mentions that stand already in the place of those they overlap."""
        if piece.sentence is None:
            scan = self._scanned(piece)
            if self._lexicon.points_back(scan):
                scan.named = self._trail.side(text, piece)
            given = [mention for mention in piece.mentions if mention.pattern not in self._lexicon.patterns]
            given = self._given.apart(scan, given, partial(self._measured, text, piece))
            piece.sentence, piece.given = self._given.among(scan, given)
        return piece.sentence

    def _scanned(self, piece: Piece) -> Sentence:
        """A sentence as the text alone has it."""
        if piece.scan is None:
            piece.scan = self._lexicon.sentence(piece.words, piece.number)
        return piece.scan

    def _located(self, text: str, piece: Piece, company: frozenset[str], named: str | None = None) -> list[Located]:
        if piece.located is None:
            sentence = self._phrases(text, piece)
            if all(hit.entry.kind == "blocker" for hit in sentence.content):
                piece.located = []
            else:
                before = partial(self._trail.antecedent, text, piece)
                label = self._labels.over(text, piece, self._trail.examined)
                about = partial(self._about.of, text, piece)
                piece.located = self._anatomy.locate(sentence, label, company, before, named, about)
        return piece.located

    def _reply_places(self, text: str, piece: Piece) -> list[Place]:
        """The parts of the body, and the sides without one, that a sentence names."""
        return self._places_of(text, piece) or [
            Place(one.first, one.last, "", one.entry.id) for one in self._phrases(text, piece).sides
        ]

    def _places_of(self, text: str, piece: Piece) -> list[Place]:
        return self._anatomy.places(self._phrases(text, piece))

    def _mention(self, text: str, piece: Piece, one: Located) -> Mention:
        spans = self._phrases(text, piece).spans
        entry, start, end = one.hit.entry, spans[one.first][0], spans[one.last - 1][1]
        return Mention(
            start,
            end,
            one.concept,
            entry.pattern,
            value_text=self._knowledge.concepts[one.concept].value_in(text[start:end]),
            assertion=entry.assertion,
            section=piece.section.kind,
            bare=entry.bare,
            done=entry.done,
        )

    def _placed(self, sentence: Sentence, piece: Piece, located: list[Located]) -> Iterator[Mention]:
        """The mentions of a sentence with their places; those that the phrases do not know stay as they are."""
        spans = sentence.spans
        found = {(m.start, m.end, m.concept): m for m in piece.mentions if m.pattern in self._lexicon.patterns}
        done: set[int] = set()
        sited = {id(mention) for mention in piece.given.values() if mention.site is not None}
        for one in located:
            given = piece.given.get(id(one.hit))
            if given is None:
                mention = found.get((spans[one.first][0], spans[one.last - 1][1], one.concept))
                if mention is not None:
                    done.add(id(mention))
                    yield mention.placed_at(one.site, one.side, placed=one.placed, place=one.place)
            elif id(given) not in done:
                done.add(id(given))
                concept = self._knowledge.concepts[given.concept]
                given.concept = concept.at_site(given.site) if given.site else one.concept
                given.site = given.site or (one.site if concept.sites != "none" else None)
                given.laterality = given.laterality or one.side
                yield given
            elif id(given) not in sited and self._also_at(given, one.site):
                side, name = one.side or given.laterality, self._knowledge.concepts[one.concept].at_site(one.site)
                yield replace(given, concept=name, site=one.site, laterality=side, cues=list(given.cues))
        yield from (mention for mention in piece.mentions if id(mention) not in done)

    def _also_at(self, given: Mention, site: str | None) -> bool:
        """Whether what was measured at one site counts at another too: lost sensation, in the same limb."""
        if given.concept not in self._knowledge.measurements.lost_sensation:
            return False
        if site in self._knowledge.concepts[given.concept].at:
            return True
        return site is not None and (site in self._elsewhere) == (given.site in self._elsewhere)

    def _time(self, text: str, piece: Piece, mention: Mention, kind: str, day: date | None) -> Timing:
        concept, start = self._knowledge.concepts[mention.concept], piece.start
        alike = [one for one in piece.mentions if one.pattern == mention.pattern and one.concept != mention.concept]
        others = [one for one in piece.mentions if of_other_kind(one, mention, self._knowledge.concepts)]
        timing = self._timer.read(
            text[start : piece.end],
            mention.start - start,
            mention.end - start,
            day,
            event=concept.event or mention.done,
            treatment=concept.treatment is not None,
            denied=mention.assertion == "absent",
            values=[(one.start - start, one.end - start) for one in alike],
            others=[(one.start - start, one.end - start) for one in others],
        )
        if mention.assertion != "absent" or timing.onset_days is None:  # what is not there has lasted no time
            mention.onset = mention.onset or timing.onset
            mention.onset_days = mention.onset_days if mention.onset_days is not None else timing.onset_days
        mention.course = mention.course or course(mention, concept, timing)
        if text[start : start + _FIRST_WORD].lower().startswith(self._today):
            kind = "unknown"  # whatever a section of old tells, "Today ..." is not part of it
        mention.temporality = temporality(mention, concept, timing, kind, self._knowledge.sections)
        mention.cues.extend(timing.cues)
        return timing


class _Concepts(dict[str, Concept]):
    """The concepts of the patterns; any other label is a plain concept that can be anywhere (spans of other makers)."""

    def __missing__(self, label: str) -> Concept:
        return Concept(id=label, category="", label=label, src="")
