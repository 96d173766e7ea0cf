"""The job `geography`: viewing_sessions and movies in, country_reach, country_distances and travelling_movies out.

python -m spark.jobs.geography --in DIR --out DIR
"""

import argparse
import sys
from collections.abc import Sequence

from pyspark.sql import SparkSession

from spark.geography import country_distances, country_reach, film_audiences, travelling_movies
from spark.jobs.run_job import run_job, tell_done, write_counted
from spark.parquet import read
from spark.progress import Progress

SESSIONS = {"user_key": "bigint", "movie_key": "bigint", "country": "string"}
MOVIES = {"movie_key": "bigint", "sort_key": "string", "genre": "string"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    return run_job("geography", argv, run)


def run(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> None:
    """From folder to folder.

    Raises: Refused for input that can't be used.
    """
    movies = read(spark, f"{arguments.source}/movies", MOVIES)
    # Three tables are made of it; the sessions are read once.
    audiences = film_audiences(read(spark, f"{arguments.source}/viewing_sessions", SESSIONS)).persist()
    for name, table in (
        ("country_reach", country_reach(audiences, movies)),
        ("country_distances", country_distances(audiences, movies)),
        ("travelling_movies", travelling_movies(audiences, movies)),
    ):
        progress.tell(name.replace("_", " "))
        write_counted(table, f"{arguments.out}/{name}", progress)
    audiences.unpersist()
    tell_done(progress)


if __name__ == "__main__":
    sys.exit(main())
