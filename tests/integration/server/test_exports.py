"""Exports: the same answer as a file, for the same token, or an error and no file."""

import csv
import io
import json
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schema.roles import Role
from server.export.spreadsheet import workbook_of
from server.export.table import Column, Shape
from server.identity.principal import Grant, Principal, Use
from server.identity.tokens import issue
from tests.integration.resolvers.conftest import ADMIN, SECRET, VIEWER, Door, token_of
from warehouse.errors import BadInput

GERMANY = token_of(Role.ANALYST, {"country": ("DE",)})
FILES = ("csv", "ndjson", "parquet", "arrow", "xlsx")
TITLES = Shape(("rows",), (Column("title", ("title",), pa.string(), "title"),), is_list=True)


def exported(door: Door, operation: str, token: str, kind: str, **more: str) -> list[dict[str, Any]]:
    """The rows of a file."""
    response = door.get(f"/api/{operation}", token, params={**more, "format": kind})
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"] == f'attachment; filename="{operation}.{kind}"'
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(response.text)))
    if kind == "parquet":
        return list(pq.read_table(io.BytesIO(response.content)).to_pylist())
    if kind == "ndjson":
        return [json.loads(line) for line in response.text.splitlines()]
    if kind == "xlsx":
        return sheet_rows(response.content)
    with pa.ipc.open_stream(response.content) as stream:
        return list(stream.read_all().to_pylist())


def sheet_rows(content: bytes) -> list[dict[str, Any]]:
    """The rows of a workbook's one sheet, as another library reads it."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    (sheet,) = book.worksheets
    header, *rows = sheet.iter_rows(values_only=True)
    # A row ends with its last value.
    return [dict(zip_longest(header, row)) for row in rows]


@pytest.mark.parametrize("token", [ADMIN, VIEWER, GERMANY])
@pytest.mark.parametrize("kind", ["ndjson", "parquet", "arrow", "xlsx"])
def test_a_file_holds_what_the_answer_does(door: Door, token: str, kind: str) -> None:
    shown = door.get("/api/Users", token, params={"first": "5"}).json()["data"]["users"]["edges"]
    rows = exported(door, "Users", token, kind, first="5")
    # The id for caches is no column.
    nodes = [{name: value for name, value in edge["node"].items() if name != "id"} for edge in shown]
    if kind == "xlsx":
        # A workbook has 16 digits, of which Excel keeps 15.
        nodes = [{**one, "watchHours": float(f"{one['watchHours']:.16g}")} for one in nodes]
    assert rows == nodes


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
    for kind, day in (
        ("parquet", date(2019, 5, 1)),
        ("xlsx", datetime(2019, 5, 1)),  # noqa: DTZ001 - a workbook knows no zones
        ("ndjson", "2019-05-01"),
    ):
        rows = exported(door, "Movies", VIEWER, kind)
        assert next(row["releaseDate"] for row in rows if row["sourceId"] == "1") == day


def test_texts_of_a_workbook_are_texts_whatever_they_look_like() -> None:
    texts = ["=1+1", "{=1}", "#N/A", None, "https://example.org", "007", "Ångström"]
    assert sheet_rows(workbook_of(TITLES, titled(*texts), "Films")) == [{"title": text} for text in texts]
    escaped = sheet_rows(workbook_of(TITLES, titled("a\x01b", "_x0041_"), "Films"))
    assert escaped == [{"title": "a_x0001_b"}, {"title": "_x0041_"}]
    assert workbook_of(TITLES, titled("a"), "Films") == workbook_of(TITLES, titled("a"), "Films")
    with pytest.raises(BadInput, match="32,767"):
        workbook_of(TITLES, titled("x" * 32_768), "Films")


def titled(*texts: str | None) -> dict[str, Any]:
    """The data of an answer."""
    return {"rows": [{"title": text} for text in texts]}


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
    grant = Grant(("Countries",), use=Use.SESSION)
    ended = Principal("embed", Role.EMBED, {"country": ("DE",)}, grant)
    for token in (issue(SECRET, ended, timedelta(minutes=-5)).token, "", "x", None):
        response = door.get("/api/Countries", token, params={"format": kind})
        assert response.status_code == 401
        assert response.headers["content-type"].startswith("application/json")
        assert "data" not in response.json()


@pytest.mark.parametrize("kind", FILES)
def test_an_embed_token_s_file_is_in_its_scope(door: Door, kind: str) -> None:
    token = token_of(Role.EMBED, {"country": ("DE",)}, Grant(("Countries",), use=Use.SESSION))
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
    response = door.get("/api/Genres", VIEWER, params={"format": "docx"})
    assert (
        response.json()["errors"][0]["message"]
        == "format is 'docx'. Use one of: json, csv, ndjson, parquet, arrow, xlsx."
    )
