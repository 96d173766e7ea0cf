"""The Spark session of a job: made under its main guard, passed down, never made on import."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from spark import java

LOCAL = "local[2]"
MEMORY = "2g"
_LOGGING = Path(__file__).parent / "log4j2.properties"


@contextmanager
def session(name: str, master: str = LOCAL, memory: str = MEMORY) -> Iterator[SparkSession]:
    """A session in UTC that logs only errors; stopped at the end.

    Under spark-submit the cluster decides master, memory and Java; `master` and `memory` are ignored.

    Raises: java.JavaMissing.
    """
    builder = SparkSession.builder.appName(name)
    if "PYSPARK_GATEWAY_PORT" not in os.environ:  # set where spark-submit has started the JVM already
        os.environ["JAVA_HOME"] = str(java.find())
        os.environ["PYSPARK_PYTHON"] = sys.executable  # the `python3` on the path may lack what ours has
        builder = builder.master(master).config(map=_local(memory))
    spark = builder.config(map=_COMMON).getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


# Days are UTC days on any machine, and overflow or a bad cast is an error, never a NULL.
_COMMON: dict[str, bool | float | int | str | None] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": True,
    # Instants of UTC by the type of Parquet itself: Spark's own default, INT96, names no zone.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}


def _local(memory: str) -> dict[str, bool | float | int | str | None]:
    return {
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
        # Nothing listens but on this machine, and no page is served.
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": False,
        "spark.ui.showConsoleProgress": False,
        # A few cores: the default of 200 would spend the time on empty tasks.
        "spark.sql.shuffle.partitions": 8,
        "spark.sql.catalogImplementation": "in-memory",
    }
