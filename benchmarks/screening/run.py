"""Screening ten million findings: time, memory and plan. Writes its section of docs/benchmarks.md.

The tables are those of ``corpora/demo``, every patient repeated under thousands of ids and in other years. So the
answer is known: every count must be that of the demo, as many times over, or the run fails.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from popliteal.cohort.definitions import find_definition
from popliteal.cohort.engines import DuckEngine
from popliteal.cohort.folder import VERDICTS
from popliteal.cohort.folder import read_manifest as read_cohort
from popliteal.cohort.sql import compile_cohort
from popliteal.cohort.tables import open_batch, read_people
from popliteal.running.store import part_name, read_manifest
from popliteal.running.tables import SCHEMAS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
COMMAND = "make -C benchmarks screening"
BEGIN, END = f"<!-- screening: begin, written by `{COMMAND}` -->", "<!-- screening: end -->"
TITLE = "# Benchmarks\n\nEvery section here is written by the command that stands above it.\n"
AS_OF = "2025-12-31"
#: One part of the tables stands for so many copies of the demo.
COPIES_A_PART = 100
#: The criteria whose steps and plan are shown.
SHOWN = "peroneal_after_knee"
EXPLAINED = "evidence_index"


@dataclass
class Run:
    """One screening: seconds by the clock and of processor time, peak megabytes, and patients by verdict."""

    criteria: str
    seconds: float
    processor: float
    megabytes: float
    counts: dict[str, int]


def main() -> None:
    """Makes the tables, screens them, checks the counts and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=10_000_000, help="at least so many (10,000,000)")
    parser.add_argument("--memory", type=int, default=1_000, help="megabytes for DuckDB (1,000)")
    parser.add_argument("--dry", action="store_true", help="print the section, do not write the page")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="popliteal-") as scratch:
        small, large = Path(scratch) / "demo", Path(scratch) / "large"
        command("batch", ROOT / "corpora/demo/notes.csv", "--out", small, "--quiet")
        copies = enlarge(small, large, given.findings)
        names = sorted(file.stem for file in (ROOT / "patterns" / "cohorts").glob("*.yaml"))
        runs = []
        for name in names:
            once = screened(small, Path(scratch) / f"small-{name}", name, given.memory)
            many = screened(large, Path(scratch) / f"large-{name}", name, given.memory)
            compare(once, many, copies)
            runs.append(many)
            sys.stderr.write(f"{name}: {many.seconds:.0f} s, {many.megabytes:.0f} MB\n")
        section = "\n".join([*told(large, runs, copies, given.memory), "", *plan(large, Path(scratch), given.memory)])
    if given.dry:
        sys.stdout.write(section + "\n")
    else:
        write(section)


def command(*parts: object) -> tuple[float, float, float]:
    """Runs popliteal; gives seconds, seconds of processor time, and the most memory that it held in megabytes."""
    started = time.perf_counter()
    running = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "popliteal", *map(str, parts)], stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode not in {0, 1}:
        raise SystemExit(f"popliteal {' '.join(map(str, parts))} ended with {running.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def screened(tables: Path, out: Path, name: str, memory: int) -> Run:
    """One screening in a process of its own."""
    used = command("screen", tables, "-c", name, "--as-of", AS_OF, "--memory", memory, "--out", out, "--quiet")
    manifest = read_cohort(out)
    if manifest is None:
        raise SystemExit(f"{out}: no cohort was written")
    return Run(name, *used, manifest.counts)


def compare(once: Run, many: Run, copies: int) -> None:
    """Ends the run where a count of the large tables is not that of the demo as many times over."""
    for key in (*VERDICTS, "patients", "notes", "notes_copies", "notes_in_the_future"):
        if many.counts[key] != copies * once.counts[key]:
            raise SystemExit(f"{many.criteria}: {key} is {many.counts[key]}, expected {copies} x {once.counts[key]}")


def enlarge(small: Path, large: Path, findings: int) -> int:
    """Writes the demo many times over, so that it has at least so many findings; gives the number of copies."""
    manifest = read_manifest(small)
    if manifest is None or manifest.parts != 1:
        raise SystemExit(f"{small}: expected the demo in one part")
    copies = -(-findings // manifest.rows["findings"])
    parts = -(-copies // COPIES_A_PART)
    for table in SCHEMAS:
        (large / table).mkdir(parents=True)
        keys = [key for key in ("note_id", "patient_id") if key in SCHEMAS[table].names]
        dates = [key for key in ("note_date", "birth_date") if key in SCHEMAS[table].names]
        changed = [f"printf('%05d-%s', k, {key}) AS {key}" for key in keys]
        changed += [f"CAST(CAST({key} AS DATE) - CAST(7 * (k % 200) AS INTEGER) AS VARCHAR) AS {key}" for key in dates]
        for part in range(parts):
            first, last = part * COPIES_A_PART, min(copies, (part + 1) * COPIES_A_PART)
            source, target = small / table / part_name(0), large / table / part_name(part)
            duckdb.execute(
                f"COPY (SELECT * EXCLUDE (k) REPLACE ({', '.join(changed)}) FROM '{source}', "  # noqa: S608 - our own paths
                f"range({first}, {last}) r(k)) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
            )
    rows = {table: copies * number for table, number in manifest.rows.items()}
    grown = replace(manifest, parts=parts, items=copies * manifest.items, rows=rows, source="corpora/demo, repeated")
    (large / "manifest.json").write_text(json.dumps(asdict(grown)), encoding="utf-8")
    return copies


def told(large: Path, runs: list[Run], copies: int, memory: int) -> list[str]:
    """The table of times and memory."""
    batch = open_batch(large)
    megabytes = sum(path.stat().st_size for paths in batch.files.values() for path in paths) / 1e6
    rows = batch.manifest.rows
    lines = [
        "## Screening",
        "",
        f"`{COMMAND}` · DuckDB {duckdb.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"`--memory {memory}`.",
        "",
        f"{rows['findings']:,} findings of {rows['notes']:,} notes and {runs[0].counts['patients']:,} patients in "
        f"{megabytes:,.0f} MB of Parquet: the demo {copies:,} times, in {batch.manifest.parts} parts. "
        "Every count is checked to be that of the demo as many times over. Peak memory is of the whole process. "
        "Repeated rows pack smaller than real ones, of which the same number takes longer to read.",
        "",
        "| criteria | seconds | of processor time | peak MB | included | uncertain | excluded |",
        "|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        numbers = " | ".join(f"{run.counts[verdict]:,}" for verdict in VERDICTS)
        lines.append(
            f"| `{run.criteria}` | {run.seconds:.0f} | {run.processor:.0f} | {run.megabytes:,.0f} | {numbers} |"
        )
    return lines


def plan(large: Path, scratch: Path, memory: int) -> list[str]:
    """What each step of one criteria makes and takes, and DuckDB's plan for finding its index events."""
    batch = open_batch(large)
    steps = compile_cohort(find_definition(SHOWN).cohort, date.fromisoformat(AS_OF))
    lines = [f"The steps of `{SHOWN}` in order:", "", "| step | rows | seconds |", "|---|---|---|"]
    explained: list[str] = []
    with DuckEngine(batch.files, read_people(None).table, memory=memory, scratch=scratch / "spill") as engine:
        for step in steps:
            if step.name == EXPLAINED:
                ((_, text),) = engine.ask(f"EXPLAIN (FORMAT json) {step.select}")
                explained = list(tree(json.loads(text)))
            started = time.perf_counter()
            rows = engine.run(step)
            lines.append(f"| {step.name} | {rows:,} | {time.perf_counter() - started:.1f} |")
    return [*lines, "", f"DuckDB's plan of `{EXPLAINED}`:", "", "```", *explained, "```"]


def tree(nodes: list[dict[str, Any]], depth: int = 0) -> Iterator[str]:
    """Operators, each under the one that it feeds, with what it filters."""
    for node in nodes:
        filters = node.get("extra_info", {}).get("Filters", [])
        said = " AND ".join(filters) if isinstance(filters, list) else str(filters)
        yield f"{'  ' * depth}{node['name'].strip()}{f'  [{said}]' if said else ''}"
        yield from tree(node.get("children", []), depth + 1)


def write(section: str) -> None:
    """Puts the section into the page, in the place of the one before."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else f"{TITLE}\n{BEGIN}\n{END}\n"
    if BEGIN not in page:
        page = f"{page.rstrip()}\n\n{BEGIN}\n{END}\n"
    made = re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: f"{BEGIN}\n{section}\n{END}", page, flags=re.S)
    PAGE.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
