"""Finding the definition that ``--criteria`` names: a file, or the id of one in the patterns."""

from __future__ import annotations

import hashlib
from pathlib import Path

from popliteal.cohort.screening import Definition
from popliteal.errors import PatternError, SourceError
from popliteal.knowledge import load
from popliteal.knowledge.cohorts import load_cohorts, read_cohort, vocabulary
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.source import near


def find_definition(criteria: str, patterns: Path | None = None) -> Definition:
    """The definition in the file ``criteria``, or that of this id in the patterns.

    Raises:
        SourceError: there is neither.
        PatternError: it is wrong; names file, line and entry.
    """
    knowledge = load(patterns)
    words, layers = vocabulary(knowledge), Layers(patterns)
    file = Path(criteria)
    if file.is_file():
        cohort = read_cohort(file, words)
    elif file.suffix or len(file.parts) > 1:
        raise PatternError([f"{file}: no such file; --criteria takes a YAML file or the id of shipped criteria"])
    else:
        cohorts = load_cohorts(layers, words)
        if criteria not in cohorts:
            raise SourceError(
                f"no criteria {criteria!r}{near(criteria, set(cohorts))}; there are "
                f"{', '.join(cohorts) or 'none'}, or name a YAML file"
            )
        cohort, file = cohorts[criteria], layers.entries("cohorts")[criteria][0].file
    text = file.read_bytes()
    return Definition(cohort, text, hashlib.sha256(text).hexdigest(), knowledge.version)
