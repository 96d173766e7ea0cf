"""A bridge to another server's `/mcp`: an assistant's messages go there, under a token, and its answers come back."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import httpx2
import mcp_types as types
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from warehouse.errors import MarqueeError, Unauthenticated, Unavailable

# The longest question of an admin, and a little more.
PATIENCE_S = 330.0


async def bridged(url: str, token: str, speak: Callable[[Server[Any]], Awaitable[None]]) -> None:
    """Let `speak` speak for the server at `url`.

    Raises: Unauthenticated for a token that it refuses; Unavailable if it can't be reached.
    """
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE_S) as http:
        await _check(http, url)
        async with Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client:
            await speak(_server_of(client))


async def _check(http: httpx2.AsyncClient, url: str) -> None:
    """Ask who the token is for, because the SDK tells its failures as protocol errors only.

    Raises: the same as `bridged`.
    """
    try:
        response = await http.post(f"{url}/graphql", json={"query": "{ viewer { role } }"})
    except httpx2.HTTPError as error:
        raise Unavailable(f"{url} does not answer: {error}. Check --url, and that marquee serve runs.") from error
    if response.status_code == httpx2.codes.UNAUTHORIZED:
        raise Unauthenticated(f"{url} refuses the token in MARQUEE_TOKEN: it is expired, revoked or another server's.")
    if response.status_code != httpx2.codes.OK:
        raise Unavailable(f"{url} answers {response.status_code}. Check --url: it is the address of a Marquee server.")


def _server_of(client: Client) -> Server[Any]:
    """A server that passes on what it is asked."""

    async def list_tools(_: Any, __: Any) -> types.ListToolsResult:
        with _told():
            return await client.list_tools(cache_mode="bypass")

    async def call_tool(_: Any, parameters: types.CallToolRequestParams) -> types.CallToolResult:
        with _told():
            return await client.call_tool(parameters.name, parameters.arguments)

    async def list_prompts(_: Any, __: Any) -> types.ListPromptsResult:
        with _told():
            return await client.list_prompts(cache_mode="bypass")

    async def get_prompt(_: Any, parameters: types.GetPromptRequestParams) -> types.GetPromptResult:
        with _told():
            return await client.get_prompt(parameters.name, parameters.arguments)

    return Server(
        "marquee",
        version=version("marquee"),
        instructions=client.instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
    )


@contextmanager
def _told() -> Iterator[None]:
    """Tell a server that stopped answering as an error of the request: the assistant may ask again."""
    try:
        yield
    except (httpx2.HTTPError, MarqueeError) as error:
        raise MCPError(types.INTERNAL_ERROR, f"The server does not answer: {error}") from error
