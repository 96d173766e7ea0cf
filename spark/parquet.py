"""Reads the Parquet folders that a job is given, and refuses folders without the needed columns, by name."""

from collections.abc import Mapping

from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, NumericType, TimestampNTZType, TimestampType


class Refused(Exception):
    """The input can't be used; the message says which folder, which column, and why."""


def read(spark: SparkSession, folder: str, columns: Mapping[str, str]) -> DataFrame:
    """The named columns of a folder of Parquet files, each with its SQL type: bigint, timestamp or string.

    Raises: Refused where the folder is not there, is empty or holds a broken file, where a column is missing, or where
    its type is of another kind.
    """
    try:
        found = spark.read.parquet(folder)
    except AnalysisException as error:
        raise Refused(f"{folder}: no Parquet files to read there ({error.getCondition()})") from error
    except Py4JJavaError as error:
        raise Refused(f"{folder}: {_root_cause(error)}") from error
    missing = [name for name in columns if name not in found.columns]
    if missing:
        raise Refused(f"{folder}: the column {missing[0]} is missing; there are {', '.join(found.columns)}")
    for name, wanted in columns.items():
        if not _casts(found.schema[name].dataType, wanted):
            raise Refused(f"{folder}: {name} is {found.schema[name].dataType.simpleString()}, and {wanted} is needed")
    return found.select(*(F.col(name).cast(wanted) for name, wanted in columns.items()))


def _root_cause(error: Py4JJavaError) -> str:
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
