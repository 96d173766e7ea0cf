"""The Python client against a served warehouse: typed results, tables, any questions, events, retries, tokens."""

import asyncio
import importlib
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing
from typing import Any

import pytest

from schema.roles import Role
from server.answering.budget import Budget
from server.answering.service import Service
from tests.integration.resolvers.conftest import ANALYST, VIEWER, token_of
from tests.integration.server.sockets import Host

GERMANY = token_of(Role.ANALYST, {"country": ("DE",)})


@pytest.fixture
def package(python_package: Any) -> Any:
    """The installed package."""
    return python_package


Connect = Callable[..., Any]


@pytest.fixture
def connect(package: Any, host: Host) -> Iterator[Connect]:
    """Makes clients of the server."""
    made: list[Any] = []

    def make(token: Any = VIEWER, **more: Any) -> Any:
        made.append(package.Client(f"http://127.0.0.1:{host.port}", token, **more))
        return made[-1]

    yield make
    for client in made:
        client.close()


def test_a_result_holds_what_the_api_says(connect: Connect) -> None:
    client = connect()
    asked = client.query("{ topMovies(limit: 3) { rank movie { sourceId title } views watchHours } }")["topMovies"]
    found = client.top_movies(limit=3).top_movies
    assert [
        {
            "rank": one.rank,
            "movie": {"sourceId": one.movie.source_id, "title": one.movie.title},
            "views": one.views,
            "watchHours": one.watch_hours,
        }
        for one in found
    ] == asked
    assert len(found) == 3


def test_a_question_gives_equal_numbers_as_rows_and_as_each_table(connect: Connect) -> None:
    question = connect().viewing(
        measures=["views", "watchHours"], by=["country"], where={"country": {"in": ["DE", "US"]}}
    )
    rows = question.rows()
    assert {row["country"] for row in rows} == {"DE", "US"}
    assert question.to_arrow().to_pylist() == rows
    assert question.to_pandas().to_dict("records") == rows
    assert question.to_polars().to_dicts() == rows


def test_columns_point_into_what_was_received(connect: Connect) -> None:
    """Not a copy of each row: the addresses of the columns lie within the response's bytes."""
    import pyarrow as pa

    question = connect().viewing(measures=["views"], by=["country"])
    content = question.fetch(question.asked)
    table = importlib.import_module("marquee_client.tables").read_stream(content)
    begin = pa.py_buffer(content).address
    views = table.column("views").chunk(0).buffers()[1]
    assert begin <= views.address < begin + len(content)


def test_tables_of_operations_have_every_row(connect: Connect) -> None:
    client = connect()
    assert client.tables.users().to_arrow().num_rows == client.users(first=1).users.total_count
    assert client.tables.daily_trends(days=3).to_polars().height == 3


def test_scopes_and_refusals_are_those_of_the_token(connect: Connect, package: Any) -> None:
    scoped = connect(GERMANY)
    assert [one.country for one in scoped.countries().countries] == ["DE"]
    for ask in (scoped.churn_risk, scoped.tables.churn_risk().to_arrow, scoped.viewing(measures=["nothing"]).rows):
        with pytest.raises(package.MarqueeError) as caught:
            ask()
        assert caught.value.code in ("FORBIDDEN", "BAD_INPUT")


def test_events_come_waiting_and_awaited(connect: Connect, package: Any, host: Host) -> None:
    with closing(connect().freshness()) as events:
        first = next(events)

    async def awaited() -> Any:
        async with (
            package.AsyncClient(f"http://127.0.0.1:{host.port}", VIEWER) as client,
            aclosing(client.freshness()) as events,
        ):
            return await anext(events)

    assert asyncio.run(awaited()) == first
    assert first.freshness.data_through is not None


def test_awaited_answers_are_the_same(connect: Connect, package: Any, host: Host) -> None:
    client = connect(ANALYST)

    async def token() -> str:
        return ANALYST

    async def ask() -> tuple[Any, Any, Any]:
        async with package.AsyncClient(f"http://127.0.0.1:{host.port}", token) as awaited:
            question = awaited.viewing(measures=["viewers"], by=["device"])
            return await awaited.top_movies(), await question.rows(), await question.to_arrow()

    result, rows, table = asyncio.run(ask())
    question = client.viewing(measures=["viewers"], by=["device"])
    assert (result, rows, table) == (client.top_movies(), question.rows(), question.to_arrow())


def test_a_refused_token_is_renewed_once(connect: Connect, package: Any) -> None:
    tokens = iter(["expired", VIEWER, "never asked for"])
    client = connect(lambda: next(tokens))
    assert client.viewer().viewer.role == "VIEWER"
    assert client.viewer().viewer.role == "VIEWER"
    with pytest.raises(package.MarqueeError) as caught:
        connect(lambda: "expired").viewer()
    assert caught.value.code == "UNAUTHENTICATED"
    with pytest.raises(package.MarqueeError) as caught:
        next(connect(lambda: "expired").freshness())
    assert caught.value.code == "UNAUTHENTICATED"


def test_it_waits_as_long_as_the_server_asks(
    connect: Connect, package: Any, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exhausted budget names the seconds after which it has refilled; no time passes but what the client waits."""
    now, waited = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(importlib.import_module("marquee_client.client").time, "sleep", sleep)
    service.admission.budget = budget = Budget(clock=lambda: now[0])
    client = connect()
    client.viewer()
    (subject,) = budget._left
    budget.spend(subject, 20_200, 20_000)
    assert client.viewing(measures=["views"], by=["quality"]).rows()
    assert len(waited) == 1
    assert waited[0] == int(waited[0]) >= 1
    budget.spend(subject, 1_000_000, 20_000)
    with pytest.raises(package.MarqueeError) as caught:
        client.viewing(measures=["views"], by=["device"]).rows()
    assert (caught.value.code, len(waited)) == ("OVERLOADED", 1)
    assert caught.value.retry_after_s > 60


def test_a_server_that_is_away_is_tried_as_often_as_said(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = list[float]()
    monkeypatch.setattr(importlib.import_module("marquee_client.client").time, "sleep", waited.append)
    with package.Client("http://127.0.0.1:9", "x", retries=package.Retries(most=2)) as client:
        for ask in (client.viewer, lambda: next(client.freshness())):
            waited.clear()
            with pytest.raises(package.MarqueeError) as caught:
                ask()
            assert (caught.value.code, len(waited)) == ("UNREACHABLE", 2)
        waited.clear()
        with pytest.raises(package.MarqueeError):
            client.run_pipeline(steps=[{"step": "GENERATE"}])
        assert waited == []
