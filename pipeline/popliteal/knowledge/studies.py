"""What ``patterns/measurements.yaml`` may hold of the studies of nerves, muscles and images: words, not grades."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from popliteal.knowledge.forms import Forms, Regex
from popliteal.knowledge.measurements import Strict
from popliteal.schema import Assertion, Laterality


class NeedleStudy(Strict):
    """Words of needle electromyography, whose grades ("TA 2+ fibs") are none of strength or reflexes."""

    kind: Literal["needle"]
    words: Regex


class NeedledMuscle(Strict):
    """A muscle or a few that tell the same: the concept of a finding in it, and as its ``value`` what it moves.

    ``at_levels`` names what it is behind a vertebral level of another region (``T``).
    """

    forms: Forms
    concept: str | None = None
    value: str | None = None
    at_levels: dict[str, str] = Field(default_factory=dict)


class NeedleExamination(Strict):
    """Muscles of a needle examination: a ``finding`` in one is its concept, a ``quiet`` one is without it.

    ``muscles`` without a concept are known only to be told apart. ``vague`` words ("abnormal") are findings only
    in a sentence that names the examination (``context``) or a finding. ``denial`` turns what follows, ``exception``
    turns the verdict before it, ``same`` repeats it, ``part`` begins another list; what ``joins`` muscles goes on with
    one, as a comma alone need not. A line of a table is a muscle and ``cells``, at least ``columns`` of them; one that
    is ``found`` there is a finding. ``rows`` are lines that may be some.
    """

    kind: Literal["needle_examination"]
    muscles: dict[str, NeedledMuscle]
    finding: Forms
    vague: Forms
    quiet: Forms
    context: Forms
    denial: Forms
    exception: Forms
    same: Forms
    part: Forms
    joins: frozenset[str]
    rows: Regex
    cells: Regex
    found: Regex
    columns: int


class Compared(Strict):
    """A response by the words of its ``nerve``, and the ``unit`` of its amplitude, to compare with the other side's."""

    nerve: Regex
    unit: Regex


class ConductionTable(Strict):
    """Numbers of conduction studies, read only in a text with a ``topic``.

    ``concept`` is a response whose amplitude at the site ``above`` is at most what ``remains`` of that ``below``, or
    whose velocity falls by more than ``slowing`` (numbers from ``velocity`` on are velocities, in m/s). ``missing``:
    responses that could not be recorded, by concept, with the groups ``side``, ``after`` and ``both``. ``compared``:
    responses of which at most what ``remains`` of the other side's is left, by concept.
    """

    kind: Literal["conduction_table"]
    concept: str
    topic: Regex
    below: Regex
    above: Regex
    remains: float
    slowing: float
    velocity: float
    missing: dict[str, Regex]
    compared: dict[str, Compared]


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
