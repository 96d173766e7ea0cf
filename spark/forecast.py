"""Daily views per genre, and up to which day they are whole; and the forecast of them as rows.

Days are UTC's. What is forecast, and how, is spark/forecast_model.py's subject.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark.forecast_model import AHEAD, NEEDED_DAYS, Array, Forecast, forecast

UNKNOWN = "Unknown"
NEARLY_OVER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A day with less than a tenth of what the days with sessions usually have is not one that has been loaded.
REACHED, USUAL_DAYS = 0.1, 56


@dataclass(frozen=True)
class Daily:
    """Views per genre: one row of `counts` each, in the order of `genres`, one column a day from `first` on. NaN before
    a genre's first viewed day. `late` sessions start after the last day, and are not counted."""

    genres: Sequence[str]
    first: date
    counts: Array
    late: int = 0

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.counts.shape[1] - 1)


def daily_views(sessions: DataFrame, movies: DataFrame) -> Daily | None:
    """Views per genre and day, up to the last day that is whole; None without one.

    sessions: movie_key, start_time. movies: movie_key, genre; a film that is not among them is of the genre Unknown.
    """
    genres = F.broadcast(movies.select("movie_key", "genre"))
    counted = (
        sessions.join(genres, "movie_key", "left")
        .groupBy(F.coalesce("genre", F.lit(UNKNOWN)).alias("genre"), F.to_date("start_time").alias("day"))
        .agg(F.count("*").alias("views"), F.unix_micros(F.max("start_time")).alias("newest"))
        .collect()
    )
    totals: dict[date, int] = {}
    newest: dict[date, datetime] = {}
    for row in counted:
        totals[row.day] = totals.get(row.day, 0) + row.views
        newest[row.day] = max(newest.get(row.day, EPOCH), EPOCH + timedelta(microseconds=row.newest))
    last = watermark(totals, newest)
    if last is None:
        return None
    views = {(row.genre, row.day): row.views for row in counted if row.day <= last}
    return _as_arrays(views, last, sum(total for day, total in totals.items() if day > last))


def watermark(totals: Mapping[date, int], newest: Mapping[date, datetime]) -> date | None:
    """The last day that is whole: sessions reach it, and it is over. None if there is none.

    totals: day → sessions. newest: day → the start of its newest one. A day with far fewer sessions than usual does not
    count: one late session a month after all others does not make a month without views. A day is over from 23:45 on.
    """
    known = sorted(totals)
    if not known:
        return None
    usual = median(totals[day] for day in known[-USUAL_DAYS:])
    reached = max(day for day in known if totals[day] >= REACHED * usual)
    last = (newest[reached] + NEARLY_OVER).date() - timedelta(days=1)
    return last if last >= known[0] else None


def _as_arrays(views: Mapping[tuple[str, date], int], last: date, late: int) -> Daily:
    first = min(day for _, day in views)
    genres = sorted({genre for genre, _ in views})
    counts = np.zeros((len(genres), (last - first).days + 1))
    begins = dict.fromkeys(genres, counts.shape[1])
    for (genre, day), count in views.items():
        counts[genres.index(genre), (day - first).days] = count
        begins[genre] = min(begins[genre], (day - first).days)
    for at, genre in enumerate(genres):
        counts[at, : begins[genre]] = np.nan
    return Daily(genres, first, counts, late)


def forecast_of(daily: Daily) -> tuple[Forecast, Sequence[int]] | None:
    """The forecast of all genres, and the places of those that have run for long enough; None if none has."""
    known_days = (~np.isnan(daily.counts)).sum(axis=1)
    old = [at for at, days in enumerate(known_days) if days >= NEEDED_DAYS]
    # The young ones are forecast along, and not told: their weeks are too few to judge by.
    return (forecast(daily.counts), old) if old else None


Row = tuple[str, date, float, float, float, bool]
"""Genre, day, views, low, high, and whether the model made it."""


def rows_of(daily: Daily, made: Forecast, places: Sequence[int]) -> list[Row]:
    """The forecast of some genres as rows, by genre and day, to six digits."""
    return [
        (
            daily.genres[at],
            daily.last + timedelta(days=ahead + 1),
            round(float(made.views[at, ahead]), 6),
            round(float(made.low[at, ahead]), 6),
            round(float(made.high[at, ahead]), 6),
            bool(made.is_model[at]),
        )
        for at in places
        for ahead in range(AHEAD)
    ]
