"""`/mcp`: assistants ask by the SDK's own client, and get what the API answers for their token."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from schema.roles import Role
from server.answering.service import Service
from server.identity.principal import Grant, Use
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of, without_ids
from tests.integration.server.sockets import Host, hosted
from warehouse.audit.record import Record

GERMANY = token_of(Role.ANALYST, {"country": ("DE",)})
TOKENS = {"admin": ADMIN, "analyst": ANALYST, "viewer": VIEWER, "germany": GERMANY}
BY_COUNTRY = "{ viewing { rows(by: [COUNTRY], orderBy: [{field: VIEWS, direction: DESC}]) { country views viewers } } }"


@pytest.fixture(scope="module")
def host(service: Service) -> Iterator[Host]:
    with hosted(service) as found:
        yield found


def spoken(host: Host, token: str, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What the tools answer, one after the other on one connection."""

    async def speak() -> list[Any]:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False, timeout=60) as http,
            Client(streamable_http_client(f"http://127.0.0.1:{host.port}/mcp", http_client=http)) as client,
        ):
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(speak())


def one(host: Host, token: str, tool: str, **arguments: Any) -> Any:
    return spoken(host, token, (tool, arguments))[0]


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_a_question_is_answered_as_by_the_api(door: Door, host: Host, token: str) -> None:
    found = one(host, token, "ask", measures=["views", "viewers"], by=["country"], orderBy=["-views"])
    assert not found.is_error
    assert found.structured_content["rows"] == door.ask(BY_COUNTRY, token)["viewing"]["rows"]
    assert found.structured_content["range"]


def test_filters_and_comparisons_are_structured(door: Door, host: Host) -> None:
    document = """{ viewing(range: {last: "P7D"}, where: {country: {in: ["DE", "US"]}}, compareTo: PREVIOUS_PERIOD) {
        rows(by: [DEVICE], having: {views: {gte: 2}}) { device views previous { views } change { views } } } }"""
    where = {"country": {"in": ["DE", "US"]}}
    given = {"measures": ["views"], "by": ["device"], "last": "P7D", "where": where, "having": {"views": {"gte": 2}}}
    found = one(host, VIEWER, "compare", **given)
    assert found.structured_content["rows"] == door.ask(document, VIEWER)["viewing"]["rows"]


def test_ratings_are_asked_about(door: Door, host: Host) -> None:
    found = one(host, VIEWER, "ask", about="rating", measures=["ratingsCount"])
    assert (
        found.structured_content["rows"] == door.ask("{ rating { rows { ratingsCount } } }", VIEWER)["rating"]["rows"]
    )


def test_a_masked_value_is_masked(host: Host) -> None:
    hidden, shown = (one(host, token, "ask", measures=["views"], by=["gender"]) for token in (VIEWER, ANALYST))
    assert [row["gender"] for row in hidden.structured_content["rows"]] == [None]
    assert len(shown.structured_content["rows"]) > 1


def test_what_can_be_asked_is_listed(host: Host) -> None:
    listed = one(host, VIEWER, "list_metrics").structured_content
    assert {"views", "viewers", "completionRate"} <= {measure["name"] for measure in listed["viewing"]["measures"]}
    assert all(measure["description"] for root in listed.values() for measure in root["measures"])
    assert "country" in {dimension["name"] for dimension in listed["viewing"]["dimensions"]}


def test_values_are_looked_up(door: Door, host: Host) -> None:
    films, countries = spoken(
        host,
        VIEWER,
        ("look_up_values", {"dimension": "movie", "contains": "a"}),
        ("look_up_values", {"dimension": "country", "contains": "d"}),
    )
    titles = [row["title"] for row in films.structured_content["rows"]]
    assert titles
    assert all("a" in title.lower() for title in titles)
    document = '{ viewing(where: {country: {contains: "d"}}) { rows(by: [COUNTRY]) { country } } }'
    expected = {row["country"] for row in door.ask(document, VIEWER)["viewing"]["rows"]}
    assert {row["country"] for row in countries.structured_content["rows"]} == expected


def test_null_is_absent(host: Host) -> None:
    found = one(host, VIEWER, "look_up_values", dimension="country", contains=None)
    assert len(found.structured_content["rows"]) > 1


def test_lists_are_variables_of_operations(door: Door, host: Host) -> None:
    found = one(host, ADMIN, "run_operation", name="DataQuality", variables={"status": ["PASS", "WARN"]})
    expected = door.get("/api/DataQuality", ADMIN, params={"status": '["PASS", "WARN"]'}).json()["data"]
    assert found.structured_content["data"] == without_ids(expected)
    assert expected["dataQuality"]


def test_a_number_is_explained(host: Host) -> None:
    told = one(host, VIEWER, "explain", measures=["viewers"], by=["country"]).structured_content
    assert told["definitions"] == {"viewers": "Distinct users with a session, exact."}
    assert next(iter(told["paths"].values()))["plan"]["source"]
    assert told["dataThrough"]


def test_a_published_operation_runs(door: Door, host: Host) -> None:
    listed, run = spoken(
        host, VIEWER, ("list_operations", {}), ("run_operation", {"name": "TopMovies", "variables": {"limit": 2}})
    )
    names = {one["name"] for one in listed.structured_content["operations"]}
    assert "TopMovies" in names
    assert "RunPipeline" not in names
    expected = door.get("/api/TopMovies", VIEWER, params={"limit": "2"}).json()["data"]
    assert run.structured_content["data"] == without_ids(expected)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("ask", {}, "ask needs the argument measures."),
        ("ask", {"measures": ["viewrs"]}, "Did you mean viewers?"),
        ("ask", {"measures": ["views"], "sql": "SELECT 1"}, "ask has no argument 'sql'."),
        ("ask", {"measures": ["views"], "about": "users"}, "about is 'users'."),
        ("ask", {"measures": ["views"], "by": ["country"], "limit": 201}, "a number of rows from 1 to 200"),
        ("ask", {"measures": ["views"], "limit": "many"}, "a number of rows from 1 to 200"),
        ("ask", {"measures": 5}, "no measure '5'"),
        ("ask", {"measures": ["views"], "by": {"country": 1}}, "no dimension"),
        ("ask", {"measures": ["views"], "orderBy": [1]}, "orderBy"),
        ("ask", {"measures": ["views"], "where": 7}, "where"),
        ("run_operation", {"name": "TopMovies", "variables": [1]}, "variables is not an object."),
        ("run_operation", {"name": "TopMovies", "variables": {"limit": "many"}}, "limit"),
        ("ask", {"measures": ["views"], "where": {"password": {"eq": "x"}}}, "password"),
        ("ask", {"measures": ["views"], "last": "a week"}, "a week"),
        ("look_up_values", {"dimension": "email"}, "There is no dimension 'email'."),
        ("run_operation", {"name": "RunPipeline"}, "RunPipeline is a mutation"),
        ("run_operation", {"name": "Nothing"}, "There is no operation Nothing."),
        ("run_operation", {"name": "DataQuality"}, "role"),
        ("ask", {"measures": ["views"] * 1_000}, "at most 100"),
        ("sql", {"query": "SELECT 1"}, "There is no tool 'sql'."),
    ],
)
def test_a_refusal_says_what_to_do(host: Host, name: str, arguments: dict[str, Any], said: str) -> None:
    found = one(host, VIEWER, name, **arguments)
    assert found.is_error
    assert said in found.content[0].text


def test_prompts_name_the_question(host: Host) -> None:
    async def speak() -> tuple[Any, Any]:
        headers = {"Authorization": f"Bearer {VIEWER}"}
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False, timeout=60) as http,
            Client(streamable_http_client(f"http://127.0.0.1:{host.port}/mcp", http_client=http)) as client,
        ):
            return await client.list_prompts(), await client.get_prompt("lost_viewers", {"country": "DE"})

    listed, got = asyncio.run(speak())
    assert len(listed.prompts) == 10
    assert "in DE in the last P28D" in got.messages[0].content.text


@pytest.mark.parametrize("token", [None, "x.y.z", token_of(Role.INGEST)])
def test_who_may_not_ask_is_told_nothing(host: Host, token: str | None) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_metrics", "arguments": {}}}
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx2.post(f"http://127.0.0.1:{host.port}/mcp", json=body, headers=headers, trust_env=False, timeout=60)
    if token is None or token == "x.y.z":
        assert answer.status_code == 401
        assert "www-authenticate" in answer.headers
    else:
        assert answer.json()["result"]["isError"]
    assert "viewers" not in answer.text


def test_an_embed_token_runs_its_operations_only(door: Door, host: Host) -> None:
    embed = token_of(Role.EMBED, grant=Grant(("Devices",), use=Use.SESSION))
    asked, own, other = spoken(
        host,
        embed,
        ("ask", {"measures": ["views"]}),
        ("run_operation", {"name": "Devices"}),
        ("run_operation", {"name": "Genres"}),
    )
    assert asked.is_error
    assert other.is_error
    assert own.structured_content["data"] == without_ids(door.get("/api/Devices", VIEWER).json()["data"])


def test_every_question_is_audited(service: Service, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Record] = []
    monkeypatch.setattr(service.warehouse.audit, "take", taken.append)
    one(host, VIEWER, "ask", measures=["views"])
    (asked,) = (record for record in taken if record.fields)
    assert (asked.operation, asked.subject, list(asked.fields)) == ("POST /mcp", "test-viewer", ["viewing"])
    assert asked.document_hash
    assert asked.rows == 1
