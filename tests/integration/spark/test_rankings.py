"""Film ranks agree with a plain recount: ties, gaps, borders of weeks and months, the running period."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from pyspark.sql import Row, SparkSession

from spark.rankings import rank_films
from tests.integration.spark.recount import Film, Place, View, places

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
FILMS = [Film(1, "100", "Zephyr", "Drama"), Film(2, "20", "Aurora", "Comedy"), Film(3, "3", "Aurora", "Drama")]


def rank(spark: SparkSession, views: Iterable[View], films: Iterable[Film], through: datetime = LATER) -> list[Row]:
    sessions = spark.createDataFrame(
        [(view.film, view.start, view.device, view.country) for view in views],
        "movie_key bigint, start_time timestamp, device string, country string",
    )
    movies = spark.createDataFrame(
        [(film.key, film.sort_key, film.genre) for film in films],
        "movie_key bigint, sort_key string, genre string",
    )
    return rank_films(sessions, movies, through).collect()


def chart(rows: list[Row], period: str, by: str = "ALL", value: str = "", start: date | None = None) -> list[Row]:
    """The rows of one chart, in its order."""
    found = [r for r in rows if (r.period, r.by, r.value) == (period, by, value) and start in {None, r.period_start}]
    return sorted(found, key=lambda row: (row.period_start, row.row_number))


def views_of(film: int, times: int, start: datetime = MONDAY, device: str = "TV", country: str = "US") -> list[View]:
    return [View(film, start + timedelta(minutes=minute), device, country) for minute in range(times)]


def test_films_with_as_many_views_share_a_rank_and_the_next_is_skipped(spark: SparkSession) -> None:
    rows = chart(rank(spark, views_of(1, 2) + views_of(2, 5) + views_of(3, 5), FILMS), "WEEK")
    found = [(r.movie_key, r.views, r.rank, r.dense_rank, r.row_number) for r in rows]
    assert found == [(2, 5, 1, 1, 1), (3, 5, 1, 1, 2), (1, 2, 3, 2, 3)]


def test_inside_a_tie_films_stand_by_title_then_id(spark: SparkSession) -> None:
    rows = chart(rank(spark, views_of(3, 1) + views_of(1, 1) + views_of(2, 1), FILMS), "WEEK")
    assert [r.movie_key for r in rows] == [2, 3, 1]  # Aurora 20, Aurora 3, Zephyr
    assert {r.rank for r in rows} == {1}


def test_a_film_that_is_first_in_a_slice_has_its_rank_there(spark: SparkSession) -> None:
    views = views_of(1, 3) + views_of(2, 1, device="Phone", country="DE")
    rows = rank(spark, views, FILMS)
    assert [(r.movie_key, r.rank) for r in chart(rows, "WEEK")] == [(1, 1), (2, 2)]
    for by, value in (("DEVICE", "Phone"), ("COUNTRY", "DE"), ("GENRE", "Comedy")):
        assert [(r.movie_key, r.rank) for r in chart(rows, "WEEK", by, value)] == [(2, 1)]


@pytest.mark.parametrize(
    ("start", "week", "month"),
    [
        (datetime(2026, 3, 1, 23, 59, 59, 999_000, UTC), date(2026, 2, 23), date(2026, 3, 1)),  # Sunday's last instant
        (datetime(2026, 3, 2, tzinfo=UTC), date(2026, 3, 2), date(2026, 3, 1)),
        (datetime(2026, 1, 1, tzinfo=UTC), date(2025, 12, 29), date(2026, 1, 1)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), date(2024, 2, 26), date(2024, 2, 1)),
    ],
)
def test_weeks_start_on_monday_and_months_on_the_first_in_utc(
    spark: SparkSession, start: datetime, week: date, month: date
) -> None:
    rows = rank(spark, [View(1, start, "TV", "US")], FILMS)
    assert {(r.period, r.period_start) for r in rows} == {("WEEK", week), ("MONTH", month)}


@pytest.mark.parametrize(
    ("through", "whole"),
    [
        (datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC), set()),
        (datetime(2026, 3, 9, tzinfo=UTC), {"WEEK"}),
        (datetime(2026, 4, 1, tzinfo=UTC), {"WEEK", "MONTH"}),
    ],
)
def test_a_period_is_complete_once_the_data_reach_its_end(
    spark: SparkSession, through: datetime, whole: set[str]
) -> None:
    rows = rank(spark, views_of(1, 1), FILMS, through)
    assert {r.period for r in rows if r.complete} == whole


def test_what_nobody_named_counts_as_unknown(spark: SparkSession) -> None:
    rows = rank(spark, [View(9, MONDAY, "", "US"), View(1, MONDAY, "TV", "")], [Film(1, "100", "Zephyr", "")])
    assert [(r.movie_key, r.row_number) for r in chart(rows, "WEEK", "GENRE", "Unknown")] == [(9, 1), (1, 2)]
    assert [r.movie_key for r in chart(rows, "WEEK", "DEVICE", "Unknown")] == [9]
    assert [r.movie_key for r in chart(rows, "WEEK", "COUNTRY", "Unknown")] == [1]


def test_no_sessions_give_no_charts(spark: SparkSession) -> None:
    assert rank(spark, [], FILMS) == []


@pytest.mark.parametrize("seed", range(3))
def test_every_row_agrees_with_a_plain_recount(spark: SparkSession, seed: int) -> None:
    # Few films, days and titles, so that ties, gaps and returns are common.
    chance = random.Random(seed)
    films = [Film(key, str(chance.randrange(99)), chance.choice("ABC"), chance.choice("XYZ")) for key in range(12)]
    films = list({film.id: film for film in films}.values())
    first = datetime(2025, 12, 20, tzinfo=UTC)
    views = [
        View(
            film=chance.choice(films).key,
            start=first + timedelta(milliseconds=chance.randrange(60 * 86_400_000)),
            device=chance.choice(["TV", "Phone"]),
            country=chance.choice(["US", "IN", "DE"]),
        )
        for _ in range(400)
    ]
    through = first + timedelta(days=60)
    found = [Place(**row.asDict()) for row in rank(spark, views, films, through)]
    assert len(found) == len(set(found))
    assert set(found) == places(views, films, through)
