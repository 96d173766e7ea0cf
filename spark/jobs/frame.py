"""What all jobs share: arguments, session, progress, and the sentence that says why a job failed.

    python -m spark.jobs.NAME --in DIR --out DIR [--master local[2]] [--memory 2g]

or the same arguments after `spark-submit spark/jobs/NAME.py`. DIR is a folder or an address that Spark reads. An
existing OUT is replaced. Exit codes: 0 done, 1 failed, 2 wrong usage.
"""

import argparse
from collections.abc import Callable, Sequence

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from spark.java import JavaMissing
from spark.parquet import Refused
from spark.progress import Progress
from spark.session import LOCAL, MEMORY, session

Run = Callable[[SparkSession, argparse.Namespace, Progress], None]
Options = Callable[[argparse.ArgumentParser], None]

_MORE_MEMORY = "Spark ran out of memory. Give it more (MARQUEE_SPARK_MEMORY), or a cluster (MARQUEE_SPARK_MASTER)."
# Messages of the JVM, and what to do about them.
_KNOWN = {
    "OutOfMemoryError": _MORE_MEMORY,
    "Java heap space": _MORE_MEMORY,
    "ExecutorLostFailure": "A worker of Spark was lost, as one is that runs out of memory (MARQUEE_SPARK_MEMORY).",
    "Answer from Java side is empty": "Spark's Java process ended, as one does that the system takes the memory of.",
    "No space left on device": "The disk of the staging place (MARQUEE_STAGING) is full. Make room, or name another.",
}


def _none(_: argparse.ArgumentParser) -> None:
    """The arguments that every job takes."""


def run_job(name: str, argv: Sequence[str] | None, run: Run, options: Options = _none) -> int:
    """Run a job's main function in a session; returns its exit code. A job raises Refused for unusable input."""
    arguments = _arguments(name, argv, options)
    progress = Progress(name)
    progress.tell("started")
    try:
        with session(f"marquee {name}", arguments.master, arguments.memory) as spark:
            run(spark, arguments, progress)
    except (JavaMissing, Refused, PySparkException, Py4JError) as error:
        progress.tell("failed", message=sentence_of(error))
        return 1
    return 0


def sentence_of(error: Exception) -> str:
    """The error in a sentence: ours if we know what to do, else the first line of the message."""
    told = str(error)
    known = (sentence for sign, sentence in _KNOWN.items() if sign in told)
    return next(known, told.partition("\n")[0])


def write_counted(frame: DataFrame, folder: str) -> int:
    """Write a result as Parquet, replacing an existing one; returns the number of rows."""
    written = Observation()
    frame.observe(written, F.count("*").alias("rows")).write.mode("overwrite").parquet(folder)
    return int(written.get["rows"])


def _arguments(name: str, argv: Sequence[str] | None, options: Options) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m spark.jobs.{name}")
    parser.add_argument("--in", dest="source", required=True, metavar="DIR", help="the snapshot")
    parser.add_argument("--out", required=True, metavar="DIR", help="a folder for each result table goes here")
    parser.add_argument("--master", default=LOCAL, help="ignored under spark-submit")
    parser.add_argument("--memory", default=MEMORY, help="of the driver, such as 4g; ignored under spark-submit")
    options(parser)
    return parser.parse_args(argv)
