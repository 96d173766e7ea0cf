"""A job that stands in for Spark's where only the pipeline around it is looked at: it speaks as they do, without a JVM.

    python -m tests.integration.server.stand_in_job --in DIR --out DIR --parts 202602,202603 ...

leaves one film of one chart for each part. It is told more by a file `told` beside the snapshot: `fail` ends it with a
sentence before the last part, `wait` has it wait there to be stopped.
"""

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def tell(event: str, **facts: object) -> None:
    sys.stderr.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stderr.flush()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--in", dest="source", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--parts")
    arguments, _ = parser.parse_known_args()
    file = arguments.source.parent / "told"
    told = file.read_text() if file.exists() else ""
    parts = arguments.parts.split(",")
    for part in parts:
        if part == parts[-1] and told == "fail":
            tell("failed", message="the weather is bad")
            return 1
        if part == parts[-1] and told == "wait":
            tell("waiting")
            time.sleep(60)
        folder = arguments.out / part / "movie_rankings"
        folder.mkdir(parents=True)
        chart = {"period": "MONTH", "period_start": date(int(part[:4]), int(part[4:]), 1), "by": "ALL", "value": ""}
        place = {"movie_key": 1, "views": 1, "rank": 1, "dense_rank": 1, "row_number": 1, "complete": True}
        pq.write_table(pa.Table.from_pylist([{**chart, **place}]), folder / "part-0.parquet")
        tell("part", part=part, rows=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
