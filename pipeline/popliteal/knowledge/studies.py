"""What ``patterns/measurements.yaml`` may hold of the studies of nerves, muscles and images: words, not grades."""

from __future__ import annotations

from typing import Literal

from popliteal.knowledge.forms import Forms, Regex
from popliteal.knowledge.measurements import Strict, Subject
from popliteal.schema import Assertion, Laterality


class NeedleStudy(Strict):
    """Words of needle electromyography, whose grades ("TA 2+ fibs") are none of strength or reflexes."""

    kind: Literal["needle"]
    words: Regex


class NeedleExamination(Strict):
    """Muscles of a needle examination: a ``finding`` in one is its concept, a ``quiet`` one is without it.

    ``muscles`` without a concept are known only to be told apart. ``vague`` words ("abnormal") are findings only
    in a sentence that names the examination (``context``) or a finding. ``denial`` turns what follows, ``exception``
    turns the verdict before it, ``same`` repeats it, ``part`` begins another list; what ``joins`` muscles goes on with
    one, as a comma alone need not.
    """

    kind: Literal["needle_examination"]
    muscles: dict[str, Subject]
    finding: Forms
    vague: Forms
    quiet: Forms
    context: Forms
    denial: Forms
    exception: Forms
    same: Forms
    part: Forms
    joins: frozenset[str]


class Statement(Strict):
    """Something said in one clause: one form of every group of ``all_of`` within ``within`` words, none of ``none_of``.

    ``context`` must be named in the clause too, anywhere. ``<lumbar level>`` stands for L1 to S2 or L4-5, and likewise
    ``<cervical level>`` and ``<thoracic level>``. ``ordered`` asks for the groups in their order. ``span`` names the
    groups that the finding's words reach over. The side is the one that the clause names, unless ``sided`` is false.
    ``root`` takes the nerve root from the words, or from the level and the
    way the disc goes.
    """

    kind: Literal["statement"]
    concept: str
    all_of: tuple[Forms, ...]
    context: Forms = ()
    none_of: Forms = ()
    within: int = 14
    ordered: bool = False
    span: tuple[int, ...] = ()
    assertion: Assertion | None = None
    possible: Forms = ()
    root: Literal["named", "traversing", "exiting"] | None = None
    level: bool = False
    site: str | None = None
    sided: bool = True
    laterality: Laterality | None = None
