"""Counting the demo files again with pandas: what every panel should show, by row and field."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

Value = float | None
Fields = dict[str, Value]
Rows = dict[str, Fields]

TABLES = ("movies", "users", "viewing_sessions", "ratings")


@dataclass(frozen=True)
class Service:
    """The four files, sessions and ratings with the attributes of their film and user."""

    sessions: pd.DataFrame
    ratings: pd.DataFrame
    users: pd.DataFrame
    movies: pd.DataFrame

    def last_days(self, days: int, zone: str) -> "Window":
        """The local days that end with that of the newest session."""
        newest = self.sessions["start_time"].max().tz_convert(ZoneInfo(zone)).normalize()
        # Calendar days, not multiples of 24 hours: local midnights, whatever the clock did between.
        return Window(self, newest - pd.DateOffset(days=days - 1), newest + pd.DateOffset(days=1), zone)


def read_service(folder: Path) -> Service:
    """The service of the files in a folder."""
    movies, users, sessions, ratings = (pd.read_parquet(folder / f"{table}.parquet") for table in TABLES)
    movies["genre"] = movies["genres"].str[0].fillna("Unknown")
    films = movies[["id", "title", "genre"]].rename(columns={"id": "movie_id"})
    people = users[["id", "country"]].rename(columns={"id": "user_id"})
    # The warehouse's exact units: ten-thousandths of minutes, millionths of completion, hundredths of stars.
    sessions["minutes_e4"] = (sessions["watch_duration_minutes"] * 10_000).round().astype("int64")
    sessions["completion_e6"] = (sessions["completion_rate"] * 1_000_000).round().astype("int64")
    ratings["rating_e2"] = (ratings["rating"] * 100).round().astype("int64")
    return Service(
        sessions.merge(films, on="movie_id").merge(people, on="user_id"),
        ratings.merge(films, on="movie_id").merge(people, on="user_id"),
        users,
        movies,
    )


@dataclass(frozen=True)
class Window:
    """Sessions and ratings of [start, end), counted in a zone."""

    service: Service
    start: pd.Timestamp
    end: pd.Timestamp
    zone: str

    @property
    def before(self) -> "Window":
        """As many days right before."""
        days = (self.end.tz_localize(None) - self.start.tz_localize(None)).days
        return Window(self.service, self.start - pd.DateOffset(days=days), self.start, self.zone)

    @property
    def sessions(self) -> pd.DataFrame:
        """The sessions, with their local day and hour."""
        rows = self._within(self.service.sessions, "start_time")
        local = rows["start_time"].dt.tz_convert(ZoneInfo(self.zone))
        return rows.assign(day=local.dt.date.astype(str), hour=local.dt.hour.astype(str))

    @property
    def ratings(self) -> pd.DataFrame:
        """The ratings that were given."""
        return self._within(self.service.ratings, "rating_date")

    def _within(self, rows: pd.DataFrame, column: str) -> pd.DataFrame:
        return rows[(rows[column] >= self.start) & (rows[column] < self.end)]

    def cards(self) -> Fields:
        """The headline figures, and how they changed."""
        now, then = self._figures(), self.before._figures()
        compared = [name for name in now if name != "users"]
        changes = {
            f"change.{name}": None if not then[name] else (now[name] - then[name]) / then[name] for name in compared
        }
        # The card of viewers tells how many are registered instead.
        previous = {f"previous.{name}": then[name] for name in compared if name != "viewers"}
        return {**now, **changes, **previous}

    def _figures(self) -> Mapping[str, Any]:
        counted = _figures(self.sessions)
        return {
            "users": float(len(self.service.users)),
            "viewers": counted["viewers"],
            "views": counted["views"],
            "watchHours": counted["watchHours"],
            "completionRate": counted["completionRate"],
            "averageRating": _stars(self.ratings),
        }

    def by(self, column: str, fields: tuple[str, ...]) -> Rows:
        """Figures by a column of the sessions, with the stars of the same group."""
        stars = {key: _stars(rows) for key, rows in self.ratings.groupby(column)} if "averageRating" in fields else {}
        return {
            str(key): {
                name: value
                for name, value in {**_figures(rows), "averageRating": stars.get(key)}.items()
                if name in fields
            }
            for key, rows in self.sessions.groupby(column)
        }

    def days(self, fields: tuple[str, ...]) -> Rows:
        """Figures of each local day, days without a session too."""
        every = pd.date_range(self.start.tz_localize(None), self.end.tz_localize(None), inclusive="left")
        counted = self.by("day", fields)
        nothing = {name: None if name == "completionRate" else 0.0 for name in fields}
        return {day: counted.get(day, nothing) for day in every.strftime("%Y-%m-%d")}

    def countries(self) -> Rows:
        """Viewing by country, beside its registered users."""
        registered = self.service.users.groupby("country").size()
        counted = self.by("country", ("views", "viewers", "watchHours"))
        return {country: {"users": float(registered[country]), **row} for country, row in counted.items()}

    def top_movies(self, limit: int) -> Rows:
        """The films with the most views, ties by title."""
        fields = ("views", "viewers", "watchHours", "completionRate", "averageRating")
        counted = self.by("movie_id", fields)
        titles = {str(row.id): row.title for row in self.service.movies.itertuples()}
        order = sorted(counted, key=lambda film: (-(counted[film]["views"] or 0), titles[film], int(film)))
        return {film: {"rank": float(rank), **counted[film]} for rank, film in enumerate(order[:limit], start=1)}


def _figures(rows: pd.DataFrame) -> dict[str, float]:
    views = len(rows)
    return {
        "views": float(views),
        "viewers": float(rows["user_id"].nunique()),
        "watchHours": int(rows["minutes_e4"].sum()) / 600_000,
        "completionRate": int(rows["completion_e6"].sum()) / (views * 1_000_000),
        "bufferingPerView": int(rows["buffering_count"].sum()) / views,
    }


def _stars(rows: pd.DataFrame) -> Value:
    return int(rows["rating_e2"].sum()) / (len(rows) * 100) if len(rows) else None
