"""Every kind of file that people have, as the body of a request: its rows are counted, or it is refused with a 4xx."""

from collections.abc import Iterator

import httpx
import pytest

from ingest.files.file_format import FileFormat
from ingest.readers.input_file import COMPRESSIONS, FORMATS
from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.ingest.kinds_of_files import KINDS, Kind
from tests.integration.new_warehouse import lay
from tests.integration.resolvers.conftest import TOKENS, Door, opened_door, token_of
from warehouse import open_warehouse

SENDER = token_of(Role.INGEST)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service whose warehouse has film 1 and user 1, and which waits for no other requests."""
    folder = tmp_path_factory.mktemp("bodies") / "warehouse"
    settings = Settings(warehouse=lay(folder), workspace=folder, ingest_gather_ms=0)
    with (
        open_warehouse(settings.warehouse, settings.limits, hash_key=lambda: bytes(32)) as warehouse,
        opened_door(Service(settings, warehouse, build_schema(), published(), TOKENS)) as opened,
    ):
        for table, content in (("users", b"id\n1\n"), ("movies", b"id,title\n1,Heat\n")):
            assert post(opened, Kind("a.csv", content, table=table)).status_code == 200
        yield opened


def post(door: Door, kind: Kind, query: str = "", **more: str) -> httpx.Response:
    """A file as the body of a request."""
    suffixes = [f".{suffix}" for suffix in kind.name.split(".")[1:]]
    encoding = COMPRESSIONS.get(suffixes[-1])
    headers = {"Content-Type": FileFormat(FORMATS[suffixes[0]]).media_type, "Authorization": f"Bearer {SENDER}"}
    headers |= {"Content-Encoding": encoding} if encoding else {}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return door.request("POST", f"/ingest/{kind.table}{query}", content=kind.content, headers=headers)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(KINDS)[::7])
def test_a_body_of_any_kind_is_counted_or_refused(door: Door, name: str) -> None:
    kind = KINDS[name]
    answer = post(door, kind)
    if kind.refused:
        assert answer.status_code in {400, 413, 422}, answer.text
        return
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["rows"], body["taken"], body["malformed"]) == (
        kind.accepted + kind.left_aside,
        kind.accepted,
        kind.left_aside,
    )


def test_a_body_is_read_by_a_profile(door: Door) -> None:
    body = Kind("a.csv", b"movieId,title,genres\n900,Heat,(no genres listed)\n", table="movies")
    assert post(door, body).status_code == 422
    assert post(door, body, "?profile=movielens-movies").json()["taken"] == 1
    asked = "SELECT title, length(genres) FROM movies WHERE genre = 'Unknown'"
    found = door.service.warehouse.engine.query(asked)
    assert ("Heat", 0) in found.rows
    unknown = post(door, body, "?profile=../secret")
    assert (unknown.status_code, "there is no profile '../secret'" in unknown.text) == (400, True)
    other = post(door, body, "?profile=movielens-ratings")
    assert other.status_code == 400
    assert "the profile is of ratings, not of movies" in other.text


def test_the_same_body_by_another_profile_is_another_content(door: Door) -> None:
    body = Kind("a.csv", b"movieId,title,genres,id\n901,Heat,x,902\n", table="movies")
    assert post(door, body, Idempotency_Key="one").status_code == 200
    assert post(door, body, "?profile=movielens-movies", Idempotency_Key="one").status_code == 409
