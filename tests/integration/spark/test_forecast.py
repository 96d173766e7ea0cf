"""The forecast is exact where days repeat, knows nothing of later days, and is off by what a plain recount says."""

import random
from argparse import Namespace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark.forecast import covered, daily_views, errors, origins_of, predict, with_interval
from spark.jobs import forecast as job
from spark.parquet import Refused
from spark.progress import Progress
from tests.integration.spark.snapshots import INSTANT

MONDAY = date(2026, 3, 2)
WEEK = (10, 10, 12, 12, 20, 30, 26)


def daily_of(spark: SparkSession, **genres: list[int]) -> DataFrame:
    """Views per day, from MONDAY on."""
    rows = [(g, MONDAY + timedelta(days=n), count) for g, counts in genres.items() for n, count in enumerate(counts)]
    return spark.createDataFrame(rows, "genre string, day date, views bigint").cache()


def forecast_of(daily: DataFrame) -> tuple[DataFrame, DataFrame]:
    """The forecasts of all origins, and how far the past ones were off."""
    forecasts = predict(daily, origins_of(daily).cache()).cache()
    return forecasts, errors(forecasts, daily).cache()


def test_days_without_a_view_count_as_none_from_a_genres_first_day_on(spark: SparkSession) -> None:
    times = [(1, datetime(2026, 3, 2, 23, 59, tzinfo=UTC)), (1, datetime(2026, 3, 4, tzinfo=UTC))]
    times += [(9, datetime(2026, 3, 3, 12, tzinfo=UTC)), (1, datetime(2026, 3, 6, tzinfo=UTC))]
    sessions = spark.createDataFrame(times, "movie_key bigint, start_time timestamp")
    movies = spark.createDataFrame([(1, "Drama")], "movie_key bigint, genre string")
    rows = daily_views(sessions, movies, F.lit(date(2026, 3, 5))).collect()
    assert sorted((r.genre, r.day.day, r.views) for r in rows) == [
        *[("Drama", 2, 1), ("Drama", 3, 0), ("Drama", 4, 1), ("Drama", 5, 0)],
        *[("Unknown", 3, 1), ("Unknown", 4, 0), ("Unknown", 5, 0)],
    ]


def test_repeating_weeks_are_forecast_exactly_with_no_interval(spark: SparkSession) -> None:
    days = [WEEK[n % 7] for n in range(80)]
    daily = daily_of(spark, Drama=days, Comedy=[3 * views for views in days])
    forecasts, off = forecast_of(daily)
    found = sorted((r.genre, r.day, r.views, r.low, r.high) for r in with_interval(forecasts, off).collect())
    ahead = [(MONDAY + timedelta(days=n), float(WEEK[n % 7])) for n in range(80, 94)]
    assert [(genre, day) for genre, day, *_ in found] == [(g, day) for g in ("Comedy", "Drama") for day, _ in ahead]
    expected = [factor * views for factor in (3, 1) for _, views in ahead]
    for column in (2, 3, 4):
        assert [row[column] for row in found] == pytest.approx(expected, abs=1e-5)


def test_a_genre_needs_51_days(spark: SparkSession) -> None:
    daily = daily_of(spark, Drama=[5] * 60)
    young = daily_of(spark, Young=[5] * 60, Old=[5] * 60).where("genre = 'Old' OR day > '2026-03-11'")
    assert {row.genre for row in origins_of(daily).collect()} == {"Drama"}
    assert {row.genre for row in origins_of(young).collect()} == {"Old"}
    # Of 51 days ten origins can be tried, and the last day is one more.
    assert origins_of(daily_of(spark, Drama=[5] * 51)).count() == 11


def test_a_past_forecast_equals_a_recount_from_what_was_known_then(spark: SparkSession) -> None:
    chance = random.Random(5)
    counts = {genre: [chance.randrange(40) for _ in range(70)] for genre in ("Drama", "Comedy")}
    _, off = forecast_of(daily_of(spark, **counts))
    rows = off.collect()
    assert len(rows) == 2 * 29 * 14  # days 28 to 56 are origins
    total = [sum(pair) for pair in zip(*counts.values(), strict=True)]
    for row in rows:
        origin, ahead = (row.origin - MONDAY).days, row.ahead
        past = total[: origin + 1]
        whole = past[-7 * min(6, len(past) // 7) :]
        share = sum(whole[(ahead - 1) % 7 :: 7]) * 7 / sum(whole)
        views = sum(counts[row.genre][origin - 6 : origin + 1]) / 7 * share
        actual = counts[row.genre][origin + ahead]
        assert row.error == pytest.approx(actual - views)
        assert row.baseline_error == actual - counts[row.genre][origin + ahead - (7 if ahead <= 7 else 14)]

    model, baseline, cases = next(figures for name, *figures in job.metrics(off) if name == "mae")
    assert model == pytest.approx(sum(abs(row.error) for row in rows) / len(rows))
    assert baseline == pytest.approx(sum(abs(row.baseline_error) for row in rows) / len(rows))
    assert cases == len(rows)
    assert_coverage_is_told_from_errors_known_before(off)


def assert_coverage_is_told_from_errors_known_before(off: DataFrame) -> None:
    rows = off.collect()
    for row in covered(off).collect()[::40]:
        same = [r for r in rows if (r.genre, r.ahead) == (row.genre, row.ahead)]
        known = sorted(abs(r.error) for r in same if r.day <= row.origin)
        own = next(abs(r.error) for r in same if r.origin == row.origin)
        at = 0.8 * (len(known) - 1)
        low, high = known[int(at)], known[min(int(at) + 1, len(known) - 1)]
        assert len(known) >= 10
        assert row.inside == (own <= low + (high - low) * (at - int(at)))


@pytest.mark.parametrize(
    ("newest", "last"),
    [(datetime(2026, 3, 5, 23, 44, 59, tzinfo=UTC), 4), (datetime(2026, 3, 5, 23, 45, tzinfo=UTC), 5)],
)
def test_the_newest_day_counts_once_it_is_nearly_over(spark: SparkSession, newest: datetime, last: int) -> None:
    sessions = spark.createDataFrame([(1, newest)], "movie_key bigint, start_time timestamp")
    assert job._last_complete_day(sessions) == date(2026, 3, last)


def test_too_few_days_end_the_job_with_a_sentence(
    tmp_path: Path, spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    times = [start + timedelta(days=n) for n in range(40)]
    for name, table in (
        ("viewing_sessions", {"movie_key": pa.array([1] * 40, pa.uint32()), "start_time": pa.array(times, INSTANT)}),
        ("movies", {"movie_key": pa.array([1], pa.uint32()), "genre": pa.array(["Drama"])}),
    ):
        (tmp_path / "in" / name).mkdir(parents=True)
        pq.write_table(pa.table(table), tmp_path / "in" / name / "data.parquet")
    arguments = Namespace(source=str(tmp_path / "in"), out=str(tmp_path / "out"))
    with pytest.raises(Refused, match="No genre has 51 complete days behind it"):
        job._run(spark, arguments, Progress("forecast"))
    assert not (tmp_path / "out").exists()
    assert "predicting" not in capsys.readouterr().err
