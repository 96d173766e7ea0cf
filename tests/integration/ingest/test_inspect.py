"""`marquee ingest inspect`: what a file is, and a profile by which it loads."""

import json
import tomllib

import pytest

from ingest.profiles.profile_document import to_toml
from tests.integration.ingest.conftest import Session

FILES: dict[str, tuple[str, str | bytes, str, dict[str, object]]] = {
    "sessions of another tool": (
        "a.csv",
        "user|movie|started|seconds|progress|device\n"
        "ann|7|2026-05-01 10:00:00 UTC|5400|95%|TV\nbob|8|2026-05-02 11:00:00 UTC|60|1%|\\N\n",
        "viewing_sessions",
        {
            "delimiter": "|",
            "nulls": ["\\N"],
            "hash_ids": True,
            "dates": {"start_time": ["%Y-%m-%d %H:%M:%S UTC"]},
            "units": {"watch_duration_minutes": "seconds", "completion_rate": "percent"},
            "map": {
                "user": "user_id",
                "movie": "movie_id",
                "started": "start_time",
                "seconds": "watch_duration_minutes",
                "progress": "completion_rate",
                "device": "device_type",
            },
            "ids": {"id": ["user", "movie", "started"]},
        },
    ),
    "films of a spreadsheet": (
        "a.csv",
        "Film ID;Title;Runtime;Released;Genre\n1;Heat;2:50:00;17.05.1995;Crime, War\n2;Up;1:36:00;29.05.2009;X\n",
        "movies",
        {
            "delimiter": ";",
            "units": {"duration": "hh:mm:ss"},
            "dates": {"release_date": ["%d.%m.%Y"]},
            "separators": {"genres": ","},
            "map": {
                "Film ID": "id",
                "Title": "title",
                "Runtime": "duration",
                "Released": "release_date",
                "Genre": "genres",
            },
        },
    ),
    "ratings of MovieLens": (
        "a.csv",
        "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,1029,3.0,1260759179\n",
        "ratings",
        {
            "map": {"userId": "user_id", "movieId": "movie_id", "timestamp": "rating_date"},
            "ids": {"id": ["userId", "movieId", "timestamp"]},
        },
    ),
    "films of IMDb": (
        "a.tsv",
        "tconst\tprimaryTitle\tstartYear\truntimeMinutes\tgenres\n"
        "tt01\tA\t1940\t92\tComedy,Music\ntt02\tB\t\\N\t\\N\t\\N\n",
        "movies",
        {
            "nulls": ["\\N"],
            "hash_ids": True,
            "dates": {"release_date": ["%Y"]},
            "separators": {"genres": ","},
            "map": {
                "tconst": "id",
                "primaryTitle": "title",
                "startYear": "release_date",
                "runtimeMinutes": "duration",
            },
        },
    ),
    "a decimal comma": (
        "a.csv",
        "id;user_id;movie_id;rating;rating_date\n1;1;1;4,5;2026-01-01\n2;1;2;3;2026-01-02\n",
        "ratings",
        {"delimiter": ";", "decimal": ","},
    ),
    "what is ours already": ("a.ndjson", '{"id": 1, "title": "Heat"}\n', "movies", {}),
    "UTF-16": ("a.csv", "id,title\n1,Heat\n".encode("utf-16"), "movies", {}),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_loads_by_the_profile_that_is_proposed(session: Session, name: str) -> None:
    file, content, table, expected = FILES[name]
    (session.folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert session.run("inspect", file, "--write", "ours", "--json") == 0
    told = json.loads(session.stdout.getvalue())
    said = {key: value for key, value in told["profile"].items() if key not in ("table", "format")}
    assert (told["table"], said, told["missing"], told["bad"]) == (table, expected, [], [])
    written = tomllib.loads((session.folder / "profiles" / "ours.toml").read_text())
    assert written == told["profile"]
    session.stdout.truncate(0)
    code = session.run("load", table, file, "--profile", "ours", "--dry-run", "--json")
    load = json.loads(session.stdout.getvalue().lstrip("\0"))
    # Where nobody's film or user is known yet, all rows would wait.
    assert code == (0 if load["accepted"] else 1)
    unreadable = {reason for reason in load["reasons"] if not reason.startswith("UNKNOWN_")}
    assert (load["rows"], unreadable) == (told["good_rows"], set())


def test_it_says_what_is_wrong_and_what_to_type(session: Session) -> None:
    (session.folder / "a.csv").write_text("id;name\n1;Heat\nx;Up\n")
    assert session.run("inspect", "a.csv") == 0
    assert session.stdout.getvalue().splitlines() == [
        "a.csv: CSV, utf-8, id, name.",
        "Of the first rows 2 rows can be loaded into movies.",
        "# profiles/NAME.toml, for marquee ingest load movies a.csv --profile NAME",
        'table = "movies"',
        'format = "csv"',
        'delimiter = ";"',
        "hash_ids = true",
        "",
        "[map]",
        'name = "title"',
    ]
    session.stdout.truncate(0)
    (session.folder / "b.csv").write_text("id,title,duration\n1,Heat,long\n2,Up,96\n" + "3,x,90\n" * 20)
    assert session.run("inspect", "b.csv") == 0
    assert "Not so: line 2: duration is 'long', expected a whole number from 0 to 65535" in session.stdout.getvalue()


def test_what_it_can_not_write_it_says(session: Session) -> None:
    (session.folder / "a.csv").write_text("id,title\n1,Heat\n")
    assert session.run("inspect", "a.csv", "--write", "ours") == 0
    assert session.run("inspect", "a.csv", "--write", "ours") == 2
    assert session.run("inspect", "a.csv", "--write", "../ours") == 2
    assert session.run("inspect", "b.csv") == 2
    assert session.run("inspect", "a.csv", "--table", "films") == 2
    said = " ".join(session.stderr.getvalue().replace("│", " ").split())
    assert "profiles/ours.toml is there already" in said
    assert "no such file: b.csv" in said


def test_a_profile_is_written_as_it_is_read() -> None:
    document = {
        "nulls": ["\\N", '"', "\x7f", "\t"],
        "hash_ids": True,
        "map": {"a b": "id", "ü.x": "title", "c-d": "genres"},
    }
    assert tomllib.loads(to_toml(document)) == document
