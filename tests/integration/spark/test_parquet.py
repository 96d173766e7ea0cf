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


def test_nanoseconds_are_given_as_the_reason(spark: SparkSession, tmp_path: Path) -> None:
    start = pa.array([NOON.replace(tzinfo=None)], pa.timestamp("ns", "UTC"))
    folder = write(tmp_path, movie_key=KEY, start_time=start, device=DEVICE)
    with pytest.raises(Refused, match=r"a column holds nanoseconds, which Spark does not read\. Write its"):
        read(spark, folder, NEEDED)


@pytest.mark.parametrize("name", ["one [a]", "{b,c}", "d\\e", "*f?", "it's ^", "x%20y"])
def test_a_folder_may_have_any_name(spark: SparkSession, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "movies" / "month=202603"
    folder.mkdir(parents=True)
    write(folder, movie_key=KEY, start_time=pa.array([NOON], pa.timestamp("ms", "UTC")), device=DEVICE)
    found = read(spark, str(folder.parent), {**NEEDED, "month": "bigint"})
    assert [(row.movie_key, row.month) for row in found.collect()] == [(7, 202603)]


def test_a_file_has_as_many_rows_as_its_name_says(spark: SparkSession, tmp_path: Path) -> None:
    write(tmp_path, movie_key=KEY)
    (tmp_path / "part.parquet").rename(tmp_path / "1-0123456789abcdef.parquet")
    assert read(spark, str(tmp_path), {"movie_key": "bigint"}).count() == 1
    (tmp_path / "1-0123456789abcdef.parquet").rename(tmp_path / "2-0123456789abcdef.parquet")
    with pytest.raises(Refused, match=r"the files hold 1 rows, and their names say 2\. Run `marquee spark` again"):
        read(spark, str(tmp_path), {"movie_key": "bigint"})


def test_a_folder_that_is_not_there_is_named(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nowhere: no Parquet files to read there"):
        read(spark, str(tmp_path / "nowhere"), NEEDED)
