"""Exports: the same answer as a file, for the same token, or an error and no file."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schema.roles import Role
from server.identity.principal import Grant, Principal
from server.identity.tokens import issue
from tests.integration.resolvers.conftest import ADMIN, SECRET, VIEWER, Door, token_of

GERMANY = token_of(Role.ANALYST, {"country": ("DE",)})
FILES = ("csv", "parquet", "arrow")


def exported(door: Door, operation: str, token: str, kind: str, **more: str) -> list[dict[str, Any]]:
    """The rows of a file."""
    response = door.get(f"/api/{operation}", token, params={**more, "format": kind})
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"] == f'attachment; filename="{operation}.{kind}"'
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(response.text)))
    if kind == "parquet":
        return list(pq.read_table(io.BytesIO(response.content)).to_pylist())
    with pa.ipc.open_stream(response.content) as stream:
        return list(stream.read_all().to_pylist())


@pytest.mark.parametrize("token", [ADMIN, VIEWER, GERMANY])
@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_a_file_holds_what_the_answer_does(door: Door, token: str, kind: str) -> None:
    shown = door.get("/api/Users", token, params={"first": "5"}).json()["data"]["users"]["edges"]
    assert exported(door, "Users", token, kind, first="5") == [edge["node"] for edge in shown]


def test_csv_holds_every_digit(door: Door) -> None:
    shown = door.get("/api/TopMovies", VIEWER).json()["data"]["topMovies"]
    rows = exported(door, "TopMovies", VIEWER, "csv")
    assert list(rows[0])[:3] == ["rank", "movie.sourceId", "movie.title"]
    assert [float(row["watchHours"]) for row in rows] == [one["watchHours"] for one in shown]
    assert [row["movie.title"] for row in rows] == [one["movie"]["title"] for one in shown]


def test_the_rows_of_a_grouping_are_the_table(door: Door) -> None:
    rows = exported(door, "ViewingByDayAndGenre", VIEWER, "parquet", limit="3")
    assert len(rows) == 3
    assert list(rows[0]) == ["day", "genre", "views", "viewers", "watchHours"]


def test_columns_have_types_and_are_there_without_rows(door: Door) -> None:
    none = '{"country": {"eq": "ZZ"}}'
    response = door.get("/api/TopMovies", VIEWER, params={"format": "arrow", "where": none})
    with pa.ipc.open_stream(response.content) as stream:
        table = stream.read_all()
    assert table.num_rows == 0
    kinds = {"rank": pa.int64(), "movie.sourceId": pa.string(), "views": pa.int64(), "watchHours": pa.float64()}
    assert {name: table.schema.field(name).type for name in kinds} == kinds


def test_dates_are_dates(door: Door) -> None:
    rows = exported(door, "Movies", VIEWER, "parquet")
    assert next(row["releaseDate"] for row in rows if row["sourceId"] == "1") == date(2019, 5, 1)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_a_bucket_s_start_is_an_instant_whatever_its_zone(door: Door, kind: str) -> None:
    asked = {"measures": "views", "by": "hour", "timeZone": "Asia/Kolkata"}
    shown = door.get("/api/viewing", VIEWER, params=asked).json()["data"]["viewing"]["rows"]
    assert shown[0]["time"].endswith(":00:00+05:30")
    rows = exported(door, "viewing", VIEWER, kind, **asked)
    assert [row["time"] for row in rows] == [datetime.fromisoformat(row["time"]) for row in shown]


@pytest.mark.parametrize("kind", FILES)
def test_an_expired_embed_token_gets_no_file(door: Door, kind: str) -> None:
    """An incident elsewhere: the token had ended, and the door fell back to an unfiltered CSV."""
    grant = Grant(("Countries",))
    ended = Principal("embed", Role.EMBED, {"country": ("DE",)}, grant)
    for token in (issue(SECRET, ended, timedelta(minutes=-5)).token, "", "x", None):
        response = door.get("/api/Countries", token, params={"format": kind})
        assert response.status_code == 401
        assert response.headers["content-type"].startswith("application/json")
        assert "data" not in response.json()


@pytest.mark.parametrize("kind", FILES)
def test_an_embed_token_s_file_is_in_its_scope(door: Door, kind: str) -> None:
    token = token_of(Role.EMBED, {"country": ("DE",)}, Grant(("Countries",)))
    assert [row["country"] for row in exported(door, "Countries", token, kind)] == ["DE"]
    assert door.get("/api/Users", token, params={"format": kind}).status_code == 403


@pytest.mark.parametrize("kind", FILES)
def test_what_fails_is_an_error_and_no_part_of_a_file(door: Door, kind: str) -> None:
    for operation, token, more, status in (
        ("Rankings", GERMANY, {}, 403),
        ("TopMovies", VIEWER, {"limit": "0"}, 400),
        ("TopMovies", VIEWER, {"timeZone": "Mars/Olympus"}, 400),
        ("Dashboard", VIEWER, {}, 400),
        ("Nothing", VIEWER, {}, 400),
    ):
        response = door.get(f"/api/{operation}", token, params={**more, "format": kind})
        assert response.status_code == status, operation
        assert response.json()["errors"][0]["message"]
        assert "content-disposition" not in response.headers


def test_another_format_is_named_with_those_that_there_are(door: Door) -> None:
    response = door.get("/api/Genres", VIEWER, params={"format": "xlsx"})
    assert response.json()["errors"][0]["message"] == "format is 'xlsx'. Use one of: json, csv, parquet, arrow."
