"""Ids as words: the labels of the patterns where they have one, and otherwise the id without its underscores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from popliteal.explaining.spans import one_line
from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.decisions import Decisions
from popliteal.schema import UNKNOWN_SECTION, Finding

_ID = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")
#: How a status of a red flag is written, in the order of concern.
#: kind of a contradiction -> what the note says in two ways
SAID = {"assertion": "there, and denied", "side": "on the left, and on the right", "features": "weak, and normal"}
STATUS = {"present": "present", "possible": "possible", "denied": "denied", "not_documented": "not documented"}

#: What a tier asks for: the wording of the tiers, not a rule. A design decision of this project.
ACTION = {
    "EMERGENCY": "Review on the same day, in an emergency department or equivalent, is suggested.",
    "URGENT": "Review by a clinician within days is suggested.",
    "SOON": "Review by a clinician within weeks is suggested.",
    "ROUTINE": "No sign of urgency was found in this note. That is no clearance.",
    "NONE": "Nothing about legs and their nerves was found.",
}
NEEDS_REVIEW = "Rests on suspected findings, unknown timing or words contradicted in the note: please read them."
SUSPECTED = "on suspicion only"
NOT_A_DIAGNOSIS = (
    "Decision support, not a diagnosis. It tells what this note says and what that suggests; "
    "what is not in the note was not looked at. A clinician decides."
)


@dataclass(frozen=True)
class Names:
    """Labels by id; what is in none of the tables is written as its id in words.

    ``sources`` gives the tags of an urgency rule (``S:NG127``), ``citations`` what a tag stands for.
    """

    concepts: Mapping[str, str] = field(default_factory=dict)
    hypotheses: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=dict)
    red_flags: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    citations: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, concepts: Mapping[str, Concept], decisions: Decisions) -> Names:
        """The names that loaded patterns give."""
        return cls(
            concepts={key: concept.label for key, concept in concepts.items()},
            hypotheses={key: item.name for key, item in decisions.hypotheses.items()},
            features={key: sentence(item.text) for key, item in decisions.features.items()},
            red_flags={key: item.label for key, item in decisions.red_flags.items()},
            sources={key: item.source for key, item in decisions.rules.items()},
            citations={key: item.citation for key, item in decisions.references.items()},
        )

    def concept(self, key: str) -> str:
        """``foot_drop`` as "Foot drop"."""
        return self.concepts.get(key) or sentence(key)

    def feature(self, key: str) -> str:
        """A feature, which may bear the id of a concept."""
        return self.features.get(key) or self.concepts.get(key) or sentence(key)

    def red_flag(self, key: str) -> str:
        """A red flag by its label."""
        return self.red_flags.get(key) or sentence(key)

    def hypothesis(self, key: str) -> str:
        """A hypothesis by its name."""
        return self.hypotheses.get(key) or sentence(key)

    def prose(self, text: str) -> str:
        """A sentence of the mapping with the ids in it written as names."""
        return _ID.sub(lambda found: self.hypotheses.get(found[0]) or words(found[0]), text)

    def cited(self, rule: str) -> list[tuple[str, str]]:
        """The sources of an urgency rule as (tag, citation); the citation is empty where none is known."""
        tags = (tag.removeprefix("S:") for tag in self.sources.get(rule, ()))
        return [(tag, self.citations.get(tag, "")) for tag in tags]


def sentence(key: str) -> str:
    """``foot_drop`` as "Foot drop"."""
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def words(key: str) -> str:
    """``foot_dorsum`` as "foot dorsum"."""
    return key.replace("_", " ")


def where(finding: Finding) -> str:
    """Side and site in words, "left foot dorsum"; empty for a finding of neither."""
    side = "" if finding.laterality == "unspecified" else finding.laterality
    return " ".join(part for part in (side, words(finding.site or "")) if part)


def when(finding: Finding) -> str:
    """Timing in words: "sudden, 2 days, worsening"; empty where the note gives none."""
    parts: list[str] = [finding.onset] if finding.onset != "unknown" else []
    if finding.onset_days is not None:
        parts.append(_days(finding.onset_days))
    if finding.course != "unknown":
        parts.append(finding.course)
    if finding.temporality == "historical":
        parts.append("historical")
    return ", ".join(parts)


def _days(days: float) -> str:
    for unit, length in (("year", 365.25), ("month", 30.44), ("week", 7.0)):
        if days >= 2 * length:
            count = round(days / length)
            return f"{count} {unit}s before"
    count = round(days)
    return "same day" if count == 0 else f"{count} day{'' if count == 1 else 's'} before"


def measured(finding: Finding) -> str:
    """The measured value as the note has it, with its unit."""
    if finding.value_text:
        return words(one_line(finding.value_text))  # the value may be the id of a movement
    if finding.value is None:
        return ""
    return f"{finding.value:g}{' ' + finding.unit if finding.unit else ''}"


def details(finding: Finding) -> list[tuple[str, str]]:
    """Everything worth saying about a finding, as (what, value) pairs; what is unknown is left out."""
    pairs = [
        ("where", where(finding)),
        ("assertion", finding.assertion),
        ("timing", when(finding)),
        ("value", measured(finding)),
        ("section", "" if finding.section == UNKNOWN_SECTION else words(finding.section)),
        ("cue", one_line(finding.cues)),
        ("pattern", finding.pattern),
    ]
    return [(key, value) for key, value in pairs if value]


def signed(weight: float) -> str:
    """A weight with its sign; a true minus, so that it lines up with the plus."""
    return f"{'+' if weight >= 0 else '−'}{abs(weight):g}"
