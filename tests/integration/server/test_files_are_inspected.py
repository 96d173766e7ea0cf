"""`POST /ingest/inspect`: what a file is, by its beginning; and sending it with the profile that was found."""

import gzip
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers.conftest import TOKENS, Door, opened_door, token_of
from tests.integration.server.test_what_a_sender_may_send import granted
from warehouse import open_warehouse

ADMIN, SENDER = token_of(Role.ADMIN), token_of(Role.INGEST)
CSV, NDJSON, PARQUET = "text/csv", "application/x-ndjson", "application/vnd.apache.parquet"
FILMS = b"nr;title;runtime\n1;Heat;170\n2;Up;long\n;Ran;162\n4;M;117\n" + b"".join(
    b"%d;Film;90\n" % number for number in range(5, 40)
)
BY = {"delimiter": ";", "map": {"nr": "id", "runtime": "duration"}}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service over an empty warehouse, with small limits."""
    folder = tmp_path_factory.mktemp("inspected") / "warehouse"
    settings = Settings(warehouse=f"chdb://{folder}", ingest_body_bytes=2_000_000, workspace=folder, ingest_gather_ms=0)
    with (
        open_warehouse(settings.warehouse, settings.limits, hash_key=lambda: bytes(32)) as warehouse,
        opened_door(Service(settings, warehouse, build_schema(), published(), TOKENS)) as opened,
    ):
        yield opened


def post(
    door: Door, path: str, content: bytes, kind: str = CSV, token: str | None = ADMIN, **headers: str
) -> httpx.Response:
    """A body to a path."""
    given = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return door.request("POST", path, content=content, headers=given | named)


def inspected(door: Door, content: bytes, kind: str = CSV, token: str = ADMIN, query: str = "") -> dict[str, Any]:
    """What is found in a file."""
    response = post(door, f"/ingest/inspect{query}", content, kind, token)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def refused(response: httpx.Response) -> tuple[int, str]:
    """Status and sentence."""
    return response.status_code, response.json()["errors"][0]["message"]


def by(document: dict[str, Any], **more: str) -> str:
    """A query with a profile."""
    return "?" + "&".join(f"{name}={quote(text)}" for name, text in {"profile": json.dumps(document), **more}.items())


def tables(door: Door) -> list[int]:
    """How many rows, loads and requests the warehouse holds."""
    names = ("movies", "users", "loads", "ingest_requests", "rejected_rows")
    return [int(door.service.warehouse.engine.query(f"SELECT count() FROM {name}").scalar()) for name in names]


def test_a_file_is_shown_with_its_first_bad_cells_and_nothing_is_written(door: Door) -> None:
    before = tables(door)
    found = inspected(door, FILMS, query=by(BY, table="movies"))
    assert (found["table"], found["format"], found["columns"]) == ("movies", "csv", ["nr", "title", "runtime"])
    assert (found["good_rows"], found["bad_rows"], found["missing"]) == (37, 2, [])
    assert found["problems"] == [
        {
            "row": 3,
            "reason": "BAD_VALUE",
            "column": "runtime",
            "sentence": "duration is 'long', expected a whole number from 0 to 65535",
        },
        {"row": 4, "reason": "MISSING_VALUE", "column": "nr", "sentence": found["problems"][1]["sentence"]},
    ]
    assert found["rows"][:2] == [
        {"row": 2, "cells": {"nr": "1", "title": "Heat", "runtime": "170"}},
        {"row": 3, "cells": {"nr": "2", "title": "Up", "runtime": "long"}},
    ]
    assert len(found["rows"]) == 20
    assert 'runtime = "duration"' in found["toml"]
    assert tables(door) == before


def test_without_a_profile_one_is_proposed(door: Door) -> None:
    found = inspected(door, b"user;movie;started;seconds\n1;7;2026-05-01T10:00:00Z;5400\n")
    assert found["table"] == "viewing_sessions"
    assert found["profile"]["delimiter"] == ";"
    assert found["profile"]["units"] == {"watch_duration_minutes": "seconds"}
    assert found["profile"]["map"]["movie"] == "movie_id"
    assert (found["good_rows"], found["missing"]) == (1, [])


def test_what_is_given_stays_and_the_rest_is_proposed(door: Door) -> None:
    content = b"user;movie;when;seconds;id\n1;7;17.05.2026;5400;1\n"
    fixed = {"map": {"user": "user_id", "movie": "movie_id", "when": "start_time", "seconds": "watch_duration_minutes"}}
    query = by(fixed, table="viewing_sessions", propose="true")
    found = inspected(door, content, query=query)
    assert found["profile"]["map"] == fixed["map"]
    assert found["profile"]["dates"] == {"start_time": ["%d.%m.%Y"]}
    assert found["profile"]["units"] == {"watch_duration_minutes": "seconds"}
    assert (found["good_rows"], found["problems"]) == (1, [])
    as_given = inspected(door, content, query=by({**fixed, "delimiter": ";"}, table="viewing_sessions"))
    assert [one["column"] for one in as_given["problems"]] == ["when"]


def test_what_lacks_a_column_says_which(door: Door) -> None:
    found = inspected(door, b"x,y\n1,2\n", query="?table=ratings")
    assert found["missing"] == ["id", "user_id", "movie_id", "rating", "rating_date"]
    assert (found["table"], found["good_rows"], found["problems"]) == ("ratings", 0, [])


@pytest.mark.parametrize("kind", [NDJSON, PARQUET])
def test_other_formats_are_shown_alike(door: Door, kind: str) -> None:
    rows = [{"id": 1, "title": "Heat", "duration": "170"}, {"id": 2, "title": "Up", "duration": "long"}]
    packed = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), packed)
    content = packed.getvalue() if kind == PARQUET else "\n".join(map(json.dumps, rows)).encode()
    found = inspected(door, content, kind, query="?table=movies")
    assert found["columns"] == ["id", "title", "duration"]
    assert [(one["row"], one["column"]) for one in found["problems"]] == [(2, "duration")]
    assert [one["cells"]["title"] for one in found["rows"]] == ["Heat", "Up"]


def test_a_column_of_a_type_that_can_not_be_read_says_why_the_file_would_be_refused(door: Door) -> None:
    packed = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([{"id": 1, "title": "Heat", "duration": True}]), packed)
    found = inspected(door, packed.getvalue(), PARQUET, query="?table=movies")
    assert found["refused"] == "duration is of the type bool, expected a whole number from 0 to 65535"
    assert [one["cells"]["title"] for one in found["rows"]] == ["Heat"]


@pytest.mark.parametrize(
    ("content", "kind", "good"),
    [
        (b'id,title\n1,Heat\n2,"Up\nand away"\n3,"The Th', CSV, 2),
        (b'id;title\n1;Heat\n2;"Up\nand away"\n3;"The Th', CSV, 2),
        (b"id,title\n1,Heat\n2,Up\n3,Ra", CSV, 2),
        (b'{"id": 1, "title": "Heat"}\n{"id": 2, "ti', NDJSON, 1),
        ("id,title\n1,Heat\n2,Up\n3,ਊ".encode("utf-16")[:-1], CSV, 2),
        ("id,title\n1,Héat\n2,Ué".encode()[:-1], CSV, 1),
    ],
    ids=[
        "in quotes",
        "in quotes after a semicolon",
        "in a cell",
        "in an object",
        "in a sign of two bytes",
        "in a sign of UTF-8",
    ],
)
def test_the_beginning_of_a_larger_file_may_end_anywhere(door: Door, content: bytes, kind: str, good: int) -> None:
    found = inspected(door, content, kind, query="?table=movies&cut=true")
    assert (found["good_rows"], found["bad_rows"]) == (good, 0)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", CSV, 422),
        (b"PK\x03\x04 a zip file", CSV, 422),
        (b"{}", CSV, 422),
        (b"\x00\x01\x02", PARQUET, 422),
        (b"PAR1 and no more", PARQUET, 422),
        (b"id,title\n1,Heat\n", "application/pdf", 415),
        (b",".join(b"c%d" % number for number in range(1_500)) + b"\n", CSV, 422),
        (b"x" * (1 << 20) + b"\n1\n", CSV, 413),
    ],
)
def test_what_can_not_be_read_is_refused_with_a_sentence(door: Door, content: bytes, kind: str, status: int) -> None:
    code, sentence = refused(post(door, "/ingest/inspect", content, kind))
    assert code == status, sentence
    assert len(sentence) > 20


def test_a_body_grows_no_larger_unpacked_than_it_may_be_sent(door: Door) -> None:
    content = gzip.compress(b"id,title\n" + b"1,Heat\n" * 200_000)
    code, sentence = refused(post(door, "/ingest/inspect", content, Content_Encoding="gzip"))
    assert (code, "cut=true" in sentence) == (413, True)
    code, sentence = refused(post(door, "/ingest/inspect", b"PAR1" * 600_000, PARQUET))
    assert (code, "marquee ingest load" in sentence) == (413, True)


@pytest.mark.parametrize("query", ["?cut=1", "?propose=yes", "?x=1", "?table=films", "?table=a&table=b"])
def test_a_parameter_that_can_not_be_is_a_bad_request(door: Door, query: str) -> None:
    code, sentence = refused(post(door, f"/ingest/inspect{query}", FILMS))
    assert code == 400, sentence


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_who_may_send_no_rows_may_inspect_no_file(door: Door, role: Role) -> None:
    assert post(door, "/ingest/inspect", FILMS, token=token_of(role)).status_code == 403
    assert door.get("/ingest/contract", token_of(role)).status_code == 403


def test_a_scope_and_a_foreign_token_are_refused(door: Door) -> None:
    scoped = token_of(Role.ADMIN, {"country": ("DE",)})
    assert post(door, "/ingest/inspect", FILMS, token=scoped).status_code == 403
    assert post(door, "/ingest/inspect", FILMS, token="x").status_code == 401
    assert post(door, "/ingest/inspect", FILMS, token=None).status_code == 401
    assert door.get("/ingest/contract").status_code == 401


def test_a_sender_is_told_of_its_own_tables_alone(door: Door) -> None:
    ratings = granted("few", tables="ratings")
    assert list(door.get("/ingest/contract", ratings).json()["tables"]) == ["ratings"]
    assert inspected(door, FILMS, token=ratings)["table"] == "ratings"
    code, sentence = refused(post(door, "/ingest/inspect?table=movies", FILMS, token=ratings))
    assert (code, sentence) == (400, "There is no table movies to inspect for. Tables: ratings.")
    told = door.get("/ingest/contract", ADMIN).json()
    assert list(told["tables"]) == ["movies", "users", "experiments", "viewing_sessions", "ratings", "assignments"]
    assert told["most_bytes"] == 2_000_000
    assert {"name": "id", "required": True, "units": []}.items() <= told["tables"]["movies"][0].items()


HOSTILE = {
    "no JSON": '{"a"',
    "a key twice": '{"quote": "\'", "quote": "x"}',
    "an unknown key": '{"run": "x"}',
    "too deep": '{"map": ' + "[" * 3_000 + "]" * 3_000 + "}",
    "too long": '{"table": "' + "x" * 9_000 + '"}',
    "one column twice": '{"map": {"a": "title", "b": "title"}}',
    "no table's column": '{"map": {"a": "secret"}}',
    "a slow encoding": '{"encoding": "punycode"}',
    "an encoding that raises": '{"encoding": "undefined"}',
    "an encoding with a NUL": '{"encoding": "a\\u0000b"}',
    "a long constant": json.dumps({"constants": {"director": "x" * 200}}),
    "many formats": json.dumps({"dates": {"release_date": ["%Y"] * 9}}),
    "a part twice": '{"dates": {"release_date": ["%d %d"]}}',
    "an empty separator": '{"separators": {"genres": ""}}',
    "a list": '{"map": []}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_profile_that_can_not_be_is_a_bad_request(door: Door, name: str) -> None:
    for path in ("/ingest/inspect?table=movies&", "/ingest/movies?"):
        token = SENDER if "movies?" in path else ADMIN
        response = post(door, f"{path}profile={quote(HOSTILE[name])}", FILMS, token=token)
        assert response.status_code == 400, (path, response.text)


def test_a_file_is_sent_with_the_profile_and_an_admin_is_told_what_became_of_it(door: Door) -> None:
    path = f"/ingest/movies{by(BY)}"
    first = post(door, path, FILMS, token=SENDER, Idempotency_Key="one")
    assert (first.status_code, first.json()["taken"], first.json()["malformed"]) == (200, 37, 2)
    again = post(door, path, FILMS, token=SENDER, Idempotency_Key="one")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    otherwise = post(door, f"/ingest/movies{by({**BY, 'nulls': ['-']})}", FILMS, token=SENDER, Idempotency_Key="one")
    assert otherwise.status_code == 409
    told = door.get(f"/ingest/rejects/{first.json()['request']}", ADMIN).json()
    assert told["reasons"] == {"BAD_VALUE": 1, "MISSING_VALUE": 1}
    assert {**told["load"], "load_id": 0} == {
        "load_id": 0, "rows": 39, "accepted": 37, "duplicates": 0, "quarantined": 2,
    }  # fmt: skip
    assert set(door.get(f"/ingest/rejects/{first.json()['request']}", SENDER).json()) == {"rejects"}


@pytest.mark.parametrize(
    "document",
    [
        {"map": {"x": "country"}},
        {"constants": {"country": "DE"}},
        {"ids": {"id": ["name", "country"]}},
        {"ids": {"id": ["name", "x"]}, "map": {"x": "country"}},
    ],
)
def test_a_profile_opens_no_column_that_a_sender_may_not_send(door: Door, document: dict[str, Any]) -> None:
    token = granted("names", columns="users.username")
    content = (
        b"id,username,name,x\n1,ada,ada,DE\n"
        if "country" not in str(document.get("ids"))
        else (b"username,name,country\nada,ada,DE\n")
    )
    response = post(door, f"/ingest/users{by(document)}", content, token=token)
    assert response.status_code == 403, response.text
    assert door.service.warehouse.engine.query("SELECT count() FROM users").scalar() == 0
