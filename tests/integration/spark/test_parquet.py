"""Input that a job can't use is refused by folder, column and type."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from spark.parquet import Refused, read

NEEDED = {"movie_key": "bigint", "start_time": "timestamp", "device": "string"}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = pa.array([7], pa.uint32())
DEVICE = pa.array(["TV"])


def write(folder: Path, **columns: pa.Array) -> str:
    pq.write_table(pa.table(columns), folder / "part.parquet")
    return str(folder)


@pytest.mark.parametrize("unit", ["ms", "us"])
@pytest.mark.parametrize("zone", ["UTC", None])
def test_instants_are_read_as_utc(spark: SparkSession, tmp_path: Path, unit: str, zone: str | None) -> None:
    start = pa.array([NOON.replace(tzinfo=None)], pa.timestamp(unit, zone))
    folder = write(tmp_path, movie_key=KEY, start_time=start, device=DEVICE, other=DEVICE)
    row = read(spark, folder, NEEDED).selectExpr("*", "string(start_time) AS text").first()
    assert row is not None
    assert (row.movie_key, row.device, row.text) == (7, "TV", "2026-03-02 12:00:00")


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"movie_key": KEY, "start_time": KEY, "device": DEVICE}, "start_time is bigint, and timestamp is needed"),
        ({"movie_key": DEVICE, "start_time": KEY, "device": DEVICE}, "movie_key is string, and bigint is needed"),
        ({"movie_key": KEY, "device": DEVICE}, "the column start_time is missing; there are movie_key, device"),
    ],
)
def test_a_column_that_is_missing_or_of_another_kind_is_named(
    spark: SparkSession, tmp_path: Path, columns: dict[str, pa.Array], sentence: str
) -> None:
    folder = write(tmp_path, **columns)
    with pytest.raises(Refused) as refused:
        read(spark, folder, NEEDED)
    assert str(refused.value) == f"{folder}: {sentence}"


def test_a_folder_that_is_not_there_is_named(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nowhere: no Parquet files to read there"):
        read(spark, str(tmp_path / "nowhere"), NEEDED)
