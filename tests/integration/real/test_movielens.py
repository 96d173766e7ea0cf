"""Real input: 100,004 MovieLens ratings go through the command line, and every answer is what pandas counts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from tests.integration.server.commands import Place, Served
from tests.real import movielens

pytestmark = pytest.mark.slow

RATINGS = 100_004
# From the first rating's day to the last one's.
WHOLE = {"from": "1995-01-09", "to": "2016-10-18"}


@pytest.fixture(scope="module")
def source() -> pd.DataFrame:
    """The ratings, with their instant and their film's first genre."""
    rows = movielens.read_source()
    films = movielens.films_of(rows).set_index("id")
    genres = films["genres"].str.partition("|")[0].replace("", "Unknown")
    ids = rows["movieId"].astype(str)
    return rows.assign(
        start=pd.to_datetime(rows["timestamp"], unit="s", utc=True),
        genre=ids.map(genres),
        shown_title=ids.map(films["title"]),
        rating_e2=(rows["rating"] * 100).round().astype("int64"),
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A fresh warehouse with everything loaded through the command line."""
    made = Place(tmp_path_factory.mktemp("movielens"))
    rows = {"movies": 9_066, "users": 671, "viewing_sessions": RATINGS, "ratings": RATINGS}
    for path in movielens.write(made.folder / "files"):
        done = made.run("ingest", "load", path.stem, str(path), "--json")
        assert done.returncode == 0, done.stderr
        printed = json.loads(done.stdout)
        counts = {name: printed[name] for name in ("rows", "accepted", "duplicates", "quarantined", "refused")}
        expected = rows[path.stem]
        assert counts == {"rows": expected, "accepted": expected, "duplicates": 0, "quarantined": 0, "refused": []}
    return made


@pytest.fixture(scope="module")
def served(place: Place) -> Iterator[Served]:
    """A server on it."""
    with place.serving("demo", "--no-activity") as found:
        yield found


def ask(served: Served, operation: str, **variables: Any) -> list[Any]:
    """The rows of a published operation."""
    parameters = {name: value if isinstance(value, str) else json.dumps(value) for name, value in variables.items()}
    headers = {"Authorization": f"Bearer {served.token('viewer')}"}
    response = httpx.get(f"{served.address}/api/{operation}", params=parameters, headers=headers, timeout=30)
    body = response.json()
    assert "errors" not in body, body["errors"]
    (answer,) = body["data"].values()
    return list(answer) if isinstance(answer, list) else [answer]


@pytest.mark.parametrize("zone", ["UTC", "America/Chicago"])
def test_every_day_of_22_years_has_its_views_and_exact_viewers(served: Served, source: pd.DataFrame, zone: str) -> None:
    days = source["start"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d")
    counted = source.groupby(days)["userId"].agg(["size", "nunique"])
    rows = ask(served, "DailyTrends", range=WHOLE, timeZone=zone)
    assert len(rows) == 7_953
    found = {row["day"]: (row["views"], row["viewers"], row["watchHours"]) for row in rows if row["views"]}
    assert found == {
        str(day): (int(views), int(viewers), int(views) * 100 / 60)
        for day, views, viewers in counted.itertuples()
        if WHOLE["from"] <= str(day)
    }


def test_genres_have_their_views_viewers_and_ratings(served: Served, source: pd.DataFrame) -> None:
    rows = {row.pop("genre"): row for row in ask(served, "Genres", range=WHOLE)}
    assert len({row.pop("id") for row in rows.values()}) == len(rows)
    assert None in rows
    assert rows == {
        None if genre == "Unknown" else str(genre): {
            "views": len(found),
            "viewers": found["userId"].nunique(),
            "watchHours": len(found) * 100 / 60,
            "completionRate": 1.0,
            "averageRating": int(found["rating_e2"].sum()) / (len(found) * 100),
        }
        for genre, found in source.groupby("genre")
    }


def test_the_top_films_are_the_most_rated_ones(served: Served, source: pd.DataFrame) -> None:
    films = source.groupby(["movieId", "shown_title"]).agg(
        views=("userId", "size"), viewers=("userId", "nunique"), stars=("rating_e2", "sum")
    )
    order = sorted(
        films.reset_index().itertuples(index=False), key=lambda one: (-one.views, one.shown_title, one.movieId)
    )
    assert [
        (
            row["rank"],
            row["movie"]["sourceId"],
            row["movie"]["title"],
            row["views"],
            row["viewers"],
            row["averageRating"],
        )
        for row in ask(served, "TopMovies", limit=200, range=WHOLE)
    ] == [
        (rank, str(one.movieId), one.shown_title, one.views, one.viewers, int(one.stars) / (one.views * 100))
        for rank, one in enumerate(order[:200], start=1)
    ]


@pytest.mark.parametrize(
    ("first", "end"),
    [
        ("1995-01-09T00:00:00Z", "2016-10-18T00:00:00Z"),
        ("2000-02-01T00:00:00Z", "2000-03-01T00:00:00Z"),
        ("2008-12-31T03:30:00Z", "2009-01-03T02:07:31Z"),
    ],
)
def test_viewers_of_a_range_are_exact(served: Served, source: pd.DataFrame, first: str, end: str) -> None:
    rows = source[(source["start"] >= pd.Timestamp(first)) & (source["start"] < pd.Timestamp(end))]
    (cards,) = ask(served, "Dashboard", range={"from": first, "to": end})
    expected = {"users": 671, "viewers": rows["userId"].nunique(), "views": len(rows)}
    assert {name: cards[name] for name in expected} == expected


def test_what_the_source_lacks_is_named_and_not_lost(served: Served, source: pd.DataFrame) -> None:
    nameless = source[source["title"].isna()]["movieId"].astype(str).unique()
    assert len(nameless) > 0
    (film,) = ask(served, "Movie", id=str(nameless[0]))
    assert (film["title"], film["releaseDate"]) == (f"MovieLens {nameless[0]}", None)
    bare = source[source["genres"] == movielens.NO_GENRES]["movieId"].astype(str).iloc[0]
    (film,) = ask(served, "Movie", id=str(bare))
    assert film["genres"] == []


def test_the_command_line_prints_the_same_films(place: Place, served: Served) -> None:
    done = place.run("query", "TopMovies", "--limit", "5", "--range", json.dumps(WHOLE), "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["topMovies"] == ask(served, "TopMovies", limit=5, range=WHOLE)


def test_the_files_name_each_film_once(tmp_path: Path) -> None:
    movies, *_ = movielens.write(tmp_path)
    ids = [line.partition(",")[0] for line in movies.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(ids) == len(set(ids)) == 9_066
