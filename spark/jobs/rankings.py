"""The job `rankings`: DIR/viewing_sessions and DIR/movies in, film ranks out, all of them Parquet.

    python -m spark.jobs.rankings --in DIR --out DIR [--through 2026-03-01T00:00:00Z] [--master local[2]]

or the same arguments after `spark-submit spark/jobs/rankings.py`. Without --through the data is taken to be whole up to
its newest session. An OUT that exists is replaced. Exit 0 done, 1 the data or the machine said no, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from spark.java import JavaMissing
from spark.parquet import Refused, read
from spark.progress import Progress
from spark.rankings import rank_films
from spark.session import LOCAL, session

SESSIONS = {"movie_key": "bigint", "start_time": "timestamp", "device": "string", "country": "string"}
MOVIES = {"movie_key": "bigint", "movie_id": "string", "title": "string", "genre": "string"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    arguments = _arguments(argv)
    progress = Progress("rankings")
    progress.tell("started")
    try:
        with session("marquee rankings", arguments.master) as spark:
            _run(spark, arguments.source, arguments.out, arguments.through, progress)
    except (JavaMissing, Refused, PySparkException, Py4JError) as error:
        progress.tell("failed", message=str(error).partition("\n")[0])
        return 1
    return 0


def _run(spark: SparkSession, source: str, out: str, through: datetime | None, progress: Progress) -> None:
    sessions = read(spark, f"{source}/viewing_sessions", SESSIONS)
    movies = read(spark, f"{source}/movies", MOVIES)
    through = through or _newest(sessions)
    progress.tell("ranking", through=through.isoformat())
    written = Observation()
    ranks = rank_films(sessions, movies, through).observe(written, F.count("*").alias("rows"))
    ranks.write.mode("overwrite").parquet(out)
    progress.tell("done", rows=written.get["rows"])


def _newest(sessions: DataFrame) -> datetime:
    """The start of the newest session, in UTC; where there is none, any instant will do."""
    seconds = sessions.agg(F.unix_micros(F.max("start_time"))).first()
    return datetime.fromtimestamp((seconds[0] or 0) / 1_000_000 if seconds else 0, UTC)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m spark.jobs.rankings", description="Rank films from Parquet files.")
    parser.add_argument("--in", dest="source", required=True, metavar="DIR")
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--through", type=_instant, metavar="INSTANT", help="ISO 8601 with an offset")
    parser.add_argument("--master", default=LOCAL, help="ignored under spark-submit")
    return parser.parse_args(argv)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: an instant needs an offset, such as {text}Z")
    return moment.astimezone(UTC)


if __name__ == "__main__":
    sys.exit(main())
