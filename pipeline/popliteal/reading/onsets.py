"""Onsets taken from another finding: the operation it began with, the pain it followed, the weakness it grades."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from popliteal.knowledge.concepts import Concept
from popliteal.reading.mention import Mention


def begin_with(
    waiting: Iterable[tuple[Mention, bool]],
    mentions: Sequence[Mention],
    concepts: Mapping[str, Concept],
    onset: Callable[[float | None], str],
) -> None:
    """Date each waiting mention by the event named last before it ("numb since the operation"), or else after it.

    Args:
        waiting: mentions that began with something else, and whether that may be any finding ("since then").
        mentions: all mentions of the note in the order of the text.
        concepts: the concept of each mention.
        onset: the class of an onset so many days ago.
    """
    stated = [one for one in mentions if one.assertion in {None, "present"} and not concepts[one.concept].lasting]
    events = [one for one in stated if concepts[one.concept].event and _has_onset(one)]
    for mention, any_finding in waiting:
        if mention.onset_days is not None:
            continue
        source = _last(events, mention)
        if source is None and any_finding:
            source = _last([one for one in stated if _has_onset(one)], mention)
        source = source or next(iter(events), None)
        if source is not None:
            mention.onset_days = source.onset_days
            mention.onset = onset(source.onset_days) if source.onset_days is not None else source.onset


def date_grades(text: str, mentions: Sequence[Mention], concepts: Mapping[str, Concept]) -> None:
    """Give grades behind a colon the onset of the weakness before it ("leg weak since Monday: quads 3/5, TA 4/5").

    Args:
        text: the note.
        mentions: those of one sentence, in the order of the text.
        concepts: the concept of each mention.
    """
    graded = [one for one in mentions if concepts[one.concept].graded and one.assertion == "present"]
    for number, grade in enumerate(graded):
        if grade.value is None or _has_onset(grade):
            continue
        complaint = next((one for one in reversed(graded[:number]) if _has_onset(one) and one.value is None), None)
        between = text[complaint.end : grade.start] if complaint is not None else ""
        if complaint is not None and between.count(":") == 1 and ";" not in between:
            grade.onset, grade.onset_days = complaint.onset, complaint.onset_days


def _last(sources: Sequence[Mention], mention: Mention) -> Mention | None:
    return next((one for one in reversed(sources) if one.start < mention.start), None)


def _has_onset(mention: Mention) -> bool:
    return mention.onset_days is not None or mention.onset not in {None, "unknown"}
