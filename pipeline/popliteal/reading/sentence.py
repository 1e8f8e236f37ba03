"""A sentence and the phrases in it: each layer of them is looked for when somebody first asks for it.

Most sentences of most notes say nothing of a leg. Of these only the words are read, and the one layer that tells so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from popliteal.knowledge.concepts import Ambiguous
from popliteal.reading.tokens import spans_of

#: The layers, and the kinds of entries in each. Within a layer the longest phrase wins.
LAYERS = {
    "content": frozenset({"concept", "head", "blocker"}),
    "site": frozenset({"site"}),
    "side": frozenset({"side"}),
    "cue": frozenset({"cue"}),
    "outcome": frozenset({"outcome"}),
}
ONE_SIDE = frozenset({"left", "right"})
OPPOSITE: dict[str | None, str] = {"left": "right", "right": "left"}
_ORDER = {"concept": 0, "blocker": 1, "head": 2, "site": 3, "side": 4, "cue": 5, "outcome": 6}
#: Blanks that part two fields of a line ("nil ulcers    foot feels cold").
_WIDE = "   "


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase stands for: ``kind`` is concept, head, blocker, site, side or cue; ``id`` is its name there."""

    kind: str
    id: str
    pattern: str
    exact: str | None = None
    only: Ambiguous | None = None
    assertion: str | None = None
    opening: bool = False
    closing: bool = False
    bare: bool = False
    done: bool = False
    sign: bool = False


@dataclass(slots=True)
class Hit:
    """A phrase found: tokens ``first`` to ``last`` (exclusive) of its sentence."""

    first: int
    last: int
    entry: Entry


def covered(hits: Iterable[Hit]) -> set[int]:
    """The tokens of phrases."""
    return {token for hit in hits for token in range(hit.first, hit.last)}


@dataclass(slots=True)
class Place:
    """A site in a sentence: its tokens, its id as the patterns name it, and its side if its own words give one."""

    first: int
    last: int
    site: str
    side: str | None = None


#: Every phrase of a layer in a sentence, overlapping ones included.
Find = Callable[["Sentence", str], list[Hit]]


class Sentence:
    """One sentence: its tokens as written, their forms in the lexicon, and its phrases; offsets are into the note.

    ``named`` is the side that the note named last before it: what "the other leg" and "ipsilateral" go by. ``places``
    are its sites with their own sides, once somebody has worked them out. ``patient`` is the relative's name that the
    note calls the patient by, where another relative tells ("mother").
    """

    __slots__ = (
        "_content", "_cues", "_every_cue", "_find", "_low", "_outcomes", "_sides", "_sites", "_spans", "_unsided",
        "end", "named", "patient", "places", "start", "text", "tokens", "words",
    )  # fmt: skip

    def __init__(self, text: str, start: int, end: int, tokens: list[str], words: list[str], find: Find) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.tokens = tokens
        self.words = words
        self.named: str | None = None
        self.places: list[Place] | None = None
        self.patient: str | None = None
        self._find = find
        self._unsided: list[Hit] = []
        self._spans: list[tuple[int, int]] | None = None
        self._low: list[str] | None = None
        self._content: list[Hit] | None = None
        self._sites: list[Hit] | None = None
        self._sides: list[Hit] | None = None
        self._outcomes: list[Hit] | None = None
        self._cues: list[Hit] | None = None
        self._every_cue: list[Hit] | None = None

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each token."""
        if self._spans is None:
            self._spans = spans_of(self.text, self.start, self.tokens)
        return self._spans

    @property
    def low(self) -> list[str]:
        """The tokens in small letters."""
        if self._low is None:
            self._low = [*map(str.lower, self.tokens)]
        return self._low

    @property
    def content(self) -> list[Hit]:
        """Concepts, heads and what keeps them from being read."""
        if self._content is None:
            self._content = longest(self._find(self, "content"))
        return self._content

    @property
    def sites(self) -> list[Hit]:
        """Parts of the body."""
        if self._sites is None:
            self._sites = longest(self._find(self, "site"))
        return self._sites

    @property
    def sides(self) -> list[Hit]:
        """Sides; "the same" and "the other" are the side they mean, or are none."""
        if self._sides is None:
            found = self.sides_as_written()
            self._sides = list(self._meant(found)) if found else found
        return self._sides

    @property
    def outcomes(self) -> list[Hit]:
        """What says how it went."""
        if self._outcomes is None:
            self._outcomes = longest(self._find(self, "outcome"))
        return self._outcomes

    @property
    def cues(self) -> list[Hit]:
        """Cues of assertion outside of the content.

        A blocker inside a cue takes nothing from it ("red flags explained"), nor does a phrase that a cue begins ("no
        focal weakness or numbness").
        """
        if self._cues is None:
            if self._every_cue is None:
                self._every_cue = self._find(self, "cue")
            content = self.content
            self._cues = longest([cue for cue in self._every_cue if _is_free(cue, content)])
        return self._cues

    def cues_that(self, hold: Callable[[Hit], bool]) -> list[Hit]:
        """The cues that hold here; one that does not leaves its words to the shorter ones inside it."""
        cues = self.cues
        if all(map(hold, cues)):
            return cues
        content = self.content
        return longest([cue for cue in self._every_cue or () if _is_free(cue, content) and hold(cue)])

    def sides_as_written(self) -> list[Hit]:
        """Sides, with "the same" and "the other" among them; none that a measurement has as a word of its own."""
        found = longest(self._find(self, "side"))
        return found and [
            side
            for side in found
            if side.entry.id != "neither"
            and (
                side.entry.id == "bilateral"
                or not any(one.first <= side.first and side.last <= one.last for one in self._unsided)
            )
        ]

    def named_last(self) -> str | None:
        """Left or right, whichever is named last; None if neither is."""
        return next((hit.entry.id for hit in reversed(self.sides_as_written()) if hit.entry.id in OPPOSITE), None)

    def with_content(self, content: list[Hit], unsided: list[Hit]) -> Sentence:
        """The same sentence with other content; inside ``unsided`` left and right do not count ("reduced LT")."""
        other = Sentence(self.text, self.start, self.end, self.tokens, self.words, self._find)
        other.named = self.named
        other._low, other._spans, other._sites, other._outcomes = self._low, self._spans, self._sites, self._outcomes
        other._every_cue = self._every_cue
        other._content, other._unsided = content, unsided
        return other

    def raw(self, token: int) -> str:
        """The token as written."""
        return self.tokens[token]

    def between(self, token: int, other: int) -> str:
        """What stands between two tokens, as written."""
        return self.text[self.spans[token][1] : self.spans[other][0]] if other < len(self.spans) else ""

    def parted(self, first: int, last: int) -> bool:
        """Whether a gap as between two fields of a line stands between tokens ``first`` to ``last`` (exclusive)."""
        spans = self.spans
        return self.text.find(_WIDE, spans[first][1], spans[min(last, len(spans)) - 1][0]) >= 0

    def written(self, first: int, last: int) -> str:
        """The text of tokens ``first`` to ``last`` (exclusive)."""
        return self.tokens[first] if last - first == 1 else self.text[self.spans[first][0] : self.spans[last - 1][1]]

    def _meant(self, sides: list[Hit]) -> Iterable[Hit]:
        named = self.named
        for hit in sides:
            side = hit.entry.id
            if side in {"same", "other"}:
                meant = OPPOSITE.get(named) if side == "other" else named
                if meant is not None:
                    yield Hit(hit.first, hit.last, replace(hit.entry, id=meant))
                continue
            if side in OPPOSITE:
                named = side
            yield hit


def longest(hits: list[Hit]) -> list[Hit]:
    """The hits that are left when longer ones win over shorter ones they overlap; equal spans may share.

    A form that its company makes a finding wins over the bare name with the same words.
    """
    if len(hits) < 2:
        return hits
    end = 0
    for hit in hits:
        if hit.first < end:
            break
        end = hit.last
    else:
        return hits
    hits.sort(key=lambda hit: (hit.first - hit.last, hit.first, _ORDER[hit.entry.kind], hit.entry.bare))
    kept: list[Hit] = []
    for hit in hits:
        for other in kept:
            same = other.first == hit.first and other.last == hit.last
            if same and other.entry.kind == hit.entry.kind and other.entry.id != hit.entry.id:
                continue
            if hit.first < other.last and other.first < hit.last:
                break
        else:
            kept.append(hit)
    kept.sort(key=lambda hit: hit.first)
    return kept


def _is_free(cue: Hit, content: list[Hit]) -> bool:
    """Whether none of ``content`` takes a word from a cue."""
    first, last = cue.first, cue.last
    across = [hit for hit in content if hit.first < last and first < hit.last]
    return not across or all(_leaves(hit, cue) for hit in across)


def _leaves(hit: Hit, cue: Hit) -> bool:
    if hit.entry.kind == "blocker" and (cue.first < hit.first or (cue.first == hit.first and hit.last <= cue.last)):
        return True  # "negative for weight loss, weight gain" is still a denial of what follows
    return hit.entry.kind in {"concept", "head"} and hit.first <= cue.first and cue.last < hit.last
