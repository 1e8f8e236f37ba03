"""Why findings were wrong, as far as it shows: every error has a mechanism, and errors are counted by it.

====================== ================================================================================================
``wrong concept``      gold and pipeline share characters, and name different concepts
``apart``              the same concept within a few words, the spans do not meet
``missed``             nothing of the pipeline's stands for the gold finding
``duplicate``          a second finding of one concept on a gold finding that already has one
``spurious``           nothing of gold stands for the pipeline's finding
``assertion`` …        a matched pair that disagrees on assertion, temporality, laterality, site, onset, course, value
====================== ================================================================================================

``detail`` tells more without quoting the note: ids, and for assertions the cue that the pipeline went by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from popliteal.evaluating.gold import GoldFinding
from popliteal.evaluating.matching import AGREE, Predicted, overlap
from popliteal.evaluating.scoring import NoteScore

#: characters between two spans that still are "apart", not missed and spurious
NEAR = 40
CONTEXT = 45

MECHANISMS = ("missed", "spurious", "wrong concept", "apart", "duplicate", *AGREE)


@dataclass(frozen=True, slots=True)
class ReadingError:
    """One error. ``phrase`` and ``context`` are text of the note: for the screen of whoever asked, nowhere else."""

    note_id: str
    start: int
    end: int
    mechanism: str
    detail: str
    phrase: str
    context: str


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """All errors of one mechanism and detail."""

    mechanism: str
    detail: str
    errors: tuple[ReadingError, ...]


def reading_errors(score: NoteScore) -> list[ReadingError]:
    """Every error in the findings of one note, in reading order within each mechanism."""
    missed, spurious = list(score.matching.missed), list(score.matching.spurious)
    found: list[ReadingError] = []
    for mechanism, close in (("wrong concept", _shared), ("apart", _apart)):
        for gold, got in _pair_up(missed, spurious, close):
            detail = gold.concept if mechanism == "apart" else f"{gold.concept} → {got.concept}"
            found.append(_error(score, gold, mechanism, detail))
            missed.remove(gold)
            spurious.remove(got)
    matched = [gold for gold, _ in score.matching.pairs]
    found += [_error(score, gold, "missed", gold.concept) for gold in missed]
    for got in spurious:
        again = any(gold.concept == got.concept and overlap(gold, got) for gold in matched)
        found.append(_error(score, got, "duplicate" if again else "spurious", got.concept))
    for gold, got in score.matching.pairs:
        found += [
            _error(score, gold, name, _difference(name, gold, got)) for name in AGREE if not AGREE[name](gold, got)
        ]
    return found


def against_gold(score: NoteScore, got: Predicted) -> str:
    """How one finding of the pipeline stands to gold: ``right``, ``spurious``, or where it differs (no text)."""
    for gold, other in score.matching.pairs:
        if other == got:
            wrong = [f"{name} {_difference(name, gold, got)}" for name in AGREE if not AGREE[name](gold, got)]
            return "; ".join(wrong) or "right"
    return "spurious"


def group(errors: Iterable[ReadingError]) -> list[ErrorGroup]:
    """Errors by mechanism and detail, the most frequent first."""
    groups: dict[tuple[str, str], list[ReadingError]] = {}
    for error in errors:
        groups.setdefault((error.mechanism, error.detail), []).append(error)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), MECHANISMS.index(item[0][0]), item[0][1]))
    return [ErrorGroup(mechanism, detail, tuple(members)) for (mechanism, detail), members in ordered]


def _pair_up(
    missed: list[GoldFinding], spurious: list[Predicted], close: Callable[[GoldFinding, Predicted], int]
) -> list[tuple[GoldFinding, Predicted]]:
    """One-to-one pairs of what is left over, closest first."""
    candidates = sorted(
        (-nearness, left, right)
        for left, gold in enumerate(missed)
        for right, got in enumerate(spurious)
        if (nearness := close(gold, got)) > 0
    )
    lefts: set[int] = set()
    rights: set[int] = set()
    pairs = []
    for _, left, right in candidates:
        if left not in lefts and right not in rights:
            lefts.add(left)
            rights.add(right)
            pairs.append((missed[left], spurious[right]))
    return pairs


def _shared(gold: GoldFinding, got: Predicted) -> int:
    return overlap(gold, got)


def _apart(gold: GoldFinding, got: Predicted) -> int:
    gap = max(gold.start, got.start) - min(gold.end, got.end)
    return NEAR - gap if gold.concept == got.concept and gap < NEAR else 0


def _difference(name: str, gold: GoldFinding, got: Predicted) -> str:
    if name == "value":
        return f"{gold.concept}: {'number or wording' if got.value is not None or got.value_text else 'none'}"
    told = f"{getattr(gold, name) or 'none'} → {getattr(got, name) or 'none'}"
    return f"{told} (cue: {got.cues or 'none'})" if name == "assertion" else told


def _error(score: NoteScore, at: GoldFinding | Predicted, mechanism: str, detail: str) -> ReadingError:
    text = score.gold.note.text
    before, after = text[max(0, at.start - CONTEXT) : at.start], text[at.end : at.end + CONTEXT]
    context = " ".join(f"{before}[{at.text}]{after}".split())
    return ReadingError(score.note_id, at.start, at.end, mechanism, detail, " ".join(at.text.split()), context)
