"""A note's text in, its findings out: the stages of reading in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from popliteal.knowledge import Knowledge
from popliteal.reading.anatomy import Anatomy, Located
from popliteal.reading.assertion import Assertion, Item, Verdict
from popliteal.reading.layout import sentences
from popliteal.reading.lexicon import Entry, Hit, Lexicon, Sentence
from popliteal.reading.measurements import Measurer
from popliteal.reading.mention import Mention
from popliteal.reading.sections import Section, find_sections, section_at
from popliteal.reading.timing import Timer, section_temporality
from popliteal.schema import Finding

_BULLETS = "-•*–—▪●◦·+"


@dataclass(slots=True)
class _Open:
    """A cue that stood open at the end of a line ("Denies:") and reaches over the bullets below it."""

    effect: str
    words: str


class Reader:
    """Built once from the knowledge; ``read`` keeps nothing of a note."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._lexicon = Lexicon(knowledge)
        self._anatomy = Anatomy(knowledge, self._lexicon)
        self._assertion = Assertion(knowledge, self._lexicon)
        self._measurer = Measurer(knowledge.measurements)
        self._timer = Timer(knowledge.timing)
        self._elsewhere = {site.id for site in knowledge.sites.values() if not site.leg}
        self._labels: dict[str, tuple[str | None, str | None]] = {}

    def read(self, text: str, note_date: str | None = None) -> list[Finding]:
        """The findings of ``text`` in order; ``text[finding.start:finding.end] == finding.text`` for each.

        Args:
            text: the note exactly as it was read.
            note_date: ISO date of the note, for onsets given as dates ("since Tuesday").
        """
        day = date.fromisoformat(note_date[:10]) if note_date else None
        sections = find_sections(text, self._knowledge.sections)
        tables = self._by_start(self._measurer.find_tables(text))
        mentions: list[tuple[Mention, Section]] = []
        still_open: _Open | None = None
        company: frozenset[str] = frozenset()
        for start, end in _cut(sentences(text, self._knowledge.abbreviations), sections):
            section = section_at(sections, start)
            in_table = [m for m in tables if start <= m.start < end]
            found, opened = self._sentence(text, start, end, section, in_table, day, still_open, company)
            company = frozenset(mention.concept for mention in found)
            mentions.extend((mention, section) for mention in found)
            still_open = opened or (still_open if text[start] in _BULLETS else None)
        self._carry_side([mention for mention, _ in mentions])
        return self._findings(text, mentions)

    def _carry_side(self, mentions: list[Mention]) -> None:
        """Sides that a mention does not name itself.

        A later mention of what had one side before has it still ("the drop foot" after "left foot drop"); a note that
        names one side only means that side; and some findings mean both when they say nothing ("reflexes normal").
        """
        sides: dict[str, set[str]] = {}
        for mention in mentions:
            if mention.laterality:
                sides.setdefault(mention.concept, set()).add(mention.laterality)
        named = {m.laterality for m in mentions if m.laterality and m.site not in self._elsewhere}
        only = next(iter(named)) if len(named) == 1 and "bilateral" not in named else None
        for mention in mentions:
            concept = self._knowledge.concepts[mention.concept]
            if mention.laterality is not None or not concept.sided or mention.site in self._elsewhere:
                continue
            before = sides.get(mention.concept, set())
            if len(before) == 1 and mention.assertion in {"present", "possible"} and not concept.normal:
                mention.laterality = next(iter(before))
            elif only is not None and concept.side_carries:
                mention.laterality = only
            else:
                mention.laterality = concept.unsaid_side

    @staticmethod
    def _by_start(mentions: list[Mention]) -> list[Mention]:
        return sorted(mentions, key=lambda mention: (mention.start, mention.end))

    # ------------------------------------------------------------------ one sentence

    def _sentence(
        self,
        text: str,
        start: int,
        end: int,
        section: Section,
        in_table: list[Mention],
        day: date | None,
        still_open: _Open | None,
        company: frozenset[str],
    ) -> tuple[list[Mention], _Open | None]:
        sentence = self._lexicon.find(text, start, end)
        measured = in_table + [
            m for m in self._measurer.find(text, start, end) if not any(_overlap(m, other) for other in in_table)
        ]
        hits = self._with_measured(sentence, measured)
        located = self._anatomy.locate(sentence, self._label(section), company) if sentence.content else []
        items = [self._item(one) for one in located]
        opened = None
        if sentence.cues and text[end - 1] == ":":
            effect = self._assertion.open_effect(sentence, items)
            opened = _Open(*effect) if effect else None
        if not items:
            return [], opened
        verdicts = self._assertion.decide(sentence, items)
        mentions = []
        for one, verdict in zip(located, verdicts, strict=True):
            mention = self._mention(sentence, one, hits.get(id(one.hit)))
            self._assert(mention, verdict, section, still_open if text[start] in _BULLETS else None)
            self._time(text, start, end, mention, section, day)
            mentions.append(mention)
        return mentions, opened

    def _item(self, one: Located) -> Item:
        concept = self._knowledge.concepts[one.concept]
        return Item(one.first, one.last, concept.normal, concept.event or concept.treatment)

    def _with_measured(self, sentence: Sentence, measured: list[Mention]) -> dict[int, Mention]:
        """Put measurements among the phrases, in place of what they overlap; ``{id(hit): measurement}``."""
        by_hit: dict[int, Mention] = {}
        if not measured:
            return by_hit
        extra: list[Hit] = []
        for mention in measured:
            first, last = _tokens(sentence, mention.start, mention.end)
            if first < last:
                hit = Hit(first, last, Entry("concept", mention.concept, mention.pattern))
                by_hit[id(hit)] = mention
                extra.append(hit)
        kept = [h for h in sentence.content if not any(h.first < e.last and e.first < h.last for e in extra)]
        sentence.content = sorted([*kept, *extra], key=lambda hit: (hit.first, hit.last))
        return by_hit

    def _label(self, section: Section) -> tuple[str | None, str | None]:
        """The site and side that a section's own title names ("RIGHT KNEE:")."""
        known = self._labels.get(section.title)
        if known is None:
            places = []
            if section.title:
                places = self._anatomy.places(self._lexicon.find(section.title, 0, len(section.title)))
            site = places[0].site if len(places) == 1 else None
            known = (site, places[0].side if places else None)
            if len(self._labels) < 10_000:
                self._labels[section.title] = known
        return known[0], section.side or known[1]

    def _mention(self, sentence: Sentence, one: Located, measured: Mention | None) -> Mention:
        if measured is not None:
            concept = self._knowledge.concepts[measured.concept]
            measured.site = measured.site or (one.site if concept.sites != "none" else None)
            measured.laterality = measured.laterality or one.side
            return measured
        first, last = sentence.spans[one.first][0], sentence.spans[one.last - 1][1]
        entry = one.hit.entry
        return Mention(
            first, last, one.concept, entry.pattern, site=one.site, laterality=one.side, assertion=entry.assertion
        )

    def _assert(self, mention: Mention, verdict: Verdict, section: Section, still_open: _Open | None) -> None:
        mention.cues.extend(verdict.cues)
        by_section = self._section_assertion(mention, section)
        effect = verdict.assertion
        if still_open is not None and effect is None:
            effect = still_open.effect
            mention.cues.append(still_open.words)
        if by_section is not None and effect != "family":
            effect = by_section
            mention.cues.append(f"section:{section.kind}")
        if effect is None or (effect in {"absent", "possible"} and mention.assertion is not None):
            effect = mention.assertion or "present"
        mention.assertion = effect

    def _section_assertion(self, mention: Mention, section: Section) -> str | None:
        """What the section says of a mention: somebody else's, a precaution, or an operation that is planned."""
        kind = self._knowledge.sections.kinds[section.kind]
        if kind.plans and self._knowledge.concepts[mention.concept].done:
            return "hypothetical"
        return kind.assertion

    def _time(self, text: str, start: int, end: int, mention: Mention, section: Section, day: date | None) -> None:
        concept = self._knowledge.concepts[mention.concept]
        timing = self._timer.read(text[start:end], mention.start - start, mention.end - start, day, event=concept.event)
        mention.onset = mention.onset or timing.onset
        mention.onset_days = mention.onset_days if mention.onset_days is not None else timing.onset_days
        mention.course = mention.course or timing.course
        if mention.assertion in {"present", "possible"}:  # what is not there, or not yet, is so now
            mention.temporality = (
                mention.temporality
                or ("historical" if concept.done else None)
                or timing.temporality
                or section_temporality(section.kind, concept.event, self._knowledge.sections)
            )
        mention.cues.extend(timing.cues)

    # ------------------------------------------------------------------ findings

    def _findings(self, text: str, mentions: list[tuple[Mention, Section]]) -> list[Finding]:
        seen: set[tuple[object, ...]] = set()
        findings: list[Finding] = []
        for mention, section in sorted(mentions, key=lambda pair: (pair[0].start, pair[0].end)):
            for one in self._with_companions(mention):
                key = (one.start, one.end, one.concept, one.site, one.laterality)
                if key not in seen:
                    seen.add(key)
                    findings.append(self._finding(len(findings), text, one, section))
        return findings

    def _with_companions(self, mention: Mention) -> Iterator[Mention]:
        yield mention

    def _finding(self, number: int, text: str, mention: Mention, section: Section) -> Finding:
        concept = self._knowledge.concepts[mention.concept]
        return Finding(
            finding_id=number,
            start=mention.start,
            end=mention.end,
            text=text[mention.start : mention.end],
            concept=mention.concept,
            category=concept.category,
            site=mention.site,
            laterality=mention.laterality or "unspecified",  # type: ignore[arg-type]  # checked when patterns load
            assertion=mention.assertion or "present",  # type: ignore[arg-type]  # as above
            temporality=mention.temporality or "current",  # type: ignore[arg-type]  # as above
            section=section.kind,
            value=mention.value,
            value_text=mention.value_text,
            unit=mention.unit,
            onset=mention.onset or "unknown",  # type: ignore[arg-type]  # as above
            onset_days=mention.onset_days,
            course=mention.course or "unknown",  # type: ignore[arg-type]  # as above
            cues="; ".join(dict.fromkeys(mention.cues)),
            pattern=mention.pattern,
        )


def _cut(spans: list[tuple[int, int]], sections: list[Section]) -> Iterator[tuple[int, int]]:
    """The sentences, none of which runs on into another section."""
    starts = [section.start for section in sections]
    at = 0
    for start, end in spans:
        while at < len(starts) and starts[at] <= start:
            at += 1
        while at < len(starts) and starts[at] < end:
            if start < starts[at]:
                yield start, starts[at]
            start = starts[at]
            at += 1
        yield start, end


def _overlap(left: Mention, right: Mention) -> bool:
    return left.start < right.end and right.start < left.end


def _tokens(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The tokens that ``start..end`` touches."""
    first = next((i for i, (_, b) in enumerate(sentence.spans) if b > start), len(sentence.spans))
    last = first
    while last < len(sentence.spans) and sentence.spans[last][0] < end:
        last += 1
    return first, last
