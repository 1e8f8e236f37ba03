"""What runs the steps: DuckDB inside this process, or a Spark session. Both see the same views under the same names."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.cohort.sql import Step
from popliteal.errors import OutputError, SourceError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

QUOTE, SPARK_QUOTE = '"', "`"
#: Columns whose names are words of SQL.
RENAMED = {"start": "span_start", "end": "span_end", "text": "words"}
#: The columns that the steps ask for; the others stay unread.
_ASKED = {
    "notes": (
        "note_id", "patient_id", "note_date", "note_type", "chars", "hypothesis", "side", "grade", "urgency",
        "urgency_rules", "red_flags", "not_documented", "needs_review", "sex", "birth_date",
    ),
    "findings": (
        "note_id", "patient_id", "note_date", "finding_id", "start", "end", "text", "category", "concept", "site",
        "laterality", "assertion", "temporality", "value", "value_text", "onset", "onset_days", "course",
    ),
    "hypotheses": ("note_id", "patient_id", "note_date", "side", "rank", "hypothesis", "grade", "supporting"),
    "errors": ("note_id", "stage"),
}  # fmt: skip

#: Parquet files by table.
Files = dict[str, list[Path]]


class Engine(Protocol):
    """Runs steps over the tables of a batch."""

    def run(self, step: Step) -> int:
        """Make the step's table; gives its number of rows."""

    def table(self, name: str) -> pa.Table:
        """A step's table, or the answer to a SELECT of that name."""

    def ask(self, select: str) -> list[tuple[Any, ...]]:
        """The rows of a small SELECT."""


def _columns(table: str, quote: str) -> str:
    """The select list of a view: renamed columns, and ``note_key``, the date as something that can be joined on."""
    listed = [f"{quote}{name}{quote} AS {RENAMED.get(name, name)}" for name in _ASKED[table]]
    if "note_date" in _ASKED[table]:
        listed.append("coalesce(note_date, '') AS note_key")
    return ", ".join(listed)


class DuckEngine:
    """DuckDB in this process, within a fixed memory; what does not fit goes to ``scratch``.

    Args:
        files: the Parquet files of each table.
        patients: birth dates and sex by patient_id (strings), or an empty table of these columns.
        memory: megabytes that the tables in hand may take.
        scratch: a folder of ours, removed by the caller.

    Raises:
        SourceError: a file cannot be read.
        OutputError: memory and disk do not suffice.
    """

    def __init__(self, files: Files, patients: pa.Table, *, memory: int, scratch: Path) -> None:
        self._db = duckdb.connect(
            config={
                "memory_limit": f"{memory}MB",
                "temp_directory": str(scratch),
                "preserve_insertion_order": "false",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        self._do("CREATE MACRO unix_date(d) AS date_diff('day', DATE '1970-01-01', d)")
        self._do("CREATE MACRO date_from_unix_date(n) AS DATE '1970-01-01' + CAST(n AS INTEGER)")
        for name, paths in files.items():
            source = ", ".join(_quoted(_no_glob(str(path))) for path in paths)
            select = f"SELECT {_columns(name, QUOTE)} FROM read_parquet([{source}])"
            self._do(f"CREATE VIEW {name} AS {select}")
        self._db.register("patient_rows", patients)
        self._do("CREATE TEMP TABLE patient_table AS SELECT patient_id, birth_date, sex FROM patient_rows")

    def __enter__(self) -> DuckEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def run(self, step: Step) -> int:
        """Make the step's table; gives its number of rows."""
        self._do(f"CREATE TEMP TABLE {step.name} AS\n{step.select}")
        return int(self.ask(f"SELECT count(*) FROM {step.name}")[0][0])

    def table(self, name: str) -> pa.Table:
        """A step's table."""
        return self._db.sql(f"SELECT * FROM {name}").to_arrow_table()

    def ask(self, select: str) -> list[tuple[Any, ...]]:
        """The rows of a small SELECT."""
        return self._do(select).fetchall()

    def _do(self, sql: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._db.execute(sql)
        except duckdb.OutOfMemoryException as error:
            raise OutputError("memory does not suffice for this screening; give more with --memory") from error
        except duckdb.Error as error:
            # table and file; nothing else of the message: it could quote
            if file := re.search(r"(?:\w+/)?[^\"'/\s]+\.parquet", str(error)):
                raise SourceError(
                    f"{file[0]} of the batch cannot be read ({type(error).__name__}); "
                    "run popliteal batch again with --fresh"
                ) from error
            if isinstance(error, duckdb.IOException):
                raise OutputError(
                    "the scratch folder inside the cohort cannot be written to; is the disk full?"
                ) from error
            raise


def _quoted(value: str) -> str:
    """A string of DuckDB's SQL."""
    return "'" + value.replace("'", "''") + "'"


def _no_glob(path: str) -> str:
    """A path that means itself where patterns are understood."""
    return re.sub(r"[*?\[]", lambda found: f"[{found[0]}]", path)


class SparkEngine:
    """A Spark session: views and tables are in a session of their own beside the caller's, so that no name collides.

    Args:
        files: the Parquet files of each table.
        patients: as for :class:`DuckEngine`.
        session: runs what is asked; it stays the caller's to stop.
    """

    def __init__(self, files: Files, patients: pa.Table, session: SparkSession) -> None:
        self._spark = session.newSession()
        if (session.sparkContext.master or "").startswith(
            "local"
        ):  # one machine has no use for hundreds of small pieces
            self._spark.conf.set("spark.sql.shuffle.partitions", str(2 * session.sparkContext.defaultParallelism))
        for name, paths in files.items():
            listed = [_no_hadoop_glob(str(path)) for path in paths]
            self._spark.read.parquet(*listed).createOrReplaceTempView(f"raw_{name}")
            self._spark.sql(f"SELECT {_columns(name, SPARK_QUOTE)} FROM raw_{name}").createOrReplaceTempView(name)
        rows = [tuple(row[key] for key in ("patient_id", "birth_date", "sex")) for row in patients.to_pylist()]
        schema = "patient_id STRING, birth_date STRING, sex STRING"
        self._spark.createDataFrame(rows, schema).createOrReplaceTempView("patient_table")

    def run(self, step: Step) -> int:
        """Make the step's table, kept in memory or on disk as Spark sees fit; gives its number of rows.

        It forgets how it was made: plans of tables over twenty others outgrow memory long before the rows do.
        """
        frame = self._spark.sql(step.select).localCheckpoint()
        frame.createOrReplaceTempView(step.name)
        return int(frame.count())

    def table(self, name: str) -> pa.Table:
        """A step's table."""
        frame = self._spark.table(name)
        rows = [tuple(row) for row in frame.collect()]
        return pa.table(
            {name: pa.array([row[at] for row in rows], _ARROW[kind]) for at, (name, kind) in enumerate(frame.dtypes)}
        )

    def ask(self, select: str) -> list[tuple[Any, ...]]:
        """The rows of a small SELECT."""
        return [tuple(row) for row in self._spark.sql(select).collect()]


#: What Spark calls the types that a step's table has.
_ARROW = {"string": pa.string(), "int": pa.int64(), "bigint": pa.int64(), "boolean": pa.bool_(), "double": pa.float64()}


def _no_hadoop_glob(path: str) -> str:
    """A path that means itself where Hadoop understands patterns."""
    return re.sub(r"[*?\[\]{}\\]", lambda found: f"\\{found[0]}", path)
