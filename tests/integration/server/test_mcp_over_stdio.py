"""`marquee mcp`: an assistant starts it as a program, and asks by the SDK's own client over stdin and stdout."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.integration.resolvers.conftest import ANALYST, Door
from tests.integration.resolvers.world import SESSIONS
from tests.integration.server.commands import MARQUEE, Place
from tests.integration.server.sockets import hosted
from tests.integration.server.test_relay import furnished

T = TypeVar("T")
BY_COUNTRY = "{ viewing { rows(by: [COUNTRY], orderBy: [{field: VIEWS, direction: DESC}]) { country views } } }"
ASKED: dict[str, Any] = {"measures": ["views"], "by": ["country"], "orderBy": ["-views"]}
BY_AGE: dict[str, Any] = {"measures": ["views"], "by": ["gender"]}


def connected(place: Place, arguments: tuple[str, ...], use: Callable[[Client], Awaitable[T]]) -> T:
    """What `use` makes of a client that started `marquee mcp` in a folder."""

    async def run() -> T:
        program = StdioServerParameters(
            command=str(MARQUEE), args=["mcp", *arguments], env=place.environment, cwd=place.folder
        )
        async with Client(stdio_client(program)) as client:
            return await use(client)

    return asyncio.run(asyncio.wait_for(run(), 300))


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory, world_folder: Path) -> Place:
    """A folder with the small world, copied before anything here opens it."""
    return furnished(tmp_path_factory.mktemp("mcp"), world_folder)


@pytest.mark.slow
def test_it_answers_from_the_warehouse_of_its_folder_and_takes_other_commands(place: Place) -> None:
    async def use(client: Client) -> tuple[Any, ...]:
        tools, prompts = await client.list_tools(), await client.list_prompts()
        answers = [await client.call_tool("ask", asked) for asked in (ASKED, BY_AGE)]
        # The program holds the folder meanwhile.
        beside = await asyncio.to_thread(place.run, "query", "Genres", "--format", "json")
        return tools, prompts, answers, beside

    tools, prompts, (asked, by_age), beside = connected(place, (), use)
    assert {"ask", "compare", "explain", "run_operation"} <= {one.name for one in tools.tools}
    assert len(prompts.prompts) == 10
    counted = {row["country"]: row["views"] for row in asked.structured_content["rows"]}
    assert counted == Counter(one.user.country for one in SESSIONS)
    # A viewer, as nothing else was asked for: gender is hidden.
    assert [row["gender"] for row in by_age.structured_content["rows"]] == [None]
    assert (beside.returncode, beside.stderr) == (0, "")
    # It has let go of the folder.
    assert place.run("query", "Genres").returncode == 0


@pytest.mark.slow
def test_a_role_may_be_chosen(place: Place) -> None:
    by_age = connected(place, ("--role", "analyst"), lambda client: client.call_tool("ask", BY_AGE))
    assert by_age.structured_content is not None
    assert len(by_age.structured_content["rows"]) > 1


@pytest.mark.slow
def test_it_asks_a_server_under_its_token(door: Door, tmp_path: Path) -> None:
    place = Place(tmp_path, {"MARQUEE_TOKEN": ANALYST})

    async def use(client: Client) -> tuple[Any, ...]:
        tools, prompts = await client.list_tools(), await client.list_prompts()
        prompt = await client.get_prompt(prompts.prompts[0].name, {})
        refused = await client.call_tool("ask", {"measures": ["vews"]})
        return tools, prompt, refused, await client.call_tool("ask", ASKED)

    with hosted(door.service) as host:
        url = f"http://127.0.0.1:{host.port}"
        tools, prompt, refused, asked = connected(place, ("--url", url), use)
    assert "ask" in {one.name for one in tools.tools}
    assert prompt.messages
    assert refused.is_error
    assert "views" in refused.content[0].text
    assert asked.structured_content["rows"] == door.ask(BY_COUNTRY, ANALYST)["viewing"]["rows"]
    # Nothing was opened here.
    assert not (tmp_path / ".marquee" / "warehouse").exists()


@pytest.mark.parametrize(
    ("settings", "arguments", "said"),
    [
        ({}, ("--url", "http://127.0.0.1:9"), "--url needs a token in MARQUEE_TOKEN"),
        ({"MARQUEE_TOKEN": "x"}, ("--url", "127.0.0.1:9"), "expected the address of a server"),
        ({"MARQUEE_TOKEN": "x"}, ("--url", "http://127.0.0.1:9", "--role", "admin"), "the token in MARQUEE_TOKEN has"),
        ({"MARQUEE_TOKEN": "x"}, ("--url", "http://127.0.0.1:9"), "http://127.0.0.1:9 does not answer"),
    ],
)
def test_what_is_missing_is_told_before_it_speaks(
    tmp_path: Path, settings: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    done = Place(tmp_path, settings).run("mcp", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_token_that_the_server_refuses_is_told(door: Door, tmp_path: Path) -> None:
    with hosted(door.service) as host:
        url = f"http://127.0.0.1:{host.port}"
        done = Place(tmp_path, {"MARQUEE_TOKEN": "nobody's"}).run("mcp", "--url", url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "refuses the token in MARQUEE_TOKEN" in done.stderr


@pytest.mark.slow
def test_beside_a_server_it_says_how_to_ask_it(place: Place) -> None:
    with place.serving():
        done = place.run("mcp")
    assert done.returncode == 1
    assert "add --url http://" in done.stderr
