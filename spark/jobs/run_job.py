"""What all jobs share: arguments, session, progress, and the sentence that says why a job failed.

    python -m spark.jobs.NAME --in DIR --out DIR [--master local[2]] [--memory 2g] [--run ID] [--ends-with-stdin]

or the same arguments after `spark-submit spark/jobs/NAME.py`. DIR is a folder or an address that Spark reads. An
existing OUT is replaced. Every file that is written bears the run's id. Exit codes: 0 done, 1 failed, 2 wrong usage, 3
nothing worth publishing (the last event says why).
"""

import argparse
import uuid
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import PurePosixPath

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from spark.java import JavaMissing
from spark.parent_watch import end_with_stdin
from spark.parquet import Declined, Refused, root_cause
from spark.progress import Progress, Written
from spark.session import LOCAL, MEMORY, Machine, session

DECLINED = 3
# The key of the run's id in a column's metadata.
RUN_MARK = "marquee_run"

Run = Callable[[SparkSession, argparse.Namespace, Progress], None]
Options = Callable[[argparse.ArgumentParser], None]

_MORE_MEMORY = "Spark ran out of memory. Give it more (MARQUEE_SPARK_MEMORY), or a cluster (MARQUEE_SPARK_MASTER)."
# Messages of the JVM, and what to do about them.
_KNOWN = {
    "OutOfMemoryError": _MORE_MEMORY,
    "Java heap space": _MORE_MEMORY,
    "ExecutorLostFailure": "A Spark worker was lost, as happens when it runs out of memory (MARQUEE_SPARK_MEMORY).",
    "Answer from Java side is empty": "Spark's Java process ended. The system may have been out of memory.",
    "INVALID_DRIVER_MEMORY": "Spark's driver has too little memory: it needs at least 512m (MARQUEE_SPARK_MEMORY).",
    "INVALID_EXECUTOR_MEMORY": "An executor has too little memory: it needs at least 512m"
    " (MARQUEE_SPARK_EXECUTOR_MEMORY).",
    "JAVA_GATEWAY_EXITED": "Spark's Java did not start. Its memory (MARQUEE_SPARK_MEMORY) may be more than this machine"
    " has or less than Java needs; or JAVA_HOME is not a complete Java.",
    "No space left on device": "The disk of the staging place (MARQUEE_STAGING) is full. Make room, or name another.",
}


def _none(_: argparse.ArgumentParser) -> None:
    """The arguments that every job takes."""


def run_job(name: str, argv: Sequence[str] | None, run: Run, options: Options = _none) -> int:
    """Run a job's main function in a session; returns its exit code. A job raises Refused for unusable input."""
    arguments = _arguments(name, argv, options)
    if arguments.ends_with_stdin:
        end_with_stdin()
    progress = Progress(name, arguments.run)
    progress.tell("started")
    try:
        with session(f"marquee {name}", _machine(arguments)) as spark:
            run(spark, arguments, progress)
    except Declined as declined:
        progress.tell("declined", message=str(declined))
        return DECLINED
    except (JavaMissing, Refused, PySparkException, Py4JError) as error:
        progress.tell("failed", message=sentence_of(error))
        return 1
    return 0


def sentence_of(error: Exception) -> str:
    """The error in a sentence: ours if we know what to do, else the first line of the message."""
    told = f"{root_cause(error)}\n{error}" if isinstance(error, Py4JJavaError) else str(error)
    known = (sentence for sign, sentence in _KNOWN.items() if sign in told)
    return next(known, told.partition("\n")[0])


def write_counted(frame: DataFrame, folder: str, progress: Progress) -> int:
    """Write a table of the result as Parquet, replacing an existing one; returns the number of rows."""
    counted = Observation()
    marked = _marked(frame, progress.run)
    marked.observe(counted, F.count("*").alias("rows")).write.mode("overwrite").parquet(folder)
    rows = int(counted.get["rows"])
    progress.tables[PurePosixPath(folder).name] = Written(rows=rows, columns=_columns_of(frame))
    return rows


def write_parts(frame: DataFrame, folder: str, parts: Sequence[str], progress: Progress) -> int:
    """Write a table of the result in one pass, in a folder `part=PART` for each value of its column `part`, and tell of
    each; returns the number of rows.
    """
    counted = Observation()
    counts = [F.count_if(F.col("part") == part).alias(part) for part in parts]
    _marked(frame, progress.run).observe(counted, *counts).write.partitionBy("part").mode("overwrite").parquet(folder)
    columns = _columns_of(frame.drop("part"))
    for part in parts:
        written = Written(rows=int(counted.get[part]), columns=columns)
        tables = {PurePosixPath(folder).name: written}
        # The parent process takes this part in.
        progress.tell("part", part=part, rows=written["rows"], run=progress.run, tables=tables)
    return sum(int(counted.get[part]) for part in parts)


def tell_done(progress: Progress, model: str = "") -> None:
    """Say that the result is whole, what it is made of, and by which model, in words."""
    rows = sum(table["rows"] for table in progress.tables.values())
    progress.tell("done", rows=rows, run=progress.run, tables=progress.tables, model=model)


def _marked(frame: DataFrame, run: str) -> DataFrame:
    """The rows with the run's id in the schema, which Spark writes into each file's footer."""
    return frame.withMetadata(frame.columns[0], {RUN_MARK: run})


def _columns_of(frame: DataFrame) -> list[tuple[str, object]]:
    return [(field.name, field.dataType.jsonValue()) for field in frame.schema]


def _machine(arguments: argparse.Namespace) -> Machine:
    return Machine(**{field.name: getattr(arguments, field.name) for field in fields(Machine)})


def _arguments(name: str, argv: Sequence[str] | None, options: Options) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m spark.jobs.{name}")
    parser.add_argument("--in", dest="source", required=True, metavar="DIR", help="the snapshot")
    parser.add_argument("--out", required=True, metavar="DIR", help="a folder for each result table goes here")
    parser.add_argument("--master", default=LOCAL, help="ignored under spark-submit")
    parser.add_argument("--memory", default=MEMORY, help="of the driver, such as 4g; ignored under spark-submit")
    parser.add_argument("--executor-memory", default="", help="of each executor of a cluster; ignored likewise")
    parser.add_argument("--executor-cores", type=int, default=0, help="of each executor of a cluster")
    parser.add_argument("--host", default="", help="the address at which a cluster's workers reach the driver")
    parser.add_argument("--bind", default="", help="the address on which the driver listens")
    parser.add_argument("--driver-port", type=int, default=0)
    parser.add_argument("--block-port", type=int, default=0)
    parser.add_argument("--patience-s", type=float, default=Machine.patience_s, help="how long to wait for an executor")
    parser.add_argument("--ui", default="", metavar="HOST:PORT", help="where Spark's own pages are; none by default")
    parser.add_argument("--run", default=uuid.uuid4().hex, metavar="ID", help="marks the files of this run")
    parser.add_argument("--ends-with-stdin", action="store_true", help="end when standard input does, with the parent")
    options(parser)
    return parser.parse_args(argv)
