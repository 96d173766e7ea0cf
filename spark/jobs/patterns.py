"""The job `patterns`: viewing_sessions and users in, OUT/user_patterns out.

python -m spark.jobs.patterns --in DIR --out DIR
"""

import argparse
import sys
from collections.abc import Sequence

from pyspark.sql import SparkSession

from spark.jobs.run_job import run_job, tell_done, write_counted
from spark.parquet import read
from spark.patterns import user_patterns
from spark.progress import Progress

SESSIONS = {
    "user_key": "bigint",
    "movie_key": "bigint",
    "start_time": "timestamp",
    "device": "string",
    "watch_minutes_e4": "bigint",
    "completion_e6": "bigint",
}
USERS = {"user_key": "bigint", "time_zone": "string"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    return run_job("patterns", argv, run)


def run(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> None:
    """From folder to folder.

    Raises: Refused for input that can't be used.
    """
    sessions = read(spark, f"{arguments.source}/viewing_sessions", SESSIONS)
    users = read(spark, f"{arguments.source}/users", USERS)
    progress.tell("following users")
    write_counted(user_patterns(spark, sessions, users), f"{arguments.out}/user_patterns", progress)
    tell_done(progress)


if __name__ == "__main__":
    sys.exit(main())
