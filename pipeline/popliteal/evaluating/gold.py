"""What a gold corpus says: notes, findings and decisions, as plain frozen objects.

A gold finding has no section, category, cue or pattern: those belong to the pipeline, not to the annotation. Its
``value`` is the wording (``"4/5"``, ``"all"``, ``"L5"``); how it compares with a number is in ``values.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from popliteal.schema import ASSERTIONS, COURSES, LATERALITIES, ONSETS, TEMPORALITIES, URGENCIES, Note

if TYPE_CHECKING:
    from popliteal.knowledge import Knowledge
from popliteal.knowledge.source import near

#: Hypothesis of a note that has no lower-limb neurological or don't-miss picture.
NO_HYPOTHESIS = "none"

#: Words that deny; a span of an absent finding must not start with one (the guide: "never the negation cue").
NEGATION_CUES = frozenset({"no", "not", "denies", "denied", "denying", "without", "nil", "negative", "never"})


@dataclass(frozen=True, slots=True)
class GoldFinding:
    """One annotated mention; ``text == note.text[start:end]``, vocabularies as in ``popliteal.schema``."""

    start: int
    end: int
    text: str
    concept: str
    site: str | None = None
    laterality: str = "unspecified"
    assertion: str = "present"
    temporality: str = "current"
    onset: str = "unknown"
    course: str = "unknown"
    value: str | None = None

    @property
    def order(self) -> tuple[int, int, str, str, str]:
        """Reading order: outer spans before those inside them, then by what is said of them."""
        return (self.start, -self.end, self.concept, self.site or "", self.laterality)


@dataclass(frozen=True, slots=True)
class GoldDecision:
    """The decision of a note; None where the corpus says nothing (then the note does not count for that decision).

    ``acceptable`` holds ``hypothesis``, ``urgency_ok`` holds ``urgency``. Of a hypothesis of ``none`` the side is
    ``unspecified``, however the corpus spelt it.
    """

    hypothesis: str | None = None
    acceptable: frozenset[str] = frozenset()
    side: str | None = None
    urgency: str | None = None
    urgency_ok: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GoldNote:
    """One note with its gold. ``place`` is ``file:line`` of the note's first line, for messages."""

    note: Note
    findings: tuple[GoldFinding, ...]
    decision: GoldDecision
    style: str = ""
    why: str = ""
    tests: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The ids a corpus may use; the closed vocabularies of the schema are always checked."""

    concepts: Collection[str]
    sites: Collection[str]
    hypotheses: Collection[str]

    @classmethod
    def of(cls, knowledge: Knowledge) -> Vocabulary:
        """The ids of loaded patterns."""
        hypotheses = {*knowledge.decisions.hypotheses, NO_HYPOTHESIS}
        sites = frozenset(site.id for site in knowledge.sites.values() if site.reported)
        return cls(frozenset(knowledge.concepts), sites, frozenset(hypotheses))


def finding_problems(finding: GoldFinding, vocabulary: Vocabulary | None) -> list[str]:
    """What is wrong with one gold finding, in words that hold no text of the note."""
    allowed: dict[str, tuple[str, Collection[str]]] = {
        "side": (finding.laterality, LATERALITIES),
        "assertion": (finding.assertion, ASSERTIONS),
        "time": (finding.temporality, TEMPORALITIES),
        "onset": (finding.onset, ONSETS),
        "course": (finding.course, COURSES),
    }
    problems = [
        f"{name}={got} is not in the vocabulary; expected one of {', '.join(values)}"
        for name, (got, values) in allowed.items()
        if got not in values
    ]
    if vocabulary is not None and finding.concept not in vocabulary.concepts:
        problems.append(f"concept={finding.concept} is not a known concept{near(finding.concept, vocabulary.concepts)}")
    if vocabulary is not None and finding.site is not None and finding.site not in vocabulary.sites:
        problems.append(f"site={finding.site} is not a known site{near(finding.site, vocabulary.sites)}")
    return problems + _span_problems(finding)


def _span_problems(finding: GoldFinding) -> list[str]:
    words = finding.text.split()
    if not words:
        return [f"empty span of concept={finding.concept}; a finding needs words"]
    problems = []
    if finding.text != finding.text.strip():
        problems.append(f"span of concept={finding.concept} starts or ends with white space; move the tag to the word")
    if finding.assertion == "absent" and len(words) > 1 and words[0].lower().strip(":") in NEGATION_CUES:
        problems.append(f"span of concept={finding.concept} starts with the negation cue; leave the cue outside")
    return problems


def decision_problems(decision: Mapping[str, object], vocabulary: Vocabulary | None) -> list[tuple[str, str]]:
    """``(field, what is wrong)`` for the raw fields of a decision (those of ``GoldDecision``)."""
    problems: list[tuple[str, str]] = []
    for one, many, known in (
        ("hypothesis", "acceptable", vocabulary.hypotheses if vocabulary else None),
        ("urgency", "urgency_ok", URGENCIES),
    ):
        best, others = decision.get(one), decision.get(many)
        names = [str(name) for name in others] if isinstance(others, list | tuple) else []
        problems += [
            (field, f"{name} is not known{near(str(name), known)}")
            for field, listed in ((one, [best] if best is not None else []), (many, names))
            for name in listed
            if known is not None and name not in known
        ]
        if names and best is not None and best not in names:
            problems.append((many, f"does not hold the {one} itself ({best}); add it"))
        if names and best is None:
            problems.append((many, f"is given without {one}"))
    side = decision.get("side")
    if side is not None and side not in {*LATERALITIES, NO_HYPOTHESIS}:
        problems.append(("side", f"{side} is not known; expected one of {', '.join(LATERALITIES)}, {NO_HYPOTHESIS}"))
    return problems


def plain_side(side: str | None) -> str | None:
    """The side of a decision; that of no hypothesis, ``none``, is ``unspecified``, so that it has one name."""
    return "unspecified" if side == NO_HYPOTHESIS else side
