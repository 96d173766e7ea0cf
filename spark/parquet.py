"""Reads the Parquet folders that a job is given. Refuses folders without the needed columns, by name, and files that do
not have the rows that their names say."""

import re
from collections.abc import Mapping

from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, NumericType, TimestampNTZType, TimestampType

# Where there is nothing to read, by Spark's error classes.
NO_FILES = frozenset({"PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA"})
# A snapshot's file: its rows, and a fingerprint of them that the warehouse has compared before it started the job.
_COUNTED = re.compile(r"/([0-9]+)-[0-9a-f]{16}\.parquet$")
# What Hadoop takes for a pattern in the path of a folder to read.
_PATTERN = re.compile(r"[\\*?\[\]{}^]")
_NANOSECONDS = "TIMESTAMP(NANOS"


class Refused(Exception):
    """The input can't be used; the message says which folder, which column, and why."""


class Declined(Refused):
    """The input is good, and there is nothing to publish: too little data, or a model no better than its baseline."""


def read(spark: SparkSession, folder: str, columns: Mapping[str, str]) -> DataFrame:
    """The named columns of a folder of Parquet files, each with its SQL type: bigint, timestamp or string.

    Raises: Refused where the folder is not there, is empty or holds a broken file, where a column is missing, where its
    type is of another kind, or where a file has another number of rows than its name says.
    """
    try:
        found = spark.read.parquet(literal_path(folder))
    except (AnalysisException, Py4JJavaError) as error:
        raise Refused(f"{folder}: {_reason(error)}") from error
    missing = [name for name in columns if name not in found.columns]
    if missing:
        raise Refused(f"{folder}: the column {missing[0]} is missing; there are {', '.join(found.columns)}")
    for name, wanted in columns.items():
        if not _casts(found.schema[name].dataType, wanted):
            raise Refused(f"{folder}: {name} is {found.schema[name].dataType.simpleString()}, and {wanted} is needed")
    _check_rows(found, folder)
    return found.select(*(F.col(name).cast(wanted) for name, wanted in columns.items()))


def literal_path(folder: str) -> str:
    """A folder's path as Spark's readers take it, because they look for patterns in it."""
    return _PATTERN.sub(r"\\\g<0>", folder)


def _check_rows(found: DataFrame, folder: str) -> None:
    """Hold the rows against the files' names; files of other names say nothing. Only footers are read.

    Raises: Refused.
    """
    told = [_COUNTED.search(file) for file in found.inputFiles()]
    counted = [int(name[1]) for name in told if name]
    if not counted or len(counted) < len(told):
        return
    rows = found.count()
    if rows != sum(counted):
        raise Refused(
            f"{folder}: the files hold {rows:,} rows, and their names say {sum(counted):,}. Run `marquee spark` again:"
            " it rewrites the wrong files."
        )


def _reason(error: AnalysisException | Py4JJavaError) -> str:
    """Why a folder can't be read."""
    told = str(error)
    if _NANOSECONDS in told:
        return (
            "a column holds nanoseconds, which Spark does not read. Write its instants as microseconds or milliseconds"
            f" ({told.partition(chr(10))[0]})"
        )
    if isinstance(error, Py4JJavaError):
        return root_cause(error)
    if error.getCondition() in NO_FILES:
        return f"no Parquet files to read there ({error.getCondition()})"
    return told.partition("\n")[0]


def root_cause(error: Py4JJavaError) -> str:
    """The innermost cause of the JVM's error: the levels above only name the thread."""
    cause = error.java_exception
    while cause.getCause() is not None:
        cause = cause.getCause()
    return str(cause.getMessage())


def _casts(found: DataType, wanted: str) -> bool:
    """Whether a column keeps its meaning as the wanted type. A number is not a timestamp: its unit is unknown."""
    if wanted == "timestamp":
        return isinstance(found, TimestampType | TimestampNTZType)
    if wanted == "bigint":
        return isinstance(found, NumericType)
    return True
