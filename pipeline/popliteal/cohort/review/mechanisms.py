"""In what a finding can be wrong, and what it can be instead; the mechanisms are those of ``popliteal evaluate``."""

from __future__ import annotations

from popliteal.knowledge import Knowledge
from popliteal.schema import CLOSED_COLUMNS, Finding

#: A finding that the note has and the pipeline has not.
MISSED = "missed"
SPURIOUS, WRONG_CONCEPT = "spurious", "wrong concept"
#: Mechanism -> how a reviewer is asked for it.
MECHANISMS: dict[str, str] = {
    SPURIOUS: "The words do not say this at all",
    WRONG_CONCEPT: "They say something else",
    "assertion": "Present, absent, possible: that is wrong",
    "temporality": "Current or historical: that is wrong",
    "laterality": "The side is wrong",
    "site": "The place in the body is wrong",
    "onset": "The onset is wrong",
    "course": "The course is wrong",
    "value": "The value is wrong",
    MISSED: "Words that say something were missed",
}


def choices(mechanism: str, knowledge: Knowledge) -> list[tuple[str, str]]:
    """What the right value may be, as (id, label); empty where there is nothing to choose from."""
    if mechanism in CLOSED_COLUMNS:
        return [(value, value) for value in CLOSED_COLUMNS[mechanism]]
    if mechanism == WRONG_CONCEPT:
        return sorted((key, item.label) for key, item in knowledge.concepts.items())
    if mechanism == "site":
        sites = (site.id for site in knowledge.sites.values() if site.reported)
        return [(site, site.replace("_", " ")) for site in sorted(sites)]
    return []


def attribute(finding: Finding, mechanism: str) -> str:
    """What the pipeline says there now."""
    if mechanism == WRONG_CONCEPT:
        return finding.concept
    if mechanism == "value":
        return finding.value_text or ("" if finding.value is None else f"{finding.value:g}")
    return str(getattr(finding, mechanism, None) or "")


def is_valid(mechanism: str, should_be: str, knowledge: Knowledge) -> bool:
    """Whether a mark can be kept: a known mechanism, and a right value that is empty or among the choices."""
    if mechanism not in MECHANISMS or mechanism == MISSED:
        return False
    allowed = [key for key, _ in choices(mechanism, knowledge)]
    if allowed:
        return should_be in ("", *allowed)
    return not should_be
