"""The job `quality`: session files that arrive in a folder, and user_countries; OUT/quality_windows out.

    python -m spark.jobs.quality --in DIR --out DIR --files FOLDER --checkpoint DIR [--window "15 minutes"]
        [--lateness "1 hour"] [--files-a-batch 32]

It reads the files that are new since the last run, oldest first, and ends. The stream's state is in the checkpoint
folder, separately for each window length: which files were read, and which windows are open and done. The next run
continues where a killed one stopped. OUT is written as a whole each time.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence

from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming.listener import StreamingQueryProgress
from pyspark.sql.streaming.query import StreamingQuery

from spark.arriving_files import arriving
from spark.jobs.run_job import run_job, tell_done, write_counted
from spark.parquet import Refused, read
from spark.progress import Progress
from spark.quality import buffering_windows, checked, stored_windows, with_alerts

SESSIONS = {"start_time": "timestamp", "device": "string", "country": "string", "buffering_count": "bigint"}
USER_COUNTRIES = {"user_id": "string", "country": "string"}
POLL_S = 1
# State on disk, not in memory: a file of ten million sessions is one batch, and each id is kept for a while.
_ROCKSDB = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
_WINDOWS = (
    "window_start timestamp, window_end timestamp, device string, country string, sessions bigint, "
    "known_sessions bigint, buffered_sessions bigint, buffering_events bigint"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    return run_job("quality", argv, run, _options)


def run(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> None:
    """From new files, or without a folder of them from the warehouse's sessions, to the table of all windows that are
    done.

    Raises: Refused for input that can't be used, or can't be read now.
    """
    done = _of_files(spark, arguments, progress) if arguments.files else _of_warehouse(spark, arguments)
    progress.tell("judging")
    write_counted(with_alerts(done), f"{arguments.out}/quality_windows", progress)
    tell_done(progress)


def _of_warehouse(spark: SparkSession, arguments: argparse.Namespace) -> DataFrame:
    sessions = read(spark, f"{arguments.source}/viewing_sessions", SESSIONS)
    return stored_windows(
        sessions.withColumnRenamed("buffering_count", "buffering"), arguments.window, arguments.lateness
    )


def _of_files(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> DataFrame:
    spark.conf.set("spark.sql.streaming.stateStore.providerClass", _ROCKSDB)
    countries = read(spark, f"{arguments.source}/user_countries", USER_COUNTRIES)
    cells = arriving(spark, arguments.files, arguments.files_a_batch)
    folder = f"{arguments.checkpoint}/{re.sub('[^0-9a-z]+', '-', arguments.window.lower())}"
    windows = buffering_windows(_counted(checked(cells)), countries, arguments.window, arguments.lateness)
    left_out = _follow(_start(windows, folder), progress)
    if left_out:
        progress.tell("note", message=left_out)
    # The sink's own log says which of its files are complete.
    return spark.read.schema(_WINDOWS).parquet(f"{folder}/windows")


def _counted(rows: DataFrame) -> DataFrame:
    """The usable rows; the query's progress counts usable and unusable ones."""
    counts = (F.count("*").alias("rows"), F.count("fault").alias("malformed"), F.min("fault").alias("example"))
    return rows.observe("read", *counts).where(F.col("fault").isNull())


def _start(windows: DataFrame, folder: str) -> StreamingQuery:
    return (
        windows.writeStream.format("parquet")
        .outputMode("append")
        .option("checkpointLocation", f"{folder}/state")
        .option("path", f"{folder}/windows")
        .trigger(availableNow=True)
        .start()
    )


def _follow(query: StreamingQuery, progress: Progress) -> str:
    """Report each batch, until all files are read; returns a sentence on what was left out, or nothing."""
    late, malformed, example = 0, 0, ""
    for batch in _batches(query):
        counted = batch.observedMetrics.get("read")
        if counted is None or not counted["rows"]:  # a batch that only closes windows
            continue
        too_late = sum(operator.numRowsDroppedByWatermark for operator in batch.stateOperators)
        progress.tell("batch", rows=counted["rows"], malformed=counted["malformed"], late=too_late)
        late, malformed, example = late + too_late, malformed + counted["malformed"], counted["example"] or example
    told = [f"{late:,} sessions came too late"] if late else []
    told += [f"{malformed:,} rows could not be read, such as: {example}"] if malformed else []
    return "; ".join(told)


def _batches(query: StreamingQuery) -> Iterator[StreamingQueryProgress]:
    """The stream's batches as they end, until all files are read."""
    told = -1
    is_over = False
    while not is_over:
        is_over = _wait(query)
        for batch in query.recentProgress:
            if batch.batchId > told:
                told = batch.batchId
                yield batch


def _wait(query: StreamingQuery) -> bool:
    """Whether the stream has ended, after a while.

    Raises: Refused if it failed, with the innermost error in Spark's message.
    """
    try:
        return bool(query.awaitTermination(POLL_S))
    except StreamingQueryException as error:
        named = re.findall(r"^[\w.]*(?:Error|Exception): .*", str(error), re.MULTILINE)
        raise Refused(named[-1] if named else str(error).partition("\n")[0]) from error


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--files", metavar="FOLDER", help="where session files arrive; they are read as a stream")
    parser.add_argument("--checkpoint", metavar="DIR", help="the stream's state; keep it")
    parser.add_argument("--window", default="15 minutes", help="the length of a window")
    parser.add_argument("--lateness", default="1 hour", help="how far behind the newest a session may start")
    parser.add_argument("--files-a-batch", type=int, default=32)


if __name__ == "__main__":
    sys.exit(main())
