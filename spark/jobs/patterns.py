"""The job `patterns`: DIR/viewing_sessions and DIR/users in, OUT/user_patterns out, all of them Parquet.

    python -m spark.jobs.patterns --in DIR --out DIR [--master local[2]]

or the same arguments after `spark-submit spark/jobs/patterns.py`. A table that exists in OUT is replaced. Exit 0 done,
1 the data or the machine said no, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Sequence

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import Observation, SparkSession
from pyspark.sql import functions as F

from spark.java import JavaMissing
from spark.parquet import Refused, read
from spark.patterns import user_patterns
from spark.progress import Progress
from spark.session import LOCAL, session

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
    arguments = _arguments(argv)
    progress = Progress("patterns")
    progress.tell("started")
    try:
        with session("marquee patterns", arguments.master) as spark:
            run(spark, arguments.source, arguments.out, progress)
    except (JavaMissing, Refused, PySparkException, Py4JError) as error:
        progress.tell("failed", message=str(error).partition("\n")[0])
        return 1
    return 0


def run(spark: SparkSession, source: str, out: str, progress: Progress) -> None:
    """From folder to folder.

    Raises: Refused for input that can't be used.
    """
    sessions = read(spark, f"{source}/viewing_sessions", SESSIONS)
    users = read(spark, f"{source}/users", USERS)
    progress.tell("watching")
    written = Observation()
    patterns = user_patterns(spark, sessions, users).observe(written, F.count("*").alias("rows"))
    patterns.write.mode("overwrite").parquet(f"{out}/user_patterns")
    progress.tell("done", rows=written.get["rows"])


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m spark.jobs.patterns", description="How each user watches.")
    parser.add_argument("--in", dest="source", required=True, metavar="DIR")
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--master", default=LOCAL, help="ignored under spark-submit")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
