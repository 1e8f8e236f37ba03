"""How many answers change when one weight moves by one point, on the gold findings of corpora.

    make -C benchmarks sensitivity

Every weight of ``patterns/weights.yaml`` is moved by +1 and by -1, alone, and every note whose features it concerns is
ranked again. An answer is the leading hypothesis with its side; a *loss* is one that gold accepts and no longer leads.
Tiers cannot change: rules look at findings, never at scores. Prints Markdown; no text of a note.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from popliteal.evaluating.corpus import load as load_corpus
from popliteal.evaluating.from_gold import as_finding
from popliteal.evaluating.gold import GoldNote
from popliteal.knowledge import Knowledge, load
from popliteal.mapping.assess import Engine

SHOWN = 12
Answer = tuple[str | None, str | None]
Weights = list[tuple[str, float]]


@dataclass
class Case:
    """One note: what the mapping is given, what it answers, what gold accepts, and the features it has."""

    note: GoldNote
    findings: list[dict[str, object]]
    answer: Answer
    features: frozenset[str]

    def right(self, answer: Answer) -> bool:
        """Whether gold accepts the hypothesis of an answer."""
        return answer[0] in {*self.note.decision.acceptable, self.note.decision.hypothesis}


def answer(engine: Engine, findings: list[dict[str, object]]) -> Answer:
    """The leading hypothesis and its side."""
    primary = engine.assess(findings, None)["primary"]
    return primary["hypothesis"], primary["side"]


def cases(engine: Engine, knowledge: Knowledge, corpora: list[Path]) -> Iterator[Case]:
    """The notes of all corpora with a decision."""
    for note in (note for corpus in corpora for note in load_corpus(corpus) if note.decision.hypothesis):
        findings = [
            as_finding(number, gold, knowledge.concepts[gold.concept]).to_dict()
            for number, gold in enumerate(note.findings)
        ]
        yield Case(note, findings, answer(engine, findings), engine.features(findings))


def moved(engine: Engine, scope: str, feature: str, hypothesis: str, by: float) -> Weights:
    """The weights of a feature with one of them moved; gives those that were there."""
    before = engine.scorer.weights[scope][feature]
    engine.scorer.weights[scope][feature] = [(key, w + by if key == hypothesis else w) for key, w in before]
    return before


def main(corpora: list[Path]) -> None:
    """Move every weight and print what that changes."""
    knowledge = load()
    engine = Engine(knowledge.decisions)
    notes = list(cases(engine, knowledge, corpora))
    tried = silent = changed = lost = 0
    worst: Counter[str] = Counter()
    for scope, features in engine.scorer.weights.items():
        for feature, weights in list(features.items()):
            concerned = [case for case in notes if feature in case.features]
            for hypothesis, weight in weights:
                for by in (1.0, -1.0):
                    before = moved(engine, scope, feature, hypothesis, by)
                    new = [(case, answer(engine, case.findings)) for case in concerned]
                    engine.scorer.weights[scope][feature] = before
                    flips = [(case, its) for case, its in new if its != case.answer]
                    tried, silent, changed = tried + 1, silent + (not flips), changed + len(flips)
                    lost += sum(case.right(case.answer) and not case.right(its) for case, its in flips)
                    if flips:
                        worst[f"`{feature}` for {hypothesis}, {weight:+g} to {weight + by:+g}"] = len(flips)
    lines = [
        f"{tried:,} moves of {tried // 2:,} weights on {len(notes)} notes: {silent / tried:.1%} change no answer,",
        f"{changed / tried:.3f} answers change a move on average, {lost / tried:.3f} of them right ones lost.\n",
        "| weight moved | answers that change |\n|---|---|",
        *(f"| {name} | {count} |" for name, count in worst.most_common(SHOWN)),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    CORPORA = Path(__file__).resolve().parents[2] / "corpora"
    main([Path(argument) for argument in sys.argv[1:]] or [CORPORA / "vignettes", CORPORA / "notes"])
