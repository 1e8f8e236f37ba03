"""What a mention is when cues of several kinds reach it."""

from __future__ import annotations

from dataclasses import dataclass

from popliteal.reading.item import Item
from popliteal.reading.sentence import Hit, Sentence

_RANK = {
    "untested": 7,
    "family": 6,
    "hypothetical": 5,
    "now": 4,
    "absent": 3,
    "weak": 2,
    "possible": 1,
    "choice": 1,
    "done": 0,
    "fulfilled": 0,
    "present": 0,
}
#: What the other effects make of a mention.
_SAYS = {"weak": "hypothetical", "now": "present", "choice": "possible", "done": "present", "fulfilled": "present"}
#: So many words stand at most between what says that an operation was done and the operation ("s/p right total ...").
_DONE = 2


@dataclass(slots=True)
class Verdict:
    """``assertion`` (None: nothing said, so present; ``untested``: no finding) and the words that decided it."""

    assertion: str | None
    cues: tuple[str, ...]


def written(sentence: Sentence, hit: Hit) -> str:
    """The words of a cue."""
    return sentence.text[sentence.spans[hit.first][0] : sentence.spans[hit.last - 1][1]]


def verdict(sentence: Sentence, item: Item, found: dict[str, list[Hit]], small: frozenset[str]) -> Verdict:
    """What the cues that reach a mention, by their effect, make of it; ``small`` words may stand before a doubt."""
    if not found:
        return Verdict(None, ())
    if "fulfilled" in found:
        found.pop("hypothetical", None)  # "to return if numb, which has now happened"
    if len(found) > 1:
        found.pop("choice", None)  # "no stroke, or thrombosis"
    if "reopened" in found:
        found.pop("absent", None)  # "I doubt that it is a DVT but cannot exclude it"
        found.setdefault("possible", []).extend(found.pop("reopened"))
    if "possible" in found and "absent" in found and _doubted_apart(sentence, item, found, small):
        found.pop("absent")
    if "listed" in found:
        found.setdefault("hypothetical", []).extend(found.pop("listed"))
        found.pop("possible", None)  # "risks: infection, possible stiffness"
    if item.event and "hypothetical" in found:
        found.pop("possible", None)  # what is probably needed is planned
        done = [hit for hit in found.get("done", ()) if 0 <= item.first - hit.last <= _DONE]
        if done and all(hit.last <= done[-1].first for hit in found["hypothetical"]):
            found.pop("hypothetical")  # "will be discharged since she is status post knee replacement"
    if item.event and "hypothetical" in found:
        before = (*found.get("present", ()), *found.get("done", ()), *found.get("absent", ()))
        settled = any(0 <= item.first - hit.last < 2 for hit in before)
        if settled and all(hit.first >= item.last for hit in found["hypothetical"]):
            found.pop("hypothetical")  # "remove the cast next week": it is on; "no surgery is indicated"
    if "possible" in found and "hypothetical" in found:  # the nearer one is about this finding
        doubted, asked = (
            min(abs(item.first - hit.first) for hit in found[key]) for key in ("possible", "hypothetical")
        )
        behind = all(hit.first >= item.last for hit in found["hypothetical"])  # "?CES → ED"
        found.pop("hypothetical" if doubted < asked or (behind and doubted == asked) else "possible")
    effect = max(found, key=lambda name: _RANK[name])
    return Verdict(
        _SAYS.get(effect, effect),
        tuple(dict.fromkeys(written(sentence, hit) for hit in found[effect])),
    )


def _doubted_apart(sentence: Sentence, item: Item, found: dict[str, list[Hit]], small: frozenset[str]) -> bool:
    """Whether a doubt right before an item is set off from the negation before it ("no fracture, ?ligament tear")."""
    doubts = [hit for hit in found["possible"] if hit.last <= item.first]
    negations = [hit for hit in found["absent"] if hit.last <= item.first]
    if not doubts or len(negations) < len(found["absent"]):
        return False
    last = max(hit.last for hit in negations)
    return any(last <= doubt.first and _set_off(sentence, last, doubt.first, small) for doubt in doubts)


def _set_off(sentence: Sentence, start: int, token: int, small: frozenset[str]) -> bool:
    """Whether a comma or a dash stands right before a token; "denies diabetes, history suggestive of" is one list."""
    while token > start and sentence.raw(token - 1).lower() in small:
        token -= 1
    return token > start and sentence.words[token - 1] in {",", "-", "–", "—", "("}
