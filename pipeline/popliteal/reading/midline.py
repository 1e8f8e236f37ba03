"""What is of the trunk has a side only by its own words: "left sciatica with back pain", "OA of both knees, LBP"."""

from __future__ import annotations

from popliteal.knowledge import Knowledge
from popliteal.reading.sentence import Hit, Place


class Midline:
    """Compiled from the sites that are ``midline``."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._concepts = knowledge.concepts
        self._sites = frozenset(site.id for site in knowledge.sites.values() if site.midline)

    def has(self, place: Place) -> bool:
        """Whether a place is of the trunk ("back pain radiating to the left leg")."""
        return place.site in self._sites

    def behind_limb(self, limb: Place, other: Place) -> bool:
        """Whether the second place is of the trunk and the first is not ("left hip and low back pain")."""
        return other.site in self._sites and limb.site not in self._sites

    def apart(self, places: list[Place]) -> frozenset[str]:
        """The sites of the trunk among the places of a finding, another of which has a side."""
        if len(places) < 2 or not any(place.side and place.site not in self._sites for place in places):
            return frozenset()
        return self._sites.intersection(place.site for place in places)

    def beside(self, hit: Hit, places: list[Place], other: Hit, others: list[Place]) -> bool:
        """Whether the second phrase is of the trunk, beside one that is not ("sciatica, back pain")."""
        return self._holds(other, others) and not self._holds(hit, places)

    def is_of(self, hit: Hit) -> bool:
        """Whether a phrase is of a concept of the trunk, whose plurals are no sides ("numbness between the legs")."""
        return hit.entry.kind == "concept" and self._concepts[hit.entry.id].site in self._sites

    def _holds(self, hit: Hit, places: list[Place]) -> bool:
        """Whether the site of a concept is of the trunk, or all places of a head."""
        if hit.entry.kind == "concept":
            return self.is_of(hit)
        return bool(places) and self._sites.issuperset(place.site for place in places)
