"""What its timing means for a finding of its kind: how it goes, and whether it is over when the note is written."""

from __future__ import annotations

from collections.abc import Mapping

from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.sections import SectionRules
from popliteal.reading.mention import Mention
from popliteal.reading.timing import Timing
from popliteal.schema import Course

_FRESH_DAYS = 14
_CHANGES = frozenset({"worsening", "improving", "stable"})


def course(mention: Mention, concept: Concept, timing: Timing) -> Course:
    """How a mention goes: what was done does not go at all, a drug, a device or what is normal gets no worse, and
    an injury does not either, but what it left."""
    steady = (concept.treatment is not None or concept.normal) and timing.course in _CHANGES
    hurt = concept.event and concept.background and not concept.disease and timing.course == "worsening"
    return "unknown" if concept.done or mention.done or steady or hurt else timing.course


def temporality(mention: Mention, concept: Concept, timing: Timing, section: str, rules: SectionRules) -> str | None:
    """What is known of a mention in a section of a kind: ``current``, ``historical``, or None where nothing says so.

    What is not there, or not yet, is so now, unless ``timing`` puts the denial itself into the past ("no numbness
    before the operation"). A disease that stays is not over because its beginning is dated; what has resolved is.
    """
    if mention.assertion == "absent":
        return mention.temporality or timing.temporality
    if mention.assertion not in {None, "present", "possible"}:
        return mention.temporality
    if concept.lasting:
        return mention.temporality or "current"
    said = None if concept.chronic else timing.temporality
    if timing.course == "resolved" and not concept.normal:
        said = "historical"
    if concept.done or mention.done:
        today = said is None and timing.onset_days == 0  # "we injected the knee today"
        return mention.temporality or ("current" if today else "historical")
    fresh = timing.onset == "sudden" or (timing.onset_days is not None and timing.onset_days <= _FRESH_DAYS)
    if concept.event and fresh and timing.course != "resolved":
        return mention.temporality  # "PMH: asthma. Knee dislocation today.", "weak legs after a crash today"
    if said is None and timing.listed and timing.onset == "chronic" and _lists_what_is_over(section, concept, rules):
        said = "historical"
    return mention.temporality or said or section_temporality(section, concept, rules)


def _lists_what_is_over(kind: str, concept: Concept, rules: SectionRules) -> bool:
    """Whether a section of ``kind`` lists past things, of which one with an old year of its own is over."""
    return rules.kinds[kind].temporality == "historical_events" and not concept.chronic and not concept.background


def section_temporality(kind: str, concept: Concept, rules: SectionRules) -> str | None:
    """What a section of ``kind`` says about a finding without a time cue of its own: ``historical`` or None.

    Operations, injuries and the like of a past history are over, its diseases are not, and a disease that stays is
    there even among the operations; a drug given in an operation is over with it.
    """
    said = rules.kinds[kind].temporality
    over = {
        "historical": not (concept.chronic and concept.background),
        "historical_events": concept.event,
        "historical_drugs": concept.treatment == "drug",
    }
    return "historical" if said is not None and over[said] else None


def of_other_kind(one: Mention, mention: Mention, concepts: Mapping[str, Concept]) -> bool:
    """Whether what is said of ``one`` by an adjective is not said of the ``mention`` behind it, too.

    "Chronic leg pain and numbness" are both chronic; of "chronic back pain and foot drop" the foot drop is undated.
    """
    if one.end > mention.start or one.concept == mention.concept:
        return False
    concept, other = concepts[mention.concept], concepts[one.concept]
    if concept.background and (other.background or not concept.disease):
        return False
    beside = one.site == mention.site and one.site is not None and not concept.graded
    return concept.grave or (other.category != concept.category and not beside)
