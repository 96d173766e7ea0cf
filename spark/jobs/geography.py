"""The job `geography`: DIR/viewing_sessions and DIR/movies in, three tables out, all of them Parquet.

    python -m spark.jobs.geography --in DIR --out DIR [--master local[2]]

or the same arguments after `spark-submit spark/jobs/geography.py`. The tables are country_reach, country_distances and
travelling_movies; those that exist in OUT are replaced. Exit 0 done, 1 the data or the machine said no, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Sequence

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from spark.geography import country_distances, country_reach, film_audiences, travelling_movies
from spark.java import JavaMissing
from spark.parquet import Refused, read
from spark.progress import Progress
from spark.session import LOCAL, session

SESSIONS = {"user_key": "bigint", "movie_key": "bigint", "country": "string"}
MOVIES = {"movie_key": "bigint", "movie_id": "string", "title": "string", "genre": "string"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    arguments = _arguments(argv)
    progress = Progress("geography")
    progress.tell("started")
    try:
        with session("marquee geography", arguments.master) as spark:
            run(spark, arguments.source, arguments.out, progress)
    except (JavaMissing, Refused, PySparkException, Py4JError) as error:
        progress.tell("failed", message=str(error).partition("\n")[0])
        return 1
    return 0


def run(spark: SparkSession, source: str, out: str, progress: Progress) -> None:
    """From folder to folder.

    Raises: Refused for input that can't be used.
    """
    movies = read(spark, f"{source}/movies", MOVIES)
    # Three tables are made of it; the sessions are read once.
    audiences = film_audiences(read(spark, f"{source}/viewing_sessions", SESSIONS)).persist()
    rows = 0
    for table, rows_of in (
        ("country_reach", country_reach),
        ("country_distances", country_distances),
        ("travelling_movies", travelling_movies),
    ):
        progress.tell(table)
        rows += _write(rows_of(audiences, movies), f"{out}/{table}")
    audiences.unpersist()
    progress.tell("done", rows=rows)


def _write(table: DataFrame, folder: str) -> int:
    written = Observation()
    table.observe(written, F.count("*").alias("rows")).write.mode("overwrite").parquet(folder)
    return int(written.get["rows"])


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m spark.jobs.geography", description="Where films are watched.")
    parser.add_argument("--in", dest="source", required=True, metavar="DIR")
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--master", default=LOCAL, help="ignored under spark-submit")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
