"""The Spark session of a job: made under its main guard, passed down, never made on import."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from py4j.protocol import Py4JError
from pyspark.sql import SparkSession

from spark import java
from spark.master import STANDALONE, own_address_towards
from spark.parquet import Refused

LOCAL = "local[2]"
MEMORY = "2g"
LOOPBACK = "127.0.0.1"
_LOGGING = Path(__file__).parent / "log4j2.properties"
Conf = dict[str, bool | float | int | str | None]


@dataclass(frozen=True)
class Machine:
    """Where Spark runs and with what. Memory is written as `2g`; '' and 0 leave a thing to Spark.

    `memory` is the driver's. `host` is the address at which workers reach the driver, by default the one that this
    machine has towards the master; `bind` the one that the driver listens on. With `local[...]` nothing listens but on
    loopback, and both are ignored. An executor is waited for `patience_s`. `ui` is `HOST:PORT` of Spark's own
    pages, '' for none.
    """

    master: str = LOCAL
    memory: str = MEMORY
    executor_memory: str = ""
    executor_cores: int = 0
    host: str = ""
    bind: str = ""
    driver_port: int = 0
    block_port: int = 0
    patience_s: float = 45.0
    ui: str = ""

    @property
    def is_local(self) -> bool:
        """Whether driver and executors are one process of this machine."""
        return self.master.startswith("local[") or self.master == "local"


@contextmanager
def session(name: str, machine: Machine | None = None) -> Iterator[SparkSession]:
    """A session in UTC that logs only errors; stopped at the end.

    Under spark-submit the cluster decides master, memory and Java; `machine` is ignored.

    Raises: java.JavaMissing; Refused for a master that can't be reached or has no worker to give.
    """
    builder = SparkSession.builder.appName(name)
    chosen = machine or Machine()
    is_ours = "PYSPARK_GATEWAY_PORT" not in os.environ  # set where spark-submit has started the JVM already
    if is_ours:
        os.environ["JAVA_HOME"] = str(java.find())
        os.environ["PYSPARK_PYTHON"] = sys.executable  # the `python3` on the path may lack what ours has
        chosen = _reachable(chosen)
        if chosen.ui:
            # The pages have no setting of their own for the address that they listen on.
            os.environ["SPARK_LOCAL_IP"] = chosen.ui.rpartition(":")[0].strip("[]")
        builder = builder.master(chosen.master).config(map=configuration(chosen))
    spark = builder.config(map=_COMMON).getOrCreate()
    try:
        if is_ours and chosen.master.startswith(STANDALONE):
            _await_executor(spark, chosen)
        yield spark
    finally:
        spark.stop()


def _reachable(machine: Machine) -> Machine:
    """The machine, with the driver's address towards a master, which was reached.

    Raises: Refused.
    """
    if not machine.master.startswith(STANDALONE):
        return machine
    address = own_address_towards(machine.master)
    return replace(machine, host=machine.host or address)


def _await_executor(spark: SparkSession, machine: Machine) -> None:
    """Run something small: it takes an executor.

    Raises: Refused if none came in time.
    """
    late, over = threading.Event(), threading.Event()

    def end() -> None:
        if over.wait(machine.patience_s):
            return
        late.set()
        # Again and again: on a busy machine the job may be on its way still.
        while not over.wait(1):
            spark.sparkContext.cancelAllJobs()

    threading.Thread(target=end, name="executor watch", daemon=True).start()
    try:
        spark.range(1).count()
    except Py4JError as error:
        if not late.is_set():
            raise
        memory, cores = machine.executor_memory or "1g", machine.executor_cores or 1
        raise Refused(
            f"The Spark master {machine.master} gave no executor in {machine.patience_s:.0f} seconds. Either no"
            f" worker has {memory} of memory and {cores} cores free (MARQUEE_SPARK_EXECUTOR_MEMORY,"
            " MARQUEE_SPARK_EXECUTOR_CORES),"
            f" or the workers can't reach this machine at {machine.host} (MARQUEE_SPARK_HOST,"
            " MARQUEE_SPARK_DRIVER_PORT, MARQUEE_SPARK_BLOCK_PORT)."
        ) from error
    finally:
        over.set()


# The lineage of a model of ten iterations is deeper than a thread's usual 1 MiB of stack takes where nothing is
# compiled yet: its tasks end with StackOverflowError.
_STACK = "-Xss8m"
# Days are UTC days on any machine, and overflow or a bad cast is an error, never a NULL.
_COMMON: Conf = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": True,
    # Instants of UTC by the type of Parquet itself: Spark's own default, INT96, names no zone.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}


def configuration(machine: Machine) -> Conf:
    """Spark's configuration for a machine."""
    conf: Conf = {
        "spark.driver.memory": machine.memory,
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOGGING.as_uri()} {_STACK}",
        "spark.executor.extraJavaOptions": _STACK,
        "spark.ui.enabled": bool(machine.ui),
        "spark.ui.showConsoleProgress": False,
        # A few cores: the default of 200 would spend the time on empty tasks.
        "spark.sql.shuffle.partitions": 8,
        "spark.sql.catalogImplementation": "in-memory",
    }
    told = {"spark.driver.host": machine.host, "spark.driver.bindAddress": machine.bind}
    if machine.is_local:
        # Nothing listens but on this machine.
        told = dict.fromkeys(told, LOOPBACK)
    numbers = {"spark.driver.port": machine.driver_port, "spark.driver.blockManager.port": machine.block_port}
    numbers |= {"spark.executor.cores": machine.executor_cores}
    chosen: Conf = {**told, **numbers, "spark.executor.memory": machine.executor_memory}
    if machine.ui:
        chosen["spark.ui.port"] = int(machine.ui.rpartition(":")[2])
    return {**conf, **{name: value for name, value in chosen.items() if value}}
