"""How a Spark worker comes by its engine: the patterns travel with the task, the pipeline is built once a process."""

from __future__ import annotations

import hashlib
import pickle
import zlib
from dataclasses import dataclass
from typing import cast

from popliteal.running.pool import Factory
from popliteal.running.tables import Assessor

_ENGINES: dict[str, Assessor] = {}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A factory packed up (some 300 kB with the shipped patterns), and a digest by which a process knows it again."""

    packed: bytes
    digest: str

    @classmethod
    def of(cls, factory: Factory) -> Recipe:
        """Pack a factory."""
        packed = zlib.compress(pickle.dumps(factory, protocol=pickle.HIGHEST_PROTOCOL))
        return cls(packed, hashlib.sha256(packed).hexdigest())

    def engine(self) -> Assessor:
        """The engine of this process; made by the first task that asks."""
        if self.digest not in _ENGINES:
            _ENGINES.clear()  # another set of patterns: the one before is not asked for again
            factory = cast(Factory, pickle.loads(zlib.decompress(self.packed)))  # noqa: S301 - packed by the driver
            _ENGINES[self.digest] = factory()
        return _ENGINES[self.digest]
