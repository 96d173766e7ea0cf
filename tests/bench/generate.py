"""Step `generate`: the generator's sessions, thrown away or written to Parquet files."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from ingest.files.file_format import FileFormat
from ingest.generator import GENERATORS, Plan, build_world
from ingest.generator.demo import DemoSize, write_demo
from tests.bench.figures import peak_mib, report, timed

UNTIL = datetime(2026, 6, 30, 12, tzinfo=UTC)
SEED = 7


def main() -> None:
    """Generate."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, required=True)
    parser.add_argument("--users", type=int, help="by default one for 20 sessions, 500,000 at most")
    parser.add_argument("--to", type=Path)
    asked = parser.parse_args()
    users = asked.users or min(max(asked.sessions // 20, 1), 500_000)
    size = DemoSize(movies=2000, users=users, sessions=asked.sessions, ratings=100_000, days=90)
    seconds: list[float] = []
    rows = 0
    with timed(seconds):
        if asked.to:
            write_demo(asked.to, FileFormat.PARQUET, size, SEED, UNTIL)
        else:
            world = build_world(Plan.ending(UNTIL, size, SEED))
            rows = sum(batch.num_rows for batch in GENERATORS["viewing_sessions"](world))
    report(rows_per_s=rows / seconds[0], seconds=seconds[0], peak_MiB=peak_mib())


if __name__ == "__main__":
    main()
