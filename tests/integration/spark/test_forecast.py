"""The forecast knows nothing of later days, counts no day that was not loaded, and is the baseline if that is nearer.

What it is worth on series of all kinds is tests/integration/spark/test_forecast_on_synthetic_series.py's subject.
"""

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from spark.forecast import Daily, daily_views, forecast_of, rows_of, watermark
from spark.forecast_model import AHEAD, LEARNT_DAYS, Array, candidates, forecast
from spark.jobs import forecast as job
from spark.parquet import Refused
from spark.progress import Progress
from tests.integration.spark.snapshots import INSTANT

MONDAY = date(2026, 3, 2)
WEEK = (10, 10, 12, 12, 20, 30, 26)


def counts_of(*genres: Sequence[float]) -> Array:
    """Series that end on the same day; nothing is known of a shorter one before it begins."""
    days = max(map(len, genres))
    return np.array([[np.nan] * (days - len(one)) + list(one) for one in genres], dtype=float)


def test_days_without_a_view_count_as_none_from_a_genres_first_day_on(spark: SparkSession) -> None:
    times = [(1, datetime(2026, 3, 2, 23, 59, tzinfo=UTC)), (1, datetime(2026, 3, 4, tzinfo=UTC))]
    times += [(9, datetime(2026, 3, 3, 12, tzinfo=UTC)), (1, datetime(2026, 3, 6, tzinfo=UTC))]
    sessions = spark.createDataFrame(times, "movie_key bigint, start_time timestamp")
    movies = spark.createDataFrame([(1, "Drama")], "movie_key bigint, genre string")
    daily = daily_views(sessions, movies)
    assert daily is not None
    assert (daily.genres, daily.first, daily.last, daily.late) == (["Drama", "Unknown"], MONDAY, date(2026, 3, 5), 1)
    np.testing.assert_array_equal(daily.counts, [[1, 0, 1, 0], [np.nan, 1, 0, 0]])


def test_repeating_weeks_are_forecast_exactly_and_the_interval_has_the_width_of_chance() -> None:
    days = [WEEK[n % 7] for n in range(80)]
    made = forecast(counts_of(days, [3 * views for views in days]))
    ahead = np.array([WEEK[n % 7] for n in range(80, 94)], dtype=float)
    for at, factor in enumerate((1, 3)):
        np.testing.assert_allclose(made.views[at], factor * ahead, rtol=0.02)
        # Counts of 12 a day differ by more than nothing.
        np.testing.assert_allclose(made.high[at] - made.views[at], 1.2816 * np.sqrt(made.views[at]), rtol=1e-6)


def test_a_genre_that_begins_moves_no_weekday_of_another() -> None:
    # 100 every day, beside one that began three days ago, on a Friday, with ten times as many.
    made = forecast(counts_of([100] * 84, [1000] * 3))
    np.testing.assert_allclose(made.views[0], 100, atol=0.01)


def test_genres_with_opposite_weeks_are_each_forecast_by_their_own() -> None:
    one, other = [50.0, 50, 50, 50, 50, 200, 200], [140.0, 140, 140, 140, 140, 20, 20]
    made = forecast(counts_of(one * 12, other * 12))
    assert float(np.nanmean(np.abs(made.errors))) < 1
    np.testing.assert_allclose(made.views[0], one * 2, rtol=0.02)
    np.testing.assert_allclose(made.views[1], other * 2, rtol=0.02)


def test_one_bad_last_day_is_no_new_level_and_leaves_an_interval() -> None:
    made = forecast(counts_of([100] * 83 + [5]))
    for at in range(AHEAD):
        assert made.low[0, at] < 90
        assert made.low[0, at] <= 100 <= made.high[0, at]
    assert float(np.abs(made.views[0] - 100).max()) < 96


def test_nothing_is_known_of_days_after_the_origin() -> None:
    chance = np.random.default_rng(5)
    counts = chance.poisson(40, (3, 90)).astype(float)
    made = forecast(counts)
    changed = counts.copy()
    changed[:, 70:] = 1000
    at = 70 - LEARNT_DAYS
    again = forecast(changed)
    past = counts[:, 70 : 70 + AHEAD] - made.errors[:, at]
    np.testing.assert_allclose(changed[:, 70 : 70 + AHEAD] - again.errors[:, at], past)
    np.testing.assert_allclose(candidates(counts[:, :70])[0], np.tile(counts[:, 63:70], 2))


def test_errors_are_those_of_the_days_that_came_beside_last_weeks_same_day() -> None:
    chance = np.random.default_rng(6)
    counts = chance.poisson(40, (2, 70)).astype(float)
    made = forecast(counts)
    origins = range(LEARNT_DAYS, 70 - AHEAD + 1)
    assert made.errors.shape == (2, len(origins), AHEAD)
    for at, origin in enumerate(origins):
        for ahead in range(AHEAD):
            baseline = counts[:, origin + ahead - (7 if ahead < 7 else 14)]
            np.testing.assert_array_equal(made.baseline_errors[:, at, ahead], counts[:, origin + ahead] - baseline)


def test_what_no_model_beats_is_last_weeks_same_day_and_says_so() -> None:
    # A level of its own every week, by no rule that a mean could follow; and a plain one.
    chance = np.random.default_rng(3)
    steps = np.repeat(np.exp(np.cumsum(chance.normal(0, 0.35, 20))) * 200, 7)
    daily = Daily(["Steps", "Steady"], MONDAY, np.stack([steps.round(), chance.poisson(50, 140)]).astype(float))
    found = forecast_of(daily)
    assert found is not None
    made, places = found
    assert {row[0]: row[5] for row in rows_of(daily, made, places)}["Steady"] is True
    for at, is_model in enumerate(made.is_model):
        published = np.nanmean(np.abs(made.errors[at]))
        baseline = np.nanmean(np.abs(made.baseline_errors[at]))
        if is_model:
            assert published < 1.1 * baseline
        else:
            np.testing.assert_array_equal(made.views[at], np.tile(daily.counts[at, -7:], 2))


def test_a_genre_needs_51_days() -> None:
    daily = Daily(["Old", "Young"], MONDAY, counts_of([5] * 51, [5] * 50))
    found = forecast_of(daily)
    assert found is not None
    assert {row[0] for row in rows_of(daily, *found)} == {"Old"}
    assert forecast_of(Daily(["Young"], MONDAY, counts_of([5] * 50))) is None


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def newest(number: int, hour: int = 23, minute: int = 50) -> datetime:
    return datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=hour, minutes=minute)


@pytest.mark.parametrize("gap", [2, 28, 400])
def test_one_late_session_is_no_month_without_views(gap: int) -> None:
    totals = {day(n): 100 for n in range(60)} | {day(59 + gap): 1}
    assert watermark(totals, {one: newest((one - MONDAY).days) for one in totals}) == day(59)


def test_an_outage_in_the_middle_is_one_and_a_quiet_service_has_quiet_days() -> None:
    outage = {day(n): 100 for n in range(60)} | {day(30): 1}
    assert watermark(outage, {one: newest((one - MONDAY).days) for one in outage}) == day(59)
    quiet = {day(n): 1 for n in range(0, 60, 3)}
    assert watermark(quiet, {one: newest((one - MONDAY).days) for one in quiet}) == day(57)


@pytest.mark.parametrize(("minute", "last"), [(44, 3), (45, 4)])
def test_the_newest_day_counts_once_it_is_nearly_over(minute: int, last: int) -> None:
    totals = {day(n): 100 for n in range(5)}
    times = {one: newest((one - MONDAY).days, 23, minute) for one in totals}
    assert watermark(totals, times) == day(last)


def test_too_few_days_end_the_job_with_a_sentence(
    tmp_path: Path, spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "in", [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=n) for n in range(40)])
    arguments = Namespace(source=str(tmp_path / "in"), out=str(tmp_path / "out"))
    with pytest.raises(Refused, match="No genre has 51 complete days behind it"):
        job._run(spark, arguments, Progress("forecast"))
    assert not (tmp_path / "out").exists()
    assert '"done"' not in capsys.readouterr().err


def test_the_job_writes_what_the_warehouse_loads_and_leaves_out_a_late_session(
    tmp_path: Path, spark: SparkSession, capsys: pytest.CaptureFixture[str]
) -> None:
    start = datetime(2026, 3, 2, 23, 50, tzinfo=UTC)
    times = [start + timedelta(days=n, seconds=place) for n in range(60) for place in range(100)]
    write(tmp_path / "in", [*times, start + timedelta(days=87)])
    job._run(spark, Namespace(source=str(tmp_path / "in"), out=str(tmp_path / "out")), Progress("forecast"))
    rows = sorted(pq.read_table(tmp_path / "out" / "view_forecast").to_pylist(), key=lambda row: row["day"])
    assert [(row["genre"], row["day"]) for row in rows] == [("Drama", day(60 + ahead)) for ahead in range(AHEAD)]
    # A hundred a day, and not none for four weeks.
    assert [row["views"] for row in rows] == pytest.approx([100.0] * AHEAD, abs=0.01)
    assert all(row["low"] < 90 < 110 < row["high"] for row in rows)
    report = {row["metric"]: row for row in pq.read_table(tmp_path / "out" / "forecast_report").to_pylist()}
    assert set(report) == {"mae", "mae_days_1_7", "mae_days_8_14", "coverage_80", "genres_by_model"}
    assert "1 sessions start after 2026-04-30, up to which days are whole" in capsys.readouterr().err


def write(folder: Path, times: list[datetime]) -> None:
    """Sessions of one film."""
    sessions = {"movie_key": pa.array([1] * len(times), pa.uint32()), "start_time": pa.array(times, INSTANT)}
    movies = {"movie_key": pa.array([1], pa.uint32()), "genre": pa.array(["Drama"])}
    for name, columns in (("viewing_sessions", sessions), ("movies", movies)):
        (folder / name).mkdir(parents=True)
        pq.write_table(pa.table(columns), folder / name / "data.parquet")
