"""A Spark session on this machine, with two workers; where there is no Spark or no Java, these tests are skipped."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ENGINES = Path(__file__).resolve().parents[1] / "unit" / "running"


@pytest.fixture(scope="session")
def java() -> None:
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install popliteal[spark]")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java")


@pytest.fixture(scope="session")
def spark(java: None) -> Iterator[SparkSession]:
    from popliteal.running.spark.session import session

    sys.path.append(str(ENGINES))  # workers get the path of this process
    with session(2, None) as started:
        yield started
