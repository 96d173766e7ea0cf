"""Places in an order of all rows, counted in parallel: a window without partitions would bring all rows to one task."""

from collections.abc import Sequence
from itertools import accumulate

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F


def with_places(frame: DataFrame, order: Sequence[Column], name: str) -> DataFrame:
    """The rows with their place (int, 1.. without gaps) in an order that has no ties.

    The rows are cut into ranges of the order, one a task. A row's place is that in its range, after all rows of the
    ranges before.
    """
    ranged = frame.repartitionByRange(*order).withColumn("range", F.spark_partition_id()).cache()
    rows = dict(sorted((row["range"], row["count"]) for row in ranged.groupBy("range").count().collect()))
    before = dict(zip(rows, accumulate(rows.values(), initial=0), strict=False))
    if not before:
        return ranged.select(*frame.columns, F.lit(0).alias(name))
    starts = F.create_map(*(F.lit(number) for pair in before.items() for number in pair))
    inside = F.row_number().over(Window.partitionBy("range").orderBy(*order))
    return ranged.select(*frame.columns, (inside + F.element_at(starts, F.col("range"))).cast("int").alias(name))
