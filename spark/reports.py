"""The report of a model: one row per metric, with the model's figure, its baseline's, and the number of rows
measured."""

from collections.abc import Iterable

from pyspark.sql import DataFrame, SparkSession

Metric = tuple[str, float | None, float | None, int]
"""Its name, the model's figure, the baseline's (None where there is none), and on how many rows they were measured."""


def report(spark: SparkSession, metrics: Iterable[Metric]) -> DataFrame:
    """The metrics as rows: metric, model, baseline, rows."""
    return spark.createDataFrame(
        list(metrics), "metric string, model double, baseline double, rows bigint", verifySchema=True
    ).coalesce(1)


def rounded(figure: float) -> float:
    """Nine digits: what follows them depends on the order in which rows were added up."""
    return float(f"{figure:.9g}")
