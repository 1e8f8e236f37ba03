"""Hundreds of cases of how findings are denied, doubted, dated, sided and placed, each a sentence or two.

What is right stands in ``corpora/assertion``; how many must be right, in ``floors.yaml``. A failure lists every case
that is wrong with what was expected and what was read.
"""

from __future__ import annotations

from collections import Counter

import pytest
from test_floors import FLOORS, report

from popliteal.evaluating.gold import GoldFinding
from popliteal.evaluating.matching import Predicted
from popliteal.evaluating.mechanisms import reading_errors
from popliteal.evaluating.scoring import NoteScore

CORPUS = "assertion"
TIMED = "timing"  # the theme in which onset and course count, also where there are none

pytestmark = pytest.mark.xdist_group("corpora")


def right(score: NoteScore) -> bool:
    timed = all((gold.onset, gold.course) == (got.onset, got.course) for gold, got in score.matching.pairs)
    return score.matching.right and (timed or score.gold.style != TIMED)


def told(finding: GoldFinding | Predicted) -> str:
    """One finding in a line, without what is as usual."""
    usual = {None, "unspecified", "current", "unknown"}
    said = (finding.site, finding.laterality, finding.assertion, finding.temporality, finding.onset, finding.course)
    value = finding.value if isinstance(finding, GoldFinding) else finding.value_text
    words = [finding.concept, *(str(word) for word in (*said, value) if word not in usual)]
    return f"[{' '.join(finding.text.split())}] {' '.join(words)}"


def listed(score: NoteScore) -> str:
    got = sorted([*(found for _, found in score.matching.pairs), *score.matching.spurious], key=lambda one: one.start)
    return "\n".join(
        [
            f"{score.gold.place}: {score.gold.note.text!r}",
            f"    wrong     {'; '.join(f'{error.mechanism} {error.detail}' for error in reading_errors(score))}",
            f"    expected  {'; '.join(map(told, score.gold.findings)) or 'nothing'}",
            f"    got       {'; '.join(map(told, got)) or score.failed or 'nothing'}",
        ]
    )


def test_cases() -> None:
    scores, floor = report(CORPUS).notes, FLOORS[CORPUS]["note.right"]
    wrong = [score for score in scores if not right(score)]
    share = 1 - len(wrong) / len(scores)
    shown = "\n".join(listed(score) for score in wrong)
    assert share >= floor, f"{len(wrong)} of {len(scores)} cases are wrong ({share:.4f} < {floor})\n{shown}"


def test_enough_cases_of_every_theme() -> None:
    counts = Counter(score.gold.style for score in report(CORPUS).notes)
    assert sum(counts.values()) >= 420
    assert min(counts.values()) >= 6


def test_no_case_stands_twice() -> None:
    texts = Counter(score.gold.note.text for score in report(CORPUS).notes)
    assert [text for text, count in texts.items() if count > 1] == []
