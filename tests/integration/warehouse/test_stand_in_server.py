"""What the stand-in for a server does, as a server does it: sessions, compression, and coming back after a restart."""

from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest

from tests.integration.warehouse.modes import HASH_KEY, ServedEngine, served_engine
from tests.integration.warehouse.story import Picture, Story, faults, look, take
from warehouse import open_warehouse


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedEngine]:
    with served_engine(tmp_path_factory.mktemp("stand_in")) as served:
        yield served


def ask(engine: ServedEngine, sql: str, headers: dict[str, str] | None = None, **parameters: Any) -> httpx.Response:
    return httpx.post(
        f"http://{engine.host}/", params=parameters, content=sql, headers=headers or {}, trust_env=False, timeout=60
    )


def test_a_session_keeps_its_tables_and_others_do_not_see_them(engine: ServedEngine) -> None:
    made = ask(engine, "CREATE TEMPORARY TABLE mine AS SELECT 7 AS number", session_id="one")
    assert made.status_code == 200, made.text
    assert ask(engine, "SELECT number FROM mine", session_id="one").text == "7\n"
    for refused in (
        ask(engine, "SELECT number FROM mine", session_id="two"),
        ask(engine, "SELECT number FROM mine"),
    ):
        assert (refused.status_code, refused.headers["X-ClickHouse-Exception-Code"]) == (500, "60")


def test_a_session_that_must_be_there_and_is_not_is_told(engine: ServedEngine) -> None:
    refused = ask(engine, "SELECT 1", session_id="never", session_check="1")
    assert refused.headers["X-ClickHouse-Exception-Code"] == "372"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_answers_are_compressed_where_that_is_asked(engine: ServedEngine, encoding: str) -> None:
    sql, accepting = "SELECT number FROM numbers(10000)", {"Accept-Encoding": encoding}
    plain = ask(engine, sql, accepting)
    packed = ask(engine, sql, accepting, enable_http_compression="1")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == encoding
    assert packed.text == plain.text
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2


@pytest.mark.slow
def test_a_warehouse_goes_on_after_its_server_was_killed_and_started_again(engine: ServedEngine) -> None:
    story, shown = Story(Random(3)), Picture()
    with open_warehouse(engine.address(), hash_key=lambda: HASH_KEY) as warehouse:
        for step in story.opening():
            take(warehouse, step)
            shown = step.outcomes(shown)[-1]
        engine.restart()
        assert look(warehouse) == shown
        more = story.sessions(2)
        take(warehouse, more)
        assert look(warehouse) == more.outcomes(shown)[-1]
        assert faults(warehouse) == []
