"""A job that stands in for Spark's where only the pipeline around it is looked at: it speaks as they do, without a JVM.

    python -m tests.integration.server.stand_in_job --in DIR --out DIR --run ID [--parts 202602,202603] ...

leaves one film of one chart for each part. It is told more by a file `told` beside the snapshot: `fail` ends it with a
sentence before the last part, `decline` before the first, `wait` has it wait there to be stopped, `other run` and
`fewer` have it leave what it does not tell of. Without parts it is `geography`: it leaves one row of each table, which
has the number in `told`, with a child in the JVM's place; their ids are in `pids`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from spark.parent_watch import end_with_stdin
from tests.integration.marked_files import column_types, geography_rows, write_marked

CHART = {"period": "MONTH", "by": "ALL", "value": "", "movie_key": 1, "views": 1, "rank": 1, "dense_rank": 1}


def tell(event: str, **facts: object) -> None:
    sys.stderr.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stderr.flush()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--in", dest="source", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--parts")
    parser.add_argument("--run")
    parser.add_argument("--ends-with-stdin", action="store_true")
    arguments, _ = parser.parse_known_args()
    if arguments.ends_with_stdin:
        end_with_stdin()
    file = arguments.source.parent / "told"
    told = file.read_text() if file.exists() else ""
    if arguments.parts is None:
        return geography(arguments, int(told))
    return rankings(arguments, told)


def rankings(arguments: argparse.Namespace, told: str) -> int:
    parts = arguments.parts.split(",")
    if told == "decline":
        tell("declined", message="There is too little to say.")
        return 3
    for part in parts:
        if part == parts[-1] and told == "fail":
            tell("failed", message="the weather is bad")
            return 1
        if part == parts[-1] and told == "wait":
            tell("waiting")
            time.sleep(60)
        first = date(int(part[:4]), int(part[4:]), 1)
        rows = [{**CHART, "period_start": first, "row_number": 1, "complete": True}]
        folder = arguments.out / "movie_rankings" / f"part={part}"
        write_marked(folder / "part-0.parquet", rows, "another" if told == "other run" else arguments.run)
        columns = column_types(rows)
        tables = {"movie_rankings": {"rows": 2 if told == "fewer" else 1, "columns": columns}}
        tell("part", part=part, rows=1, run=arguments.run, tables=tables)
    tell("done", rows=len(parts), run=arguments.run, tables={})
    return 0


def geography(arguments: argparse.Namespace, number: int) -> int:
    # Like a JVM it holds the pipe open, and would live on.
    jvm = subprocess.Popen(["sleep", "600"])
    pids = arguments.source.parent / "pids"
    (beside := pids.with_name("pids.new")).write_text(f"{os.getpid()} {jvm.pid}")
    beside.replace(pids)
    tables = {}
    for table, rows in geography_rows(number).items():
        if jvm.poll() is not None:
            tell("failed", message="Answer from Java side is empty")
            return 1
        tell(table)
        write_marked(arguments.out / table / "part-0.parquet", rows, arguments.run)
        tables[table] = {"rows": len(rows), "columns": column_types(rows)}
    tell("done", rows=3, run=arguments.run, tables=tables)
    jvm.kill()
    jvm.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
