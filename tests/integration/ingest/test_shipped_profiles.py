"""Shipped profiles: files of other tools, each invented in the shape of theirs, as the rows that they become."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.profiles.profile import SHIPPED, names_in, read_profile
from ingest.value_kinds.ids import hashed_id
from tests.integration.ingest.profiled_files import Rows, at, loaded, rows


def joined(*values: str) -> str:
    """The id that several values make."""
    return hashed_id(json.dumps(list(values), ensure_ascii=False))


def rating(film: str, hundredths: int, when: str) -> dict[str, Any]:
    """A rating of user 1."""
    made = {"id": joined("1", film), "user_id": "1", "movie_id": film}
    return {**made, "rating_e2": hundredths, "rating_date": at(when)}


MOVIELENS = "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,1029,3.0,1260759179\n"
NETFLIX = (
    "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,"
    'Country\nAnn,2026-01-02 03:04:05,00:43:26,,"Dark: Season 1: ""Secrets""",,Smart TV,00:43:26,00:43:26,'
    "DE (Germany)\n"
)
LETTERBOXD = 'Date,Name,Year,Letterboxd URI,Rating\n2026-02-03,"Good, the Bad",1966,https://boxd.it/x,4.5\n'
IMDB_RATED = (
    "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Num Votes,"
    'Release Date,Directors\ntt0111161,9,2026-03-04,Invented,Invented,https://x,Movie,9.3,142,1994,"Crime, Drama",1,'
    "1994-09-10,A. Person\n"
)
TRAKT = (
    '{"rated_at":"2026-09-01T09:10:11.000Z","rating":9,"type":"movie",'
    '"movie":{"title":"Invented","year":2008,"ids":{"trakt":4,"imdb":"tt4"}}}\n'
)
DARK = 'Dark: Season 1: "Secrets"'
FILES: dict[str, tuple[str | bytes, Rows]] = {
    "movielens-1m-ratings": (
        "1::1193::5::978300760\n1::661::3.5::978302109\n",
        [
            rating("1193", 500, "2000-12-31T22:12:40"),
            rating("661", 350, "2000-12-31T22:35:09"),
        ],
    ),
    "movielens-1m-movies": (
        '1::Toy: "Invented" (1995)::Animation|Children\'s\n2::Caf\xe9 (1996)::(no genres listed)\n'.encode("latin-1"),
        [
            {"id": "1", "title": 'Toy: "Invented" (1995)', "genres": ["Animation", "Children's"]},
            {"id": "2", "title": "Café (1996)"},
        ],
    ),
    "movielens-1m-users": ("1::F::1::10::48067\n", [{"id": "1", "gender": "F", "age": 1}]),
    "movielens-ratings": (
        MOVIELENS,
        [
            rating("31", 250, "2009-12-14T02:52:24"),
            rating("1029", 300, "2009-12-14T02:52:59"),
        ],
    ),
    "movielens-movies": (
        'movieId,title,genres\n11,"American, The (1995)",Comedy|Drama|Romance\n12,b,(no genres listed)\n',
        [
            {"id": "11", "title": "American, The (1995)", "genres": ["Comedy", "Drama", "Romance"]},
            {"id": "12", "title": "b"},
        ],
    ),
    "movielens-users": (MOVIELENS, [{"id": "1"}, {"id": "1"}]),
    "imdb-movies": (
        "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n"
        'tt0000001\tshort\t"Swing it" magistern\tC\t0\t1940\t\\N\t92\tComedy,Music\n'
        "tt0000002\tshort\tNothing known\tC\t0\t\\N\t\\N\t\\N\t\\N\n",
        [
            {
                "id": hashed_id("tt0000001"),
                "title": '"Swing it" magistern',
                "genres": ["Comedy", "Music"],
                "duration_minutes": 92,
                "release_date": date(1940, 1, 1),
            },
            {"id": hashed_id("tt0000002"), "title": "Nothing known"},
        ],
    ),
    "imdb-ratings": (
        IMDB_RATED,
        [
            {
                "id": joined("tt0111161", "2026-03-04"),
                "user_id": hashed_id("imdb"),
                "movie_id": hashed_id("tt0111161"),
                "rating_e2": 450,
                "rating_date": at("2026-03-04"),
            }
        ],
    ),
    "imdb-rated-movies": (
        IMDB_RATED,
        [
            {
                "id": hashed_id("tt0111161"),
                "title": "Invented",
                "genres": ["Crime", "Drama"],
                "duration_minutes": 142,
                "release_date": date(1994, 9, 10),
                "director": "A. Person",
            }
        ],
    ),
    "tmdb-movies": (
        "budget,genres,id,original_title,release_date,runtime,title\n"
        '0,"[{""id"": 28, ""name"": ""Action""}, {""name"": ""Science|Fantasy""}]",19995,A,2009-12-10,162.0,A\n'
        "0,\"[{'id': 18, 'name': 'Drama'}]\",7,B,,,B\n0,[],8,C,,,C\n",
        [
            {
                "id": "19995",
                "title": "A",
                "genres": ["Action", "Science|Fantasy"],
                "duration_minutes": 162,
                "release_date": date(2009, 12, 10),
            },
            {"id": "7", "title": "B", "genres": ["Drama"]},
            {"id": "8", "title": "C"},
        ],
    ),
    "trakt-ratings": (
        TRAKT,
        [
            {
                "id": joined("4", "2026-09-01T09:10:11.000Z"),
                "user_id": hashed_id("trakt"),
                "movie_id": "4",
                "rating_e2": 450,
                "rating_date": at("2026-09-01T09:10:11"),
            }
        ],
    ),
    "trakt-movies": (TRAKT, [{"id": "4", "title": "Invented", "release_date": date(2008, 1, 1)}]),
    "letterboxd-ratings": (
        LETTERBOXD,
        [
            {
                "id": joined("Good, the Bad", "1966", "2026-02-03"),
                "user_id": hashed_id("letterboxd"),
                "movie_id": joined("Good, the Bad", "1966"),
                "rating_e2": 450,
                "rating_date": at("2026-02-03"),
            }
        ],
    ),
    "letterboxd-movies": (
        LETTERBOXD,
        [{"id": joined("Good, the Bad", "1966"), "title": "Good, the Bad", "release_date": date(1966, 1, 1)}],
    ),
    "netflix-sessions": (
        NETFLIX,
        [
            {
                "id": joined("Ann", "2026-01-02 03:04:05", DARK, "Smart TV"),
                "user_id": joined("Ann"),
                "movie_id": joined(DARK),
                "start_time": at("2026-01-02T03:04:05"),
                "watch_minutes_e4": 434_333,
                "device_type": "Smart TV",
                "attributes": [
                    ("Bookmark", "00:43:26"),
                    ("Country", "DE (Germany)"),
                    ("Latest Bookmark", "00:43:26"),
                ],
            }
        ],
    ),
    "netflix-movies": (NETFLIX, [{"id": joined(DARK), "title": DARK}]),
    "netflix-users": (NETFLIX, [{"id": joined("Ann"), "username": "Ann"}]),
}


def test_every_shipped_profile_is_tried() -> None:
    assert names_in(SHIPPED) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_tool_loads_as_it_comes(tmp_path: Path, name: str) -> None:
    content, expected = FILES[name]
    document = read_profile(name, tmp_path)
    held = loaded(content, tmp_path, document["table"], document, f"a.{'ndjson' if 'trakt' in name else 'dat'}")
    assert rows(held) == expected
    assert held.rejects == []
