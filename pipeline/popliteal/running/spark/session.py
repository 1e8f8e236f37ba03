"""The Spark session of ``popliteal batch --engine spark``: the one there is, or a quiet one on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from popliteal.errors import PoplitealError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MISSING = 'Spark is not installed: pip install "popliteal[spark]"; it needs Java 17 or newer'
_LOGGING = Path(__file__).with_name("log4j2.properties")


@contextmanager
def session(processes: int, master: str | None) -> Iterator[SparkSession]:
    """A session for one run; one that was there before is left running afterwards.

    Args:
        processes: how many cores a session on this machine gets, where no ``master`` is named.
        master: of a session that is made now. ``spark-submit`` names it itself.

    Raises:
        PoplitealError: Spark is not installed, or does not start.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise PoplitealError(MISSING) from error
    running = SparkSession.getActiveSession()
    if running is not None:
        yield running
        return
    try:
        started = _start(SparkSession.builder.appName("popliteal"), processes, master)
    except Exception as error:  # Java that is not there, a master that does not answer: errors of several packages
        raise PoplitealError(
            f"Spark does not start ({type(error).__name__}); is Java 17 or newer installed, is --master right?"
        ) from error
    try:
        yield started
    finally:
        started.stop()


def _start(builder: SparkSession.Builder, processes: int, master: str | None) -> SparkSession:
    if "PYSPARK_GATEWAY_PORT" in os.environ:  # under spark-submit, which has read its own options
        return builder.getOrCreate()
    master = master or f"local[{processes}]"
    builder = builder.master(master)
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        for name, value in _on_this_machine().items():
            builder = builder.config(name, value)
    return builder.getOrCreate()


def _on_this_machine() -> dict[str, str]:
    """Nothing listens to the network, temporary files are encrypted, nothing is logged but errors."""
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.io.encryption.enabled": "true",
        "spark.driver.memory": "2g",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
