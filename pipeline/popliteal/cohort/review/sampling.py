"""Which charts are reviewed, and in which order: drawn at random within strata, the same for the same seed.

A patient's place in a draw is the SHA-256 of seed, draw and patient id. So a sample depends on nothing but these (not
on the order of rows, a machine or a version), and a larger sample of the same seed holds the smaller one.

``random`` charts are drawn from all patients that no stratum has drawn. Given how many of them fall into a stratum they
are a simple random sample of what is left of it, so for the estimates they count as charts of their stratum.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from popliteal.cohort.review.estimates import STRATA
from popliteal.errors import SourceError

RANDOM = "random"
#: What a sample may be asked of.
DRAWS = (*STRATA, RANDOM)


@dataclass(frozen=True, slots=True)
class Draw:
    """One chart of the sample: the patient, the stratum that the patient is in, and what the chart was drawn for."""

    patient_id: str
    stratum: str
    drawn: str


def stratum(verdict: str, near_miss: bool) -> str:
    """The stratum of a patient of the cohort."""
    return "near_miss" if verdict == "excluded" and near_miss else verdict


def parse_sample(wanted: str) -> int | dict[str, int]:
    """``100`` charts altogether, or ``included=40,near_miss=20`` charts of each.

    Raises:
        SourceError: it is neither.
    """
    if wanted.strip().isdecimal():
        return int(wanted)
    parts = {}
    for item in wanted.split(","):
        name, _, count = (piece.strip() for piece in item.partition("="))
        if name not in DRAWS or not count.isdecimal() or name in parts:
            raise SourceError(
                f"--sample: expected a number of charts, or numbers of some of {', '.join(DRAWS)}, such as "
                "included=40,near_miss=20,random=20"
            )
        parts[name] = int(count)
    return parts


def allocate(total: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """``total`` charts in equal parts over the strata and ``random``; what a small stratum cannot give goes to others.

    Args:
        total: charts altogether.
        sizes: patients of each stratum.
    """
    room = {name: sizes.get(name, 0) for name in STRATA} | {RANDOM: sum(sizes.values())}
    quotas = dict.fromkeys(DRAWS, 0)
    left = min(total, sum(sizes.values()))
    open_draws = [name for name in DRAWS if room[name]]
    while left and open_draws:
        share = max(1, left // len(open_draws))
        for name in open_draws:
            more = min(share, room[name] - quotas[name], left)
            quotas[name] += more
            left -= more
        open_draws = [name for name in open_draws if quotas[name] < room[name]]
    return quotas


def draw(strata: Mapping[str, str], quotas: Mapping[str, int], seed: int, drawn: Iterable[Draw] = ()) -> list[Draw]:
    """The charts that are still missing to ``quotas``, in the order of their review (strata mixed).

    Args:
        strata: stratum by patient id, of all patients.
        quotas: charts wanted by draw; those in ``drawn`` count.
        seed: any number.
        drawn: charts that earlier draws of this cohort gave.
    """
    before = list(drawn)
    have = Counter(item.drawn for item in before)
    taken = {item.patient_id for item in before}
    new: list[Draw] = []
    for name in DRAWS:
        pool = [patient for patient, where in strata.items() if name in (where, RANDOM) and patient not in taken]
        chosen = _first(pool, quotas.get(name, 0) - have[name], seed, name)
        taken.update(chosen)
        new += [Draw(patient, strata[patient], name) for patient in chosen]
    return sorted(new, key=lambda item: _place(seed, "order", item.patient_id))


def _first(pool: Collection[str], count: int, seed: int, name: str) -> list[str]:
    return sorted(pool, key=lambda patient: _place(seed, name, patient))[: max(0, count)]


def _place(seed: int, name: str, patient: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{name}\0{patient}".encode("utf-8", "surrogatepass")).digest()
